//! What the API shows of sensors, and what it is asked about them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a sensor is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SensorState {
    Connected,
    /// Nothing for 90 s.
    Silent,
    /// What it sends happened long ago.
    Replay,
    /// Enrolled, and not heard yet.
    Waiting,
    /// Shut out.
    Revoked,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sensor {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: SensorState,
    /// Packet time up to which it reported.
    #[schema(required)]
    pub(crate) last_seen: Option<String>,
    /// When the last batch came, by the clock of the hub; `null` when none came since it runs.
    #[schema(required)]
    pub(crate) last_heard: Option<String>,
    pub(crate) frames: u64,
    pub(crate) dropped: u64,
    pub(crate) dropped_share: f64,
    /// Batches that never came and never will.
    pub(crate) lost_batches: u64,
    pub(crate) blind_spots: Vec<String>,
    /// What waits at the sensor, as it says itself; `null` for the sensor in the hub's own process.
    #[schema(required)]
    pub(crate) backlog: Option<SensorBacklog>,
    /// How it came to be known; `null` for the sensor in the hub's own process.
    #[schema(required)]
    pub(crate) enrolment: Option<SensorEnrolment>,
}

/// What waits at a sensor to be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct SensorBacklog {
    pub(crate) batches: u64,
    pub(crate) bytes: u64,
    /// Batches that the sensor had to give up, ever, and the frames in them.
    pub(crate) given_up_batches: u64,
    pub(crate) given_up_frames: u64,
}

/// A sensor on another machine.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SensorEnrolment {
    pub(crate) enrolled_at: String,
    pub(crate) enrolled_by: String,
    pub(crate) certificate_ends: String,
    #[schema(required)]
    pub(crate) revoked: Option<SensorRevocation>,
}

/// Who shut a sensor out, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SensorRevocation {
    pub(crate) at: String,
    pub(crate) by: String,
    pub(crate) why: String,
}

/// A sensor that is to be enrolled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrolmentRequest {
    /// What people will call it.
    #[schema(min_length = 1, max_length = 64)]
    pub(crate) name: String,
}

/// With this the sensor is enrolled: `bedrail sensor enrol`. It is a secret and shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnrolmentToken {
    /// The id that the sensor will have.
    pub(crate) sensor: String,
    pub(crate) name: String,
    pub(crate) token: String,
    /// From when on it is worth nothing.
    pub(crate) expires_at: String,
}

/// A token that no sensor used yet. The token itself was shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenEnrolment {
    /// The id that the sensor will have.
    pub(crate) sensor: String,
    pub(crate) name: String,
    pub(crate) made_by: String,
    pub(crate) expires_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenEnrolmentList {
    pub(crate) items: Vec<OpenEnrolment>,
}

/// A sensor that is to be shut out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevokeRequest {
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) why: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SensorList {
    pub(crate) items: Vec<Sensor>,
}
