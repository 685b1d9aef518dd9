//! Deviations in SMTP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an SMTP session.
    pub(super) SmtpAnomaly {
        /// A line longer than is read.
        LineTooLong = "smtp_line",
        /// BDAT without a length.
        MalformedChunk = "malformed_bdat",
    }
}
