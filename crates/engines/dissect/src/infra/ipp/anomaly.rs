//! Deviations in IPP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an IPP message.
    pub(super) IppAnomaly {
        /// Attributes that cannot be read to their end.
        Malformed = "malformed_attributes",
    }
}
