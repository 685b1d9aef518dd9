//! SOAP envelopes of WS-Discovery, as far as they are read: elements with their text, whatever their prefixes.

use wire::Limit;

/// Elements of one message that are read.
pub(super) const ELEMENTS: Limit =
    Limit::new("wsdiscovery_elements", 512, "a match of some dozens fills a datagram");

/// Both versions of the standard.
const NAMESPACES: [&[u8]; 2] = [
    b"http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01",
    b"http://schemas.xmlsoap.org/ws/2005/04/discovery",
];

/// An opening element and the text up to the next element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// Name without prefix.
    pub(super) name: &'a [u8],
    pub(super) text: &'a [u8],
}

/// Elements of a message, in order.
pub(super) struct Elements<'a>(&'a [u8]);

/// The elements of a discovery message; `None` when it is something else.
pub(super) fn read(payload: &[u8]) -> Option<Elements<'_>> {
    let text = payload.strip_prefix(b"\xef\xbb\xbf").unwrap_or(payload).trim_ascii_start();
    let is_soap = text.first() == Some(&b'<') && contains(text.get(..512).unwrap_or(text), b"nvelope");
    let is_discovery = is_soap && NAMESPACES.iter().any(|namespace| contains(text, namespace));
    is_discovery.then_some(Elements(text))
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        loop {
            let start = self.0.iter().position(|byte| *byte == b'<')?;
            let rest = self.0.get(start..)?.strip_prefix(b"<")?;
            let end = rest.iter().position(|byte| *byte == b'>')?;
            let (tag, rest) = rest.split_at_checked(end)?;
            self.0 = rest.strip_prefix(b">")?;
            if !tag.first().is_some_and(u8::is_ascii_alphabetic) {
                continue;
            }
            let name = tag.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next()?;
            let name = name.rsplit(|byte| *byte == b':').next()?;
            let text_end = self.0.iter().position(|byte| *byte == b'<').unwrap_or(self.0.len());
            return Some(Element { name, text: self.0.get(..text_end)?.trim_ascii() });
        }
    }
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|part| part == wanted)
}
