//! Deviations in LLDP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an LLDP data unit.
    pub(super) LldpAnomaly {
        /// A TLV reaches past the end of the frame.
        TlvOverrun = "tlv_overrun",
        /// A TLV is too short for what it must hold.
        TlvTooShort = "tlv_too_short",
        /// No End of LLDPDU TLV.
        MissingEnd = "missing_end",
        /// It does not begin with chassis, port and time to live in this order.
        MandatoryMissing = "mandatory_missing",
        /// More TLVs than the limit; the rest was not read.
        TooManyTlvs = "too_many_tlvs",
    }
}
