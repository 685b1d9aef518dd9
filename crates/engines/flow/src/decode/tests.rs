//! Tests of decoding: every wrapping, against packets that an independent builder made.

use std::net::IpAddr;

use dissect::Carrier;
use etherparse::{PacketBuilder, VlanId as Tag};
use model::Timestamp;
use proptest::prelude::*;

use super::{DropReason, Frame, Headers, decode};

const SRC: [u8; 6] = [0x00, 0x00, 0x5e, 0x00, 0x53, 0x01];
const DST: [u8; 6] = [0x00, 0x00, 0x5e, 0x00, 0x53, 0x02];

fn frame(link: u16, bytes: &[u8]) -> Frame<'_> {
    let original_length = u32::try_from(bytes.len()).unwrap();
    Frame { number: 1, at: Timestamp::default(), link, original_length, bytes }
}

fn read(link: u16, bytes: &[u8]) -> Result<Headers, DropReason> {
    decode(&frame(link, bytes))
}

fn udp_frame(payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let builder = PacketBuilder::ethernet2(SRC, DST).ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64).udp(1_000, 2_000);
    builder.write(&mut bytes, payload).unwrap();
    bytes
}

fn tcp_over_ip(payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let builder = PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 63).tcp(1_000, 104, 7, 512).ack(9);
    builder.write(&mut bytes, payload).unwrap();
    bytes
}

fn assert_udp(headers: &Headers, bytes: &[u8], payload: &[u8]) {
    assert_eq!(headers.carrier, Carrier::Udp);
    assert_eq!((headers.src_port, headers.dst_port), (1_000, 2_000));
    assert_eq!(headers.addresses, Some((IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]))));
    assert_eq!(headers.payload(bytes), payload);
    assert!(!headers.truncated);
}

#[test]
fn ethernet_ipv4_udp_without_padding() {
    let mut bytes = udp_frame(b"hi");
    bytes.resize(60, 0);
    assert_udp(&read(1, &bytes).unwrap(), &bytes, b"hi");
}

#[test]
fn vlan_and_qinq_keep_the_inner_id() {
    let mut bytes = Vec::new();
    PacketBuilder::ethernet2(SRC, DST)
        .double_vlan(Tag::try_new(100).unwrap(), Tag::try_new(42).unwrap())
        .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
        .udp(1_000, 2_000)
        .write(&mut bytes, b"tagged")
        .unwrap();
    let headers = read(1, &bytes).unwrap();
    assert_udp(&headers, &bytes, b"tagged");
    assert_eq!(headers.vlan, 42);
}

#[test]
fn tcp_fields_and_time_to_live() {
    let bytes = tcp_over_ip(b"\x01\x00");
    let headers = read(101, &bytes).unwrap();
    let tcp = headers.tcp.unwrap();
    assert_eq!((tcp.seq, tcp.ack, headers.ttl), (7, 9, 63));
    assert_eq!(headers.payload(&bytes), b"\x01\x00");
    assert_eq!(headers.src_mac, None);
}

#[test]
fn ipv6_extension_headers_are_walked() {
    let mut bytes = Vec::new();
    PacketBuilder::ethernet2(SRC, DST)
        .ipv6([1; 16], [2; 16], 64)
        .udp(1_000, 2_000)
        .write(&mut bytes, b"x")
        .unwrap();
    // Hop-by-hop options (8 octets) between IPv6 and UDP.
    bytes[14 + 6] = 0;
    let length = u16::from_be_bytes([bytes[18], bytes[19]]) + 8;
    bytes[18..20].copy_from_slice(&length.to_be_bytes());
    let options = [17, 0, 1, 4, 0, 0, 0, 0];
    bytes.splice(54..54, options);
    let headers = read(1, &bytes).unwrap();
    assert_eq!((headers.carrier, headers.src_port), (Carrier::Udp, 1_000));
    assert_eq!(headers.payload(&bytes), b"x");
}

