//! DICOM: data sets (PS3.5), the upper layer (PS3.8) and DIMSE commands (PS3.7).

use crate::bytes::{Bytes, long, short};
use crate::talk::{Exchange, Side};

/// How a data set is encoded (PS3.5 A).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Implicit,
    Explicit,
}

/// An element: tag, value representation, value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    tag: (u16, u16),
    vr: &'static str,
    value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Plain(Vec<u8>),
    Items(Vec<Vec<Element>>),
}

/// One end of an association.
#[derive(Debug, Clone)]
pub(crate) struct Entity {
    pub(crate) title: String,
    pub(crate) class: &'static str,
    pub(crate) version: &'static str,
}

/// A presentation context: identifier, abstract syntax, transfer syntax.
pub(crate) type Context = (u8, &'static str, Syntax);

/// A command and its data set, if any, on a context.
pub(crate) struct Message {
    pub(crate) side: Side,
    pub(crate) context: u8,
    pub(crate) command: Vec<u8>,
    pub(crate) data: Option<Vec<u8>>,
}

pub(crate) const VERIFICATION: &str = "1.2.840.10008.1.1";
pub(crate) const STUDY_ROOT_FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
pub(crate) const WORKLIST_FIND: &str = "1.2.840.10008.5.1.4.31";
/// Basic Grayscale Print Management Meta SOP Class (PS3.4 H.3.3).
pub(crate) const GRAYSCALE_PRINT: &str = "1.2.840.10008.5.1.1.9";
const APPLICATION_CONTEXT: &str = "1.2.840.10008.3.1.1.1";
const C_STORE: u16 = 0x0001;
const C_FIND: u16 = 0x0020;
const C_ECHO: u16 = 0x0030;
const RESPONSE: u16 = 0x8000;
const SUCCESS: u16 = 0;
const PENDING: u16 = 0xff00;
const NO_DATA_SET: u16 = 0x0101;
/// Longest PDU that both ends take.
const PDU_MAX: u32 = 16_384;
/// Bytes of a data set in one PDU.
const FRAGMENT: usize = 16_372;

impl Syntax {
    const fn uid(self) -> &'static str {
        match self {
            Self::Implicit => "1.2.840.10008.1.2",
            Self::Explicit => "1.2.840.10008.1.2.1",
        }
    }
}

/// A text element, made even as its kind asks.
pub(crate) fn text(group: u16, element: u16, vr: &'static str, value: &str) -> Element {
    let padding = if vr == "UI" { 0 } else { b' ' };
    let mut value = value.as_bytes().to_vec();
    if value.len() % 2 == 1 {
        value.push(padding);
    }
    Element { tag: (group, element), vr, value: Value::Plain(value) }
}

/// A number of two bytes.
pub(crate) fn number(group: u16, element: u16, value: u16) -> Element {
    Element { tag: (group, element), vr: "US", value: Value::Plain(value.to_le_bytes().to_vec()) }
}

/// Pixel data.
pub(crate) fn pixels(value: Vec<u8>) -> Element {
    Element { tag: (0x7fe0, 0x0010), vr: "OW", value: Value::Plain(value) }
}

/// A sequence.
pub(crate) fn sequence(group: u16, element: u16, items: Vec<Vec<Element>>) -> Element {
    Element { tag: (group, element), vr: "SQ", value: Value::Items(items) }
}

/// A data set as bytes; sequences have lengths in one syntax and end marks in the other, so that both are seen.
pub(crate) fn encode(elements: &[Element], syntax: Syntax) -> Vec<u8> {
    elements.iter().fold(Bytes::new(), |bytes, element| bytes.put(encode_element(element, syntax))).done()
}

