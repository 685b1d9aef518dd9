//! The state of an HTTP conversation: heads are read, bodies are passed over, the start of some is looked at.

use model::Subject;

use super::anomaly::HttpAnomaly;
use super::body::{Kind, Preview};
use super::message::{self, Framing, HEAD, HTTP2_PREFACE, StartLine, read_head};
use super::{PROTOCOL, observe};
use crate::infra::text::{find_head_end, starts_with};
use crate::{Chunk, Notes, Session, Side, Step};

/// Both sides, and what the next answer is about.
#[derive(Debug, Default)]
pub(super) struct Http {
    requests: Half,
    answers: Half,
    /// Whether the last request was HEAD, whose answer has no body.
    head_only: bool,
    /// Whether the last request was for an entry page.
    entry_page: bool,
}

#[derive(Debug, Default)]
struct Half {
    at: At,
    /// Bytes of an unfinished head in which no end was found.
    searched: usize,
    preview: Option<Preview>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    #[default]
    Head,
    /// So many bytes of the body are to come.
    Body(u64),
    /// At the size of a chunk.
    ChunkSize,
    /// So many bytes of the chunk and its line end are to come.
    Chunk(u64),
    /// The body ends with the connection.
    UntilClose,
}

/// Longest line with the size of a chunk.
const CHUNK_LINE: usize = 256;

impl Session for Http {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let at = self.half(chunk.side).at;
        match at {
            At::Head => self.head(chunk, notes),
            At::Body(left) => self.body(chunk, left, notes),
            At::ChunkSize => self.chunk_size(chunk, notes),
            At::Chunk(left) => self.chunk(chunk, left, notes),
            At::UntilClose => self.until_close(chunk, notes),
        }
    }

    fn resync(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        *self.half(side) = Half::default();
        message::find_head(bytes)
    }

    fn memory(&self) -> usize {
        [&self.requests, &self.answers]
            .iter()
            .filter_map(|half| half.preview.as_ref())
            .map(Preview::memory)
            .sum()
    }
}

