//! From an IPP message to notes.

use wire::{Limit, Reader};

use super::anomaly::IppAnomaly;
use super::message::{Header, Item, Tag};
use super::{PROTOCOL, observe};
use crate::{Chunk, Notes, Session, Side, Step};

/// Attributes behind this many bytes are not read.
pub(in crate::infra) const BODY: Limit =
    Limit::new("ipp_body", 16 << 10, "the whole description of an office printer fits");

/// Reads what `body` holds of a response: the whole, or its start.
pub(in crate::infra) fn read(body: &[u8], notes: &mut Notes) {
    let mut attributes = Attributes::default();
    let mut reader = Reader::open(body);
    while let Ok(Next::Go) = attributes.next(&mut reader, notes) {}
}

/// A message on its own: responses are read, requests are not.
#[derive(Debug, Default)]
pub(super) struct Ipp(Attributes);

impl Session for Ipp {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        if chunk.side == Side::Originator {
            return Step::Done;
        }
        let mut reader = Reader::open(chunk.bytes);
        match self.0.next(&mut reader, notes) {
            Ok(Next::Go) => Step::Consumed(reader.consumed()),
            Ok(Next::Stop) => Step::Done,
            Err(wire::Error::Incomplete { missing }) => Step::need(chunk.bytes.len(), missing),
            Err(wire::Error::Overrun { .. } | wire::Error::Trailing { .. }) => Step::Done,
        }
    }
}

/// Where in a message the reader is. Only attributes of the printer are looked at.
#[derive(Debug, Default, Clone, Copy)]
enum Attributes {
    #[default]
    Header,
    /// In front of the first group.
    Start,
    /// In the group that this tag opened.
    Group(Tag),
}

/// Whether there is more to read.
#[derive(Debug, Clone, Copy)]
enum Next {
    Go,
    Stop,
}

impl Attributes {
    /// Reads the header, a delimiter or an attribute.
    fn next(&mut self, reader: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<Next> {
        let Self::Header = self else { return self.item(reader, notes) };
        if !Header::read(reader)?.is_plausible() {
            return Ok(malformed(notes));
        }
        *self = Self::Start;
        Ok(Next::Go)
    }

    fn item(&mut self, reader: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<Next> {
        match (*self, Item::read(reader)?) {
            (_, Item::Delimiter(Tag::END)) => return Ok(Next::Stop),
            (_, Item::Delimiter(tag)) => *self = Self::Group(tag),
            (Self::Group(Tag::PRINTER), Item::Attribute(attribute)) => {
                observe::printer_attribute(attribute, notes);
            }
            (Self::Group(_), Item::Attribute(_)) => {}
            (Self::Header | Self::Start, Item::Attribute(_)) => return Ok(malformed(notes)),
        }
        Ok(Next::Go)
    }
}

fn malformed(notes: &mut Notes) -> Next {
    notes.anomaly(PROTOCOL.protocol.name, IppAnomaly::Malformed.name());
    Next::Stop
}
