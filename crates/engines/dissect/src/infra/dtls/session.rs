//! From a DTLS datagram to notes.

use wire::Reader;

use super::anomaly::DtlsAnomaly;
use super::message::{Fragment, Record};
use super::{PROTOCOL, observe};
use crate::infra::certificate;
use crate::infra::fingerprint::Transport;
use crate::infra::tls::message::{ClientHello, ContentType, HandshakeType, ServerHello, read_leaf};
use crate::infra::tls::observe as shared;
use crate::{Notes, Outcome, Packet};

/// A datagram is DTLS when plausible records fill it to its end.
pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if !matches!(packet.payload.get(..2), Some([20..=24, 0xfe | 0x01])) || !is_filled(packet) {
        return Outcome::NotMine;
    }
    let mut reader = Reader::closed(packet.payload);
    while let Ok(record) = Record::read(&mut reader) {
        if record.epoch > 0 {
            notes.encrypted();
        } else if record.content == ContentType::HANDSHAKE {
            handshake(record.payload, packet, notes);
        }
    }
    Outcome::Parsed
}

fn is_filled(packet: &Packet<'_>) -> bool {
    let mut reader = Reader::closed(packet.payload);
    let mut count = 0_usize;
    while !reader.is_empty() {
        match Record::read(&mut reader) {
            Ok(record) if record.is_plausible() => count += 1,
            Ok(_) => return false,
            Err(_) => return packet.truncated && count > 0,
        }
    }
    count > 0
}

fn handshake(mut payload: Reader<'_>, packet: &Packet<'_>, notes: &mut Notes) {
    while let Ok(fragment) = Fragment::read(&mut payload) {
        if fragment.is_whole()
            && let Err(anomaly) = message(fragment, packet, notes)
        {
            notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
        }
    }
}

fn message(fragment: Fragment<'_>, packet: &Packet<'_>, notes: &mut Notes) -> Result<(), DtlsAnomaly> {
    let mut body = fragment.body;
    match fragment.kind {
        HandshakeType::CLIENT_HELLO => {
            let hello = ClientHello::read(&mut body, true).map_err(|_| DtlsAnomaly::MalformedHello)?;
            shared::client_hello(&hello, Transport::Datagram, &observe::DTLS, notes);
        }
        HandshakeType::SERVER_HELLO => {
            let hello = ServerHello::read(&mut body).map_err(|_| DtlsAnomaly::MalformedHello)?;
            shared::server_hello(&hello, &observe::DTLS, notes);
        }
        HandshakeType::CERTIFICATE => {
            let leaf = read_leaf(&mut body).map_err(|_| DtlsAnomaly::MalformedCertificate)?;
            if !leaf.is_empty() {
                certificate::observe(leaf, packet.at, notes)
                    .map_err(|_| DtlsAnomaly::MalformedCertificate)?;
            }
        }
        HandshakeType(_) => {}
    }
    Ok(())
}
