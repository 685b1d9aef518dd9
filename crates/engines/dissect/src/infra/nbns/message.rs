//! Packets of the NetBIOS name service (RFC 1002, 4.2).

use std::fmt::{self, Write as _};
use std::net::Ipv4Addr;

use model::MacAddr;
use wire::{Limit, Reader};

/// Labels of a scope behind the encoded name.
const SCOPE: Limit = Limit::new("netbios_scope_labels", 8, "scopes are hardly used and two labels long");

/// LABEL_STRING_PTR of 4.2.1.2: the two upper bits of what stands for a name.
const POINTER: u16 = 0xc000;

/// A NetBIOS name: fifteen octets, and one that says what the name is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::infra) struct NetbiosName {
    pub(in crate::infra) name: [u8; 15],
    pub(in crate::infra) suffix: u8,
}

/// The header (4.2.1.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) flags: u16,
    pub(super) questions: u16,
    pub(super) answers: u16,
    pub(super) authorities: u16,
    pub(super) additionals: u16,
}

/// OPCODE without the response bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opcode(pub(super) u16);

/// RR_TYPE and QUESTION_TYPE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type(pub(super) u16);

/// NB_FLAGS and NAME_FLAGS: only the top bit is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NameFlags(pub(super) u16);

/// A resource record with its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) name: NetbiosName,
    pub(super) kind: Type,
    pub(super) data: Reader<'a>,
}

/// What a packet holds: one question, one record, or a question and the record that is to be registered.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameServicePacket<'a> {
    pub(super) header: Header,
    pub(super) record: Option<Record<'a>>,
    /// Whether a record that the header counts could not be read.
    pub(super) overrun: bool,
}

impl NetbiosName {
    /// The wildcard, which names nobody.
    pub(in crate::infra) const fn is_wildcard(&self) -> bool {
        let [first, ..] = self.name;
        first == b'*'
    }

    /// The name without its padding.
    pub(in crate::infra) fn trimmed(&self) -> &[u8] {
        let end = self.name.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |last| last + 1);
        self.name.get(..end).unwrap_or_default()
    }

    /// First-level encoding (RFC 1001, 14.1): a label of 32 letters, then the labels of a scope, then the root.
    pub(in crate::infra) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut inner = *reader;
        if inner.u8().ok()? != 32 {
            return None;
        }
        let letters: [u8; 32] = inner.array().ok()?;
        let mut name = [0_u8; 15];
        let mut pairs = letters.chunks_exact(2).map(|pair| match pair {
            [high, low] => Some(half(*high)? << 4 | half(*low)?),
            _ => None,
        });
        for octet in &mut name {
            *octet = pairs.next()??;
        }
        let suffix = pairs.next()??;
        for _ in 0..=SCOPE.max {
            match inner.u8().ok()? {
                0 => {
                    *reader = inner;
                    return Some(Self { name, suffix });
                }
                length @ 1..=63 => inner.skip(usize::from(length)).ok()?,
                _ => return None,
            }
        }
        None
    }
}

impl fmt::Display for NetbiosName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.trimmed() {
            if byte.is_ascii_control() {
                write!(f, "<{byte:02x}>")?;
            } else {
                f.write_char(char::from(byte))?;
            }
        }
        write!(f, "<{:02x}>", self.suffix)
    }
}

impl fmt::Debug for NetbiosName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Header {
    fn read(reader: &mut Reader<'_>) -> wire::Result<Self> {
        reader.skip(2)?;
        Ok(Self {
            flags: reader.u16_be()?,
            questions: reader.u16_be()?,
            answers: reader.u16_be()?,
            authorities: reader.u16_be()?,
            additionals: reader.u16_be()?,
        })
    }

    pub(super) const fn is_response(&self) -> bool {
        self.flags & 0x8000 != 0
    }

    pub(super) const fn opcode(&self) -> Opcode {
        Opcode(self.flags >> 11 & 0x0f)
    }

    /// RCODE.
    pub(super) const fn result(&self) -> u16 {
        self.flags & 0x0f
    }

