//! The state of an RTSP session.

use wire::Limit;

use super::anomaly::RtspAnomaly;
use super::message::{StartLine, starts};
use super::{PROTOCOL, observe};
use crate::infra::heads::Heads;
use crate::infra::text::{fields, first_line, is_one_of};
use crate::{Match, Notes, Side};

/// Header fields of one message that are read.
const HEADERS: Limit = Limit::new("rtsp_headers", 48, "messages have a dozen");

/// Whether the request that waits for its answer asks for media without saying who asks.
#[derive(Debug, Default)]
pub(super) struct Rtsp {
    anonymous: bool,
}

impl Heads for Rtsp {
    const PROTOCOL: &'static str = PROTOCOL.protocol.name;
    const HEAD: Limit = Limit::new(RtspAnomaly::HeadTooLong.name(), 16 << 10, "heads fit in a few segments");
    const INTERLEAVED: bool = true;

    fn starts(bytes: &[u8]) -> Match {
        starts(bytes)
    }

    fn head(&mut self, _side: Side, head: &[u8], notes: &mut Notes) {
        let Some(line) = StartLine::read(first_line(head).0) else { return };
        let mut authorized = false;
        for (count, field) in fields(head).enumerate() {
            if !HEADERS.allows(count.saturating_add(1)) {
                notes.anomaly(Self::PROTOCOL, RtspAnomaly::TooManyHeaders.name());
                break;
            }
            match field {
                Ok((name, value)) => {
                    authorized |= is_one_of(name, &[b"AUTHORIZATION"]);
                    observe::header(line, name, value, notes);
                }
                Err(()) => notes.anomaly(Self::PROTOCOL, RtspAnomaly::MalformedHeader.name()),
            }
        }
        self.turn(line, authorized, notes);
    }
}

impl Rtsp {
    fn turn(&mut self, line: StartLine<'_>, authorized: bool, notes: &mut Notes) {
        match line {
            StartLine::Request { method, url } => {
                self.anonymous = matches!(method, b"DESCRIBE" | b"SETUP" | b"PLAY") && !authorized;
                observe::url(url, notes);
            }
            StartLine::Status(code) => {
                if std::mem::take(&mut self.anonymous) && code == 200 {
                    observe::served_anybody(notes);
                }
            }
        }
    }
}
