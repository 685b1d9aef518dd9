//! From a QUIC datagram to notes.

use wire::{Limit, Reader};

use super::anomaly::QuicAnomaly;
use super::message::{LongHeader, PacketType, Version, read_google, skip_packet};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

/// Versions of a Version Negotiation packet beyond this many are left out.
const OFFERED: Limit = Limit::new("quic_offered_versions", 8, "servers offer one to four");

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if let Some(version) = read_google(packet.payload) {
        observe::version(version, notes);
        notes.encrypted();
        return Outcome::Parsed;
    }
    let mut reader = Reader::closed(packet.payload);
    match LongHeader::read(&mut reader) {
        Ok(header) if header.is_long() && header.version == Version::NEGOTIATION => {
            negotiation(reader, notes)
        }
        Ok(header) if header.is_long() && header.is_fixed() && header.version.is_known() => {
            long(header, reader, packet, notes)
        }
        Ok(_) | Err(_) => Outcome::NotMine,
    }
}

/// A list of versions of which at least one is known and all are known or reserved.
fn negotiation(reader: Reader<'_>, notes: &mut Notes) -> Outcome {
    let versions =
        || reader.as_slice().as_chunks::<4>().0.iter().map(|&code| Version(u32::from_be_bytes(code)));
    let whole = reader.remaining().is_multiple_of(4);
    let plausible = versions().any(Version::is_known)
        && versions().all(|version| version.is_known() || version.is_reserved());
    if !whole || !plausible {
        return Outcome::NotMine;
    }
    for version in versions().filter(|version| version.is_known()).take(OFFERED.max) {
        observe::supported_version(version, notes);
    }
    notes.encrypted();
    Outcome::Parsed
}

/// The first packet's length has to fit into the datagram; others may follow it.
fn long(header: LongHeader, mut reader: Reader<'_>, packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let kind = header.packet_type();
    let fits = match kind {
        // Token and integrity tag.
        PacketType::Retry => reader.remaining() > 16,
        PacketType::Initial | PacketType::ZeroRtt | PacketType::Handshake => {
            skip_packet(kind, &mut reader).is_ok() || packet.truncated
        }
    };
    if !fits {
        return Outcome::NotMine;
    }
    observe::version(header.version, notes);
    if kind == PacketType::Initial
        && packet.dst_port == 443
        && !packet.truncated
        && packet.payload.len() < 1_200
    {
        notes.anomaly(PROTOCOL.protocol.name, QuicAnomaly::ShortInitial.name());
    }
    notes.encrypted();
    Outcome::Parsed
}
