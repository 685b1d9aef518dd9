//! Deviations in FTP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an FTP control connection.
    pub(super) FtpAnomaly {
        /// A line longer than is read.
        LineTooLong = "ftp_line",
        /// More lines of a greeting or feature list than are read.
        TooManyLines = "ftp_reply_lines",
    }
}
