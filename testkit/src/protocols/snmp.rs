//! SNMP version 2c (RFC 3416) in BER (ITU-T X.690).

use crate::bytes::Bytes;

/// What an agent says of its system (RFC 3418).
pub(crate) struct System<'a> {
    pub(crate) description: &'a str,
    /// sysObjectID.
    pub(crate) object: &'a [u32],
    pub(crate) name: &'a str,
    pub(crate) location: &'a str,
}

const COMMUNITY: &str = "public";
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const NULL: u8 = 0x05;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const GET: u8 = 0xa0;
const RESPONSE: u8 = 0xa2;
/// sysDescr, sysObjectID, sysName and sysLocation under 1.3.6.1.2.1.1.
const ASKED: [u32; 4] = [1, 2, 5, 6];

/// A manager's question for the system group.
pub(crate) fn request(id: u16) -> Vec<u8> {
    let bindings = ASKED.map(|number| binding(number, tagged(NULL, [])));
    message(GET, id, &bindings)
}

/// The agent's answer.
pub(crate) fn response(id: u16, system: &System<'_>) -> Vec<u8> {
    let values = [
        tagged(OCTETS, system.description),
        tagged(OBJECT, object_id(system.object)),
        tagged(OCTETS, system.name),
        tagged(OCTETS, system.location),
    ];
    let bindings: Vec<Bytes> =
        ASKED.into_iter().zip(values).map(|(number, value)| binding(number, value)).collect();
    message(RESPONSE, id, &bindings)
}

fn message(kind: u8, id: u16, bindings: &[Bytes]) -> Vec<u8> {
    let list = bindings.iter().fold(Bytes::new(), Bytes::put);
    let zero = || tagged(INTEGER, [0]);
    let pdu = Bytes::new().put(tagged(INTEGER, Bytes::new().u8(1).u16(id))).put(zero()).put(zero());
    let pdu = tagged(kind, pdu.put(tagged(SEQUENCE, list)));
    let body = Bytes::new().put(tagged(INTEGER, [1])).put(tagged(OCTETS, COMMUNITY)).put(pdu);
    tagged(SEQUENCE, body).done()
}

fn binding(number: u32, value: Bytes) -> Bytes {
    let name = tagged(OBJECT, object_id(&[1, 3, 6, 1, 2, 1, 1, number, 0]));
    tagged(SEQUENCE, Bytes::new().put(name).put(value))
}

fn object_id(numbers: &[u32]) -> Bytes {
    let [first, second, rest @ ..] = numbers else { return Bytes::new() };
    rest.iter().fold(base128(Bytes::new(), first * 40 + second), |bytes, number| base128(bytes, *number))
}

fn base128(mut bytes: Bytes, number: u32) -> Bytes {
    for shift in [28, 21, 14, 7] {
        if number >> shift > 0 {
            bytes = bytes.u8(0x80 | u8::try_from(number >> shift & 0x7f).unwrap_or(0));
        }
    }
    bytes.u8(u8::try_from(number & 0x7f).unwrap_or(0))
}

/// Tag, length, value.
pub(crate) fn tagged(tag: u8, value: impl AsRef<[u8]>) -> Bytes {
    let length = value.as_ref().len();
    let head = Bytes::new().u8(tag);
    let head = match length {
        0..=0x7f => head.u8(u8::try_from(length).unwrap_or(0)),
        0x80..=0xff => head.u8(0x81).u8(u8::try_from(length).unwrap_or(0)),
        _ => head.u8(0x82).u16(crate::bytes::short(length)),
    };
    head.put(value)
}