#[test]
fn vxlan_gre_and_erspan_give_the_inner_conversation() {
    let inner = udp_frame(b"inner");
    let vxlan = {
        let mut bytes = Vec::new();
        let payload = [&[8, 0, 0, 0, 0, 0, 42, 0][..], &inner].concat();
        let builder =
            PacketBuilder::ethernet2(SRC, DST).ipv4([192, 0, 2, 1], [192, 0, 2, 2], 64).udp(9_999, 4_789);
        builder.write(&mut bytes, &payload).unwrap();
        bytes
    };
    let over_gre = |header: &[u8]| {
        let mut bytes = Vec::new();
        let builder = PacketBuilder::ethernet2(SRC, DST).ipv4([192, 0, 2, 1], [192, 0, 2, 2], 64);
        builder.write(&mut bytes, etherparse::IpNumber::GRE, &[header, &inner].concat()).unwrap();
        bytes
    };
    let transparent = over_gre(&[0, 0, 0x65, 0x58]);
    let erspan_1 = over_gre(&[0, 0, 0x88, 0xbe]);
    let erspan_2 = over_gre(&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0x01, 0, 1, 0, 0, 0, 0]);
    let erspan_3 = over_gre(&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    for bytes in [vxlan, transparent, erspan_1, erspan_2, erspan_3] {
        let headers = read(1, &bytes).unwrap();
        assert_udp(&headers, &bytes, b"inner");
        assert!(headers.tunnelled);
        assert_eq!(headers.src_mac.map(model::MacAddr::octets), Some(SRC));
    }
}

fn over_udp(ports: (u16, u16), payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let builder =
        PacketBuilder::ethernet2(SRC, DST).ipv4([192, 0, 2, 1], [192, 0, 2, 2], 64).udp(ports.0, ports.1);
    builder.write(&mut bytes, payload).unwrap();
    bytes
}

#[test]
fn geneve_and_generic_vxlan_give_the_inner_conversation() {
    let inner = udp_frame(b"inner");
    let ip = &inner[14..];
    let geneve = [&[2, 0, 0x65, 0x58, 0, 0, 42, 0, 1, 2, 3, 4, 5, 6, 7, 8][..], &inner].concat();
    let geneve_ip = [&[0, 0, 8, 0, 0, 0, 42, 0][..], ip].concat();
    let gpe = [&[0x0c, 0, 0, 3, 0, 0, 42, 0][..], &inner].concat();
    let gpe_ip = [&[0x0c, 0, 0, 1, 0, 0, 42, 0][..], ip].concat();
    for (port, payload) in [(6_081, geneve), (6_081, geneve_ip), (4_790, gpe), (4_790, gpe_ip)] {
        let bytes = over_udp((9_999, port), &payload);
        let headers = read(1, &bytes).unwrap();
        assert_udp(&headers, &bytes, b"inner");
        assert!(headers.tunnelled);
    }
}

/// A frame without network addresses has none in a tunnel either: those are the tunnel's.
#[test]
fn what_is_not_ip_does_not_get_the_addresses_of_its_tunnel() {
    let inner = [&DST[..], &SRC, &[0x08, 0x06], &[0; 28]].concat();
    let bytes = over_udp((9_999, 4_789), &[&[8, 0, 0, 0, 0, 0, 42, 0][..], &inner].concat());
    let headers = read(1, &bytes).unwrap();
    assert_eq!((headers.carrier, headers.addresses), (Carrier::EtherType(0x0806), None));
    assert_eq!((headers.ttl, headers.src_port, headers.dst_port), (0, 0, 0));
    assert_eq!(headers.src_mac.map(model::MacAddr::octets), Some(SRC));
}

/// An access point's header, and in it a data frame of a station to the network.
fn over_capwap(bits: [u8; 3], control: [u8; 2]) -> Vec<u8> {
    let header = [&[0][..], &bits, &[0, 1, 0, 0]].concat();
    let addresses = [&[0, 0][..], &DST, &SRC, &DST, &[0, 0]].concat();
    let snap = [0xAA, 0xAA, 3, 0, 0, 0, 8, 0];
    let payload = [&header[..], &control, &addresses, &snap, &udp_frame(b"inner")[14..]].concat();
    over_udp((20_000, 5_247), &payload)
}

