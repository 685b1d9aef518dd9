//! PDUs and command sets in wire order.

use wire::{Limit, Reader};

/// Type of a PDU (PS3.8 9.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PduType(pub(super) u8);

impl PduType {
    pub(super) const ASSOCIATE_RQ: Self = Self(1);
    pub(super) const ASSOCIATE_AC: Self = Self(2);
    pub(super) const ASSOCIATE_RJ: Self = Self(3);
    pub(super) const P_DATA: Self = Self(4);
    pub(super) const RELEASE_RQ: Self = Self(5);
    pub(super) const RELEASE_RP: Self = Self(6);
    pub(super) const ABORT: Self = Self(7);
}

/// Type of an item of an association PDU (PS3.8 9.3.2, PS3.7 D.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ItemType(pub(super) u8);

impl ItemType {
    pub(super) const APPLICATION_CONTEXT: Self = Self(0x10);
    pub(super) const PRESENTATION_CONTEXT_RQ: Self = Self(0x20);
    pub(super) const PRESENTATION_CONTEXT_AC: Self = Self(0x21);
    pub(super) const ABSTRACT_SYNTAX: Self = Self(0x30);
    pub(super) const TRANSFER_SYNTAX: Self = Self(0x40);
    pub(super) const USER_INFORMATION: Self = Self(0x50);
    pub(super) const MAXIMUM_LENGTH: Self = Self(0x51);
    pub(super) const IMPLEMENTATION_CLASS: Self = Self(0x52);
    pub(super) const IMPLEMENTATION_VERSION: Self = Self(0x55);
    pub(super) const USER_IDENTITY: Self = Self(0x58);
}

/// Kind of user identity (PS3.7 D.3.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IdentityType(pub(super) u8);

impl IdentityType {
    pub(super) const USER_NAME: Self = Self(1);
    pub(super) const USER_NAME_AND_PASSCODE: Self = Self(2);
}

/// DIMSE command field (PS3.7 E.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CommandField(pub(super) u16);

impl CommandField {
    pub(super) const C_STORE_RQ: Self = Self(0x0001);
    pub(super) const C_FIND_RSP: Self = Self(0x8020);
    pub(super) const N_CREATE_RQ: Self = Self(0x0140);

    /// Whether the sender answers rather than asks.
    pub(super) const fn is_response(self) -> bool {
        self.0 & 0x8000 != 0
    }

    /// Name in the standard.
    pub(super) const fn name(self) -> Option<&'static str> {
        Some(match self.0 & 0x7fff {
            0x0001 => "C-STORE",
            0x0010 => "C-GET",
            0x0020 => "C-FIND",
            0x0021 => "C-MOVE",
            0x0030 => "C-ECHO",
            0x0100 => "N-EVENT-REPORT",
            0x0110 => "N-GET",
            0x0120 => "N-SET",
            0x0130 => "N-ACTION",
            0x0140 => "N-CREATE",
            0x0150 => "N-DELETE",
            _ => return None,
        })
    }
}

/// What a SOP class is for, as far as roles are told apart (PS3.6 A).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Service {
    Verification,
    Storage,
    Query,
    Worklist,
    ProcedureStep,
    Print,
    StorageCommitment,
}

/// SOP class UIDs by their beginnings, longest first.
const SERVICES: &[(&str, Service)] = &[
    ("1.2.840.10008.5.1.4.31", Service::Worklist),
    ("1.2.840.10008.5.1.4.1.1.", Service::Storage),
    ("1.2.840.10008.5.1.4.1.2.", Service::Query),
    ("1.2.840.10008.3.1.2.3.", Service::ProcedureStep),
    ("1.2.840.10008.5.1.1.", Service::Print),
    ("1.2.840.10008.1.20.", Service::StorageCommitment),
    ("1.2.840.10008.1.1", Service::Verification),
];

impl Service {
    pub(super) const ALL: [Self; 7] = [
        Self::Verification,
        Self::Storage,
        Self::Query,
        Self::Worklist,
        Self::ProcedureStep,
        Self::Print,
        Self::StorageCommitment,
    ];

    pub(super) fn of(sop_class: &[u8]) -> Option<Self> {
        SERVICES
            .iter()
            .find(|(start, _)| sop_class.starts_with(start.as_bytes()))
            .map(|(_, service)| *service)
    }

    /// Roles of who uses and of who provides it.
    pub(super) const fn roles(self) -> (&'static str, &'static str) {
        match self {
            Self::Verification => ("verification_scu", "verification_scp"),
            Self::Storage => ("storage_scu", "storage_scp"),
            Self::Query => ("query_scu", "query_scp"),
            Self::Worklist => ("worklist_scu", "worklist_scp"),
            Self::ProcedureStep => ("mpps_scu", "mpps_scp"),
            Self::Print => ("print_scu", "print_scp"),
            Self::StorageCommitment => ("storage_commitment_scu", "storage_commitment_scp"),
        }
    }
}

