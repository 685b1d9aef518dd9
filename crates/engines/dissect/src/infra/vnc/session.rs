//! The state of an RFB handshake.

use wire::{Limit, Reader};

use super::anomaly::VncAnomaly;
use super::message::{SecurityType, read_desktop_name, read_security_types, read_version};
use super::{PROTOCOL, observe};
use crate::{Chunk, Notes, Session, Side, Step};

/// Desktop names longer than this are cut.
const NAME: Limit = Limit::new("vnc_desktop_name", 1_024, "names are a line long");

/// Where each side is in the handshake.
#[derive(Debug, Default)]
pub(super) struct Vnc {
    server: Server,
    client: Client,
    offered: Vec<u8>,
}

#[derive(Debug, Default, Clone, Copy)]
enum Server {
    #[default]
    Version,
    SecurityTypes,
    Challenge,
    Result,
    Init,
}

#[derive(Debug, Default, Clone, Copy)]
enum Client {
    #[default]
    Version,
    Choice,
}

impl Session for Vnc {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let mut reader = Reader::open(chunk.bytes);
        let outcome = match chunk.side {
            Side::Originator => self.client(&mut reader, notes),
            Side::Responder => self.server(&mut reader, notes),
        };
        match outcome {
            Ok(Next::Go) => Step::Consumed(reader.consumed()),
            Ok(Next::Stop) => Step::Done,
            Err(wire::Error::Incomplete { missing }) => Step::need(chunk.bytes.len(), missing),
            Err(wire::Error::Overrun { .. } | wire::Error::Trailing { .. }) => Step::Done,
        }
    }

    fn memory(&self) -> usize {
        self.offered.capacity()
    }
}

enum Next {
    Go,
    Stop,
}

impl Vnc {
    fn server(&mut self, reader: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<Next> {
        match self.server {
            Server::Version => {
                observe::server_version(read_version(reader)?, notes);
                self.server = Server::SecurityTypes;
            }
            Server::SecurityTypes => {
                let types = read_security_types(reader)?;
                if types.is_empty() {
                    notes.anomaly(PROTOCOL.protocol.name, VncAnomaly::Refused.name());
                    return Ok(Next::Stop);
                }
                self.offered = types.to_vec();
                self.server = Server::Challenge;
            }
            Server::Challenge => {
                reader.skip(16)?;
                self.server = Server::Result;
            }
            Server::Result => {
                reader.skip(4)?;
                self.server = Server::Init;
            }
            Server::Init => {
                observe::desktop_name(read_desktop_name(reader, NAME.max)?, notes);
                return Ok(Next::Stop);
            }
        }
        Ok(Next::Go)
    }

    fn client(&mut self, reader: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<Next> {
        match self.client {
            Client::Version => {
                observe::client_version(read_version(reader)?, notes);
                self.client = Client::Choice;
                Ok(Next::Go)
            }
            Client::Choice => {
                let choice = SecurityType(reader.u8()?);
                self.choose(choice, notes);
                Ok(Next::Stop)
            }
        }
    }

    fn choose(&mut self, choice: SecurityType, notes: &mut Notes) {
        if choice == SecurityType::INVALID || !self.offered.is_empty() && !self.offered.contains(&choice.0) {
            notes.anomaly(PROTOCOL.protocol.name, VncAnomaly::TypeNotOffered.name());
        }
        observe::chosen(choice, notes);
        if choice != SecurityType::VNC_AUTHENTICATION {
            self.server = Server::Result;
        }
    }
}
