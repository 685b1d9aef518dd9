//! Deviations in EAPOL and EAP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an EAPOL packet.
    pub(super) EapolAnomaly {
        /// The packet ends before its body does.
        Truncated = "truncated",
        /// The EAP length is less than a header, or more than the body holds.
        EapLength = "eap_length",
        /// An EAP code that RFC 3748 does not know.
        UnknownEapCode = "unknown_eap_code",
        /// More Wi-Fi Protected Setup attributes than the limit; the rest was not read.
        TooManyAttributes = "too_many_attributes",
    }
}
