//! The state of a DNP3 conversation: which control waits for its answer.

use super::anomaly::Dnp3Anomaly;
use super::message::{Application, HEADER, application, attribute, is_control, length, read};
use super::{STREAM, observe};
use crate::building::frames::Framing;
use crate::{Notes, Outcome, Packet, Side};

#[derive(Debug, Default)]
pub(super) struct Dnp3 {
    /// Sequence number of a control request.
    asked: Option<u8>,
}

impl Framing for Dnp3 {
    const HEADER: usize = HEADER;
    const LARGEST: usize = 292;

    fn length(header: &[u8]) -> Option<usize> {
        length(header)
    }

    fn frame(&mut self, frame: &[u8], _: Side, notes: &mut Notes) {
        let Ok(frame) = read(frame) else { return };
        if !frame.is_intact {
            notes.anomaly(STREAM.protocol.name, Dnp3Anomaly::BadCheck.name());
            return;
        }
        observe::role(frame.is_from_master, notes);
        match application(&frame.data) {
            Some(Application::Request { sequence, function }) if is_control(function) => {
                self.asked = Some(sequence);
            }
            Some(Application::Response { sequence, is_refused, mut objects }) => {
                if self.asked.take() == Some(sequence) && !is_refused {
                    observe::obeyed(notes);
                }
                while let Some(attribute) = attribute(&mut objects) {
                    observe::attribute(&attribute, notes);
                }
            }
            Some(Application::Request { .. }) | None => {}
        }
    }
}

/// Reads a datagram, which may hold several frames.
pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let mut rest = packet.payload;
    let mut any = false;
    while let Some((frame, left)) = length(rest).and_then(|length| rest.split_at_checked(length)) {
        any = true;
        Dnp3::default().frame(frame, Side::Originator, notes);
        rest = left;
    }
    if any { Outcome::Parsed } else { Outcome::NotMine }
}
