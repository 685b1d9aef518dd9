//! What tells one flow from another, and which lane it runs in.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use dissect::Carrier;

use crate::decode::Headers;

/// Addresses, ports and protocol with the ends in a fixed order, so that both directions have the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    low: (IpAddr, u16),
    high: (IpAddr, u16),
    protocol: u8,
}

/// Transport of a flow: the IP protocol number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Transport(pub u8);

impl Transport {
    /// TCP.
    pub const TCP: Self = Self(6);
    /// UDP.
    pub const UDP: Self = Self(17);
}

impl Key {
    /// The key of a packet, and whether its source is the low end. `None` for what is not IP.
    pub(crate) fn of(headers: &Headers) -> Option<(Self, bool)> {
        let (source, destination) = headers.addresses?;
        let protocol = match headers.carrier {
            Carrier::Udp => Transport::UDP.0,
            Carrier::Ip(number) => number,
            Carrier::EtherType(_) | Carrier::Llc { .. } | Carrier::Snap { .. } => return None,
        };
        let from = (source, headers.src_port);
        let to = (destination, headers.dst_port);
        let source_is_low = from <= to;
        let (low, high) = if source_is_low { (from, to) } else { (to, from) };
        Some((Self { low, high, protocol }, source_is_low))
    }

    pub(crate) const fn transport(&self) -> Transport {
        Transport(self.protocol)
    }

    /// Address and port of the low or the high end.
    pub(crate) const fn end(&self, low: bool) -> (IpAddr, u16) {
        if low { self.low } else { self.high }
    }
}

/// Lane of a packet: by its pair of addresses, so that fragments and all flows of two stations meet in one lane; for
/// what is not IP by the sender. The same for every run and any number of threads.
pub(crate) fn lane(headers: &Headers, lanes: usize) -> usize {
    let mut mixer = Mixer(0x9E37_79B9_7F4A_7C15);
    match headers.addresses {
        Some((source, destination)) => {
            let (low, high) =
                if source <= destination { (source, destination) } else { (destination, source) };
            mixer.address(low);
            mixer.address(high);
        }
        None => headers.src_mac.hash(&mut mixer),
    }
    let folded = mixer.finish() >> 32;
    usize::try_from(folded).unwrap_or_default() % lanes.max(1)
}

/// A fixed multiplicative mixer: cheap, the same on every machine. It only spreads load; tables use a seeded hash.
struct Mixer(u64);

impl Mixer {
    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0xFF51_AFD7_ED55_8CCD).rotate_left(29);
    }

    fn address(&mut self, address: IpAddr) {
        match address {
            IpAddr::V4(v4) => self.word(u64::from(u32::from(v4))),
            IpAddr::V6(v6) => {
                let bits = u128::from(v6);
                self.word(u64::try_from(bits >> 64).unwrap_or_default());
                self.word(u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default());
            }
        }
    }
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0xC4CE_B9FE_1A85_EC53)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
            self.word(word);
        }
    }
}
