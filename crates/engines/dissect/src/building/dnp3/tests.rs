//! Tests of DNP3.

use model::{Subject, Weakness};

use super::message::crc;
use super::{DATAGRAM, STREAM};
use crate::Side::{Originator, Responder};
use crate::kit::{handle, packet, play_whole};
use crate::{Carrier, Match, Packet, Probe, Side, datagram_kit};

fn checked(bytes: &[u8]) -> Vec<u8> {
    [bytes, &crc(bytes).to_le_bytes()].concat()
}

fn frame(control: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = checked(&[5, 0x64, data.len() as u8 + 5, control, 4, 0, 3, 0]);
    for block in data.chunks(16) {
        bytes.extend(checked(block));
    }
    bytes
}

fn operate() -> Vec<u8> {
    frame(0xc4, &[0xc0, 0xc3, 5, 12, 1, 0x28, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}

fn answer(indications: u8) -> Vec<u8> {
    frame(0x44, &[0xc0, 0xc3, 0x81, 0, indications])
}

fn attributes() -> Vec<u8> {
    let mut data = vec![0xc0, 0xc0, 0x81, 0, 0];
    for (variation, text) in [(252, &b"Example Grid"[..]), (250, b"RTU-8"), (248, b"S-1"), (242, b"2.4")] {
        data.extend([0, variation, 0, 0, 0, 1, text.len() as u8]);
        data.extend(text);
    }
    frame(0x44, &data)
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (20_000, 20_000), payload)
}

mod stream {
    use super::*;
    use crate::stream_kit;

    stream_kit!(
        STREAM,
        control => &[(Originator, &operate()), (Responder, &answer(0))],
        attributes => &[(Responder, &super::attributes())],
    );
}

datagram_kit!(DATAGRAM, operate => udp(&super::operate()), attributes => udp(&super::attributes()));

#[test]
fn knows_the_check_of_the_standards_example() {
    // IEEE 1815: the check of `123456789` in the catalogue of CRC parameters.
    assert_eq!(crc(b"123456789"), 0xea82);
}

#[test]
fn tells_master_and_outstation_apart() {
    let recording = handle(&DATAGRAM, &udp(&answer(0))).unwrap();
    assert_eq!(recording.facts[0], (Subject::Sender, "dnp3.role", "outstation".to_owned()));
    let recording = handle(&DATAGRAM, &udp(&operate())).unwrap();
    assert_eq!(recording.facts[0].2, "master");
}

#[test]
fn reads_device_attributes() {
    let recording = play_whole(&STREAM, &[(Responder, &attributes())]);
    assert_eq!(recording.values("dnp3.attribute.manufacturer"), ["Example Grid"]);
    assert_eq!(recording.values("dnp3.attribute.product_name"), ["RTU-8"]);
    assert_eq!(recording.values("dnp3.attribute.serial_number"), ["S-1"]);
    assert_eq!(recording.values("dnp3.attribute.software_version"), ["2.4"]);
}

#[test]
fn obeyed_control_is_a_weakness_and_a_refused_one_is_not() {
    let obeyed = play_whole(&STREAM, &[(Originator, &operate()), (Responder, &answer(0))]);
    assert_eq!(obeyed.weaknesses[0].weakness, Weakness::UnauthenticatedControl);
    let refused = play_whole(&STREAM, &[(Originator, &operate()), (Responder, &answer(1))]);
    assert!(refused.weaknesses.is_empty());
}

#[test]
fn broken_block_is_an_anomaly() {
    let mut broken = operate();
    broken[15] ^= 1;
    let recording = play_whole(&STREAM, &[(Originator, &broken)]);
    assert_eq!(recording.anomaly_names(), ["bad_check"]);
    assert!(recording.facts.is_empty());
}

#[test]
fn other_bytes_are_not_dnp3() {
    let probe = |bytes: &[u8]| {
        (STREAM.probe)(&Probe {
            bytes,
            side: Side::Originator,
            originator_port: 1,
            responder_port: 20_000,
            midstream: false,
        })
    };
    assert_eq!(probe(&operate()), Match::Yes);
    assert_eq!(probe(&[5]), Match::NeedMore);
    assert_eq!(probe(b"\x05\x64\x05\xc9\x04\0\x03\0\0\0"), Match::No);
    assert_eq!(probe(b"GET "), Match::No);
}
