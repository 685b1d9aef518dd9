//! What HL7 messages say about stations.

use model::{Field, Subject, Weakness};

use super::PROTOCOL;
use super::anomaly::Hl7Anomaly;
use super::equipment::Equipment;
use super::message::Delimiters;
use crate::Notes;

const SENDING_APPLICATION: Field = Field::new("hl7.msh.sending_application");
const SENDING_FACILITY: Field = Field::new("hl7.msh.sending_facility");
const RECEIVING_APPLICATION: Field = Field::new("hl7.msh.receiving_application");
const RECEIVING_FACILITY: Field = Field::new("hl7.msh.receiving_facility");
const MESSAGE_TYPE: Field = Field::new("hl7.message.type");
const EVENT_TYPE: Field = Field::new("hl7.event.type");
const VERSION: Field = Field::new("hl7.msh.version");
const CHARACTER_SET: Field = Field::new("hl7.msh.character_set");
const SOFTWARE_VENDOR: Field = Field::new("hl7.sft.vendor");
const SOFTWARE_VERSION: Field = Field::new("hl7.sft.version");
const SOFTWARE_PRODUCT: Field = Field::new("hl7.sft.product");
const SOFTWARE_BINARY: Field = Field::new("hl7.sft.binary");
const SOFTWARE_INFORMATION: Field = Field::new("hl7.sft.information");
const SOFTWARE_INSTALLED: Field = Field::new("hl7.sft.installed");
const ACKNOWLEDGEMENT: Field = Field::new("hl7.msa.code");
const DEVICE: Field = Field::new("hl7.prt.device");
const UDI: Field = Field::new("hl7.prt.udi");
const MANUFACTURED: Field = Field::new("hl7.prt.manufactured");
const EXPIRES: Field = Field::new("hl7.prt.expires");
const LOT: Field = Field::new("hl7.prt.lot");
const SERIAL: Field = Field::new("hl7.prt.serial");
const DONATION: Field = Field::new("hl7.prt.donation");
const DEVICE_TYPE: Field = Field::new("hl7.prt.device_type");
const EQUIPMENT: Field = Field::new("hl7.obx.equipment");
const EQUIPMENT_MODEL: Field = Field::new("hl7.obx.model");
const ROLE: Field = Field::new("hl7.role");
const PATIENT: Field = Field::new("hl7.segment");

pub(super) const FIELDS: &[Field] = &[
    SENDING_APPLICATION,
    SENDING_FACILITY,
    RECEIVING_APPLICATION,
    RECEIVING_FACILITY,
    MESSAGE_TYPE,
    EVENT_TYPE,
    VERSION,
    CHARACTER_SET,
    SOFTWARE_VENDOR,
    SOFTWARE_VERSION,
    SOFTWARE_PRODUCT,
    SOFTWARE_BINARY,
    SOFTWARE_INFORMATION,
    SOFTWARE_INSTALLED,
    ACKNOWLEDGEMENT,
    DEVICE,
    UDI,
    MANUFACTURED,
    EXPIRES,
    LOT,
    SERIAL,
    DONATION,
    DEVICE_TYPE,
    EQUIPMENT,
    EQUIPMENT_MODEL,
    ROLE,
    PATIENT,
];

/// Attributes of devices that IEEE 11073-10101 codes as observations: model, and the system's own identifier.
const MODEL_CODES: [&[u8]; 1] = [b"MDC_ATTR_ID_MODEL"];

