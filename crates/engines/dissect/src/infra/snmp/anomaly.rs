//! Deviations in SNMP.

use crate::anomalies;

anomalies! {
    /// What can be odd about an SNMP message.
    pub(super) SnmpAnomaly {
        /// A value whose length does not fit what holds it.
        Malformed = "malformed",
        /// More variables than are read.
        TooManyVariables = "too_many_variables",
    }
}
