//! What a DICOM conversation says about stations.

use model::{Field, Subject, Weakness};

use super::dataset::{self, Tag};
use super::message::{Command, IdentityType, Service};
use crate::{Notes, Side};

const CALLED: Field = Field::new("dicom.assoc.ae.called");
const CALLING: Field = Field::new("dicom.assoc.ae.calling");
const APPLICATION_CONTEXT: Field = Field::new("dicom.actx");
const ABSTRACT_SYNTAX: Field = Field::new("dicom.pctx.abss.syntax");
const TRANSFER_SYNTAX: Field = Field::new("dicom.pctx.xfer.syntax");
const IMPLEMENTATION_CLASS: Field = Field::new("dicom.userinfo.uid");
const IMPLEMENTATION_VERSION: Field = Field::new("dicom.userinfo.version");
const USER_IDENTITY: Field = Field::new("dicom.userinfo.user_identify.type");
const REJECT_REASON: Field = Field::new("dicom.assoc.reject.reason");
const ROLE: Field = Field::new("dicom.role");
const COMMAND: Field = Field::new("dicom.command");
const STORED_SOP_CLASS: Field = Field::new("dicom.stored_sop_class");
const MODALITY: Field = Field::new("dicom.modality");
const MANUFACTURER: Field = Field::new("dicom.manufacturer");
const INSTITUTION: Field = Field::new("dicom.institution_name");
const STATION_NAME: Field = Field::new("dicom.station_name");
const MODEL: Field = Field::new("dicom.manufacturer_model_name");
const SERIAL: Field = Field::new("dicom.device_serial_number");
const DEVICE_UID: Field = Field::new("dicom.device_uid");
const UDI: Field = Field::new("dicom.udi");
const SOFTWARE: Field = Field::new("dicom.software_versions");
const STATION_AE: Field = Field::new("dicom.performed_station_ae_title");
const PERFORMED_STATION: Field = Field::new("dicom.performed_station_name");

pub(super) const FIELDS: &[Field] = &[
    CALLED,
    CALLING,
    APPLICATION_CONTEXT,
    ABSTRACT_SYNTAX,
    TRANSFER_SYNTAX,
    IMPLEMENTATION_CLASS,
    IMPLEMENTATION_VERSION,
    USER_IDENTITY,
    REJECT_REASON,
    ROLE,
    COMMAND,
    STORED_SOP_CLASS,
    MODALITY,
    MANUFACTURER,
    INSTITUTION,
    STATION_NAME,
    MODEL,
    SERIAL,
    DEVICE_UID,
    UDI,
    SOFTWARE,
    STATION_AE,
    PERFORMED_STATION,
];

/// The titles of both ends; `sender` is who sent the PDU. An answer repeats the titles of the request.
pub(super) fn titles(side: Side, called: &[u8], calling: &[u8], notes: &mut Notes) {
    let (caller, callee) = match side {
        Side::Originator => (Subject::Sender, Subject::Receiver),
        Side::Responder => (Subject::Receiver, Subject::Sender),
    };
    notes.fact_bytes(caller, CALLING, calling);
    notes.fact_bytes(callee, CALLED, called);
}

pub(super) fn application_context(uid: &[u8], notes: &mut Notes) {
    if uid != b"1.2.840.10008.3.1.1.1" {
        notes.fact_bytes(Subject::Sender, APPLICATION_CONTEXT, uid);
    }
}

pub(super) fn abstract_syntax(uid: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, ABSTRACT_SYNTAX, uid);
}

pub(super) fn accepted_transfer_syntax(uid: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, TRANSFER_SYNTAX, uid);
}

pub(super) fn implementation_class(uid: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, IMPLEMENTATION_CLASS, uid);
}

pub(super) fn implementation_version(name: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, IMPLEMENTATION_VERSION, name);
}

/// Only the kind: the identity itself is a person's or a secret.
pub(super) fn user_identity(kind: IdentityType, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, USER_IDENTITY, kind.0);
    match kind {
        IdentityType::USER_NAME => {
            notes.weakness(Subject::Sender, Weakness::CleartextUserName, USER_IDENTITY)
        }
        IdentityType::USER_NAME_AND_PASSCODE => {
            notes.weakness(Subject::Sender, Weakness::CleartextCredentials, USER_IDENTITY);
        }
        _ => {}
    }
}

pub(super) fn rejected(reason: u8, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, REJECT_REASON, reason);
}

/// The sender of an association PDU takes part in `service`: as user when it asked, as provider when it accepted.
pub(super) fn negotiated(service: Service, side: Side, notes: &mut Notes) {
    let (user, provider) = service.roles();
    let role = match side {
        Side::Originator => user,
        Side::Responder => provider,
    };
    notes.fact(Subject::Sender, ROLE, role);
}

/// A command: the roles of both ends and what is asked. `is_reversed` when the responder stores (C-GET).
pub(super) fn command(command: &Command<'_>, side: Side, notes: &mut Notes) {
    let Some(field) = command.field else { return };
    let Some(name) = field.name() else { return };
    let (asks, serves) = if field.is_response() {
        (Subject::Receiver, Subject::Sender)
    } else {
        (Subject::Sender, Subject::Receiver)
    };
    if !field.is_response() {
        notes.fact(Subject::Sender, COMMAND, name);
    }
    // The responder asks only where the roles were turned around: images on their way back in a C-GET, a report that
    // images are safe. Neither says what the responder is.
    let is_turned = (side == Side::Responder) != field.is_response();
    if let Some(service) = Service::of(command.sop_class).filter(|_| !is_turned) {
        let (user, provider) = service.roles();
        notes.fact(asks, ROLE, user);
        notes.fact(serves, ROLE, provider);
    }
}

pub(super) fn stored(sop_class: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, STORED_SOP_CLASS, sop_class);
}

/// A data set that is made of patient data went by in the clear.
pub(super) fn data_set(notes: &mut Notes) {
    notes.patient_data();
    notes.weakness(Subject::Sender, Weakness::CleartextPatientData, COMMAND);
}

/// An equipment attribute of a data set that the sender made.
pub(super) fn attribute(tag: Tag, value: &[u8], notes: &mut Notes) {
    let field = match tag {
        dataset::MODALITY => MODALITY,
        dataset::MANUFACTURER => MANUFACTURER,
        dataset::INSTITUTION => INSTITUTION,
        dataset::STATION_NAME => STATION_NAME,
        dataset::MODEL => MODEL,
        dataset::SERIAL => SERIAL,
        dataset::DEVICE_UID => DEVICE_UID,
        dataset::UDI => UDI,
        dataset::SOFTWARE => SOFTWARE,
        dataset::PERFORMED_STATION_AE => STATION_AE,
        dataset::PERFORMED_STATION_NAME => PERFORMED_STATION,
        _ => return,
    };
    notes.fact_bytes(Subject::Sender, field, value);
}
