//! Deviations in OPC UA.

use crate::anomalies;

anomalies! {
    /// What can be odd about an OPC UA message.
    pub(super) OpcuaAnomaly {
        /// A value that reaches past the end of its chunk.
        Malformed = "malformed",
        /// The server ended the connection with an error.
        Refused = "refused",
    }
}
