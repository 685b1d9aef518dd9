//! From a TFTP message to notes. Every message stands for itself.

use wire::Reader;

use super::anomaly::TftpAnomaly;
use super::message::{Opcode, is_mode, is_option, string};
use super::{PORT, PROTOCOL, observe};
use crate::infra::text::is_text;
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if packet.payload.first() != Some(&0) {
        return Outcome::NotMine;
    }
    let mut reader = Reader::closed(packet.payload);
    let Ok(opcode) = Opcode::read(&mut reader) else { return Outcome::NotMine };
    match opcode {
        Opcode::READ | Opcode::WRITE if packet.dst_port == PORT => request(opcode, &mut reader, notes),
        Opcode::OPTIONS if string(&mut reader).is_ok_and(is_option) => Outcome::Parsed,
        opcode if opcode.is_transfer() && packet.has_port(PORT) => Outcome::Parsed,
        _ => Outcome::NotMine,
    }
}

fn request(opcode: Opcode, reader: &mut Reader<'_>, notes: &mut Notes) -> Outcome {
    let rest = reader.as_slice();
    let Ok(name) = string(reader) else {
        if rest.is_empty() || !is_text(rest) {
            return Outcome::NotMine;
        }
        note(TftpAnomaly::Unterminated, notes);
        return Outcome::Parsed;
    };
    if name.is_empty() || !is_text(name) {
        return Outcome::NotMine;
    }
    observe::file(opcode, name, notes);
    match string(reader) {
        Ok(mode) if is_mode(mode) => observe::mode(mode, notes),
        Ok(_) => note(TftpAnomaly::UnknownMode, notes),
        Err(_) => note(TftpAnomaly::Unterminated, notes),
    }
    Outcome::Parsed
}

fn note(anomaly: TftpAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
