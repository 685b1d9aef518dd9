//! Tests of LLDP.

use model::Subject;

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn tlv(kind: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind << 1, u8::try_from(value.len()).unwrap()];
    bytes.extend(value);
    bytes
}

fn begin() -> Vec<u8> {
    [
        tlv(1, &[4, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x10]), // chassis by link-layer address
        tlv(2, b"\x05Gi0/13"),                            // port by interface name
        tlv(3, &[0, 120]),
    ]
    .concat()
}

fn switch() -> Vec<u8> {
    [
        begin(),
        tlv(4, b"to ward 3"),
        tlv(5, b"sw-icu-1"),
        tlv(6, b"Example Switch OS 12.2"),
        tlv(7, &[0, 0x14, 0, 0x14]), // bridge and router, both enabled
        tlv(8, &[5, 1, 10, 0, 0, 5, 2, 0, 0, 0, 1, 0]),
        tlv(8, &[17, 2, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 0, 0, 0, 1, 0]),
        tlv(127, &[0x00, 0x80, 0xc2, 1, 0, 42]),
        tlv(127, b"\x00\x80\xc2\x03\x00\x2a\x03icu"),
        tlv(127, &[0x00, 0x12, 0x0f, 4, 5, 0xee]), // maximum frame size
        tlv(127, &[0x00, 0x0e, 0xcf, 2, 0, 0, 0, 0]), // PROFINET
        tlv(0, &[]),
        vec![0; 8], // padding of the frame
    ]
    .concat()
}

fn telephone() -> Vec<u8> {
    [
        begin(),
        tlv(127, &[0x00, 0x12, 0xbb, 1, 0, 0x33, 3]),
        tlv(127, b"\x00\x12\xbb\x03\x02\x0e\x02DE\x1b\x013\x1c\x06ICU-12"),
        tlv(127, b"\x00\x12\xbb\x05HW1"),
        tlv(127, b"\x00\x12\xbb\x06FW2"),
        tlv(127, b"\x00\x12\xbb\x07SW3"),
        tlv(127, b"\x00\x12\xbb\x08SN4"),
        tlv(127, b"\x00\x12\xbb\x09Example Medical"),
        tlv(127, b"\x00\x12\xbb\x0aModel 6"),
        tlv(127, b"\x00\x12\xbb\x0bAsset 7"),
        tlv(127, b"\x00\x00\x5e\x01https://mud.example/m"),
        tlv(0, &[]),
    ]
    .concat()
}

fn frame(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::EtherType(0x88CC), (0, 0), payload)
}

fn read(bytes: &[u8]) -> Recording {
    handle(&PROTOCOL, &frame(bytes)).unwrap()
}

datagram_kit!(PROTOCOL, of_a_switch => frame(&switch()), of_a_telephone => frame(&telephone()));

#[test]
fn switch_tells_who_and_where_it_is() {
    let recording = read(&switch());
    assert!(recording.anomalies.is_empty());
    assert!(recording.facts.iter().all(|fact| fact.0 == Subject::Sender));
    for (field, value) in [
        ("lldp.chassis.id.mac", "00:00:5e:00:53:10"),
        ("lldp.port.id", "Gi0/13"),
        ("lldp.port.desc", "to ward 3"),
        ("lldp.tlv.system.name", "sw-icu-1"),
        ("lldp.tlv.system.desc", "Example Switch OS 12.2"),
        ("lldp.tlv.enable_system_cap", "0x0014"),
        ("lldp.tlv.enable_system_cap.bridge", "1"),
        ("lldp.tlv.enable_system_cap.router", "1"),
        ("lldp.mgn.addr.ip4", "10.0.0.5"),
        ("lldp.mgn.addr.ip6", "fe80::5"),
        ("lldp.ieee.802_1.port_vlan.id", "42"),
        ("lldp.ieee.802_1.vlan.name", "icu"),
        ("lldp.orgtlv.oui", "3791"),
    ] {
        assert_eq!(recording.values(field), [value], "{field}");
    }
    assert!(recording.values("lldp.tlv.enable_system_cap.telephone").is_empty());
}

#[test]
fn endpoint_tells_its_inventory_and_location() {
    let recording = read(&telephone());
    assert!(recording.anomalies.is_empty());
    for (field, values) in [
        ("lldp.media.subtype.class", &["3"][..]),
        ("lldp.media.civic.value", &["3", "ICU-12"]),
        ("lldp.media.hardware", &["HW1"]),
        ("lldp.media.firmware", &["FW2"]),
        ("lldp.media.software", &["SW3"]),
        ("lldp.media.sn", &["SN4"]),
        ("lldp.media.manufacturer", &["Example Medical"]),
        ("lldp.media.model", &["Model 6"]),
        ("lldp.media.asset", &["Asset 7"]),
        ("lldp.iana.mudurl", &["https://mud.example/m"]),
    ] {
        assert_eq!(recording.values(field), values, "{field}");
    }
}

#[test]
fn chassis_may_be_named_by_address_or_text() {
    let by_ip = [tlv(1, &[5, 1, 10, 0, 0, 9]), tlv(2, &[3, 0, 0, 0x5e, 0, 0x53, 9])].concat();
    assert_eq!(read(&by_ip).values("lldp.chassis.id.ip4"), ["10.0.0.9"]);
    assert_eq!(read(&by_ip).values("lldp.port.id.mac"), ["00:00:5e:00:53:09"]);
    assert_eq!(read(&tlv(1, b"\x07plc-1")).values("lldp.chassis.id"), ["plc-1"]);
}

#[test]
fn notes_what_deviates() {
    let cases: [(Vec<u8>, &str); 5] = [
        (begin(), "missing_end"),
        ([begin(), vec![10, 5, b'x']].concat(), "tlv_overrun"),
        ([begin(), tlv(7, &[0]), tlv(0, &[])].concat(), "tlv_too_short"),
        ([tlv(1, b"\x07x"), tlv(2, b"\x07x"), tlv(4, b"x"), tlv(0, &[])].concat(), "mandatory_missing"),
        ([begin(), tlv(4, b"x").repeat(200)].concat(), "too_many_tlvs"),
    ];
    for (bytes, anomaly) in cases {
        assert_eq!(read(&bytes).anomaly_names(), [anomaly]);
    }
}

#[test]
fn cut_capture_is_no_anomaly() {
    let bytes = switch();
    let cut = Packet { truncated: true, ..frame(&bytes[..60]) };
    assert!(handle(&PROTOCOL, &cut).unwrap().anomalies.is_empty());
}
