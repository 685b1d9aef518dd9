//! Link layers: Ethernet, VLAN tags, LLC and SNAP, MPLS, PPPoE, Linux cooked, BSD loopback, raw IP.

use dissect::Carrier;
use model::MacAddr;

use super::{Cursor, DropReason, network, wifi};

const NULL: u16 = 0;
const ETHERNET: u16 = 1;
const PPP: u16 = 9;
const IEEE_802_11: u16 = 105;
const LOOP: u16 = 108;
const LINUX_SLL: u16 = 113;
const RADIOTAP: u16 = 127;
const IPV4: u16 = 228;
const IPV6: u16 = 229;
const LINUX_SLL2: u16 = 276;

/// Smallest EtherType; below it the field is a length (IEEE 802.3, 3.2.6).
const FIRST_ETHERTYPE: u16 = 0x0600;
const SNAP_SAP: u8 = 0xAA;

/// EtherTypes that are looked into here.
pub(super) mod ethertype {
    pub(in crate::decode) const IPV4: u16 = 0x0800;
    pub(in crate::decode) const VLAN: u16 = 0x8100;
    pub(in crate::decode) const QINQ: u16 = 0x88A8;
    pub(in crate::decode) const OLD_QINQ: u16 = 0x9100;
    pub(in crate::decode) const IPV6: u16 = 0x86DD;
    pub(in crate::decode) const MPLS: u16 = 0x8847;
    pub(in crate::decode) const MPLS_MULTICAST: u16 = 0x8848;
    pub(in crate::decode) const PPPOE_SESSION: u16 = 0x8864;
    pub(in crate::decode) const TRANSPARENT_BRIDGING: u16 = 0x6558;
}

/// Reads the frame from its link header on.
pub(super) fn decode(link: u16, cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    match link {
        ETHERNET => ethernet(cursor),
        // RAW is 101 in files; 12 and 14 are what some systems write for it.
        101 | 12 | 14 | IPV4 | IPV6 => raw_ip(cursor),
        NULL | LOOP => loopback(cursor),
        LINUX_SLL => linux_cooked(cursor),
        LINUX_SLL2 => linux_cooked_2(cursor),
        PPP => ppp(cursor),
        IEEE_802_11 => wifi::decode(cursor),
        RADIOTAP => wifi::radiotap(cursor),
        _other => Err(DropReason::UnsupportedLinkType),
    }
}

/// An Ethernet frame, at the start of the capture or inside a tunnel.
pub(super) fn ethernet(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, high, low] = cursor.reader.array::<14>()?;
    cursor.headers.dst_mac = Some(MacAddr::new([d0, d1, d2, d3, d4, d5]));
    cursor.headers.src_mac = Some(MacAddr::new([s0, s1, s2, s3, s4, s5]));
    let kind = u16::from_be_bytes([high, low]);
    if kind < FIRST_ETHERTYPE {
        return llc(cursor, Some(usize::from(kind)));
    }
    ether_payload(kind, cursor)
}

/// What an EtherType announces. VLAN tags are passed, their id is kept.
pub(super) fn ether_payload(mut kind: u16, cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    while let ethertype::VLAN | ethertype::QINQ | ethertype::OLD_QINQ = kind {
        cursor.descend()?;
        let tag = cursor.reader.u16_be()?;
        cursor.headers.vlan = tag & 0x0FFF;
        kind = cursor.reader.u16_be()?;
    }
    match kind {
        ethertype::IPV4 => network::ipv4(cursor),
        ethertype::IPV6 => network::ipv6(cursor),
        ethertype::MPLS | ethertype::MPLS_MULTICAST => mpls(cursor),
        ethertype::PPPOE_SESSION => pppoe(cursor),
        length if length < FIRST_ETHERTYPE => llc(cursor, Some(usize::from(length))),
        other => {
            cursor.finish(Carrier::EtherType(other));
            Ok(())
        }
    }
}

