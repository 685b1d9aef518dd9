//! From synchrophasor frames to notes. Every frame stands for itself.

use super::anomaly::SynchrophasorAnomaly;
use super::message::{
    Frame, FrameType, HEADER, SYNC, UNITS, first_unit_3, is_intact, length, read, unit, units,
};
use super::{STREAM, observe};
use crate::building::frames::Framing;
use crate::{Notes, Outcome, Packet, Side};

/// Synchrophasor data over TCP.
#[derive(Debug, Default)]
pub(super) struct Synchrophasor;

impl Framing for Synchrophasor {
    const HEADER: usize = HEADER;
    const LARGEST: usize = 65_535;

    fn length(header: &[u8]) -> Option<usize> {
        length(header)
    }

    fn frame(&mut self, frame: &[u8], _: Side, notes: &mut Notes) {
        if is_intact(frame) {
            said(frame, notes);
        } else {
            note(SynchrophasorAnomaly::BadCheck, notes);
        }
    }
}

/// Reads a datagram, which may hold several frames.
pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if packet.payload.first() != Some(&SYNC) {
        return Outcome::NotMine;
    }
    let mut rest = packet.payload;
    let mut any = false;
    while let Some((frame, left)) = length(rest).and_then(|length| rest.split_at_checked(length)) {
        if !is_intact(frame) {
            break;
        }
        any = true;
        said(frame, notes);
        rest = left;
    }
    if any { Outcome::Parsed } else { Outcome::NotMine }
}

fn said(frame: &[u8], notes: &mut Notes) {
    if read(frame).and_then(|frame| note_frame(frame, notes)).is_err() {
        note(SynchrophasorAnomaly::Malformed, notes);
    }
}

fn note_frame(mut frame: Frame<'_>, notes: &mut Notes) -> wire::Result<()> {
    match frame.kind {
        FrameType::DATA => observe::data(frame.id_code, notes),
        FrameType::CONFIGURATION_1 | FrameType::CONFIGURATION_2 | FrameType::CONFIGURATION_3 => {
            return configuration(&mut frame, notes);
        }
        FrameType::COMMAND => observe::command(notes),
        _ => {}
    }
    Ok(())
}

fn configuration(frame: &mut Frame<'_>, notes: &mut Notes) -> wire::Result<()> {
    let count = units(frame.kind, &mut frame.body)?;
    observe::configuration(frame.id_code, count, notes);
    if frame.kind == FrameType::CONFIGURATION_3 {
        observe::station(first_unit_3(&mut frame.body)?, notes);
        return Ok(());
    }
    if !UNITS.allows(usize::from(count)) {
        note(SynchrophasorAnomaly::TooManyUnits, notes);
    }
    for _ in 0..usize::from(count).min(UNITS.max) {
        observe::station(unit(&mut frame.body)?, notes);
    }
    Ok(())
}

fn note(anomaly: SynchrophasorAnomaly, notes: &mut Notes) {
    notes.anomaly(STREAM.protocol.name, anomaly.name());
}
