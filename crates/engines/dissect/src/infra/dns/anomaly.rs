//! Deviations in DNS.

use super::message::Fault;
use crate::anomalies;

anomalies! {
    /// What can be odd about a DNS message.
    pub(super) DnsAnomaly {
        /// The message ends within an entry that its header counts.
        Overrun = "overrun",
        /// A label of an undefined type, or a name longer than 255 octets.
        BadName = "bad_name",
        /// More entries than are read.
        TooManyEntries = "too_many_entries",
    }
}

impl From<Fault> for DnsAnomaly {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Overrun => Self::Overrun,
            Fault::BadName => Self::BadName,
            Fault::TooMany => Self::TooManyEntries,
        }
    }
}
