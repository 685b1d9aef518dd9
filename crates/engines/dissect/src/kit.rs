//! What every parser is held to, in tests and fuzz targets: no panic on any prefix, the same notes for any chunking.

mod input;
#[cfg(feature = "seeds")]
mod seeds;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::LazyLock;

use model::{Field, MacAddr, Timestamp};

use crate::{
    AnomalyNote, Binding, Carrier, Chunk, DatagramProtocol, Notes, Outcome, Packet, Side, Stream,
    StreamProtocol, WeaknessNote,
};

pub use input::{datagram_input, of_exchange, of_packet, probe_input, stream_input};

/// What was noted, as owned values that can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recording {
    /// `(subject, field, value)`.
    pub facts: Vec<(model::Subject, &'static str, String)>,
    /// Bindings.
    pub bindings: Vec<Binding>,
    /// Anomalies.
    pub anomalies: Vec<AnomalyNote>,
    /// Weaknesses.
    pub weaknesses: Vec<WeaknessNote>,
    /// More precise protocol name.
    pub refinement: Option<&'static str>,
    /// Whether the conversation became encrypted.
    pub encrypted: bool,
    /// Whether readable patient data was carried.
    pub patient_data: bool,
}

/// One conversation: who sends what, in order.
pub type Exchange<'a> = &'a [(Side, &'a [u8])];

impl Recording {
    /// Copies what `notes` hold.
    ///
    /// # Panics
    /// When a field or a protocol is not one of [`crate::fields`] and [`crate::names`]: a store would refuse it.
    #[must_use]
    pub fn of(notes: &Notes) -> Self {
        static FIELDS: LazyLock<BTreeSet<Field>> = LazyLock::new(crate::fields);
        static NAMES: LazyLock<BTreeSet<&str>> = LazyLock::new(crate::names);
        let facts = notes.facts().map(|fact| fact.field);
        let weaknesses = notes.weaknesses().iter().map(|note| note.field);
        let bindings = notes.bindings().iter().map(|binding| binding.field);
        for field in facts.chain(weaknesses).chain(bindings) {
            assert!(FIELDS.contains(&field), "`{field}` is not declared");
        }
        assert!(notes.refinement().is_none_or(|name| NAMES.contains(name)), "{:?}", notes.refinement());
        Self {
            facts: notes
                .facts()
                .map(|fact| (fact.subject, fact.field.name(), fact.value.to_owned()))
                .collect(),
            bindings: notes.bindings().to_vec(),
            anomalies: notes.anomalies().to_vec(),
            weaknesses: notes.weaknesses().to_vec(),
            refinement: notes.refinement(),
            encrypted: notes.is_encrypted(),
            patient_data: notes.has_patient_data(),
        }
    }

    /// The values of `field`, in order.
    #[must_use]
    pub fn values(&self, field: &str) -> Vec<&str> {
        self.facts.iter().filter(|fact| fact.1 == field).map(|fact| fact.2.as_str()).collect()
    }

    /// The names of the anomalies, in order.
    #[must_use]
    pub fn anomaly_names(&self) -> Vec<&'static str> {
        self.anomalies.iter().map(|note| note.name).collect()
    }
}

/// A packet to test with: 10.0.0.1 (00:00:5e:00:53:01) to 10.0.0.2 (00:00:5e:00:53:02), TTL 64, 2026-01-01.
#[must_use]
pub fn packet(carrier: Carrier, ports: (u16, u16), payload: &[u8]) -> Packet<'_> {
    Packet {
        payload,
        truncated: false,
        carrier,
        at: Timestamp::from_nanos(1_767_225_600_000_000_000),
        src_mac: Some(MacAddr::new([0x00, 0x00, 0x5e, 0x00, 0x53, 0x01])),
        dst_mac: Some(MacAddr::new([0x00, 0x00, 0x5e, 0x00, 0x53, 0x02])),
        src_ip: Some(IpAddr::from([10, 0, 0, 1])),
        dst_ip: Some(IpAddr::from([10, 0, 0, 2])),
        src_port: ports.0,
        dst_port: ports.1,
        ttl: 64,
    }
}

