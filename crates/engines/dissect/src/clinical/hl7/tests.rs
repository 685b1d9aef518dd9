//! Tests of HL7.

use model::{MacAddr, Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, Recording, play, play_whole};
use crate::{Chunk, Match, Notes, Probe, Side, Stream, stream_kit};

const RESULT: &[u8] = b"\x0bMSH|^~\\&|ANALYSER^1.2.3^ISO|LAB|LIS|HOSPITAL|20260101||ORU^R01^ORU_R01|1|P|2.5.1||||||UNICODE UTF-8\r\
SFT|Example Instruments^L|7.1|AnalyserSoft|B77||20250101\r\
PID|1||4711||DOE^JANE\r\
OBX|1|NM|718-7^Hb||13.1|g/dl|||||F|||||||Haemo 9000^SN7~Second^X\r\
OBX|2|ST|67880^MDC_ATTR_ID_MODEL^MDC|1|manufacturer=Example model=Haemo||||||R\r\
PRT|1|UC||EQUIP^Equipment||||||Haemo 9000^0102030405060708^EUI-64||||||(01)00000000000017|20240101||L1|SN7||cell counter\r\x1c\r";

const ACKNOWLEDGED: &[u8] =
    b"\x0bMSH|^~\\&|LIS|HOSPITAL|ANALYSER|LAB|20260101||ACK|2|P|2.5.1\rMSA|AA|1\r\x1c\r";
const REFUSED: &[u8] = b"\x0bMSH#*!\\%#LIS#H#A#L#20260101##ACK#3#P#2.3\nMSA#AE#1\n\x1c\r";

const EXCHANGE: Exchange<'static> =
    &[(Originator, RESULT), (Responder, ACKNOWLEDGED), (Originator, RESULT), (Responder, REFUSED)];

stream_kit!(PROTOCOL, exchange => EXCHANGE, bare => &[(Originator, b"MSH|^~\\&|A|B|C|D|1||ADT^A01|1|P|2.3\rPID|1\rEVN||\r")]);

#[test]
fn reads_applications_types_and_versions() {
    let recording = play_whole(&PROTOCOL, EXCHANGE);
    assert!(recording.facts.contains(&(
        Subject::Sender,
        "hl7.msh.sending_application",
        "ANALYSER".to_owned()
    )));
    assert!(recording.facts.contains(&(
        Subject::Receiver,
        "hl7.msh.receiving_application",
        "LIS".to_owned()
    )));
    assert_eq!(recording.values("hl7.message.type"), ["ORU", "ACK", "ORU", "ACK"]);
    assert_eq!(recording.values("hl7.event.type"), ["R01", "R01"]);
    assert_eq!(recording.values("hl7.msh.character_set"), ["UNICODE UTF-8", "UNICODE UTF-8"]);
    assert_eq!(recording.values("hl7.msa.code"), ["AA", "AE"]);
    assert_eq!(recording.anomaly_names(), ["not_accepted"]);
}

#[test]
fn reads_software_and_devices_and_nothing_about_the_patient() {
    let recording = play_whole(&PROTOCOL, &[(Originator, RESULT)]);
    assert_eq!(recording.values("hl7.sft.vendor"), ["Example Instruments"]);
    assert_eq!(recording.values("hl7.sft.version"), ["7.1"]);
    assert_eq!(recording.values("hl7.obx.equipment"), ["Haemo 9000^SN7", "Second^X"]);
    assert_eq!(recording.values("hl7.obx.model"), ["manufacturer=Example model=Haemo"]);
    assert_eq!(recording.values("hl7.prt.udi"), ["(01)00000000000017"]);
    assert_eq!(recording.values("hl7.prt.serial"), ["SN7"]);
    assert_eq!(recording.values("hl7.prt.device_type"), ["cell counter"]);
    let all = format!("{recording:?}");
    assert!(!all.contains("DOE") && !all.contains("4711") && !all.contains("13.1"));
    assert!(recording.patient_data);
    assert!(recording.weaknesses.iter().all(|note| note.weakness == Weakness::CleartextPatientData));
}

