//! From ADS messages to notes. Every message stands for itself.

use wire::Reader;

use super::anomaly::AdsAnomaly;
use super::message::{Command, HEADER, ITEMS, Message, device_info, discovery, is_done, item, length, read};
use super::{STREAM, observe};
use crate::building::frames::Framing;
use crate::{Notes, Outcome, Packet, Side};

/// ADS over TCP.
#[derive(Debug, Default)]
pub(super) struct Ads;

impl Framing for Ads {
    const HEADER: usize = HEADER;
    const LARGEST: usize = 4_096;

    fn length(header: &[u8]) -> Option<usize> {
        length(header)
    }

    fn frame(&mut self, frame: &[u8], _: Side, notes: &mut Notes) {
        if read(frame).and_then(|message| said(message, notes)).is_err() {
            malformed(notes);
        }
    }
}

fn said(mut message: Message<'_>, notes: &mut Notes) -> wire::Result<()> {
    if !message.is_response || message.is_error || !is_done(&mut message.body)? {
        return Ok(());
    }
    observe::answers(message.source, notes);
    match message.command {
        Command::READ_DEVICE_INFO => observe::device_info(&device_info(&mut message.body)?, notes),
        Command::WRITE | Command::WRITE_CONTROL => observe::obeyed(notes),
        _ => {}
    }
    Ok(())
}

/// Reads a datagram of discovery.
pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    match discovery(packet.payload) {
        Err(_) => Outcome::NotMine,
        Ok(None) => Outcome::Parsed,
        Ok(Some((source, mut items))) => {
            observe::answers(source, notes);
            if read_items(&mut items, notes).is_err() {
                malformed(notes);
            }
            Outcome::Parsed
        }
    }
}

fn read_items(items: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<()> {
    let count = usize::try_from(items.u32_le()?).unwrap_or(usize::MAX);
    if !ITEMS.allows(count) {
        notes.anomaly(STREAM.protocol.name, AdsAnomaly::TooManyItems.name());
    }
    for _ in 0..count.min(ITEMS.max) {
        observe::item(&item(items)?, notes);
    }
    Ok(())
}

fn malformed(notes: &mut Notes) {
    notes.anomaly(STREAM.protocol.name, AdsAnomaly::Malformed.name());
}
