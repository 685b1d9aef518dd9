//! Frames as a mirror port sees them: every frame once, where it enters the network, tagged with its VLAN.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use model::{MacAddr, Timestamp};

use crate::bytes::{Bytes, checksum, short};
use crate::random::Random;

/// A frame with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// When it was seen.
    pub at: Timestamp,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// A station on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) mac: MacAddr,
    pub(crate) ip: Ipv4Addr,
    pub(crate) vlan: u16,
    /// Time to live that its system starts with.
    pub(crate) ttl: u8,
}

/// Where a datagram goes that is not for one station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) mac: MacAddr,
    pub(crate) ip: Ipv4Addr,
    pub(crate) ttl: u8,
}

/// What was recorded, and the clock.
#[derive(Debug)]
pub(crate) struct Tape {
    now: u64,
    frames: Vec<Frame>,
    pub(crate) random: Random,
    /// Next IP identification of each station.
    identifications: BTreeMap<Ipv4Addr, u16>,
    /// Last client port of each station.
    ports: BTreeMap<Ipv4Addr, u16>,
    gateway: MacAddr,
}

pub(crate) const BROADCAST_MAC: MacAddr = MacAddr::new([0xff; 6]);
pub(crate) const ETHERTYPE_IPV4: u16 = 0x0800;
pub(crate) const ETHERTYPE_ARP: u16 = 0x0806;
pub(crate) const ETHERTYPE_LLDP: u16 = 0x88cc;
pub(crate) const MDNS: Group =
    Group { mac: MacAddr::new([0x01, 0, 0x5e, 0, 0, 0xfb]), ip: Ipv4Addr::new(224, 0, 0, 251), ttl: 255 };
pub(crate) const SSDP: Group = Group {
    mac: MacAddr::new([0x01, 0, 0x5e, 0x7f, 0xff, 0xfa]),
    ip: Ipv4Addr::new(239, 255, 255, 250),
    ttl: 4,
};

const TCP: u8 = 6;
const UDP: u8 = 17;
/// Shortest Ethernet frame without its checksum.
const FRAME_MIN: usize = 60;
/// 2026-12-07 07:00:00 UTC, a Monday morning.
const START_S: u64 = 1_796_626_800;
const KEPT_MS: u64 = 2 * 3_600_000;
/// The first of the ports that systems take for their own connections (RFC 6335).
const FIRST_PORT: u16 = 49_152;
const SECOND: u64 = 1_000_000_000;

impl Tape {
    pub(crate) fn new(seed: u64, gateway: MacAddr) -> Self {
        Self {
            now: START_S * SECOND,
            frames: Vec::new(),
            random: Random::new(seed),
            identifications: BTreeMap::new(),
            ports: BTreeMap::new(),
            gateway,
        }
    }

    /// Goes to a moment, in milliseconds from the start.
    pub(crate) const fn at(&mut self, milliseconds: u64) {
        self.now = START_S * SECOND + milliseconds * 1_000_000;
    }

    /// Lets time pass.
    pub(crate) const fn wait(&mut self, milliseconds: u64) {
        self.now += milliseconds * 1_000_000;
    }

    /// Seconds since 1970.
    pub(crate) const fn seconds(&self) -> u64 {
        self.now / SECOND
    }

    /// Whether the tools of others are fed with what is said now: the first two hours have all of it, the day more of
    /// the same.
    pub(crate) const fn is_kept(&self) -> bool {
        self.now < START_S * SECOND + KEPT_MS * 1_000_000
    }

    /// A client port that the station did not use before, or not for a long time.
    pub(crate) fn port(&mut self, client: &Host) -> u16 {
        let port = self.ports.entry(client.ip).or_insert(FIRST_PORT);
        *port = port.checked_add(1).unwrap_or(FIRST_PORT);
        *port
    }

    /// The frames in the order of time.
    pub(crate) fn frames(mut self) -> Vec<Frame> {
        self.frames.sort_by_key(|frame| frame.at);
        self.frames
    }

    /// An Ethernet frame with the tag of its VLAN.
    pub(crate) fn ethernet(&mut self, vlan: u16, to: MacAddr, from: MacAddr, kind: u16, payload: &[u8]) {
        let frame = Bytes::new().put(to.octets()).put(from.octets()).u16(0x8100).u16(vlan).u16(kind);
        self.push(frame.put(payload));
    }

