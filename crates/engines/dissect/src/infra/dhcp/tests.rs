//! Tests of DHCP.

use std::net::IpAddr;

use model::{MacAddr, Subject};

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const CLIENT: [u8; 6] = [0x00, 0x00, 0x5e, 0x00, 0x53, 0x33];

const DISCOVER: &[u8] = &[
    53, 1, 1, // DISCOVER
    61, 7, 1, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x33, // client identifier
    50, 4, 10, 0, 0, 33, // requested address
    12, 8, b'M', b'O', b'N', b'-', b'0', b'0', b'3', b'3', // host name
    81, 11, 0x04, 0, 0, 3, b'm', b'o', b'n', 3, b'i', b'c', b'u', // name in labels
    60, 5, b'u', b'd', b'h', b'c', b'p', // vendor class
    55, 5, 1, 3, 6, 15, 119, // parameter request list
    43, 3, 0xdc, 1, 0, // vendor specific
    0, 255,
];

const ACK: &[u8] = &[
    53, 1, 5, // ACK
    54, 4, 10, 0, 0, 1, // server identifier
    3, 4, 10, 0, 0, 254, // router
    6, 8, 10, 0, 0, 53, 10, 0, 1, 53, // name servers
    15, 11, b'i', b'c', b'u', b'.', b'e', b'x', b'a', b'm', b'p', b'l', b'e', // domain
    255,
];

fn message(operation: u8, options: &[u8]) -> Vec<u8> {
    let mut bytes = vec![operation, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 0];
    bytes.extend([0; 4]); // ciaddr
    bytes.extend(if operation == 2 { [10, 0, 0, 33] } else { [0; 4] }); // yiaddr
    bytes.extend([0; 8]); // siaddr, giaddr
    bytes.extend(CLIENT);
    bytes.extend([0; 10 + 64 + 128]);
    bytes.extend([0x63, 0x82, 0x53, 0x63]);
    bytes.extend(options);
    bytes
}

fn relayed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[24..28].copy_from_slice(&[10, 0, 0, 254]);
    bytes
}

fn read(bytes: &[u8]) -> Recording {
    handle(&PROTOCOL, &packet(Carrier::Udp, (68, 67), bytes)).unwrap()
}

fn client() -> Subject {
    Subject::Mac(MacAddr::new(CLIENT))
}

fn ip(octets: [u8; 4]) -> Subject {
    Subject::Ip(IpAddr::from(octets))
}

fn datagram(bytes: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (68, 67), bytes)
}

datagram_kit!(
    PROTOCOL,
    discover => datagram(&message(1, DISCOVER)),
    acknowledgement => datagram(&message(2, ACK)),
);

#[test]
fn client_tells_its_names_and_its_fingerprint() {
    let recording = read(&message(1, DISCOVER));
    assert!(recording.anomalies.is_empty(), "{:?}", recording.anomalies);
    assert!(recording.facts.iter().all(|fact| fact.0 == client()));
    for (field, value) in [
        ("dhcp.option.hostname", "MON-0033"),
        ("dhcp.fqdn.name", "mon.icu"),
        ("dhcp.option.vendor_class_id", "udhcp"),
        ("dhcp.option.request_list_item", "1,3,6,15,119"),
        ("dhcp.option_order", "53,61,50,12,81,60,55,43"),
        ("dhcp.option.requested_ip_address", "10.0.0.33"),
        ("dhcp.hw.mac_addr", "00:00:5e:00:53:33"),
        ("dhcp.option.vendor.value", "dc0100"),
        ("dhcp.option.dhcp", "1"),
    ] {
        assert_eq!(recording.values(field), [value], "{field}");
    }
    assert!(recording.bindings.is_empty());
}

#[test]
fn request_that_a_relay_passes_on_is_about_the_client() {
    let recording = read(&relayed(message(1, DISCOVER)));
    assert!(recording.facts.contains(&(client(), "dhcp.option.hostname", "MON-0033".to_owned())));
    assert!(recording.facts.contains(&(ip([10, 0, 0, 254]), "dhcp.ip.relay", "10.0.0.254".to_owned())));
    assert!(recording.facts.iter().all(|fact| fact.0 != Subject::Sender));
}

#[test]
fn acknowledgement_binds_the_client_and_names_router_and_servers() {
    let recording = read(&message(2, ACK));
    let bound: Vec<_> = recording.bindings.iter().map(|bound| (Subject::Mac(bound.mac), bound.ip)).collect();
    assert_eq!(bound, [(client(), IpAddr::from([10, 0, 0, 33]))]);
    let fact = |subject, field, value: &str| (subject, field, value.to_owned());
    assert_eq!(
        recording.facts,
        [
            fact(client(), "dhcp.option.domain_name", "icu.example"),
            fact(Subject::Sender, "dhcp.option.dhcp_server_id", "10.0.0.1"),
            fact(ip([10, 0, 0, 254]), "dhcp.option.router", "10.0.0.254"),
            fact(ip([10, 0, 0, 53]), "dhcp.option.domain_name_server", "10.0.0.53"),
            fact(ip([10, 0, 1, 53]), "dhcp.option.domain_name_server", "10.0.1.53"),
        ]
    );
}

#[test]
fn relayed_answer_names_the_server_by_its_identifier() {
    let recording = read(&relayed(message(2, ACK)));
    let server: Vec<_> = recording
        .facts
        .iter()
        .filter(|fact| fact.1 == "dhcp.option.dhcp_server_id")
        .map(|fact| fact.0)
        .collect();
    assert_eq!(server, [ip([10, 0, 0, 1])]);
}

