//! DNS messages (RFC 1035, 4.1), read in place: shared by multicast DNS and LLMNR, which use the same format.

use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wire::{Limit, Reader};

/// Entries of one message that are read.
pub(in crate::infra) const ENTRIES: Limit = Limit::new(
    "dns_entries",
    1_024,
    "a full mDNS announcement has some dozens, a zone transfer message some hundreds",
);

/// Octets of a name (RFC 1035, 3.1) and jumps within it.
const NAME: Limit = Limit::new("dns_name", 255, "RFC 1035, 2.3.4");
const JUMPS: Limit = Limit::new("dns_jumps", 16, "a name needs one jump; encoders chain two or three");

/// The twelve octets of the header (4.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::infra) struct Header {
    pub(in crate::infra) id: u16,
    pub(in crate::infra) flags: Flags,
    pub(in crate::infra) questions: u16,
    pub(in crate::infra) answers: u16,
    pub(in crate::infra) authorities: u16,
    pub(in crate::infra) additionals: u16,
}

/// The second 16 bits of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::infra) struct Flags(pub(in crate::infra) u16);

/// OPCODE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::infra) struct Opcode(pub(in crate::infra) u16);

/// TYPE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::infra) struct Type(pub(in crate::infra) u16);

/// CLASS, without the top bit that multicast DNS uses (RFC 6762, 5.4 and 10.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::infra) struct Class(pub(in crate::infra) u16);

/// A message whose header was read.
#[derive(Debug, Clone, Copy)]
pub(in crate::infra) struct Message<'a> {
    pub(in crate::infra) header: Header,
    bytes: &'a [u8],
    body: Reader<'a>,
}

/// A name, still compressed. Printed as labels with dots between.
#[derive(Clone, Copy)]
pub(in crate::infra) struct Name<'a> {
    message: &'a [u8],
    offset: usize,
}

/// An entry of the question section.
#[derive(Debug, Clone, Copy)]
pub(in crate::infra) struct Question<'a> {
    pub(in crate::infra) name: Name<'a>,
    pub(in crate::infra) kind: Type,
    pub(in crate::infra) class: Class,
}

/// A resource record (4.1.3).
#[derive(Debug, Clone, Copy)]
pub(in crate::infra) struct Record<'a> {
    pub(in crate::infra) owner: Name<'a>,
    pub(in crate::infra) kind: Type,
    pub(in crate::infra) class: Class,
    pub(in crate::infra) data: Reader<'a>,
    message: &'a [u8],
    data_at: usize,
}

/// Section of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::infra) enum Section {
    Answer,
    Authority,
    Additional,
}

/// A question or a record.
#[derive(Debug, Clone, Copy)]
pub(in crate::infra) enum Entry<'a> {
    Question(Question<'a>),
    Record(Section, Record<'a>),
}

/// Why the rest of a message cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::infra) enum Fault {
    /// It ends within an entry.
    Overrun,
    /// A label is of an undefined type, or the name is too long.
    BadName,
    /// More entries than [`ENTRIES`].
    TooMany,
}

/// The entries of a message, in order, until one cannot be read.
#[derive(Debug)]
pub(in crate::infra) struct Entries<'a> {
    message: Message<'a>,
    read: usize,
    fault: Option<Fault>,
}

/// The labels of a name, decompressed.
#[derive(Clone)]
pub(in crate::infra) struct Labels<'a> {
    message: &'a [u8],
    reader: Reader<'a>,
    start: usize,
    length: usize,
    jumps: usize,
    state: Walk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    Going,
    Ended,
    Broken,
}

impl Flags {
    pub(in crate::infra) const fn is_response(self) -> bool {
        self.0 & 0x8000 != 0
    }

    pub(in crate::infra) const fn opcode(self) -> Opcode {
        Opcode(self.0 >> 11 & 0x0f)
    }

    pub(in crate::infra) const fn is_truncated(self) -> bool {
        self.0 & 0x0200 != 0
    }

