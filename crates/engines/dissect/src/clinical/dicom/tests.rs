//! Tests of DICOM.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Recording, play_whole};
use crate::{Chunk, Match, Notes, Probe, Side, Stream, stream_kit};

const CT_STORAGE: &str = "1.2.840.10008.5.1.4.1.1.2";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const BIG: &str = "1.2.840.10008.1.2.2";

fn item(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, 0], &(content.len() as u16).to_be_bytes()[..], content].concat()
}

fn pdu(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 0], &(body.len() as u32).to_be_bytes()[..], body].concat()
}

fn associate(kind: u8, context: &[u8], user: &[u8]) -> Vec<u8> {
    let mut body = vec![0, 1, 0, 0];
    body.extend_from_slice(b"ARCHIVE         CT01            ");
    body.extend_from_slice(&[0; 32]);
    body.extend(item(0x10, b"1.2.840.10008.3.1.1.1"));
    body.extend_from_slice(context);
    body.extend(item(0x50, user));
    pdu(kind, &body)
}

fn request(transfer_syntax: &str) -> Vec<u8> {
    let syntaxes = [item(0x30, CT_STORAGE.as_bytes()), item(0x40, transfer_syntax.as_bytes())].concat();
    let context = item(0x20, &[&[5, 0, 0, 0][..], &syntaxes].concat());
    let user = [
        item(0x51, &[0, 0, 0x40, 0]),
        item(0x52, b"1.2.3.4.5"),
        item(0x55, b"EXAMPLE_10"),
        item(0x58, &[2, 0, 0, 4, b'u', b's', b'e', b'r', 0, 2, b'p', b'w']),
    ];
    associate(1, &context, &user.concat())
}

fn answer(transfer_syntax: &str) -> Vec<u8> {
    let context = item(0x21, &[&[5, 0, 0, 0][..], &item(0x40, transfer_syntax.as_bytes())].concat());
    associate(2, &context, &[item(0x52, b"1.2.9"), item(0x55, b"ARCHIVE_2")].concat())
}

fn implicit(group: u16, element: u16, value: &[u8]) -> Vec<u8> {
    [&group.to_le_bytes()[..], &element.to_le_bytes(), &(value.len() as u32).to_le_bytes(), value].concat()
}

fn explicit(group: u16, element: u16, vr: &[u8; 2], value: &[u8], big: bool) -> Vec<u8> {
    let half = |number: u16| if big { number.to_be_bytes() } else { number.to_le_bytes() };
    [&half(group)[..], &half(element), vr, &half(value.len() as u16), value].concat()
}

fn command(field: u16, has_data_set: bool) -> Vec<u8> {
    let rest = [
        implicit(0, 2, CT_STORAGE.as_bytes()),
        implicit(0, 0x100, &field.to_le_bytes()),
        implicit(0, 0x800, &if has_data_set { 0_u16 } else { 0x101 }.to_le_bytes()),
    ]
    .concat();
    [implicit(0, 0, &(rest.len() as u32).to_le_bytes()), rest].concat()
}

fn data(control: u8, bytes: &[u8]) -> Vec<u8> {
    let item = [&(bytes.len() as u32 + 2).to_be_bytes()[..], &[5, control], bytes].concat();
    pdu(4, &item)
}

