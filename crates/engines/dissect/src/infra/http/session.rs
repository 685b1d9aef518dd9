//! The state of an HTTP conversation: heads are read, bodies are passed over, the start of some is looked at.

use std::collections::VecDeque;

use model::Subject;
use wire::Limit;

use super::anomaly::HttpAnomaly;
use super::body::{Kind, Preview};
use super::message::{self, Framing, HEAD, HTTP2_PREFACE, StartLine, read_head};
use super::{PROTOCOL, observe};
use crate::infra::text::find_head_end;
use crate::{Chunk, Mark, Notes, Session, Side, Step};

/// Both sides, and what the next answer is about.
#[derive(Debug, Default)]
pub(super) struct Http {
    requests: Half,
    answers: Half,
    /// Requests without an answer yet, oldest first: they are answered in order (RFC 9112, 9.3.2).
    asked: VecDeque<Asked>,
}

/// What an answer has to be read by.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    /// HEAD, whose answer has no body.
    head_only: bool,
    /// CONNECT, after whose answer the proxy passes on what others say.
    connect: bool,
    /// For an entry page, whose title is of interest.
    entry_page: bool,
}

#[derive(Debug, Default)]
struct Half {
    at: At,
    /// Bytes of an unfinished head in which no end was found.
    searched: usize,
    preview: Option<Preview>,
    /// What the head said of a message whose body has not ended.
    kept: Option<Box<Notes>>,
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
    /// At a line of the trailer, behind the last chunk.
    Trailer,
    /// The body ends with the connection.
    UntilClose,
}

/// Longest line with the size of a chunk, or of a trailer.
const CHUNK_LINE: Limit =
    Limit::new("http_chunk_line", 1 << 10, "sixteen digits, and extensions that nobody uses");
/// Requests whose answers are waited for.
const PIPELINE: Limit =
    Limit::new("http_pipeline", 32, "clients that pipeline send a dozen; older ones are forgotten");

impl Session for Http {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let at = self.half(chunk.side).at;
        match at {
            At::Head => self.head(chunk, notes),
            At::Body(left) => self.body(chunk, left, notes),
            At::ChunkSize => self.chunk_size(chunk, notes),
            At::Trailer => self.trailer(chunk, notes),
            At::Chunk(left) => self.chunk(chunk, left, notes),
            At::UntilClose => self.until_close(chunk, notes),
        }
    }

    fn resync(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        *self.half(side) = Half::default();
        // Which request an answer belongs to is not known any more.
        self.asked.clear();
        message::find_head(bytes)
    }

    fn skipped(&mut self, side: Side, notes: &mut Notes) {
        let half = self.half(side);
        if half.at == At::Head {
            half.end_message(notes);
        }
    }

    fn end(&mut self, side: Side, notes: &mut Notes) {
        let half = self.half(side);
        half.end_preview(notes);
        half.end_message(notes);
    }

    fn memory(&self) -> usize {
        self.requests.memory() + self.answers.memory() + self.asked.capacity() * size_of::<Asked>()
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
        let (head, rest) = chunk.bytes.split_at_checked(end).unwrap_or((chunk.bytes, &[]));
        let mark = notes.mark();
        let read = read_head(head, |line, field| see(line, field, notes));
        match read {
            Ok((line, framing)) => {
                let step = self.start_body(chunk.side, line, &framing, end, notes);
                self.half(chunk.side).keep(mark, rest.len(), notes);
                step
            }
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
        match line {
            StartLine::Request { method, target } => {
                self.ask(Asked {
                    head_only: method == "HEAD",
                    connect: method == "CONNECT",
                    entry_page: is_entry_page(target),
                });
                if method == "CONNECT" {
                    observe::proxy(notes);
                    return Step::Done;
                }
                observe::content_type(framing.content_type, Subject::Receiver, notes);
                self.enter_body(side, line, framing, Asked::default());
            }
            StartLine::Status(101) => {
                observe::upgrade(framing.upgrade, notes);
                return Step::AllDone;
            }
            StartLine::Status(code) => {
                let asked = if code < 200 { None } else { self.asked.pop_front() }.unwrap_or_default();
                if asked.connect && (200..300).contains(&code) {
                    return Step::Done;
                }
                observe::content_type(framing.content_type, Subject::Sender, notes);
                self.enter_body(side, line, framing, asked);
            }
        }
        Step::Consumed(consumed)
    }

    fn ask(&mut self, asked: Asked) {
        if !PIPELINE.allows(self.asked.len() + 1) {
            self.asked.pop_front();
        }
        self.asked.push_back(asked);
    }

    /// How the body ends (RFC 9112, 6.3), and whether it is looked at.
    fn enter_body(&mut self, side: Side, line: StartLine<'_>, framing: &Framing<'_>, asked: Asked) {
        let half = self.half(side);
        half.at = match line {
            StartLine::Status(100..=199 | 204 | 304) => At::Head,
            StartLine::Status(_) if asked.head_only => At::Head,
            _ if framing.chunked => At::ChunkSize,
            StartLine::Request { .. } => At::Body(framing.length.unwrap_or(0)),
            StartLine::Status(_) => framing.length.map_or(At::UntilClose, At::Body),
        };
        if matches!(half.at, At::Body(0)) {
            half.at = At::Head;
        }
        half.preview = if half.at == At::Head { None } else { preview(line, framing, asked.entry_page) };
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
        if left == 0 {
            half.end_message(notes);
        }
        Step::Consumed(here.len())
    }

    fn chunk_size(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let (end, line) = match chunk_line(chunk.bytes) {
            Ok(found) => found,
            Err(step) => return step,
        };
        let Some(line) = line else {
            note(HttpAnomaly::MalformedChunk, notes);
            return Step::Done;
        };
        let half = self.half(chunk.side);
        let size = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let size = message::number(size, 16);
        match size {
            Some(0) => {
                half.end_preview(notes);
                half.at = At::Trailer;
            }
            Some(size) => half.at = At::Chunk(size.saturating_add(2)),
            None => {
                note(HttpAnomaly::MalformedChunk, notes);
                return Step::Done;
            }
        }
        Step::Consumed(end)
    }

    /// The fields of a trailer are not read (RFC 9112, 7.1.2); an empty line ends it. Devices that leave the empty line
    /// out are forgiven.
    fn trailer(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let (end, line) = match chunk_line(chunk.bytes) {
            Ok(found) => found,
            Err(step) => return step,
        };
        let Some(line) = line else {
            note(HttpAnomaly::MalformedChunk, notes);
            return Step::Done;
        };
        let is_head = message::starts_head(chunk.bytes.get(..end).unwrap_or_default());
        if line.is_empty() || is_head {
            let half = self.half(chunk.side);
            half.at = At::Head;
            half.end_message(notes);
        }
        // A blank line is passed over at the head too; a head has to be offered again.
        if is_head { self.head(chunk, notes) } else { Step::Consumed(end) }
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
        let Some(preview) = &mut half.preview else { return Step::Skip(u64::MAX) };
        if preview.take_in(chunk.bytes) {
            half.end_preview(notes);
        }
        Step::Consumed(chunk.bytes.len())
    }
}

