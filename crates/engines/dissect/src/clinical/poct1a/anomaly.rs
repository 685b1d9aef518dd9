//! Deviations in POCT1-A.

use crate::anomalies;

anomalies! {
    /// What can be odd about a POCT1-A stream.
    pub(super) Poct1aAnomaly {
        /// A tag that does not end within its limit.
        TagTooLong = "tag_too_long",
    }
}
