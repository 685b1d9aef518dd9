//! Deviations in POP3.

use crate::anomalies;

anomalies! {
    /// What can be odd about a POP3 session.
    pub(super) PopAnomaly {
        /// A line longer than is read.
        LineTooLong = "pop_line",
    }
}
