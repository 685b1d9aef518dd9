//! Deviations in TFTP.

use crate::anomalies;

anomalies! {
    /// What can be odd about a TFTP message.
    pub(super) TftpAnomaly {
        /// A mode that RFC 1350 does not have.
        UnknownMode = "unknown_mode",
        /// A name without its end.
        Unterminated = "unterminated_name",
    }
}
