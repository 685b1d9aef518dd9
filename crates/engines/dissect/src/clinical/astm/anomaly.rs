//! Deviations in ASTM.

use crate::anomalies;

anomalies! {
    /// What can be odd about an ASTM stream.
    pub(super) AstmAnomaly {
        /// The check of a frame does not fit it.
        BadCheck = "bad_check",
        /// The receiver refused a frame.
        NotAcknowledged = "not_acknowledged",
        /// The header record does not end within its limit.
        HeaderTooLong = "header_too_long",
    }
}
