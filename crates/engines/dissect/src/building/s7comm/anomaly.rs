//! Deviations in S7comm.

use crate::anomalies;

anomalies! {
    /// What can be odd about an S7comm message.
    pub(super) S7commAnomaly {
        /// A length that does not fit what holds it.
        Malformed = "malformed",
    }
}
