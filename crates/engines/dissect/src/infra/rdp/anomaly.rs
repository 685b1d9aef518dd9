//! Deviations in RDP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an RDP connection sequence.
    pub(super) RdpAnomaly {
        /// A field reaches past the end of what holds it.
        Overrun = "overrun",
        /// The server chose a security protocol that the client did not ask for.
        ProtocolNotRequested = "protocol_not_requested",
        /// The server refused the connection.
        Refused = "refused",
    }
}
