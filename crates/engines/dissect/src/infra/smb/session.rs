//! The state of an SMB conversation.

use wire::{Limit, Reader};

use super::anomaly::SmbAnomaly;
use super::message::{
    KEEP_ALIVE, NEGATIVE_RESPONSE, PACKET_HEADER, POSITIVE_RESPONSE, Packet, ProtocolId, RETARGET_RESPONSE,
    SESSION_MESSAGE, SESSION_REQUEST, Status, find, read_names,
};
use super::smb1::{self, Login};
use super::{PROTOCOL, observe, smb2};
use crate::{Chunk, Notes, Session, Side, Step};

/// What is remembered of a conversation.
#[derive(Debug, Default)]
pub(super) struct Smb {
    /// Dialects that the client offered in SMB 1, until the server chooses.
    offered: Vec<u8>,
    /// That SMB 1 is in use was noted.
    smb1: bool,
    /// The server wants passwords as they are.
    in_clear: bool,
    /// The last session set-up of SMB 1 was without user and password.
    anonymous: bool,
    /// That messages are encrypted was noted.
    encrypted: bool,
}

const MESSAGE: Limit = Limit::new(
    "smb_setup_message",
    96 << 10,
    "a Kerberos ticket of somebody in a thousand groups fits in 64 KiB",
);

const DIALECTS: Limit =
    Limit::new("smb_dialects", 1_024, "a dozen names of two dozen octets were ever defined");

/// Octets of a message that show whether it is read.
const START: usize = PACKET_HEADER + smb2::COMMAND_AT + 2;

impl Session for Smb {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let mut reader = Reader::open(chunk.bytes);
        let Ok(packet) = Packet::read(&mut reader) else { return Step::Need(PACKET_HEADER) };
        match packet.kind {
            SESSION_MESSAGE => self.message(packet, reader, notes),
            SESSION_REQUEST | POSITIVE_RESPONSE | NEGATIVE_RESPONSE | RETARGET_RESPONSE | KEEP_ALIVE => {
                control(packet, reader, notes)
            }
            _ => {
                note(SmbAnomaly::UnknownPacket, notes);
                Step::Done
            }
        }
    }

    fn resync(&mut self, _side: Side, bytes: &[u8]) -> Option<usize> {
        find(bytes)
    }

    fn memory(&self) -> usize {
        self.offered.capacity()
    }
}

/// Packets without a message of SMB.
fn control(packet: Packet, mut reader: Reader<'_>, notes: &mut Notes) -> Step {
    let length = usize::try_from(packet.length).unwrap_or(usize::MAX);
    let limit = 256;
    if length > limit {
        note(SmbAnomaly::UnknownPacket, notes);
        return Step::Done;
    }
    let Ok(mut body) = reader.sub(length) else { return Step::Need(PACKET_HEADER + length) };
    match packet.kind {
        SESSION_REQUEST => match read_names(&mut body) {
            Some((called, calling)) => observe::session_request(called, calling, notes),
            None => note(SmbAnomaly::Overrun, notes),
        },
        NEGATIVE_RESPONSE => note(SmbAnomaly::SessionRefused, notes),
        _ => {}
    }
    Step::Consumed(PACKET_HEADER + length)
}

impl Smb {
    fn message(&mut self, packet: Packet, mut reader: Reader<'_>, notes: &mut Notes) -> Step {
        let length = usize::try_from(packet.length).unwrap_or(usize::MAX);
        let whole = PACKET_HEADER.saturating_add(length);
        if reader.remaining() < START.min(whole) - PACKET_HEADER {
            return Step::Need(START.min(whole));
        }
        let head = reader.cut(length);
        let mut start = head;
        let Ok(protocol) = ProtocolId::read(&mut start) else { return skip(whole) };
        if !protocol.is_known() {
            note(SmbAnomaly::UnknownProtocol, notes);
            return skip(whole);
        }
        if protocol == ProtocolId::ENCRYPTED && !self.encrypted {
            self.encrypted = true;
            notes.encrypted();
        }
        let is_read = match protocol {
            ProtocolId::SMB1 => self.wants_smb1(head.as_slice()),
            ProtocolId::SMB2 => wants_smb2(head.as_slice()),
            _ => false,
        };
        if !is_read {
            return skip(whole);
        }
        if !MESSAGE.allows(length) {
            note(SmbAnomaly::LongMessage, notes);
            return skip(whole);
        }
        let Ok(message) = reader.take(length) else { return Step::Need(whole) };
        let read =
            if protocol == ProtocolId::SMB1 { self.smb1(message, notes) } else { smb2(message, notes) };
        if read.is_err() {
            note(SmbAnomaly::Overrun, notes);
        }
        Step::Consumed(whole)
    }

