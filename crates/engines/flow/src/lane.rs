//! A lane: the packets of some pairs of stations, in order, from headers to the ledger.
//!
//! Lanes share nothing, so any number of threads may run them; there is always the same number of lanes, so the
//! result does not depend on the threads.

use std::net::IpAddr;
use std::sync::Arc;

use dissect::Packet;
use model::{Endpoint, MacAddr, Timestamp};

use crate::decode::{DropReason, Frame, Headers, Tcp, TcpFlags, transport};
use crate::detect::Parsers;
use crate::flow_state::{End, Flow};
use crate::fragments::Fragments;
use crate::key::Key;
use crate::ledger::{Ledger, Parties, When};
use crate::report::Report;
use crate::scribe::Scribe;
use crate::table::{Slot, Table};

/// How a lane is set up.
#[derive(Debug, Clone, Copy)]
pub struct LaneOptions {
    /// Most flows at once.
    pub flows: usize,
    /// Seed of the hash tables: random, against chosen collisions. It never shows in the result.
    pub seed: u64,
}

/// State of a lane.
pub struct Lane {
    table: Table,
    fragments: Fragments,
    scribe: Scribe,
    /// Packet time: the latest, or that of the last jump back.
    now: Timestamp,
}

/// Packets that are this much older than the newest are late; older ones begin another capture. Nanoseconds.
const LATE_NANOS: u64 = 60_000_000_000;

impl Lane {
    /// An empty lane.
    #[must_use]
    pub fn new(parsers: Arc<Parsers>, options: LaneOptions) -> Self {
        Self {
            table: Table::new(options.seed, options.flows),
            fragments: Fragments::default(),
            scribe: Scribe::new(parsers, options.seed),
            now: Timestamp::default(),
        }
    }

    /// Bytes of memory that an idle flow takes.
    #[must_use]
    pub const fn bytes_per_flow() -> usize {
        Table::bytes_per_flow()
    }

    /// Counts a frame whose headers could not be read.
    pub fn handle_dropped(&mut self, reason: DropReason) {
        let tally = &mut self.scribe.ledger.tally;
        tally.received += 1;
        *tally.dropped.entry(reason).or_default() += 1;
    }

    /// Processes a frame of this lane.
    pub fn handle_frame(&mut self, frame: &Frame<'_>, headers: &Headers) {
        let tally = &mut self.scribe.ledger.tally;
        tally.received += 1;
        tally.processed += 1;
        tally.cut_short += u64::from(headers.truncated);
        tally.tunnelled += u64::from(headers.tunnelled);
        self.now = follow(self.now, frame.at);
        let when = When { frame: frame.number, at: frame.at };
        let payload = headers.payload(frame.bytes);
        match headers.fragment {
            Some(fragment) => {
                if let Some(datagram) = self.fragments.push(headers, fragment, payload, self.now) {
                    match transport(headers, &datagram) {
                        Ok(whole) => {
                            self.scribe.ledger.has_strays |= whole.addresses != headers.addresses;
                            self.handle_packet(when, &whole, whole.payload(&datagram));
                        }
                        Err(_) => self.fragments.anomalies += 1,
                    }
                }
            }
            None => self.handle_packet(when, headers, payload),
        }
        self.table.tick();
        while let Some(silent) = self.table.sweep(self.now) {
            self.scribe.finish(silent);
        }
    }

    /// Adds to a report what is new or grew since the last time. Packets and facts are told at once; what two stations
    /// say to each other when their flow ends or is a minute old, so that its protocol is known by then.
    pub(crate) fn tell(&mut self, report: &mut Report) {
        for flow in self.table.flows_mut() {
            self.scribe.tell(flow, self.now);
        }
        self.fragments.tell(&mut self.scribe.ledger.tally);
        self.scribe.ledger.pour(report);
    }

    /// Ends the capture: every flow ends, and what was seen is handed over.
    #[must_use]
    pub fn into_ledger(mut self) -> Ledger {
        for flow in self.table.drain() {
            self.scribe.finish(flow);
        }
        self.fragments.finish();
        self.fragments.tell(&mut self.scribe.ledger.tally);
        self.scribe.ledger
    }

    fn handle_packet(&mut self, when: When, headers: &Headers, payload: &[u8]) {
        match Key::of(headers) {
            Some((key, source_is_low)) => self.handle_ip(when, headers, key, source_is_low, payload),
            None => self.handle_link(when, headers, payload),
        }
    }

    /// A frame that is not IP.
    fn handle_link(&mut self, when: When, headers: &Headers, payload: &[u8]) {
        let sender = self.station(when, headers, headers.src_mac, None);
        let receiver = self.station(when, headers, headers.dst_mac, None);
        self.scribe.ledger.traffic(sender, 1, 0, when.at);
        self.scribe.ledger.traffic(receiver, 0, 1, when.at);
        self.scribe.frame(when, &packet_of(headers, payload, when.at), Parties { sender, receiver });
    }

