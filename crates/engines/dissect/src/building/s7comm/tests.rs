//! Tests of S7comm.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::building::cotp;
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

fn tpkt(payload: &[u8]) -> Vec<u8> {
    [&[3, 0][..], &(payload.len() as u16 + 7).to_be_bytes(), &[2, 0xf0, 0x80], payload].concat()
}

fn list(number: u16, record_length: u16, records: &[u8]) -> Vec<u8> {
    let count = records.len() as u16 / record_length;
    let data =
        [&number.to_be_bytes()[..], &[0, 0], &record_length.to_be_bytes(), &count.to_be_bytes(), records]
            .concat();
    let mut message = vec![0x32, 7, 0, 0, 0, 9, 0, 12];
    message.extend((data.len() as u16 + 4).to_be_bytes());
    message.extend([0, 1, 0x12, 8, 0x12, 0x84, 1, 1, 0, 0, 0, 0, 0xff, 9]);
    message.extend((data.len() as u16).to_be_bytes());
    message.extend(data);
    tpkt(&message)
}

fn text(index: u8, value: &[u8]) -> Vec<u8> {
    let mut record = [&[0, index], value].concat();
    record.resize(34, 0);
    record
}

fn modules() -> Vec<u8> {
    let one = [&[0, 1][..], b"6ES7 312-5AC02-0AB0 ", &[0, 0xf6, 0, 1, 0, 1]].concat();
    let seven = [&[0, 7][..], b"                    ", &[0, 0xf6, 0x56, 2, 0, 1]].concat();
    list(0x0011, 28, &[one, seven].concat())
}

fn components() -> Vec<u8> {
    let records = [text(1, b"OR-AIR"), text(2, b"CPU-1"), text(5, b"S C-X0001"), text(7, b"CPU 312C")];
    list(0x001c, 34, &records.concat())
}

const WRITTEN: &[u8] = &[3, 0, 0, 22, 2, 0xf0, 0x80, 0x32, 3, 0, 0, 0, 1, 0, 2, 0, 1, 0, 0, 5, 1, 0xff];

stream_kit!(
    PROTOCOL,
    module_identification => &[(Responder, &modules())],
    component_identification => &[(Responder, &components())],
    written => &[(Responder, WRITTEN)],
    from_connection => &[(Originator, &tpkt(&[0x72, 1, 0, 0])), (Responder, &plus())],
);

fn plus() -> Vec<u8> {
    tpkt(b"\x72\x01\x00\x32\x36\x11\x15\x1b1;6ES7 211-1BE31-0XB0 ;V3.0\x82\x40")
}

#[test]
fn reads_order_number_and_firmware() {
    let recording = play_whole(&PROTOCOL, &[(Responder, &modules())]);
    assert_eq!(recording.values("s7comm.szl.xy11.0001.anz"), ["6ES7 312-5AC02-0AB0"]);
    assert_eq!(recording.values("s7comm.szl.xy11.0001.ausbe"), ["V2.0.1"]);
}

#[test]
fn reads_names_serial_and_type() {
    let recording = play_whole(&PROTOCOL, &[(Responder, &components())]);
    assert_eq!(recording.values("s7comm.szl.001c.0001.name"), ["OR-AIR"]);
    assert_eq!(recording.values("s7comm.szl.001c.0005.serialn"), ["S C-X0001"]);
    assert_eq!(recording.values("s7comm.szl.001c.0007.cputypname"), ["CPU 312C"]);
}

#[test]
fn reads_the_order_number_of_s7comm_plus_from_the_controller_only() {
    let recording = play_whole(&PROTOCOL, &[(Responder, &plus())]);
    assert_eq!(recording.values("s7comm-plus.order_number"), ["6ES7 211-1BE31-0XB0"]);
    assert_eq!(recording.values("s7comm-plus.firmware"), ["V3.0"]);
    assert_eq!(recording.refinement, Some("s7comm-plus"));
    assert!(play_whole(&PROTOCOL, &[(Originator, &plus())]).facts.is_empty());
}

#[test]
fn takes_over_from_the_transport() {
    let exchange: Exchange<'_> = &[
        (Originator, b"\x03\0\0\x16\x11\xe0\0\0\0\x01\0\xc1\x02\x01\0\xc2\x02\x01\x02\xc0\x01\x0a"),
        (Responder, b"\x03\0\0\x16\x11\xd0\0\x01\0\x02\0\xc0\x01\x0a\xc1\x02\x01\0\xc2\x02\x01\x02"),
        (Responder, &modules()),
    ];
    let recording = play_whole(&cotp::PROTOCOL, exchange);
    assert_eq!(recording.values("s7comm.szl.xy11.0001.anz"), ["6ES7 312-5AC02-0AB0"]);
}

#[test]
fn obeyed_write_is_a_weakness_of_the_controller() {
    let weaknesses = play_whole(&PROTOCOL, &[(Responder, WRITTEN)]).weaknesses;
    let weakness = weaknesses.first().unwrap();
    assert_eq!((weakness.subject, weakness.weakness), (Subject::Sender, Weakness::UnauthenticatedControl));
}

#[test]
fn short_message_is_an_anomaly() {
    let short = tpkt(&[0x32, 3, 0, 0, 0, 1]);
    assert_eq!(play_whole(&PROTOCOL, &[(Responder, &short)]).anomaly_names(), ["malformed"]);
}

#[test]
fn other_data_is_not_s7comm() {
    let probe = |bytes: &[u8]| {
        (PROTOCOL.probe)(&Probe {
            bytes,
            side: Side::Responder,
            originator_port: 1,
            responder_port: 102,
            midstream: true,
        })
    };
    assert_eq!(probe(WRITTEN), Match::Yes);
    assert_eq!(probe(&tpkt(&[1, 0, 1, 0, 0x61])), Match::No);
    assert_eq!(probe(b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0"), Match::No);
}