fn data_set(syntax: &str) -> Vec<u8> {
    let element = |group, element, vr: &[u8; 2], value: &[u8]| match syntax {
        IMPLICIT => implicit(group, element, value),
        _ => explicit(group, element, vr, value, syntax == BIG),
    };
    let half = |number: u16| if syntax == BIG { number.to_be_bytes() } else { number.to_le_bytes() };
    let undefined_sequence = match syntax {
        IMPLICIT => [&half(8)[..], &half(0x1140), &[0xff; 4]].concat(),
        _ => [&half(8)[..], &half(0x1140), b"SQ\0\0", &[0xff; 4]].concat(),
    };
    let open_item = [&half(0xfffe)[..], &half(0xe000), &[0xff; 4]].concat();
    let close = |element: u16| [&half(0xfffe)[..], &half(element), &[0; 4]].concat();
    [
        element(8, 0x0060, b"CS", b"CT"),
        element(8, 0x0070, b"LO", b"Example Imaging "),
        element(8, 0x1010, b"SH", b"CT-ROOM-1 "),
        element(8, 0x1090, b"LO", b"Tomo 64 "),
        undefined_sequence,
        open_item,
        element(8, 0x0070, b"LO", b"not ours"),
        close(0xe00d),
        close(0xe0dd),
        element(0x10, 0x0010, b"PN", b"DOE^JANE"),
        element(0x18, 0x1000, b"LO", b"SN-0007 "),
        element(0x18, 0x1020, b"LO", b"4.2\\4.3 "),
        element(0x28, 0x0010, b"US", &[0, 2]),
        element(0x7fe0, 0x0010, b"OW", &[9; 60]),
    ]
    .concat()
}

fn store(syntax: &str) -> Vec<(Side, Vec<u8>)> {
    let set = data_set(syntax);
    let (first, rest) = set.split_at(43);
    vec![
        (Originator, request(syntax)),
        (Responder, answer(syntax)),
        (Originator, data(3, &command(1, true))),
        (Originator, data(0, first)),
        (Originator, data(2, rest)),
        (Responder, data(3, &command(0x8001, false))),
        (Originator, pdu(5, &[0; 4])),
        (Responder, pdu(6, &[0; 4])),
    ]
}

fn played(exchange: &[(Side, Vec<u8>)]) -> Recording {
    let slices: Vec<(Side, &[u8])> = exchange.iter().map(|(side, bytes)| (*side, bytes.as_slice())).collect();
    play_whole(&PROTOCOL, &slices)
}

fn sweep(syntax: &str) {
    let exchange = store(syntax);
    let slices: Vec<(Side, &[u8])> = exchange.iter().map(|(side, bytes)| (*side, bytes.as_slice())).collect();
    crate::kit::sweep_chunking(&PROTOCOL, &slices);
}

stream_kit!(PROTOCOL, association => &[(Originator, &request(IMPLICIT)), (Responder, &answer(IMPLICIT))]);

#[test]
fn any_chunking_of_a_store_gives_the_same() {
    for syntax in [IMPLICIT, EXPLICIT, BIG] {
        sweep(syntax);
    }
}

#[test]
fn reads_titles_implementations_and_roles() {
    let recording = played(&store(EXPLICIT));
    assert!(recording.facts.contains(&(Subject::Sender, "dicom.assoc.ae.calling", "CT01".to_owned())));
    assert!(recording.facts.contains(&(Subject::Receiver, "dicom.assoc.ae.called", "ARCHIVE".to_owned())));
    assert_eq!(recording.values("dicom.userinfo.version"), ["EXAMPLE_10", "ARCHIVE_2"]);
    let roles = recording.values("dicom.role");
    assert!(roles.contains(&"storage_scu") && roles.contains(&"storage_scp"));
    assert_eq!(recording.values("dicom.command"), ["C-STORE"]);
}

#[test]
fn reads_equipment_and_nothing_about_the_patient() {
    for syntax in [IMPLICIT, EXPLICIT, BIG] {
        let recording = played(&store(syntax));
        assert_eq!(recording.values("dicom.manufacturer"), ["Example Imaging"], "{syntax}");
        assert_eq!(recording.values("dicom.manufacturer_model_name"), ["Tomo 64"]);
        assert_eq!(recording.values("dicom.device_serial_number"), ["SN-0007"]);
        assert_eq!(recording.values("dicom.software_versions"), ["4.2\\4.3"]);
        assert!(recording.anomalies.is_empty(), "{:?}", recording.anomalies);
        assert!(!format!("{recording:?}").contains("DOE"));
        assert!(recording.patient_data);
    }
}

