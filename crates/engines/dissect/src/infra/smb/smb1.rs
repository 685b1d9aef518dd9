//! Messages of SMB 1 (MS-CIFS, 2.2; MS-SMB, 2.2): negotiation and session set-up.

use wire::{Error, Reader, Result};

use super::message::Status;
use crate::infra::utf16::Text;

/// Octets of the header, and of the number of words behind it.
const HEADER: usize = 32;

/// Header of a message (MS-CIFS, 2.2.3.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) command: u8,
    pub(super) status: Status,
    flags: u8,
    flags2: u16,
}

/// Commands that are read.
pub(super) const NEGOTIATE: u8 = 0x72;
pub(super) const SESSION_SETUP_ANDX: u8 = 0x73;

/// Place of the command in a message.
pub(super) const COMMAND_AT: usize = 4;

/// The block behind the header: words, and bytes that know where they stand (Unicode is aligned to the header).
#[derive(Debug, Clone, Copy)]
struct Block<'a> {
    words: Reader<'a>,
    bytes: Bytes<'a>,
}

#[derive(Debug, Clone, Copy)]
struct Bytes<'a> {
    reader: Reader<'a>,
    start: usize,
    is_unicode: bool,
}

/// What a server answers to a negotiation (MS-CIFS, 2.2.4.52.2; MS-SMB, 2.2.4.5.2).
pub(super) struct Negotiated<'a> {
    /// Index of the dialect among those that were offered.
    pub(super) dialect: u16,
    pub(super) security_mode: SecurityMode,
    pub(super) details: Details<'a>,
}

/// What stands behind the answer's words.
pub(super) enum Details<'a> {
    /// Before NT LM 0.12 there are none of interest.
    None,
    /// Extended security.
    Extended { guid: [u8; 16], token: &'a [u8] },
    /// Challenge and response.
    Named { domain: Text<'a>, server: Text<'a> },
}

/// SecurityMode of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SecurityMode(u8);

/// What a client sends to log in (MS-CIFS, 2.2.4.53.1; MS-SMB, 2.2.4.6.1).
pub(super) struct SetupRequest<'a> {
    pub(super) login: Login<'a>,
    pub(super) domain: Text<'a>,
    pub(super) native_os: Text<'a>,
    pub(super) native_lan_manager: Text<'a>,
}

/// How it proves who it is.
pub(super) enum Login<'a> {
    Token(&'a [u8]),
    Passwords { is_empty: bool, has_user: bool },
}

/// What the server answers to that (MS-CIFS, 2.2.4.53.2; MS-SMB, 2.2.4.6.2).
pub(super) struct SetupResponse<'a> {
    pub(super) is_guest: bool,
    pub(super) token: &'a [u8],
    pub(super) native_os: Text<'a>,
    pub(super) native_lan_manager: Text<'a>,
    /// With extended security not every implementation gives it.
    pub(super) domain: Text<'a>,
}

impl Header {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut header = reader.sub(HEADER)?;
        header.skip(COMMAND_AT)?;
        Ok(Self {
            command: header.u8()?,
            status: Status(header.u32_le()?),
            flags: header.u8()?,
            flags2: header.u16_le()?,
        })
    }

    pub(super) const fn is_response(&self) -> bool {
        self.flags & 0x80 != 0
    }

    const fn is_unicode(&self) -> bool {
        self.flags2 & 0x8000 != 0
    }
}

impl SecurityMode {
    /// Whether passwords are sent as responses to a challenge.
    pub(super) const fn hides_passwords(self) -> bool {
        self.0 & 0x02 != 0
    }

    pub(super) const fn requires_signing(self) -> bool {
        self.0 & 0x08 != 0
    }
}

/// The dialects of a negotiation request (MS-CIFS, 2.2.4.52.1), as they are.
pub(super) fn read_dialects<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let block = Block::read(reader, false)?;
    Ok(block.bytes.reader.as_slice())
}

/// The names in a list of dialects: each behind a 2 and ended by NUL.
pub(super) fn dialects(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut reader = Reader::closed(list);
    std::iter::from_fn(move || {
        reader.skip(1).ok()?;
        reader.take_until(0).ok()
    })
}

impl<'a> Negotiated<'a> {
    /// No dialect was good enough.
    pub(super) const NO_DIALECT: u16 = 0xffff;
    const EXTENDED_SECURITY: u32 = 0x8000_0000;

