//! DNS messages for tests.

use super::counted;

pub(crate) const INET: u16 = 1;
pub(crate) const SOA: u16 = 6;
pub(crate) const PTR: u16 = 12;
pub(crate) const HINFO: u16 = 13;
pub(crate) const TXT: u16 = 16;
pub(crate) const AAAA: u16 = 28;
pub(crate) const SRV: u16 = 33;
pub(crate) const IN: u16 = 1;
pub(crate) const CHAOS: u16 = 3;
pub(crate) const ANY: u16 = 255;

/// A header with these flags and counts.
pub(crate) fn header(flags: u16, counts: [u16; 4]) -> Vec<u8> {
    let fields = [[0x1234, flags].as_slice(), &counts].concat();
    fields.iter().flat_map(|field| field.to_be_bytes()).collect()
}

/// A name without compression.
pub(crate) fn name(text: &str) -> Vec<u8> {
    let labels = text.split('.').flat_map(|label| counted(1, label.as_bytes()));
    labels.chain([0]).collect()
}

pub(crate) fn question(owner: &str, kind: u16, class: u16) -> Vec<u8> {
    [name(owner), kind.to_be_bytes().to_vec(), class.to_be_bytes().to_vec()].concat()
}

/// A record whose owner is encoded already.
pub(crate) fn record(owner: &[u8], kind: u16, class: u16, data: &[u8]) -> Vec<u8> {
    let fixed = [kind.to_be_bytes(), class.to_be_bytes(), [0, 0], [0, 120]].concat();
    [owner, &fixed, &counted(2, data)].concat()
}
