//! IPv4 (RFC 791), IPv6 (RFC 8200) with extension headers, TCP (RFC 9293) and UDP (RFC 768).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use dissect::Carrier;
use wire::Limit;

use super::link::ethertype;
use super::{Cursor, DropReason, Fragment, Headers, Tcp, TcpFlags, link, tunnel};

/// How many IPv6 extension headers are followed.
const EXTENSIONS: Limit = Limit::new("ipv6_extension_headers", 8, "RFC 8200 knows seven, each once");

pub(super) mod protocol {
    pub(super) const IPV4: u8 = 4;
    pub(super) const TCP: u8 = 6;
    pub(super) const UDP: u8 = 17;
    pub(super) const IPV6: u8 = 41;
    pub(in crate::decode) const GRE: u8 = 47;
    pub(super) const ETHERIP: u8 = 97;
}

/// An IPv4 header and what follows.
pub(super) fn ipv4(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let [first, _tos, t0, t1, i0, i1, f0, f1, ttl, protocol, _c0, _c1, s0, s1, s2, s3, d0, d1, d2, d3] =
        cursor.reader.array::<20>()?;
    let header = usize::from(first & 0x0F) * 4;
    if first >> 4 != 4 || header < 20 {
        return Err(DropReason::MalformedHeader);
    }
    let total = usize::from(u16::from_be_bytes([t0, t1]));
    // 0 is what segmentation offload leaves: then the frame's length counts.
    if total != 0 {
        if total < header {
            return Err(DropReason::MalformedHeader);
        }
        cursor.limit(total - 20);
    }
    cursor.reader.skip(header - 20)?;
    cursor.headers.addresses =
        Some((IpAddr::V4(Ipv4Addr::new(s0, s1, s2, s3)), IpAddr::V4(Ipv4Addr::new(d0, d1, d2, d3))));
    cursor.headers.ttl = ttl;
    let flags = u16::from_be_bytes([f0, f1]);
    let (offset, more) = (u32::from(flags & 0x1FFF) * 8, flags & 0x2000 != 0);
    if offset != 0 || more {
        let id = u32::from(u16::from_be_bytes([i0, i1]));
        return fragment(protocol, Fragment { id, offset, more }, cursor);
    }
    payload(protocol, cursor)
}

/// An IPv6 header, its extension headers, and what follows.
pub(super) fn ipv6(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let [first, _, _, _, l0, l1, mut next, hops] = cursor.reader.array::<8>()?;
    if first >> 4 != 6 {
        return Err(DropReason::MalformedHeader);
    }
    let source = Ipv6Addr::from(cursor.reader.array::<16>()?);
    let destination = Ipv6Addr::from(cursor.reader.array::<16>()?);
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    // 0 is a jumbogram (RFC 2675) or segmentation offload.
    if length != 0 {
        cursor.limit(length);
    }
    cursor.headers.addresses = Some((IpAddr::V6(source), IpAddr::V6(destination)));
    cursor.headers.ttl = hops;
    for _ in 0..EXTENSIONS.max {
        match next {
            // Hop-by-hop, routing, destination, mobility, HIP, shim6: length in units of eight without the first.
            0 | 43 | 60 | 135 | 139 | 140 => {
                let [following, units] = cursor.reader.array::<2>()?;
                cursor.reader.skip(usize::from(units) * 8 + 6)?;
                next = following;
            }
            // Authentication header: length in units of four, minus two (RFC 4302).
            51 => {
                let [following, units] = cursor.reader.array::<2>()?;
                cursor.reader.skip(usize::from(units) * 4 + 6)?;
                next = following;
            }
            44 => {
                let [following, _, o0, o1] = cursor.reader.array::<4>()?;
                let id = cursor.reader.u32_be()?;
                let field = u16::from_be_bytes([o0, o1]);
                let (offset, more) = (u32::from(field & 0xFFF8), field & 1 != 0);
                if offset != 0 || more {
                    return fragment(following, Fragment { id, offset, more }, cursor);
                }
                next = following;
            }
            transport => return payload(transport, cursor),
        }
    }
    Err(DropReason::MalformedHeader)
}