#[test]
fn stations_behind_an_access_point_are_seen() {
    // Header of two words, 802.11 in native format; the frame control field in either order.
    for control in [[0x08, 0x01], [0x01, 0x08]] {
        let bytes = over_capwap([0x10, 0x03, 0x00], control);
        let headers = read(1, &bytes).unwrap();
        assert_udp(&headers, &bytes, b"inner");
        assert_eq!(headers.src_mac.map(model::MacAddr::octets), Some(SRC));
        assert!(headers.tunnelled);
    }
    let ethernet = [&[0, 0x10, 0x02, 0, 0, 1, 0, 0][..], &udp_frame(b"inner")].concat();
    let bytes = over_udp((5_247, 20_000), &ethernet);
    assert_udp(&read(1, &bytes).unwrap(), &bytes, b"inner");
}

#[test]
fn what_an_access_point_does_not_show_stays_its_own_datagram() {
    let protected = over_capwap([0x10, 0x03, 0x00], [0x08, 0x41]);
    let beacon = over_capwap([0x10, 0x03, 0x00], [0x80, 0x00]);
    let fragment = over_capwap([0x10, 0x03, 0x80], [0x08, 0x01]);
    let keep_alive = over_capwap([0x10, 0x03, 0x08], [0x08, 0x01]);
    for bytes in [protected, beacon, fragment, keep_alive] {
        let headers = read(1, &bytes).unwrap();
        assert_eq!((headers.carrier, headers.dst_port), (Carrier::Udp, 5_247));
        assert!(!headers.tunnelled);
        assert_eq!(headers.src_mac.map(model::MacAddr::octets), Some(SRC));
    }
}

#[test]
fn point_to_point_frames_in_gre_are_read_compressed_or_not() {
    let ip = tcp_over_ip(b"abc");
    let over_gre = |payload: &[u8]| {
        let mut bytes = Vec::new();
        let builder = PacketBuilder::ethernet2(SRC, DST).ipv4([192, 0, 2, 1], [192, 0, 2, 2], 64);
        let header = [0x30, 0x01, 0x88, 0x0b, 0, 0, 0, 0, 0, 0, 0, 1];
        builder.write(&mut bytes, etherparse::IpNumber::GRE, &[&header, payload].concat()).unwrap();
        bytes
    };
    for protocol in [&[0xff, 0x03, 0x00, 0x21][..], &[0x00, 0x21], &[0x21], &[0xff, 0x03, 0x21]] {
        let bytes = over_gre(&[protocol, &ip].concat());
        let headers = read(1, &bytes).unwrap();
        assert_eq!(headers.payload(&bytes), b"abc", "{protocol:x?}");
    }
    let acknowledgement = over_gre(&[]);
    assert_eq!(read(1, &acknowledgement).unwrap().carrier, Carrier::Ip(47));
}

#[test]
fn linux_cooked_loopback_and_mpls() {
    let ip = tcp_over_ip(b"abc");
    let sll = [&[0, 0, 0, 1, 0, 6, 0, 0, 0x5e, 0, 0x53, 1, 0, 0, 8, 0][..], &ip].concat();
    let sll2 = [&[8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 0, 0, 0x5e, 0, 0x53, 1, 0, 0][..], &ip].concat();
    let null = [&[2, 0, 0, 0][..], &ip].concat();
    let mpls = [&DST[..], &SRC, &[0x88, 0x47, 0, 1, 0x00, 64, 0, 2, 0x01, 64], &ip].concat();
    for (link, bytes) in [(113, sll), (276, sll2), (0, null), (1, mpls)] {
        let headers = read(link, &bytes).unwrap();
        assert_eq!(headers.payload(&bytes), b"abc", "link type {link}");
        assert_eq!(headers.dst_port, 104);
    }
}

