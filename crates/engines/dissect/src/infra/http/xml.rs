//! The few elements that are read from device descriptions in XML. Not a parser of XML: it walks over the tags once.

/// An opening or closing tag and the text behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    /// Name without its namespace prefix.
    pub(super) name: &'a [u8],
    /// What is between this tag and the next.
    pub(super) text: &'a [u8],
    /// Whether the tag closes an element.
    pub(super) closes: bool,
}

/// The tags of `xml`, in order; the last one is left out when its text is cut.
pub(super) fn elements(xml: &[u8]) -> impl Iterator<Item = Element<'_>> {
    let mut tags = xml.split(|&byte| byte == b'<').skip(1).peekable();
    std::iter::from_fn(move || {
        let part = tags.next()?;
        tags.peek()?;
        Some(element(part))
    })
}

fn element(part: &[u8]) -> Element<'_> {
    let end = part.iter().position(|&byte| byte == b'>').unwrap_or(part.len());
    let (tag, text) = part.split_at_checked(end).unwrap_or((part, &[]));
    let (closes, inner) = tag.strip_prefix(b"/").map_or((false, tag), |inner| (true, inner));
    let name = inner.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next().unwrap_or_default();
    let name = name.rsplit(|&byte| byte == b':').next().unwrap_or_default();
    Element { name, text: text.strip_prefix(b">").unwrap_or_default(), closes }
}

/// Where the root of a description or of a SOAP message is closed in `xml`.
pub(super) fn end(xml: &[u8]) -> Option<usize> {
    let ends = [b"</root>".as_slice(), b":Envelope>"];
    let closed = |end: &&[u8]| Some(xml.windows(end.len()).position(|part| part == *end)? + end.len());
    ends.iter().filter_map(closed).min()
}
