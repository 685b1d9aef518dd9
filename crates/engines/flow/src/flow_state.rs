//! One flow: who, how much, and what is being read of it.

use dissect::{Side, Stream};
use model::{FrameNumber, Timestamp};
use wire::Limit;

use crate::decode::{Tcp, TcpFlags};
use crate::key::Key;
use crate::ledger::{StationId, When};
use crate::tcp::Direction;

/// Most bytes of a side that are kept while its protocol is not known.
pub(crate) const UNDECIDED: Limit =
    Limit::new("undecided_bytes", 2_048, "every known protocol shows itself earlier");
/// How many pieces of a side are looked at before its protocol is called unknown.
pub(crate) const TRIES: u8 = 6;

/// A flow in the table. Small: what a parser needs is in a box that exists only while it reads.
#[derive(Debug)]
pub(crate) struct Flow {
    pub(crate) key: Key,
    pub(crate) first_frame: FrameNumber,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
    pub(crate) originator: End,
    pub(crate) responder: End,
    pub(crate) protocol: Option<&'static str>,
    /// The protocol under which it was last told.
    pub(crate) told_as: Option<Option<&'static str>>,
    pub(crate) app: App,
    pub(crate) weaknesses: u32,
    pub(crate) lost_bytes: u64,
    pub(crate) marks: Marks,
    opening: Opening,
    pub(crate) tries: u8,
    /// Whether the low end of the key is the originator.
    pub(crate) originator_is_low: bool,
}

/// One end of a flow.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct End {
    /// The station that it is now: packets of one address can come from several link-layer addresses.
    pub(crate) station: StationId,
    /// The one that it was at first, which is who converses.
    pub(crate) first_station: StationId,
    /// Mixed bits of the link-layer address it was last seen with, to notice a change without a look-up.
    pub(crate) mac_bits: u32,
    /// Packets and bytes since its conversation was last told.
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
    /// How many of the packets its station was told of.
    pub(crate) told: u64,
    /// Whether it sent a packet yet.
    pub(crate) heard: bool,
}

/// What is known of a flow as bits.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marks {
    pub(crate) encrypted: bool,
    pub(crate) patient_data: bool,
    pub(crate) midstream: bool,
    /// Whether TCP carried bytes.
    pub(crate) carried: bool,
    pub(crate) originator_fin: bool,
    pub(crate) responder_fin: bool,
    pub(crate) reset: bool,
}

/// How a connection was opened, and the announcement of another one between the same ports.
#[derive(Debug, Clone, Copy, Default)]
struct Opening {
    /// Sequence number of the originator's first byte.
    first: u32,
    is_known: bool,
    /// Who announced another connection, whose first byte has this sequence number.
    again: u32,
    announced: Option<Side>,
}

/// What is being read of a flow.
#[derive(Debug)]
pub(crate) enum App {
    /// Nothing yet.
    Fresh,
    /// A TCP stream whose protocol is not known, or that a session reads.
    Tcp(Box<TcpApp>),
    /// Whole messages, offered to the parsers one by one.
    Messages,
    /// Nothing more to learn: packets and bytes are counted.
    Quiet,
}

/// A TCP stream that is being read.
#[derive(Debug, Default)]
pub(crate) struct TcpApp {
    pub(crate) originator: Direction,
    pub(crate) responder: Direction,
    pub(crate) reading: Reading,
    /// Whether the protocol was not recognized in time.
    pub(crate) given_up: bool,
    /// The frame that brought the last bytes of either side.
    pub(crate) heard: [Option<When>; 2],
    /// Bytes that it held when they were last counted.
    pub(crate) weight: usize,
}

/// Who reads a stream.
#[derive(Default)]
pub(crate) enum Reading {
    /// Nobody yet: the first bytes of both sides, and who spoke first.
    #[default]
    Nobody,
    /// Bytes wait for a verdict.
    Undecided(Undecided),
    /// A session.
    Session(Stream),
}

/// First bytes of a stream whose protocol is not known yet.
#[derive(Debug)]
pub(crate) struct Undecided {
    pub(crate) first: Side,
    pub(crate) originator: Vec<u8>,
    pub(crate) responder: Vec<u8>,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nobody => f.write_str("Nobody"),
            Self::Undecided(_) => f.write_str("Undecided"),
            Self::Session(stream) => write!(f, "Session({})", stream.protocol().protocol.name),
        }
    }
}

impl TcpApp {
    /// Whether nothing more can be learned.
    pub(crate) fn is_finished(&self) -> bool {
        self.given_up || matches!(&self.reading, Reading::Session(stream) if stream.is_finished())
    }

    /// Bytes of heap held.
    pub(crate) fn memory(&self) -> usize {
        let reading = match &self.reading {
            Reading::Nobody => 0,
            Reading::Undecided(undecided) => undecided.originator.capacity() + undecided.responder.capacity(),
            Reading::Session(stream) => stream.memory(),
        };
        self.originator.memory() + self.responder.memory() + reading
    }

