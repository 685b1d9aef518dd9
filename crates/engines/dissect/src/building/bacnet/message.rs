//! BACnet messages, as far as they are read: BVLC (J.2), NPDU (6.2), APDU (20.1), tagged values (20.2).

use std::net::Ipv4Addr;

use wire::{Limit, Reader};

/// BVLC type of BACnet/IP over IPv4.
const BVLC_TYPE: u8 = 0x81;

/// BVLC functions (J.2).
const FORWARDED_NPDU: u8 = 0x04;
const DISTRIBUTE_BROADCAST: u8 = 0x09;
const ORIGINAL_UNICAST: u8 = 0x0a;
const ORIGINAL_BROADCAST: u8 = 0x0b;
const LAST_FUNCTION: u8 = 0x0c;

/// Properties of one message that are read.
pub(super) const PROPERTIES: Limit =
    Limit::new("bacnet_properties", 512, "an answer of one datagram holds fewer");

/// Object type of the device object (clause 12.11).
const DEVICE: u32 = 8;

/// What BVLC carries.
pub(super) struct Bvlc<'a> {
    /// Original sender of a forwarded message.
    pub(super) forwarded: Option<Ipv4Addr>,
    /// The NPDU; `None` for messages between broadcast managers.
    pub(super) npdu: Option<Reader<'a>>,
}

/// Header of the network layer.
pub(super) struct Npdu {
    /// Network that the message came from, when a router passes it on.
    pub(super) snet: Option<u16>,
    /// Whether a network layer message follows instead of an APDU.
    pub(super) is_network_message: bool,
}

/// What an application message is.
pub(super) enum Apdu<'a> {
    IAm(Reader<'a>),
    SimpleAck { service: u8 },
    ComplexAck { service: u8, body: Reader<'a> },
    Other,
}

/// Confirmed services (21).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Service(pub(super) u8);

impl Service {
    pub(super) const READ_PROPERTY: Self = Self(12);
    pub(super) const READ_PROPERTY_MULTIPLE: Self = Self(14);

    /// Whether it changes what the station does: writing, device communication control, reinitialize.
    pub(super) const fn is_control(self) -> bool {
        matches!(self.0, 15..=17 | 20)
    }
}

/// Property of the device object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Property(pub(super) u32);

impl Property {
    pub(super) const APPLICATION_SOFTWARE_VERSION: Self = Self(12);
    pub(super) const FIRMWARE_REVISION: Self = Self(44);
    pub(super) const LOCATION: Self = Self(58);
    pub(super) const MODEL_NAME: Self = Self(70);
    pub(super) const OBJECT_NAME: Self = Self(77);
    pub(super) const VENDOR_IDENTIFIER: Self = Self(120);
    pub(super) const VENDOR_NAME: Self = Self(121);
    pub(super) const SERIAL_NUMBER: Self = Self(372);
}

/// I-Am (16.10).
pub(super) struct IAm {
    pub(super) instance: u32,
    pub(super) vendor: u32,
}

/// A tag and what it holds.
pub(super) struct Tagged<'a> {
    pub(super) number: u8,
    is_context: bool,
    form: Form,
    pub(super) value: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Value,
    Open,
    Close,
}

/// Application tags (20.2.1.4).
pub(super) const UNSIGNED: u8 = 2;
pub(super) const CHARACTER_STRING: u8 = 7;
const OBJECT_IDENTIFIER: u8 = 12;

/// BVLC header; an error when it is none.
pub(super) fn read_bvlc(payload: &[u8], truncated: bool) -> wire::Result<Bvlc<'_>> {
    let foreign = wire::Error::Trailing { left: payload.len() };
    let mut reader = Reader::closed(payload);
    let (kind, function) = (reader.u8()?, reader.u8()?);
    let length = usize::from(reader.u16_be()?);
    if kind != BVLC_TYPE || function > LAST_FUNCTION || length < 4 {
        return Err(foreign);
    }
    if length != payload.len() && !(truncated && length > payload.len()) {
        return Err(foreign);
    }
    let forwarded = if function == FORWARDED_NPDU {
        let address = Ipv4Addr::from(reader.array::<4>()?);
        reader.skip(2)?;
        Some(address)
    } else {
        None
    };
    let carries =
        [FORWARDED_NPDU, DISTRIBUTE_BROADCAST, ORIGINAL_UNICAST, ORIGINAL_BROADCAST].contains(&function);
    if carries && reader.peek() != Some(1) {
        return Err(foreign);
    }
    Ok(Bvlc { forwarded, npdu: carries.then_some(reader) })
}

pub(super) fn read_npdu(reader: &mut Reader<'_>) -> wire::Result<Npdu> {
    reader.skip(1)?;
    let control = reader.u8()?;
    let is_routed_on = control & 0x20 != 0;
    if is_routed_on {
        address(reader)?;
    }
    let snet = if control & 0x08 != 0 { Some(address(reader)?) } else { None };
    if is_routed_on {
        reader.skip(1)?;
    }
    Ok(Npdu { snet, is_network_message: control & 0x80 != 0 })
}