    /// `None` when the answer is an error.
    pub(super) fn read(header: Header, reader: &mut Reader<'a>) -> Result<Option<Self>> {
        let Block { mut words, bytes } = Block::read(reader, header.is_unicode())?;
        if words.is_empty() {
            return Ok(None);
        }
        let is_lan_manager = words.remaining() < 34;
        let dialect = words.u16_le()?;
        if is_lan_manager {
            let mode = if words.is_empty() { 0 } else { words.u8()? };
            return Ok(Some(Self { dialect, security_mode: SecurityMode(mode), details: Details::None }));
        }
        let security_mode = SecurityMode(words.u8()?);
        words.skip(16)?;
        let capabilities = words.u32_le()?;
        words.skip(8 + 2)?;
        let challenge = usize::from(words.u8()?);
        let details = Self::details(capabilities, challenge, bytes)?;
        Ok(Some(Self { dialect, security_mode, details }))
    }

    fn details(capabilities: u32, challenge: usize, mut bytes: Bytes<'a>) -> Result<Details<'a>> {
        if capabilities & Self::EXTENDED_SECURITY != 0 {
            return Ok(Details::Extended { guid: bytes.reader.array()?, token: bytes.reader.rest() });
        }
        bytes.reader.skip(challenge)?;
        // Here Unicode is not aligned.
        bytes.start = bytes.reader.consumed() & 1;
        Ok(Details::Named { domain: bytes.text(), server: bytes.text() })
    }
}

impl<'a> SetupRequest<'a> {
    const EXTENDED: usize = 24;
    const LAN_MANAGER: usize = 20;

    pub(super) fn read(header: Header, reader: &mut Reader<'a>) -> Result<Self> {
        let Block { mut words, mut bytes } = Block::read(reader, header.is_unicode())?;
        let size = words.remaining();
        words.skip(4 + 2 + 2 + 2 + 4)?;
        let first = usize::from(words.u16_le()?);
        if size == Self::EXTENDED {
            let token = bytes.reader.take(first)?;
            let (native_os, native_lan_manager) = (bytes.text(), bytes.text());
            let domain = bytes.text();
            return Ok(Self { login: Login::Token(token), domain, native_os, native_lan_manager });
        }
        let second = if size == Self::LAN_MANAGER { 0 } else { usize::from(words.u16_le()?) };
        let (first, second) = (bytes.reader.take(first)?, bytes.reader.take(second)?);
        let is_empty = [first, second].iter().all(|password| matches!(password, [] | [0]));
        let has_user = !bytes.text().is_empty();
        Ok(Self {
            login: Login::Passwords { is_empty, has_user },
            domain: bytes.text(),
            native_os: bytes.text(),
            native_lan_manager: bytes.text(),
        })
    }
}

impl<'a> SetupResponse<'a> {
    const EXTENDED: usize = 8;

    /// `None` when the answer is an error without contents.
    pub(super) fn read(header: Header, reader: &mut Reader<'a>) -> Result<Option<Self>> {
        let Block { mut words, mut bytes } = Block::read(reader, header.is_unicode())?;
        if words.is_empty() {
            return Ok(None);
        }
        let is_extended = words.remaining() == Self::EXTENDED;
        words.skip(4)?;
        let is_guest = words.u16_le()? & 1 != 0;
        let token = if is_extended { bytes.reader.take(usize::from(words.u16_le()?))? } else { &[] };
        Ok(Some(Self {
            is_guest,
            token,
            native_os: bytes.text(),
            native_lan_manager: bytes.text(),
            domain: bytes.text(),
        }))
    }
}

impl<'a> Block<'a> {
    fn read(reader: &mut Reader<'a>, is_unicode: bool) -> Result<Self> {
        let count = usize::from(reader.u8()?) * 2;
        let words = reader.sub(count)?;
        let length = usize::from(reader.u16_le()?);
        let start = HEADER + 1 + count + 2;
        // Some old systems count fewer bytes than they send, none sends fewer than it counts.
        let bytes = Bytes { reader: reader.sub(length)?, start, is_unicode };
        Ok(Self { words, bytes })
    }
}

impl<'a> Bytes<'a> {
    /// The next text. At the end of the bytes the NUL may be missing, and the whole text.
    fn text(&mut self) -> Text<'a> {
        if !self.is_unicode {
            let end = self.reader.take_until(0);
            return Text::Oem(end.unwrap_or_else(|_: Error| self.reader.rest()));
        }
        if !(self.start + self.reader.consumed()).is_multiple_of(2) && self.reader.skip(1).is_err() {
            return Text::Unicode(&[]);
        }
        let (units, _) = self.reader.as_slice().as_chunks::<2>();
        let length = units.iter().position(|unit| *unit == [0, 0]);
        match length.map(|units| self.reader.take(units * 2)) {
            Some(Ok(text)) => {
                // The NUL was found there.
                let _nul = self.reader.skip(2);
                Text::Unicode(text)
            }
            Some(Err(_)) | None => Text::Unicode(self.reader.rest()),
        }
    }
}