/// The payload is a piece of a datagram; ports are known only when it is whole.
fn fragment(protocol: u8, fragment: Fragment, cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    cursor.headers.fragment = Some(fragment);
    cursor.finish(Carrier::Ip(protocol));
    Ok(())
}

fn payload(number: u8, cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    match number {
        protocol::TCP => tcp(cursor),
        protocol::UDP => udp(cursor),
        protocol::GRE => tunnel::gre(cursor),
        protocol::IPV4 => tunnelled(cursor, ipv4),
        protocol::IPV6 => tunnelled(cursor, ipv6),
        protocol::ETHERIP => {
            cursor.reader.skip(2)?;
            tunnelled(cursor, link::ethernet)
        }
        other => {
            cursor.finish(Carrier::Ip(other));
            Ok(())
        }
    }
}

/// A packet in a packet: the frame's stations, addresses and ports are the tunnel's, not the inner ones, which may have
/// none.
pub(super) fn tunnelled<'a>(
    cursor: &mut Cursor<'a>,
    inner: impl Fn(&mut Cursor<'a>) -> Result<(), DropReason>,
) -> Result<(), DropReason> {
    cursor.descend()?;
    let Headers { truncated, missing, .. } = cursor.headers;
    cursor.headers = Headers { truncated, missing, tunnelled: true, ..Headers::EMPTY };
    inner(cursor)
}

fn tcp(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let [s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, offset, flags, _, _, _, _, _, _] =
        cursor.reader.array::<20>()?;
    let header = usize::from(offset >> 4) * 4;
    if header < 20 {
        return Err(DropReason::MalformedHeader);
    }
    cursor.headers.src_port = u16::from_be_bytes([s0, s1]);
    cursor.headers.dst_port = u16::from_be_bytes([d0, d1]);
    cursor.headers.tcp = Some(Tcp {
        seq: u32::from_be_bytes([q0, q1, q2, q3]),
        ack: u32::from_be_bytes([a0, a1, a2, a3]),
        flags: TcpFlags(flags),
    });
    if cursor.reader.skip(header - 20).is_err() {
        // Options cut by the snap length: the header is whole enough, the payload is gone.
        if !cursor.headers.truncated {
            return Err(DropReason::MalformedHeader);
        }
        let _options: &[u8] = cursor.reader.rest();
    }
    cursor.finish(Carrier::Ip(protocol::TCP));
    Ok(())
}

fn udp(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let [s0, s1, d0, d1, l0, l1, _, _] = cursor.reader.array::<8>()?;
    cursor.headers.src_port = u16::from_be_bytes([s0, s1]);
    cursor.headers.dst_port = u16::from_be_bytes([d0, d1]);
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    // 0 is a jumbogram (RFC 2675, 4); 1 to 7 contradict the header itself.
    match length {
        0 => {}
        1..=7 => return Err(DropReason::MalformedHeader),
        length => cursor.limit(length - 8),
    }
    if tunnel::udp(cursor)? {
        return Ok(());
    }
    cursor.finish(Carrier::Udp);
    Ok(())
}

/// Reads the transport header of a datagram that was put together from fragments. Offsets are into `datagram`.
pub(crate) fn transport(outer: &Headers, datagram: &[u8]) -> Result<Headers, DropReason> {
    let Carrier::Ip(number) = outer.carrier else { return Err(DropReason::MalformedHeader) };
    let mut cursor = Cursor::new(datagram, false);
    cursor.headers = Headers { fragment: None, truncated: false, ..*outer };
    payload(number, &mut cursor)?;
    Ok(cursor.headers)
}

/// The EtherType of a tunnel's payload.
pub(super) fn ether_in_tunnel(kind: u16, cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    match kind {
        ethertype::TRANSPARENT_BRIDGING => tunnelled(cursor, link::ethernet),
        other => tunnelled(cursor, move |inner| link::ether_payload(other, inner)),
    }
}
