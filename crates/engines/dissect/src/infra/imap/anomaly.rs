//! Deviations in IMAP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an IMAP session.
    pub(super) ImapAnomaly {
        /// A line longer than is read.
        LineTooLong = "imap_line",
    }
}
