//! Pieces of text messages: replies, commands, header fields, comparison without regard to case.

use crate::{Match, Probe, Side};

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

/// A protocol of commands and replies with three digits: its greeting names it or comes from its port; its commands are
/// its own or go to its port. The second question is asked with whether it is the port.
pub(super) fn probe_replies(
    probe: &Probe<'_>,
    ports: &[u16],
    is_greeting: fn(&Reply<'_>) -> bool,
    is_command: fn(&[u8], bool) -> bool,
) -> Match {
    let own_port = probe.responder_port_is(ports);
    if own_port && probe.midstream && is_text(probe.bytes) {
        return Match::Yes;
    }
    let digit_first = probe.bytes.first().is_some_and(u8::is_ascii_digit);
    match probe.side {
        Side::Responder if digit_first => probe_line(probe.bytes, |line| {
            Reply::read(line).is_some_and(|reply| own_port || is_greeting(&reply))
        }),
        Side::Originator if starts_with_word(probe.bytes) => {
            probe_line(probe.bytes, |line| is_command(line, own_port))
        }
        Side::Originator | Side::Responder => Match::No,
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

/// The fields of a head, name and value, without the first line; a line without a colon is an error. Lines that
/// start with a blank continue the one before (RFC 3261, 7.3.1) and are left out.
pub(super) fn fields(head: &[u8]) -> impl Iterator<Item = Result<(&[u8], &[u8]), ()>> {
    head.split(|&byte| byte == b'\n')
        .skip(1)
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .take_while(|line| !line.is_empty())
        .filter(|line| !matches!(line.first(), Some(b' ' | b'\t')))
        .map(|line| {
            let colon = line.iter().position(|&byte| byte == b':').ok_or(())?;
            let (name, value) = line.split_at_checked(colon).ok_or(())?;
            Ok((name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii()))
        })
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

/// Scheme and realm of a challenge (RFC 9110, 11.6.1); a nonce or a token behind them is of no use.
pub(super) fn challenge(value: &[u8]) -> &[u8] {
    let end = value.windows(6).position(|part| part.eq_ignore_ascii_case(b"nonce=")).unwrap_or(value.len());
    let is_token = starts_with(value, b"ntlm ") || starts_with(value, b"negotiate ");
    let end = if is_token { value.iter().position(|byte| *byte == b' ').unwrap_or(end) } else { end };
    let kept = value.get(..end).unwrap_or_default().trim_ascii_end();
    kept.strip_suffix(b",").unwrap_or(kept)
}

/// Keys and values of an IEEE 1284 device identifier: `MFG:Example;MDL:Printer 7;`.
pub(super) fn device_id(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(|&byte| byte == b';').filter_map(|pair| {
        let colon = pair.iter().position(|&byte| byte == b':')?;
        Some((pair.get(..colon)?.trim_ascii(), pair.get(colon.saturating_add(1)..)?.trim_ascii()))
    })
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

    #[test]
    fn reads_the_fields_of_a_head_up_to_the_empty_line() {
        let head = b"OPTIONS * RTSP/1.0\r\nServer: A\r\n b\r\nbroken\r\nX :y\r\n\r\nbody: z\r\n";
        let read: Vec<_> = fields(head).collect();
        assert_eq!(read, [Ok((&b"Server"[..], &b"A"[..])), Err(()), Ok((b"X", b"y"))]);
        assert_eq!(find_head_end(head, 0), Some(head.len() - 9));
    }
}
