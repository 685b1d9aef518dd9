//! Deviations in QUIC.

use crate::anomalies;

anomalies! {
    /// What can be odd about a QUIC packet.
    pub(super) QuicAnomaly {
        /// A client's first datagram shorter than 1200 bytes (RFC 9000, 14.1).
        ShortInitial = "short_initial",
    }
}
