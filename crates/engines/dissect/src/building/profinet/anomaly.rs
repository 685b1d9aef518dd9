//! Deviations in PROFINET DCP.

use crate::anomalies;

anomalies! {
    /// What can be odd about a DCP frame.
    pub(super) ProfinetAnomaly {
        /// A block that reaches past the end.
        Malformed = "malformed",
    }
}