#[test]
fn a_passcode_in_the_clear_is_a_weakness_and_is_not_kept() {
    let recording = played(&store(IMPLICIT));
    assert!(recording.weaknesses.iter().any(|note| note.weakness == Weakness::CleartextCredentials));
    assert!(!recording.facts.iter().any(|(_, _, value)| value.contains("user") || value.contains("pw")));
}

#[test]
fn one_direction_and_midstream_are_enough() {
    for side in [Originator, Responder] {
        let half: Vec<_> = store(IMPLICIT).into_iter().filter(|(sender, _)| *sender == side).collect();
        assert!(!played(&half).facts.is_empty());
    }
    let midstream: Vec<_> = store(EXPLICIT).into_iter().skip(2).collect();
    let recording = played(&midstream);
    assert_eq!(recording.values("dicom.manufacturer"), ["Example Imaging"]);
}

#[test]
fn images_that_come_back_say_nothing_about_the_archive() {
    let turned = vec![
        (Originator, request(EXPLICIT)),
        (Responder, answer(EXPLICIT)),
        (Responder, data(3, &command(1, true))),
        (Responder, data(2, &data_set(EXPLICIT))),
    ];
    assert!(played(&turned).values("dicom.manufacturer").is_empty());
}

#[test]
fn finds_the_next_pdu_after_a_gap() {
    let mut stream = Stream::new(&PROTOCOL);
    let mut notes = Notes::new();
    let at = model::Timestamp::from_nanos(0);
    let mut send =
        |stream: &mut Stream, bytes: &[u8]| stream.data(Chunk { side: Originator, bytes, at }, &mut notes);
    send(&mut stream, &request(EXPLICIT));
    stream.gap(Originator, 500);
    let rest = [vec![7; 33], data(3, &command(1, true)), data(2, &data_set(EXPLICIT))].concat();
    send(&mut stream, &rest);
    assert_eq!(Recording::of(&notes).values("dicom.station_name"), ["CT-ROOM-1"]);
}

#[test]
fn a_rejection_and_an_abort_are_noted() {
    let recording = played(&[
        (Originator, request(IMPLICIT)),
        (Responder, pdu(3, &[0, 1, 1, 7])),
        (Originator, pdu(7, &[0, 0, 2, 0])),
    ]);
    assert_eq!(recording.anomaly_names(), ["rejected", "aborted"]);
    assert_eq!(recording.values("dicom.assoc.reject.reason"), ["7"]);
}

#[test]
fn lengths_that_cannot_be_do_no_harm() {
    let mut absurd = pdu(4, &[0xff; 4]);
    absurd.extend_from_slice(&[5, 3]);
    absurd.extend_from_slice(&data(3, &command(0x30, false)));
    let _recording = played(&[(Originator, request(IMPLICIT)), (Originator, absurd)]);
    let deep: Vec<u8> = [&8_u16.to_le_bytes()[..], &0x1140_u16.to_le_bytes(), &[0xff; 4]].concat().repeat(99);
    let recording = played(&[
        (Originator, request(IMPLICIT)),
        (Originator, data(3, &command(1, true))),
        (Originator, data(2, &deep)),
    ]);
    assert_eq!(recording.anomaly_names(), ["broken_data_set"]);
}

#[test]
fn only_dicom_looks_like_it() {
    let probe = |bytes: &[u8], port| {
        let side = Originator;
        (PROTOCOL.probe)(&Probe {
            bytes,
            side,
            originator_port: 40_000,
            responder_port: port,
            midstream: true,
        })
    };
    assert_eq!(probe(&request(IMPLICIT), 9_999), Match::Yes);
    assert_eq!(probe(&data(3, &command(0x30, false)), 9_999), Match::Yes);
    assert_eq!(probe(&data(2, &data_set(IMPLICIT)), 104), Match::Yes);
    assert_eq!(probe(&data(2, &data_set(IMPLICIT)), 9_999), Match::No);
    assert_eq!(probe(b"\x01\x00\x00\x00", 104), Match::NeedMore);
    assert_eq!(probe(b"GET / HTTP/1.1\r\n", 104), Match::No);
}
