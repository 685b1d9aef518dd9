//! The bridge protocol data unit (IEEE 802.1D-2004, 9.3).

use model::MacAddr;
use wire::{Reader, Result};

/// A BPDU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bpdu {
    pub(super) version: u8,
    pub(super) body: Body,
}

/// What a BPDU says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Configuration or rapid configuration.
    Configuration { root: Identifier, bridge: Identifier },
    /// The topology changed.
    TopologyChange,
    /// Another type.
    Unknown,
}

/// A bridge identifier (9.2.5): four bits of priority, twelve of system extension (the VLAN, if any), address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identifier {
    priority: u16,
    pub(super) mac: MacAddr,
}

impl Bpdu {
    /// Whether the bytes begin with the protocol identifier.
    pub(super) fn is_bpdu(bytes: &[u8]) -> bool {
        bytes.starts_with(&[0, 0])
    }

    /// Protocol identifier, version, type, and what follows it.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.skip(2)?;
        let version = reader.u8()?;
        let body = match reader.u8()? {
            0x00 | 0x02 => {
                // Flags.
                reader.skip(1)?;
                let root = Identifier::read(reader)?;
                // Cost of the path to the root.
                reader.skip(4)?;
                Body::Configuration { root, bridge: Identifier::read(reader)? }
            }
            0x80 => Body::TopologyChange,
            _other => Body::Unknown,
        };
        Ok(Self { version, body })
    }
}

impl Identifier {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self { priority: reader.u16_be()?, mac: MacAddr::new(reader.array()?) })
    }

    /// The priority, in steps of 4096.
    pub(super) const fn priority(self) -> u16 {
        self.priority & 0xF000
    }

    /// The system extension.
    pub(super) const fn extension(self) -> u16 {
        self.priority & 0x0FFF
    }
}
