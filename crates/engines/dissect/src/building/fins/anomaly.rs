//! Deviations in FINS.

use crate::anomalies;

anomalies! {
    /// What can be odd about a FINS message.
    pub(super) FinsAnomaly {
        /// An answer that is too short for its command.
        Malformed = "malformed",
    }
}