/// Network number and station address, which is passed over.
fn address(reader: &mut Reader<'_>) -> wire::Result<u16> {
    let network = reader.u16_be()?;
    let length = usize::from(reader.u8()?);
    reader.skip(length)?;
    Ok(network)
}

pub(super) fn read_apdu<'a>(reader: &mut Reader<'a>) -> wire::Result<Apdu<'a>> {
    let first = reader.u8()?;
    match first >> 4 {
        1 => Ok(if reader.u8()? == 0 { Apdu::IAm(*reader) } else { Apdu::Other }),
        2 => {
            reader.skip(1)?;
            Ok(Apdu::SimpleAck { service: reader.u8()? })
        }
        3 => {
            reader.skip(1)?;
            let is_segmented = first & 0x08 != 0;
            let sequence = if is_segmented { reader.u16_be()? >> 8 } else { 0 };
            let service = reader.u8()?;
            Ok(if sequence == 0 { Apdu::ComplexAck { service, body: *reader } } else { Apdu::Other })
        }
        _ => Ok(Apdu::Other),
    }
}

pub(super) fn read_i_am(reader: &mut Reader<'_>) -> wire::Result<IAm> {
    let device = tagged(reader)?;
    if device.number != OBJECT_IDENTIFIER || device.is_context {
        return Err(wire::Error::Trailing { left: reader.remaining() });
    }
    let instance = unsigned(device.value) & 0x003f_ffff;
    tagged(reader)?;
    tagged(reader)?;
    Ok(IAm { instance, vendor: unsigned(tagged(reader)?.value) })
}

/// Number of at most four bytes; longer ones keep their last.
pub(super) fn unsigned(value: &[u8]) -> u32 {
    value.iter().fold(0, |number: u32, byte| number << 8 | u32::from(*byte))
}

/// Properties of one message, in order: `(property, value)` of the device object.
pub(super) struct Properties<'a> {
    reader: Reader<'a>,
    is_multiple: bool,
    is_device: bool,
    inside: bool,
}

impl<'a> Properties<'a> {
    pub(super) const fn new(service: Service, reader: Reader<'a>) -> Option<Self> {
        let is_multiple = match service {
            Service::READ_PROPERTY => false,
            Service::READ_PROPERTY_MULTIPLE => true,
            _ => return None,
        };
        Some(Self { reader, is_multiple, is_device: false, inside: false })
    }

    /// The next property that has one value; `None` in a property of no interest.
    pub(super) fn next(&mut self) -> wire::Result<Option<(Property, Tagged<'a>)>> {
        if !self.inside {
            let object = tagged(&mut self.reader)?;
            self.is_device = unsigned(object.value) >> 22 == DEVICE;
            if self.is_multiple {
                tagged(&mut self.reader)?;
            }
            self.inside = true;
        }
        let first = tagged(&mut self.reader)?;
        if first.form == Form::Close {
            self.inside = false;
            return Ok(None);
        }
        let property = Property(unsigned(first.value));
        let mut opening = tagged(&mut self.reader)?;
        if opening.form == Form::Value {
            opening = tagged(&mut self.reader)?;
        }
        self.inside = self.is_multiple;
        Ok(self.value(opening.number)?.filter(|_| self.is_device).map(|value| (property, value)))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.reader.is_empty()
    }

    /// The value between the tags; `None` when there is not exactly one, of a primitive type.
    fn value(&mut self, opened: u8) -> wire::Result<Option<Tagged<'a>>> {
        let mut depth = 0_u8;
        let mut found = None;
        let mut count = 0_usize;
        loop {
            let next = tagged(&mut self.reader)?;
            match next.form {
                Form::Close if depth == 0 && next.number == opened => {
                    return Ok(found.filter(|_| count == 1));
                }
                Form::Close => depth = depth.saturating_sub(1),
                Form::Open => depth = depth.saturating_add(1),
                Form::Value => {
                    count = count.saturating_add(1);
                    found = Some(next).filter(|value| !value.is_context);
                }
            }
        }
    }
}

/// A tag with its value (20.2.1).
fn tagged<'a>(reader: &mut Reader<'a>) -> wire::Result<Tagged<'a>> {
    let first = reader.u8()?;
    let number = if first >> 4 == 0x0f { reader.u8()? } else { first >> 4 };
    let is_context = first & 0x08 != 0;
    let (form, length) = match first & 0x07 {
        6 if is_context => (Form::Open, 0),
        7 if is_context => (Form::Close, 0),
        5 => (Form::Value, extended(reader)?),
        // A boolean holds its value in the tag (20.2.3).
        _ if number == 1 && !is_context => (Form::Value, 0),
        short => (Form::Value, u32::from(short)),
    };
    let value = reader.take(usize::try_from(length).unwrap_or(usize::MAX))?;
    Ok(Tagged { number, is_context, form, value })
}

fn extended(reader: &mut Reader<'_>) -> wire::Result<u32> {
    match reader.u8()? {
        254 => reader.u16_be().map(u32::from),
        255 => reader.u32_be(),
        short => Ok(u32::from(short)),
    }
}
