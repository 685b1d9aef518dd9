//! Tests of SLP.

use super::{PROTOCOL, TCP};
use crate::Side::{Originator, Responder};
use crate::kit::{handle, packet, play_whole, sweep_chunking};
use crate::{Carrier, Match, Packet, Probe, datagram_kit};

const ATTRIBUTES: &[u8] =
    b"(x-hp-hn=PRN1),(x-p1=MFG:Example;MDL:Laser 7;FWVER:20200102;SN:X77;),(contact=Roe),key";

fn counted(text: &[u8]) -> Vec<u8> {
    [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text].concat()
}

fn version_2(function: u8, body: &[u8]) -> Vec<u8> {
    let rest = [&[0, 0, 0, 0, 0, 0, 7][..], &counted(b"en"), body].concat();
    let length = u32::try_from(rest.len() + 5).unwrap().to_be_bytes();
    [&[2, function][..], &length[1..], &rest].concat()
}

fn version_1(function: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 12).unwrap().to_be_bytes();
    [&[1, function][..], &length, &[0, 0, b'e', b'n', 0, 3, 0, 7], body].concat()
}

fn url_entry(url: &[u8]) -> Vec<u8> {
    let block = [0, 2, 0, 6, 9, 9];
    [&[0, 0, 60][..], &counted(url), &[1], &block].concat()
}

fn service_reply() -> Vec<u8> {
    let urls = [url_entry(b"service:printer:lpr://10.0.0.1"), url_entry(b"service:http://10.0.0.1")];
    version_2(2, &[&[0, 0, 0, 2][..], &urls.concat()].concat())
}

fn attribute_reply() -> Vec<u8> {
    version_1(7, &[&[0, 0][..], &counted(ATTRIBUTES)].concat())
}

fn registration() -> Vec<u8> {
    let body = [url_entry(b"service:x://a"), counted(b"service:x"), counted(b"default"), counted(ATTRIBUTES)];
    version_2(3, &body.concat())
}

fn request() -> Vec<u8> {
    version_2(
        1,
        &[counted(b""), counted(b"service:printer"), counted(b""), counted(b""), counted(b"")].concat(),
    )
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (427, 50_000), payload)
}

datagram_kit!(
    PROTOCOL,
    service_reply_message => udp(&service_reply()),
    attribute_reply_message => udp(&attribute_reply()),
    registration_message => udp(&registration()),
    request_message => udp(&request()),
);

#[test]
fn reads_services_and_what_is_looked_for() {
    let recording = handle(&PROTOCOL, &udp(&service_reply())).unwrap();
    assert_eq!(
        recording.values("srvloc.url.url"),
        ["service:printer:lpr://10.0.0.1", "service:http://10.0.0.1"]
    );
    let recording = handle(&PROTOCOL, &udp(&request())).unwrap();
    assert_eq!(recording.values("srvloc.srvreq.srvtypelist"), ["service:printer"]);
}

#[test]
fn reads_equipment_from_attributes_and_nobody_s_name() {
    for message in [attribute_reply(), registration()] {
        let recording = handle(&PROTOCOL, &udp(&message)).unwrap();
        assert_eq!(recording.values("srvloc.manufacturer"), ["Example"]);
        assert_eq!(recording.values("srvloc.model"), ["Laser 7"]);
        assert_eq!(recording.values("srvloc.serial_number"), ["X77"]);
        assert_eq!(recording.values("srvloc.firmware"), ["20200102"]);
        assert_eq!(recording.values("srvloc.host_name"), ["PRN1"]);
        assert!(!format!("{recording:?}").contains("Roe"));
        assert!(recording.anomalies.is_empty());
    }
}

#[test]
fn any_chunking_over_tcp_gives_the_same() {
    let answers = [service_reply(), attribute_reply()].concat();
    sweep_chunking(&TCP, &[(Originator, &request()), (Responder, &answers)]);
    let recording = play_whole(&TCP, &[(Originator, &request()), (Responder, &answers)]);
    assert_eq!(recording.values("srvloc.model"), ["Laser 7"]);
}

#[test]
fn lengths_that_do_not_fit_are_noted() {
    let mut message = attribute_reply();
    message.truncate(40);
    let recording = handle(&PROTOCOL, &udp(&message)).unwrap();
    assert_eq!(recording.anomaly_names(), ["wrong_length", "malformed_message"]);
    let many = version_2(2, &[0, 0, 1, 0]);
    let recording = handle(&PROTOCOL, &udp(&many)).unwrap();
    assert_eq!(recording.anomaly_names(), ["slp_services", "malformed_message"]);
}

#[test]
fn other_bytes_are_not_slp() {
    for other in [&[2, 12, 0, 0, 20][..], &[3, 1, 0, 20], b"GET / HTTP/1.1\r\n", &[2], &[]] {
        assert!(handle(&PROTOCOL, &udp(other)).is_none());
    }
    let probe = |responder_port, bytes: &[u8]| {
        (TCP.probe)(&Probe { bytes, side: Originator, originator_port: 1, responder_port, midstream: false })
    };
    assert_eq!(probe(427, &request()), Match::Yes);
    assert_eq!(probe(80, &request()), Match::No);
}
