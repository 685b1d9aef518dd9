//! Deviations in RADIUS.

use crate::anomalies;

anomalies! {
    /// What can be odd about a RADIUS packet.
    pub(super) RadiusAnomaly {
        /// An attribute reaches past the end of the packet, or is shorter than its own header.
        AttributeLength = "attribute_length",
        /// More attributes than the limit; the rest was not read.
        TooManyAttributes = "too_many_attributes",
        /// EAP without the Message-Authenticator that it must have (RFC 3579, 3.2).
        EapWithoutMessageAuthenticator = "eap_without_message_authenticator",
    }
}
