//! Tunnels and mirror encapsulations: GRE (RFC 2784, 2890), ERSPAN I, II and III (draft-foschiano-erspan-03), VXLAN
//! (RFC 7348) and its generic form (draft-ietf-nvo3-vxlan-gpe-13), Geneve (RFC 8926), the data channel of access points
//! (CAPWAP, RFC 5415, 4.3), GTP-U (3GPP TS 29.281).

use dissect::Carrier;

use super::{Cursor, DropReason, link, network, wifi};

const ERSPAN_I_II: u16 = 0x88BE;
const ERSPAN_III: u16 = 0x22EB;
const GRE_PPP: u16 = 0x880B;
/// What Aruba's access points put 802.11 frames under: one code per radio and network.
const ARUBA: std::ops::RangeInclusive<u16> = 0x8200..=0x83F0;
const VXLAN_PORT: u16 = 4789;
const OLD_VXLAN_PORT: u16 = 8472;
const VXLAN_GPE_PORT: u16 = 4790;
const GENEVE_PORT: u16 = 6081;
const CAPWAP_DATA_PORT: u16 = 5247;
const GTP_U_PORT: u16 = 2152;

/// A GRE header and what it carries.
pub(super) fn gre(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let flags = cursor.reader.u16_be()?;
    let kind = cursor.reader.u16_be()?;
    let version = flags & 0x0007;
    let has = |bit: u16| flags & bit != 0;
    let (checksum, routing, key, sequence) = (has(0x8000), has(0x4000), has(0x2000), has(0x1000));
    if checksum || routing {
        cursor.reader.skip(4)?;
    }
    if key {
        cursor.reader.skip(4)?;
    }
    if sequence {
        cursor.reader.skip(4)?;
    }
    if version == 1 && has(0x0080) {
        cursor.reader.skip(4)?;
    }
    // An acknowledgement of PPTP carries nothing (RFC 2637, 4.1).
    if cursor.reader.is_empty() {
        cursor.finish(Carrier::Ip(network::protocol::GRE));
        return Ok(());
    }
    match kind {
        ERSPAN_I_II => erspan_1_2(sequence, cursor),
        ERSPAN_III => erspan_3(cursor),
        GRE_PPP => network::tunnelled(cursor, link::ppp),
        radio if ARUBA.contains(&radio) => network::tunnelled(cursor, wifi::decode),
        other => network::ether_in_tunnel(other, cursor),
    }
}

/// Type I has neither sequence number nor header; type II has both.
fn erspan_1_2(sequence: bool, cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    if sequence {
        cursor.reader.skip(8)?;
    }
    network::tunnelled(cursor, link::ethernet)
}

fn erspan_3(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    cursor.reader.skip(10)?;
    let flags = cursor.reader.u16_be()?;
    if flags & 1 != 0 {
        cursor.reader.skip(8)?;
    }
    network::tunnelled(cursor, link::ethernet)
}

/// Tunnels over UDP, recognized by port and header. `false` when it is no tunnel; then nothing was read.
pub(super) fn udp(cursor: &mut Cursor<'_>) -> Result<bool, DropReason> {
    match (cursor.headers.src_port, cursor.headers.dst_port) {
        (_, VXLAN_PORT | OLD_VXLAN_PORT) => vxlan(cursor),
        (_, VXLAN_GPE_PORT) => vxlan_gpe(cursor),
        (_, GENEVE_PORT) => geneve(cursor),
        (_, GTP_U_PORT) => gtp_u(cursor),
        (CAPWAP_DATA_PORT, _) | (_, CAPWAP_DATA_PORT) => capwap(cursor),
        _plain => Ok(false),
    }
}

fn vxlan(cursor: &mut Cursor<'_>) -> Result<bool, DropReason> {
    let mut ahead = cursor.reader;
    // Flags with the I bit, three reserved octets, the network identifier, one reserved octet.
    let Ok([flags, _, _, _, _, _, _, reserved]) = ahead.array::<8>() else { return Ok(false) };
    if flags & 0x08 == 0 || reserved != 0 || ahead.remaining() < 14 {
        return Ok(false);
    }
    cursor.reader = ahead;
    network::tunnelled(cursor, link::ethernet)?;
    Ok(true)
}

