//! A walk through a data set (PS3.5 7) that arrives in pieces: element headers are read, the values of equipment
//! attributes are kept, everything else is passed over by its length.

use wire::{Limit, Reader};

/// How elements are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    ImplicitLittle,
    ExplicitLittle,
    ExplicitBig,
}

/// Tag of an element: group and element number.
pub(super) type Tag = (u16, u16);

/// Where the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Header,
    Value { tag: Tag, left: usize },
    Skip { left: u64 },
    End,
}

/// The walk.
#[derive(Debug)]
pub(super) struct Walk {
    encoding: Option<Encoding>,
    at: At,
    /// Open sequences and items of undefined length; a sequence of interest counts too.
    depth: usize,
    /// Bytes of a header or a value that is not complete.
    pending: Vec<u8>,
    broken: bool,
}

/// An element's header.
struct Header {
    tag: Tag,
    length: u32,
    /// Bytes of the header itself.
    size: usize,
}

/// What is kept: equipment, never the patient.
pub(super) const WANTED: &[Tag] = &[
    MODALITY,
    MANUFACTURER,
    INSTITUTION,
    STATION_NAME,
    MODEL,
    SERIAL,
    DEVICE_UID,
    UDI,
    SOFTWARE,
    PERFORMED_STATION_AE,
    PERFORMED_STATION_NAME,
];
pub(super) const MODALITY: Tag = (0x0008, 0x0060);
pub(super) const MANUFACTURER: Tag = (0x0008, 0x0070);
pub(super) const INSTITUTION: Tag = (0x0008, 0x0080);
pub(super) const STATION_NAME: Tag = (0x0008, 0x1010);
pub(super) const MODEL: Tag = (0x0008, 0x1090);
pub(super) const SERIAL: Tag = (0x0018, 0x1000);
pub(super) const DEVICE_UID: Tag = (0x0018, 0x1002);
pub(super) const UDI: Tag = (0x0018, 0x1009);
pub(super) const SOFTWARE: Tag = (0x0018, 0x1020);
pub(super) const PERFORMED_STATION_AE: Tag = (0x0040, 0x0241);
pub(super) const PERFORMED_STATION_NAME: Tag = (0x0040, 0x0242);

const UDI_SEQUENCE: Tag = (0x0018, 0x100a);
const ITEM: Tag = (0xfffe, 0xe000);
const ITEM_END: Tag = (0xfffe, 0xe00d);
const SEQUENCE_END: Tag = (0xfffe, 0xe0dd);
/// After this element of the outermost level nothing of interest comes: tags ascend (PS3.5 7.1).
const LAST: Tag = PERFORMED_STATION_NAME;
const UNDEFINED: u32 = u32::MAX;
/// Value representations with a length of four bytes (PS3.5 7.1.2).
const LONG: &[[u8; 2]] =
    &[*b"OB", *b"OD", *b"OF", *b"OL", *b"OV", *b"OW", *b"SQ", *b"SV", *b"UC", *b"UN", *b"UR", *b"UT", *b"UV"];

const VALUE: Limit =
    Limit::new("dicom_value", 1_024, "a long string has 64 characters; software versions are a few of them");
const DEPTH: Limit = Limit::new("dicom_sequence_depth", 32, "real data sets nest a few sequences");

impl Encoding {
    /// By transfer syntax UID (PS3.6 A); `None` for deflated ones.
    pub(super) fn of(transfer_syntax: &[u8]) -> Option<Self> {
        match transfer_syntax {
            b"1.2.840.10008.1.2" => Some(Self::ImplicitLittle),
            b"1.2.840.10008.1.2.2" => Some(Self::ExplicitBig),
            b"1.2.840.10008.1.2.1.99" | b"1.2.840.10008.1.2.4.95" | b"1.2.840.10008.1.2.4.205" => None,
            _ => Some(Self::ExplicitLittle),
        }
    }

    /// By the first element: group 0008 or so, and whether a value representation follows the tag.
    fn guess(bytes: &[u8]) -> Option<Self> {
        let [a, b, _, _, v, w] = *bytes.first_chunk::<6>()?;
        let is_explicit = v.is_ascii_uppercase() && w.is_ascii_uppercase();
        match (a, b, is_explicit) {
            (0, 1..=0x20, true) => Some(Self::ExplicitBig),
            (1..=0x20, 0, true) => Some(Self::ExplicitLittle),
            (1..=0x20, 0, false) => Some(Self::ImplicitLittle),
            _ => None,
        }
    }
}

impl Walk {
    /// A walk; without encoding it is guessed from the first element.
    pub(super) const fn new(encoding: Option<Encoding>) -> Self {
        Self { encoding, at: At::Header, depth: 0, pending: Vec::new(), broken: false }
    }

    /// A walk over nothing: the data set is passed over whole.
    pub(super) const fn over() -> Self {
        Self { encoding: None, at: At::End, depth: 0, pending: Vec::new(), broken: false }
    }

    /// Bytes that may be passed over without being shown.
    pub(super) const fn skippable(&self) -> u64 {
        match self.at {
            At::Skip { left } => left,
            At::End => u64::MAX,
            At::Header | At::Value { .. } => 0,
        }
    }

    /// So many bytes were passed over.
    pub(super) const fn skipped(&mut self, count: u64) {
        if let At::Skip { left } = self.at {
            let left = left.saturating_sub(count);
            self.at = if left == 0 { At::Header } else { At::Skip { left } };
        }
    }

