//! From a SIP message to notes. Every message stands for itself.

use wire::Limit;

use super::anomaly::SipAnomaly;
use super::message::{StartLine, starts};
use super::{PORT, SIP, observe};
use crate::infra::heads::Heads;
use crate::infra::text::{fields, first_line};
use crate::{Match, Notes, Outcome, Packet, Side};

/// Header fields of one message that are read.
const HEADERS: Limit = Limit::new("sip_headers", 64, "requests that passed several proxies have three dozen");

/// A datagram.
pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if packet.has_port(PORT) && is_keep_alive(packet.payload) {
        return Outcome::Parsed;
    }
    if !packet.payload.first().is_some_and(|byte| matches!(byte, b'A'..=b'U' | b'\r' | b'\n')) {
        return Outcome::NotMine;
    }
    let head = packet.payload.trim_ascii_start();
    let Some(line) = StartLine::read(first_line(head).0) else { return Outcome::NotMine };
    read_head(line, head, notes);
    Outcome::Parsed
}

/// Line ends (RFC 5626, 3.5.1), or what devices send in their place to keep a port open at a router.
fn is_keep_alive(payload: &[u8]) -> bool {
    !payload.is_empty()
        && (payload.iter().all(|byte| matches!(byte, b'\r' | b'\n' | b' ' | 0)) || payload == b"hello")
}

/// The stream has no state beyond its messages.
#[derive(Debug, Default)]
pub(super) struct Sip;

impl Heads for Sip {
    const PROTOCOL: &'static str = SIP.name;
    const HEAD: Limit =
        Limit::new(SipAnomaly::HeadTooLong.name(), 16 << 10, "messages fit in a few datagrams");
    const INTERLEAVED: bool = false;

    fn starts(bytes: &[u8]) -> Match {
        starts(bytes)
    }

    fn head(&mut self, _side: Side, head: &[u8], notes: &mut Notes) {
        if let Some(line) = StartLine::read(first_line(head).0) {
            read_head(line, head, notes);
        }
    }
}

fn read_head(line: StartLine, head: &[u8], notes: &mut Notes) {
    observe::start_line(line, notes);
    for (count, field) in fields(head).enumerate() {
        if !HEADERS.allows(count.saturating_add(1)) {
            notes.anomaly(SIP.name, SipAnomaly::TooManyHeaders.name());
            return;
        }
        match field {
            Ok((name, value)) => observe::header(line, name, value, notes),
            Err(()) => notes.anomaly(SIP.name, SipAnomaly::MalformedHeader.name()),
        }
    }
}
