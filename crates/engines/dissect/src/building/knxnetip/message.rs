//! KNXnet/IP messages (ISO 22510, 5), as far as they are read.

use wire::Reader;

/// Length of the header, and the version as major and minor half byte.
const HEADER: [u8; 2] = [6, 0x10];
/// Description blocks: device information.
const DEVICE_INFORMATION: u8 = 1;

/// Service of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Service(pub(super) u16);

impl Service {
    pub(super) const SEARCH_RESPONSE: Self = Self(0x0202);
    pub(super) const DESCRIPTION_RESPONSE: Self = Self(0x0204);
    pub(super) const CONNECT_RESPONSE: Self = Self(0x0206);
    pub(super) const SEARCH_RESPONSE_EXTENDED: Self = Self(0x020c);
    pub(super) const SECURE_WRAPPER: Self = Self(0x0950);

    /// Whether it is one of a family of the standard.
    const fn is_known(self) -> bool {
        matches!(self.0 >> 8, 0x02..=0x09)
    }
}

/// Device information (5.5.5).
pub(super) struct Device<'a> {
    pub(super) serial: [u8; 6],
    pub(super) mac: [u8; 6],
    pub(super) name: &'a [u8],
}

/// Service and body of a message; an error when it is none.
pub(super) fn read(payload: &[u8], truncated: bool) -> wire::Result<(Service, Reader<'_>)> {
    let foreign = wire::Error::Trailing { left: payload.len() };
    let mut reader = Reader::closed(payload);
    let header: [u8; 2] = reader.array()?;
    let service = Service(reader.u16_be()?);
    let length = usize::from(reader.u16_be()?);
    let is_whole = length == payload.len() || truncated && length > payload.len();
    if header == HEADER && service.is_known() && is_whole { Ok((service, reader)) } else { Err(foreign) }
}

/// The device information among the blocks that follow.
pub(super) fn device<'a>(blocks: &mut Reader<'a>) -> wire::Result<Option<Device<'a>>> {
    while !blocks.is_empty() {
        let [length, kind] = blocks.array()?;
        let mut block = blocks.sub(usize::from(length).saturating_sub(2))?;
        if kind == DEVICE_INFORMATION {
            block.skip(6)?;
            let serial = block.array()?;
            block.skip(4)?;
            let mac = block.array()?;
            let name = block.take(30)?;
            let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
            return Ok(Some(Device { serial, mac, name: name.get(..end).unwrap_or_default() }));
        }
    }
    Ok(None)
}