#[test]
fn wifi_data_frames_and_protected_ones() {
    let ip = tcp_over_ip(b"abc");
    let radiotap = [0, 0, 8, 0, 0, 0, 0, 0];
    let to_ds = [&radiotap[..], &[0x88, 0x01, 0, 0], &DST, &SRC, &DST, &[0, 0], &[0, 0]].concat();
    let snap = [0xAA, 0xAA, 3, 0, 0, 0, 8, 0];
    let bytes = [&to_ds[..], &snap, &ip].concat();
    let headers = read(127, &bytes).unwrap();
    assert_eq!(headers.src_mac.map(model::MacAddr::octets), Some(SRC));
    assert_eq!(headers.payload(&bytes), b"abc");
    let mut protected = bytes;
    protected[9] |= 0x40;
    assert_eq!(read(127, &protected).unwrap_err(), DropReason::EncryptedWifi);
}

const BSSID: [u8; 6] = [0x00, 0x00, 0x5e, 0x00, 0x53, 0xb5];
const OTHER: [u8; 6] = [0x00, 0x00, 0x5e, 0x00, 0x53, 0xb6];
const SNAP: [u8; 8] = [0xAA, 0xAA, 3, 0, 0, 0, 8, 0];

#[test]
fn wifi_addresses_stand_where_the_direction_says() {
    let ip = tcp_over_ip(b"abc");
    // Frame control, the addresses in their order, what follows the sequence control.
    type Case<'c> = (&'c [u8; 2], &'c [[u8; 6]], &'c [u8]);
    let cases: [Case<'_>; 6] = [
        (&[0x08, 0x00], &[DST, SRC, BSSID], &[]),
        (&[0x08, 0x01], &[BSSID, SRC, DST], &[]),
        (&[0x08, 0x02], &[DST, BSSID, SRC], &[]),
        (&[0x88, 0x02], &[DST, BSSID, SRC], &[5, 0]),
        (&[0x88, 0x82], &[DST, BSSID, SRC], &[5, 0, 0, 0, 0, 0]),
        (&[0x08, 0x03], &[BSSID, OTHER, DST], &SRC),
    ];
    for (control, addresses, more) in cases {
        let bytes = [control, &[0, 0], addresses.concat().as_slice(), &[0, 0], more, &SNAP, &ip].concat();
        let headers = read(105, &bytes).unwrap();
        assert_eq!(headers.src_mac.map(model::MacAddr::octets), Some(SRC), "{control:?}");
        assert_eq!(headers.dst_mac.map(model::MacAddr::octets), Some(DST), "{control:?}");
        assert_eq!(headers.payload(&bytes), b"abc", "{control:?}");
    }
    let four_with_qos =
        [&[0x88, 0x03, 0, 0], &BSSID[..], &OTHER, &DST, &[0, 0], &SRC, &[5, 0], &SNAP, &ip].concat();
    assert_eq!(read(105, &four_with_qos).unwrap().payload(&four_with_qos), b"abc");
}

#[test]
fn radiotap_tells_of_padding_and_checksum() {
    // EAPOL has no length that would cut the checksum off: SNAP with EtherType 0x888E.
    let body = [0xAA, 0xAA, 3, 0, 0, 0, 0x88, 0x8E, 1, 1, 0, 0];
    let head = [&[0x88, 0x02, 0, 0], &DST[..], &BSSID, &SRC, &[0, 0], &[5, 0]].concat();
    let flags_only = [0, 0, 9, 0, 2, 0, 0, 0, 0x30];
    let after_time = [&[0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0][..], &[0; 4], &[7; 8], &[0x30]].concat();
    for radiotap in [&flags_only[..], &after_time] {
        let bytes = [radiotap, &head, &[0, 0], &body, &[0xde, 0xad, 0xbe, 0xef]].concat();
        let headers = read(127, &bytes).unwrap();
        assert_eq!(headers.carrier, Carrier::EtherType(0x888E));
        assert_eq!(headers.payload(&bytes), [1, 1, 0, 0]);
    }
    for frame in [[0x80, 0x00], [0xb4, 0x00], [0x48, 0x01], [0xc8, 0x01]] {
        let bytes = [&[0, 0, 8, 0, 0, 0, 0, 0][..], &frame, &[0; 30]].concat();
        assert_eq!(read(127, &bytes).unwrap_err(), DropReason::WifiWithoutData);
    }
}

