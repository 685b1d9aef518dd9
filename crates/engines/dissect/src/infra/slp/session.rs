//! From an SLP message to notes. Every message stands for itself.

use wire::{Limit, Reader, Result};

use super::anomaly::SlpAnomaly;
use super::message::{Function, Header, MESSAGE, string, url_entry};
use super::{SLP, observe};
use crate::{Chunk, Notes, Outcome, Packet, Session, Step};

/// Services of one message that are read.
const SERVICES: Limit = Limit::new("slp_services", 64, "a device has a dozen services");

/// A datagram.
pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let mut reader = Reader::closed(packet.payload);
    let Ok(header) = Header::read(&mut reader) else { return Outcome::NotMine };
    if !header.is_plausible() {
        return Outcome::NotMine;
    }
    if header.length != packet.payload.len() && !packet.truncated {
        note(SlpAnomaly::WrongLength, notes);
    }
    read_body(header, reader, notes);
    Outcome::Parsed
}

/// The stream has no state beyond its messages.
#[derive(Debug)]
pub(super) struct Slp;

impl Session for Slp {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let header = match Header::read_start(&mut Reader::open(chunk.bytes)) {
            Ok(header) => header,
            Err(_) => return Step::need(chunk.bytes.len(), 1),
        };
        if !header.is_plausible() {
            return Step::NotMine;
        }
        if !MESSAGE.allows(header.length) {
            note(SlpAnomaly::TooLong, notes);
            return Step::Done;
        }
        let Some(message) = chunk.bytes.get(..header.length) else { return Step::Need(header.length) };
        let mut reader = Reader::closed(message);
        match Header::read(&mut reader) {
            Ok(header) => read_body(header, reader, notes),
            Err(_) => note(SlpAnomaly::Malformed, notes),
        }
        Step::Consumed(header.length)
    }
}

fn read_body(header: Header, mut reader: Reader<'_>, notes: &mut Notes) {
    if read_function(header, &mut reader, notes).is_err() {
        note(SlpAnomaly::Malformed, notes);
    }
}

fn read_function(header: Header, reader: &mut Reader<'_>, notes: &mut Notes) -> Result<()> {
    match (header.function, header.version) {
        (Function::SERVICE_REQUEST, version) => {
            string(reader)?;
            observe::wanted(version, string(reader)?, notes);
        }
        (Function::SERVICE_REPLY, version) => {
            reader.skip(2)?;
            let count = usize::from(reader.u16_be()?);
            if !SERVICES.allows(count) {
                note(SlpAnomaly::TooManyServices, notes);
            }
            for _ in 0..count.min(SERVICES.max) {
                observe::service(url_entry(version, reader)?, notes);
            }
        }
        (Function::REGISTRATION, version) => {
            observe::service(url_entry(version, reader)?, notes);
            if version == 2 {
                string(reader)?;
                string(reader)?;
            }
            observe::attributes(string(reader)?, notes);
        }
        (Function::ATTRIBUTE_REPLY, _) => {
            reader.skip(2)?;
            observe::attributes(string(reader)?, notes);
        }
        (Function::DIRECTORY_ADVERT, 2) => {
            reader.skip(2 + 4)?;
            advert(reader, notes)?;
        }
        (Function::AGENT_ADVERT, 2) => advert(reader, notes)?,
        (Function::TYPE_REPLY, 2) => {
            reader.skip(2)?;
            observe::types(string(reader)?, notes);
        }
        (Function::TYPE_REPLY, _) => {
            reader.skip(2)?;
            for _ in 0..usize::from(reader.u16_be()?).min(SERVICES.max) {
                observe::types(string(reader)?, notes);
            }
        }
        _ => {}
    }
    Ok(())
}

/// URL, scopes and attributes of an agent (RFC 2608, 8.5 and 8.6).
fn advert(reader: &mut Reader<'_>, notes: &mut Notes) -> Result<()> {
    observe::service(string(reader)?, notes);
    string(reader)?;
    observe::attributes(string(reader)?, notes);
    Ok(())
}

fn note(anomaly: SlpAnomaly, notes: &mut Notes) {
    notes.anomaly(SLP.name, anomaly.name());
}