/// A message that says that `equipment` measured, and that the same took part.
fn measured(equipment: &str) -> Vec<u8> {
    format!(
        "\x0bMSH|^~\\&|A|B|C|D|1||ORU^R01|1|P|2.6\rOBX|1|NM|1||2|||||||||||||{equipment}\r\
         OBX|2|ST|67880^MDC_ATTR_ID_MODEL^MDC|1|model=X\rPRT|1|UC||EQUIP||||||{equipment}||||||||||SN7\r\x1c\r")
    .into_bytes()
}

/// Whom the facts about equipment are about.
fn subjects(messages: &[&str]) -> Vec<(Subject, &'static str)> {
    let messages: Vec<Vec<u8>> = messages.iter().map(|equipment| measured(equipment)).collect();
    let said: Vec<(Side, &[u8])> = messages.iter().map(|message| (Originator, message.as_slice())).collect();
    let recording = play_whole(&PROTOCOL, &said);
    let about = |field: &str| field.starts_with("hl7.prt") || field.starts_with("hl7.obx");
    recording.facts.iter().filter(|fact| about(fact.1)).map(|fact| (fact.0, fact.1)).collect()
}

#[test]
fn equipment_with_an_eui_is_the_station_of_that_address() {
    let mac = Subject::Mac(MacAddr::new([0x00, 0x00, 0x5e, 0x00, 0x53, 0x07]));
    let all = ["hl7.obx.equipment", "hl7.obx.model", "hl7.prt.device", "hl7.prt.serial"];
    let names = [
        "Pump^^00005E005307^EUI-48",
        "Pump^W^00-00-5e-00-53-07^EUI-48",
        "00005EFFFE005307^EUI-64",
        "Pump^^00005efffe005307^EUI-64",
        "Other~Pump^^00005efffe005307^EUI-64",
    ];
    for name in names {
        let mut found = subjects(&[name]);
        found.dedup();
        assert_eq!(found.len(), all.len(), "{name}: {found:?}");
        assert!(found.iter().all(|fact| fact.0 == mac && all.contains(&fact.1)), "{name}: {found:?}");
    }
}

#[test]
fn equipment_without_the_address_of_a_station_is_the_senders() {
    let names = [
        "Pump^SN7",
        "Pump^^0102030405060708^EUI-64",
        "Pump^^00005E005307^ISO",
        "Pump^^01005E005307^EUI-48",
        "Pump^^000000000000^EUI-48",
        "Pump^^\u{e9}0005E005307^EUI-48",
        "EUI-48",
    ];
    for name in names {
        let found = subjects(&[name]);
        assert_eq!(found.len(), 4, "{name}: {found:?}");
        assert!(found.iter().all(|fact| fact.0 == Subject::Sender), "{name}: {found:?}");
    }
}

#[test]
fn a_sender_that_names_several_devices_is_a_gateway() {
    let roles = |messages: &[&str]| {
        let messages: Vec<Vec<u8>> = messages.iter().map(|equipment| measured(equipment)).collect();
        let said: Vec<(Side, &[u8])> =
            messages.iter().map(|message| (Originator, message.as_slice())).collect();
        play_whole(&PROTOCOL, &said).values("hl7.role").len()
    };
    assert_eq!(roles(&["Pump^1", "Pump^1"]), 0);
    assert_eq!(roles(&["Pump^1~Module^2", "Pump^1~Module^2"]), 0);
    assert_eq!(roles(&["", "Pump^1", ""]), 0);
    assert_eq!(roles(&["Pump^1", "Pump^2", "Pump^1", "Pump^3"]), 2);
}