#[test]
fn every_byte_order_of_loopback_and_every_raw_type_is_read() {
    let ip = tcp_over_ip(b"abc");
    for (link, head) in [
        (0, &[2, 0, 0, 0][..]),
        (0, &[0, 0, 0, 2]),
        (108, &[0, 0, 0, 2]),
        (12, &[]),
        (14, &[]),
        (101, &[]),
        (228, &[]),
    ] {
        let bytes = [head, &ip].concat();
        assert_eq!(read(link, &bytes).unwrap().payload(&bytes), b"abc", "link type {link}");
    }
    assert_eq!(read(101, &[0x15]).unwrap_err(), DropReason::MalformedHeader);
    assert_eq!(read(147, &ip).unwrap_err(), DropReason::UnsupportedLinkType);
}

#[test]
fn numbers_of_the_kernel_are_no_ether_types() {
    let can = [&[0, 0, 1, 24, 0, 0][..], &[0; 8], &[0, 0x0c], &[1, 2, 3]].concat();
    let headers = read(113, &can).unwrap();
    assert_eq!((headers.carrier, headers.payload(&can)), (Carrier::EtherType(0x0c), &[1, 2, 3][..]));
}

#[test]
fn llc_and_snap_name_their_carrier() {
    let stp = [&[1, 0x80, 0xc2, 0, 0, 0][..], &SRC, &[0, 7, 0x42, 0x42, 3, 1, 2, 3, 4, 0, 0]].concat();
    let headers = read(1, &stp).unwrap();
    assert_eq!(headers.carrier, Carrier::Llc { dsap: 0x42 });
    assert_eq!(headers.payload(&stp), [1, 2, 3, 4]);
    let cdp =
        [&[1, 0, 0x0c, 0xcc, 0xcc, 0xcc][..], &SRC, &[0, 10, 0xAA, 0xAA, 3, 0, 0, 0x0c, 0x20, 0, 2, 180]]
            .concat();
    let headers = read(1, &cdp).unwrap();
    assert_eq!(headers.carrier, Carrier::Snap { oui: 0x0c, protocol: 0x2000 });
    assert_eq!(headers.payload(&cdp), [2, 180]);
}

#[test]
fn snap_length_leaves_what_was_captured() {
    let bytes = udp_frame(b"a long payload");
    let cut = &bytes[..bytes.len() - 10];
    let headers =
        decode(&Frame { original_length: u32::try_from(bytes.len()).unwrap(), ..frame(1, cut) }).unwrap();
    assert!(headers.truncated);
    assert_eq!(headers.payload(cut), b"a lo");
    assert_eq!(headers.original_payload(), 14);
}

#[test]
fn endless_nesting_is_refused() {
    let mut bytes = [&DST[..], &SRC].concat();
    for _ in 0..20 {
        bytes.extend_from_slice(&[0x81, 0x00, 0, 1]);
    }
    assert_eq!(read(1, &bytes).unwrap_err(), DropReason::NestedTooDeep);
}

proptest! {
    #[test]
    fn any_bytes_of_any_link_type_are_survived(
        link in prop::sample::select(vec![0_u16, 1, 9, 12, 101, 105, 108, 113, 127, 228, 229, 276, 999]),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        if let Ok(headers) = read(link, &bytes) {
            prop_assert!(headers.start <= headers.end);
            prop_assert!(usize::try_from(headers.end).unwrap() <= bytes.len());
        }
    }

    #[test]
    fn every_prefix_of_a_tunnel_is_survived(length in 0_usize..120) {
        let inner = udp_frame(b"inner");
        let mut bytes = Vec::new();
        let payload = [&[8, 0, 0, 0, 0, 0, 42, 0][..], &inner].concat();
        let builder = PacketBuilder::ethernet2(SRC, DST).ipv4([192, 0, 2, 1], [192, 0, 2, 2], 64).udp(9_999, 4_789);
        builder.write(&mut bytes, &payload).unwrap();
        let cut = &bytes[..length.min(bytes.len())];
        let whole = u32::try_from(bytes.len()).unwrap();
        if let Ok(headers) = decode(&Frame { original_length: whole, ..frame(1, cut) }) {
            prop_assert!(usize::try_from(headers.end).unwrap() <= cut.len());
        }
    }
}
