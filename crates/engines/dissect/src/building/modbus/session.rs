//! The state of a Modbus conversation: which request under function 90 waits for its answer.

use super::anomaly::ModbusAnomaly;
use super::message::{
    Function, HEADER, Message, identification, length, object, read, server_id, umas_code, umas_identity,
};
use super::{PROTOCOL, observe};
use crate::building::frames::Framing;
use crate::{Notes, Side};

/// Code of the request for the controller's identity under function 90.
const UMAS_READ_ID: u8 = 2;

#[derive(Debug, Default)]
pub(super) struct Modbus {
    /// Transaction in which the controller's identity was asked for.
    asked_identity: Option<u16>,
}

impl Framing for Modbus {
    const HEADER: usize = HEADER;
    const LARGEST: usize = 512;

    fn length(header: &[u8]) -> Option<usize> {
        length(header)
    }

    fn frame(&mut self, frame: &[u8], side: Side, notes: &mut Notes) {
        let Ok(message) = read(frame) else { return };
        match side {
            Side::Originator => self.request(message),
            Side::Responder => {
                if self.answer(message, notes).is_err() {
                    notes.anomaly(PROTOCOL.protocol.name, ModbusAnomaly::Malformed.name());
                }
            }
        }
    }
}

impl Modbus {
    fn request(&mut self, mut message: Message<'_>) {
        if message.function == Function::UMAS && umas_code(&mut message.body) == Ok(UMAS_READ_ID) {
            self.asked_identity = Some(message.transaction);
        }
    }

    fn answer(&mut self, mut message: Message<'_>, notes: &mut Notes) -> wire::Result<()> {
        match message.function {
            Function::ENCAPSULATED => {
                for _ in 0..identification(&mut message.body)?.unwrap_or(0) {
                    observe::object(&object(&mut message.body)?, notes);
                }
            }
            Function::REPORT_SERVER_ID => observe::server_id(server_id(&mut message.body)?, notes),
            Function::UMAS if self.asked_identity == Some(message.transaction) => {
                self.asked_identity = None;
                if let Some(identity) = umas_identity(&mut message.body)? {
                    observe::umas_identity(&identity, notes);
                }
            }
            function if function.is_write() => observe::obeyed(notes),
            _ => {}
        }
        Ok(())
    }
}
