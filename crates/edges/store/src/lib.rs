//! What Bedrail remembers: what sensors saw, the inventory with every change, who may log in.
//!
//! Encrypted SQLite in a file, or PostgreSQL, behind one [`Store`] that answers alike: each statement and each piece
//! of logic is written once, in the part of SQL that both have. Rows are converted to the types of `model` here and
//! nowhere else; no other crate knows SQL.
//!
//! Every act leaves its record in the audit log, in the transaction that does it.
//!
//! Who gets an answer to a write can pull the plug: it is on the disk. A batch of a sensor counts exactly once.

mod account;
mod acts;
mod adjustment;
mod audit_log;
mod auditing;
mod campaign;
mod change;
mod conversation;
mod convert;
mod device;
mod enrolment;
mod error;
mod evidence;
mod filter;
mod ingest;
mod inventory;
mod key;
mod label;
mod model_default;
mod names;
mod page;
mod postgres;
mod query;
mod schema;
mod site;
mod sql;
mod sqlite;
mod statement;
mod store;
mod summary;
mod view;
mod window;

pub use account::{PasswordHash, Session, SessionHash, User};
pub use adjustment::{Adjustment, AdjustmentKind, AdjustmentQuery};
pub use audit_log::{AuditPlace, AuditQuery, AuditState, SyncSigner, Trace};
pub use campaign::{AuditItem, Campaign, CampaignQuery, ItemQuery, Progress};
pub use change::{ChangeQuery, Decision, Refusal};
pub use conversation::{ConversationQuery, ConversationRow};
pub use device::{DeviceRow, DeviceUpdate, Listing, StoredDevice};
pub use enrolment::{EnrolledSensor, Enrolment, Revocation, TokenHash};
pub use error::{Cause, Error, Result};
pub use evidence::{EvidenceSet, SensorRow};
pub use filter::{AddressField, Condition, Filter, Matching, Order, SeenField, TextField};
pub use ingest::Ingested;
pub use key::Key;
pub use label::{Label, LabelError};
pub use model_default::ModelDefaults;
pub use page::{Cursor, Page};
pub use query::{DevicePage, DeviceQuery, Facets, Sort};
pub use site::SiteChangeQuery;
pub use statement::{Asserted, Stated, Statements};
pub use store::{Location, Options, Store};
pub use summary::{ConversationGroup, Summary};
pub use view::SavedView;
pub use window::ChangeWindow;
