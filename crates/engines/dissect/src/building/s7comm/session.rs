//! From S7comm messages to notes. Every message stands for itself.

use super::anomaly::S7commAnomaly;
use super::message::{Message, is_control, plus_order_number, read};
use super::{PROTOCOL, is_mine, observe};
use crate::building::cotp::{self, Kind};
use crate::building::frames::Framing;
use crate::{Notes, Side};

#[derive(Debug, Default)]
pub(super) struct S7comm;

impl Framing for S7comm {
    const HEADER: usize = 4;
    const LARGEST: usize = 8_192;

    fn length(header: &[u8]) -> Option<usize> {
        cotp::length(header)
    }

    fn frame(&mut self, frame: &[u8], side: Side, notes: &mut Notes) {
        let Ok(Kind::Data { payload, .. }) = cotp::read(frame) else { return };
        if !is_mine(payload) {
            return;
        }
        match read(payload) {
            Ok(message) => said(message, side, notes),
            Err(_) => notes.anomaly(PROTOCOL.protocol.name, S7commAnomaly::Malformed.name()),
        }
    }
}

fn said(message: Message<'_>, side: Side, notes: &mut Notes) {
    match message {
        Message::Done { function, is_error: false } if is_control(function) => observe::obeyed(notes),
        Message::List(mut list) => {
            while let Some(record) = list.next() {
                observe::record(list.kind, record, notes);
            }
        }
        Message::Plus(payload) => {
            notes.refine("s7comm-plus");
            if side == Side::Responder
                && let Some((order, version)) = plus_order_number(payload)
            {
                observe::order_number(order, version, notes);
            }
        }
        Message::Done { .. } | Message::Other => {}
    }
}
