//! TFTP messages (RFC 1350, 5).

use wire::{Reader, Result};

/// Kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opcode(pub(super) u16);

impl Opcode {
    pub(super) const READ: Self = Self(1);
    pub(super) const WRITE: Self = Self(2);
    const DATA: Self = Self(3);
    const ACKNOWLEDGEMENT: Self = Self(4);
    pub(super) const ERROR: Self = Self(5);
    pub(super) const OPTIONS: Self = Self(6);

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.u16_be().map(Self)
    }

    /// Messages that only their port tells apart.
    pub(super) const fn is_transfer(self) -> bool {
        matches!(self, Self::DATA | Self::ACKNOWLEDGEMENT | Self::ERROR)
    }
}

/// A string with a zero at its end.
pub(super) fn string<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    reader.take_until(0)
}

/// `netascii`, `octet` or `mail`.
pub(super) fn is_mode(mode: &[u8]) -> bool {
    [b"octet".as_slice(), b"netascii", b"mail"].iter().any(|known| mode.eq_ignore_ascii_case(known))
}

/// Options of RFC 2348, 2349 and 7440.
pub(super) fn is_option(name: &[u8]) -> bool {
    [b"blksize".as_slice(), b"tsize", b"timeout", b"windowsize", b"multicast", b"rollover"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}
