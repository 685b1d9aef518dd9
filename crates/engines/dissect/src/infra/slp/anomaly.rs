//! Deviations in SLP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an SLP message.
    pub(super) SlpAnomaly {
        /// A length points past the end of the message.
        Malformed = "malformed_message",
        /// The length of the message is not that of the datagram.
        WrongLength = "wrong_length",
        /// More services than are read.
        TooManyServices = "slp_services",
        /// A message longer than is read.
        TooLong = "slp_message",
    }
}