    /// The four shapes of 4.2: question; question and record to register; answer; nothing but a code.
    const fn is_plausible(&self) -> bool {
        let known = matches!(
            self.opcode(),
            Opcode::QUERY
                | Opcode::REGISTRATION
                | Opcode::RELEASE
                | Opcode::WAIT
                | Opcode::REFRESH
                | Opcode::REFRESH_ALTERNATE
                | Opcode::MULTIHOMED
        );
        let shape = matches!(
            (self.questions, self.answers, self.authorities, self.additionals),
            (1, 0, 0, 0 | 1) | (0, 1, 0 | 1, _) | (1, 1, 0, 0)
        );
        known && shape
    }
}

impl Opcode {
    pub(super) const QUERY: Self = Self(0);
    pub(super) const REGISTRATION: Self = Self(5);
    pub(super) const RELEASE: Self = Self(6);
    pub(super) const WAIT: Self = Self(7);
    pub(super) const REFRESH: Self = Self(8);
    pub(super) const REFRESH_ALTERNATE: Self = Self(9);
    pub(super) const MULTIHOMED: Self = Self(15);
}

impl Type {
    pub(super) const NB: Self = Self(0x20);
    pub(super) const NBSTAT: Self = Self(0x21);

    /// Types of 4.2.1.3 (A, NS, NULL, NB, NBSTAT).
    const fn is_known(self) -> bool {
        matches!(self.0, 0x01 | 0x02 | 0x0a | 0x20 | 0x21)
    }
}

impl NameFlags {
    /// Whether the name is of a group rather than of one station.
    pub(super) const fn is_group(self) -> bool {
        self.0 & 0x8000 != 0
    }
}

impl<'a> NameServicePacket<'a> {
    /// Reads a packet; `None` when it is of something else.
    pub(super) fn read(payload: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::closed(payload);
        let header = Header::read(&mut reader).ok()?;
        if !header.is_plausible() {
            return None;
        }
        let name = NetbiosName::read(&mut reader)?;
        let kind = Type(reader.u16_be().ok()?);
        let class = reader.u16_be().ok()?;
        if !kind.is_known() || class != 1 {
            return None;
        }
        let record = if header.questions == 0 {
            Some(read_data(name, kind, &mut reader))
        } else if header.answers + header.additionals > 0 {
            Some(read_record(name, &mut reader))
        } else {
            None
        };
        let overrun = matches!(record, Some(Err(_)));
        Some(Self { header, record: record.and_then(Result::ok), overrun })
    }
}

impl<'a> Record<'a> {
    /// The addresses of an NB record (4.2.2): flags and address each.
    pub(super) fn addresses(&self) -> impl Iterator<Item = (NameFlags, Ipv4Addr)> {
        let mut data = self.data;
        std::iter::from_fn(move || {
            let flags = NameFlags(data.u16_be().ok()?);
            Some((flags, Ipv4Addr::from(data.array::<4>().ok()?)))
        })
    }

    /// The names of a node status response (4.2.18) and, behind them, the unit's address.
    pub(super) fn status(&self) -> wire::Result<(Reader<'a>, MacAddr)> {
        let mut data = self.data;
        let count = usize::from(data.u8()?);
        let names = data.sub(count * 18)?;
        Ok((names, MacAddr::new(data.array()?)))
    }
}

/// One NODE_NAME of a node status response.
pub(super) fn read_node_name(reader: &mut Reader<'_>) -> wire::Result<(NetbiosName, NameFlags)> {
    let name = NetbiosName { name: reader.array()?, suffix: reader.u8()? };
    Ok((name, NameFlags(reader.u16_be()?)))
}

/// The record behind a question: its name is a pointer to the question's, or spelled again.
fn read_record<'a>(question: NetbiosName, reader: &mut Reader<'a>) -> wire::Result<Record<'a>> {
    let name = match NetbiosName::read(reader) {
        Some(name) => name,
        None if reader.u16_be()? & POINTER == POINTER => question,
        None => return Err(wire::Error::Trailing { left: reader.remaining() }),
    };
    let kind = Type(reader.u16_be()?);
    reader.skip(2)?;
    read_data(name, kind, reader)
}

/// TTL, length, data.
fn read_data<'a>(name: NetbiosName, kind: Type, reader: &mut Reader<'a>) -> wire::Result<Record<'a>> {
    reader.skip(4)?;
    let length = usize::from(reader.u16_be()?);
    Ok(Record { name, kind, data: reader.sub(length)? })
}

/// Half an octet as a letter from `A` to `P`.
fn half(letter: u8) -> Option<u8> {
    letter.checked_sub(b'A').filter(|half| *half < 16)
}
