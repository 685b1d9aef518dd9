//! Pieces of text messages: replies, commands, header fields, comparison without regard to case.

use crate::Match;

/// Longest command word that is looked at.
const WORD: usize = 16;

/// A reply of three digits (RFC 959, 4.2; RFC 5321, 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reply<'a> {
    pub(super) code: u16,
    /// Whether another line of it follows.
    pub(super) more: bool,
    pub(super) text: &'a [u8],
}

impl<'a> Reply<'a> {
    /// `220 text`, `220-text` or `220`.
    pub(super) fn read(line: &'a [u8]) -> Option<Self> {
        let (digits, rest) = line.split_first_chunk::<3>()?;
        let [hundreds @ b'1'..=b'5', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = *digits else { return None };
        let (more, text) = match rest.split_first() {
            None => (false, rest),
            Some((b' ', text)) => (false, text),
            Some((b'-', text)) => (true, text),
            Some(_) => return None,
        };
        let [hundreds, tens, ones] = [hundreds, tens, ones].map(|digit| u16::from(digit - b'0'));
        Some(Self { code: hundreds * 100 + tens * 10 + ones, more, text })
    }
}

/// A command: its word and what follows the blank.
pub(super) fn command(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(|&byte| byte == b' ').unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end).unwrap_or((line, &[]));
    (word, rest.trim_ascii())
}

/// Whether `word` is one of `words`, which are in upper case.
pub(super) fn is_one_of(word: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether `haystack` holds `needle` in any case.
pub(super) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle))
}

/// Whether `text` starts with `prefix` in any case.
pub(super) fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Whether what is there of `bytes` can be a line of text.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte >= b' ' && byte != 0x7f || matches!(byte, b'\t' | b'\r' | b'\n'))
}

/// The first line of `bytes`, and whether its end is there.
pub(super) fn first_line(bytes: &[u8]) -> (&[u8], bool) {
    match bytes.iter().position(|&byte| byte == b'\n') {
        Some(end) => {
            let line = bytes.get(..end).unwrap_or_default();
            (line.strip_suffix(b"\r").unwrap_or(line), true)
        }
        None => (bytes, false),
    }
}

/// Looks for a whole first line that `is` accepts.
pub(super) fn probe_line(bytes: &[u8], is: impl FnOnce(&[u8]) -> bool) -> Match {
    if !is_text(bytes) {
        return Match::No;
    }
    match first_line(bytes) {
        (_, false) => Match::NeedMore,
        (line, true) if is(line) => Match::Yes,
        (_, true) => Match::No,
    }
}

/// Whether `bytes` start with a word of letters, as commands do, or with as much of one as is there.
pub(super) fn starts_with_word(bytes: &[u8]) -> bool {
    let letters = bytes.iter().take(WORD).take_while(|byte| byte.is_ascii_alphabetic()).count();
    letters >= 3 && matches!(bytes.get(letters), None | Some(b' ' | b'\r' | b'\n')) || letters == bytes.len()
}

/// Where the head that starts at 0 ends, behind its empty line, if that is at or behind `from`.
pub(super) fn find_head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        at += rest.iter().position(|&byte| byte == b'\n')? + 1;
        match bytes.get(at..)? {
            [b'\n', ..] => return Some(at + 1),
            [b'\r', b'\n', ..] => return Some(at + 2),
            _ => {}
        }
    }
}

/// A decimal number that fills `text`.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_replies_and_nothing_that_only_starts_with_digits() {
        let reply = Reply { code: 220, more: true, text: b"ready" };
        assert_eq!(Reply::read(b"220-ready"), Some(reply));
        assert_eq!(Reply::read(b"354").map(|reply| reply.code), Some(354));
        for other in [&b"2200 x"[..], b"920 x", b"22", b"+OK"] {
            assert_eq!(Reply::read(other), None);
        }
    }
}
