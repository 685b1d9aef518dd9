//! Deviations in TLS.

use crate::anomalies;

anomalies! {
    /// What can be odd about a TLS handshake.
    pub(super) TlsAnomaly {
        /// No record starts where one has to.
        NotARecord = "not_a_record",
        /// A hello that cannot be read.
        MalformedHello = "malformed_hello",
        /// A certificate that cannot be read.
        MalformedCertificate = "malformed_certificate",
        /// A handshake message longer than is read.
        HandshakeTooLong = "tls_handshake",
    }
}