fn encode_element(element: &Element, syntax: Syntax) -> Vec<u8> {
    let (group, number) = element.tag;
    let head = Bytes::new().u16_le(group).u16_le(number);
    let (value, length) = match &element.value {
        Value::Plain(value) => (value.clone(), long(value.len())),
        Value::Items(items) => {
            let value = encode_items(items, syntax);
            let length = if syntax == Syntax::Explicit { u32::MAX } else { long(value.len()) };
            (value, length)
        }
    };
    let head = match (syntax, element.vr) {
        (Syntax::Implicit, _) => head.u32_le(length),
        (Syntax::Explicit, "OW" | "SQ" | "UT") => head.put(element.vr).u16(0).u32_le(length),
        (Syntax::Explicit, vr) => head.put(vr).u16_le(u16::try_from(length).unwrap_or(u16::MAX)),
    };
    head.put(value).done()
}

fn encode_items(items: &[Vec<Element>], syntax: Syntax) -> Vec<u8> {
    let mark = |number: u16, length: u32| Bytes::new().u16_le(0xfffe).u16_le(number).u32_le(length);
    let mut bytes = Bytes::new();
    for item in items {
        let content = encode(item, syntax);
        bytes = match syntax {
            Syntax::Implicit => bytes.put(mark(0xe000, long(content.len()))).put(content),
            Syntax::Explicit => bytes.put(mark(0xe000, u32::MAX)).put(content).put(mark(0xe00d, 0)),
        };
    }
    match syntax {
        Syntax::Implicit => bytes.done(),
        Syntax::Explicit => bytes.put(mark(0xe0dd, 0)).done(),
    }
}

/// A file with this data set (PS3.10 7), for tools that read files.
pub(crate) fn file(elements: &[Element], syntax: Syntax, class: &str, instance: &str) -> Vec<u8> {
    let meta = [
        text(2, 2, "UI", class),
        text(2, 3, "UI", instance),
        text(2, 0x10, "UI", syntax.uid()),
        text(2, 0x12, "UI", "2.25.1"),
    ];
    let version = Bytes::new().put([2, 0, 1, 0]).put("OB").u16(0).u32_le(2).put([0, 1]);
    let meta = version.put(encode(&meta, Syntax::Explicit));
    let length = Bytes::new().put([2, 0, 0, 0]).put("UL").u16_le(4).u32_le(long(meta.len()));
    Bytes::new().zeros(128).put("DICM").put(length).put(meta).put(encode(elements, syntax)).done()
}

/// An association with these messages, from request to release.
pub(crate) fn association(
    caller: &Entity,
    called: &Entity,
    contexts: &[Context],
    messages: &[Message],
) -> Exchange {
    let mut exchange = vec![
        (Side::Client, associate(1, caller, called, caller, contexts)),
        (Side::Server, associate(2, caller, called, called, contexts)),
    ];
    for message in messages {
        let data = message.data.iter().flat_map(|data| values(message.context, 0, data));
        let pdus = values(message.context, 1, &message.command).into_iter().chain(data);
        exchange.push((message.side, pdus.collect::<Vec<_>>().concat()));
    }
    exchange.push((Side::Client, pdu(5, Bytes::new().u32(0))));
    exchange.push((Side::Server, pdu(6, Bytes::new().u32(0))));
    exchange
}

fn associate(kind: u8, caller: &Entity, called: &Entity, own: &Entity, contexts: &[Context]) -> Vec<u8> {
    let mut body = Bytes::new().u16(1).u16(0).put(format!("{:16.16}{:16.16}", called.title, caller.title));
    body = body.zeros(32).put(item(0x10, APPLICATION_CONTEXT));
    for (id, class, syntax) in contexts {
        let head = Bytes::new().put([*id, 0, 0, 0]);
        let head = if kind == 1 { head.put(item(0x30, class)) } else { head };
        let context = head.put(item(0x40, syntax.uid()));
        body = body.put(item(if kind == 1 { 0x20 } else { 0x21 }, context));
    }
    let user = Bytes::new().put(item(0x51, PDU_MAX.to_be_bytes())).put(item(0x52, own.class));
    pdu(kind, body.put(item(0x50, user.put(item(0x55, own.version)))))
}

