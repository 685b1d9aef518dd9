//! Reads expressions.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use model::MacAddr;

use super::{Check, Comparison, Expression, FilterError, Load, Width};

const IPV4: u32 = 0x0800;
const IPV6: u32 = 0x86dd;
const ARP: u32 = 0x0806;

/// Parentheses and `not` may nest this deep.
const DEPTH_MAX: usize = 32;

/// Transport protocols by name.
const TRANSPORTS: &[(&str, u32)] = &[
    ("tcp", 6),
    ("udp", 17),
    ("sctp", 132),
    ("icmp", 1),
    ("icmp6", 58),
    ("igmp", 2),
    ("esp", 50),
    ("gre", 47),
];
/// Those with ports.
const WITH_PORTS: [u32; 3] = [6, 17, 132];

pub(super) fn parse(text: &str) -> Result<Expression, FilterError> {
    let tokens = tokens(text);
    let mut parser = Parser { tokens: &tokens, next: 0, end: text.chars().count() + 1 };
    let expression = parser.alternatives(0)?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.fault("expected `and`, `or` or the end")),
    }
}

/// Which of the two addresses or ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Source,
    Destination,
    Either,
}

struct Parser<'t> {
    tokens: &'t [(usize, String)],
    next: usize,
    end: usize,
}

fn tokens(text: &str) -> Vec<(usize, String)> {
    let mut tokens: Vec<(usize, String)> = Vec::new();
    let mut word_goes_on = false;
    let mut chars = text.chars().enumerate().peekable();
    while let Some((index, c)) = chars.next() {
        let twin = chars.peek().is_some_and(|(_, next)| *next == c) && (c == '&' || c == '|');
        if c.is_whitespace() {
            word_goes_on = false;
        } else if c == '(' || c == ')' || c == '!' || twin {
            let word = if twin { c.to_string().repeat(2) } else { c.to_string() };
            tokens.push((index + 1, word));
            if twin {
                chars.next();
            }
            word_goes_on = false;
        } else if word_goes_on && let Some((_, word)) = tokens.last_mut() {
            word.push(c);
        } else {
            tokens.push((index + 1, c.to_string()));
            word_goes_on = true;
        }
    }
    tokens
}