/// MSH: who sends what to whom.
pub(super) fn header(segment: &[u8], delimiters: Delimiters, notes: &mut Notes) {
    let name = |number| delimiters.name(delimiters.field(segment, number));
    notes.fact_bytes(Subject::Sender, SENDING_APPLICATION, name(3));
    notes.fact_bytes(Subject::Sender, SENDING_FACILITY, name(4));
    notes.fact_bytes(Subject::Receiver, RECEIVING_APPLICATION, name(5));
    notes.fact_bytes(Subject::Receiver, RECEIVING_FACILITY, name(6));
    let mut kind = delimiters.components(delimiters.field(segment, 9));
    notes.fact_bytes(Subject::Sender, MESSAGE_TYPE, kind.next().unwrap_or_default());
    notes.fact_bytes(Subject::Sender, EVENT_TYPE, kind.next().unwrap_or_default());
    notes.fact_bytes(Subject::Sender, VERSION, name(12));
    notes.fact_bytes(Subject::Sender, CHARACTER_SET, name(18));
}

/// SFT: software of the sender (HL7 v2.9 2.14.12).
pub(super) fn software(segment: &[u8], delimiters: Delimiters, notes: &mut Notes) {
    let fields = [
        (1, SOFTWARE_VENDOR),
        (2, SOFTWARE_VERSION),
        (3, SOFTWARE_PRODUCT),
        (4, SOFTWARE_BINARY),
        (5, SOFTWARE_INFORMATION),
        (6, SOFTWARE_INSTALLED),
    ];
    for (number, field) in fields {
        notes.fact_bytes(Subject::Sender, field, delimiters.name(delimiters.field(segment, number)));
    }
}

/// MSA-1: whether the last message of the receiver was accepted (HL7 table 0008).
pub(super) fn acknowledgement(segment: &[u8], delimiters: Delimiters, notes: &mut Notes) {
    let code = delimiters.field(segment, 1);
    notes.fact_bytes(Subject::Sender, ACKNOWLEDGEMENT, code);
    if matches!(code, b"AE" | b"AR" | b"CE" | b"CR") {
        notes.anomaly(PROTOCOL.protocol.name, Hl7Anomaly::NotAccepted.name());
    }
}

/// PRT: a device that took part (HL7 v2.9 7.4.4). The participant as a person (PRT-5) is not looked at.
pub(super) fn participation(
    segment: &[u8],
    delimiters: Delimiters,
    equipment: &mut Equipment,
    notes: &mut Notes,
) {
    let fields = [
        (10, DEVICE),
        (16, UDI),
        (17, MANUFACTURED),
        (18, EXPIRES),
        (19, LOT),
        (20, SERIAL),
        (21, DONATION),
        (22, DEVICE_TYPE),
    ];
    let subject = about(delimiters.field(segment, 10), delimiters, equipment, notes);
    for (number, field) in fields {
        for repetition in delimiters.repetitions(delimiters.field(segment, number)) {
            notes.fact_bytes(subject, field, repetition);
        }
    }
}

/// OBX-18: the equipment that measured. Of the value (OBX-5) only what IEEE 11073 codes as the device's own model.
pub(super) fn observation(
    segment: &[u8],
    delimiters: Delimiters,
    equipment: &mut Equipment,
    notes: &mut Notes,
) {
    let names = delimiters.field(segment, 18);
    let subject = about(names, delimiters, equipment, notes);
    for repetition in delimiters.repetitions(names) {
        notes.fact_bytes(subject, EQUIPMENT, repetition);
    }
    let mut code = delimiters.components(delimiters.field(segment, 3));
    if code.any(|component| MODEL_CODES.contains(&component)) {
        notes.fact_bytes(subject, EQUIPMENT_MODEL, delimiters.field(segment, 5));
    }
}

/// Whom a segment is about that names equipment as `names`. A sender that names several devices is none of them.
fn about(names: &[u8], delimiters: Delimiters, equipment: &mut Equipment, notes: &mut Notes) -> Subject {
    if equipment.is_another(names) {
        notes.fact(Subject::Sender, ROLE, "gateway");
    }
    let station = delimiters.repetitions(names).find_map(|name| delimiters.station(name));
    equipment.subject(names, station)
}

/// A segment about a patient or a measurement went by in the clear.
pub(super) fn patient(notes: &mut Notes) {
    notes.patient_data();
    notes.weakness(Subject::Sender, Weakness::CleartextPatientData, PATIENT);
}
