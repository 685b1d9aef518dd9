//! Deviations in syslog.

use crate::anomalies;

anomalies! {
    /// What can be odd about a syslog message.
    pub(super) SyslogAnomaly {
        /// No priority in front.
        NoPriority = "no_priority",
        /// A message longer than is read.
        TooLong = "syslog_message",
    }
}