    /// The bit that must be zero (RFC 6895, 2).
    pub(in crate::infra) const fn reserved_is_zero(self) -> bool {
        self.0 & 0x0040 == 0
    }
}

impl Opcode {
    pub(in crate::infra) const QUERY: Self = Self(0);
    pub(in crate::infra) const STATUS: Self = Self(2);
    pub(in crate::infra) const NOTIFY: Self = Self(4);
    pub(in crate::infra) const UPDATE: Self = Self(5);
}

impl Type {
    pub(in crate::infra) const A: Self = Self(1);
    pub(in crate::infra) const PTR: Self = Self(12);
    pub(in crate::infra) const HINFO: Self = Self(13);
    pub(in crate::infra) const TXT: Self = Self(16);
    pub(in crate::infra) const AAAA: Self = Self(28);
    pub(in crate::infra) const SRV: Self = Self(33);

    /// Whether it lies where types are assigned and in use (IANA "Resource Record (RR) TYPEs"). BIND uses the last for
    /// private use to keep the state of signed zones.
    pub(in crate::infra) const fn is_assigned(self) -> bool {
        matches!(self.0, 1..=67 | 99..=109 | 249..=261 | 32_768 | 32_769 | 65_534)
    }
}

impl Class {
    pub(in crate::infra) const IN: Self = Self(1);
    pub(in crate::infra) const CHAOS: Self = Self(3);
    pub(in crate::infra) const NONE: Self = Self(254);
    pub(in crate::infra) const ANY: Self = Self(255);

    pub(in crate::infra) const fn is_assigned(self) -> bool {
        matches!(self, Self::IN | Self::CHAOS | Self(4) | Self::NONE | Self::ANY)
    }
}

impl<'a> Message<'a> {
    /// Reads the header.
    pub(in crate::infra) fn read(bytes: &'a [u8]) -> wire::Result<Self> {
        let mut reader = Reader::closed(bytes);
        let header = Header {
            id: reader.u16_be()?,
            flags: Flags(reader.u16_be()?),
            questions: reader.u16_be()?,
            answers: reader.u16_be()?,
            authorities: reader.u16_be()?,
            additionals: reader.u16_be()?,
        };
        Ok(Self { header, bytes, body: reader })
    }

    /// Whether the entries that the header counts can fit: a question takes 5 octets at least, a record 11.
    pub(in crate::infra) fn counts_fit(&self, length: usize) -> bool {
        let header = self.header;
        let records =
            usize::from(header.answers) + usize::from(header.authorities) + usize::from(header.additionals);
        12 + usize::from(header.questions) * 5 + records * 11 <= length
    }

    /// Whether there is nothing in it but a header.
    pub(in crate::infra) const fn is_empty(&self) -> bool {
        let header = self.header;
        header.questions == 0 && header.answers == 0 && header.authorities == 0 && header.additionals == 0
    }

    /// The entries.
    pub(in crate::infra) const fn entries(&self) -> Entries<'a> {
        Entries { message: *self, read: 0, fault: None }
    }

    fn name(&mut self) -> Result<Name<'a>, Fault> {
        let offset = self.body.consumed();
        skip_name(&mut self.body)?;
        Ok(Name { message: self.bytes, offset })
    }

    fn question(&mut self) -> Result<Question<'a>, Fault> {
        Ok(Question {
            name: self.name()?,
            kind: Type(self.body.u16_be()?),
            class: Class(self.body.u16_be()? & 0x7fff),
        })
    }

    fn record(&mut self) -> Result<Record<'a>, Fault> {
        let owner = self.name()?;
        let kind = Type(self.body.u16_be()?);
        let class = Class(self.body.u16_be()? & 0x7fff);
        self.body.skip(4)?;
        let length = usize::from(self.body.u16_be()?);
        let data_at = self.body.consumed();
        let data = self.body.sub(length)?;
        Ok(Record { owner, kind, class, data, message: self.bytes, data_at })
    }
}

