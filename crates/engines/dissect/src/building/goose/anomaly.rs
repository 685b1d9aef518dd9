//! Deviations in GOOSE.

use crate::anomalies;

anomalies! {
    /// What can be odd about a GOOSE frame.
    pub(super) GooseAnomaly {
        /// A value that reaches past the end.
        Malformed = "malformed",
    }
}
