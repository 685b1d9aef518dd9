//! Deviations in VNC.

use crate::anomalies;

anomalies! {
    /// What can be odd about an RFB handshake.
    pub(super) VncAnomaly {
        /// The client chose a security type that was not offered.
        TypeNotOffered = "type_not_offered",
        /// The server refused the connection.
        Refused = "refused",
    }
}