fn item(kind: u8, content: impl AsRef<[u8]>) -> Bytes {
    Bytes::new().u8(kind).u8(0).len16(content)
}

fn pdu(kind: u8, body: Bytes) -> Vec<u8> {
    Bytes::new().u8(kind).u8(0).len32(body).done()
}

/// A command (`kind` 1) or a data set (0) in as many PDUs as it takes.
fn values(context: u8, kind: u8, bytes: &[u8]) -> Vec<Vec<u8>> {
    let count = bytes.chunks(FRAGMENT).count();
    let pdus = bytes.chunks(FRAGMENT).enumerate().map(|(index, part)| {
        let last = if index + 1 == count { 2 } else { 0 };
        pdu(4, Bytes::new().len32(Bytes::new().u8(context).u8(kind | last).put(part)))
    });
    pdus.collect()
}

/// C-ECHO request and answer.
pub(crate) fn echo(context: u8, message: u16) -> [Message; 2] {
    let both = |field, side, extra: &[(u16, Vec<u8>)]| {
        plain(side, context, command(VERIFICATION, field, message, false, extra))
    };
    [both(C_ECHO, Side::Client, &[]), both(C_ECHO | RESPONSE, Side::Server, &[status(SUCCESS)])]
}

/// C-STORE request and answer.
pub(crate) fn store(context: u8, message: u16, class: &str, instance: &str, data: Vec<u8>) -> [Message; 2] {
    let about = (0x1000, uid(instance));
    let asked = command(class, C_STORE, message, true, &[priority(), about.clone()]);
    let done = command(class, C_STORE | RESPONSE, message, false, &[status(SUCCESS), about]);
    [
        Message { side: Side::Client, context, command: asked, data: Some(data) },
        plain(Side::Server, context, done),
    ]
}

/// C-FIND: a query and its matches.
pub(crate) fn find(
    context: u8,
    message: u16,
    class: &str,
    query: Vec<u8>,
    matches: Vec<Vec<u8>>,
) -> Vec<Message> {
    let asked = command(class, C_FIND, message, true, &[priority()]);
    let mut all = vec![Message { side: Side::Client, context, command: asked, data: Some(query) }];
    for data in matches {
        let found = command(class, C_FIND | RESPONSE, message, true, &[status(PENDING)]);
        all.push(Message { side: Side::Server, context, command: found, data: Some(data) });
    }
    let done = command(class, C_FIND | RESPONSE, message, false, &[status(SUCCESS)]);
    all.push(plain(Side::Server, context, done));
    all
}

const fn plain(side: Side, context: u8, command: Vec<u8>) -> Message {
    Message { side, context, command, data: None }
}

fn priority() -> (u16, Vec<u8>) {
    (0x0700, 0_u16.to_le_bytes().to_vec())
}

fn status(code: u16) -> (u16, Vec<u8>) {
    (0x0900, code.to_le_bytes().to_vec())
}

/// A command set in the order of its tags, behind its group length.
fn command(class: &str, field: u16, message: u16, has_data: bool, extra: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let id = if field & RESPONSE == 0 { 0x0110 } else { 0x0120 };
    let data: u16 = if has_data { 1 } else { NO_DATA_SET };
    let mut elements = vec![
        (0x0002, uid(class)),
        (0x0100, field.to_le_bytes().to_vec()),
        (id, message.to_le_bytes().to_vec()),
        (0x0800, data.to_le_bytes().to_vec()),
    ];
    elements.extend_from_slice(extra);
    elements.sort_unstable();
    let body = elements.iter().fold(Bytes::new(), |bytes, (element, value)| {
        bytes.u16_le(0).u16_le(*element).u32_le(long(value.len())).put(value)
    });
    Bytes::new().zeros(4).u32_le(4).u32_le(long(body.len())).put(body).done()
}

fn uid(text: &str) -> Vec<u8> {
    Bytes::new().put(text).align(2).done()
}

/// Rows or columns of an image as a number of two bytes.
pub(crate) fn size(pixels: usize) -> u16 {
    short(pixels)
}
