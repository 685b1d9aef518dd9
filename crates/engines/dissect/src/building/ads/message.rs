//! AMS over TCP, ADS commands and TwinCAT discovery, as far as they are read.

use std::fmt;

use wire::{Limit, Reader};

/// AMS/TCP header (6) and AMS header (32).
pub(super) const HEADER: usize = 38;
const AMS_HEADER: u32 = 32;
const LONGEST: u32 = 4 << 20;

const RESPONSE: u16 = 0x0001;
const ADS_COMMAND: u16 = 0x0004;
const LAST_COMMAND: u16 = 9;

/// First bytes of a discovery message, least significant byte of 0x71146603 first.
const DISCOVERY: &[u8] = &[0x03, 0x66, 0x14, 0x71];
const SERVER_INFO_ANSWER: u32 = 0x8000_0001;

/// Items of a discovery answer that are read.
pub(super) const ITEMS: Limit = Limit::new("ads_discovery_items", 32, "an answer has less than ten");

/// AMS address: network id of six octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NetId(pub(super) [u8; 6]);

impl fmt::Display for NetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a}.{b}.{c}.{d}.{e}.{g}")
    }
}

/// ADS command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Command(pub(super) u16);

impl Command {
    pub(super) const READ_DEVICE_INFO: Self = Self(1);
    pub(super) const WRITE: Self = Self(3);
    pub(super) const WRITE_CONTROL: Self = Self(5);
}

/// A message of AMS.
pub(super) struct Message<'a> {
    pub(super) source: NetId,
    pub(super) command: Command,
    pub(super) is_response: bool,
    pub(super) is_error: bool,
    pub(super) body: Reader<'a>,
}

/// Answer to `ReadDeviceInfo`.
pub(super) struct DeviceInfo<'a> {
    pub(super) version: Version,
    pub(super) name: &'a [u8],
}

/// Version and build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    major: u8,
    minor: u8,
    build: u16,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.build)
    }
}

/// Operating system of a TwinCAT system, as Windows numbers itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OsVersion {
    pub(super) platform: u32,
    pub(super) major: u32,
    pub(super) minor: u32,
    pub(super) build: u32,
}

/// What a discovery answer says.
pub(super) enum Item<'a> {
    HostName(&'a [u8]),
    Twincat(Version),
    Os(OsVersion),
    Other,
}

/// Length of the frame that these bytes begin.
pub(super) fn length(header: &[u8]) -> Option<usize> {
    let mut reader = Reader::closed(header.get(..HEADER)?);
    if reader.u16_le().ok()? != 0 {
        return None;
    }
    let length = reader.u32_le().ok()?;
    reader.skip(16).ok()?;
    let (command, flags) = (reader.u16_le().ok()?, reader.u16_le().ok()?);
    let data = reader.u32_le().ok()?;
    let fits = data <= LONGEST
        && length == data.checked_add(AMS_HEADER)?
        && command <= LAST_COMMAND
        && flags & ADS_COMMAND != 0;
    usize::try_from(length).ok().filter(|_| fits)?.checked_add(6)
}

pub(super) fn read(frame: &[u8]) -> wire::Result<Message<'_>> {
    let mut reader = Reader::closed(frame);
    reader.skip(6 + 8)?;
    let source = NetId(reader.array()?);
    reader.skip(2)?;
    let (command, flags) = (Command(reader.u16_le()?), reader.u16_le()?);
    let length = reader.u32_le()?;
    let is_error = reader.u32_le()? != 0;
    reader.skip(4)?;
    let body = reader.sub(usize::try_from(length).unwrap_or(usize::MAX))?;
    Ok(Message { source, command, is_response: flags & RESPONSE != 0, is_error, body })
}

/// Result of an answer: zero is success.
pub(super) fn is_done(body: &mut Reader<'_>) -> wire::Result<bool> {
    body.u32_le().map(|result| result == 0)
}

pub(super) fn device_info<'a>(body: &mut Reader<'a>) -> wire::Result<DeviceInfo<'a>> {
    Ok(DeviceInfo { version: version(body)?, name: body.take(16)? })
}

fn version(reader: &mut Reader<'_>) -> wire::Result<Version> {
    Ok(Version { major: reader.u8()?, minor: reader.u8()?, build: reader.u16_le()? })
}

/// The body of a discovery message with whether it answers; an error when it is none.
pub(super) fn discovery(payload: &[u8]) -> wire::Result<Option<(NetId, Reader<'_>)>> {
    let mut reader = Reader::closed(payload);
    if reader.take(4)? != DISCOVERY {
        return Err(wire::Error::Trailing { left: payload.len() });
    }
    reader.skip(4)?;
    let service = reader.u32_le()?;
    let source = NetId(reader.array()?);
    reader.skip(2)?;
    Ok((service == SERVER_INFO_ANSWER).then_some((source, reader)))
}

pub(super) fn item<'a>(reader: &mut Reader<'a>) -> wire::Result<Item<'a>> {
    let (tag, length) = (reader.u16_le()?, usize::from(reader.u16_le()?));
    let mut value = reader.sub(length)?;
    Ok(match tag {
        3 => Item::Os(os(&mut value)?),
        4 => Item::Twincat(version(&mut value)?),
        5 => Item::HostName(value.rest()),
        _ => Item::Other,
    })
}

fn os(value: &mut Reader<'_>) -> wire::Result<OsVersion> {
    value.skip(4)?;
    let (major, minor, build, platform) =
        (value.u32_le()?, value.u32_le()?, value.u32_le()?, value.u32_le()?);
    Ok(OsVersion { platform, major, minor, build })
}
