//! Deviations in Skinny.

use crate::anomalies;

anomalies! {
    /// What can be odd about a Skinny message.
    pub(super) SkinnyAnomaly {
        /// A registration that is too short.
        Malformed = "malformed",
    }
}