    /// Of SMB 1 at least one message is read, whatever it is.
    fn wants_smb1(&self, message: &[u8]) -> bool {
        !self.smb1
            || matches!(message.get(smb1::COMMAND_AT), Some(&(smb1::NEGOTIATE | smb1::SESSION_SETUP_ANDX)))
    }

    fn smb1(&mut self, message: &[u8], notes: &mut Notes) -> wire::Result<()> {
        let mut reader = Reader::closed(message);
        let header = smb1::Header::read(&mut reader)?;
        if header.command == smb1::NEGOTIATE {
            return if header.is_response() {
                self.smb1_negotiated(header, &mut reader, notes)
            } else {
                self.smb1_offer(&mut reader, notes)
            };
        }
        if !self.smb1 {
            self.smb1 = true;
            observe::smb1_in_use(header, notes);
        }
        if header.command != smb1::SESSION_SETUP_ANDX {
            return Ok(());
        }
        if header.is_response() {
            if let Some(response) = smb1::SetupResponse::read(header, &mut reader)? {
                observe::smb1_response(header.status, &response, self.anonymous, notes);
            }
        } else {
            let request = smb1::SetupRequest::read(header, &mut reader)?;
            self.anonymous = matches!(request.login, Login::Passwords { is_empty: true, has_user: false });
            observe::smb1_request(&request, self.in_clear, notes);
        }
        Ok(())
    }

    fn smb1_offer(&mut self, reader: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<()> {
        let list = smb1::read_dialects(reader)?;
        self.offered.clear();
        if DIALECTS.allows(list.len()) {
            self.offered.extend_from_slice(list);
        }
        if !smb1::dialects(list).any(|name| name.starts_with(b"SMB 2.")) {
            observe::smb1_only(notes);
        }
        Ok(())
    }

    fn smb1_negotiated(
        &mut self,
        header: smb1::Header,
        reader: &mut Reader<'_>,
        notes: &mut Notes,
    ) -> wire::Result<()> {
        let Some(answer) = smb1::Negotiated::read(header, reader)? else { return Ok(()) };
        if answer.dialect == smb1::Negotiated::NO_DIALECT {
            return Ok(());
        }
        self.smb1 = true;
        self.in_clear = !answer.security_mode.hides_passwords();
        let dialect = smb1::dialects(&self.offered).nth(usize::from(answer.dialect));
        if dialect.is_none() && !self.offered.is_empty() {
            note(SmbAnomaly::DialectNotOffered, notes);
        }
        observe::smb1_negotiated(dialect, &answer, notes);
        self.offered = Vec::new();
        Ok(())
    }
}

/// Whether a message is a negotiation or a session set-up.
fn wants_smb2(message: &[u8]) -> bool {
    let command = message.get(smb2::COMMAND_AT..).and_then(|rest| rest.first_chunk::<2>());
    command
        .is_some_and(|command| matches!(u16::from_le_bytes(*command), smb2::NEGOTIATE | smb2::SESSION_SETUP))
}

fn smb2(message: &[u8], notes: &mut Notes) -> wire::Result<()> {
    let mut reader = Reader::closed(message);
    let header = smb2::Header::read(&mut reader)?;
    match (header.command, header.is_response()) {
        (smb2::NEGOTIATE, false) => {
            observe::smb2_offer(&smb2::Offer::read(message, &mut reader)?, notes);
        }
        (smb2::NEGOTIATE, true) if header.status == Status::SUCCESS => {
            observe::smb2_negotiated(&smb2::Negotiated::read(message, &mut reader)?, notes);
        }
        (smb2::SESSION_SETUP, false) => {
            observe::token(smb2::read_setup_request(message, &mut reader)?, notes);
        }
        (smb2::SESSION_SETUP, true) if header.status.has_contents() => {
            let (flags, token) = smb2::read_setup_response(message, &mut reader)?;
            observe::token(token, notes);
            if header.status == Status::SUCCESS {
                observe::smb2_session(flags, notes);
            }
        }
        _ => {}
    }
    Ok(())
}

fn skip(whole: usize) -> Step {
    Step::Skip(u64::try_from(whole).unwrap_or(u64::MAX))
}

fn note(anomaly: SmbAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