    /// Whether the data set made no sense.
    pub(super) const fn is_broken(&self) -> bool {
        self.broken
    }

    pub(super) const fn memory(&self) -> usize {
        self.pending.capacity()
    }

    /// The next bytes, up to what may be passed over; `keep` gets each wanted value. Says how many were read.
    pub(super) fn feed(&mut self, bytes: &[u8], mut keep: impl FnMut(Tag, &[u8])) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.at {
                At::End | At::Skip { .. } => break,
                At::Value { tag, left } => rest = self.value(tag, left, rest, &mut keep),
                At::Header => rest = self.header(rest),
            }
        }
        bytes.len().saturating_sub(rest.len())
    }

    /// Gathers a value. Gives back what is behind it.
    fn value<'b>(
        &mut self,
        tag: Tag,
        left: usize,
        bytes: &'b [u8],
        keep: &mut impl FnMut(Tag, &[u8]),
    ) -> &'b [u8] {
        let here = left.min(bytes.len());
        let (value, rest) = (bytes.get(..here).unwrap_or_default(), bytes.get(here..).unwrap_or_default());
        if here < left {
            self.pending.extend_from_slice(value);
            self.at = At::Value { tag, left: left - here };
            return rest;
        }
        if self.pending.is_empty() {
            keep(tag, value);
        } else {
            self.pending.extend_from_slice(value);
            keep(tag, &self.pending);
            self.pending.clear();
        }
        self.at = At::Header;
        rest
    }

    /// Gathers and reads a header. Gives back what is behind it.
    fn header<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let waiting = self.pending.len();
        let wanted = HEADER_MAX.saturating_sub(waiting).min(bytes.len());
        self.pending.extend_from_slice(bytes.get(..wanted).unwrap_or_default());
        let pending = std::mem::take(&mut self.pending);
        let read = self.read_header(&pending);
        self.pending = pending;
        match read {
            Ok(Some(header)) => {
                self.pending.clear();
                self.enter(&header);
                bytes.get(header.size.saturating_sub(waiting)..).unwrap_or_default()
            }
            Ok(None) => {
                self.give_up();
                bytes.get(GUESS.saturating_sub(waiting)..).unwrap_or_default()
            }
            // Fewer bytes than a header has: all of them wait in `pending`.
            Err(_) => &[],
        }
    }

    /// A header; `None` when the encoding cannot be told, an error when bytes are missing.
    fn read_header(&mut self, bytes: &[u8]) -> wire::Result<Option<Header>> {
        let mut reader = Reader::open(bytes);
        if self.encoding.is_none() {
            Reader::open(bytes).skip(GUESS)?;
            self.encoding = Encoding::guess(bytes);
        }
        let Some(encoding) = self.encoding else { return Ok(None) };
        let big = encoding == Encoding::ExplicitBig;
        let half = |reader: &mut Reader<'_>| if big { reader.u16_be() } else { reader.u16_le() };
        let word = |reader: &mut Reader<'_>| if big { reader.u32_be() } else { reader.u32_le() };
        let tag = (half(&mut reader)?, half(&mut reader)?);
        let length = if encoding == Encoding::ImplicitLittle || tag.0 == ITEM.0 {
            word(&mut reader)?
        } else if LONG.contains(&reader.array()?) {
            reader.skip(2)?;
            word(&mut reader)?
        } else {
            u32::from(half(&mut reader)?)
        };
        Ok(Some(Header { tag, length, size: reader.consumed() }))
    }

    fn enter(&mut self, header: &Header) {
        let Header { tag, length, .. } = *header;
        self.at = At::Header;
        match tag {
            ITEM_END | SEQUENCE_END => self.depth = self.depth.saturating_sub(1),
            ITEM if length == UNDEFINED => self.descend(),
            // An item of known length: its elements are read only inside the sequence of interest, which has
            // nothing else; elsewhere its elements are as good as any.
            ITEM if self.depth == 0 => {}
            ITEM => self.pass(length),
            UDI_SEQUENCE if length != UNDEFINED => {}
            _ if length == UNDEFINED => self.descend(),
            // Group 0050 describes a device inside the sequence of interest; nothing else of interest follows `LAST`.
            _ if self.depth == 0 && tag > LAST && tag.0 != 0x0050 => self.at = At::End,
            _ if WANTED.contains(&tag) && (self.depth == 0 || tag == UDI) => self.want(tag, length),
            _ => self.pass(length),
        }
    }

    fn want(&mut self, tag: Tag, length: u32) {
        match usize::try_from(length) {
            Ok(0) => {}
            Ok(left) if VALUE.allows(left) => self.at = At::Value { tag, left },
            _ => self.pass(length),
        }
    }

    fn pass(&mut self, length: u32) {
        if length > 0 {
            self.at = At::Skip { left: u64::from(length) };
        }
    }

    fn descend(&mut self) {
        self.depth += 1;
        if !DEPTH.allows(self.depth) {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        self.broken = true;
        self.pending.clear();
        self.at = At::End;
    }
}

/// Bytes that tell the encoding: tag and, where there is one, value representation.
const GUESS: usize = 6;
/// Longest header: tag, value representation, reserved, length.
const HEADER_MAX: usize = 12;
