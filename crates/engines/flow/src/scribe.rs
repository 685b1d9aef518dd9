//! The scribe reads flows and writes into the ledger: messages one by one, streams through reassembly.

use std::sync::Arc;

use dissect::{Carrier, Chunk, Exposure, Notes, Packet, Probe, Side, Stream};
use model::Timestamp;
use wire::Limit;

use crate::decode::{Headers, Tcp, TcpFlags};
use crate::detect::{Parsers, Verdict};
use crate::flow_state::{App, Flow, Reading, TRIES, TcpApp, UNDECIDED, Undecided};
use crate::ledger::{Ledger, Parties, When};
use crate::report::{Conversation, ConversationKey};
use crate::tcp::Place;

/// Memory of streams that wait for the rest of a message or behind a hole, per lane.
const HELD: Limit =
    Limit::new("held_stream_bytes", 6 << 20, "96 MiB in all lanes, one third of a small machine's gigabyte");

/// Parsers and ledger of a lane.
pub(crate) struct Scribe {
    parsers: Arc<Parsers>,
    pub(crate) ledger: Ledger,
    notes: Notes,
    /// Bytes that all streams hold.
    held: usize,
}

impl Scribe {
    pub(crate) fn new(parsers: Arc<Parsers>, seed: u64) -> Self {
        Self { parsers, ledger: Ledger::new(seed), notes: Notes::new(), held: 0 }
    }

    pub(crate) fn parsers(&self) -> &Parsers {
        &self.parsers
    }

    /// A frame that is not IP.
    pub(crate) fn frame(&mut self, when: When, packet: &Packet<'_>, parties: Parties) {
        match self.parsers.handle_carried(packet, &mut self.notes) {
            Some(protocol) => {
                self.ledger.count_message(protocol.protocol.name);
                self.ledger.write(&self.notes, parties, when);
                self.notes.clear();
            }
            None => self.ledger.tally.unread(carrier_name(packet.carrier)),
        }
    }

    /// A message that comes whole: UDP, ICMP and the like.
    pub(crate) fn message(&mut self, flow: &mut Flow, side: Side, when: When, packet: &Packet<'_>) {
        if matches!(flow.app, App::Quiet) || packet.payload.is_empty() {
            return;
        }
        let found = match packet.carrier {
            Carrier::Udp => self.parsers.handle_udp(packet, &mut self.notes),
            Carrier::EtherType(_) | Carrier::Llc { .. } | Carrier::Snap { .. } | Carrier::Ip(_) => {
                self.parsers.handle_carried(packet, &mut self.notes)
            }
        };
        let Some(protocol) = found else {
            flow.tries = flow.tries.saturating_add(1);
            if flow.tries > TRIES && matches!(flow.app, App::Fresh) {
                flow.app = App::Quiet;
            }
            return;
        };
        flow.app = App::Messages;
        let name = self.notes.refinement().unwrap_or(protocol.protocol.name);
        flow.protocol = Some(name);
        flow.marks.encrypted |= protocol.protocol.exposure == Exposure::Encrypted;
        self.ledger.count_message(name);
        self.write(flow, side, when);
    }