impl Half {
    /// Keeps what the head said since `mark` until the body ends, of which so many bytes are here.
    fn keep(&mut self, mark: Mark, here: usize, notes: &mut Notes) {
        let here = u64::try_from(here).unwrap_or(u64::MAX);
        let ends_later = match self.at {
            At::Head => false,
            At::Body(left) => left > here,
            At::ChunkSize | At::Chunk(_) | At::Trailer | At::UntilClose => true,
        };
        self.kept = ends_later.then(|| Box::new(notes.take_since(mark)));
    }

    /// The body is looked at: what it shows stands behind what the head said.
    fn end_preview(&mut self, notes: &mut Notes) {
        if let Some(preview) = self.preview.take() {
            preview.read(self.kept.as_deref_mut().unwrap_or(notes));
        }
    }

    fn end_message(&mut self, notes: &mut Notes) {
        if let Some(mut kept) = self.kept.take() {
            notes.append(&mut kept);
        }
    }

    fn memory(&self) -> usize {
        self.preview.as_ref().map_or(0, Preview::memory)
            + self.kept.as_ref().map_or(0, |kept| size_of::<Notes>() + kept.memory())
    }
}

/// The line at the start of `bytes` and where the next begins. No line when it is too long, a wait when it has no end
/// yet.
fn chunk_line(bytes: &[u8]) -> Result<(usize, Option<&[u8]>), Step> {
    match bytes.iter().take(CHUNK_LINE.max).position(|byte| *byte == b'\n') {
        Some(end) => Ok((end + 1, bytes.get(..end).map(<[u8]>::trim_ascii))),
        None if CHUNK_LINE.allows(bytes.len() + 1) => Err(Step::Need(bytes.len() + 1)),
        None => Ok((bytes.len(), None)),
    }
}

fn see(line: StartLine<'_>, field: Option<(message::HeaderName, &[u8])>, notes: &mut Notes) {
    let is_request = matches!(line, StartLine::Request { .. });
    match (line, field) {
        // To a proxy, the host is the name of somebody else.
        (StartLine::Request { target, .. }, Some((message::HeaderName::Host, _)))
            if !target.starts_with(['/', '*']) => {}
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
        StartLine::Request { .. } => Kind::of_request(framing.content_type),
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
