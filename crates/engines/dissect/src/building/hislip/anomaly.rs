//! Deviations in HiSLIP.

use crate::anomalies;

anomalies! {
    /// What can be odd about a HiSLIP message.
    pub(super) HislipAnomaly {
        /// An end reported a fatal error.
        FatalError = "fatal_error",
    }
}
