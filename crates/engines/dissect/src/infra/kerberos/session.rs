//! From messages of Kerberos to notes. Every message stands for itself.

use wire::{Limit, Reader};

use super::anomaly::KerberosAnomaly;
use super::message::{
    EncryptionType, HostAddress, Message, Request, begins, read, read_ap_request, timestamp_encryption,
};
use super::{PROTOCOL, observe};
use crate::infra::ber::integer;
use crate::{Chunk, Match, Notes, Outcome, Packet, Probe, Session, Side, Step};

/// Longest message over TCP that is read.
const MESSAGE: Limit =
    Limit::new("kerberos_message", 96 << 10, "a ticket of somebody in a thousand groups fits in 64 KiB");

/// Most entries of a list that is read.
const LIST: Limit = Limit::new("kerberos_list", 64, "two dozen encryption types were ever defined");

/// Octets of the length before a message over TCP (RFC 4120, 7.2.2).
const LENGTH: usize = 4;

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if !begins(Reader::closed(packet.payload)).unwrap_or(false) {
        return Outcome::NotMine;
    }
    if !message(packet.payload, notes) && !packet.truncated {
        note(KerberosAnomaly::Malformed, notes);
    }
    Outcome::Parsed
}

/// A length and a message.
pub(super) fn probe(probe: &Probe<'_>) -> Match {
    let mut reader = Reader::open(probe.bytes);
    match reader.peek() {
        Some(0) => {}
        _ => return Match::No,
    }
    match reader.skip(LENGTH).and_then(|()| begins(reader)) {
        Ok(true) => Match::Yes,
        Ok(false) => Match::No,
        Err(_) => Match::NeedMore,
    }
}

/// Which sides were heard to speak Kerberos: what stands before that may be the end of a
/// message whose start the capture has not.
#[derive(Debug, Default)]
pub(super) struct KerberosTcp {
    originator: bool,
    responder: bool,
}

impl Session for KerberosTcp {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let mut reader = Reader::open(chunk.bytes);
        let Ok(length) = reader.u32_be() else { return Step::Need(LENGTH) };
        match begins(reader) {
            Ok(true) => *self.was_heard(chunk.side) = true,
            Ok(false) => {
                if *self.was_heard(chunk.side) {
                    note(KerberosAnomaly::NotKerberos, notes);
                }
                return Step::Done;
            }
            Err(error) => return Step::need(chunk.bytes.len(), missing(error)),
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let whole = LENGTH.saturating_add(length);
        if !MESSAGE.allows(length) {
            note(KerberosAnomaly::LongMessage, notes);
            return Step::Skip(u64::try_from(whole).unwrap_or(u64::MAX));
        }
        let Ok(bytes) = reader.take(length) else { return Step::Need(whole) };
        if !message(bytes, notes) {
            note(KerberosAnomaly::Malformed, notes);
        }
        Step::Consumed(whole)
    }

    fn resync(&mut self, _: Side, bytes: &[u8]) -> Option<usize> {
        begins(Reader::closed(bytes.get(LENGTH..)?)).unwrap_or(false).then_some(0)
    }
}

impl KerberosTcp {
    const fn was_heard(&mut self, side: Side) -> &mut bool {
        match side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        }
    }
}

const fn missing(error: wire::Error) -> usize {
    match error {
        wire::Error::Incomplete { missing } => missing,
        wire::Error::Overrun { .. } | wire::Error::Trailing { .. } => 1,
    }
}

/// Notes what a message says; false when it is malformed.
fn message(bytes: &[u8], notes: &mut Notes) -> bool {
    match read(bytes) {
        Ok(Message::Request(request)) => observe_request(&request, notes).is_ok(),
        Ok(Message::Reply(reply)) => {
            observe::reply(&reply, notes);
            true
        }
        Ok(Message::Error { realm, service }) => {
            observe::error(realm, service, notes);
            true
        }
        Err(_) => false,
    }
}

fn observe_request(request: &Request<'_>, notes: &mut Notes) -> wire::Result<()> {
    observe::request(request, notes);
    if let Some(types) = request.encryption_types {
        let types = each(types, notes, |reader| integer(reader).map(EncryptionType))?;
        observe::encryption_types(&types, notes);
    }
    for address in request.addresses.map_or(Ok(Vec::new()), |list| each(list, notes, HostAddress::read))? {
        observe::address(address, notes);
    }
    let data = request.pre_authentication;
    for encryption in data.map_or(Ok(Vec::new()), |list| each(list, notes, timestamp_encryption))? {
        observe::timestamp(encryption, notes);
    }
    Ok(())
}

/// The entries of a list.
fn each<'a, T>(
    mut list: Reader<'a>,
    notes: &mut Notes,
    read: impl Fn(&mut Reader<'a>) -> wire::Result<T>,
) -> wire::Result<Vec<T>> {
    let mut entries = Vec::new();
    while !list.is_empty() {
        if !LIST.allows(entries.len().saturating_add(1)) {
            note(KerberosAnomaly::TooMany, notes);
            break;
        }
        entries.push(read(&mut list)?);
    }
    Ok(entries)
}

/// Notes what the ticket of an AP-REQ says, which a client hands to a service; nothing when it is none.
pub(in crate::infra) fn ticket(ap_request: &[u8], notes: &mut Notes) {
    if let Ok(ticket) = read_ap_request(ap_request) {
        observe::ticket(&ticket, notes);
    }
}

fn note(anomaly: KerberosAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
