//! CAPWAP headers (RFC 5415, 4.1 to 4.5) and message elements (4.6).

use wire::{Limit, Reader, Result};

/// What is on the control port.
#[derive(Debug, Clone, Copy)]
pub(super) enum Message<'a> {
    /// A control message in the clear.
    Control(Control<'a>),
    /// A DTLS record (4.2).
    Dtls,
}

/// A control message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Control<'a> {
    pub(super) kind: Kind,
    pub(super) is_fragment: bool,
    pub(super) elements: Reader<'a>,
}

/// Message type (4.5.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(u32);

/// A message element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) kind: ElementKind,
    pub(super) value: Reader<'a>,
}

/// Message element type (table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ElementKind(u16);

/// Board data (4.6.40), or a descriptor's or controller's sub-element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detail<'a> {
    pub(super) kind: u16,
    pub(super) value: &'a [u8],
}

/// Most message elements, and most details of one, that are read.
pub(super) const ELEMENTS: Limit = Limit::new("capwap_elements", 64, "a join request has about twenty");

/// Cisco's number of itself: its organizationally unique identifier, not its enterprise number.
pub(super) const CISCO: u32 = 0x0040_9600;

impl Kind {
    /// Highest type of RFC 5415.
    const LAST: u32 = 26;

    /// Discovery, join, configuration status and primary discovery requests: an access point about itself.
    pub(super) const fn is_of_access_point(self) -> bool {
        matches!(self.0, 1 | 3 | 5 | 19)
    }

    /// The responses to them: a controller about itself.
    pub(super) const fn is_of_controller(self) -> bool {
        matches!(self.0, 2 | 4 | 6 | 20)
    }
}

impl ElementKind {
    pub(super) const CONTROLLER_DESCRIPTOR: Self = Self(1);
    pub(super) const CONTROLLER_NAME: Self = Self(4);
    pub(super) const LOCATION: Self = Self(28);
    pub(super) const VENDOR_SPECIFIC: Self = Self(37);
    pub(super) const BOARD_DATA: Self = Self(38);
    pub(super) const DESCRIPTOR: Self = Self(39);
    pub(super) const NAME: Self = Self(45);
}

impl<'a> Message<'a> {
    /// The message, if the bytes are one.
    pub(super) fn recognize(bytes: &'a [u8], truncated: bool) -> Option<Self> {
        let mut reader = Reader::closed(bytes);
        // Version 0 and what follows.
        match reader.u8().ok()? {
            0 => Control::read(&mut reader, truncated).ok().flatten().map(Message::Control),
            1 => is_dtls(&mut reader).ok()?.then_some(Message::Dtls),
            _other => None,
        }
    }
}

/// Three reserved octets, then a DTLS record (RFC 6347, 4.1).
fn is_dtls(reader: &mut Reader<'_>) -> Result<bool> {
    let reserved = reader.u24_be()?;
    let content = reader.u8()?;
    let version = reader.u16_be()?;
    Ok(reserved == 0 && matches!(content, 20..=24) && matches!(version, 0xFEFF | 0xFEFD))
}

impl<'a> Control<'a> {
    /// The header behind its first octet, the control header, and the elements: `None` where a field is not of this
    /// protocol.
    fn read(reader: &mut Reader<'a>, truncated: bool) -> Result<Option<Self>> {
        const FRAGMENT: u32 = 0x80;
        const FIXED: usize = 8;
        let bits = reader.u24_be()?;
        let words = usize::try_from(bits >> 19).unwrap_or_default();
        let _fragment_id = reader.u16_be()?;
        let offset = reader.u16_be()?;
        let Some(options) = (words * 4).checked_sub(FIXED) else { return Ok(None) };
        reader.skip(options)?;
        let kind = Kind(reader.u32_be()?);
        let _sequence = reader.u8()?;
        // It counts itself, the flags, and the elements.
        let length = usize::from(reader.u16_be()?);
        let flags = reader.u8()?;
        let is_fragment = bits & FRAGMENT != 0;
        let fits = length == reader.remaining().saturating_add(3) || is_fragment || truncated;
        let known = (1..=Kind::LAST).contains(&kind.0) && offset >> 3 == 0 && flags == 0;
        Ok((fits && known).then(|| Self { kind, is_fragment, elements: Reader::closed(reader.rest()) }))
    }
}

impl<'a> Element<'a> {
    /// Type, length, value.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let kind = ElementKind(reader.u16_be()?);
        let length = reader.u16_be()?;
        Ok(Self { kind, value: reader.sub(usize::from(length))? })
    }
}

impl<'a> Detail<'a> {
    /// Type, length, value of a board data sub-element.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let kind = reader.u16_be()?;
        let length = reader.u16_be()?;
        Ok(Self { kind, value: reader.take(usize::from(length))? })
    }

    /// The same behind the vendor whose it is, as descriptors have it.
    pub(super) fn read_of_vendor(reader: &mut Reader<'a>) -> Result<(u32, Self)> {
        Ok((reader.u32_be()?, Self::read(reader)?))
    }
}

/// Passes over the radio counts and encryption capabilities before an access point's descriptor sub-elements (4.6.41).
/// The standard has at least one capability; Cisco sends none in the list but two octets of an older draft.
pub(super) fn skip_capabilities(reader: &mut Reader<'_>) -> Result<()> {
    reader.skip(2)?;
    match usize::from(reader.u8()?) {
        0 => reader.skip(1),
        count => reader.skip(count * 3),
    }
}
