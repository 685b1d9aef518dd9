//! TLS 1.0 to 1.3 and SSL 2 and 3 over TCP (RFC 8446, RFC 5246, RFC 2246, RFC 6101; extensions RFC 6066, RFC 7301).
//!
//! Read: ClientHello (versions, server name, application protocols, JA3, JA4), ServerHello (version and cipher suite
//! chosen, JA3S), the first certificate of each side up to TLS 1.2; the hellos of SSL 2. Not read: key exchange,
//! other certificates of the chain, alerts, and everything from ChangeCipherSpec on. A conversation whose start was
//! not seen is recognized by its records.

mod anomaly;
pub(super) mod message;
pub(super) mod observe;
mod session;
#[cfg(test)]
mod tests;

use message::{ContentType, HandshakeHeader, HandshakeType, RecordHeader, Ssl2ClientHello, Ssl2ServerHello};
use wire::Reader;

use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// TLS.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "tls",
        title: "Transport Layer Security",
        group: Group::Infrastructure,
        standard: "RFC 8446, RFC 5246, RFC 6101",
        exposure: Exposure::Negotiated,
        carries_patient_data: false,
        fields: &observe::FIELDS,
        anomalies: anomaly::TlsAnomaly::NAMES,
    },
    ports: &[443, 636, 853, 990, 993, 995, 2762, 5061, 6514, 8443, 8883],
    probe,
    start: || Box::new(session::Tls::default()),
};

fn probe(probe: &Probe<'_>) -> Match {
    match probe.bytes.first() {
        Some(20..=24) => probe_record(probe.bytes),
        Some(0x80..) => probe_ssl2(probe.bytes),
        _ => Match::No,
    }
}

/// A plausible record header, behind it what such a record holds, and behind that the next record.
fn probe_record(bytes: &[u8]) -> Match {
    let mut reader = Reader::open(bytes);
    let Ok(header) = RecordHeader::read(&mut reader) else {
        return if matches!(bytes.get(1), None | Some(3)) { Match::NeedMore } else { Match::No };
    };
    if !header.is_plausible() {
        return Match::No;
    }
    let content = match header.content {
        ContentType::HANDSHAKE => probe_handshake(&mut reader.clone(), header.length),
        ContentType::CHANGE_CIPHER_SPEC => match reader.peek() {
            None => Match::NeedMore,
            Some(1) => Match::Yes,
            Some(_) => Match::No,
        },
        ContentType(_) => Match::Yes,
    };
    if content == Match::Yes && reader.skip(header.length).is_ok() && !starts_record(reader.as_slice()) {
        return Match::No;
    }
    content
}

/// Whether `bytes` are the start of a record, or too few to say otherwise.
fn starts_record(bytes: &[u8]) -> bool {
    let header = RecordHeader::read(&mut Reader::open(bytes));
    header.map_or_else(|_| matches!(bytes.first(), None | Some(20..=24)), RecordHeader::is_plausible)
}

/// The first message of a handshake record: a hello, or in midstream another one, whose length fits.
fn probe_handshake(reader: &mut Reader<'_>, record: usize) -> Match {
    if record < HandshakeHeader::SIZE {
        return Match::No;
    }
    let Ok(message) = HandshakeHeader::read(reader) else { return Match::NeedMore };
    let fits = match message.kind {
        HandshakeType::CLIENT_HELLO | HandshakeType::SERVER_HELLO => (38..=1 << 16).contains(&message.length),
        kind => kind.is_known() && message.length < 1 << 17,
    };
    if fits { Match::Yes } else { Match::No }
}

fn probe_ssl2(bytes: &[u8]) -> Match {
    if bytes.get(2).is_some_and(|kind| !matches!(kind, 1 | 4)) {
        return Match::No;
    }
    if bytes.get(3).is_some_and(|&octet| octet > 3) {
        return Match::No;
    }
    let client = Ssl2ClientHello::read(&mut Reader::open(bytes)).map(drop);
    match client.or_else(|_| Ssl2ServerHello::read(&mut Reader::open(bytes)).map(drop)) {
        Ok(()) => Match::Yes,
        Err(wire::Error::Incomplete { .. }) => Match::NeedMore,
        Err(_) => Match::No,
    }
}
