//! Deviations in CAPWAP.

use crate::anomalies;

anomalies! {
    /// What can be odd about a CAPWAP control message.
    pub(super) CapwapAnomaly {
        /// A message element reaches past the end of the message.
        ElementOverrun = "element_overrun",
        /// A message element is too short for what it must hold.
        ElementTooShort = "element_too_short",
        /// More message elements than the limit; the rest was not read.
        TooManyElements = "too_many_elements",
    }
}
