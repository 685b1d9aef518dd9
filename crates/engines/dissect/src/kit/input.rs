//! Fuzz inputs: a few bytes that say how the rest is delivered, then the bytes themselves.
//!
//! A fuzzer changes the message far more often than its delivery, so the message stays in one piece. A reproducer is
//! replayed by a test that hands its bytes to [`stream_input`] or [`datagram_input`].

use std::net::IpAddr;

use model::Timestamp;

use super::{Exchange, Recording, handle, packet, play};
use crate::{Chunk, DatagramProtocol, Match, Notes, Packet, Probe, Side, Stream, StreamProtocol};

/// Bits of the second byte of a stream input.
const RESPONDER_FIRST: u8 = 0x01;
const LOSE: u8 = 0x08;
/// For the probe.
const ELSEWHERE: u8 = 0x10;
const MIDSTREAM: u8 = 0x20;
/// Bit of a cut: the same side goes on.
const SAME_SIDE: u16 = 0x8000;
const CUTS_MAX: u8 = 64;
/// Longest prefix that a probe is asked about.
const PROBED: usize = 1_024;
const PIECES: [usize; 4] = [1, 2, 5, 16];

/// Bits of the second byte of a datagram input.
const TRUNCATED: u8 = 0x01;
const FROM_PORT: u8 = 0x02;
const OVER_IPV6: u8 = 0x04;
const OTHER_PORT: u8 = 0x08;

/// Who sends what: whole turns, and the pieces in which they are delivered.
struct Delivery<'a> {
    turns: Vec<(Side, &'a [u8])>,
    pieces: Vec<(Side, &'a [u8])>,
    piece: usize,
    lose: Option<u64>,
    flags: u8,
}

impl<'a> Delivery<'a> {
    fn of(input: &'a [u8]) -> Option<Self> {
        let (&[cuts, flags], rest) = input.split_first_chunk::<2>()?;
        let cuts = usize::from(cuts % CUTS_MAX);
        let (table, mut bytes) = rest.split_at_checked(cuts * 2)?;
        let mut side = if flags & RESPONDER_FIRST == 0 { Side::Originator } else { Side::Responder };
        let piece = PIECES.get(usize::from(flags >> 1 & 3)).copied().unwrap_or(1);
        let lose = (flags & LOSE != 0).then(|| u64::from(flags >> 4));
        let mut delivery = Self { turns: Vec::new(), pieces: Vec::new(), piece, lose, flags };
        let (mut turn, mut turn_length) = (bytes, 0);
        for cut in table.chunks_exact(2) {
            let cut = cut.iter().fold(0_u16, |cut, byte| cut << 8 | u16::from(*byte));
            let length = usize::from(cut & !SAME_SIDE).min(bytes.len());
            let (head, tail) = bytes.split_at_checked(length)?;
            delivery.pieces.push((side, head));
            turn_length += length;
            bytes = tail;
            if cut & SAME_SIDE == 0 {
                delivery.turns.push((side, turn.get(..turn_length)?));
                (turn, turn_length, side) = (bytes, 0, side.other());
            }
        }
        delivery.pieces.push((side, bytes));
        delivery.turns.push((side, turn));
        Some(delivery)
    }
}

/// The input that delivers `exchange` in whole turns; `None` when it has more turns than an input holds.
#[must_use]
pub fn of_exchange(exchange: Exchange<'_>) -> Option<Vec<u8>> {
    let mut cuts: Vec<u16> = Vec::new();
    let (_, before_last) = exchange.split_last()?;
    for (index, (side, bytes)) in before_last.iter().enumerate() {
        let next = exchange.get(index + 1)?.0;
        let mark = if next == *side { SAME_SIDE } else { 0 };
        cuts.push(u16::try_from(bytes.len()).ok().filter(|length| length & SAME_SIDE == 0)? | mark);
    }
    let count = u8::try_from(cuts.len()).ok().filter(|count| *count < CUTS_MAX)?;
    let first = if exchange.first()?.0 == Side::Responder { RESPONDER_FIRST } else { 0 };
    let mut input = vec![count, first];
    input.extend(cuts.iter().flat_map(|cut| cut.to_be_bytes()));
    input.extend(exchange.iter().flat_map(|(_, bytes)| bytes.iter().copied()));
    Some(input)
}

/// The input that delivers `packet` to `protocol`.
#[must_use]
pub fn of_packet(protocol: &DatagramProtocol, packet: &Packet<'_>) -> Vec<u8> {
    let carrier = protocol.carriers.iter().position(|carrier| *carrier == packet.carrier);
    let known = |port: u16| protocol.ports.contains(&port);
    let mut flags = 0;
    if known(packet.src_port) && !known(packet.dst_port) {
        flags |= FROM_PORT;
    } else if !known(packet.dst_port) {
        flags |= OTHER_PORT;
    }
    if packet.src_ip.is_some_and(|ip| ip.is_ipv6()) {
        flags |= OVER_IPV6;
    }
    let mut input = vec![u8::try_from(carrier.unwrap_or(0)).unwrap_or(0), flags];
    input.extend_from_slice(packet.payload);
    input
}

/// Delivers an input to a stream protocol.
///
/// # Panics
/// When another chunking of the same turns gives other notes, or a probe takes back what it said.
pub fn stream_input(protocol: &'static StreamProtocol, input: &[u8]) {
    let Some(delivery) = Delivery::of(input) else { return };
    let name = protocol.protocol.name;
    for (side, bytes) in delivery.turns.iter().take(2) {
        let (known_port, midstream) = (delivery.flags & ELSEWHERE == 0, delivery.flags & MIDSTREAM != 0);
        keeps_its_word(protocol, *side, known_port, midstream, bytes);
    }
    let whole = play(protocol, &delivery.turns, usize::MAX);
    if delivery.pieces.len() > delivery.turns.len() {
        assert_eq!(play(protocol, &delivery.pieces, usize::MAX), whole, "`{name}` in other pieces");
    }
    let piece = delivery.piece;
    assert_eq!(play(protocol, &delivery.turns, piece), whole, "`{name}` in pieces of {piece}");
    if let Some(lost) = delivery.lose {
        play_with_losses(protocol, &delivery.pieces, lost);
    }
}

/// Offers growing prefixes of `input` to the probe of a stream protocol.
///
/// # Panics
/// When the probe says `No` and then something else: then detection would depend on how a sender cuts its stream.
/// `Yes` may be taken back, because more bytes can contradict it.
pub fn probe_input(protocol: &'static StreamProtocol, input: &[u8]) {
    let Some((&[flags], bytes)) = input.split_first_chunk::<1>() else { return };
    let side = if flags & 1 == 0 { Side::Originator } else { Side::Responder };
    keeps_its_word(protocol, side, flags & 2 == 0, flags & 4 != 0, bytes);
}

/// Offers growing prefixes of `bytes`: a probe that said `No` says nothing else.
pub(super) fn keeps_its_word(
    protocol: &'static StreamProtocol,
    side: Side,
    known_port: bool,
    midstream: bool,
    bytes: &[u8],
) {
    let name = protocol.protocol.name;
    let known = protocol.ports.first().copied().filter(|_| known_port);
    let responder_port = known.unwrap_or(49_999);
    let mut refused = false;
    for length in 1..=bytes.len().min(PROBED) {
        let bytes = bytes.get(..length).unwrap_or_default();
        let now =
            (protocol.probe)(&Probe { bytes, side, originator_port: 50_000, responder_port, midstream });
        assert!(!refused || now == Match::No, "`{name}` said No and at {length} bytes {now:?}");
        refused = now == Match::No;
    }
}

/// Delivers an input to a datagram protocol.
///
/// # Panics
/// When the protocol notes something and then says that the message is not its own, or says something else when it
/// is asked again.
pub fn datagram_input(protocol: &DatagramProtocol, input: &[u8]) {
    let Some((&[carrier, flags], payload)) = input.split_first_chunk::<2>() else { return };
    let index = usize::from(carrier) % protocol.carriers.len().max(1);
    let Some(carrier) = protocol.carriers.get(index).copied() else { return };
    let index = usize::from(flags >> 4) % protocol.ports.len().max(1);
    let known = protocol.ports.get(index).copied().unwrap_or(0);
    let known = if flags & OTHER_PORT == 0 { known } else { 49_999 };
    let ports = if flags & FROM_PORT == 0 { (50_000, known) } else { (known, 50_000) };
    let mut message = Packet { truncated: flags & TRUNCATED != 0, ..packet(carrier, ports, payload) };
    if flags & OVER_IPV6 != 0 {
        message.src_ip = Some(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]));
        message.dst_ip = Some(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 2]));
    }
    let first: Option<Recording> = handle(protocol, &message);
    assert_eq!(handle(protocol, &message), first, "`{}` asked again", protocol.protocol.name);
}

