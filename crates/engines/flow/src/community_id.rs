//! Community ID version 1 with seed 0 (github.com/corelight/community-id-spec): one name for a flow in every tool.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use crate::Transport;

/// A Community ID: `1:` and the SHA-1 of the flow in base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommunityId([u8; 30]);

impl CommunityId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for CommunityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Community ID of a flow. The order of the ends does not matter. ICMP is named without its types: type and code are
/// no part of a flow here.
#[must_use]
pub fn community_id(first: (IpAddr, u16), second: (IpAddr, u16), transport: Transport) -> CommunityId {
    let (low, high) = if first <= second { (first, second) } else { (second, first) };
    let mut hash = Sha1::new();
    hash.update([0, 0]);
    update_address(&mut hash, low.0);
    update_address(&mut hash, high.0);
    hash.update([transport.0, 0]);
    if has_ports(transport) {
        hash.update(low.1.to_be_bytes());
        hash.update(high.1.to_be_bytes());
    }
    let mut text = *b"1:----------------------------";
    let [_, _, digest @ ..] = &mut text;
    // Twenty octets are twenty-eight letters, always.
    let _ = STANDARD.encode_slice(hash.finalize(), digest);
    CommunityId(text)
}

/// TCP, UDP, SCTP.
const fn has_ports(transport: Transport) -> bool {
    matches!(transport.0, 6 | 17 | 132)
}

fn update_address(hash: &mut Sha1, address: IpAddr) {
    match address {
        IpAddr::V4(v4) => hash.update(v4.octets()),
        IpAddr::V6(v6) => hash.update(v6.octets()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of the specification's reference implementation.
    #[test]
    fn agrees_with_the_reference() {
        let a = (IpAddr::from([128, 232, 110, 120]), 34_855);
        let b = (IpAddr::from([66, 35, 250, 204]), 80);
        assert_eq!(community_id(a, b, Transport::TCP).as_str(), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
        assert_eq!(community_id(b, a, Transport::TCP).as_str(), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
        let c = (IpAddr::from([192, 168, 1, 52]), 54_585);
        let d = (IpAddr::from([8, 8, 8, 8]), 53);
        assert_eq!(community_id(c, d, Transport::UDP).as_str(), "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
    }
}
