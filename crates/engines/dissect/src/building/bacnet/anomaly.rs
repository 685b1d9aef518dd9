//! Deviations in BACnet.

use crate::anomalies;

anomalies! {
    /// What can be odd about a BACnet message.
    pub(super) BacnetAnomaly {
        /// A length that does not fit what holds it.
        Malformed = "malformed",
        /// More properties than are read.
        TooManyProperties = "too_many_properties",
    }
}
