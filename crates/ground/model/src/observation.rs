//! What was seen on the wire, before anybody concludes anything.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use crate::{MacAddr, Timestamp};

/// Number of a frame in its capture, counted from 1 as Wireshark counts.
pub type FrameNumber = u64;

/// Name of a protocol field: Wireshark's display filter name where Wireshark has the field, else `protocol.field`.
#[derive(Debug, Clone, Copy, Eq, PartialOrd, Ord)]
pub struct Field(&'static str);

/// Whom a fact in a packet is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The station that sent the bytes.
    Sender,
    /// The station that the bytes are sent to.
    Receiver,
    /// A third station, named by link-layer address.
    Mac(MacAddr),
    /// A third station, named by network address.
    Ip(IpAddr),
}

/// A station as one packet shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Endpoint {
    /// Link-layer address of the frame; a router's when the station is not on the same link.
    pub mac: Option<MacAddr>,
    /// Network address.
    pub ip: Option<IpAddr>,
}

/// A fact about a station: seen `count` times, first in `frame` at `at`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observation {
    /// First frame that says so.
    pub frame: FrameNumber,
    /// Time of that frame.
    pub at: Timestamp,
    /// Whom it is about.
    pub endpoint: Endpoint,
    /// Which field says so.
    pub field: Field,
    /// What it says: printable text, shortened to a limit.
    pub value: String,
    /// Last frame that says so.
    pub last_frame: FrameNumber,
    /// How often it was said.
    pub count: u64,
}

/// Fields that Wireshark shows under the name of others: what a message of SSDP has in common with HTTP, the name that a
/// client asks a server for, a NetBIOS name by its kind.
const SHOWN: &[(&str, &str)] = &[
    ("dtls.asked_name", "dtls.handshake.extensions_server_name"),
    ("nbns.group_name", "nbns.name"),
    ("ssdp.location", "http.location"),
    ("ssdp.server", "http.server"),
    ("ssdp.user_agent", "http.user_agent"),
    ("tls.asked_name", "tls.handshake.extensions_server_name"),
];

impl Field {
    /// A field of this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// The name under which Wireshark shows it: its own, other than where Wireshark has one name for what is told apart
    /// here.
    #[must_use]
    pub fn shown(self) -> &'static str {
        SHOWN.iter().find(|(own, _)| *own == self.0).map_or(self.0, |(_, shown)| *shown)
    }
}

impl PartialEq for Field {
    /// By the name; mostly both are the same constant, and then no letter is looked at.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0) || self.0 == other.0
    }
}

impl Hash for Field {
    /// The last letters of the name: fields of one protocol begin alike, and this is hashed for every fact.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let tail = self.0.as_bytes().last_chunk().map_or(0, |tail| u64::from_le_bytes(*tail));
        state.write_u64(tail.rotate_left(8) ^ u64::try_from(self.0.len()).unwrap_or_default());
    }
}

impl Hash for Endpoint {
    /// Both addresses in three words instead of octet by octet: this is hashed for every flow and fact.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mac = self.mac.map_or(u64::MAX, |mac| {
            let [a, b, c, d, e, f] = mac.octets();
            u64::from_be_bytes([0, 0, a, b, c, d, e, f])
        });
        state.write_u64(mac);
        match self.ip {
            Some(IpAddr::V4(v4)) => state.write_u64(u64::from(v4.to_bits())),
            Some(IpAddr::V6(v6)) => state.write_u128(v6.to_bits()),
            None => state.write_u64(u64::MAX),
        }
    }
}

impl Endpoint {
    /// Whether it stands for many stations: a multicast or broadcast address.
    #[must_use]
    pub fn is_group(self) -> bool {
        self.mac.is_some_and(MacAddr::is_group)
            || self.ip.is_some_and(|ip| match ip {
                IpAddr::V4(v4) => v4.is_multicast() || v4.is_broadcast(),
                IpAddr::V6(v6) => v6.is_multicast(),
            })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ip, self.mac) {
            (Some(ip), Some(mac)) => write!(f, "{ip} ({mac})"),
            (Some(ip), None) => write!(f, "{ip}"),
            (None, Some(mac)) => write!(f, "{mac}"),
            (None, None) => f.write_str("nobody"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_shown_under_its_own_name_or_the_one_that_wireshark_has() {
        assert_eq!(Field::new("ssdp.server").shown(), "http.server");
        assert_eq!(Field::new("http.server").shown(), "http.server");
    }
}
