//! Deviations in ICMPv6 neighbour discovery.

use crate::anomalies;

anomalies! {
    /// What can be odd about a neighbour discovery message.
    pub(super) Icmpv6Anomaly {
        /// Shorter than its fixed part.
        Truncated = "truncated",
        /// An option of length 0, or one that reaches past the end.
        OptionLength = "option_length",
        /// More options than the limit; the rest was not read.
        TooManyOptions = "too_many_options",
        /// The hop limit is not 255: it came through a router and may be forged (RFC 4861, 11.2). It was not read.
        HopLimit = "hop_limit",
        /// The sender's link-layer address in the message is not the one of the frame.
        LinkAddressNotFrameSource = "link_address_not_frame_source",
    }
}