impl Parser<'_> {
    fn alternatives(&mut self, depth: usize) -> Result<Expression, FilterError> {
        let mut left = self.conjunction(depth)?;
        while self.take(&["or", "||"]) {
            left = or(left, self.conjunction(depth)?);
        }
        Ok(left)
    }

    fn conjunction(&mut self, depth: usize) -> Result<Expression, FilterError> {
        let mut left = self.term(depth)?;
        while self.take(&["and", "&&"]) {
            left = and(left, self.term(depth)?);
        }
        Ok(left)
    }

    fn term(&mut self, depth: usize) -> Result<Expression, FilterError> {
        if depth > DEPTH_MAX {
            return Err(self.fault("nested too deep"));
        }
        if self.take(&["not", "!"]) {
            return Ok(Expression::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.take(&["("]) {
            let inner = self.alternatives(depth + 1)?;
            return if self.take(&[")"]) { Ok(inner) } else { Err(self.fault("expected `)`")) };
        }
        self.primitive()
    }

    fn primitive(&mut self) -> Result<Expression, FilterError> {
        if self.take(&["vlan"]) {
            return self.vlan();
        }
        if self.take(&["less"]) {
            return self.length(Comparison::AtMost);
        }
        if self.take(&["greater"]) {
            return self.length(Comparison::AtLeast);
        }
        if self.take(&["ether"]) {
            let side = self.side();
            self.take(&["host"]);
            return self.mac(side);
        }
        let family = self.family();
        let transport = self.transport();
        let side = self.side();
        if self.take(&["host"]) {
            let address = self.address()?;
            return Ok(host(address, prefix_bits(address), side));
        }
        if self.take(&["net"]) {
            let (address, bits) = self.network()?;
            return Ok(host(address, bits, side));
        }
        if self.take(&["port", "portrange"]) {
            let ports = self.ports()?;
            return Ok(port(ports, transport, side));
        }
        match (family, transport, side) {
            (_, Some(protocol), Side::Either) => Ok(transport_is(protocol)),
            (Some(family), None, Side::Either) => Ok(one(is(Load::EtherType, family))),
            (_, _, Side::Source | Side::Destination) | (None, None, Side::Either)
                if self.next_is_address() =>
            {
                let (address, bits) = self.network()?;
                Ok(host(address, bits, side))
            }
            _ => Err(self.fault(
                "expected a primitive such as `host 10.0.0.7`, `net 10.0.0.0/8`, `tcp port 104`, `arp`",
            )),
        }
    }

    fn family(&mut self) -> Option<u32> {
        let families = [("ip", IPV4), ("ip6", IPV6), ("arp", ARP)];
        families.into_iter().find(|(name, _)| self.take(&[name])).map(|(_, number)| number)
    }

    fn transport(&mut self) -> Option<u32> {
        TRANSPORTS.iter().find(|(name, _)| self.take(&[name])).map(|(_, number)| *number)
    }

    fn side(&mut self) -> Side {
        if self.take(&["src"]) {
            Side::Source
        } else if self.take(&["dst"]) {
            Side::Destination
        } else {
            Side::Either
        }
    }

    fn vlan(&mut self) -> Result<Expression, FilterError> {
        let tagged =
            Check { load: Load::VlanTags, mask: u32::MAX, comparison: Comparison::AtLeast, value: 1 };
        let Some(id) = self.peek().and_then(|word| word.parse::<u32>().ok()) else {
            return Ok(Expression::Test(vec![tagged]));
        };
        if id > 4_095 {
            return Err(self.fault("a VLAN is a number up to 4095"));
        }
        self.next += 1;
        Ok(one(is(Load::VlanId, id)))
    }

    fn length(&mut self, comparison: Comparison) -> Result<Expression, FilterError> {
        let value = self.number("a length in bytes")?;
        Ok(Expression::Test(vec![Check { load: Load::Length, mask: u32::MAX, comparison, value }]))
    }

    fn mac(&mut self, side: Side) -> Result<Expression, FilterError> {
        let Some(mac) = self.peek().and_then(|word| word.parse::<MacAddr>().ok()) else {
            return Err(self.fault("expected a MAC address such as 00:00:5e:00:53:01"));
        };
        self.next += 1;
        let [a, b, c, d, e, f] = mac.octets();
        let at = |offset| {
            Expression::Test(vec![
                is(Load::Frame(offset, Width::Word), u32::from_be_bytes([a, b, c, d])),
                is(Load::Frame(offset + 4, Width::Half), u32::from(u16::from_be_bytes([e, f]))),
            ])
        };
        Ok(sided(side, at(6), at(0)))
    }

    fn address(&mut self) -> Result<IpAddr, FilterError> {
        let Some(address) = self.peek().and_then(|word| word.parse().ok()) else {
            return Err(self.fault("expected an address such as 10.0.0.7"));
        };
        self.next += 1;
        Ok(address)
    }

    fn network(&mut self) -> Result<(IpAddr, u32), FilterError> {
        let word = self.peek().unwrap_or_default().to_owned();
        let (address, bits) =
            word.split_once('/').map_or((word.as_str(), None), |(net, bits)| (net, Some(bits)));
        let parsed = address.parse::<IpAddr>().ok().and_then(|address| {
            let most = prefix_bits(address);
            let bits = bits.map_or(Some(most), |bits| bits.parse().ok().filter(|bits| *bits <= most))?;
            Some((address, bits))
        });
        let Some(network) = parsed else { return Err(self.fault("expected a network such as 10.0.0.0/8")) };
        self.next += 1;
        Ok(network)
    }

    fn next_is_address(&self) -> bool {
        self.peek()
            .is_some_and(|word| word.split('/').next().is_some_and(|word| word.parse::<IpAddr>().is_ok()))
    }

    fn ports(&mut self) -> Result<RangeInclusive<u32>, FilterError> {
        let word = self.peek().unwrap_or_default().to_owned();
        let (low, high) = word.split_once('-').unwrap_or((&word, &word));
        match (low.parse::<u16>(), high.parse::<u16>()) {
            (Ok(low), Ok(high)) if low <= high => {
                self.next += 1;
                Ok(u32::from(low)..=u32::from(high))
            }
            _ => Err(self.fault("expected a port such as 104, or a range such as 11112-11120")),
        }
    }

    fn number(&mut self, what: &str) -> Result<u32, FilterError> {
        let Some(number) = self.peek().and_then(|word| word.parse().ok()) else {
            return Err(self.fault(&format!("expected {what}")));
        };
        self.next += 1;
        Ok(number)
    }

    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.next).map(|(_, word)| word.as_str())
    }

    fn take(&mut self, words: &[&str]) -> bool {
        let found =
            self.peek().is_some_and(|word| words.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)));
        self.next += usize::from(found);
        found
    }

    fn fault(&self, what: &str) -> FilterError {
        let found = self.tokens.get(self.next);
        let column = found.map_or(self.end, |(column, _)| *column);
        let what =
            found.map_or(format!("{what}, found the end"), |(_, word)| format!("{what}, found `{word}`"));
        FilterError { column, what }
    }
}