    /// A TCP segment.
    pub(crate) fn segment(
        &mut self,
        flow: &mut Flow,
        side: Side,
        when: When,
        headers: &Headers,
        tcp: Tcp,
        payload: &[u8],
    ) {
        flow.note_header(side, tcp, headers.original_payload() > 0);
        let mut app = match std::mem::replace(&mut flow.app, App::Quiet) {
            App::Tcp(app) => app,
            // A pure acknowledgement of a fresh flow says nothing: no need for a reader yet.
            App::Fresh if payload.is_empty() && !tcp.flags.has(TcpFlags::SYN) => {
                flow.app = App::Fresh;
                return;
            }
            App::Fresh => Box::default(),
            App::Messages | App::Quiet => return,
        };
        let seq = if tcp.flags.has(TcpFlags::SYN) { tcp.seq.wrapping_add(1) } else { tcp.seq };
        if tcp.flags.has(TcpFlags::SYN) && !app.direction(side).is_started() {
            app.direction(side).start(seq);
        }
        // The answer to a SYN says where the other side starts, whether that was seen or not.
        let answers = tcp.flags.has(TcpFlags::SYN | TcpFlags::ACK);
        if answers && !app.direction(side.other()).is_started() {
            app.direction(side.other()).start(tcp.ack);
        }
        if tcp.flags.has(TcpFlags::ACK) && app.direction(side.other()).is_acknowledged(tcp.ack) {
            self.release(flow, &mut app, side.other(), true);
            self.release_all(flow, &mut app, side.other());
        }
        if !payload.is_empty() {
            self.payload(flow, &mut app, side, when, seq, payload);
            let lost = headers.original_payload().saturating_sub(payload.len());
            if lost > 0 && app.direction(side).is_next(seq, payload.len()) {
                self.lose(flow, &mut app, side, lost);
            }
        }
        if tcp.flags.has(TcpFlags::FIN) && app.direction(side).is_next(seq, payload.len()) {
            self.end(flow, &mut app, side, Some(when));
        }
        self.weigh(&mut app);
        let crowded = !HELD.allows(self.held) && app.weight > 0;
        if crowded {
            self.ledger.tally.limit(&HELD);
        }
        if app.is_finished() || crowded {
            self.end_both(flow, &mut app);
            flow.app = self.retire(&app);
        } else {
            flow.app = App::Tcp(app);
        }
    }

    /// A side ended: what it said of a message that it did not end is written down.
    fn end(&mut self, flow: &mut Flow, app: &mut TcpApp, side: Side, when: Option<When>) {
        if let (Reading::Session(stream), Some(when)) = (&mut app.reading, when) {
            stream.end(side, &mut self.notes);
            self.write(flow, side, when);
        }
    }

    /// Nothing more is read of either side.
    fn end_both(&mut self, flow: &mut Flow, app: &mut TcpApp) {
        for side in [Side::Originator, Side::Responder] {
            let heard = *app.heard(side);
            self.end(flow, app, side, heard);
        }
    }

    /// A flow ends: its holes are given up, and it joins its conversation.
    pub(crate) fn finish(&mut self, mut flow: Flow) {
        if let App::Tcp(mut app) = std::mem::replace(&mut flow.app, App::Quiet) {
            for side in [Side::Originator, Side::Responder] {
                while self.release(&mut flow, &mut app, side, true) {}
            }
            self.end_both(&mut flow, &mut app);
            self.retire(&app);
        }
        self.tell_traffic(&mut flow);
        if flow.packets() > 0 || flow.told_as != Some(flow.protocol) {
            self.tell_conversation(&mut flow);
        }
    }

    /// Writes down what a flow that goes on brought since the last time.
    pub(crate) fn tell(&mut self, flow: &mut Flow, now: Timestamp) {
        self.tell_traffic(flow);
        if now.since(flow.first_seen) >= TOLD_AFTER_NANOS && flow.packets() > 0 {
            self.tell_conversation(flow);
        }
    }

    /// Adds the packets of a flow to its stations.
    pub(crate) fn tell_traffic(&mut self, flow: &mut Flow) {
        let last = flow.last_seen;
        let (sent, received) = (flow.originator.untold(), flow.responder.untold());
        self.ledger.traffic(flow.originator.station, sent, received, last);
        self.ledger.traffic(flow.responder.station, received, sent, last);
    }

