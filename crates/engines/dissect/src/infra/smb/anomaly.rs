//! Deviations in SMB.

use crate::anomalies;

anomalies! {
    /// What can be odd about an SMB conversation.
    pub(super) SmbAnomaly {
        /// A packet of the session service of no known type: nothing more is read of this side.
        UnknownPacket = "unknown_packet",
        /// A message of no version of SMB.
        UnknownProtocol = "unknown_protocol",
        /// A field of a message reaches past its end.
        Overrun = "overrun",
        /// A negotiation or session set-up that is longer than is read.
        LongMessage = "long_message",
        /// The server chose a dialect that the client did not offer.
        DialectNotOffered = "dialect_not_offered",
        /// The server refused the NetBIOS session.
        SessionRefused = "session_refused",
    }
}
