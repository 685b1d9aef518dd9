//! Deviations in EtherNet/IP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an EtherNet/IP message.
    pub(super) EnipAnomaly {
        /// A length that does not fit what holds it.
        Malformed = "malformed",
    }
}
