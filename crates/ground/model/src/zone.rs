//! A part of the network as it was observed.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::VlanId;

/// Where a device is in the network as it was observed. Sorts by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// In a VLAN whose tag was seen on its frames.
    Vlan(VlanId),
    /// IPv4 /24 or IPv6 /64, where no tag was seen: the first address of it.
    Subnet(IpAddr),
    /// On the link, without a network address.
    Link,
    /// Outside the networks of the site.
    Outside,
}

/// A text that names no zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneError(String);

impl Zone {
    /// The subnet of an address as far as one can tell; link-local addresses tell nothing.
    #[must_use]
    pub fn subnet(ip: IpAddr) -> Option<Self> {
        match ip {
            IpAddr::V4(v4) if v4.is_link_local() || v4.is_unspecified() => None,
            IpAddr::V4(v4) => Some(Self::Subnet(IpAddr::V4((v4.to_bits() & 0xffff_ff00).into()))),
            IpAddr::V6(v6) if v6.is_unicast_link_local() || v6.is_unspecified() => None,
            IpAddr::V6(v6) => Some(Self::Subnet(IpAddr::V6((v6.to_bits() >> 64 << 64).into()))),
        }
    }
}

impl fmt::Display for Zone {
    /// `vlan-12`, `10.0.1.0/24`, `2001:db8::/64`, `link`, `outside`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vlan(vlan) => write!(f, "vlan-{vlan}"),
            Self::Subnet(ip @ IpAddr::V4(_)) => write!(f, "{ip}/24"),
            Self::Subnet(ip @ IpAddr::V6(_)) => write!(f, "{ip}/64"),
            Self::Link => f.write_str("link"),
            Self::Outside => f.write_str("outside"),
        }
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ZoneError(text.to_owned());
        let vlan = |number: &str| {
            let id = number.parse().ok().and_then(|id| VlanId::new(id).ok());
            id.map(Self::Vlan).ok_or_else(refuse)
        };
        match (text, text.strip_prefix("vlan-"), text.split_once('/')) {
            ("link", ..) => Ok(Self::Link),
            ("outside", ..) => Ok(Self::Outside),
            (_, Some(number), _) => vlan(number),
            (_, None, Some((ip, length))) => {
                let ip: IpAddr = ip.parse().map_err(|_| refuse())?;
                let is_whole = Self::subnet(ip) == Some(Self::Subnet(ip));
                let length_of = if ip.is_ipv4() { "24" } else { "64" };
                if is_whole && length == length_of { Ok(Self::Subnet(ip)) } else { Err(refuse()) }
            }
            (_, None, None) => Err(refuse()),
        }
    }
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no zone; zones are `vlan-12`, `10.0.1.0/24`, `2001:db8::/64`, `link` and `outside`",
            self.0
        )
    }
}

impl std::error::Error for ZoneError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_read_back() {
        for text in ["vlan-12", "10.0.1.0/24", "2001:db8:1:2::/64", "link", "outside"] {
            assert_eq!(text.parse::<Zone>().map(|zone| zone.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "icu", "vlan-0", "vlan-4095", "10.0.1.7/24", "10.0.1.0/16", "12"] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_subnet_is_of_an_address_that_says_where_it_is() {
        let subnet = |text: &str| Zone::subnet(text.parse().unwrap()).map(|zone| zone.to_string());
        assert_eq!(subnet("10.1.2.3").as_deref(), Some("10.1.2.0/24"));
        assert_eq!(subnet("2001:db8:1:2:3::4").as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(subnet("fe80::1"), None);
        assert_eq!(subnet("169.254.3.4"), None);
    }
}