/// Plays pieces and loses `lost` bytes after each other one.
fn play_with_losses(protocol: &'static StreamProtocol, pieces: Exchange<'_>, lost: u64) {
    let mut stream = Stream::new(protocol);
    let mut notes = Notes::new();
    for (index, (side, bytes)) in pieces.iter().enumerate() {
        if !bytes.is_empty() {
            stream.data(Chunk { side: *side, bytes, at: Timestamp::from_nanos(1) }, &mut notes);
        }
        if index % 2 == 0 {
            stream.gap(*side, lost);
        }
    }
    stream.end(Side::Originator, &mut notes);
    stream.end(Side::Responder, &mut notes);
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURNS: Exchange<'static> = &[
        (Side::Responder, b"hello"),
        (Side::Responder, b" again"),
        (Side::Originator, b"yes"),
        (Side::Responder, b"bye"),
    ];

    #[test]
    fn exchange_is_delivered_as_it_was() {
        let input = of_exchange(TURNS).unwrap();
        let delivery = Delivery::of(&input).unwrap();
        assert_eq!(delivery.pieces, TURNS);
        assert_eq!(
            delivery.turns,
            [
                (Side::Responder, &b"hello again"[..]),
                (Side::Originator, &b"yes"[..]),
                (Side::Responder, &b"bye"[..])
            ]
        );
    }

    #[test]
    fn any_bytes_are_an_input() {
        for input in [&b""[..], b"\x01", b"\x00\x00", b"\xff\xffabc", b"\x01\x0f\xff\xffabcdef"] {
            for protocol in crate::streams() {
                stream_input(protocol, input);
                probe_input(protocol, input);
            }
            for protocol in crate::datagrams() {
                datagram_input(protocol, input);
            }
        }
    }
}
