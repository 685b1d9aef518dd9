//! Dialogues in lines: what FTP, SMTP, IMAP and POP have in common.
//!
//! Lines are cut off the stream and shown to a [`Dialogue`]; contents between them (mails) are passed over by length
//! or to the line with a single dot, without being held. A TLS record where a line should begin means that the sides
//! agreed on TLS, whether that was seen or not.

use wire::Limit;

use crate::infra::tls;
use crate::{Chunk, Notes, Session, Side, Step};

/// A text protocol as a reader of lines.
pub(super) trait Dialogue: Default + Send {
    /// Name of the protocol.
    const PROTOCOL: &'static str;
    /// Longest line; of a longer one the start is shown.
    const LINE: Limit;

    /// A line of `side`, without its end.
    fn line(&mut self, side: Side, line: &[u8], notes: &mut Notes) -> After;
}

/// What follows a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// The next line.
    Line,
    /// So many bytes of contents on the same side.
    Bytes(u64),
    /// Contents of this side up to a line with a single dot.
    Content(Side),
    /// No contents of this side after all.
    NoContent(Side),
}

/// The session of a [`Dialogue`].
#[derive(Debug, Default)]
pub(super) struct Lines<D> {
    dialogue: D,
    originator: At,
    responder: At,
}

/// Where a side is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum At {
    #[default]
    Line,
    /// In the rest of a line that is too long.
    Overlong,
    Content(Ending),
}

/// How much of a line with a single dot was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Nothing of the contents was seen yet.
    Fresh,
    LineStart,
    Dot,
    DotCr,
    Middle,
}

/// First byte of a TLS handshake record (RFC 8446, 5.1); no line starts with it.
const TLS_HANDSHAKE: u8 = 0x16;

impl<D: Dialogue> Session for Lines<D> {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        match *self.at(chunk.side) {
            At::Line => self.line(chunk, notes),
            At::Overlong => {
                let end = chunk.bytes.iter().position(|&byte| byte == b'\n');
                if end.is_some() {
                    *self.at(chunk.side) = At::Line;
                }
                Step::Consumed(end.map_or(chunk.bytes.len(), |end| end.saturating_add(1)))
            }
            At::Content(ending) => {
                let (ending, consumed) = ending.pass(chunk.bytes);
                *self.at(chunk.side) = ending.map_or(At::Line, At::Content);
                Step::Consumed(consumed)
            }
        }
    }

    fn resync(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        let at = self.at(side);
        if matches!(at, At::Content(_)) {
            *at = At::Content(Ending::Middle);
            return Some(0);
        }
        *at = At::Line;
        let end = bytes.iter().position(|&byte| byte == b'\n')?;
        Some(end.saturating_add(1))
    }
}

impl<D: Dialogue> Lines<D> {
    const fn at(&mut self, side: Side) -> &mut At {
        match side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        }
    }

    fn line(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        if chunk.bytes.first() == Some(&TLS_HANDSHAKE) {
            return Step::Switch { consumed: 0, to: &tls::PROTOCOL };
        }
        let window = chunk.bytes.get(..D::LINE.max.saturating_add(1)).unwrap_or(chunk.bytes);
        let (line, consumed) = match window.iter().position(|&byte| byte == b'\n') {
            Some(end) => (window.get(..end).unwrap_or_default(), end.saturating_add(1)),
            None if D::LINE.allows(chunk.bytes.len()) => return Step::need(chunk.bytes.len(), 1),
            None => {
                notes.anomaly(D::PROTOCOL, D::LINE.name);
                *self.at(chunk.side) = At::Overlong;
                (window, window.len())
            }
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match self.dialogue.line(chunk.side, line, notes) {
            After::Line => {}
            After::Bytes(count) => {
                return Step::Skip(count.saturating_add(u64::try_from(consumed).unwrap_or(u64::MAX)));
            }
            After::Content(side) => {
                let at = self.at(side);
                if !matches!(at, At::Content(_)) {
                    *at = At::Content(Ending::Fresh);
                }
            }
            After::NoContent(side) => {
                let at = self.at(side);
                if *at == At::Content(Ending::Fresh) {
                    *at = At::Line;
                }
            }
        }
        Step::Consumed(consumed)
    }
}

impl Ending {
    /// Passes over contents: where it is then, `None` behind their end, and the bytes passed.
    fn pass(self, bytes: &[u8]) -> (Option<Self>, usize) {
        let mut at = self;
        for (index, byte) in bytes.iter().enumerate() {
            at = match (at, byte) {
                (Self::Dot | Self::DotCr, b'\n') => return (None, index.saturating_add(1)),
                (_, b'\n') => Self::LineStart,
                (Self::Fresh | Self::LineStart, b'.') => Self::Dot,
                (Self::Dot, b'\r') => Self::DotCr,
                _ => Self::Middle,
            };
        }
        (Some(at), bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_end_at_a_line_with_a_single_dot_only() {
        for (content, passed) in
            [(&b"a.\r\n..\r\n.x\r\n.\r\nQUIT"[..], 15), (b".\r\nQUIT", 3), (b"a\n.\nQUIT", 4)]
        {
            assert_eq!(Ending::Fresh.pass(content), (None, passed));
        }
        assert_eq!(Ending::Fresh.pass(b"a\r\n.\r"), (Some(Ending::DotCr), 5));
    }
}