/// Like VXLAN, with the protocol of what is inside in place of a reserved octet when the P bit is set.
fn vxlan_gpe(cursor: &mut Cursor<'_>) -> Result<bool, DropReason> {
    let mut ahead = cursor.reader;
    let Ok([flags, _, _, next, _, _, _, _]) = ahead.array::<8>() else { return Ok(false) };
    if flags & 0x08 == 0 || ahead.is_empty() {
        return Ok(false);
    }
    let inner = match (flags & 0x04 != 0, next) {
        (false, _) | (true, 3) => link::ethernet,
        (true, 1 | 2) => link::raw_ip,
        (true, _) => return Ok(false),
    };
    cursor.reader = ahead;
    network::tunnelled(cursor, inner)?;
    Ok(true)
}

/// Version 0, options in units of four octets, EtherType, network identifier.
fn geneve(cursor: &mut Cursor<'_>) -> Result<bool, DropReason> {
    let mut ahead = cursor.reader;
    let Ok([first, flags, high, low, _, _, _, reserved]) = ahead.array::<8>() else { return Ok(false) };
    let options = usize::from(first & 0x3F) * 4;
    if first >> 6 != 0
        || flags & 0x3F != 0
        || reserved != 0
        || ahead.skip(options).is_err()
        || ahead.is_empty()
    {
        return Ok(false);
    }
    cursor.reader = ahead;
    network::ether_in_tunnel(u16::from_be_bytes([high, low]), cursor)?;
    Ok(true)
}

/// What an access point passes on to its controller for the stations on its radios: 802.11 or 802.3 frames. Keep-alives,
/// fragments, and frames that say nothing (management, protected ones) stay a datagram between the two.
fn capwap(cursor: &mut Cursor<'_>) -> Result<bool, DropReason> {
    const NATIVE: u32 = 0x100;
    const FRAGMENT_OR_KEEP_ALIVE: u32 = 0x88;
    let mut ahead = cursor.reader;
    let (Ok(preamble), Ok(bits), Ok(fragment)) = (ahead.u8(), ahead.u24_be(), ahead.u32_be()) else {
        return Ok(false);
    };
    let header = usize::try_from(bits >> 19).unwrap_or_default() * 4;
    let options = header.checked_sub(8).and_then(|options| ahead.skip(options).ok());
    if preamble != 0 || bits & FRAGMENT_OR_KEEP_ALIVE != 0 || fragment & 0xFFFF != 0 || options.is_none() {
        return Ok(false);
    }
    let outside = (cursor.headers, cursor.reader, cursor.depth);
    cursor.reader = ahead;
    let inner = if bits & NATIVE == 0 {
        network::tunnelled(cursor, link::ethernet)
    } else {
        network::tunnelled(cursor, wifi::decode_either_order)
    };
    if inner.is_err() {
        (cursor.headers, cursor.reader, cursor.depth) = outside;
    }
    Ok(inner.is_ok())
}

fn gtp_u(cursor: &mut Cursor<'_>) -> Result<bool, DropReason> {
    let mut ahead = cursor.reader;
    let Ok([flags, kind, _, _, _, _, _, _]) = ahead.array::<8>() else { return Ok(false) };
    const G_PDU: u8 = 255;
    if flags >> 4 != 0b0011 || kind != G_PDU {
        return Ok(false);
    }
    if flags & 0x07 != 0 {
        ahead.skip(3)?;
        let mut next = ahead.u8()?;
        while next != 0 {
            let units = ahead.u8()?;
            if units == 0 {
                return Ok(false);
            }
            ahead.skip(usize::from(units) * 4 - 2)?;
            next = ahead.u8()?;
        }
    }
    cursor.reader = ahead;
    network::tunnelled(cursor, link::raw_ip)?;
    Ok(true)
}
