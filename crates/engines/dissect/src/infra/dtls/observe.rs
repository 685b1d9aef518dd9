//! What DTLS says about stations: the same as TLS, under its own field names.

use model::Field;

use crate::infra::certificate;
use crate::infra::tls::observe::Fields;

pub(super) static DTLS: Fields = Fields {
    server_name: Field::new("dtls.handshake.extensions_server_name"),
    asked_name: Field::new("dtls.asked_name"),
    version: Field::new("dtls.handshake.version"),
    supported_version: Field::new("dtls.handshake.extensions.supported_version"),
    cipher_suite: Field::new("dtls.handshake.ciphersuite"),
    alpn: Field::new("dtls.handshake.extensions_alpn_str"),
    ja3: Field::new("dtls.handshake.ja3"),
    ja3s: Field::new("dtls.handshake.ja3s"),
    ja4: Field::new("dtls.handshake.ja4"),
};

pub(super) static FIELDS: [Field; Fields::COUNT + certificate::FIELDS.len()] = DTLS.with_certificate();
