//! From syslog messages to notes. Every message stands for itself.

use wire::Limit;

use super::anomaly::SyslogAnomaly;
use super::message::{Head, has_time_stamp, priority};
use super::{PORT, SYSLOG, observe};
use crate::infra::text::{is_text, number};
use crate::{Chunk, Notes, Outcome, Packet, Session, Side, Step};

/// Bytes of a message that are read.
const MESSAGE: Limit = Limit::new("syslog_message", 8_192, "RFC 5425, 4.3.1: receivers should take 8192");

/// A datagram: off its port only with a priority and a time stamp.
pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let own_port = packet.has_port(PORT);
    match priority(packet.payload) {
        Some(rest) if own_port || has_time_stamp(rest) => read(rest, notes),
        None if own_port && !packet.payload.is_empty() && is_text(packet.payload) => {
            notes.anomaly(SYSLOG.name, SyslogAnomaly::NoPriority.name());
        }
        _ => return Outcome::NotMine,
    }
    Outcome::Parsed
}

fn read(rest: &[u8], notes: &mut Notes) {
    let rest = rest.get(..MESSAGE.max).unwrap_or(rest);
    observe::head(&Head::read(rest), notes);
}

/// What is left of a message that is too long, on each side.
#[derive(Debug, Default)]
pub(super) struct Syslog {
    overlong: [bool; 2],
}

impl Session for Syslog {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let digits = chunk.bytes.iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
        match chunk.bytes.get(digits) {
            _ if *self.overlong(chunk.side) => self.rest(chunk),
            None if digits < 8 => Step::need(chunk.bytes.len(), 1),
            Some(b' ') if digits > 0 => counted(chunk.bytes, digits, notes),
            _ => self.line(chunk, notes),
        }
    }

    fn resync(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        *self.overlong(side) = false;
        bytes.iter().position(|&byte| byte == b'\n').map(|end| end.saturating_add(1))
    }
}

impl Syslog {
    const fn overlong(&mut self, side: Side) -> &mut bool {
        let [originator, responder] = &mut self.overlong;
        match side {
            Side::Originator => originator,
            Side::Responder => responder,
        }
    }

    /// A message up to a line end or a zero (RFC 6587, 3.4.2).
    fn line(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let window = chunk.bytes.get(..MESSAGE.max.saturating_add(1)).unwrap_or(chunk.bytes);
        let end = window.iter().position(|byte| matches!(byte, b'\n' | 0));
        let (message, consumed) = match end {
            Some(end) => (window.get(..end).unwrap_or_default(), end.saturating_add(1)),
            None if MESSAGE.allows(chunk.bytes.len()) => return Step::need(chunk.bytes.len(), 1),
            None => {
                notes.anomaly(SYSLOG.name, SyslogAnomaly::TooLong.name());
                *self.overlong(chunk.side) = true;
                (window, window.len())
            }
        };
        message_of_stream(message.strip_suffix(b"\r").unwrap_or(message), notes);
        Step::Consumed(consumed)
    }

    fn rest(&mut self, chunk: Chunk<'_>) -> Step {
        let end = chunk.bytes.iter().position(|byte| matches!(byte, b'\n' | 0));
        *self.overlong(chunk.side) = end.is_none();
        Step::Consumed(end.map_or(chunk.bytes.len(), |end| end.saturating_add(1)))
    }
}

/// A message with its length in front (RFC 6587, 3.4.1).
fn counted(bytes: &[u8], digits: usize, notes: &mut Notes) -> Step {
    let Some(length) = bytes.get(..digits).and_then(number) else { return Step::NotMine };
    let start = digits.saturating_add(1);
    let held = usize::try_from(length).unwrap_or(usize::MAX).min(MESSAGE.max);
    let Some(message) = bytes.get(start..).and_then(|rest| rest.get(..held)) else {
        return Step::Need(start.saturating_add(held));
    };
    message_of_stream(message, notes);
    Step::Skip(length.saturating_add(u64::try_from(start).unwrap_or(0)))
}

fn message_of_stream(message: &[u8], notes: &mut Notes) {
    match priority(message) {
        Some(rest) => read(rest, notes),
        None if message.is_empty() => {}
        None => notes.anomaly(SYSLOG.name, SyslogAnomaly::NoPriority.name()),
    }
}
