//! Deviations in multicast DNS.

use crate::anomalies;
use crate::infra::dns::message::Fault;

anomalies! {
    /// What can be odd about a multicast DNS message.
    pub(super) MdnsAnomaly {
        /// The message ends within an entry that its header counts.
        Overrun = "overrun",
        /// A label of an undefined type, or a name longer than 255 octets.
        BadName = "bad_name",
        /// More entries than are read.
        TooManyEntries = "too_many_entries",
        /// More facts in one message than are noted.
        TooManyFacts = "too_many_facts",
    }
}

impl From<Fault> for MdnsAnomaly {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Overrun => Self::Overrun,
            Fault::BadName => Self::BadName,
            Fault::TooMany => Self::TooManyEntries,
        }
    }
}
