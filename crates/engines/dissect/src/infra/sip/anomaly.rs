//! Deviations in SIP.

use crate::anomalies;

anomalies! {
    /// What can be odd about a SIP message.
    pub(super) SipAnomaly {
        /// A header field without a colon.
        MalformedHeader = "malformed_header",
        /// More header fields than are read.
        TooManyHeaders = "sip_headers",
        /// A head longer than is read.
        HeadTooLong = "sip_head",
    }
}