    fn handle_ip(&mut self, when: When, headers: &Headers, key: Key, source_is_low: bool, payload: &[u8]) {
        let slot = self.flow(when, headers, key, source_is_low);
        let Some(flow) = self.table.get_mut(slot) else { return };
        let side = flow.side(source_is_low);
        let bits = mac_bits(headers.src_mac);
        let is_new = flow.end(side).mac_bits != bits;
        if is_new {
            // What went by so far is the traffic of the station that it had.
            self.scribe.tell_traffic(flow);
        }
        flow.last_seen = follow(flow.last_seen, when.at);
        let end = flow.end(side);
        end.packets += 1;
        end.bytes += u64::try_from(headers.original_payload()).unwrap_or(u64::MAX);
        if is_new {
            end.mac_bits = bits;
            let source = headers.addresses.map(|(source, _)| source);
            let endpoint = Endpoint { mac: headers.src_mac, ip: source };
            end.station = self.scribe.ledger.station(endpoint, when, headers.vlan);
        }
        if is_new || !std::mem::replace(&mut end.heard, true) {
            let to_group = headers.addresses.is_some_and(|(_, target)| target.is_multicast());
            self.scribe.ledger.hops(end.station, headers.ttl, to_group);
        }
        match headers.tcp {
            Some(tcp) => self.scribe.segment(flow, side, when, headers, tcp, payload),
            None => self.scribe.message(flow, side, when, &packet_of(headers, payload, when.at)),
        }
    }

    /// The flow of a packet, new or known. A connection that is opened again is a new one.
    fn flow(&mut self, when: When, headers: &Headers, key: Key, source_is_low: bool) -> Slot {
        let mut opened_by_sender = None;
        if let Some(slot) = self.table.find(&key) {
            opened_by_sender = self.opened_again(slot, headers, source_is_low);
            if opened_by_sender.is_none() {
                return slot;
            }
            if let Some(former) = self.table.remove(slot) {
                self.scribe.finish(former);
            }
        }
        if self.table.is_full()
            && let Some(evicted) = self.table.evict()
        {
            self.scribe.ledger.tally.evicted_flows += 1;
            self.scribe.finish(evicted);
        }
        self.scribe.ledger.tally.flows += 1;
        let sender_originates = opened_by_sender.unwrap_or_else(|| self.sender_originates(headers));
        let (source, destination) = headers.addresses.unzip();
        let sender = self.end(when, headers, headers.src_mac, source);
        let receiver = self.end(when, headers, headers.dst_mac, destination);
        let (originator, responder) = if sender_originates { (sender, receiver) } else { (receiver, sender) };
        let is_opening = |tcp: Tcp| tcp.flags.has(TcpFlags::SYN) || opened_by_sender.is_some();
        let midstream = headers.tcp.is_some_and(|tcp| !is_opening(tcp));
        let mut flow = Flow::new(key, source_is_low == sender_originates, originator, responder, when);
        flow.marks.midstream = midstream;
        self.table.insert(flow)
    }

    /// Whether a packet belongs to another connection than the flow in `slot`, and whether its sender opened that.
    fn opened_again(&mut self, slot: Slot, headers: &Headers, source_is_low: bool) -> Option<bool> {
        let tcp = headers.tcp?;
        let flow = self.table.get_mut(slot)?;
        let side = flow.side(source_is_low);
        flow.opened_again(side, tcp).map(|opener| opener == side)
    }

    fn end(&mut self, when: When, headers: &Headers, mac: Option<MacAddr>, ip: Option<IpAddr>) -> End {
        let station = self.station(when, headers, mac, ip);
        End { station, first_station: station, mac_bits: mac_bits(mac), ..End::default() }
    }

    fn station(&mut self, when: When, headers: &Headers, mac: Option<MacAddr>, ip: Option<IpAddr>) -> u32 {
        self.scribe.ledger.station(Endpoint { mac, ip }, when, headers.vlan)
    }

    /// Whether the sender of a flow's first packet opened it.
    fn sender_originates(&self, headers: &Headers) -> bool {
        let parsers = self.scribe.parsers();
        match headers.tcp {
            Some(tcp) if tcp.flags.has(TcpFlags::SYN) => !tcp.flags.has(TcpFlags::ACK),
            Some(_) => !looks_like_responder(headers, |port| parsers.is_known_tcp_port(port)),
            None => !looks_like_responder(headers, |port| parsers.is_known_udp_port(port)),
        }
    }
}

/// Follows packet time. It may go back: captures are read one after the other, and clocks are set.
fn follow(now: Timestamp, at: Timestamp) -> Timestamp {
    if at > now || now.since(at) > LATE_NANOS { at } else { now }
}

/// Whether ports say that the sender answers: a known one against an unknown, else a system port against none.
fn looks_like_responder(headers: &Headers, is_known: impl Fn(u16) -> bool) -> bool {
    const FIRST_USER_PORT: u16 = 1_024;
    match (is_known(headers.src_port), is_known(headers.dst_port)) {
        (true, false) => true,
        (false, true) => false,
        (true, true) | (false, false) => {
            headers.src_port < FIRST_USER_PORT && headers.dst_port >= FIRST_USER_PORT
        }
    }
}

/// Mixed bits of an address, to notice a change cheaply.
fn mac_bits(mac: Option<MacAddr>) -> u32 {
    let [a, b, c, d, e, f] = mac.map_or([0; 6], MacAddr::octets);
    u32::from_be_bytes([c, d, e, f]) ^ u32::from_be_bytes([0, 0, a, b]).rotate_left(7)
}

fn packet_of<'a>(headers: &Headers, payload: &'a [u8], at: Timestamp) -> Packet<'a> {
    let (src_ip, dst_ip) = headers.addresses.unzip();
    Packet {
        payload,
        truncated: headers.truncated,
        carrier: headers.carrier,
        at,
        src_mac: headers.src_mac,
        dst_mac: headers.dst_mac,
        src_ip,
        dst_ip,
        src_port: headers.src_port,
        dst_port: headers.dst_port,
        ttl: headers.ttl,
    }
}
