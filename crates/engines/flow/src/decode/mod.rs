//! From a captured frame to the headers that matter: link, VLAN, tunnels, network, transport.
//!
//! Mirror traffic comes wrapped (802.1Q, QinQ, MPLS, PPPoE, GRE, ERSPAN, VXLAN, Geneve, CAPWAP, GTP-U, IP in IP): the
//! innermost conversation is what counts. Nothing is copied; [`Headers`] holds offsets into the frame.

mod link;
mod network;
#[cfg(test)]
mod tests;
mod tunnel;
mod wifi;

use std::net::IpAddr;

use dissect::Carrier;
use model::MacAddr;
use wire::{Limit, Reader};

pub(crate) use network::transport;

/// How often a packet may be wrapped.
const NESTING: Limit =
    Limit::new("tunnel_nesting", 6, "mirror in tunnel in VLAN is three; more is an attack");

/// A frame as captured.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Number in the capture, counted from 1.
    pub number: model::FrameNumber,
    /// Time stamp.
    pub at: model::Timestamp,
    /// Link type (LINKTYPE_ number of the pcap format).
    pub link: u16,
    /// Length on the wire, which is more than `bytes` holds when the capture cut it.
    pub original_length: u32,
    /// The bytes captured.
    pub bytes: &'a [u8],
}

/// What the headers of a frame say. Offsets are into the frame's bytes.
#[derive(Debug, Clone, Copy)]
pub struct Headers {
    /// Link-layer source, when the station itself (or the last router) is on this link.
    pub src_mac: Option<MacAddr>,
    /// Link-layer destination.
    pub dst_mac: Option<MacAddr>,
    /// Innermost VLAN id; 0 when untagged.
    pub vlan: u16,
    /// What carries the payload: the innermost header that was understood.
    pub carrier: Carrier,
    /// Network source and destination.
    pub addresses: Option<(IpAddr, IpAddr)>,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// Transport ports; 0 without transport.
    pub src_port: u16,
    /// Destination port.
    pub dst_port: u16,
    /// Sequence number, acknowledgement number and flags of TCP.
    pub tcp: Option<Tcp>,
    /// Set when this is a fragment of a datagram: then there are no ports and the payload is the fragment's.
    pub fragment: Option<Fragment>,
    /// Where the payload starts.
    pub start: u32,
    /// Where the payload ends.
    pub end: u32,
    /// Bytes of the payload that were sent and not captured.
    pub missing: u32,
    /// Whether the capture cut the payload short.
    pub truncated: bool,
    /// Whether the packet came in a tunnel or mirror encapsulation.
    pub tunnelled: bool,
}

/// What TCP's header says (RFC 9293, 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tcp {
    /// Sequence number of the first payload byte (of the SYN itself when set).
    pub seq: u32,
    /// Next byte that the sender expects.
    pub ack: u32,
    /// Control bits.
    pub flags: TcpFlags,
}

/// TCP control bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpFlags(pub u8);

/// Place of a fragment in its datagram (RFC 791, 3.2; RFC 8200, 4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// Identification.
    pub id: u32,
    /// Offset in bytes.
    pub offset: u32,
    /// Whether more follow.
    pub more: bool,
}

/// Why a frame could not be processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropReason {
    /// The capture holds less than the headers.
    TruncatedHeader,
    /// A header contradicts itself.
    MalformedHeader,
    /// A link type that is not read.
    UnsupportedLinkType,
    /// Wrapped more often than [`NESTING`] allows.
    NestedTooDeep,
    /// A protected 802.11 frame.
    EncryptedWifi,
    /// An 802.11 frame that carries no data (management, control).
    WifiWithoutData,
}

impl DropReason {
    /// Every reason, in the order of output.
    pub const ALL: [Self; 6] = [
        Self::TruncatedHeader,
        Self::MalformedHeader,
        Self::UnsupportedLinkType,
        Self::NestedTooDeep,
        Self::EncryptedWifi,
        Self::WifiWithoutData,
    ];

