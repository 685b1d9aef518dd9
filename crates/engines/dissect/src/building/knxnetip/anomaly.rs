//! Deviations in KNXnet/IP.

use crate::anomalies;

anomalies! {
    /// What can be odd about a KNXnet/IP message.
    pub(super) KnxnetipAnomaly {
        /// A length that does not fit what holds it.
        Malformed = "malformed",
    }
}
