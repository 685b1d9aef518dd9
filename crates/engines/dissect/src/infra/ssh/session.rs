//! The state of an SSH handshake.

use model::Subject;
use wire::{Limit, Reader};

use super::anomaly::SshAnomaly;
use super::message::{Generation, KexInit, MAGIC, PACKET_START, read_packet};
use super::{PROTOCOL, observe};
use crate::{Chunk, Notes, Session, Side, Step};

/// Longest line.
const LINE: Limit = Limit::new("ssh_line", 1_024, "an identification string has at most 255 octets");
/// Most lines before the identification string of a server.
const LINES: Limit = Limit::new("ssh_lines_before_identification", 32, "a banner has a few lines");

/// Both sides of a handshake.
#[derive(Debug, Default)]
pub(super) struct Ssh {
    originator: Half,
    responder: Half,
    /// Who is the client, where KEXINIT tells: who opened a connection that was first seen later is a guess.
    client: Option<Side>,
    /// KEXINIT of the side that sent it first.
    first: Option<(Side, Vec<u8>)>,
}

/// How far one side is.
#[derive(Debug, Clone, Copy)]
enum Half {
    /// So many lines were not an identification string.
    Identification(usize),
    KexInit,
}

impl Default for Half {
    fn default() -> Self {
        Self::Identification(0)
    }
}

impl Session for Ssh {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let half = match chunk.side {
            Side::Originator => self.originator,
            Side::Responder => self.responder,
        };
        match half {
            // The identification strings went by before the capture began.
            Half::Identification(0) if chunk.bytes.first() == Some(&PACKET_START) => {
                self.kexinit(chunk, notes).unwrap_or(Step::Done)
            }
            Half::Identification(lines) => self.identification(lines, chunk, notes),
            Half::KexInit => {
                let read = self.kexinit(chunk, notes);
                read.unwrap_or_else(|| give_up(SshAnomaly::MalformedKexInit, notes))
            }
        }
    }

    fn memory(&self) -> usize {
        self.first.as_ref().map_or(0, |(_, payload)| payload.capacity())
    }
}

impl Ssh {
    fn identification(&mut self, lines: usize, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let mut reader = Reader::open(chunk.bytes);
        let Ok(line) = reader.line() else {
            return if LINE.allows(chunk.bytes.len()) {
                Step::need(chunk.bytes.len(), 1)
            } else {
                give_up(SshAnomaly::LineTooLong, notes)
            };
        };
        if !LINE.allows(line.len()) {
            return give_up(SshAnomaly::LineTooLong, notes);
        }
        let next = if line.starts_with(MAGIC) {
            observe::identification(line, chunk.side, notes);
            if Generation::of(line) == Generation::One {
                notes.encrypted();
                return Step::Done;
            }
            Half::KexInit
        } else if LINES.allows(lines) {
            Half::Identification(lines + 1)
        } else {
            return give_up(SshAnomaly::NoIdentification, notes);
        };
        match chunk.side {
            Side::Originator => self.originator = next,
            Side::Responder => self.responder = next,
        }
        Step::Consumed(reader.consumed())
    }

    /// Reads KEXINIT, when it is what comes.
    fn kexinit(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Option<Step> {
        let mut reader = Reader::open(chunk.bytes);
        let payload = match read_packet(&mut reader) {
            Ok(payload) => payload,
            Err(wire::Error::Incomplete { missing }) => return Some(Step::need(chunk.bytes.len(), missing)),
            Err(wire::Error::Overrun { .. } | wire::Error::Trailing { .. }) => return None,
        };
        let kexinit = KexInit::read(&mut payload.clone()).ok()?;
        let other = chunk.side.other();
        let told = kexinit.is_of_client().map(|is_client| if is_client { chunk.side } else { other });
        let client = *self.client.get_or_insert(told.unwrap_or(Side::Originator));
        observe::kexinit(&kexinit, chunk.side == client, notes);
        notes.encrypted();
        self.negotiate(&kexinit, payload.as_slice(), chunk.side, notes);
        Some(Step::Done)
    }

    /// Holds the first KEXINIT until the other side's comes.
    fn negotiate(&mut self, kexinit: &KexInit<'_>, payload: &[u8], side: Side, notes: &mut Notes) {
        let Some((_, other)) = self.first.take().filter(|(first, _)| *first != side) else {
            self.first = Some((side, payload.to_vec()));
            return;
        };
        let Ok(other) = KexInit::read(&mut Reader::closed(&other)) else { return };
        if self.client == Some(side) {
            observe::negotiated(kexinit, &other, Subject::Receiver, notes);
        } else {
            observe::negotiated(&other, kexinit, Subject::Sender, notes);
        }
    }
}

fn give_up(anomaly: SshAnomaly, notes: &mut Notes) -> Step {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
    Step::Done
}
