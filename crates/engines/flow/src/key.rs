//! What tells one flow from another, and which lane it runs in.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use dissect::Carrier;

use crate::decode::Headers;

/// Addresses, ports and protocol with the ends in a fixed order, so that both directions have the same key. Words
/// instead of address types: it is hashed and compared for every packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    low: [u64; 2],
    high: [u64; 2],
    low_port: u16,
    high_port: u16,
    protocol: u8,
    is_v6: bool,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let ports = u64::from(self.low_port) << 32
            | u64::from(self.high_port) << 16
            | u64::from(self.protocol) << 1
            | u64::from(self.is_v6);
        let ([low, low_rest], [high, high_rest]) = (self.low, self.high);
        if self.is_v6 {
            state.write_u64(low_rest);
            state.write_u64(high_rest);
        }
        // An IPv4 address takes half a word.
        state.write_u64(low ^ high.rotate_left(32));
        state.write_u64(ports);
        if self.is_v6 {
            state.write_u64(high);
        }
    }
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
        let is_v6 = destination.is_ipv6();
        let (from, to) = (words(source), words(destination));
        let source_is_low = (from, headers.src_port) <= (to, headers.dst_port);
        let ((low, low_port), (high, high_port)) = if source_is_low {
            ((from, headers.src_port), (to, headers.dst_port))
        } else {
            ((to, headers.dst_port), (from, headers.src_port))
        };
        Some((Self { low, high, low_port, high_port, protocol, is_v6 }, source_is_low))
    }

    pub(crate) const fn transport(&self) -> Transport {
        Transport(self.protocol)
    }

    /// Port of the low or the high end.
    pub(crate) const fn port(&self, low: bool) -> u16 {
        if low { self.low_port } else { self.high_port }
    }
}

fn words(address: IpAddr) -> [u64; 2] {
    match address {
        IpAddr::V4(v4) => [u64::from(v4.to_bits()), 0],
        IpAddr::V6(v6) => {
            let [a, b, c, d, e, f, g, h, rest @ ..] = v6.octets();
            [u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from_be_bytes(rest)]
        }
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
