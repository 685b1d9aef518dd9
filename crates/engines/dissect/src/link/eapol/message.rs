//! The EAPOL packet (IEEE 802.1X-2020, 11.3) and the EAP packet (RFC 3748, 4 and 5).

use wire::{Error, Limit, Reader, Result};

/// An EAPOL packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Eapol<'a> {
    pub(super) kind: Kind,
    pub(super) body: Reader<'a>,
}

/// Packet type (table 11-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(u8);

/// An EAP packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Eap<'a> {
    pub(super) code: Code,
    pub(super) method: Option<Method>,
    pub(super) data: Reader<'a>,
    /// Whether all of it is there: RADIUS carries it in pieces.
    pub(super) is_whole: bool,
}

/// Code (RFC 3748, 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(u8);

/// Type (RFC 3748, 5, and IANA's "Extensible Authentication Protocol Registry").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Method(pub(super) u8);

/// An attribute of Wi-Fi Protected Setup (table 28).
#[derive(Debug, Clone, Copy)]
pub(super) struct SetupAttribute<'a> {
    pub(super) kind: u16,
    pub(super) value: &'a [u8],
}

/// Most attributes that are read of one Wi-Fi Protected Setup message.
pub(super) const ATTRIBUTES: Limit = Limit::new("wps_attributes", 64, "M1 has about twenty");

impl Kind {
    pub(super) const EAP: Self = Self(0);
    pub(super) const KEY: Self = Self(3);
}

impl Code {
    pub(super) const REQUEST: Self = Self(1);
    pub(super) const RESPONSE: Self = Self(2);

    /// Whether it is one of RFC 3748 or RFC 6696 (initiate, finish).
    pub(super) const fn is_known(self) -> bool {
        matches!(self.0, 1..=6)
    }
}

impl Method {
    pub(super) const IDENTITY: Self = Self(1);
    pub(super) const NAK: Self = Self(3);
    const MD5_CHALLENGE: Self = Self(4);
    const ONE_TIME_PASSWORD: Self = Self(5);
    const GENERIC_TOKEN_CARD: Self = Self(6);
    const LEAP: Self = Self(17);
    const MS_CHAP_V2: Self = Self(26);
    pub(super) const EXPANDED: Self = Self(254);

    /// Whether a listener can find the password from what it hears.
    pub(super) const fn is_weak(self) -> bool {
        matches!(self, Self::MD5_CHALLENGE | Self::LEAP | Self::MS_CHAP_V2)
    }

    /// Whether the password or token itself goes over the wire.
    pub(super) const fn is_clear(self) -> bool {
        matches!(self, Self::ONE_TIME_PASSWORD | Self::GENERIC_TOKEN_CARD)
    }
}

impl<'a> Eapol<'a> {
    /// Version, type, length, body; padding of the frame behind it is left.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let _version = reader.u8()?;
        let kind = Kind(reader.u8()?);
        let length = reader.u16_be()?;
        Ok(Self { kind, body: reader.sub(usize::from(length))? })
    }
}

impl<'a> Eap<'a> {
    /// Code, identifier, length, and of requests and responses type and as much of the data as there is.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let code = Code(reader.u8()?);
        let _identifier = reader.u8()?;
        let length = usize::from(reader.u16_be()?);
        let body = length.checked_sub(4).ok_or(Error::Trailing { left: reader.remaining() })?;
        let is_whole = body <= reader.remaining();
        let mut data = reader.sub(body.min(reader.remaining()))?;
        let method = match code {
            Code::REQUEST | Code::RESPONSE => Some(Method(data.u8()?)),
            _without_type => None,
        };
        Ok(Self { code, method, data, is_whole })
    }

    /// The attributes, if it is a first fragment of Wi-Fi Protected Setup (7.7.1): the Wi-Fi Alliance's expanded type 1.
    pub(super) fn setup_attributes(mut self) -> Option<Reader<'a>> {
        const WIFI_ALLIANCE: u32 = 0x00_372A;
        const SIMPLE_CONFIG: u32 = 1;
        const MESSAGE: u8 = 4;
        const HAS_LENGTH: u8 = 0x02;
        if self.method != Some(Method::EXPANDED)
            || self.data.u24_be().ok()? != WIFI_ALLIANCE
            || self.data.u32_be().ok()? != SIMPLE_CONFIG
            || self.data.u8().ok()? != MESSAGE
        {
            return None;
        }
        if self.data.u8().ok()? & HAS_LENGTH != 0 {
            self.data.skip(2).ok()?;
        }
        Some(self.data)
    }
}

impl<'a> SetupAttribute<'a> {
    /// The next attribute.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let kind = reader.u16_be()?;
        let length = reader.u16_be()?;
        Ok(Self { kind, value: reader.take(usize::from(length))? })
    }
}
