//! Deviations in ADS.

use crate::anomalies;

anomalies! {
    /// What can be odd about an ADS message.
    pub(super) AdsAnomaly {
        /// A message that is shorter than its command makes it.
        Malformed = "malformed",
        /// More items in a discovery answer than are read.
        TooManyItems = "too_many_items",
    }
}
