//! Deviations in Fox.

use crate::anomalies;

anomalies! {
    /// What can be odd about a Fox hello.
    pub(super) FoxAnomaly {
        /// The hello does not end within its limit.
        HelloTooLong = "hello_too_long",
    }
}
