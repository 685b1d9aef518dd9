//! SSDP messages: a start line and header fields, as in HTTP.

use wire::{Limit, Reader};

/// What a message does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The sender announces itself.
    Notify,
    /// The sender answers a search.
    Answer,
    /// The sender asks who is there.
    Search,
}

/// Header fields of one message that are read.
pub(super) const HEADERS: Limit = Limit::new("ssdp_headers", 48, "announcements have a dozen");

/// The kind, by the start line.
pub(super) fn read_kind(reader: &mut Reader<'_>) -> Option<Kind> {
    let line = reader.line().ok()?;
    [
        (b"NOTIFY * HTTP/1.".as_slice(), Kind::Notify),
        (b"HTTP/1.1 200", Kind::Answer),
        (b"HTTP/1.0 200", Kind::Answer),
        (b"M-SEARCH * HTTP/1.", Kind::Search),
    ]
    .into_iter()
    .find(|(start, _)| line.starts_with(start))
    .map(|(_, kind)| kind)
}

/// Name and value of a header field.
pub(super) type Header<'a> = (&'a [u8], &'a [u8]);

/// A header field; an empty line or the end is `None`, a line without colon an error.
pub(super) fn read_header<'a>(reader: &mut Reader<'a>) -> Result<Option<Header<'a>>, ()> {
    let line = match reader.line() {
        Ok(line) => line,
        Err(_) => reader.rest(),
    };
    if line.is_empty() {
        return Ok(None);
    }
    let colon = line.iter().position(|byte| *byte == b':').ok_or(())?;
    let (name, value) = line.split_at_checked(colon).ok_or(())?;
    Ok(Some((name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii())))
}
