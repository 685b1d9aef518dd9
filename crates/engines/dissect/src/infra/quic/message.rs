//! QUIC packets with a long header (RFC 8999, 5.1; RFC 9000, 17.2).

use wire::{Reader, Result};

/// Version code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version(pub(super) u32);

impl Version {
    pub(super) const NEGOTIATION: Self = Self(0);
    pub(super) const V1: Self = Self(1);
    pub(super) const V2: Self = Self(0x6b33_43cf);

    /// Whether it is published, was a numbered draft, or is Facebook's, which differs from the drafts by name only.
    pub(super) const fn is_known(self) -> bool {
        matches!(self, Self::V1 | Self::V2)
            || matches!(self.0, 0xff00_0017..=0xff00_0022)
            || matches!(self.0, 0xface_b001..=0xface_b00e)
    }

    /// Whether it is Google's from before the standard: `Q039`, `T051`.
    pub(super) const fn is_google(self) -> bool {
        let [letter, hundreds, tens, ones] = self.0.to_be_bytes();
        matches!(letter, b'Q' | b'T') && hundreds == b'0' && tens.is_ascii_digit() && ones.is_ascii_digit()
    }

    /// Whether it is reserved so that peers keep ignoring what they do not know (RFC 9000, 15).
    pub(super) const fn is_reserved(self) -> bool {
        self.0 & 0x0f0f_0f0f == 0x0a0a_0a0a
    }
}

/// Version of a packet of Google's QUIC: behind a long header's first octet, or, up to version 43, behind flags and a
/// connection identifier of eight octets when the flags say so (draft-hamilton-early-deployment-quic-00).
pub(super) fn read_google(bytes: &[u8]) -> Option<Version> {
    const VERSION_AND_IDENTIFIER: u8 = 0x09;
    let mut reader = Reader::closed(bytes);
    let flags = reader.u8().ok()?;
    if flags & 0x80 == 0 {
        if flags & 0xc9 != VERSION_AND_IDENTIFIER {
            return None;
        }
        reader.skip(8).ok()?;
    }
    let version = Version(reader.u32_be().ok()?);
    (version.is_google() && reader.remaining() > SHORTEST_PROTECTED).then_some(version)
}

/// Type of a packet with a long header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PacketType {
    Initial,
    ZeroRtt,
    Handshake,
    Retry,
}

/// The invariant part of a long header (RFC 8999, 5.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct LongHeader {
    first: u8,
    pub(super) version: Version,
}

impl LongHeader {
    /// Reads it; connection identifiers of more than 20 bytes do not exist in any version known.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let first = reader.u8()?;
        let version = Version(reader.u32_be()?);
        for _ in 0..2 {
            let length = usize::from(reader.u8()?);
            if length > 20 {
                return Err(wire::Error::Trailing { left: length });
            }
            reader.skip(length)?;
        }
        Ok(Self { first, version })
    }

    /// Whether the header form is long.
    pub(super) const fn is_long(self) -> bool {
        self.first & 0x80 != 0
    }

    /// Whether the fixed bit is set, as in every packet but Version Negotiation.
    pub(super) const fn is_fixed(self) -> bool {
        self.first & 0x40 != 0
    }

    /// The packet type, whose codes version 2 rotates (RFC 9369, 3.2).
    pub(super) const fn packet_type(self) -> PacketType {
        let code = (self.first >> 4) & 0x03;
        let code = match self.version {
            Version::V2 => code.wrapping_add(3) & 0x03,
            Version(_) => code,
        };
        match code {
            0 => PacketType::Initial,
            1 => PacketType::ZeroRtt,
            2 => PacketType::Handshake,
            _ => PacketType::Retry,
        }
    }
}

/// Passes over the token of an Initial packet and the packet itself by its length. An error when it does not fit.
pub(super) fn skip_packet(kind: PacketType, reader: &mut Reader<'_>) -> Result<()> {
    if kind == PacketType::Initial {
        let token = read_varint(reader)?;
        reader.skip(token)?;
    }
    let length = read_varint(reader)?;
    if length < SHORTEST_PROTECTED {
        return Err(wire::Error::Trailing { left: length });
    }
    reader.skip(length)
}

/// A variable-length integer (RFC 9000, 16).
fn read_varint(reader: &mut Reader<'_>) -> Result<usize> {
    let first = reader.u8()?;
    let value = u64::from(first & 0x3f);
    let more = match first >> 6 {
        0 => 0,
        1 => 1,
        2 => 3,
        _ => 7,
    };
    let value = reader.take(more)?.iter().fold(value, |value, &byte| value << 8 | u64::from(byte));
    Ok(usize::try_from(value).unwrap_or(usize::MAX))
}

/// Packet number and the sample that header protection takes (RFC 9001, 5.4.2).
const SHORTEST_PROTECTED: usize = 20;
