//! Which parser reads a packet or a stream: bytes decide, ports only break ties.

use dissect::{Carrier, DatagramProtocol, Match, Notes, Outcome, Packet, Probe, StreamProtocol};
use hashbrown::HashMap;

/// Every parser, arranged for look-up. Made once, shared by all lanes.
pub struct Parsers {
    streams: Vec<&'static StreamProtocol>,
    by_carrier: HashMap<CarrierKey, Vec<&'static DatagramProtocol>>,
    /// Which of the lists has the parsers of a UDP port; the first is empty.
    by_port: Vec<u16>,
    lists: Vec<Vec<&'static DatagramProtocol>>,
    known_tcp_ports: Vec<bool>,
    any_port: Vec<&'static DatagramProtocol>,
}

/// There are so many ports.
const PORTS: usize = 1 << 16;

#[derive(Debug, PartialEq, Eq, Hash)]
struct CarrierKey(u8, u32, u16);

/// What the probes say about the first bytes of a stream.
pub(crate) enum Verdict {
    /// The protocol.
    Is(&'static StreamProtocol),
    /// More bytes may tell.
    NeedMore,
    /// None that is known.
    Unknown,
}

impl Parsers {
    /// All parsers of `dissect`.
    #[must_use]
    pub fn all() -> Self {
        let mut parsers = Self {
            streams: dissect::streams().collect(),
            by_carrier: HashMap::new(),
            by_port: vec![0; PORTS],
            lists: vec![Vec::new()],
            known_tcp_ports: vec![false; PORTS],
            any_port: Vec::new(),
        };
        let mut by_port: HashMap<u16, Vec<&'static DatagramProtocol>> = HashMap::new();
        for protocol in dissect::datagrams() {
            for carrier in protocol.carriers {
                if *carrier == Carrier::Udp {
                    for port in protocol.ports {
                        by_port.entry(*port).or_default().push(protocol);
                    }
                    if protocol.any_port {
                        parsers.any_port.push(protocol);
                    }
                } else {
                    parsers.by_carrier.entry(carrier_key(*carrier)).or_default().push(protocol);
                }
            }
        }
        for (port, list) in by_port {
            if let Some(place) = parsers.by_port.get_mut(usize::from(port)) {
                *place = u16::try_from(parsers.lists.len()).unwrap_or_default();
                parsers.lists.push(list);
            }
        }
        for port in parsers.streams.iter().flat_map(|protocol| protocol.ports) {
            if let Some(known) = parsers.known_tcp_ports.get_mut(usize::from(*port)) {
                *known = true;
            }
        }
        parsers
    }

    /// Asks every stream probe. A certain match on a well-known port of the protocol wins over one elsewhere.
    pub(crate) fn probe(&self, probe: &Probe<'_>) -> Verdict {
        let mut found: Option<&'static StreamProtocol> = None;
        let mut maybe = false;
        for protocol in &self.streams {
            match (protocol.probe)(probe) {
                Match::No => {}
                Match::NeedMore => maybe = true,
                Match::Yes if probe.responder_port_is(protocol.ports) => return Verdict::Is(protocol),
                Match::Yes => found = found.or(Some(protocol)),
            }
        }
        match found {
            Some(protocol) => Verdict::Is(protocol),
            None if maybe => Verdict::NeedMore,
            None => Verdict::Unknown,
        }
    }

    /// Offers a message that is not UDP to the parsers of its carrier.
    pub(crate) fn handle_carried(
        &self,
        packet: &Packet<'_>,
        notes: &mut Notes,
    ) -> Option<&'static DatagramProtocol> {
        let candidates = self.by_carrier.get(&carrier_key(packet.carrier))?;
        offer(candidates, packet, notes)
    }

    /// Offers a UDP datagram: first to the parsers of its ports, then to those that know their bytes anywhere.
    pub(crate) fn handle_udp(
        &self,
        packet: &Packet<'_>,
        notes: &mut Notes,
    ) -> Option<&'static DatagramProtocol> {
        for port in [packet.dst_port, packet.src_port] {
            let found = offer(self.of_port(port), packet, notes);
            if found.is_some() {
                return found;
            }
        }
        offer(&self.any_port, packet, notes)
    }

    /// Whether `port` is well known to some datagram protocol.
    pub(crate) fn is_known_udp_port(&self, port: u16) -> bool {
        !self.of_port(port).is_empty()
    }

    /// Whether `port` is well known to some stream protocol.
    pub(crate) fn is_known_tcp_port(&self, port: u16) -> bool {
        self.known_tcp_ports.get(usize::from(port)).is_some_and(|known| *known)
    }

    fn of_port(&self, port: u16) -> &[&'static DatagramProtocol] {
        let list = self.by_port.get(usize::from(port)).copied().unwrap_or_default();
        self.lists.get(usize::from(list)).map_or(&[], Vec::as_slice)
    }
}

fn offer(
    candidates: &[&'static DatagramProtocol],
    packet: &Packet<'_>,
    notes: &mut Notes,
) -> Option<&'static DatagramProtocol> {
    candidates.iter().copied().find(|protocol| (protocol.handle)(packet, notes) == Outcome::Parsed)
}

const fn carrier_key(carrier: Carrier) -> CarrierKey {
    match carrier {
        Carrier::EtherType(kind) => CarrierKey(0, 0, kind),
        Carrier::Llc { dsap } => CarrierKey(1, 0, u16_of(dsap)),
        Carrier::Snap { oui, protocol } => CarrierKey(2, oui, protocol),
        Carrier::Ip(number) => CarrierKey(3, 0, u16_of(number)),
        Carrier::Udp => CarrierKey(4, 0, 0),
    }
}

const fn u16_of(byte: u8) -> u16 {
    u16::from_be_bytes([0, byte])
}