/// An IEEE 802.2 LLC header (ISO/IEC 8802-2), with SNAP behind it where it says so.
pub(super) fn llc(cursor: &mut Cursor<'_>, length: Option<usize>) -> Result<(), DropReason> {
    if let Some(length) = length {
        cursor.limit(length);
    }
    let [dsap, ssap, control] = cursor.reader.array::<3>()?;
    if dsap != SNAP_SAP || ssap != SNAP_SAP {
        // Information and supervisory frames have a second control octet.
        if control & 0x03 != 0x03 {
            let _second: u8 = cursor.reader.u8().unwrap_or_default();
        }
        cursor.finish(Carrier::Llc { dsap });
        return Ok(());
    }
    let oui = cursor.reader.u24_be()?;
    let protocol = cursor.reader.u16_be()?;
    if oui == 0 && protocol >= FIRST_ETHERTYPE {
        cursor.descend()?;
        return ether_payload(protocol, cursor);
    }
    cursor.finish(Carrier::Snap { oui, protocol });
    Ok(())
}

/// IP without a link header: the version nibble tells which.
pub(super) fn raw_ip(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    match cursor.reader.peek().map(|first| first >> 4) {
        Some(4) => network::ipv4(cursor),
        Some(6) => network::ipv6(cursor),
        Some(_) => Err(DropReason::MalformedHeader),
        None => Err(DropReason::TruncatedHeader),
    }
}

/// BSD loopback: address family in the byte order of the machine that captured (or network order).
fn loopback(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    cursor.reader.skip(4)?;
    raw_ip(cursor)
}

/// Linux cooked capture version 1.
fn linux_cooked(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    cursor.reader.skip(4)?;
    let address_length = cursor.reader.u16_be()?;
    let address = cursor.reader.array::<8>()?;
    let protocol = cursor.reader.u16_be()?;
    cooked(address_length, address, protocol, cursor)
}

/// Linux cooked capture version 2.
fn linux_cooked_2(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let protocol = cursor.reader.u16_be()?;
    cursor.reader.skip(2 + 4 + 2 + 1)?;
    let address_length = u16::from(cursor.reader.u8()?);
    let address = cursor.reader.array::<8>()?;
    cooked(address_length, address, protocol, cursor)
}

fn cooked(length: u16, address: [u8; 8], protocol: u16, cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    if length == 6 {
        let [a, b, c, d, e, f, _, _] = address;
        cursor.headers.src_mac = Some(MacAddr::new([a, b, c, d, e, f])).filter(|mac| mac.is_station());
    }
    match protocol {
        // ETH_P_802_3 and ETH_P_802_2 of <linux/if_ether.h>.
        0x0001 | 0x0004 => llc(cursor, None),
        // Other numbers below are the kernel's own and no lengths.
        special if special < FIRST_ETHERTYPE => {
            cursor.finish(Carrier::EtherType(special));
            Ok(())
        }
        protocol => ether_payload(protocol, cursor),
    }
}

/// MPLS labels (RFC 3032) down to the bottom of the stack; then IP, or a pseudowire with Ethernet (RFC 4448).
fn mpls(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    loop {
        cursor.descend()?;
        let entry = cursor.reader.u32_be()?;
        if entry & 0x0100 != 0 {
            break;
        }
    }
    cursor.headers.tunnelled = true;
    match cursor.reader.peek().map(|first| first >> 4) {
        Some(4) => network::ipv4(cursor),
        Some(6) => network::ipv6(cursor),
        Some(0) => {
            cursor.reader.skip(4)?;
            ethernet(cursor)
        }
        Some(_) => ethernet(cursor),
        None => Err(DropReason::TruncatedHeader),
    }
}

/// PPPoE session stage (RFC 2516).
fn pppoe(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    cursor.reader.skip(6)?;
    ppp_payload(cursor)
}

/// PPP in HDLC-like framing (RFC 1662), with or without address and control field.
pub(super) fn ppp(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    if cursor.reader.as_slice().starts_with(&[0xFF, 0x03]) {
        cursor.reader.skip(2)?;
    }
    ppp_payload(cursor)
}

/// The protocol field, which may be compressed to one octet (RFC 1661, 2 and 6.5).
fn ppp_payload(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    cursor.descend()?;
    let is_compressed = cursor.reader.peek().is_some_and(|first| first & 1 != 0);
    let protocol = if is_compressed { cursor.reader.u8()?.into() } else { cursor.reader.u16_be()? };
    match protocol {
        0x0021 => network::ipv4(cursor),
        0x0057 => network::ipv6(cursor),
        _control => {
            cursor.finish(Carrier::EtherType(ethertype::PPPOE_SESSION));
            Ok(())
        }
    }
}
