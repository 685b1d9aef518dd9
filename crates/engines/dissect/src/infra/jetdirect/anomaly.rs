//! Deviations in PJL.

use crate::anomalies;

anomalies! {
    /// What can be odd about a PJL exchange.
    pub(super) JetDirectAnomaly {
        /// A line longer than is read.
        LineTooLong = "pjl_line",
        /// More lines of an answer than are read.
        TooManyLines = "pjl_answer_lines",
    }
}
