//! Deviations in browser announcements.

use crate::anomalies;

anomalies! {
    /// What can be odd about a NetBIOS datagram with a browser frame.
    pub(super) BrowserAnomaly {
        /// The SMB transaction or the browser frame ends too early.
        Overrun = "overrun",
        /// The station that sent the packet is not the one that the datagram names: it was forwarded.
        Forwarded = "forwarded",
    }
}
