//! Deviations in Ubiquiti discovery.

use crate::anomalies;

anomalies! {
    /// What can be odd about an announcement.
    pub(super) UbiquitiAnomaly {
        /// A field reaches past the end.
        Malformed = "malformed",
    }
}
