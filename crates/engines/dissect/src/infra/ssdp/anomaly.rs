//! Deviations in SSDP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an SSDP message.
    pub(super) SsdpAnomaly {
        /// More header fields than are read.
        TooManyHeaders = "too_many_headers",
        /// A header field without a colon.
        MalformedHeader = "malformed_header",
    }
}
