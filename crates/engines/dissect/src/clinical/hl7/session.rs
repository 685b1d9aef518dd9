//! The state of an HL7 conversation: each side sends messages, segment by segment.

use super::anomaly::Hl7Anomaly;
use super::equipment::Equipment;
use super::message::{Delimiters, END_OF_BLOCK, HEADERS, SEGMENT, START_OF_BLOCK, SegmentName};
use super::{PROTOCOL, observe};
use crate::{Chunk, Notes, Session, Side, Step};

/// Both sides.
#[derive(Debug, Default)]
pub(super) struct Hl7 {
    originator: Half,
    responder: Half,
}

/// What one side is in the middle of.
#[derive(Debug, Default)]
struct Half {
    delimiters: Option<Delimiters>,
    at: At,
    /// Whether the current message came in a block.
    in_block: bool,
    /// Bytes of an unfinished segment in which no end was found.
    searched: usize,
    equipment: Equipment,
    /// What a message says whose block has not ended.
    kept: Option<Box<Notes>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// Before a message.
    #[default]
    Between,
    /// In something that is no message, until the next block.
    Lost,
    /// At the start of a segment.
    Segment,
    /// In a segment that is passed over.
    Passing,
}

impl Session for Hl7 {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let half = self.half(chunk.side);
        let Some(mut kept) = half.kept.take() else { return half.step(chunk.bytes, notes) };
        let step = half.step(chunk.bytes, &mut kept);
        if matches!(half.at, At::Segment | At::Passing) && half.kept.is_none() {
            half.kept = Some(kept);
        } else {
            notes.append(&mut kept);
        }
        step
    }

    fn resync(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        *self.half(side) = Half::default();
        bytes.windows(4).position(|window| {
            window
                .split_first()
                .is_some_and(|(first, rest)| *first == START_OF_BLOCK && HEADERS.contains(&rest))
        })
    }

    fn end(&mut self, side: Side, notes: &mut Notes) {
        if let Some(mut kept) = self.half(side).kept.take() {
            notes.append(&mut kept);
        }
    }

    fn memory(&self) -> usize {
        let kept = [&self.originator, &self.responder].into_iter().filter_map(|half| half.kept.as_ref());
        kept.map(|kept| size_of::<Notes>() + kept.memory()).sum()
    }
}

impl Hl7 {
    const fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        }
    }
}

impl Half {
    fn step(&mut self, bytes: &[u8], notes: &mut Notes) -> Step {
        match self.at {
            At::Between => self.between(bytes, notes),
            At::Lost => self.seek(bytes),
            At::Segment => self.segment(bytes, notes),
            At::Passing => self.pass(bytes, notes),
        }
    }

    fn between(&mut self, bytes: &[u8], notes: &mut Notes) -> Step {
        if bytes.first() == Some(&START_OF_BLOCK) {
            self.start_block(bytes);
            return Step::Consumed(1);
        }
        if HEADERS.iter().any(|header| bytes.starts_with(header)) {
            note(Hl7Anomaly::NoBlock, notes);
            self.start(false);
            return self.segment(bytes, notes);
        }
        if HEADERS.iter().any(|header| header.starts_with(bytes)) {
            return Step::need(bytes.len(), 1);
        }
        // Line ends and block ends belong here; anything else does not.
        let is_end = |byte: &&u8| matches!(**byte, b'\r' | b'\n' | END_OF_BLOCK);
        let ends = bytes.iter().take_while(is_end).count();
        if ends > 0 {
            return Step::Consumed(ends);
        }
        note(Hl7Anomaly::BetweenBlocks, notes);
        self.at = At::Lost;
        Step::Consumed(1)
    }

    /// To the next block.
    fn seek(&mut self, bytes: &[u8]) -> Step {
        match bytes.iter().position(|byte| *byte == START_OF_BLOCK) {
            Some(start) => {
                self.start_block(bytes.get(start..).unwrap_or_default());
                Step::Consumed(start.saturating_add(1))
            }
            None => Step::Consumed(bytes.len()),
        }
    }

