//! Deviations in ARP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an ARP packet.
    pub(super) ArpAnomaly {
        /// Shorter than its fixed part.
        Truncated = "truncated",
        /// Not Ethernet and IPv4.
        OtherAddressTypes = "other_address_types",
        /// The sender address in the packet is not the one of the frame.
        SenderNotFrameSource = "sender_not_frame_source",
        /// Neither request nor reply.
        UnknownOperation = "unknown_operation",
    }
}
