//! Tests of POCT1-A.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const HELLO: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?>
<HEL.R01><HDR><HDR.control_id V="1"/></HDR>
<DEV><DEV.device_id V="0001"/><DEV.vendor_id V="EXAMPLE" /><DEV.model_id V='Gluco 1'/><DEV.serial_id V="G-77"/>
<DEV.hw_version V=""/><DEV.sw_version V="3.1">3.1_de</DEV.sw_version></DEV></HEL.R01>"#;
const ACK: &[u8] =
    br#"<ACK.R01><HDR><HDR.control_id V="1"/></HDR><ACK><ACK.type_cd V="AA"/></ACK></ACK.R01>"#;
const REQUEST: &[u8] = br#"<REQ.R01><REQ><REQ.request_cd V="ROBS"/></REQ></REQ.R01>"#;
const OBSERVATION: &[u8] = br#"<OBS.R01><SVC><PT><PT.patient_id V="4711"/><PT.name V="Doe^Jane"/><OBS><OBS.value V="98"/></OBS></PT></SVC></OBS.R01>"#;

const TALK: Exchange<'static> =
    &[(Originator, HELLO), (Responder, ACK), (Responder, REQUEST), (Originator, OBSERVATION)];

stream_kit!(PROTOCOL, talk => TALK);

fn probe(bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe {
        bytes,
        side: Side::Originator,
        originator_port: 1,
        responder_port: 2,
        midstream: false,
    })
}

#[test]
fn reads_the_description_of_the_device() {
    let recording = play_whole(&PROTOCOL, TALK);
    assert_eq!(recording.values("poct1a.vendor_id"), ["EXAMPLE"]);
    assert_eq!(recording.values("poct1a.model_id"), ["Gluco 1"]);
    assert_eq!(recording.values("poct1a.serial_id"), ["G-77"]);
    assert_eq!(recording.values("poct1a.sw_version"), ["3.1"]);
    assert!(recording.values("poct1a.hw_version").is_empty());
}

#[test]
fn message_kinds_tell_device_and_manager_apart() {
    let recording = play_whole(&PROTOCOL, &[(Responder, REQUEST)]);
    assert_eq!(
        recording.facts,
        [
            (Subject::Receiver, "poct1a.role", "device".to_owned()),
            (Subject::Sender, "poct1a.role", "data manager".to_owned()),
        ]
    );
    assert!(play_whole(&PROTOCOL, &[(Originator, ACK)]).facts.is_empty());
}

#[test]
fn never_keeps_patients_and_says_that_they_went_by() {
    let recording = play_whole(&PROTOCOL, TALK);
    assert!(!format!("{recording:?}").contains("Doe") && !format!("{recording:?}").contains("4711"));
    assert!(recording.patient_data);
    assert_eq!(recording.weaknesses[0].weakness, Weakness::CleartextPatientData);
}

#[test]
fn endless_tag_is_an_anomaly_and_the_stream_goes_on() {
    let long = [&b"<OBS.R01><OBS.note V=\""[..], &[b'x'; 3_000], b"\"/></OBS.R01>"].concat();
    let recording = play_whole(&PROTOCOL, &[(Originator, &long), (Originator, HELLO)]);
    assert_eq!(recording.anomaly_names(), ["tag_too_long"]);
    assert_eq!(recording.values("poct1a.model_id"), ["Gluco 1"]);
}

#[test]
fn other_xml_is_not_poct1a() {
    assert_eq!(probe(HELLO), Match::Yes);
    assert_eq!(probe(b"<?xml version"), Match::NeedMore);
    assert_eq!(probe(b"<HEL.R"), Match::NeedMore);
    for other in [
        &b"<?xml version=\"1.0\"?><html>"[..],
        b"<HELLO.R1>",
        b"GET / HTTP/1.1",
        b"<stream:stream",
        b"<policy-file-request/>",
    ] {
        assert_eq!(probe(other), Match::No);
    }
}

#[test]
fn probe_keeps_its_word() {
    let long = [&b"\0<?xml "[..], &[b' '; 600], b"?><HEL.R01>"].concat();
    crate::kit::probe_input(&PROTOCOL, &long);
    crate::kit::probe_input(&PROTOCOL, b"\0\xef\xbb\xbf<HEL.R01>");
    assert_eq!(probe(b"\xef\xbb\xbf<HEL.R01>"), Match::Yes);
}
