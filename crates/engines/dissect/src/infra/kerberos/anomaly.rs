//! Deviations in Kerberos.

use crate::anomalies;

anomalies! {
    /// What can be odd about a message of Kerberos.
    pub(super) KerberosAnomaly {
        /// A field reaches past the end of what holds it, or is not of its type.
        Malformed = "malformed",
        /// What follows a message on a stream is no message.
        NotKerberos = "not_kerberos",
        /// More encryption types, addresses or pre-authentication data than anybody sends.
        TooMany = "kerberos_list",
        /// A message longer than the limit.
        LongMessage = "kerberos_message",
    }
}