impl Http {
    const fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Originator => &mut self.requests,
            Side::Responder => &mut self.answers,
        }
    }

    fn head(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let half = self.half(chunk.side);
        // Empty lines between messages are forgiven (RFC 9112, 2.2).
        let blanks = chunk.bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        if blanks > 0 {
            half.searched = 0;
            return Step::Consumed(blanks);
        }
        if chunk.bytes.starts_with(HTTP2_PREFACE) {
            notes.refine("http2");
            return Step::AllDone;
        }
        let Some(end) = find_head_end(chunk.bytes, half.searched) else {
            if HEAD.allows(chunk.bytes.len()) {
                half.searched = chunk.bytes.len().saturating_sub(3);
                return Step::Need(chunk.bytes.len().saturating_add(1));
            }
            note(HttpAnomaly::HeadTooLong, notes);
            return Step::Done;
        };
        half.searched = 0;
        let head = chunk.bytes.get(..end).unwrap_or_default();
        let read = read_head(head, |line, field| see(line, field, notes));
        match read {
            Ok((line, framing)) => self.start_body(chunk.side, line, &framing, end, notes),
            Err(anomaly) => {
                note(anomaly, notes);
                Step::Done
            }
        }
    }

    fn start_body(
        &mut self,
        side: Side,
        line: StartLine<'_>,
        framing: &Framing<'_>,
        consumed: usize,
        notes: &mut Notes,
    ) -> Step {
        if framing.ambiguous {
            note(HttpAnomaly::AmbiguousLength, notes);
        }
        let is_head_answer = self.head_only && side == Side::Responder;
        match line {
            StartLine::Request { method, target } => {
                self.head_only = method == "HEAD";
                self.entry_page = is_entry_page(target);
                if method == "CONNECT" {
                    return Step::AllDone;
                }
                observe::content_type(framing.content_type, Subject::Receiver, notes);
            }
            StartLine::Status(101) => {
                observe::upgrade(framing.upgrade, notes);
                return Step::AllDone;
            }
            StartLine::Status(_) => observe::content_type(framing.content_type, Subject::Sender, notes),
        }
        let entry_page = self.entry_page;
        let half = self.half(side);
        half.preview = preview(line, framing, entry_page);
        half.at = match line {
            StartLine::Status(100..=199 | 204 | 304) => At::Head,
            StartLine::Status(_) if is_head_answer => At::Head,
            _ if framing.chunked => At::ChunkSize,
            StartLine::Request { .. } => At::Body(framing.length.unwrap_or(0)),
            StartLine::Status(_) => framing.length.map_or(At::UntilClose, At::Body),
        };
        if matches!(half.at, At::Body(0) | At::Head) {
            half.at = At::Head;
            half.preview = None;
        }
        Step::Consumed(consumed)
    }

    fn body(&mut self, chunk: Chunk<'_>, left: u64, notes: &mut Notes) -> Step {
        let half = self.half(chunk.side);
        let Some(preview) = &mut half.preview else {
            half.at = At::Head;
            return Step::Skip(left);
        };
        let here = chunk.bytes.get(..usize::try_from(left).unwrap_or(usize::MAX)).unwrap_or(chunk.bytes);
        let count = u64::try_from(here.len()).unwrap_or(u64::MAX);
        let is_enough = preview.take_in(here);
        let left = left.saturating_sub(count);
        if is_enough || left == 0 {
            half.end_preview(notes);
        }
        half.at = if left == 0 { At::Head } else { At::Body(left) };
        Step::Consumed(here.len())
    }

    fn chunk_size(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let half = self.half(chunk.side);
        let Some(end) = chunk.bytes.iter().take(CHUNK_LINE).position(|byte| *byte == b'\n') else {
            if chunk.bytes.len() < CHUNK_LINE {
                return Step::Need(chunk.bytes.len().saturating_add(1));
            }
            note(HttpAnomaly::MalformedChunk, notes);
            return Step::Done;
        };
        let line = chunk.bytes.get(..end).unwrap_or_default();
        let size = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let size = std::str::from_utf8(size).ok().and_then(|text| u64::from_str_radix(text, 16).ok());
        match size {
            // The trailer ends like a head; what is in it is not read, an empty line is passed over.
            Some(0) => {
                half.end_preview(notes);
                half.at = At::Head;
            }
            Some(size) => half.at = At::Chunk(size.saturating_add(2)),
            None => {
                note(HttpAnomaly::MalformedChunk, notes);
                return Step::Done;
            }
        }
        Step::Consumed(end.saturating_add(1))
    }

    fn chunk(&mut self, chunk: Chunk<'_>, left: u64, notes: &mut Notes) -> Step {
        let half = self.half(chunk.side);
        let Some(preview) = &mut half.preview else {
            half.at = At::ChunkSize;
            return Step::Skip(left);
        };
        let here = chunk.bytes.get(..usize::try_from(left).unwrap_or(usize::MAX)).unwrap_or(chunk.bytes);
        let left = left.saturating_sub(u64::try_from(here.len()).unwrap_or(u64::MAX));
        // The line end behind the data may be taken in with it: nothing that is looked for is spoilt by it.
        if preview.take_in(here) {
            half.end_preview(notes);
        }
        half.at = if left == 0 { At::ChunkSize } else { At::Chunk(left) };
        Step::Consumed(here.len())
    }

    fn until_close(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let half = self.half(chunk.side);
        let Some(preview) = &mut half.preview else { return Step::Done };
        if preview.take_in(chunk.bytes) {
            half.end_preview(notes);
            return Step::Done;
        }
        Step::Consumed(chunk.bytes.len())
    }
}

impl Half {
    fn end_preview(&mut self, notes: &mut Notes) {
        if let Some(preview) = self.preview.take() {
            preview.read(notes);
        }
    }
}

fn see(line: StartLine<'_>, field: Option<(message::HeaderName, &[u8])>, notes: &mut Notes) {
    let is_request = matches!(line, StartLine::Request { .. });
    match (line, field) {
        (_, Some((name, value))) => observe::header(is_request, name, value, notes),
        (StartLine::Request { target, .. }, None) => observe::target(target, notes),
        (StartLine::Status(_), None) => {}
    }
}

fn preview(line: StartLine<'_>, framing: &Framing<'_>, entry_page: bool) -> Option<Preview> {
    if framing.encoded {
        return None;
    }
    let kind = match line {
        StartLine::Request { .. } => {
            let is_form = starts_with(framing.content_type, b"application/x-www-form-urlencoded");
            is_form.then_some(Kind::Form)
        }
        StartLine::Status(200..=299 | 401 | 403) => Kind::of_response(framing.content_type, entry_page),
        StartLine::Status(_) => None,
    };
    kind.map(Preview::new)
}

/// The root, or a page that devices use for it.
fn is_entry_page(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    path.matches('/').count() <= 2
        && (name.is_empty()
            || ["index", "login", "home", "main", "default"].iter().any(|start| name.starts_with(start)))
}

fn note(anomaly: HttpAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