impl Entries<'_> {
    /// Why it ended early, if it did.
    pub(in crate::infra) const fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// Whether every entry was read and nothing is left.
    pub(in crate::infra) const fn is_exact(&self) -> bool {
        self.fault.is_none() && self.message.body.is_empty()
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let header = self.message.header;
        let questions = usize::from(header.questions);
        let answers = questions + usize::from(header.answers);
        let authorities = answers + usize::from(header.authorities);
        let all = authorities + usize::from(header.additionals);
        if self.fault.is_some() || self.read >= all {
            return None;
        }
        if !ENTRIES.allows(self.read + 1) {
            self.fault = Some(Fault::TooMany);
            return None;
        }
        let entry = match self.read {
            at if at < questions => self.message.question().map(Entry::Question),
            at if at < answers => self.message.record().map(|it| Entry::Record(Section::Answer, it)),
            at if at < authorities => self.message.record().map(|it| Entry::Record(Section::Authority, it)),
            _ => self.message.record().map(|it| Entry::Record(Section::Additional, it)),
        };
        self.read += 1;
        self.fault = entry.as_ref().err().copied();
        entry.ok()
    }
}

impl<'a> Record<'a> {
    /// The address of an A or AAAA record of the Internet class.
    pub(in crate::infra) fn address(&self) -> Option<IpAddr> {
        let mut data = self.data;
        let address = match (self.class, self.kind) {
            (Class::IN, Type::A) => IpAddr::V4(Ipv4Addr::from(data.array::<4>().ok()?)),
            (Class::IN, Type::AAAA) => IpAddr::V6(Ipv6Addr::from(data.array::<16>().ok()?)),
            _ => return None,
        };
        data.is_empty().then_some(address)
    }

    /// The name that lies `skip` octets into the data.
    pub(in crate::infra) fn name(&self, skip: usize) -> Option<Name<'a>> {
        let mut data = self.data;
        data.skip(skip).ok()?;
        skip_name(&mut data).ok()?;
        Some(Name { message: self.message, offset: self.data_at + skip })
    }

    /// The counted strings of a TXT or HINFO record.
    pub(in crate::infra) fn strings(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut data = self.data;
        std::iter::from_fn(move || {
            let length = usize::from(data.u8().ok()?);
            data.take(length).ok()
        })
    }
}

impl<'a> Name<'a> {
    /// The name that `reader`, which is over all of `message`, comes to.
    pub(in crate::infra) fn read(message: &'a [u8], reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let offset = reader.consumed();
        skip_name(reader)?;
        Ok(Self { message, offset })
    }

    /// The name at another place of the message.
    #[cfg(test)]
    pub(super) const fn move_to(&mut self, offset: usize) {
        self.offset = offset;
    }

