//! The state of an ASTM conversation: where each side is in its frame and record.

use wire::Limit;

use super::anomaly::AstmAnomaly;
use super::message::{ACK, CR, ENQ, EOT, ETB, ETX, NAK, RecordType, STX, header};
use super::{PROTOCOL, observe};
use crate::{Chunk, Notes, Session, Side, Step};

/// A header record longer than this is passed over.
const HEADER: Limit = Limit::new("astm_header", 1_024, "names, an address, a date");

#[derive(Debug, Default)]
pub(super) struct Astm {
    originator: Reading,
    responder: Reading,
}

/// Where one side is.
#[derive(Debug, Default, Clone, Copy)]
struct Reading {
    place: Place,
    /// Sum of the frame's bytes so far; `None` outside frames.
    sum: Option<u8>,
    saw_patient: bool,
    saw_result: bool,
}

#[derive(Debug, Default, Clone, Copy)]
enum Place {
    /// Between frames, or at the beginning of a record that has no frame.
    #[default]
    Outside,
    /// The number of a frame comes next.
    Number,
    /// A record begins.
    Record,
    /// In a record of no interest.
    Passing,
    /// The two digits of the check come next.
    Check,
}

impl Session for Astm {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let reading = match chunk.side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        };
        match reading.place {
            Place::Outside => reading.outside(chunk.bytes, notes),
            Place::Number => {
                reading.add(chunk.bytes.get(..1).unwrap_or_default());
                reading.place = Place::Record;
                Step::Consumed(1)
            }
            Place::Record => reading.record(chunk.bytes, notes),
            Place::Passing => reading.pass(chunk.bytes),
            Place::Check => reading.check(chunk.bytes, notes),
        }
    }

    fn resync(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        let reading = match side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        };
        *reading = Reading::default();
        bytes.iter().position(|byte| matches!(*byte, STX | ENQ | EOT))
    }
}

impl Reading {
    fn outside(&mut self, bytes: &[u8], notes: &mut Notes) -> Step {
        match bytes.first() {
            Some(&STX) => {
                self.place = Place::Number;
                self.sum = Some(0);
            }
            Some(&ENQ) => {
                self.saw_patient = false;
                self.saw_result = false;
            }
            Some(&NAK) => notes.anomaly(PROTOCOL.protocol.name, AstmAnomaly::NotAcknowledged.name()),
            Some(&(ACK | EOT | b'\r' | b'\n')) => {}
            _ => {
                self.sum = None;
                self.place = Place::Record;
                return self.record(bytes, notes);
            }
        }
        Step::Consumed(1)
    }

    /// At the beginning of a record: only the header is held until it is whole.
    fn record(&mut self, bytes: &[u8], notes: &mut Notes) -> Step {
        let Some(&letter) = bytes.first() else { return Step::Need(1) };
        match RecordType(letter) {
            RecordType::HEADER => return self.header(bytes, notes),
            RecordType::PATIENT if !self.saw_patient => {
                self.saw_patient = true;
                observe::patient(notes);
            }
            RecordType::RESULT | RecordType::QUERY if !self.saw_result => {
                self.saw_result = true;
                observe::instrument(notes);
            }
            _ => {}
        }
        self.place = Place::Passing;
        self.pass(bytes)
    }

    fn header(&mut self, bytes: &[u8], notes: &mut Notes) -> Step {
        let end = bytes.iter().position(|byte| matches!(*byte, CR | ETX | ETB | b'\n'));
        match end {
            Some(end) if HEADER.allows(end) => {
                if let Some(header) = bytes.get(..end).and_then(header) {
                    observe::header(&header, notes);
                }
            }
            None if HEADER.allows(bytes.len()) => return Step::Need(bytes.len().saturating_add(1)),
            _ => notes.anomaly(PROTOCOL.protocol.name, AstmAnomaly::HeaderTooLong.name()),
        }
        self.place = Place::Passing;
        self.pass(bytes)
    }

    /// Goes on to the end of the record or frame.
    fn pass(&mut self, bytes: &[u8]) -> Step {
        let Some(end) = bytes.iter().position(|byte| matches!(*byte, CR | ETX | ETB | b'\n')) else {
            self.add(bytes);
            return Step::Consumed(bytes.len());
        };
        let end = end.saturating_add(1);
        let passed = bytes.get(..end).unwrap_or_default();
        self.add(passed);
        self.place = match (passed.last(), self.sum) {
            (Some(&(ETX | ETB)), Some(_)) => Place::Check,
            (_, Some(_)) => Place::Record,
            (_, None) => Place::Outside,
        };
        // The end of a frame right after the end of a record begins no record.
        if matches!(self.place, Place::Record)
            && bytes.get(end).is_some_and(|next| matches!(*next, ETX | ETB))
        {
            self.place = Place::Passing;
        }
        Step::Consumed(end)
    }

    fn check(&mut self, bytes: &[u8], notes: &mut Notes) -> Step {
        let Some(digits) = bytes.get(..2) else { return Step::Need(2) };
        let stated = std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if stated != self.sum {
            notes.anomaly(PROTOCOL.protocol.name, AstmAnomaly::BadCheck.name());
        }
        self.sum = None;
        self.place = Place::Outside;
        Step::Consumed(2)
    }

    fn add(&mut self, bytes: &[u8]) {
        self.sum = self.sum.map(|sum| bytes.iter().fold(sum, |sum, byte| sum.wrapping_add(*byte)));
    }
}
