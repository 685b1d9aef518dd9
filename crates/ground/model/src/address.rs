//! Addresses, parsed once at the door.

use std::fmt;
use std::str::FromStr;

/// An IEEE 802 MAC address (EUI-48).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddr([u8; 6]);

/// A MAC address in six pairs of digits with colons between.
#[derive(Debug, Clone, Copy)]
pub struct MacText([u8; 17]);

impl MacText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// An IEEE 802.1Q VLAN identifier, 1 to 4094.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VlanId(u16);

/// An address that is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressError {
    /// Not six hexadecimal octets.
    Mac(String),
    /// Outside 1 to 4094.
    Vlan(u16),
}

impl MacAddr {
    /// From its octets in transmission order.
    #[must_use]
    pub const fn new(octets: [u8; 6]) -> Self {
        Self(octets)
    }

    /// The octets in transmission order.
    #[must_use]
    pub const fn octets(self) -> [u8; 6] {
        self.0
    }

    /// As text, digits by hand: a report prints millions of them.
    #[must_use]
    pub const fn text(self) -> MacText {
        let [a, b, c, d, e, f] = self.0;
        let ([a1, a2], [b1, b2], [c1, c2]) = (digits(a), digits(b), digits(c));
        let ([d1, d2], [e1, e2], [f1, f2]) = (digits(d), digits(e), digits(f));
        MacText([a1, a2, b':', b1, b2, b':', c1, c2, b':', d1, d2, b':', e1, e2, b':', f1, f2])
    }

    /// Whether it can be the address of one station: not group, not all zero.
    #[must_use]
    pub fn is_station(self) -> bool {
        !self.is_group() && self.0 != [0; 6]
    }

    /// Whether the group bit is set: multicast or broadcast (IEEE 802-2014, 8.2).
    #[must_use]
    pub const fn is_group(self) -> bool {
        let [first, ..] = self.0;
        first & 0x01 != 0
    }

    /// Whether the address is locally administered: made by software, by a hypervisor, or randomised for privacy
    /// (IEEE 802-2014, 8.2).
    #[must_use]
    pub const fn is_local(self) -> bool {
        let [first, ..] = self.0;
        first & 0x02 != 0
    }
}

/// The two hexadecimal digits of an octet.
const fn digits(octet: u8) -> [u8; 2] {
    [digit(octet >> 4), digit(octet & 0x0f)]
}

const fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

impl VlanId {
    /// A VLAN identifier.
    ///
    /// # Errors
    /// When it is 0 (priority tag) or above 4094 (IEEE 802.1Q-2022, table 9-2).
    pub const fn new(id: u16) -> Result<Self, AddressError> {
        if id == 0 || id > 4094 { Err(AddressError::Vlan(id)) } else { Ok(Self(id)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().as_str())
    }
}

impl fmt::Debug for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for MacAddr {
    type Err = AddressError;

    /// Six octets with `:` or `-` between, twelve digits without, or Cisco's three groups of four.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || AddressError::Mac(text.to_owned());
        let digits: Vec<u32> = text
            .chars()
            .filter(|symbol| !matches!(symbol, ':' | '-' | '.'))
            .map(|symbol| symbol.to_digit(16))
            .collect::<Option<_>>()
            .ok_or_else(refuse)?;
        if digits.len() != 12 {
            return Err(refuse());
        }
        let mut octets = [0; 6];
        for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
            let value = pair.iter().fold(0, |value, digit| value * 16 + digit);
            *octet = u8::try_from(value).map_err(|_| refuse())?;
        }
        Ok(Self(octets))
    }
}

impl fmt::Display for VlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mac(text) => write!(f, "`{text}` is not a MAC address; write it as 00:11:22:aa:bb:cc"),
            Self::Vlan(id) => write!(f, "`{id}` is not a VLAN id; it is between 1 and 4094"),
        }
    }
}

impl std::error::Error for AddressError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mac_round_trips_through_its_display() {
        let mac = MacAddr::new([0x00, 0x09, 0xfb, 0x12, 0xab, 0xff]);
        assert_eq!(mac.to_string().parse(), Ok(mac));
        assert_eq!("0009.fb12.abff".parse(), Ok(mac));
        assert_eq!("00-09-FB-12-AB-FF".parse(), Ok(mac));
    }

    #[test]
    fn refuses_what_is_not_a_mac() {
        for text in ["", "00:11:22:33:44", "00:11:22:33:44:5g", "192.168.1.1"] {
            assert!(text.parse::<MacAddr>().is_err(), "{text}");
        }
    }

    #[test]
    fn knows_group_and_local_addresses() {
        assert!(MacAddr::new([0x01, 0, 0x5e, 0, 0, 1]).is_group());
        assert!(MacAddr::new([0x42, 0xb4, 0x44, 0xb4, 0xf0, 0xee]).is_local());
        assert!(!MacAddr::new([0; 6]).is_station());
    }

    #[test]
    fn vlan_0_and_4095_are_no_vlans() {
        assert!(VlanId::new(0).is_err());
        assert!(VlanId::new(4095).is_err());
        assert_eq!(VlanId::new(42).map(VlanId::get), Ok(42));
    }
}
