//! Tests of BACnet/IP.

use std::net::IpAddr;

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn bvlc(function: u8, body: &[u8]) -> Vec<u8> {
    [&[0x81, function], &(body.len() as u16 + 4).to_be_bytes()[..], body].concat()
}

fn string(text: &[u8]) -> Vec<u8> {
    [&[0x75, text.len() as u8 + 1, 0], text].concat()
}

const I_AM: &[u8] = &[0x10, 0x00, 0xc4, 0x02, 0, 0x04, 0xd2, 0x22, 5, 0xc4, 0x91, 0, 0x22, 1, 4];

fn i_am() -> Vec<u8> {
    bvlc(0x0b, &[&[1, 0x20, 0xff, 0xff, 0, 0xff][..], I_AM].concat())
}

fn model_name() -> Vec<u8> {
    let head = [1, 0, 0x30, 7, 12, 0x0c, 0x02, 0, 0x04, 0xd2, 0x19, 70, 0x3e];
    bvlc(0x0a, &[&head[..], &string(b"AHU-100"), &[0x3f]].concat())
}

fn several() -> Vec<u8> {
    let mut body = vec![1, 0, 0x30, 7, 14, 0x0c, 0x02, 0, 0x04, 0xd2, 0x1e];
    for (property, text) in
        [(121, &b"Example Controls"[..]), (44, b"3.1"), (12, b"9"), (77, b"AHU-OR-2"), (58, b"Roof")]
    {
        body.extend([&[0x29, property, 0x4e][..], &string(text), &[0x4f]].concat());
    }
    // Serial number, property 372, in two bytes; then an error instead of a value.
    body.extend([&[0x2a, 1, 0x74, 0x4e][..], &string(b"SN-1"), &[0x4f]].concat());
    body.extend([0x29, 28, 0x5e, 0x91, 2, 0x91, 32, 0x5f, 0x1f]);
    // An analogue input: what it is called is nothing of ours.
    body.extend([&[0x0c, 0, 0, 0, 1, 0x1e, 0x29, 77, 0x4e][..], &string(b"Room 12"), &[0x4f, 0x1f]].concat());
    bvlc(0x0a, &body)
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (47_808, 47_808), payload)
}

fn read(payload: &[u8]) -> Recording {
    handle(&PROTOCOL, &udp(payload)).unwrap()
}

datagram_kit!(PROTOCOL, who_says_i_am => udp(&i_am()), one_property => udp(&model_name()), many => udp(&several()));

#[test]
fn reads_vendor_and_instance_of_i_am() {
    let recording = read(&i_am());
    assert_eq!(recording.values("bacapp.vendor_identifier"), ["260"]);
    assert_eq!(recording.values("bacapp.instance_number"), ["1234"]);
}

#[test]
fn reads_properties_of_the_device_object_only() {
    assert_eq!(read(&model_name()).values("bacapp.model_name"), ["AHU-100"]);
    let recording = read(&several());
    assert_eq!(recording.values("bacapp.vendor_name"), ["Example Controls"]);
    assert_eq!(recording.values("bacapp.firmware_revision"), ["3.1"]);
    assert_eq!(recording.values("bacapp.object_name"), ["AHU-OR-2"]);
    assert_eq!(recording.values("bacapp.location"), ["Roof"]);
    assert_eq!(recording.values("bacapp.serial_number"), ["SN-1"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn reads_i_am_on_ethernet() {
    let message = [&[1, 0x20, 0xff, 0xff, 0, 0xff][..], I_AM].concat();
    let link = packet(Carrier::Llc { dsap: 0x82 }, (0, 0), &message);
    assert_eq!(handle(&PROTOCOL, &link).unwrap().values("bacapp.vendor_identifier"), ["260"]);
    assert!(handle(&PROTOCOL, &packet(Carrier::Llc { dsap: 0x82 }, (0, 0), &[2, 0])).is_none());
}

#[test]
fn what_a_router_passes_on_is_not_its_own() {
    let recording = read(&bvlc(0x0b, &[&[1, 0x08, 0, 9, 1, 0x55][..], I_AM].concat()));
    assert_eq!(recording.values("bacnet.snet"), ["9"]);
    assert_eq!(recording.facts.len(), 1);
}

#[test]
fn what_is_forwarded_belongs_to_its_origin() {
    let recording = read(&bvlc(0x04, &[&[10, 9, 8, 7, 0xba, 0xc0, 1, 0][..], I_AM].concat()));
    let origin = Subject::Ip(IpAddr::from([10, 9, 8, 7]));
    assert!(recording.facts.iter().all(|fact| fact.0 == origin));
}

#[test]
fn accepted_write_is_a_weakness() {
    let recording = read(&bvlc(0x0a, &[1, 0, 0x20, 7, 15]));
    assert_eq!(recording.weaknesses.first().unwrap().weakness, Weakness::UnauthenticatedControl);
    assert!(read(&bvlc(0x0a, &[1, 0, 0x20, 7, 5])).weaknesses.is_empty());
}

#[test]
fn value_that_never_closes_is_an_anomaly() {
    let message = bvlc(0x0a, &[1, 0, 0x30, 7, 12, 0x0c, 0x02, 0, 4, 0xd2, 0x19, 70, 0x3e]);
    assert_eq!(read(&message).anomaly_names(), ["malformed"]);
}

#[test]
fn other_bytes_are_not_bacnet() {
    for other in [
        &b"\x81\x0a\x00\x09\x01"[..],
        &[0x81, 0x0a, 0, 4],
        &[0x80, 0x0a, 0, 4],
        &[0x81, 0x0a, 0, 6, 2, 0],
        &[],
    ] {
        assert!(handle(&PROTOCOL, &udp(other)).is_none());
    }
}
