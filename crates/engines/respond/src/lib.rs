//! What may be done to a device, who has to sign for it, and when a grant counts.
//!
//! No IO, no clock, no randomness: time is an argument, effects are [`Command`]s. The matrix of the clinical safety rules
//! is data ([`floor`]); a site makes it stricter and never looser ([`SiteMatrix`]). An [`Approval`] goes from a request
//! to its end; what was granted is judged again when it is used. [`Restore`] asks nobody.
//!
//! Where to look first: [`Requirement::granted_by`] says whether what was signed suffices.

mod approval;
mod case;
mod command;
mod live;
pub mod matrix;
mod people;
mod requirement;
mod restore;
mod site;
mod words;

pub use approval::{
    Approval, Expired, Granted, Open, Outcome, Refusal, Refused, Rejection, Revoked, Step, Used, Withdrawn,
};
pub use case::{
    BEDSIDE_AGE_MAX_NS, Bedside, Case, Lapse, Preview, Request, Requester, Scene, Subject, VOTES_MAX, Vote,
};
pub use command::{Because, Command, Deed};
pub use matrix::floor;
pub use people::{Login, People, PeopleError, Person};
pub use requirement::{Mode, Requirement, SEATS_MAX, Seats, SeatsError, Shortfall};
pub use restore::{Journal, RESTORE_REVIEW_S, Restore};
pub use site::{GRANT_S_MAX, Lifetimes, LifetimesError, Loosens, OPEN_S_MAX, SiteMatrix};
pub use words::{Action, Condition, ConditionSet, Notice, NoticeSet, Role, RoleSet, Situation};
