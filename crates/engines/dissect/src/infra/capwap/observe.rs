//! What CAPWAP says about access points and controllers.

use model::{Field, MacAddr, Subject};
use wire::{Reader, Result};

use super::message::{CISCO, Detail, ELEMENTS, Element, ElementKind, Kind, skip_capabilities};
use crate::Notes;
use crate::display::{Listed, TextOrHex};

const BOARD_VENDOR: Field = Field::new("capwap.control.message_element.wtp_board_data.vendor");
const BASE_MAC: Field = Field::new("capwap.control.message_element.wtp_board_data.base_mac_address");
const MODEL: Field = Field::new("capwap.control.message_element.wtp_board_data.wtp_model_number");
const SERIAL: Field = Field::new("capwap.control.message_element.wtp_board_data.wtp_serial_number");
const BOARD_ID: Field = Field::new("capwap.control.message_element.wtp_board_data.wtp_board_id");
const BOARD_REVISION: Field = Field::new("capwap.control.message_element.wtp_board_data.wtp_board_revision");
const VENDOR: Field = Field::new("capwap.control.message_element.wtp_descriptor.vendor");
const HARDWARE: Field = Field::new("capwap.control.message_element.wtp_descriptor.hardware_version");
const SOFTWARE: Field = Field::new("capwap.control.message_element.wtp_descriptor.active_software_version");
const BOOT: Field = Field::new("capwap.control.message_element.wtp_descriptor.boot_version");
const OTHER_SOFTWARE: Field =
    Field::new("capwap.control.message_element.wtp_descriptor.other_software_version");
const NAME: Field = Field::new("capwap.control.message_element.wtp_name");
const CISCO_NAME: Field = Field::new("capwap.control.cisco.rad_name");
const LOCATION: Field = Field::new("capwap.control.message_element.location_data");
const CONTROLLER_NAME: Field = Field::new("capwap.control.message_element.ac_name");
const CONTROLLER_VENDOR: Field = Field::new("capwap.control.message_element.ac_information.vendor");
const CONTROLLER_HARDWARE: Field =
    Field::new("capwap.control.message_element.ac_information.hardware_version");
const CONTROLLER_SOFTWARE: Field =
    Field::new("capwap.control.message_element.ac_information.software_version");

pub(super) const FIELDS: &[Field] = &[
    BOARD_VENDOR,
    BASE_MAC,
    MODEL,
    SERIAL,
    BOARD_ID,
    BOARD_REVISION,
    VENDOR,
    HARDWARE,
    SOFTWARE,
    BOOT,
    OTHER_SOFTWARE,
    NAME,
    CISCO_NAME,
    LOCATION,
    CONTROLLER_NAME,
    CONTROLLER_VENDOR,
    CONTROLLER_HARDWARE,
    CONTROLLER_SOFTWARE,
];

/// Board data sub-elements that are text (4.6.40).
const BOARD_TEXTS: &[(u16, Field)] = &[(0, MODEL), (1, SERIAL), (2, BOARD_ID), (3, BOARD_REVISION)];

/// Descriptor sub-elements (4.6.41).
const VERSIONS: &[(u16, Field)] = &[(0, HARDWARE), (1, SOFTWARE), (2, BOOT), (3, OTHER_SOFTWARE)];

/// Sub-elements of a controller's descriptor (4.6.1); Cisco numbers them as an access point's.
const CONTROLLER_VERSIONS: &[(u16, Field)] =
    &[(0, CONTROLLER_HARDWARE), (1, CONTROLLER_SOFTWARE), (4, CONTROLLER_HARDWARE), (5, CONTROLLER_SOFTWARE)];

/// Notes what a message element says about the sender.
///
/// # Errors
/// When it is too short for what it must hold.
pub(super) fn observe(message: Kind, element: Element<'_>, notes: &mut Notes) -> Result<()> {
    if message.is_of_access_point() {
        access_point(element, notes)
    } else if message.is_of_controller() {
        controller(element, notes)
    } else {
        Ok(())
    }
}

fn access_point(element: Element<'_>, notes: &mut Notes) -> Result<()> {
    let mut value = element.value;
    match element.kind {
        ElementKind::BOARD_DATA => board(value, notes)?,
        ElementKind::DESCRIPTOR => {
            skip_capabilities(&mut value)?;
            versions(value, VENDOR, VERSIONS, notes)?;
        }
        ElementKind::NAME => notes.fact_bytes(Subject::Sender, NAME, value.rest()),
        ElementKind::LOCATION => notes.fact_bytes(Subject::Sender, LOCATION, value.rest()),
        ElementKind::VENDOR_SPECIFIC => {
            const ACCESS_POINT_NAME: u16 = 5;
            if (value.u32_be()?, value.u16_be()?) == (CISCO, ACCESS_POINT_NAME) {
                notes.fact_bytes(Subject::Sender, CISCO_NAME, value.rest());
            }
        }
        _other => {}
    }
    Ok(())
}

fn controller(element: Element<'_>, notes: &mut Notes) -> Result<()> {
    let mut value = element.value;
    match element.kind {
        ElementKind::CONTROLLER_NAME => notes.fact_bytes(Subject::Sender, CONTROLLER_NAME, value.rest()),
        ElementKind::CONTROLLER_DESCRIPTOR => {
            // Counts of stations and access points, security, policies.
            value.skip(12)?;
            versions(value, CONTROLLER_VENDOR, CONTROLLER_VERSIONS, notes)?;
        }
        _other => {}
    }
    Ok(())
}

fn board(mut value: Reader<'_>, notes: &mut Notes) -> Result<()> {
    const BASE_MAC_ADDRESS: u16 = 4;
    notes.fact_display(Subject::Sender, BOARD_VENDOR, value.u32_be()?);
    for _detail in 0..ELEMENTS.max {
        if value.is_empty() {
            break;
        }
        let detail = Detail::read(&mut value)?;
        if detail.kind == BASE_MAC_ADDRESS {
            notes.fact_display(
                Subject::Sender,
                BASE_MAC,
                MacAddr::new(Reader::closed(detail.value).array()?),
            );
        } else if let Some((_, field)) = BOARD_TEXTS.iter().find(|(kind, _)| *kind == detail.kind) {
            notes.fact_display(Subject::Sender, *field, TextOrHex(detail.value));
        }
    }
    Ok(())
}

fn versions(
    mut value: Reader<'_>,
    vendor_field: Field,
    fields: &[(u16, Field)],
    notes: &mut Notes,
) -> Result<()> {
    let mut last_vendor = None;
    for _detail in 0..ELEMENTS.max {
        if value.is_empty() {
            break;
        }
        let (vendor, detail) = Detail::read_of_vendor(&mut value)?;
        if last_vendor.replace(vendor) != Some(vendor) {
            notes.fact_display(Subject::Sender, vendor_field, vendor);
        }
        let Some((_, field)) = fields.iter().find(|(kind, _)| *kind == detail.kind) else { continue };
        if vendor == CISCO && detail.value.len() == 4 {
            // Four numbers, not text.
            notes.fact_display(Subject::Sender, *field, Listed(detail.value, '.'));
        } else {
            notes.fact_display(Subject::Sender, *field, TextOrHex(detail.value));
        }
    }
    Ok(())
}
