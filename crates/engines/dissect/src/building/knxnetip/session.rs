//! From a KNXnet/IP message to notes. Every message stands for itself.

use wire::Reader;

use super::anomaly::KnxnetipAnomaly;
use super::message::{Service, device, read};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

/// Length of the address before the blocks of a search answer.
const ADDRESS: usize = 8;

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if packet.payload.first() != Some(&6) {
        return Outcome::NotMine;
    }
    let Ok((service, mut body)) = read(packet.payload, packet.truncated) else { return Outcome::NotMine };
    if said(service, &mut body, notes).is_err() && !packet.truncated {
        notes.anomaly(PROTOCOL.protocol.name, KnxnetipAnomaly::Malformed.name());
    }
    Outcome::Parsed
}

fn said(service: Service, body: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<()> {
    match service {
        Service::SEARCH_RESPONSE | Service::SEARCH_RESPONSE_EXTENDED => {
            body.skip(ADDRESS)?;
            describe(body, notes)
        }
        Service::DESCRIPTION_RESPONSE => describe(body, notes),
        Service::CONNECT_RESPONSE => {
            let [_, status] = body.array()?;
            if status == 0 {
                observe::connected(notes);
            }
            Ok(())
        }
        Service::SECURE_WRAPPER => {
            notes.encrypted();
            Ok(())
        }
        _ => Ok(()),
    }
}

fn describe(body: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<()> {
    if let Some(device) = device(body)? {
        observe::device(&device, notes);
    }
    Ok(())
}
