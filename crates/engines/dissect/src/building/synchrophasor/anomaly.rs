//! Deviations in synchrophasor frames.

use crate::anomalies;

anomalies! {
    /// What can be odd about a synchrophasor frame.
    pub(super) SynchrophasorAnomaly {
        /// The check word does not fit the frame.
        BadCheck = "bad_check",
        /// A frame that is shorter than its counts say.
        Malformed = "malformed",
        /// More units in a configuration than are read.
        TooManyUnits = "too_many_units",
    }
}