/// Handles one message and records the notes; `None` when it is not of the protocol.
#[must_use]
pub fn handle(protocol: &DatagramProtocol, packet: &Packet<'_>) -> Option<Recording> {
    let mut notes = Notes::new();
    match (protocol.handle)(packet, &mut notes) {
        Outcome::Parsed => Some(Recording::of(&notes)),
        Outcome::NotMine => {
            assert!(notes.is_empty(), "`{}` noted something and then said NotMine", protocol.protocol.name);
            None
        }
    }
}

/// Plays an exchange in pieces of at most `piece` bytes and records the notes.
#[must_use]
pub fn play(protocol: &'static StreamProtocol, exchange: Exchange<'_>, piece: usize) -> Recording {
    let mut stream = Stream::new(protocol);
    let mut notes = Notes::new();
    let at = Timestamp::from_nanos(1_767_225_600_000_000_000);
    for (side, message) in exchange {
        for bytes in message.chunks(piece.max(1)) {
            stream.data(Chunk { side: *side, bytes, at }, &mut notes);
        }
    }
    stream.end(Side::Originator, &mut notes);
    stream.end(Side::Responder, &mut notes);
    Recording::of(&notes)
}

/// Plays an exchange whole.
#[must_use]
pub fn play_whole(protocol: &'static StreamProtocol, exchange: Exchange<'_>) -> Recording {
    play(protocol, exchange, usize::MAX)
}

/// Every prefix of a message is handled without panic, and says nothing that the whole does not say, other than
/// shortened values and anomalies.
///
/// # Panics
/// When a prefix breaks that.
pub fn sweep_truncation(protocol: &DatagramProtocol, whole: &Packet<'_>) {
    assert!(handle(protocol, whole).is_some(), "the whole message is not recognized");
    #[cfg(feature = "seeds")]
    seeds::packet(protocol, whole);
    for length in 0..whole.payload.len() {
        for truncated in [false, true] {
            let payload = whole.payload.get(..length).unwrap_or_default();
            let _recording = handle(protocol, &Packet { payload, truncated, ..*whole });
        }
    }
}

/// Delivering an exchange byte by byte, or in pieces of 2, 3, 7 and 64 bytes, gives the same notes as delivering each
/// side's turn whole; every prefix is handled without panic; and the probe keeps its word.
///
/// # Panics
/// When a chunking gives other notes, or the probe says `No` and then something else.
pub fn sweep_chunking(protocol: &'static StreamProtocol, exchange: Exchange<'_>) {
    let whole = play_whole(protocol, exchange);
    #[cfg(feature = "seeds")]
    seeds::exchange(protocol, exchange);
    for piece in [1, 2, 3, 7, 64] {
        assert_eq!(play(protocol, exchange, piece), whole, "in pieces of {piece} bytes");
    }
    sweep_probe(protocol, exchange);
    for (turn, (side, message)) in exchange.iter().enumerate() {
        for length in 0..message.len() {
            let mut cut: Vec<(Side, &[u8])> = exchange.iter().take(turn).copied().collect();
            cut.push((*side, message.get(..length).unwrap_or_default()));
            let _recording = play_whole(protocol, &cut);
        }
    }
}

/// The probe keeps its word on the first bytes of each side, whatever the port and the start.
fn sweep_probe(protocol: &'static StreamProtocol, exchange: Exchange<'_>) {
    for side in [Side::Originator, Side::Responder] {
        let Some((_, first)) = exchange.iter().find(|turn| turn.0 == side) else { continue };
        for (known_port, midstream) in [(true, false), (true, true), (false, false), (false, true)] {
            input::keeps_its_word(protocol, side, known_port, midstream, first);
        }
    }
}

/// The tests that every datagram protocol has: truncation at every byte of each named message.
#[macro_export]
macro_rules! datagram_kit {
    ($protocol:expr, $($name:ident => $packet:expr),+ $(,)?) => {
        mod kit {
            #[allow(unused_imports)]
            use super::*;
            $(#[test] fn $name() { $crate::kit::sweep_truncation(&$protocol, &$packet); })+
        }
    };
}

/// The tests that every stream protocol has: any chunking gives the same notes, and any prefix is survived.
#[macro_export]
macro_rules! stream_kit {
    ($protocol:expr, $($name:ident => $exchange:expr),+ $(,)?) => {
        mod kit {
            #[allow(unused_imports)]
            use super::*;
            $(#[test] fn $name() { $crate::kit::sweep_chunking(&$protocol, $exchange); })+
        }
    };
}
