//! NTP version 4 (RFC 5905), client and server.

use crate::bytes::Bytes;

/// Seconds from 1900, where NTP counts from, to 1970.
const EPOCH: u64 = 2_208_988_800;

/// What a client sends.
pub(crate) fn request(now_s: u64) -> Vec<u8> {
    Bytes::new().put([0x23, 0, 6, 0xec]).zeros(36).put(stamp(now_s)).done()
}

/// What a server of the second stratum answers; its own source is named by address.
pub(crate) fn response(now_s: u64, source: [u8; 4]) -> Vec<u8> {
    let head = Bytes::new().put([0x24, 2, 6, 0xe8]).u32(0x0000_0512).u32(0x0000_0a31).put(source);
    let head = head.put(stamp(now_s.saturating_sub(17))).put(stamp(now_s));
    head.put(stamp(now_s)).put(stamp(now_s)).done()
}

fn stamp(now_s: u64) -> Bytes {
    Bytes::new().u32(u32::try_from(now_s + EPOCH).unwrap_or(0)).u32(0x8000_0000)
}
