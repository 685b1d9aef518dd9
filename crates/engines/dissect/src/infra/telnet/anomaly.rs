//! Deviations in Telnet.

use crate::anomalies;

anomalies! {
    /// What can be odd about a Telnet session.
    pub(super) TelnetAnomaly {
        /// A subnegotiation without end.
        SubnegotiationTooLong = "telnet_subnegotiation",
    }
}
