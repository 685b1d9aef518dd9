//! Deviations in LLMNR.

use crate::anomalies;
use crate::infra::dns::message::Fault;

anomalies! {
    /// What can be odd about an LLMNR message.
    pub(super) LlmnrAnomaly {
        /// The message ends within an entry that its header counts.
        Overrun = "overrun",
        /// A label of an undefined type, or a name longer than 255 octets.
        BadName = "bad_name",
        /// More entries than are read.
        TooManyEntries = "too_many_entries",
        /// The sender found that another station answers for its name (RFC 4795, 2.1.1, bit C).
        NameConflict = "name_conflict",
    }
}

impl From<Fault> for LlmnrAnomaly {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Overrun => Self::Overrun,
            Fault::BadName => Self::BadName,
            Fault::TooMany => Self::TooManyEntries,
        }
    }
}
