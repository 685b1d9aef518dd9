//! Deviations in RTSP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an RTSP message.
    pub(super) RtspAnomaly {
        /// A header field without a colon.
        MalformedHeader = "malformed_header",
        /// More header fields than are read.
        TooManyHeaders = "rtsp_headers",
        /// A head longer than is read.
        HeadTooLong = "rtsp_head",
    }
}
