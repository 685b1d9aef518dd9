//! What a TLS handshake says about stations. Shared with DTLS, which has its own field names.

use std::fmt;

use model::{Field, Subject, Weakness};
use tls_parser::{TlsCipherAu, TlsCipherEnc, TlsCipherKx, TlsCipherSuite};
use wire::Limit;

use super::message::{ClientHello, ServerHello, Version};
use crate::Notes;
use crate::infra::certificate;
use crate::infra::fingerprint::{self, Transport};

/// Field names of one protocol.
#[derive(Debug)]
pub(in crate::infra) struct Fields {
    /// Name that the client asks for: a name of the receiver.
    pub(in crate::infra) server_name: Field,
    /// The same name as a fact about the client, which contacts it.
    pub(in crate::infra) asked_name: Field,
    pub(in crate::infra) version: Field,
    pub(in crate::infra) supported_version: Field,
    pub(in crate::infra) cipher_suite: Field,
    pub(in crate::infra) alpn: Field,
    pub(in crate::infra) ja3: Field,
    pub(in crate::infra) ja3s: Field,
    pub(in crate::infra) ja4: Field,
}

pub(in crate::infra) static TLS: Fields = Fields {
    server_name: Field::new("tls.handshake.extensions_server_name"),
    asked_name: Field::new("tls.asked_name"),
    version: Field::new("tls.handshake.version"),
    supported_version: Field::new("tls.handshake.extensions.supported_version"),
    cipher_suite: Field::new("tls.handshake.ciphersuite"),
    alpn: Field::new("tls.handshake.extensions_alpn_str"),
    ja3: Field::new("tls.handshake.ja3"),
    ja3s: Field::new("tls.handshake.ja3s"),
    ja4: Field::new("tls.handshake.ja4"),
};

pub(super) static FIELDS: [Field; Fields::COUNT + certificate::FIELDS.len()] = TLS.with_certificate();

/// Application protocols of a client beyond this many are left out.
const ALPN: Limit = Limit::new("alpn_names", 4, "clients offer one to three");

impl Fields {
    /// How many there are.
    pub(in crate::infra) const COUNT: usize = 9;

    /// All of them, and behind them those of certificates.
    pub(in crate::infra) const fn with_certificate(
        &self,
    ) -> [Field; Self::COUNT + certificate::FIELDS.len()] {
        let [a, b, c, d, e, f, g, h, i, j, k] = certificate::FIELDS;
        [
            self.server_name,
            self.asked_name,
            self.version,
            self.supported_version,
            self.cipher_suite,
            self.alpn,
            self.ja3,
            self.ja3s,
            self.ja4,
            a,
            b,
            c,
            d,
            e,
            f,
            g,
            h,
            i,
            j,
            k,
        ]
    }
}

pub(in crate::infra) fn client_hello(
    hello: &ClientHello<'_>,
    transport: Transport,
    fields: &Fields,
    notes: &mut Notes,
) {
    notes.fact_bytes(Subject::Receiver, fields.server_name, hello.server_name);
    notes.fact_bytes(Subject::Sender, fields.asked_name, hello.server_name);
    let highest = hello.highest_version();
    let field = if highest == hello.version { fields.version } else { fields.supported_version };
    notes.fact_display(Subject::Sender, field, Code(highest.0));
    for name in hello.alpn().take(ALPN.max) {
        notes.fact_bytes(Subject::Sender, fields.alpn, name);
    }
    notes.fact_display(Subject::Sender, fields.ja3, fingerprint::ja3(hello));
    notes.fact(Subject::Sender, fields.ja4, &fingerprint::ja4(hello, transport));
}

pub(in crate::infra) fn server_hello(hello: &ServerHello<'_>, fields: &Fields, notes: &mut Notes) {
    let field = if hello.supported_version.is_some() { fields.supported_version } else { fields.version };
    notes.fact_display(Subject::Sender, field, Code(hello.chosen_version().0));
    notes.fact_display(Subject::Sender, fields.cipher_suite, Code(hello.cipher_suite));
    notes.fact_bytes(Subject::Sender, fields.alpn, hello.alpn);
    notes.fact_display(Subject::Sender, fields.ja3s, fingerprint::ja3s(hello));
    chosen_version(hello.chosen_version(), field, notes);
    if is_weak_cipher(hello.cipher_suite) {
        notes.weakness(Subject::Sender, Weakness::WeakCipher, fields.cipher_suite);
    }
}

/// What a client asks for in the hello of SSL 2.
pub(super) fn offered_version(version: Version, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, TLS.version, Code(version.0));
}

/// A server that answers in SSL 2.
pub(super) fn chosen_ssl2(version: Version, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, TLS.version, Code(version.0));
    chosen_version(version, TLS.version, notes);
}

fn chosen_version(version: Version, field: Field, notes: &mut Notes) {
    let weakness = match version {
        Version::SSL_2 | Version::SSL_3 => Weakness::ObsoleteSsl,
        Version::TLS_1_0 | Version::TLS_1_1 | Version::DTLS_BEFORE_1_0 | Version::DTLS_1_0 => {
            Weakness::ObsoleteTls
        }
        Version(_) => return,
    };
    notes.weakness(Subject::Sender, weakness, field);
}

/// Whether a cipher suite leaves what it protects readable, as IHE ATNA once allowed within a department.
pub(super) fn is_cleartext(code: u16) -> bool {
    TlsCipherSuite::from_id(code).is_some_and(|suite| suite.enc == TlsCipherEnc::Null)
}

/// No encryption, RC2, RC4, DES, 3DES, export keys, or nobody authenticated.
fn is_weak_cipher(code: u16) -> bool {
    TlsCipherSuite::from_id(code).is_some_and(|suite| {
        matches!(
            suite.enc,
            TlsCipherEnc::Null
                | TlsCipherEnc::Des
                | TlsCipherEnc::TripleDes
                | TlsCipherEnc::Rc2
                | TlsCipherEnc::Rc4
        ) || suite.au == TlsCipherAu::Null
            || suite.kx == TlsCipherKx::Aecdh
            || suite.enc_size < 64
    })
}

/// A code as four hexadecimal digits.
struct Code(u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#06x}", self.0)
    }
}
