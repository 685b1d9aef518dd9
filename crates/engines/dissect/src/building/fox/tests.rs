//! Tests of Fox.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const CLIENT: &[u8] =
    b"fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\napp.name=s:Workbench\nos.name=s:Windows 10\n};;\n";
const SERVER: &[u8] = b"fox a 0 -1 fox hello\n{\nfox.version=s:1.0\nhostName=s:jace-1\napp.name=s:Station\napp.version=s:4.8.0.110\nos.name=s:QNX\nos.version=s:6.5.0\nstation.name=s:Annex\nhostId=s:Qnx-TITAN-0000\nbrandId=s:vykon\nsysInfo=o:bog 61[<bog>\n]\n};;\n";
const LOGIN: &[u8] = b"fox a 2 -1 fox login\n{\nusername=s:operator\n};;\n";

const TALK: Exchange<'static> = &[(Originator, CLIENT), (Responder, SERVER), (Originator, LOGIN)];

stream_kit!(PROTOCOL, talk => TALK);

fn probe(bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe {
        bytes,
        side: Side::Originator,
        originator_port: 1,
        responder_port: 1_911,
        midstream: false,
    })
}

#[test]
fn reads_who_both_ends_are() {
    let recording = play_whole(&PROTOCOL, TALK);
    assert_eq!(recording.values("fox.app.name"), ["Workbench", "Station"]);
    assert_eq!(recording.values("fox.app.version"), ["4.8.0.110"]);
    assert_eq!(recording.values("fox.os.name"), ["Windows 10", "QNX"]);
    assert_eq!(recording.values("fox.hostId"), ["Qnx-TITAN-0000"]);
    assert_eq!(recording.values("fox.brandId"), ["vykon"]);
    assert_eq!(recording.values("fox.station.name"), ["Annex"]);
}

#[test]
fn never_keeps_user_names() {
    assert!(!format!("{:?}", play_whole(&PROTOCOL, TALK)).contains("operator"));
    assert!(play_whole(&PROTOCOL, &[(Originator, LOGIN)]).facts.is_empty());
}

#[test]
fn clear_hello_is_a_weakness_of_the_station() {
    let weaknesses = play_whole(&PROTOCOL, TALK).weaknesses;
    assert_eq!(weaknesses.len(), 1);
    assert_eq!(
        (weaknesses[0].subject, weaknesses[0].weakness),
        (Subject::Sender, Weakness::CleartextManagement)
    );
}

#[test]
fn hello_without_end_is_an_anomaly() {
    let endless = [&b"fox a 1 -1 fox hello\n{\n"[..], &[b'x'; 17_000]].concat();
    assert_eq!(play_whole(&PROTOCOL, &[(Originator, &endless)]).anomaly_names(), ["hello_too_long"]);
}

#[test]
fn other_bytes_are_not_fox() {
    assert_eq!(probe(b"fox a 1 -1 "), Match::Yes);
    assert_eq!(probe(b"fo"), Match::NeedMore);
    assert_eq!(probe(b"foxes are red"), Match::No);
}
