//! Tunnels and mirror encapsulations: GRE (RFC 2784, 2890), ERSPAN I, II and III (draft-foschiano-erspan-03), VXLAN
//! (RFC 7348), GTP-U (3GPP TS 29.281).

use super::{Cursor, DropReason, link, network};

const ERSPAN_I_II: u16 = 0x88BE;
const ERSPAN_III: u16 = 0x22EB;
const GRE_PPP: u16 = 0x880B;
const VXLAN_PORT: u16 = 4789;
const OLD_VXLAN_PORT: u16 = 8472;
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
    match kind {
        ERSPAN_I_II => erspan_1_2(sequence, cursor),
        ERSPAN_III => erspan_3(cursor),
        GRE_PPP => network::tunnelled(cursor, link::ppp_payload),
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
    match cursor.headers.dst_port {
        VXLAN_PORT | OLD_VXLAN_PORT => vxlan(cursor),
        GTP_U_PORT => gtp_u(cursor),
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
