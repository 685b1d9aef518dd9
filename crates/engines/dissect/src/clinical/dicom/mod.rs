//! DICOM: the upper layer (PS3.8), DIMSE commands (PS3.7), and of data sets (PS3.5) the equipment attributes.
//!
//! Read: AE titles, application context, presentation contexts and what was accepted, implementation class UID and
//! version name, user identity type, rejections; of commands the SOP class, the command and the status; of the data
//! sets of C-STORE and N-CREATE requests the attributes of the equipment (PS3.3 C.7.5.1). Not read: everything about
//! the patient and the study, and pixel data: passed over by length, without being looked at. Deflated data sets are
//! passed over whole.

mod anomaly;
mod dataset;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use wire::Reader;

use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};
use message::PduType;

/// DICOM.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "dicom",
        title: "DICOM upper layer and DIMSE",
        group: Group::Clinical,
        standard: "DICOM PS3.5, PS3.7, PS3.8",
        exposure: Exposure::Cleartext,
        carries_patient_data: true,
        fields: observe::FIELDS,
        anomalies: anomaly::DicomAnomaly::NAMES,
    },
    ports: &[104, 11112, 4242, 2761, 5678, 4006],
    probe,
    start: || Box::new(session::Dicom::default()),
};

/// Shortest and longest association request or answer that is taken for one before its content is read.
const ASSOCIATION: std::ops::RangeInclusive<u32> = 68..=1 << 20;

/// An association PDU says so by type, version and reserved bytes; data by a command group right behind its headers.
fn probe(probe: &Probe<'_>) -> Match {
    let mut reader = Reader::open(probe.bytes);
    let is_right = match reader.u8().map(PduType) {
        Ok(PduType::ASSOCIATE_RQ | PduType::ASSOCIATE_AC) => is_association(&mut reader),
        Ok(PduType::P_DATA) => is_data(&mut reader, probe.responder_port_is(PROTOCOL.ports)),
        _ => return Match::No,
    };
    match is_right {
        Ok(true) => Match::Yes,
        Ok(false) => Match::No,
        Err(_) => Match::NeedMore,
    }
}

fn is_association(reader: &mut Reader<'_>) -> wire::Result<bool> {
    if reader.u8()? != 0 || !ASSOCIATION.contains(&reader.u32_be()?) {
        return Ok(false);
    }
    let (version, reserved) = (reader.u16_be()?, reader.u16_be()?);
    Ok(version & 1 == 1 && reserved == 0)
}

/// A value item (PS3.8 9.3.5) that fits its PDU and, away from the well-known ports, starts a command set.
fn is_data(reader: &mut Reader<'_>, is_known_port: bool) -> wire::Result<bool> {
    if reader.u8()? != 0 {
        return Ok(false);
    }
    let (pdu, item) = (reader.u32_be()?, reader.u32_be()?);
    let (context, control) = (reader.u8()?, reader.u8()?);
    if item < 2 || pdu < item.saturating_add(4) || context & 1 == 0 || control > 3 {
        return Ok(false);
    }
    if is_known_port && control & 1 == 0 {
        return Ok(true);
    }
    Ok(reader.array()? == message::COMMAND_GROUP_LENGTH)
}
