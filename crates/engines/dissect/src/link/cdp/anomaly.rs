//! Deviations in CDP.

use crate::anomalies;

anomalies! {
    /// What can be odd about a CDP packet.
    pub(super) CdpAnomaly {
        /// Shorter than its header.
        Truncated = "truncated",
        /// Neither version 1 nor 2.
        UnknownVersion = "unknown_version",
        /// A TLV reaches past the end of the packet, or is shorter than its own header.
        TlvLength = "tlv_length",
        /// A TLV is too short for what it must hold.
        TlvTooShort = "tlv_too_short",
        /// More TLVs than the limit; the rest was not read.
        TooManyTlvs = "too_many_tlvs",
        /// More addresses than the limit; the rest was not read.
        TooManyAddresses = "too_many_addresses",
    }
}