    /// An untagged Ethernet frame: what stations and switches tell their neighbours.
    pub(crate) fn untagged(&mut self, to: MacAddr, from: MacAddr, kind: u16, payload: &[u8]) {
        self.push(Bytes::new().put(to.octets()).put(from.octets()).u16(kind).put(payload));
    }

    /// An IEEE 802.3 frame: a length in place of a type.
    pub(crate) fn ieee(&mut self, to: MacAddr, from: MacAddr, payload: &[u8]) {
        self.push(Bytes::new().put(to.octets()).put(from.octets()).len16(payload));
    }

    /// A datagram from one station to another.
    pub(crate) fn udp(&mut self, from: &Host, from_port: u16, to: &Host, to_port: u16, payload: &[u8]) {
        let datagram = udp(from.ip, from_port, to.ip, to_port, payload);
        let packet = self.ipv4(from.ip, to.ip, from.ttl, UDP, &datagram);
        self.ethernet(from.vlan, self.next_hop(from, to), from.mac, ETHERTYPE_IPV4, &packet);
    }

    /// A datagram to a group.
    pub(crate) fn udp_group(&mut self, from: &Host, from_port: u16, to: Group, to_port: u16, payload: &[u8]) {
        let datagram = udp(from.ip, from_port, to.ip, to_port, payload);
        let packet = self.ipv4(from.ip, to.ip, to.ttl, UDP, &datagram);
        self.ethernet(from.vlan, to.mac, from.mac, ETHERTYPE_IPV4, &packet);
    }

    /// A TCP segment without its checksum.
    pub(crate) fn tcp(&mut self, from: &Host, to: &Host, segment: &[u8]) {
        let sum = transport_checksum(from.ip, to.ip, TCP, segment);
        let mut segment = segment.to_vec();
        if let Some(place) = segment.get_mut(16..18) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
        let packet = self.ipv4(from.ip, to.ip, from.ttl, TCP, &segment);
        self.ethernet(from.vlan, self.next_hop(from, to), from.mac, ETHERTYPE_IPV4, &packet);
    }

    fn next_hop(&self, from: &Host, to: &Host) -> MacAddr {
        if from.vlan == to.vlan { to.mac } else { self.gateway }
    }

    fn ipv4(&mut self, from: Ipv4Addr, to: Ipv4Addr, ttl: u8, protocol: u8, payload: &[u8]) -> Vec<u8> {
        let identification = self.identifications.entry(from).or_default();
        *identification = identification.wrapping_add(1);
        let start = Bytes::new().u8(0x45).u8(0).u16(short(payload.len().saturating_add(20)));
        let start = start.u16(*identification).u16(0x4000).u8(ttl).u8(protocol).done();
        let ends = Bytes::new().put(from.octets()).put(to.octets()).done();
        let sum = checksum(&[&start, &ends]);
        Bytes::new().put(start).u16(sum).put(ends).put(payload).done()
    }

    fn push(&mut self, frame: Bytes) {
        self.now += self.random.within(60_000..900_000);
        let at = Timestamp::from_nanos(self.now);
        self.frames.push(Frame { at, bytes: frame.pad_to(FRAME_MIN).done() });
    }
}

fn udp(from: Ipv4Addr, from_port: u16, to: Ipv4Addr, to_port: u16, payload: &[u8]) -> Vec<u8> {
    let length = short(payload.len().saturating_add(8));
    let bare = Bytes::new().u16(from_port).u16(to_port).u16(length).u16(0).put(payload).done();
    // A sum of zero means that there is none (RFC 768).
    let sum = match transport_checksum(from, to, UDP, &bare) {
        0 => 0xffff,
        sum => sum,
    };
    Bytes::new().u16(from_port).u16(to_port).u16(length).u16(sum).put(payload).done()
}

fn transport_checksum(from: Ipv4Addr, to: Ipv4Addr, protocol: u8, payload: &[u8]) -> u16 {
    let pseudo = Bytes::new().put(from.octets()).put(to.octets()).u8(0).u8(protocol);
    let pseudo = pseudo.u16(short(payload.len())).done();
    checksum(&[&pseudo, payload])
}