    /// The labels from the left.
    pub(in crate::infra) fn labels(&self) -> Labels<'a> {
        let mut reader = Reader::closed(self.message);
        let state = if reader.skip(self.offset).is_ok() { Walk::Going } else { Walk::Broken };
        Labels { message: self.message, reader, start: self.offset, length: 0, jumps: 0, state }
    }

    /// Octets when written with dots; `None` when a jump leads astray or the name is too long.
    pub(in crate::infra) fn text_length(&self) -> Option<usize> {
        let mut labels = self.labels();
        let mut length = 0_usize;
        for label in &mut labels {
            length += label.len() + 1;
        }
        (labels.state == Walk::Ended).then(|| length.saturating_sub(1))
    }

    /// Whether it ends without a jump, as the first name of a message does, which has nothing to jump to.
    pub(super) fn is_written_out(&self) -> bool {
        let mut labels = self.labels();
        labels.by_ref().for_each(drop);
        labels.state == Walk::Ended && labels.jumps == 0
    }

    /// Whether its last labels are `suffix`, whatever their case.
    pub(in crate::infra) fn ends_with(&self, suffix: &[&str]) -> bool {
        let count = self.labels().count();
        let Some(skip) = count.checked_sub(suffix.len()) else { return false };
        self.labels()
            .skip(skip)
            .zip(suffix)
            .all(|(label, wanted)| label.eq_ignore_ascii_case(wanted.as_bytes()))
    }

    /// Whether its first label starts with `_`, as a service type does (RFC 6335, 5.2).
    pub(in crate::infra) fn is_service_type(&self) -> bool {
        self.labels().next().is_some_and(|label| label.first() == Some(&b'_'))
    }

    /// The address that a reverse name stands for: `1.0.0.10.in-addr.arpa`, or 32 nibbles under `ip6.arpa`.
    pub(in crate::infra) fn reverse_address(&self) -> Option<IpAddr> {
        if self.ends_with(&["in-addr", "arpa"]) {
            let mut octets = [0_u8; 4];
            let mut labels = self.labels();
            for octet in octets.iter_mut().rev() {
                *octet = std::str::from_utf8(labels.next()?).ok()?.parse().ok()?;
            }
            return (labels.count() == 2).then(|| IpAddr::from(octets));
        }
        if self.ends_with(&["ip6", "arpa"]) {
            let mut octets = [0_u8; 16];
            let mut labels = self.labels();
            for octet in octets.iter_mut().rev() {
                *octet = nibble(labels.next()?)? | nibble(labels.next()?)? << 4;
            }
            return (labels.count() == 2).then(|| IpAddr::from(octets));
        }
        None
    }
}

impl<'a> Iterator for Labels<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        while self.state == Walk::Going {
            match self.step() {
                Some(Some(label)) => return Some(label),
                Some(None) => {}
                None => self.state = Walk::Broken,
            }
        }
        None
    }
}

impl<'a> Labels<'a> {
    /// One label, one jump (`Some(None)`), the end (`Some(None)`), or a broken name (`None`).
    fn step(&mut self) -> Option<Option<&'a [u8]>> {
        match self.reader.u8().ok()? {
            0 => {
                self.state = Walk::Ended;
                Some(None)
            }
            length @ 1..=63 => {
                self.length += usize::from(length) + 1;
                let label = self.reader.take(usize::from(length)).ok()?;
                NAME.allows(self.length).then_some(Some(label))
            }
            high @ 0xc0..=0xff => {
                let target = usize::from(u16::from_be_bytes([high & 0x3f, self.reader.u8().ok()?]));
                self.jumps += 1;
                // Only backwards: a loop would have to go forward somewhere.
                if target >= self.start || !JUMPS.allows(self.jumps) {
                    return None;
                }
                self.start = target;
                self.reader = Reader::closed(self.message);
                self.reader.skip(target).ok()?;
                Some(None)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, label) in self.labels().enumerate() {
            if index > 0 {
                f.write_char('.')?;
            }
            match std::str::from_utf8(label) {
                Ok(text) => f.write_str(text)?,
                Err(_) => label.iter().try_for_each(|&byte| f.write_char(char::from(byte)))?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<wire::Error> for Fault {
    fn from(_: wire::Error) -> Self {
        Self::Overrun
    }
}

/// Passes over a name: labels up to the root or the first jump.
fn skip_name(reader: &mut Reader<'_>) -> Result<(), Fault> {
    let mut length = 0_usize;
    loop {
        match reader.u8()? {
            0 => return Ok(()),
            label @ 1..=63 => {
                length += usize::from(label) + 1;
                reader.skip(usize::from(label))?;
            }
            0xc0..=0xff => return reader.skip(1).map_err(Fault::from),
            _ => return Err(Fault::BadName),
        }
        if !NAME.allows(length) {
            return Err(Fault::BadName);
        }
    }
}

/// One hexadecimal digit.
fn nibble(label: &[u8]) -> Option<u8> {
    let [digit] = label else { return None };
    char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
