//! S7comm messages, as far as they are read.

use std::fmt;

use wire::Reader;

/// What a message is.
pub(super) enum Message<'a> {
    /// Answer to a job: its function, and whether it was done.
    Done {
        function: u8,
        is_error: bool,
    },
    /// Records of a system status list.
    List(List<'a>),
    /// S7comm-plus.
    Plus(&'a [u8]),
    Other,
}

/// A system status list: records of one length.
pub(super) struct List<'a> {
    pub(super) kind: ListKind,
    record_length: usize,
    records: Reader<'a>,
}

/// List number without its class and extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListKind(pub(super) u8);

impl ListKind {
    pub(super) const MODULE: Self = Self(0x11);
    pub(super) const COMPONENT: Self = Self(0x1c);
}

/// Record of a list.
pub(super) struct Record<'a> {
    pub(super) index: u16,
    pub(super) body: Reader<'a>,
}

/// Version in two words, as `V2.0.1`; letters other than `V` mean that there is none.
pub(super) struct Version(pub(super) [u8; 4]);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [letter, major, minor, patch] = self.0;
        if letter == b'V' { write!(f, "V{major}.{minor}.{patch}") } else { Ok(()) }
    }
}

const S7COMM: u8 = 0x32;
const ACKNOWLEDGE: u8 = 2;
const ACKNOWLEDGE_DATA: u8 = 3;
const USER_DATA: u8 = 7;
/// Answer of the group that reads system status lists.
const CPU_FUNCTIONS_ANSWER: u8 = 0x84;
const READ_LIST: u8 = 1;

/// Functions that change what the controller does: write variable, download, control, stop.
pub(super) const fn is_control(function: u8) -> bool {
    matches!(function, 0x05 | 0x1a..=0x1c | 0x28 | 0x29)
}

pub(super) fn read(payload: &[u8]) -> wire::Result<Message<'_>> {
    let mut reader = Reader::closed(payload);
    if reader.u8()? != S7COMM {
        return Ok(Message::Plus(reader.rest()));
    }
    let kind = reader.u8()?;
    reader.skip(4)?;
    let parameters = usize::from(reader.u16_be()?);
    reader.skip(2)?;
    match kind {
        ACKNOWLEDGE | ACKNOWLEDGE_DATA => {
            let is_error = reader.u16_be()? != 0;
            let function = reader.sub(parameters)?.u8().unwrap_or(0);
            Ok(Message::Done { function, is_error })
        }
        USER_DATA => {
            let head = reader.sub(parameters)?;
            user_data(head, reader)
        }
        _ => Ok(Message::Other),
    }
}

fn user_data<'a>(mut head: Reader<'a>, mut data: Reader<'a>) -> wire::Result<Message<'a>> {
    head.skip(5)?;
    let (group, function) = (head.u8()?, head.u8()?);
    if group != CPU_FUNCTIONS_ANSWER || function != READ_LIST || data.u8()? != 0xff {
        return Ok(Message::Other);
    }
    data.skip(3)?;
    let id = data.u16_be()?.to_be_bytes();
    data.skip(2)?;
    let record_length = usize::from(data.u16_be()?);
    data.skip(2)?;
    let [_, number] = id;
    Ok(Message::List(List { kind: ListKind(number), record_length, records: data }))
}

impl<'a> List<'a> {
    /// The next record that is there as a whole: a list may go on in another message.
    pub(super) fn next(&mut self) -> Option<Record<'a>> {
        let mut body = self.records.sub(self.record_length).ok()?;
        let index = body.u16_be().ok()?;
        Some(Record { index, body })
    }
}

/// The order number and firmware that an S7comm-plus message names: `1;6ES7 211-1BE31-0XB0 ;V3.0`.
pub(super) fn plus_order_number(payload: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let start =
        payload.windows(5).position(|bytes| matches!(bytes, [b';', b'6', b'A'..=b'Z', _, b'0'..=b'9']))?;
    let text = payload.get(start.checked_add(1)?..)?;
    let end = text.iter().position(|byte| !(b' '..0x7f).contains(byte)).unwrap_or(text.len());
    let mut parts = text.get(..end)?.split(|byte| *byte == b';');
    let order = parts.next().filter(|order| order.len() >= 12)?;
    Some((order, parts.next().filter(|version| version.first() == Some(&b'V'))))
}
