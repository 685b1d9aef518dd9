//! Deviations in HTTP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an HTTP message.
    pub(super) HttpAnomaly {
        /// A head that cannot be read.
        MalformedHead = "malformed_head",
        /// A head longer than is read.
        HeadTooLong = "http_head",
        /// More header fields than are read.
        TooManyHeaders = "http_headers",
        /// A chunk size that cannot be read.
        MalformedChunk = "malformed_chunk",
        /// Length and chunks at once, or a length that is no number: a way to smuggle requests (RFC 9112, 6.3).
        AmbiguousLength = "ambiguous_length",
    }
}
