//! From an SSDP message to notes. Every message stands for itself.

use wire::Reader;

use super::anomaly::SsdpAnomaly;
use super::message::{HEADERS, read_header, read_kind};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if !matches!(packet.payload.first(), Some(b'N' | b'H' | b'M')) {
        return Outcome::NotMine;
    }
    let mut reader = Reader::closed(packet.payload);
    let Some(kind) = read_kind(&mut reader) else { return Outcome::NotMine };
    for count in 1.. {
        if !HEADERS.allows(count) {
            notes.anomaly(PROTOCOL.protocol.name, SsdpAnomaly::TooManyHeaders.name());
            break;
        }
        match read_header(&mut reader) {
            Ok(Some((name, value))) => observe::header(kind, name, value, notes),
            Ok(None) => break,
            Err(()) => notes.anomaly(PROTOCOL.protocol.name, SsdpAnomaly::MalformedHeader.name()),
        }
    }
    Outcome::Parsed
}
