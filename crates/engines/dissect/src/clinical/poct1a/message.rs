//! Messages and tags of POCT1-A (POCT1-A2, annex B), as far as they are read.

use crate::Match;

/// Bytes before the first element in which a probe looks for it.
const PROLOGUE: usize = 512;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a message is about, from its root element `HEL.R01` and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The device says who it is.
    Hello,
    /// Only a device sends it: status, observations, events, end of a topic.
    FromDevice,
    /// Only a data manager sends it: requests, directives, lists.
    FromManager,
    /// Both send it.
    Either,
}

impl Kind {
    /// The kind of the message with this root element.
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        let (code, release) = name.split_at_checked(3)?;
        if !matches!(release, [b'.', b'R', b'0', b'1'..=b'9']) {
            return None;
        }
        match code {
            b"HEL" => Some(Self::Hello),
            b"DST" | b"OBS" | b"EVS" => Some(Self::FromDevice),
            b"REQ" | b"DTV" | b"OPL" | b"PTL" => Some(Self::FromManager),
            b"ACK" | b"EOT" | b"END" | b"KPA" | b"ESC" => Some(Self::Either),
            _ => None,
        }
    }
}

/// A tag without its brackets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a [u8],
    attributes: &'a [u8],
}

impl<'a> Tag<'a> {
    /// Splits `name attributes`; closing tags, comments and declarations are none.
    pub(super) fn of(content: &'a [u8]) -> Option<Self> {
        let content = content.strip_suffix(b"/").unwrap_or(content);
        let end = content.iter().position(u8::is_ascii_whitespace).unwrap_or(content.len());
        let (name, attributes) = content.split_at_checked(end)?;
        name.first().is_some_and(u8::is_ascii_alphabetic).then_some(Self { name, attributes })
    }

    /// The value: the attribute `V`.
    pub(super) fn value(&self) -> Option<&'a [u8]> {
        let start = self
            .attributes
            .windows(3)
            .position(|bytes| matches!(bytes, [before, b'V', b'='] if before.is_ascii_whitespace()))?;
        let (quote, rest) = self.attributes.get(start.checked_add(3)?..)?.split_first()?;
        let end = rest.iter().position(|byte| byte == quote)?;
        rest.get(..end)
    }
}

/// Looks for the first element: only a root element of this standard will do.
pub(super) fn probe(bytes: &[u8]) -> Match {
    Match::within(PROLOGUE, bytes, probe_root)
}

fn probe_root(bytes: &[u8]) -> Match {
    if BYTE_ORDER_MARK.starts_with(bytes) {
        return Match::NeedMore;
    }
    let mut rest = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start();
    while let Some(declaration) = rest.strip_prefix(b"<?").or_else(|| rest.strip_prefix(b"<!")) {
        let Some(end) = declaration.iter().position(|byte| *byte == b'>') else { return Match::NeedMore };
        rest = declaration.get(end..).and_then(|rest| rest.strip_prefix(b">")).unwrap_or_default();
        rest = rest.trim_ascii_start();
    }
    match rest {
        [] => Match::NeedMore,
        [b'<', name @ ..] => match name.get(..7) {
            Some(name) => {
                if Kind::of(name).is_some() {
                    Match::Yes
                } else {
                    Match::No
                }
            }
            None if name.iter().take(3).all(u8::is_ascii_uppercase) => Match::NeedMore,
            None => Match::No,
        },
        _ => Match::No,
    }
}
