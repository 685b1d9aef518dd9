//! Deviations in WS-Discovery.

use crate::anomalies;

anomalies! {
    /// What can be odd about a message.
    pub(super) WsDiscoveryAnomaly {
        /// More elements than are read.
        TooManyElements = "too_many_elements",
    }
}
