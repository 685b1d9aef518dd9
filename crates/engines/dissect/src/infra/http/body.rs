//! The start of a body that is looked at.

use wire::Limit;

use super::{observe, xml};
use crate::Notes;
use crate::infra::ipp;
use crate::infra::text::{contains, starts_with};

/// Most bytes of a page or a form that are looked at.
const TEXT: Limit = Limit::new("http_text", 2 << 10, "titles and login fields stand in front");
/// Most bytes of an XML document that are looked at.
const XML: Limit = Limit::new("http_xml", 16 << 10, "device descriptions are 2 to 8 KiB");

/// Why a body is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Entry page: its title names equipment.
    Page,
    /// Device description or SOAP message.
    Xml,
    /// Answer of a printer.
    Ipp,
    /// Form or JSON object: its field names may show a login.
    Form,
}

/// Collects the start of a body until it can be read.
#[derive(Debug)]
pub(super) struct Preview {
    kind: Kind,
    held: Vec<u8>,
    scanned: usize,
}

impl Kind {
    /// What to look for in a request of this content type: a login.
    pub(super) fn of_request(content_type: &[u8]) -> Option<Self> {
        let is_form = starts_with(content_type, b"application/x-www-form-urlencoded")
            || starts_with(content_type, b"application/json");
        is_form.then_some(Self::Form)
    }

    /// What to look for in a response of this content type.
    pub(super) fn of_response(content_type: &[u8], is_entry_page: bool) -> Option<Self> {
        if starts_with(content_type, b"text/html") {
            is_entry_page.then_some(Self::Page)
        } else if starts_with(content_type, b"text/xml")
            || starts_with(content_type, b"application/xml")
            || contains(content_type, b"application/soap+xml")
        {
            Some(Self::Xml)
        } else if starts_with(content_type, b"application/ipp") {
            Some(Self::Ipp)
        } else {
            None
        }
    }

    const fn limit(self) -> Limit {
        match self {
            Self::Page | Self::Form => TEXT,
            Self::Xml => XML,
            Self::Ipp => ipp::BODY,
        }
    }

    /// Longest text that shows the end, less one.
    const fn overlap(self) -> usize {
        match self {
            Self::Page => 7,
            Self::Xml => 9,
            Self::Ipp | Self::Form => 0,
        }
    }

    /// Where nothing that is looked for can follow.
    fn end(self, bytes: &[u8]) -> Option<usize> {
        const TITLE: &[u8] = b"</title>";
        match self {
            Self::Page => {
                let title = bytes.windows(TITLE.len()).position(|part| part.eq_ignore_ascii_case(TITLE))?;
                Some(title + TITLE.len())
            }
            Self::Xml => xml::end(bytes),
            Self::Ipp | Self::Form => None,
        }
    }
}

impl Preview {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind, held: Vec::new(), scanned: 0 }
    }

    /// Takes in what fits, up to the end of what is looked at; says whether there is enough.
    pub(super) fn take_in(&mut self, bytes: &[u8]) -> bool {
        let room = self.kind.limit().max.saturating_sub(self.held.len());
        self.held.extend_from_slice(bytes.get(..bytes.len().min(room)).unwrap_or_default());
        let news = self.held.get(self.scanned..).unwrap_or_default();
        if let Some(end) = self.kind.end(news) {
            self.held.truncate(self.scanned + end);
            return true;
        }
        self.scanned = self.held.len().saturating_sub(self.kind.overlap());
        self.held.len() >= self.kind.limit().max
    }

    /// Notes what the bytes show.
    pub(super) fn read(self, notes: &mut Notes) {
        match self.kind {
            Kind::Page => observe::page(&self.held, notes),
            Kind::Xml => observe::description(&self.held, notes),
            Kind::Ipp => ipp::read(&self.held, notes),
            Kind::Form => observe::login(&self.held, notes),
        }
    }

    pub(super) fn memory(&self) -> usize {
        self.held.capacity()
    }
}