    /// A block begins with `bytes`. Unless they hold its end too, what it says is kept back until that comes.
    fn start_block(&mut self, bytes: &[u8]) {
        self.start(true);
        let end = bytes.iter().position(|byte| *byte == END_OF_BLOCK);
        let is_whole = end.is_some_and(|end| end.saturating_add(1) < bytes.len());
        self.kept = (!is_whole).then(Box::default);
    }

    const fn start(&mut self, in_block: bool) {
        self.at = At::Segment;
        self.in_block = in_block;
    }

    /// At the start of a segment, or at the end of the message.
    fn segment(&mut self, bytes: &[u8], notes: &mut Notes) -> Step {
        match bytes.first() {
            // The line end behind it belongs to the block.
            Some(&END_OF_BLOCK) if self.in_block && bytes.len() == 1 => return Step::Need(2),
            Some(&END_OF_BLOCK) => {
                self.at = At::Between;
                return Step::Consumed(1);
            }
            Some(&START_OF_BLOCK) => {
                self.at = At::Between;
                return self.between(bytes, notes);
            }
            Some(b'\r' | b'\n') => return Step::Consumed(1),
            _ => {}
        }
        let Some(name) = bytes.first_chunk().copied().map(SegmentName) else { return Step::Need(3) };
        if !self.in_block && !name.is_possible() {
            self.at = At::Between;
            return Step::Done;
        }
        if !name.is_read() {
            if name == SegmentName::PID {
                observe::patient(notes);
            }
            self.at = At::Passing;
            return Step::Consumed(3);
        }
        let fresh = bytes.get(self.searched..).unwrap_or_default();
        let found = fresh.iter().position(|byte| is_segment_end(*byte));
        let end = found.map_or(bytes.len(), |end| end.saturating_add(self.searched));
        if !SEGMENT.allows(end) {
            note(Hl7Anomaly::LongSegment, notes);
            self.searched = 0;
            self.at = At::Passing;
            return Step::Consumed(end);
        }
        if found.is_none() {
            self.searched = end;
            return Step::Need(end.saturating_add(1));
        }
        self.searched = 0;
        self.read(name, bytes.get(..end).unwrap_or_default(), notes);
        Step::Consumed(end.max(1))
    }

    fn read(&mut self, name: SegmentName, segment: &[u8], notes: &mut Notes) {
        if name == SegmentName::MSH {
            self.equipment.start_message();
            self.delimiters = Delimiters::read(segment.get(3..).unwrap_or_default());
            if self.delimiters.is_none() {
                note(Hl7Anomaly::NoDelimiters, notes);
            }
        }
        let Some(delimiters) = self.delimiters else {
            if name != SegmentName::MSH {
                note(Hl7Anomaly::NoHeader, notes);
            }
            return;
        };
        match name {
            SegmentName::MSH => observe::header(segment, delimiters, notes),
            SegmentName::SFT => observe::software(segment, delimiters, notes),
            SegmentName::MSA => observe::acknowledgement(segment, delimiters, notes),
            SegmentName::PRT => observe::participation(segment, delimiters, &mut self.equipment, notes),
            SegmentName::OBX => {
                observe::patient(notes);
                observe::observation(segment, delimiters, &mut self.equipment, notes);
            }
            _ => {}
        }
    }

    /// Over the rest of a segment.
    fn pass(&mut self, bytes: &[u8], notes: &mut Notes) -> Step {
        match bytes.iter().position(|byte| is_segment_end(*byte)) {
            Some(end) => {
                self.at = At::Segment;
                if end == 0 { self.segment(bytes, notes) } else { Step::Consumed(end) }
            }
            None => Step::Consumed(bytes.len()),
        }
    }
}

const fn is_segment_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | END_OF_BLOCK | START_OF_BLOCK)
}

fn note(anomaly: Hl7Anomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