    /// The frame that brought the last bytes of a side.
    pub(crate) const fn heard(&mut self, side: Side) -> &mut Option<When> {
        let [originator, responder] = &mut self.heard;
        match side {
            Side::Originator => originator,
            Side::Responder => responder,
        }
    }

    pub(crate) const fn direction(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        }
    }
}

impl Opening {
    /// Learns the sequence number of the originator's first byte.
    const fn note(&mut self, side: Side, tcp: Tcp) {
        let acknowledges = tcp.flags.has(TcpFlags::ACK);
        self.first = match side {
            Side::Originator if tcp.flags.has(TcpFlags::SYN) => tcp.seq.wrapping_add(1),
            Side::Originator => tcp.seq,
            Side::Responder => tcp.ack,
        };
        self.is_known = acknowledges || matches!(side, Side::Originator);
    }
}

impl Undecided {
    pub(crate) const fn new(first: Side) -> Self {
        Self { first, originator: Vec::new(), responder: Vec::new() }
    }

    pub(crate) const fn side(&mut self, side: Side) -> &mut Vec<u8> {
        match side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        }
    }
}

impl End {
    /// Packets that its station was not told of yet.
    pub(crate) const fn untold(&mut self) -> u64 {
        let more = self.packets - self.told;
        self.told = self.packets;
        more
    }
}

impl Flow {
    /// Packets of both ends since it was last told.
    pub(crate) const fn packets(&self) -> u64 {
        self.originator.packets + self.responder.packets
    }

    /// A flow at its first packet.
    pub(crate) fn new(
        key: Key,
        originator_is_low: bool,
        originator: End,
        responder: End,
        when: When,
    ) -> Self {
        Self {
            key,
            first_frame: when.frame,
            first_seen: when.at,
            last_seen: when.at,
            originator,
            responder,
            protocol: None,
            told_as: None,
            app: App::Fresh,
            weaknesses: 0,
            lost_bytes: 0,
            marks: Marks::default(),
            opening: Opening::default(),
            tries: 0,
            originator_is_low,
        }
    }

    /// Keeps what the header of a segment says, and whether it carries bytes.
    pub(crate) const fn note_header(&mut self, side: Side, tcp: Tcp, carries: bool) {
        self.marks.reset |= tcp.flags.has(TcpFlags::RST);
        self.marks.carried |= carries;
        match side {
            Side::Originator => self.marks.originator_fin |= tcp.flags.has(TcpFlags::FIN),
            Side::Responder => self.marks.responder_fin |= tcp.flags.has(TcpFlags::FIN),
        }
        if !self.opening.is_known {
            self.opening.note(side, tcp);
        }
    }

    /// Whether a segment belongs to another connection between the same ports, and who opened that.
    ///
    /// On a closed connection that is a SYN. On one that is not, a SYN with another sequence number only announces it:
    /// a peer takes it for what it is when it forgot the old connection, and else goes on with that (RFC 9293, 3.10.7.4),
    /// so it is the answer to it that tells. Where a tap never saw the other side, what comes next under the new
    /// number has to do.
    pub(crate) fn opened_again(&mut self, side: Side, tcp: Tcp) -> Option<Side> {
        if tcp.flags.has(TcpFlags::SYN) && !tcp.flags.has(TcpFlags::ACK) {
            if self.is_closed() {
                return Some(side);
            }
            let first = tcp.seq.wrapping_add(1);
            let is_known = match side {
                Side::Originator => !self.opening.is_known || self.opening.first == first,
                // Both may open a connection at once (RFC 9293, 3.5).
                Side::Responder => !self.marks.carried,
            };
            if !is_known {
                self.opening.again = first;
                self.opening.announced = Some(side);
            }
            return None;
        }
        let by = self.opening.announced?;
        let again = self.opening.again;
        let is_it = if side == by {
            tcp.seq == again && !self.end(by.other()).heard
        } else {
            tcp.flags.has(TcpFlags::SYN) && tcp.ack == again
        };
        is_it.then_some(by)
    }

    pub(crate) const fn end(&mut self, side: Side) -> &mut End {
        match side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        }
    }

    /// Which side a packet comes from.
    pub(crate) const fn side(&self, source_is_low: bool) -> Side {
        if source_is_low == self.originator_is_low { Side::Originator } else { Side::Responder }
    }

    pub(crate) const fn ports(&self) -> (u16, u16) {
        (self.key.port(self.originator_is_low), self.key.port(!self.originator_is_low))
    }

    /// Whether both ends said goodbye, or one hung up.
    pub(crate) const fn is_closed(&self) -> bool {
        self.marks.reset || self.marks.originator_fin && self.marks.responder_fin
    }
}
