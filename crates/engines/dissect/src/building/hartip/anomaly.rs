//! Deviations in HART-IP.

use crate::anomalies;

anomalies! {
    /// What can be odd about a HART-IP message.
    pub(super) HartIpAnomaly {
        /// A message that is shorter than its lengths say.
        Malformed = "malformed",
    }
}
