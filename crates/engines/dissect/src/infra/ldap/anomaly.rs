//! Deviations in LDAP.

use crate::anomalies;

anomalies! {
    /// What can be odd about LDAP.
    pub(super) LdapAnomaly {
        /// A value reaches past the end of what holds it, or is of another type.
        Overrun = "overrun",
        /// No message starts where one should.
        UnknownMessage = "unknown_message",
        /// An operation that RFC 4511 does not define.
        UnknownOperation = "unknown_operation",
        /// A message that would be read is too long.
        LongMessage = "long_message",
        /// More attributes or values in an entry, or conditions in a filter, than are read.
        TooManyEntries = "too_many_entries",
    }
}