    /// Stable snake_case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TruncatedHeader => "truncated_header",
            Self::MalformedHeader => "malformed_header",
            Self::UnsupportedLinkType => "unsupported_link_type",
            Self::NestedTooDeep => "nested_too_deep",
            Self::EncryptedWifi => "encrypted_wifi",
            Self::WifiWithoutData => "wifi_without_data",
        }
    }
}

impl Headers {
    /// Of a frame of which nothing was read.
    const EMPTY: Self = Self {
        src_mac: None,
        dst_mac: None,
        vlan: 0,
        carrier: Carrier::EtherType(0),
        addresses: None,
        ttl: 0,
        src_port: 0,
        dst_port: 0,
        tcp: None,
        fragment: None,
        start: 0,
        end: 0,
        missing: 0,
        truncated: false,
        tunnelled: false,
    };

    /// The payload in the bytes that the offsets are for.
    #[must_use]
    pub fn payload<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let start = usize::try_from(self.start).unwrap_or(usize::MAX);
        let end = usize::try_from(self.end).unwrap_or(usize::MAX);
        bytes.get(start..end).unwrap_or_default()
    }

    /// Length of the payload as it was sent, which is more than [`Headers::payload`] when the capture cut it.
    #[must_use]
    pub fn original_payload(&self) -> usize {
        usize::try_from(self.end.saturating_sub(self.start).saturating_add(self.missing))
            .unwrap_or(usize::MAX)
    }
}

impl TcpFlags {
    /// No more data from sender.
    pub const FIN: u8 = 0x01;
    /// Synchronize sequence numbers.
    pub const SYN: u8 = 0x02;
    /// Reset.
    pub const RST: u8 = 0x04;
    /// Acknowledgement field is significant.
    pub const ACK: u8 = 0x10;

    /// Whether all of `bits` are set.
    #[must_use]
    pub const fn has(self, bits: u8) -> bool {
        self.0 & bits == bits
    }
}

/// Reads the headers of a frame.
///
/// # Errors
/// The reason why it cannot be processed.
pub fn decode(frame: &Frame<'_>) -> Result<Headers, DropReason> {
    let captured = u32::try_from(frame.bytes.len()).unwrap_or(u32::MAX);
    let mut cursor = Cursor::new(frame.bytes, captured < frame.original_length);
    link::decode(frame.link, &mut cursor)?;
    Ok(cursor.headers)
}

/// Where decoding stands in a frame.
struct Cursor<'a> {
    reader: Reader<'a>,
    headers: Headers,
    depth: usize,
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8], truncated: bool) -> Self {
        let headers = Headers { truncated, ..Headers::EMPTY };
        Self { reader: Reader::closed(bytes), headers, depth: 0 }
    }

    /// One more wrapping.
    fn descend(&mut self) -> Result<(), DropReason> {
        self.depth += 1;
        if NESTING.allows(self.depth) { Ok(()) } else { Err(DropReason::NestedTooDeep) }
    }

    /// What is left is the payload of `carrier`.
    fn finish(&mut self, carrier: Carrier) {
        self.headers.carrier = carrier;
        self.headers.start = self.offset();
        self.headers.end = self.headers.start.saturating_add(self.left());
    }

    /// Cuts the reader to `length` bytes from here, which drops link padding. When less was captured the payload is
    /// truncated.
    fn limit(&mut self, length: usize) {
        let left = self.reader.remaining();
        if left < length {
            self.headers.truncated = true;
            self.headers.missing = u32::try_from(length - left).unwrap_or(u32::MAX);
        } else if left > length {
            self.reader = self.reader.cut(length);
        }
    }

    fn offset(&self) -> u32 {
        u32::try_from(self.reader.consumed()).unwrap_or(u32::MAX)
    }

    fn left(&self) -> u32 {
        u32::try_from(self.reader.remaining()).unwrap_or(u32::MAX)
    }
}

impl From<wire::Error> for DropReason {
    fn from(_: wire::Error) -> Self {
        Self::TruncatedHeader
    }
}
