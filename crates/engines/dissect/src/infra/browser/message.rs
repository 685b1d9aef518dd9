//! NetBIOS datagrams (RFC 1002, 4.4) with an SMB mailslot transaction (MS-MAIL, 2.2.1) to the computer browser
//! (MS-BRWS, 2.2).

use std::net::Ipv4Addr;

use wire::{Reader, Result};

use crate::infra::nbns::message::NetbiosName;

const SMB: &[u8] = b"\xffSMB\x25";
/// Flags of a datagram (RFC 1002, 4.4.1).
const MORE: u8 = 0x01;
const FIRST: u8 = 0x02;

const MAILSLOT: &[u8] = b"\\MAILSLOT\\BROWSE";

/// A datagram that carries user data: DIRECT_UNIQUE, DIRECT_GROUP or BROADCAST.
#[derive(Debug, Clone, Copy)]
pub(super) struct Datagram<'a> {
    pub(super) source_ip: Ipv4Addr,
    pub(super) source: NetbiosName,
    /// Whether the data goes on in another datagram.
    pub(super) has_more: bool,
    pub(super) data: Reader<'a>,
}

/// Command of a browser frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Command(pub(super) u8);

/// An announcement of a host, a domain or a local master (MS-BRWS, 2.2.1, 2.2.6, 2.2.10).
#[derive(Debug, Clone, Copy)]
pub(super) struct Announcement<'a> {
    pub(super) server: &'a [u8],
    pub(super) os_major: u8,
    pub(super) os_minor: u8,
    pub(super) server_type: u32,
    /// A description; in a domain announcement the name of the local master.
    pub(super) comment: &'a [u8],
}

impl Command {
    pub(super) const HOST_ANNOUNCEMENT: Self = Self(0x01);
    pub(super) const REQUEST_ELECTION: Self = Self(0x08);
    pub(super) const DOMAIN_ANNOUNCEMENT: Self = Self(0x0c);
    pub(super) const LOCAL_MASTER_ANNOUNCEMENT: Self = Self(0x0f);
}

impl<'a> Datagram<'a> {
    /// Reads a datagram; `None` when it is of something else, an error or a query, or not the first fragment.
    pub(super) fn read(payload: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::closed(payload);
        let kind = reader.u8().ok()?;
        let flags = reader.u8().ok()?;
        // The four upper bits are reserved; Windows 98 and 2000 set the lowest of them.
        if !matches!(kind, 0x10..=0x12) || flags & (0xe0 | FIRST) != FIRST {
            return None;
        }
        reader.skip(2).ok()?;
        let source_ip = Ipv4Addr::from(reader.array::<4>().ok()?);
        reader.skip(2 + 2 + 2).ok()?;
        let source = NetbiosName::read(&mut reader)?;
        NetbiosName::read(&mut reader)?;
        Some(Self { source_ip, source, has_more: flags & MORE != 0, data: reader })
    }

    /// The frame that an SMB transaction carries to the browser's mailslot; `None` when it is for something else.
    pub(super) fn browser_frame(&self) -> Option<Result<Reader<'a>>> {
        let all = self.data.as_slice();
        if !all.starts_with(SMB) {
            return None;
        }
        match read_transaction(all) {
            Ok((mailslot, frame)) => mailslot.eq_ignore_ascii_case(MAILSLOT).then_some(Ok(frame)),
            Err(error) => Some(Err(error)),
        }
    }
}

impl<'a> Announcement<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        reader.skip(1 + 4)?;
        Ok(Self {
            server: text(reader.take(16)?),
            os_major: reader.u8()?,
            os_minor: reader.u8()?,
            server_type: reader.u32_le()?,
            comment: {
                reader.skip(1 + 1 + 2)?;
                text(reader.rest())
            },
        })
    }
}

/// The server name of an election request: version, criteria, uptime, unused, name.
pub(super) fn read_election<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    reader.skip(1 + 4 + 4 + 4)?;
    Ok(text(reader.rest()))
}

/// Mailslot name and data of an SMB_COM_TRANSACTION request (MS-CIFS, 2.2.4.33.1).
fn read_transaction(all: &[u8]) -> Result<(&[u8], Reader<'_>)> {
    let mut reader = Reader::closed(all);
    reader.skip(32)?;
    let words = usize::from(reader.u8()?) * 2;
    let mut parameters = reader.sub(words)?;
    parameters.skip(22)?;
    let count = usize::from(parameters.u16_le()?);
    let offset = usize::from(parameters.u16_le()?);
    reader.skip(2)?;
    let mut mailslot = Reader::closed(reader.as_slice());
    let mailslot = mailslot.take_until(0)?;
    let mut data = Reader::closed(all);
    data.skip(offset)?;
    Ok((mailslot, data.sub(count)?))
}

/// Text up to the first NUL.
fn text(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}
