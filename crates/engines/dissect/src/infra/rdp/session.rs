//! The state of a connection sequence.

use wire::Reader;

use super::anomaly::RdpAnomaly;
use super::message::{Block, ClientCore, Frame, HEADER, Negotiation, Security, length, read};
use super::{PROTOCOL, observe};
use crate::infra::tls;
use crate::{Chunk, Notes, Session, Side, Step};

/// What was asked for, until an answer comes.
#[derive(Debug, Default)]
pub(super) struct Rdp {
    requested: Option<Security>,
    /// That the server speaks RDP's own security was noted.
    is_standard: bool,
}

/// First octet of a handshake of TLS: what the answer was, is known by what follows.
const TLS: u8 = 0x16;

impl Session for Rdp {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        if chunk.bytes.first() == Some(&TLS) {
            return goes_on_in_tls(0, notes);
        }
        let Ok(length) = length(chunk.bytes) else { return Step::Need(HEADER) };
        let Some(length) = length else { return Step::Done };
        let Some(frame) = chunk.bytes.get(..length) else { return Step::Need(length) };
        match read(frame) {
            Ok(frame) => self.frame(frame, length, notes),
            Err(_) => {
                note(RdpAnomaly::Overrun, notes);
                Step::Done
            }
        }
    }

    fn resync(&mut self, _: Side, bytes: &[u8]) -> Option<usize> {
        length(bytes).ok().flatten().map(|_| 0)
    }
}

impl Rdp {
    fn frame(&mut self, frame: Frame<'_>, length: usize, notes: &mut Notes) -> Step {
        match frame {
            Frame::Request { cookie, negotiation } => {
                observe::cookie(cookie, notes);
                if let Negotiation::Request(requested) = negotiation {
                    self.requested = Some(requested);
                    observe::requested(requested, notes);
                }
                Step::Consumed(length)
            }
            Frame::Confirm(negotiation) => self.confirm(negotiation, length, notes),
            Frame::ConnectInitial(blocks) => {
                each(blocks, notes, |block, notes| Self::client_block(block, notes));
                Step::Done
            }
            Frame::ConnectResponse(blocks) => {
                each(blocks, notes, |block, notes| self.server_block(block, notes));
                Step::Done
            }
            Frame::Other => Step::Done,
        }
    }

    fn confirm(&mut self, negotiation: Negotiation, length: usize, notes: &mut Notes) -> Step {
        let chosen = match negotiation {
            Negotiation::Response(chosen) => {
                observe::selected(chosen, notes);
                chosen
            }
            Negotiation::Failure(code) => {
                observe::failed(code, notes);
                note(RdpAnomaly::Refused, notes);
                return Step::AllDone;
            }
            // Servers before version 5.2 know nothing else.
            Negotiation::None | Negotiation::Request(_) => {
                observe::not_negotiated(notes);
                Security::STANDARD
            }
        };
        if self.requested.is_some_and(|requested| !requested.covers(chosen)) {
            note(RdpAnomaly::ProtocolNotRequested, notes);
        }
        if chosen == Security::STANDARD {
            self.is_standard = true;
            Step::Consumed(length)
        } else {
            goes_on_in_tls(length, notes)
        }
    }

    fn client_block(mut block: Block<'_>, notes: &mut Notes) -> wire::Result<()> {
        if block.kind == Block::CLIENT_CORE {
            observe::client(&ClientCore::read(&mut block.content)?, notes);
        }
        Ok(())
    }

    fn server_block(&mut self, mut block: Block<'_>, notes: &mut Notes) -> wire::Result<()> {
        match block.kind {
            Block::SERVER_CORE => observe::server_version(block.content.u16_le()?, notes),
            Block::SERVER_SECURITY => {
                observe::encryption(block.content.u32_le()?, self.is_standard, notes);
                self.is_standard = true;
            }
            _ => {}
        }
        Ok(())
    }
}

/// The conversation stays one of RDP, whatever carries it.
fn goes_on_in_tls(consumed: usize, notes: &mut Notes) -> Step {
    notes.refine(PROTOCOL.protocol.name);
    notes.encrypted();
    Step::Switch { consumed, to: &tls::PROTOCOL }
}

/// Reads the blocks in order until one reaches too far.
fn each<'a>(
    mut blocks: Reader<'a>,
    notes: &mut Notes,
    mut read: impl FnMut(Block<'a>, &mut Notes) -> wire::Result<()>,
) {
    while !blocks.is_empty() {
        if Block::read(&mut blocks).and_then(|block| read(block, notes)).is_err() {
            return note(RdpAnomaly::Overrun, notes);
        }
    }
}

fn note(anomaly: RdpAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
