//! Deviations in NTP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an NTP message.
    pub(super) NtpAnomaly {
        /// A control message whose data does not fit.
        MalformedControl = "malformed_control",
        /// A list of clients was asked for or given: a means of amplification.
        Monlist = "monlist",
    }
}
