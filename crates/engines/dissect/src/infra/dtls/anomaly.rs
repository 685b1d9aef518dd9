//! Deviations in DTLS.

use crate::anomalies;

anomalies! {
    /// What can be odd about a DTLS datagram.
    pub(super) DtlsAnomaly {
        /// A hello that cannot be read.
        MalformedHello = "malformed_hello",
        /// A certificate that cannot be read.
        MalformedCertificate = "malformed_certificate",
    }
}
