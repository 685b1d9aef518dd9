//! The words of Bedrail as types.
//!
//! No IO, no async, no clock, no randomness, no logging. What was observed ([`Observation`]), what was derived
//! ([`Identity`]) and what a person asserted are different types; every derived value carries its [`Evidence`].

mod address;
mod clinical;
mod device_type;
mod evidence;
mod identity;
mod observation;
mod phi;
mod sighting;
mod time;
mod weakness;

pub use address::{AddressError, MacAddr, MacText, VlanId};
pub use clinical::ClinicalClass;
pub use device_type::{DeviceType, UnknownDeviceType};
pub use evidence::{Attribute, Confidence, Evidence};
pub use identity::{AttributeName, Identity, UnknownAttribute};
pub use observation::{Endpoint, Field, FrameNumber, Observation, Subject};
pub use phi::Phi;
pub use sighting::{AddressClaim, Sighting, Usage, WeaknessSighting};
pub use time::{Rfc3339, Timestamp};
pub use weakness::Weakness;
