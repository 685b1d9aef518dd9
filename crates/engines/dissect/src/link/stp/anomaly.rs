//! Deviations in spanning tree.

use crate::anomalies;

anomalies! {
    /// What can be odd about a BPDU.
    pub(super) StpAnomaly {
        /// Shorter than its fixed part.
        Truncated = "truncated",
        /// A type that the standard does not know.
        UnknownType = "unknown_type",
    }
}
