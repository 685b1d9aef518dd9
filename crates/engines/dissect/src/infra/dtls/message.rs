//! DTLS records and the header of handshake messages (RFC 6347, 4.1 and 4.2.2).

use wire::{Reader, Result};

use crate::infra::tls::message::{ContentType, HandshakeType, Version};

/// One record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) content: ContentType,
    pub(super) version: Version,
    pub(super) epoch: u16,
    pub(super) payload: Reader<'a>,
}

impl<'a> Record<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let content = ContentType(reader.u8()?);
        let version = Version(reader.u16_be()?);
        let epoch = reader.u16_be()?;
        reader.skip(6)?;
        let length = usize::from(reader.u16_be()?);
        Ok(Self { content, version, epoch, payload: reader.sub(length)? })
    }

    /// Whether such a record can exist: in epoch 0 in the clear and well formed, later long enough to be protected.
    pub(super) fn is_plausible(&self) -> bool {
        let length = self.payload.remaining();
        let content = match (self.content, self.epoch) {
            (ContentType::CHANGE_CIPHER_SPEC, 0) => self.payload.as_slice() == [1],
            (ContentType::ALERT, 0) => length == 2 && matches!(self.payload.peek(), Some(1 | 2)),
            (ContentType::HANDSHAKE, 0) => {
                Fragment::read(&mut self.payload.clone()).is_ok_and(|fragment| fragment.is_plausible())
            }
            (
                ContentType::ALERT
                | ContentType::HANDSHAKE
                | ContentType::APPLICATION_DATA
                | ContentType::HEARTBEAT,
                1..=64,
            ) => length >= 16,
            (ContentType(_), _) => false,
        };
        content && matches!(self.version, Version::DTLS_BEFORE_1_0 | Version::DTLS_1_0 | Version::DTLS_1_2)
    }
}

/// A handshake message or a part of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fragment<'a> {
    pub(super) kind: HandshakeType,
    pub(super) length: u32,
    pub(super) offset: u32,
    pub(super) body: Reader<'a>,
}

impl<'a> Fragment<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let kind = HandshakeType(reader.u8()?);
        let length = reader.u24_be()?;
        reader.skip(2)?;
        let offset = reader.u24_be()?;
        let here = usize::try_from(reader.u24_be()?).unwrap_or(usize::MAX);
        Ok(Self { kind, length, offset, body: reader.sub(here)? })
    }

    /// Whether the message is here as a whole.
    pub(super) fn is_whole(&self) -> bool {
        usize::try_from(self.length).is_ok_and(|length| self.body.remaining() == length)
    }

    fn is_plausible(&self) -> bool {
        let end = usize::try_from(self.offset).ok().and_then(|at| at.checked_add(self.body.remaining()));
        let fits = end.is_some_and(|end| usize::try_from(self.length).is_ok_and(|length| end <= length));
        fits && self.kind.is_known() && self.length < 1 << 17
    }
}