#[test]
fn refusal_binds_nothing() {
    let recording = read(&message(2, &[53, 1, 6, 54, 4, 10, 0, 0, 1, 255]));
    assert!(recording.bindings.is_empty());
    assert_eq!(recording.values("dhcp.option.dhcp_server_id"), ["10.0.0.1"]);
}

#[test]
fn renewing_client_claims_its_address() {
    let mut renewal = message(1, &[53, 1, 3, 255]);
    renewal[12..16].copy_from_slice(&[10, 0, 0, 33]);
    assert_eq!(read(&renewal).bindings.len(), 1);
    let mut release = message(1, &[53, 1, 7, 255]);
    release[12..16].copy_from_slice(&[10, 0, 0, 33]);
    assert!(read(&release).bindings.is_empty());
}

#[test]
fn vendor_identifying_options_tell_manufacturer_and_serial() {
    let options = [
        &[53, 1, 1, 124, 9, 0, 0, 0x0d, 0xe9, 4, 3, b'S', b'T', b'B'][..],
        &[125, 15, 0, 0, 0x0d, 0xe9, 10, 1, 3, b'0', b'0', b'0', 2, 3, b'S', b'N', b'7', 255],
    ]
    .concat();
    let recording = read(&message(1, &options));
    assert_eq!(recording.values("dhcp.option.vi_class.enterprise"), ["3561"]);
    assert_eq!(recording.values("dhcp.option.vi_class.data"), ["STB"]);
    assert_eq!(recording.values("dhcp.option.vi.tr111.device_serial_number"), ["SN7"]);
}

#[test]
fn relay_agent_tells_where_the_client_is_attached() {
    let options = [53, 1, 1, 82, 12, 1, 4, b'p', b'o', b'r', b't', 2, 4, 0, 1, 2, 3, 255];
    let recording = read(&relayed(message(1, &options)));
    assert_eq!(recording.values("dhcp.option.agent_information_option.agent_circuit_id"), ["port"]);
    assert_eq!(recording.values("dhcp.option.agent_information_option.agent_remote_id"), ["00010203"]);
}

#[test]
fn cable_modem_tells_model_and_version() {
    let options = [
        &[53, 1, 1, 60, 9][..],
        b"docsis3.0",
        &[43, 10, 4, 3, b'S', b'N', b'1', 9, 3, b'C', b'M', b'X', 255],
    ]
    .concat();
    let recording = read(&message(1, &options));
    assert_eq!(recording.values("dhcp.option.vendor.cl.serial_number"), ["SN1"]);
    assert_eq!(recording.values("dhcp.option.vendor.cl.model_number"), ["CMX"]);
    assert!(recording.values("dhcp.option.vendor.value").is_empty());
}

#[test]
fn machine_that_boots_from_the_network_tells_architecture_and_uuid() {
    let mut options = vec![53, 1, 1, 93, 2, 0, 7, 94, 3, 1, 3, 16, 97, 17, 0];
    options.extend([0x04, 0x03, 0x02, 0x01, 0x06, 0x05, 0x08, 0x07, 9, 10, 11, 12, 13, 14, 15, 16]);
    options.push(255);
    let recording = read(&message(1, &options));
    assert_eq!(recording.values("dhcp.option.client_system_architecture"), ["7"]);
    assert_eq!(recording.values("dhcp.client_id.uuid"), ["01020304-0506-0708-090a-0b0c0d0e0f10"]);
}

#[test]
fn secrets_of_replies_are_not_kept() {
    let options = [53, 1, 5, 43, 6, b's', b'e', b'c', b'r', b'e', b't', 66, 3, b'a', b'@', b'b', 255];
    let recording = read(&message(2, &options));
    assert!(recording.facts.is_empty(), "{:?}", recording.facts);
}

#[test]
fn options_in_an_overloaded_file_field_are_read() {
    let mut bytes = message(1, &[53, 1, 1, 52, 1, 1, 255]);
    bytes[108..115].copy_from_slice(&[12, 4, b'P', b'U', b'M', b'P', 255]);
    assert_eq!(read(&bytes).values("dhcp.option.hostname"), ["PUMP"]);
}

#[test]
fn notes_what_deviates() {
    assert_eq!(read(&message(1, &[53, 1, 1])).anomaly_names(), ["missing_end"]);
    assert_eq!(read(&message(1, &[53, 1, 1, 12, 9, b'x'])).anomaly_names(), ["option_overrun"]);
    assert_eq!(read(&message(1, &[255])).anomaly_names(), ["no_message_type"]);
    assert_eq!(read(&message(1, &[53, 1, 5, 255])).anomaly_names(), ["type_not_of_operation"]);
    let mut other = message(1, &[53, 1, 1, 255]);
    other[1] = 32;
    assert_eq!(read(&other).anomaly_names(), ["other_hardware_address"]);
    let many = [&[53, 1, 1][..], &[200, 0].repeat(200)].concat();
    assert_eq!(read(&message(1, &many)).anomaly_names(), ["missing_end", "too_many_options"]);
}

#[test]
fn other_datagrams_are_left() {
    let mut other = message(1, DISCOVER);
    other[236] = 0;
    assert!(handle(&PROTOCOL, &datagram(&other)).is_none());
    assert!(handle(&PROTOCOL, &datagram(&[1; 300])).is_none());
}
