//! The state of an OPC UA connection: whether its channel can be read.

use wire::Reader;

use super::anomaly::OpcuaAnomaly;
use super::message::{HEADER, Kind, endpoint, hello, length, policy, read};
use super::{PROTOCOL, observe};
use crate::building::frames::Framing;
use crate::{Notes, Side};

#[derive(Debug, Default)]
pub(super) struct Opcua {
    /// The channel was opened without security.
    is_open: bool,
}

impl Framing for Opcua {
    const HEADER: usize = HEADER;
    const LARGEST: usize = 16 << 10;

    fn length(header: &[u8]) -> Option<usize> {
        length(header)
    }

    fn frame(&mut self, frame: &[u8], side: Side, notes: &mut Notes) {
        let said = read(frame).and_then(|(kind, mut body)| self.said(kind, &mut body, side, notes));
        if said.is_err() {
            note(OpcuaAnomaly::Malformed, notes);
        }
    }
}

impl Opcua {
    fn said(&mut self, kind: Kind, body: &mut Reader<'_>, side: Side, notes: &mut Notes) -> wire::Result<()> {
        match (kind, side) {
            (Kind::Hello, Side::Originator) => observe::called(hello(body)?, notes),
            (Kind::Error, _) => note(OpcuaAnomaly::Refused, notes),
            (Kind::OpenChannel, Side::Responder) => {
                let (policy, is_none) = policy(body)?;
                self.is_open = is_none;
                observe::policy(policy, is_none, notes);
            }
            (Kind::Message, Side::Responder) if self.is_open => {
                if let Some(endpoint) = endpoint(body)? {
                    observe::endpoint(&endpoint, notes);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn note(anomaly: OpcuaAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
