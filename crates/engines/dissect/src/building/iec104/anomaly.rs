//! Deviations in IEC 60870-5-104.

use crate::anomalies;

anomalies! {
    /// What can be odd about a frame.
    pub(super) Iec104Anomaly {
        /// Control bits that no format has, or data that is too short.
        Malformed = "malformed",
    }
}