    /// Adds what a flow brought to its conversation; it counts as a flow of each protocol that it was taken for once.
    fn tell_conversation(&mut self, flow: &mut Flow) {
        self.ledger.tally.lost_bytes += flow.lost_bytes;
        let is_new = flow.told_as.replace(flow.protocol) != Some(flow.protocol);
        match flow.protocol {
            Some(name) if is_new => self.ledger.count_flow(name),
            None if is_new => self.ledger.tally.unknown_flows += 1,
            Some(_) | None => {}
        }
        let (originator_port, port) = flow.ports();
        let key = ConversationKey {
            originator: flow.originator.first_station,
            responder: flow.responder.first_station,
            transport: flow.key.transport(),
            port,
            protocol: flow.protocol,
        };
        self.ledger.conversation(Conversation {
            key,
            flows: u64::from(is_new),
            packets: [flow.originator.packets, flow.responder.packets],
            bytes: [flow.originator.bytes, flow.responder.bytes],
            first_frame: flow.first_frame,
            first_seen: flow.first_seen,
            last_seen: flow.last_seen,
            originator_port,
            encrypted: flow.marks.encrypted,
            patient_data: flow.marks.patient_data,
            weaknesses: flow.weaknesses,
            lost_bytes: flow.lost_bytes,
        });
        flow.lost_bytes = 0;
        for end in [&mut flow.originator, &mut flow.responder] {
            (end.packets, end.bytes, end.told) = (0, 0, 0);
        }
    }

    /// Puts the payload of a segment in its place.
    fn payload(
        &mut self,
        flow: &mut Flow,
        app: &mut TcpApp,
        side: Side,
        when: When,
        seq: u32,
        payload: &[u8],
    ) {
        match app.direction(side).place(seq, payload.len()) {
            Place::Now(known) => {
                let fresh = payload.get(known..).unwrap_or_default();
                app.direction(side).advance(fresh.len());
                self.bytes(flow, app, side, when, fresh);
                if app.direction(side).has_pending() {
                    self.release_all(flow, app, side);
                }
            }
            Place::Old => {}
            Place::Later => {
                app.direction(side).hold(seq, payload, when);
                while app.direction(side).is_overfull() && self.release(flow, app, side, true) {}
                self.release_all(flow, app, side);
            }
        }
    }

    fn release_all(&mut self, flow: &mut Flow, app: &mut TcpApp, side: Side) {
        while self.release(flow, app, side, false) {}
    }

    /// Delivers what waits next, with `give_up` across a hole. `false` when nothing was delivered.
    fn release(&mut self, flow: &mut Flow, app: &mut TcpApp, side: Side, give_up: bool) -> bool {
        let Some(released) = app.direction(side).release(give_up) else { return false };
        if released.lost > 0 {
            flow.lost_bytes = flow.lost_bytes.saturating_add(released.lost);
            app.reading.gap(side, released.lost);
        }
        self.bytes(flow, app, side, released.when, released.fresh());
        true
    }

    /// The capture holds less of a segment than was sent.
    fn lose(&mut self, flow: &mut Flow, app: &mut TcpApp, side: Side, lost: usize) {
        app.direction(side).advance(lost);
        let lost = u64::try_from(lost).unwrap_or(u64::MAX);
        flow.lost_bytes = flow.lost_bytes.saturating_add(lost);
        app.reading.gap(side, lost);
    }

    /// The next bytes of a side, in order.
    fn bytes(&mut self, flow: &mut Flow, app: &mut TcpApp, side: Side, when: When, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        *app.heard(side) = Some(when);
        if let Reading::Session(stream) = &mut app.reading {
            let before = stream.protocol();
            stream.data(Chunk { side, bytes, at: when.at }, &mut self.notes);
            if !std::ptr::eq(before, stream.protocol()) {
                flow.protocol = Some(stream.protocol().protocol.name);
            }
            self.write(flow, side, when);
            return;
        }
        self.decide(flow, app, side, bytes);
    }

