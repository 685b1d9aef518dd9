//! The state of an LDAP conversation.

use wire::{Error, Limit, Reader, Result};

use super::anomaly::LdapAnomaly;
use super::message::{BindRequest, BindResponse, Header, Operation, asks_for_tls, is_success};
use super::{PORT, PROTOCOL, UDP, observe};
use crate::infra::tls;
use crate::{Chunk, Match, Notes, Outcome, Packet, Probe, Session, Side, Step};

/// What is remembered of a conversation.
#[derive(Debug, Default)]
pub(super) struct Ldap {
    /// The last bind was as nobody.
    anonymous: bool,
    /// The client asked for TLS.
    start_tls: bool,
}

const MESSAGE: Limit = Limit::new(
    LdapAnomaly::LongMessage.name(),
    96 << 10,
    "a Kerberos ticket of somebody in a thousand groups fits in 64 KiB",
);

/// First byte of a TLS handshake record (RFC 8446, 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// First byte of the length before a protected message (RFC 4422, 3.7); they are shorter than 16 MiB.
const PROTECTED: u8 = 0;

/// Octets that show whether a protected message is encrypted: length, token ID and flags (RFC 4121, 4.2.6.2).
const PROTECTED_START: usize = 4 + 2 + 1;

impl Session for Ldap {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        match chunk.bytes.first() {
            Some(&TLS_HANDSHAKE) => return Step::Switch { consumed: 0, to: &tls::PROTOCOL },
            Some(&PROTECTED) => return protected(chunk.bytes, notes),
            _ => {}
        }
        match Header::read(chunk.bytes) {
            Ok(header) => self.message(&header, chunk.bytes, notes),
            Err(Error::Incomplete { missing }) => Step::need(chunk.bytes.len(), missing),
            Err(_) => {
                note(LdapAnomaly::UnknownMessage, notes);
                Step::Done
            }
        }
    }

    fn resync(&mut self, _side: Side, bytes: &[u8]) -> Option<usize> {
        (0..bytes.len()).find(|&start| {
            let header = Header::read(bytes.get(start..).unwrap_or_default());
            header.is_ok_and(|header| header.operation.is_request() || header.operation.is_response())
        })
    }
}

impl Ldap {
    fn message(&mut self, header: &Header, bytes: &[u8], notes: &mut Notes) -> Step {
        let operation = header.operation;
        let is_read = match operation {
            Operation::BIND_REQUEST
            | Operation::BIND_RESPONSE
            | Operation::EXTENDED_REQUEST
            | Operation::EXTENDED_RESPONSE => true,
            Operation::SEARCH_ENTRY => match header.is_root(bytes) {
                Ok(is_root) => is_root,
                Err(_) => return Step::need(bytes.len(), 1),
            },
            other => {
                if !other.is_request() && !other.is_response() {
                    note(LdapAnomaly::UnknownOperation, notes);
                }
                false
            }
        };
        if !is_read {
            return skip(header);
        }
        if !MESSAGE.allows(header.whole) {
            note(LdapAnomaly::LongMessage, notes);
            return skip(header);
        }
        if bytes.len() < header.whole {
            return Step::Need(header.whole);
        }
        let body = Reader::closed(bytes.get(header.start..header.end).unwrap_or_default());
        match self.read(operation, body, notes) {
            Ok(true) => return Step::Switch { consumed: header.whole, to: &tls::PROTOCOL },
            Ok(false) => {}
            Err(_) => note(LdapAnomaly::Overrun, notes),
        }
        Step::Consumed(header.whole)
    }

    /// Returns whether TLS follows.
    fn read(&mut self, operation: Operation, mut body: Reader<'_>, notes: &mut Notes) -> Result<bool> {
        match operation {
            Operation::BIND_REQUEST => {
                self.anonymous = false;
                self.anonymous = observe::bind(&BindRequest::read(&mut body)?, notes);
            }
            Operation::BIND_RESPONSE => {
                let was_anonymous = std::mem::take(&mut self.anonymous);
                observe::bound(&BindResponse::read(&mut body)?, was_anonymous, notes);
            }
            Operation::EXTENDED_REQUEST => self.start_tls = asks_for_tls(&mut body)?,
            Operation::EXTENDED_RESPONSE => {
                return Ok(std::mem::take(&mut self.start_tls) && is_success(&mut body)?);
            }
            _ => {
                if let Some(anomaly) = observe::root(&mut body, notes)? {
                    note(anomaly, notes);
                }
            }
        }
        Ok(false)
    }
}

/// What follows on this side is signed or encrypted; Kerberos says which.
fn protected(bytes: &[u8], notes: &mut Notes) -> Step {
    let Some(start) = bytes.first_chunk::<PROTECTED_START>() else { return Step::Need(PROTECTED_START) };
    if let [_, _, _, _, 5, 4, flags] = *start
        && flags & 0x02 != 0
    {
        notes.encrypted();
    }
    Step::Done
}

pub(super) fn probe(probe: &Probe<'_>) -> Match {
    match Header::read(probe.bytes) {
        Ok(Header { operation, .. }) => {
            let (request, response) = (operation.is_request(), operation.is_response());
            let fits = match probe.side {
                Side::Originator => request || probe.midstream && response,
                Side::Responder => response || probe.midstream && request,
            };
            if fits { Match::Yes } else { Match::No }
        }
        Err(Error::Incomplete { .. }) => Match::NeedMore,
        Err(_) => Match::No,
    }
}

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if !packet.has_port(PORT) {
        return Outcome::NotMine;
    }
    let first = Header::read(packet.payload);
    if !first.is_ok_and(|first| {
        first.operation.is_connectionless() && (packet.truncated || first.whole <= packet.payload.len())
    }) {
        return Outcome::NotMine;
    }
    let mut rest = packet.payload;
    while !rest.is_empty() {
        let Ok(header) = read_one(rest, notes) else {
            if !packet.truncated {
                notes.anomaly(UDP.protocol.name, LdapAnomaly::Overrun.name());
            }
            break;
        };
        rest = rest.get(header.whole..).unwrap_or_default();
    }
    Outcome::Parsed
}

/// A message of a datagram.
fn read_one(bytes: &[u8], notes: &mut Notes) -> Result<Header> {
    let header = Header::read(bytes)?;
    let mut message = Reader::closed(bytes);
    message.skip(header.start)?;
    let mut body = message.sub(header.end.saturating_sub(header.start))?;
    let anomaly = match header.operation {
        Operation::SEARCH_REQUEST => observe::search(&mut body, notes)?,
        Operation::SEARCH_ENTRY if header.is_root(bytes)? => observe::root(&mut body, notes)?,
        _ => None,
    };
    if let Some(anomaly) = anomaly {
        notes.anomaly(UDP.protocol.name, anomaly.name());
    }
    Ok(header)
}

fn skip(header: &Header) -> Step {
    Step::Skip(u64::try_from(header.whole).unwrap_or(u64::MAX))
}

fn note(anomaly: LdapAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
