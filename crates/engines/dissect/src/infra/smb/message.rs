//! Packets of the NetBIOS session service (RFC 1002, 4.3), which carry every version of SMB also over plain TCP
//! (MS-SMB2, 2.1), and what all messages have in common.

use wire::{Reader, Result};

use crate::Match;
use crate::infra::nbns::message::NetbiosName;

pub(super) const SESSION_MESSAGE: u8 = 0x00;
pub(super) const SESSION_REQUEST: u8 = 0x81;
pub(super) const POSITIVE_RESPONSE: u8 = 0x82;
pub(super) const NEGATIVE_RESPONSE: u8 = 0x83;
pub(super) const RETARGET_RESPONSE: u8 = 0x84;
pub(super) const KEEP_ALIVE: u8 = 0x85;

/// Octets of the header of a packet.
pub(super) const PACKET_HEADER: usize = 4;

/// Header of a packet (4.3.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Packet {
    pub(super) kind: u8,
    pub(super) length: u32,
}

/// First four octets of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProtocolId([u8; 4]);

/// NTSTATUS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status(pub(super) u32);

impl Packet {
    /// Over plain TCP the length has 24 bits, over NetBIOS 17 with zeros before them.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut inner = *reader;
        let packet = Self { kind: inner.u8()?, length: inner.u24_be()? };
        *reader = inner;
        Ok(packet)
    }
}

impl ProtocolId {
    pub(super) const SMB1: Self = Self(*b"\xffSMB");
    pub(super) const SMB2: Self = Self(*b"\xfeSMB");
    /// SMB 3 transform header: the message is encrypted (MS-SMB2, 2.2.41).
    pub(super) const ENCRYPTED: Self = Self(*b"\xfdSMB");

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.array().map(Self)
    }

    /// Those above, and the compression transform header (2.2.42).
    pub(super) const fn is_known(self) -> bool {
        matches!(self.0, [0xfc..=0xff, b'S', b'M', b'B'])
    }
}

impl Status {
    pub(super) const SUCCESS: Self = Self(0);
    const MORE_PROCESSING_REQUIRED: Self = Self(0xc000_0016);

    /// Whether more than an error stands behind the header of a session set-up response.
    pub(super) fn has_contents(self) -> bool {
        self == Self::SUCCESS || self == Self::MORE_PROCESSING_REQUIRED
    }
}

/// Whether a message starts here.
pub(super) fn probe_protocol(bytes: &[u8]) -> Match {
    match bytes {
        [0xfc..=0xff, rest @ ..] if rest.starts_with(b"SMB") => Match::Yes,
        [] => Match::NeedMore,
        [0xfc..=0xff, rest @ ..] if b"SMB".starts_with(rest) => Match::NeedMore,
        _ => Match::No,
    }
}

/// Whether the names of a session request stand here: the first of them, without a scope, which nobody uses.
pub(super) fn probe_names(bytes: &[u8]) -> Match {
    const CALLED: usize = 34;
    Match::within(CALLED, bytes, probe_name)
}

fn probe_name(bytes: &[u8]) -> Match {
    if NetbiosName::read(&mut Reader::closed(bytes)).is_some() {
        return Match::Yes;
    }
    let mut letters = bytes.iter().skip(1).take(32);
    let plausible =
        bytes.first().is_none_or(|length| *length == 32) && letters.all(|byte| matches!(byte, b'A'..=b'P'));
    if plausible { Match::NeedMore } else { Match::No }
}

/// Called and calling name of a session request (4.3.2).
pub(super) fn read_names(reader: &mut Reader<'_>) -> Option<(NetbiosName, NetbiosName)> {
    Some((NetbiosName::read(reader)?, NetbiosName::read(reader)?))
}

/// Where a message starts in the middle of a stream.
pub(super) fn find(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(PACKET_HEADER + 4)
        .position(|window| matches!(window, [SESSION_MESSAGE, _, _, _, 0xfc..=0xff, b'S', b'M', b'B']))
}
