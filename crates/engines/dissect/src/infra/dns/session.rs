//! From DNS messages to notes.

use wire::Reader;

use super::anomaly::DnsAnomaly;
use super::message::{Entry, Fault, Message, Opcode};
use super::{DNS, PORT, observe};
use crate::{Chunk, Match, Notes, Outcome, Packet, Probe, Session, Step};

/// Ports of protocols that use this format and mean something else by it: NetBIOS names, multicast DNS, LLMNR.
const OTHERS: [u16; 3] = [137, 5353, 5355];

/// Shortest message with a question: header, a root name, type and class.
const SHORTEST: usize = 12 + 5;

/// Bytes in which header and question lie: length prefix, header, name, type, class.
const QUESTION_AT_MOST: usize = 2 + 12 + 256 + 4;

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if OTHERS.iter().any(|&port| packet.has_port(port)) {
        return Outcome::NotMine;
    }
    let Ok(message) = Message::read(packet.payload) else { return Outcome::NotMine };
    let length = if packet.truncated { usize::MAX } else { packet.payload.len() };
    if !is_plausible(&message, length) {
        return Outcome::NotMine;
    }
    let mine = if packet.has_port(PORT) { has_question(&message) } else { is_exact(&message) };
    if !mine {
        return Outcome::NotMine;
    }
    if let Some(fault) = observe::observe(&message, notes)
        && !packet.truncated
        && !message.header.flags.is_truncated()
    {
        notes.anomaly(DNS.name, DnsAnomaly::from(fault).name());
    }
    Outcome::Parsed
}

/// DNS over TCP: each message behind its length (RFC 1035, 4.2.2).
pub(super) struct DnsTcp;

impl Session for DnsTcp {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let mut reader = Reader::open(chunk.bytes);
        let body = reader.u16_be().and_then(|length| reader.take(usize::from(length)));
        let body = match body {
            Ok(body) => body,
            Err(wire::Error::Incomplete { missing }) => return Step::need(chunk.bytes.len(), missing),
            Err(wire::Error::Overrun { .. } | wire::Error::Trailing { .. }) => return Step::Done,
        };
        let Ok(message) = Message::read(body) else { return Step::Done };
        if !is_plausible(&message, body.len()) {
            return Step::Done;
        }
        if let Some(fault) = observe::observe(&message, notes) {
            notes.anomaly(DNS.name, DnsAnomaly::from(fault).name());
        }
        Step::Consumed(reader.consumed())
    }
}

pub(super) fn probe(probe: &Probe<'_>) -> Match {
    let mut reader = Reader::open(probe.bytes);
    let Ok(length) = reader.u16_be().map(usize::from) else { return Match::NeedMore };
    if length < SHORTEST {
        return Match::No;
    }
    let all = reader.as_slice();
    let body = all.get(..length).unwrap_or(all);
    let Ok(message) = Message::read(body) else { return Match::NeedMore };
    if message.header.questions != 1 || !is_plausible(&message, length) {
        return Match::No;
    }
    let mut entries = message.entries();
    let question = entries.next();
    match (question, entries.fault()) {
        (None, Some(Fault::Overrun)) if body.len() < length && probe.bytes.len() < QUESTION_AT_MOST => {
            Match::NeedMore
        }
        (Some(Entry::Question(question)), _) if !question.name.is_written_out() => Match::No,
        (Some(question), _) if is_known(&question) => Match::Yes,
        _ => Match::No,
    }
}

/// What the header alone tells: a defined operation, counts that suit it and fit into `length`.
fn is_plausible(message: &Message<'_>, length: usize) -> bool {
    let header = message.header;
    let counts = match (header.flags.opcode(), header.flags.is_response()) {
        (Opcode::QUERY | Opcode::STATUS, false) => header.questions == 1 && header.answers == 0,
        (Opcode::QUERY | Opcode::STATUS, true) => header.questions <= 1,
        (Opcode::NOTIFY | Opcode::UPDATE, _) => header.questions == 1,
        _ => false,
    };
    counts && header.flags.reserved_is_zero() && message.counts_fit(length)
}

/// Whether the first entry reads as one of DNS.
fn has_question(message: &Message<'_>) -> bool {
    message.is_empty() && message.header.flags.is_response()
        || message.entries().next().is_some_and(|entry| is_known(&entry))
}

/// Whether every entry reads as one of DNS and nothing is left.
fn is_exact(message: &Message<'_>) -> bool {
    let mut entries = message.entries();
    message.header.questions == 1 && entries.by_ref().all(|entry| is_known(&entry)) && entries.is_exact()
}

/// Whether type and class are assigned. The class of an OPT record is a size (RFC 6891, 6.1.2).
fn is_known(entry: &Entry<'_>) -> bool {
    const OPT: u16 = 41;
    match entry {
        Entry::Question(question) => {
            question.kind.is_assigned()
                && question.class.is_assigned()
                && question.name.text_length().is_some()
        }
        Entry::Record(_, record) => {
            record.kind.is_assigned() && (record.kind.0 == OPT || record.class.is_assigned())
        }
    }
}
