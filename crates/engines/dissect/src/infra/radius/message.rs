//! The RADIUS packet and its attributes (RFC 2865, 3 and 5).

use wire::{Error, Limit, Reader, Result};

/// A packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) code: Code,
    attributes: Reader<'a>,
}

/// Code (RFC 2865, 3, and IANA's "RADIUS Packet Type Codes").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(pub(super) u8);

/// Attribute type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(u8);

/// An attribute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute<'a> {
    pub(super) kind: Kind,
    pub(super) value: Reader<'a>,
}

/// What is behind the attributes that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing.
    Nothing,
    /// A broken attribute.
    Broken,
    /// More attributes than the limit allows.
    More,
}

/// Most attributes that are read of one packet.
pub(super) const ATTRIBUTES: Limit =
    Limit::new("radius_attributes", 256, "a request has about thirty, with EAP in pieces about twenty more");

impl Code {
    pub(super) const ACCESS_REQUEST: Self = Self(1);
    const ACCESS_ACCEPT: Self = Self(2);
    const ACCESS_REJECT: Self = Self(3);
    pub(super) const ACCOUNTING_REQUEST: Self = Self(4);
    const ACCESS_CHALLENGE: Self = Self(11);
    const STATUS_SERVER: Self = Self(12);

    /// Whether it is a code in use: also accounting response, and changes of authorization with their answers.
    const fn is_known(self) -> bool {
        matches!(self.0, 1..=5 | 11..=13 | 40..=45)
    }

    /// Whether an access server sends it about a station.
    pub(super) const fn is_of_access_server(self) -> bool {
        matches!(self, Self::ACCESS_REQUEST | Self::ACCOUNTING_REQUEST | Self::STATUS_SERVER)
    }

    /// Whether only a Message-Authenticator protects it against forgery (CVE-2024-3596).
    pub(super) const fn needs_authenticator(self) -> bool {
        matches!(
            self,
            Self::ACCESS_REQUEST | Self::ACCESS_ACCEPT | Self::ACCESS_REJECT | Self::ACCESS_CHALLENGE
        )
    }
}

impl Kind {
    pub(super) const USER_NAME: Self = Self(1);
    pub(super) const USER_PASSWORD: Self = Self(2);
    pub(super) const NAS_IP_ADDRESS: Self = Self(4);
    pub(super) const FRAMED_IP_ADDRESS: Self = Self(8);
    pub(super) const VENDOR_SPECIFIC: Self = Self(26);
    pub(super) const CALLED_STATION_ID: Self = Self(30);
    pub(super) const CALLING_STATION_ID: Self = Self(31);
    pub(super) const NAS_IDENTIFIER: Self = Self(32);
    pub(super) const PROXY_STATE: Self = Self(33);
    pub(super) const NAS_PORT_TYPE: Self = Self(61);
    pub(super) const CONNECT_INFO: Self = Self(77);
    pub(super) const EAP_MESSAGE: Self = Self(79);
    pub(super) const MESSAGE_AUTHENTICATOR: Self = Self(80);
    pub(super) const NAS_PORT_ID: Self = Self(87);
    pub(super) const NAS_IPV6_ADDRESS: Self = Self(95);
}

impl<'a> Message<'a> {
    /// The packet, if the bytes are one: a known code, a length within the datagram, and a first attribute that fits.
    pub(super) fn recognize(bytes: &'a [u8], truncated: bool) -> Option<Self> {
        let mut reader = Reader::closed(bytes);
        let message = Self::read(&mut reader, truncated).ok().flatten()?;
        let mut first = message.attributes;
        (first.is_empty() || truncated || Attribute::read(&mut first).is_ok()).then_some(message)
    }

    fn read(reader: &mut Reader<'a>, truncated: bool) -> Result<Option<Self>> {
        const HEADER: usize = 20;
        let code = Code(reader.u8()?);
        let _identifier = reader.u8()?;
        let length = usize::from(reader.u16_be()?);
        // The authenticator.
        reader.skip(16)?;
        if !code.is_known() || length > 4_096 {
            return Ok(None);
        }
        let Some(body) = length.checked_sub(HEADER) else { return Ok(None) };
        let body = if truncated { body.min(reader.remaining()) } else { body };
        Ok(Some(Self { code, attributes: reader.sub(body)? }))
    }

    /// The attributes in the order sent, as many as the limit allows.
    pub(super) fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let mut reader = self.attributes;
        std::iter::from_fn(move || Attribute::read(&mut reader).ok()).take(ATTRIBUTES.max)
    }

    /// The first attribute `kind`.
    pub(super) fn find(&self, kind: Kind) -> Option<Reader<'a>> {
        self.attributes().find(|attribute| attribute.kind == kind).map(|attribute| attribute.value)
    }

    /// What is behind the attributes that [`Message::attributes`] gives.
    pub(super) fn rest(&self) -> Rest {
        let mut reader = self.attributes;
        for _attribute in 0..ATTRIBUTES.max {
            if reader.is_empty() {
                return Rest::Nothing;
            }
            if Attribute::read(&mut reader).is_err() {
                return Rest::Broken;
            }
        }
        if reader.is_empty() { Rest::Nothing } else { Rest::More }
    }
}

impl<'a> Attribute<'a> {
    /// Type, length that counts both, value.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let kind = Kind(reader.u8()?);
        let length = usize::from(reader.u8()?);
        let value = length.checked_sub(2).ok_or(Error::Trailing { left: reader.remaining() })?;
        Ok(Self { kind, value: reader.sub(value)? })
    }
}
