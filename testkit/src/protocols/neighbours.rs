//! What stations tell their neighbours: ARP (RFC 826), LLDP (IEEE 802.1AB, LLDP-MED), CDP.

use std::net::Ipv4Addr;

use model::MacAddr;

use crate::bytes::{Bytes, checksum};
use crate::device::Device;
use crate::tape::Host;

pub(crate) const LLDP_MAC: MacAddr = MacAddr::new([0x01, 0x80, 0xc2, 0, 0, 0x0e]);
pub(crate) const CDP_MAC: MacAddr = MacAddr::new([0x01, 0, 0x0c, 0xcc, 0xcc, 0xcc]);

/// What a neighbour says about itself.
pub(crate) struct Neighbour<'a> {
    pub(crate) device: &'a Device,
    pub(crate) port: &'a str,
    pub(crate) description: String,
    /// LLDP capability bits, IEEE 802.1AB 8.5.8.1.
    pub(crate) capabilities: u16,
    /// CDP capability bits.
    pub(crate) cdp_capabilities: u32,
    /// Whether it tells its inventory (LLDP-MED).
    pub(crate) inventory: bool,
}

/// A request for the station at an address.
pub(crate) fn arp_request(from: &Host, wanted: Ipv4Addr) -> Vec<u8> {
    arp(1, from.mac, from.ip, MacAddr::new([0; 6]), wanted)
}

/// Its answer.
pub(crate) fn arp_reply(from: MacAddr, from_ip: Ipv4Addr, to: &Host) -> Vec<u8> {
    arp(2, from, from_ip, to.mac, to.ip)
}

fn arp(operation: u16, from: MacAddr, from_ip: Ipv4Addr, to: MacAddr, to_ip: Ipv4Addr) -> Vec<u8> {
    let head = Bytes::new().u16(1).u16(0x0800).u8(6).u8(4).u16(operation);
    head.put(from.octets()).put(from_ip.octets()).put(to.octets()).put(to_ip.octets()).done()
}

/// An LLDP frame's content.
pub(crate) fn lldp(says: &Neighbour<'_>) -> Vec<u8> {
    let device = says.device;
    let chassis = Bytes::new().u8(4).put(device.host.mac.octets());
    let port = Bytes::new().u8(5).put(says.port);
    let address = Bytes::new().u8(5).u8(1).put(device.host.ip.octets()).u8(2).u32(1).u8(0);
    let capabilities = Bytes::new().u16(says.capabilities).u16(says.capabilities);
    let frame = Bytes::new().put(tlv(1, chassis)).put(tlv(2, port)).put(tlv(3, 120_u16.to_be_bytes()));
    let frame = frame.put(tlv(4, says.port)).put(tlv(5, device.full_name())).put(tlv(6, &says.description));
    let mut frame = frame.put(tlv(7, capabilities)).put(tlv(8, address));
    if says.inventory {
        frame = frame.put(med(1, Bytes::new().u16(0x0033).u8(3)));
        for (kind, text) in
            [(7, &device.version), (8, &device.serial), (9, &device.maker), (10, &device.model)]
        {
            frame = frame.put(med(kind, text));
        }
    }
    frame.put(tlv(0, [])).done()
}

/// A TLV of LLDP: seven bits of type, nine of length.
fn tlv(kind: u16, value: impl AsRef<[u8]>) -> Bytes {
    let length = crate::bytes::short(value.as_ref().len());
    Bytes::new().u16(kind << 9 | length).put(value)
}

/// A TLV of LLDP-MED (ANSI/TIA-1057).
fn med(kind: u8, value: impl AsRef<[u8]>) -> Bytes {
    tlv(127, Bytes::new().put([0x00, 0x12, 0xbb]).u8(kind).put(value))
}

/// A CDP packet behind its LLC and SNAP headers.
pub(crate) fn cdp(says: &Neighbour<'_>) -> Vec<u8> {
    let device = says.device;
    let addresses = Bytes::new().u32(1).put([1, 1, 0xcc]).len16(device.host.ip.octets());
    let items = [
        (1, Bytes::new().put(device.full_name())),
        (2, addresses),
        (3, Bytes::new().put(says.port)),
        (4, Bytes::new().u32(says.cdp_capabilities)),
        (5, Bytes::new().put(&says.description)),
        (6, Bytes::new().put("cisco ").put(&device.model)),
    ];
    let body = items.into_iter().fold(Bytes::new(), |body, (kind, value)| {
        body.u16(kind).u16(crate::bytes::short(value.len().saturating_add(4))).put(value)
    });
    // Over an odd number of bytes Cisco's sum differs from the Internet's; an even one avoids the question.
    let body = if body.len() % 2 == 1 { body.u16(0x0b).u16(5).u8(1) } else { body };
    let sum = checksum(&[&[2, 180, 0, 0], body.as_ref()]);
    let snap = [0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00];
    Bytes::new().put(snap).put([2, 180]).u16(sum).put(body).done()
}
