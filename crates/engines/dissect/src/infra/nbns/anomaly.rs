//! Deviations in the NetBIOS name service.

use crate::anomalies;

anomalies! {
    /// What can be odd about a NetBIOS name service packet.
    pub(super) NbnsAnomaly {
        /// The packet ends within an entry that its header counts.
        Overrun = "overrun",
        /// More addresses or names in one record than are read.
        TooManyEntries = "too_many_entries",
        /// Somebody else claims the name already (RFC 1002, 4.2.6 and 4.2.8: ACT_ERR, CFT_ERR).
        NameConflict = "name_conflict",
    }
}