fn and(a: Expression, b: Expression) -> Expression {
    Expression::And(Box::new(a), Box::new(b))
}

fn or(a: Expression, b: Expression) -> Expression {
    Expression::Or(Box::new(a), Box::new(b))
}

const fn is(load: Load, value: u32) -> Check {
    Check { load, mask: u32::MAX, comparison: Comparison::Equal, value }
}

fn one(check: Check) -> Expression {
    Expression::Test(vec![check])
}

fn sided(side: Side, source: Expression, destination: Expression) -> Expression {
    match side {
        Side::Source => source,
        Side::Destination => destination,
        Side::Either => or(source, destination),
    }
}

const fn prefix_bits(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// An address or network as source or destination of IP packets, or as a party of ARP.
fn host(address: IpAddr, bits: u32, side: Side) -> Expression {
    match address {
        IpAddr::V4(address) => {
            let ip = sided(side, v4(IPV4, 12, address, bits), v4(IPV4, 16, address, bits));
            let arp = sided(side, v4(ARP, 14, address, bits), v4(ARP, 24, address, bits));
            or(ip, arp)
        }
        IpAddr::V6(address) => sided(side, v6(8, address, bits), v6(24, address, bits)),
    }
}

fn v4(ether_type: u32, offset: u32, address: Ipv4Addr, bits: u32) -> Expression {
    let mask = mask(bits);
    let load = Load::Network(offset, Width::Word);
    let check = Check { load, mask, comparison: Comparison::Equal, value: address.to_bits() & mask };
    Expression::Test(vec![is(Load::EtherType, ether_type), check])
}

fn v6(offset: u32, address: Ipv6Addr, bits: u32) -> Expression {
    let mut checks = vec![is(Load::EtherType, IPV6)];
    let bytes = address.octets();
    for (index, word) in (0_u32..).zip(bytes.as_chunks::<4>().0) {
        let mask = mask(bits.saturating_sub(index * 32).min(32));
        if mask != 0 {
            let load = Load::Network(offset + index * 4, Width::Word);
            let value = u32::from_be_bytes(*word) & mask;
            checks.push(Check { load, mask, comparison: Comparison::Equal, value });
        }
    }
    Expression::Test(checks)
}

const fn mask(bits: u32) -> u32 {
    match u32::MAX.checked_shl(32 - bits) {
        Some(mask) => mask,
        None => 0,
    }
}

fn transport_is(protocol: u32) -> Expression {
    or(
        Expression::Test(vec![is(Load::EtherType, IPV4), is(Load::Network(9, Width::Byte), protocol)]),
        Expression::Test(vec![is(Load::EtherType, IPV6), is(Load::Network(6, Width::Byte), protocol)]),
    )
}

fn port(ports: RangeInclusive<u32>, transport: Option<u32>, side: Side) -> Expression {
    let transports = transport.map_or(WITH_PORTS.to_vec(), |one| vec![one]);
    let tests = transports
        .into_iter()
        .map(|protocol| sided(side, port_at(0, &ports, protocol), port_at(2, &ports, protocol)));
    tests.reduce(or).unwrap_or_else(|| Expression::Test(Vec::new()))
}

/// In the first fragment of IPv4, or right behind the header of IPv6.
fn port_at(offset: u32, ports: &RangeInclusive<u32>, protocol: u32) -> Expression {
    let within = |load| {
        [(Comparison::AtLeast, *ports.start()), (Comparison::AtMost, *ports.end())]
            .map(|(comparison, value)| Check { load, mask: u32::MAX, comparison, value })
    };
    let first_fragment =
        Check { load: Load::Network(6, Width::Half), mask: 0x1fff, comparison: Comparison::Equal, value: 0 };
    let v4 = [is(Load::EtherType, IPV4), is(Load::Network(9, Width::Byte), protocol), first_fragment];
    let v6 = [is(Load::EtherType, IPV6), is(Load::Network(6, Width::Byte), protocol)];
    or(
        Expression::Test(v4.into_iter().chain(within(Load::AfterIpv4(offset, Width::Half))).collect()),
        Expression::Test(v6.into_iter().chain(within(Load::Network(40 + offset, Width::Half))).collect()),
    )
}
