//! Messages of the RFB handshake.

use wire::{Reader, Result};

pub(super) const MAGIC: &[u8] = b"RFB ";

/// Security type (RFC 6143, 7.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SecurityType(pub(super) u8);

impl SecurityType {
    pub(super) const INVALID: Self = Self(0);
    pub(super) const NONE: Self = Self(1);
    pub(super) const VNC_AUTHENTICATION: Self = Self(2);
    pub(super) const TLS: Self = Self(18);
    pub(super) const VENCRYPT: Self = Self(19);

    /// Whether what follows the handshake is encrypted.
    pub(super) const fn is_encrypted(self) -> bool {
        matches!(self, Self::TLS | Self::VENCRYPT)
    }
}

/// `RFB xxx.yyy\n`: the twelve octets of ProtocolVersion.
pub(super) fn read_version<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let version = reader.take(12)?;
    Ok(version.strip_suffix(b"\n").unwrap_or(version))
}

/// The list of security types that a server of version 3.7 or later offers.
pub(super) fn read_security_types<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let count = usize::from(reader.u8()?);
    reader.take(count)
}

/// Desktop name of ServerInit: width, height, pixel format, then a counted name.
pub(super) fn read_desktop_name<'a>(reader: &mut Reader<'a>, limit: usize) -> Result<&'a [u8]> {
    reader.skip(2 + 2 + 16)?;
    let length = usize::try_from(reader.u32_be()?).unwrap_or(usize::MAX);
    reader.take(length.min(limit))
}