    /// More bytes of a stream whose protocol is not known. Mostly the first ones tell, and nothing is kept.
    fn decide(&mut self, flow: &mut Flow, app: &mut TcpApp, side: Side, bytes: &[u8]) {
        let midstream = flow.marks.midstream;
        let mut undecided = match std::mem::take(&mut app.reading) {
            Reading::Undecided(undecided) => undecided,
            Reading::Nobody | Reading::Session(_) => Undecided::new(side),
        };
        let held = undecided.side(side);
        let kept = !held.is_empty();
        if kept {
            held.extend_from_slice(bytes);
        }
        let (originator_port, responder_port) = flow.ports();
        let probed = if kept { held.as_slice() } else { bytes };
        let verdict =
            self.parsers.probe(&Probe { bytes: probed, side, originator_port, responder_port, midstream });
        let enough = !UNDECIDED.allows(probed.len());
        match verdict {
            Verdict::Is(protocol) => {
                flow.protocol = Some(protocol.protocol.name);
                flow.marks.encrypted |= protocol.protocol.exposure == Exposure::Encrypted;
                let mut stream = Stream::new(protocol);
                for speaker in [undecided.first, undecided.first.other()] {
                    let held = std::mem::take(undecided.side(speaker));
                    let bytes = if speaker == side && !kept { bytes } else { held.as_slice() };
                    let Some(heard) = *app.heard(speaker) else { continue };
                    if !bytes.is_empty() {
                        stream.data(Chunk { side: speaker, bytes, at: heard.at }, &mut self.notes);
                        self.write(flow, speaker, heard);
                    }
                }
                app.reading = Reading::Session(stream);
                return;
            }
            Verdict::NeedMore if !enough => {}
            Verdict::NeedMore | Verdict::Unknown => {
                flow.tries = flow.tries.saturating_add(1);
                app.given_up = flow.tries >= TRIES;
                // Midstream, the next segment may begin a message where this one did not.
                if midstream || enough {
                    undecided.side(side).clear();
                    app.reading = Reading::Undecided(undecided);
                    return;
                }
            }
        }
        if !kept && !app.given_up {
            undecided.side(side).extend_from_slice(bytes);
        }
        app.reading = Reading::Undecided(undecided);
    }

    /// Brings what a stream holds up to date in the sum of the lane.
    fn weigh(&mut self, app: &mut TcpApp) {
        let weight = app.memory();
        self.held = self.held.saturating_sub(app.weight).saturating_add(weight);
        app.weight = weight;
    }

    /// Nothing more is read of a stream.
    fn retire(&mut self, app: &TcpApp) -> App {
        self.held = self.held.saturating_sub(app.weight);
        self.ledger.tally.tcp_conflicts += u64::from(app.originator.conflict || app.responder.conflict);
        App::Quiet
    }

    /// Writes down what the parser noted about a packet of a flow.
    fn write(&mut self, flow: &mut Flow, side: Side, when: When) {
        if self.notes.is_empty() {
            return;
        }
        let parties = Parties { sender: flow.end(side).station, receiver: flow.end(side.other()).station };
        flow.marks.encrypted |= self.notes.is_encrypted();
        flow.marks.patient_data |= self.notes.has_patient_data();
        if let Some(name) = self.notes.refinement() {
            flow.protocol = Some(name);
        }
        flow.weaknesses |= self.ledger.write(&self.notes, parties, when);
        self.notes.clear();
    }
}

impl Reading {
    fn gap(&mut self, side: Side, lost: u64) {
        match self {
            Self::Session(stream) => stream.gap(side, lost),
            Self::Undecided(undecided) => undecided.side(side).clear(),
            Self::Nobody => {}
        }
    }
}

/// A flow of this age is told though it goes on: by then its protocol is known, and an hour has sixty of it.
const TOLD_AFTER_NANOS: u64 = 60_000_000_000;

/// Name under which a protocol that is not read is counted.
fn carrier_name(carrier: Carrier) -> String {
    match carrier {
        Carrier::EtherType(kind) => format!("ethertype_0x{kind:04x}"),
        Carrier::Llc { dsap } => format!("llc_0x{dsap:02x}"),
        Carrier::Snap { oui, protocol } => format!("snap_{oui:06x}_0x{protocol:04x}"),
        Carrier::Ip(number) => format!("ip_proto_{number}"),
        Carrier::Udp => "udp".to_owned(),
    }
}
