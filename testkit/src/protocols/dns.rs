//! DNS (RFC 1035), mDNS and DNS-SD (RFC 6762, 6763).

use std::net::Ipv4Addr;

use crate::bytes::Bytes;

const A: u16 = 1;
const PTR: u16 = 12;
const TXT: u16 = 16;
const SRV: u16 = 33;
const IN: u16 = 1;
/// Class IN with the bit that empties caches (RFC 6762 10.2).
const IN_FLUSH: u16 = 0x8001;
const TTL_S: u32 = 3_600;
const LABEL_MAX: usize = 63;

/// A question for an address.
pub(crate) fn question(id: u16, name: &str) -> Vec<u8> {
    head(id, 0x0100, 1, 0, 0).put(labels(name)).u16(A).u16(IN).done()
}

/// Its answer.
pub(crate) fn answer(id: u16, name: &str, address: Ipv4Addr) -> Vec<u8> {
    let asked = head(id, 0x8580, 1, 1, 0).put(labels(name)).u16(A).u16(IN);
    asked.put(record(name, A, IN, &address.octets())).done()
}

/// An announcement of a service: pointer, place, text and address.
pub(crate) fn service(
    instance: &str,
    service: &str,
    host: &str,
    port: u16,
    text: &[String],
    address: Ipv4Addr,
) -> Vec<u8> {
    let service = format!("{service}.local");
    let full = Bytes::new().len8(label(instance)).put(labels(&service)).done();
    let host = format!("{host}.local");
    let place = Bytes::new().u16(0).u16(0).u16(port).put(labels(&host)).done();
    let text = text.iter().fold(Bytes::new(), Bytes::len8).done();
    let pointer = record(&service, PTR, IN, &full);
    let place = Bytes::new().put(&full).put(rest(SRV, IN_FLUSH, &place));
    let text = Bytes::new().put(&full).put(rest(TXT, IN_FLUSH, &text));
    let address = record(&host, A, IN_FLUSH, &address.octets());
    head(0, 0x8400, 0, 1, 3).put(pointer).put(place).put(text).put(address).done()
}

fn head(id: u16, flags: u16, questions: u16, answers: u16, additional: u16) -> Bytes {
    Bytes::new().u16(id).u16(flags).u16(questions).u16(answers).u16(0).u16(additional)
}

fn record(name: &str, kind: u16, class: u16, data: &[u8]) -> Bytes {
    Bytes::new().put(labels(name)).put(rest(kind, class, data))
}

fn rest(kind: u16, class: u16, data: &[u8]) -> Bytes {
    Bytes::new().u16(kind).u16(class).u32(TTL_S).len16(data)
}

fn labels(name: &str) -> Bytes {
    name.split('.').map(label).fold(Bytes::new(), Bytes::len8).u8(0)
}

/// At most the 63 bytes that a label has (RFC 1035 2.3.4).
fn label(text: &str) -> &[u8] {
    text.as_bytes().get(..LABEL_MAX).unwrap_or(text.as_bytes())
}
