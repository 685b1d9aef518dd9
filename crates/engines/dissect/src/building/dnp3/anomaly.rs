//! Deviations in DNP3.

use crate::anomalies;

anomalies! {
    /// What can be odd about a DNP3 frame.
    pub(super) Dnp3Anomaly {
        /// The check of a block does not fit it.
        BadCheck = "bad_check",
    }
}