#[test]
fn a_message_without_block_is_read_and_noted() {
    let recording = play_whole(&PROTOCOL, &[(Originator, b"MSH|^~\\&|A|B|C|D|1||ADT^A01|1|P|2.3\r")]);
    assert_eq!(recording.anomaly_names(), ["no_block"]);
    assert_eq!(recording.values("hl7.msh.sending_application"), ["A"]);
}

#[test]
fn what_is_between_blocks_is_passed_over_however_it_is_cut() {
    let stray =
        b"\x1c\rjunk MSH|^~\\&|A|B|C|D|1||ADT^A01|1|P|2.3\rXYZ\x0bMSH|^~\\&|E|F|G|H|1||ADT^A01|1|P|2.3\r";
    for piece in [1, 2, 5, 16, usize::MAX] {
        let recording = play(&PROTOCOL, &[(Originator, stray)], piece);
        assert_eq!(recording.values("hl7.msh.sending_application"), ["E"], "in pieces of {piece}");
        assert_eq!(recording.anomaly_names(), ["between_blocks"]);
    }
}

#[test]
fn a_block_that_starts_in_a_segment_ends_it_however_it_is_cut() {
    let cut = b"MSH|^~\\&|A|B|C|D|1||ADT^A01|1|P|2.3\rXYZ|1\x0bMSH|^~\\&|E|F|G|H|1||ADT^A01|1|P|2.3\rxy";
    let whole = play_whole(&PROTOCOL, &[(Originator, cut)]);
    assert_eq!(whole.values("hl7.msh.sending_application"), ["A", "E"]);
    assert_eq!(play(&PROTOCOL, &[(Originator, cut)], 1), whole);
}

#[test]
fn a_long_document_is_passed_over() {
    let mut message = b"\x0bMSH|^~\\&|A|B|C|D|1||MDM^T02|1|P|2.3\rOBX|1|ED|||".to_vec();
    message.resize(message.len() + 300_000, b'Q');
    message.extend_from_slice(b"\rSFT|Behind|1\r\x1c\r");
    let mut stream = Stream::new(&PROTOCOL);
    let mut notes = Notes::new();
    for bytes in message.chunks(1_460) {
        let at = model::Timestamp::from_nanos(0);
        stream.data(Chunk { side: Originator, bytes, at }, &mut notes);
    }
    let recording = Recording::of(&notes);
    assert_eq!(recording.values("hl7.sft.vendor"), ["Behind"]);
    assert_eq!(recording.anomaly_names(), ["long_segment"]);
}

#[test]
fn goes_on_with_the_next_block_after_a_gap() {
    let mut stream = Stream::new(&PROTOCOL);
    let mut notes = Notes::new();
    let at = model::Timestamp::from_nanos(0);
    let mut send =
        |stream: &mut Stream, bytes: &[u8]| stream.data(Chunk { side: Originator, bytes, at }, &mut notes);
    send(&mut stream, &RESULT[..80]);
    stream.gap(Originator, 40);
    send(&mut stream, &[&RESULT[120..], REFUSED].concat());
    assert_eq!(Recording::of(&notes).values("hl7.msa.code"), ["AE"]);
}

#[test]
fn only_hl7_looks_like_it() {
    let probe = |bytes: &[u8]| {
        let side: Side = Originator;
        (PROTOCOL.probe)(&Probe {
            bytes,
            side,
            originator_port: 40_000,
            responder_port: 2_575,
            midstream: false,
        })
    };
    assert_eq!(probe(RESULT), Match::Yes);
    assert_eq!(probe(REFUSED), Match::Yes);
    assert_eq!(probe(b"\x0bMS"), Match::NeedMore);
    assert_eq!(probe(b"MSH1234567"), Match::No);
    assert_eq!(probe(b"\x0bXYZ|^~\\&|"), Match::No);
}

/// Found by fuzzing: the first letters of a header at the end of what was sent.
#[test]
fn half_a_header_does_not_depend_on_the_cutting() {
    crate::kit::sweep_chunking(&PROTOCOL, &[(Side::Originator, b"MR")]);
}
