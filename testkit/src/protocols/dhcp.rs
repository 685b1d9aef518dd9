//! DHCP (RFC 2131, 2132, 4702).

use std::net::Ipv4Addr;

use crate::bytes::Bytes;
use crate::device::{DOMAIN, Device};

/// Message type (option 53).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Discover = 1,
    Offer = 2,
    Request = 3,
    Ack = 5,
}

impl Kind {
    const fn code(self) -> u8 {
        match self {
            Self::Discover => 1,
            Self::Offer => 2,
            Self::Request => 3,
            Self::Ack => 5,
        }
    }
}

/// Options that Windows 10, udhcpc and others ask for, in their order.
const ASKED_WINDOWS: &[u8] = &[1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252];
const ASKED_UDHCP: &[u8] = &[1, 3, 6, 12, 15, 28, 42];
const ASKED_PHONE: &[u8] = &[1, 66, 6, 3, 15, 150, 35];
const ASKED_OTHER: &[u8] = &[1, 3, 6, 15, 44, 12, 7];
const MAGIC: u32 = 0x6382_5363;

/// What a client broadcasts.
pub(crate) fn client(kind: Kind, device: &Device, transaction: u32, server: Ipv4Addr) -> Vec<u8> {
    let id = Bytes::new().u8(1).put(device.host.mac.octets());
    let mut message = head(1, device, transaction, Ipv4Addr::UNSPECIFIED, Ipv4Addr::UNSPECIFIED);
    message = message.u8(53).len8([kind.code()]).u8(61).len8(id);
    if kind == Kind::Request {
        message = message.u8(50).len8(device.host.ip.octets()).u8(54).len8(server.octets());
    }
    message = message.u8(12).len8(&device.name);
    if device.windows {
        message = message.u8(81).len8(Bytes::new().put([0, 0, 0]).put(device.full_name()));
    }
    let asked = match device.dhcp.as_str() {
        class if class.starts_with("MSFT") => ASKED_WINDOWS,
        class if class.starts_with("udhcp") => ASKED_UDHCP,
        class if class.starts_with("Cisco") => ASKED_PHONE,
        _ => ASKED_OTHER,
    };
    message.u8(60).len8(&device.dhcp).u8(55).len8(asked).u8(255).pad_to(300).done()
}

/// What the server answers through the relay of the client's network.
pub(crate) fn server(kind: Kind, device: &Device, transaction: u32, server: Ipv4Addr) -> Vec<u8> {
    let relay = device.gateway();
    let message = head(2, device, transaction, device.host.ip, relay).u8(53).len8([kind.code()]);
    let message = message.u8(1).len8([255, 255, 255, 0]).u8(51).len8(28_800_u32.to_be_bytes());
    let message = message.u8(54).len8(server.octets()).u8(3).len8(relay.octets());
    message.u8(6).len8(server.octets()).u8(15).len8(DOMAIN).u8(255).pad_to(300).done()
}

fn head(operation: u8, device: &Device, transaction: u32, given: Ipv4Addr, relay: Ipv4Addr) -> Bytes {
    let head = Bytes::new().put([operation, 1, 6, 0]).u32(transaction).u16(0).u16(0);
    let head = head.zeros(4).put(given.octets()).zeros(4).put(relay.octets());
    head.put(device.host.mac.octets()).zeros(10 + 64 + 128).u32(MAGIC)
}
