//! Tests of RADIUS.

use model::{MacAddr, Subject, Weakness};

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const STATION: Subject = Subject::Mac(MacAddr::new([0x00, 0x00, 0x5e, 0x00, 0x53, 0x77]));

fn attribute(kind: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, u8::try_from(value.len() + 2).unwrap()];
    bytes.extend(value);
    bytes
}

fn message(code: u8, attributes: &[u8]) -> Vec<u8> {
    let mut bytes = vec![code, 1];
    bytes.extend(u16::try_from(attributes.len() + 20).unwrap().to_be_bytes());
    bytes.extend([0xa5; 16]);
    bytes.extend(attributes);
    bytes
}

fn access_request() -> Vec<u8> {
    let attributes = [
        attribute(1, b"host/mon-7.example"),
        attribute(4, &[10, 0, 0, 1]),
        attribute(32, b"wlc-1"),
        attribute(61, &[0, 0, 0, 19]),
        attribute(30, b"00-00-5E-00-53-10:ward"),
        attribute(31, b"00-00-5E-00-53-77"),
        attribute(87, b"ap-7/1"),
        attribute(77, b"CONNECT 54Mbps 802.11a"),
        attribute(26, b"\x00\x00\x39\xe7\x06\x07ap-7x\x0c\x0aMonitor\x00"),
        attribute(79, b"\x02\x07\x00\x17\x01host/mon-7.example"),
        attribute(80, &[0; 16]),
    ]
    .concat();
    message(1, &attributes)
}

fn datagram(bytes: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (40_000, 1812), bytes)
}

fn read(bytes: &[u8]) -> Recording {
    handle(&PROTOCOL, &datagram(bytes)).unwrap()
}

fn weaknesses(bytes: &[u8]) -> Vec<Weakness> {
    read(bytes).weaknesses.iter().map(|note| note.weakness).collect()
}

datagram_kit!(PROTOCOL, request => datagram(&access_request()));

#[test]
fn request_tells_access_server_and_station_apart() {
    let recording = read(&access_request());
    assert!(recording.anomalies.is_empty());
    assert!(recording.weaknesses.is_empty());
    let fact = |subject, field, value: &str| (subject, field, value.to_owned());
    for fact in [
        fact(Subject::Sender, "radius.code", "1"),
        fact(Subject::Sender, "radius.NAS_IP_Address", "10.0.0.1"),
        fact(Subject::Sender, "radius.NAS_Identifier", "wlc-1"),
        fact(Subject::Sender, "radius.NAS_Port_Type", "19"),
        fact(Subject::Sender, "radius.Called_Station_Id", "00-00-5E-00-53-10:ward"),
        fact(Subject::Sender, "radius.avp.vendor_id", "14823"),
        fact(Subject::Sender, "radius.Aruba_Location_Id", "ap-7x"),
        fact(STATION, "radius.Calling_Station_Id", "00-00-5E-00-53-77"),
        fact(STATION, "radius.NAS_Port_Id", "ap-7/1"),
        fact(STATION, "radius.Connect_Info", "CONNECT 54Mbps 802.11a"),
        fact(STATION, "radius.Aruba_Device_Type", "Monitor"),
        fact(STATION, "radius.User_Name", "host/mon-7.example"),
        fact(STATION, "eap.identity", "host/mon-7.example"),
    ] {
        assert!(recording.facts.contains(&fact), "{fact:?}");
    }
}

#[test]
fn accounting_binds_the_address_of_the_station() {
    let attributes = [attribute(31, b"00005e005377"), attribute(8, &[10, 0, 0, 77])].concat();
    let recording = read(&message(4, &attributes));
    assert_eq!(recording.bindings.len(), 1);
    let chosen = [attribute(31, b"00005e005377"), attribute(8, &[255, 255, 255, 254])].concat();
    assert!(read(&message(4, &chosen)).bindings.is_empty());
}

#[test]
fn name_and_password_of_a_person_are_weaknesses_and_are_not_kept() {
    let bytes = message(1, &[attribute(1, b"nurse.jane"), attribute(2, &[7; 16])].concat());
    assert_eq!(
        weaknesses(&bytes),
        [Weakness::RadiusWithoutMessageAuthenticator, Weakness::CleartextUserName, Weakness::RadiusPap]
    );
    assert!(!format!("{:?}", read(&bytes).facts).contains("jane"));
}

#[test]
fn station_let_in_by_its_address_shows_no_secret() {
    let attributes = [
        attribute(1, b"00005e005377"),
        attribute(2, &[7; 16]),
        attribute(31, b"00-00-5E-00-53-77"),
        attribute(80, &[0; 16]),
    ];
    assert!(weaknesses(&message(1, &attributes.concat())).is_empty());
}

#[test]
fn answer_without_proof_is_a_weakness_of_the_server() {
    assert_eq!(weaknesses(&message(2, &[])), [Weakness::RadiusWithoutMessageAuthenticator]);
    assert!(weaknesses(&message(5, &[])).is_empty());
    assert_eq!(read(&message(2, &[])).values("radius.code"), ["2"]);
}

#[test]
fn request_through_a_proxy_is_about_the_access_server_that_it_names() {
    let attributes = [attribute(4, &[10, 0, 9, 9]), attribute(32, b"wlc-9"), attribute(33, b"p")].concat();
    let recording = read(&message(4, &attributes));
    let about = recording.facts.iter().find(|fact| fact.1 == "radius.NAS_Identifier").map(|fact| fact.0);
    assert_eq!(about, Some(Subject::Ip([10, 0, 9, 9].into())));
}

#[test]
fn eap_in_pieces_is_read_from_its_beginning() {
    let attributes =
        [attribute(31, b"00005e005377"), attribute(79, &[2, 7, 1, 0, 4, 16]), attribute(80, &[0; 16])];
    assert_eq!(weaknesses(&message(1, &attributes.concat())), [Weakness::WeakEap]);
}

#[test]
fn notes_what_deviates() {
    let broken = [attribute(32, b"x"), vec![32, 9, b'x']].concat();
    assert_eq!(read(&message(4, &broken)).anomaly_names(), ["attribute_length"]);
    let many = attribute(33, b"x").repeat(300);
    assert_eq!(read(&message(4, &many)).anomaly_names(), ["too_many_attributes"]);
    let eap = attribute(79, &[2, 7, 0, 6, 13, 0]);
    assert_eq!(read(&message(1, &eap)).anomaly_names(), ["eap_without_message_authenticator"]);
}

#[test]
fn other_datagrams_are_left() {
    let mut longer = access_request();
    longer.pop();
    for bytes in [&longer[..], &[0; 40], &[1; 40], &message(99, &[]), &message(4, &[32, 1])] {
        assert!(handle(&PROTOCOL, &datagram(bytes)).is_none());
    }
}
