//! Messages that the tests of several parsers build.

pub(crate) mod dns;
pub(crate) mod tls;

/// `body` behind its length in `width` octets.
pub(crate) fn counted(width: usize, body: &[u8]) -> Vec<u8> {
    let length = u64::try_from(body.len()).unwrap().to_be_bytes();
    [&length[8 - width..], body].concat()
}