/// Header of a PDU: type and length of what follows.
pub(super) struct PduHeader {
    pub(super) kind: PduType,
    pub(super) length: u32,
}

/// An association request or answer.
pub(super) struct Association<'a> {
    pub(super) called: &'a [u8],
    pub(super) calling: &'a [u8],
    pub(super) items: Reader<'a>,
}

/// A presentation context as proposed or answered.
pub(super) struct PresentationContext<'a> {
    pub(super) id: u8,
    /// 0 is accepted; without meaning in a request.
    pub(super) result: u8,
    pub(super) abstract_syntax: Option<&'a [u8]>,
    pub(super) transfer_syntaxes: Reader<'a>,
}

/// What a command set says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Command<'a> {
    pub(super) field: Option<CommandField>,
    pub(super) sop_class: &'a [u8],
    pub(super) status: Option<u16>,
    pub(super) has_data_set: bool,
}

/// Bytes of a PDU header.
pub(super) const PDU_HEADER: usize = 6;
/// Group length, the first element of every command set: tag (0000,0000), length 4.
pub(super) const COMMAND_GROUP_LENGTH: [u8; 8] = [0, 0, 0, 0, 4, 0, 0, 0];
/// Longest association PDU that is read.
pub(super) const ASSOCIATION: Limit =
    Limit::new("dicom_association", 96 << 10, "128 contexts with 30 transfer syntaxes each fit");

const NO_DATA_SET: u16 = 0x0101;

pub(super) fn read_header(reader: &mut Reader<'_>) -> wire::Result<PduHeader> {
    let kind = PduType(reader.u8()?);
    reader.skip(1)?;
    Ok(PduHeader { kind, length: reader.u32_be()? })
}

/// Version, reserved, called and calling AE title, reserved, items.
pub(super) fn read_association<'a>(body: &mut Reader<'a>) -> wire::Result<Association<'a>> {
    body.skip(4)?;
    let called = body.take(16)?;
    let calling = body.take(16)?;
    body.skip(32)?;
    Ok(Association { called, calling, items: Reader::closed(body.rest()) })
}

/// Type, reserved, length, content.
pub(super) fn read_item<'a>(reader: &mut Reader<'a>) -> wire::Result<(ItemType, Reader<'a>)> {
    let kind = ItemType(reader.u8()?);
    reader.skip(1)?;
    let length = reader.u16_be()?;
    Ok((kind, reader.sub(usize::from(length))?))
}

/// Identifier, reserved, result, reserved, then items: an abstract syntax in requests, transfer syntaxes in both.
pub(super) fn read_context<'a>(item: &mut Reader<'a>) -> wire::Result<PresentationContext<'a>> {
    let id = item.u8()?;
    item.skip(1)?;
    let result = item.u8()?;
    item.skip(1)?;
    let syntaxes = *item;
    let mut abstract_syntax = None;
    while !item.is_empty() {
        let (kind, content) = read_item(item)?;
        if kind == ItemType::ABSTRACT_SYNTAX {
            abstract_syntax = Some(content.as_slice());
        }
    }
    Ok(PresentationContext { id, result, abstract_syntax, transfer_syntaxes: syntaxes })
}

/// A command set: elements in implicit VR little endian (PS3.7 6.3.1).
pub(super) fn read_command(bytes: &[u8]) -> wire::Result<Command<'_>> {
    let mut reader = Reader::closed(bytes);
    let mut command = Command::default();
    while !reader.is_empty() {
        let (group, element) = (reader.u16_le()?, reader.u16_le()?);
        let length = reader.u32_le()?;
        let mut value = reader.sub(usize::try_from(length).unwrap_or(usize::MAX))?;
        if group != 0 {
            continue;
        }
        match element {
            0x0002 | 0x0003 => command.sop_class = uid(value.as_slice()),
            0x0100 => command.field = Some(CommandField(value.u16_le()?)),
            0x0800 => command.has_data_set = value.u16_le()? != NO_DATA_SET,
            0x0900 => command.status = Some(value.u16_le()?),
            _ => {}
        }
    }
    Ok(command)
}

/// A UID without the zero or blank that makes its length even.
pub(super) fn uid(bytes: &[u8]) -> &[u8] {
    let end =
        bytes.iter().rposition(|byte| *byte != 0 && *byte != b' ').map_or(0, |last| last.saturating_add(1));
    bytes.get(..end).unwrap_or_default()
}
