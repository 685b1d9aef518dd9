//! The words of Bedrail as types.
//!
//! No IO, no async, no clock, no randomness, no logging. What was observed ([`Observation`]), what was derived
//! ([`Identity`]) and what a person asserted are different types; every derived value carries its [`Evidence`].

mod address;
mod audit;
mod batch;
mod clinical;
mod clinical_use;
mod device;
mod device_type;
mod evidence;
mod id;
mod identity;
mod observation;
mod people;
mod phi;
mod sighting;
mod site;
mod statement;
mod time;
mod weakness;
mod zone;

pub use address::{AddressError, MacAddr, MacText, VlanId};
pub use audit::{AuditOutcome, CampaignId, ViewId, WindowId};
pub use batch::{Batch, Conversation, ConversationHour, ConversationKey, SensorId};
pub use clinical::ClinicalClass;
pub use clinical_use::{
    MaintenanceWindow, MaintenanceWindowError, ManufacturerPermission, NetworkLossEffect,
    PATIENT_STATE_AGE_MAX_NS, PatientReport, PatientSource, PatientState, ReactionTime,
};
pub use device::{Actor, Change, ChangeId, ChangeKind, DeviceId, Lifecycle, UnknownWord};
pub use device_type::{DeviceType, UnknownDeviceType};
pub use evidence::{Attribute, Confidence, Evidence};
pub use id::IdError;
pub use identity::{AttributeName, Identity, UnknownAttribute};
pub use observation::{Endpoint, Field, FrameNumber, Observation, Subject};
pub use people::{AccountId, ApprovalId, AuthenticatorId, PersonId};
pub use phi::Phi;
pub use sighting::{AddressClaim, Sighting, Usage, WeaknessSighting};
pub use site::{AdjustmentId, DeviceModelId, SiteChange, SiteChangeId, SubjectKind};
pub use statement::StatementSource;
pub use time::{Rfc3339, Timestamp, TimestampError};
pub use weakness::{UnknownWeakness, Weakness};
pub use zone::{Zone, ZoneError};
