//! Tests of JetDirect.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const JOB: Exchange<'static> = &[
    (Originator, b"\x1b%-12345X@PJL\r\n@PJL INFO ID\r\n@PJL INFO PRODINFO\r\n@PJL JOB NAME=\"DOE\"\r\n"),
    (Responder, b"@PJL INFO ID\r\n\"Example Laser 7\"\r\n\x0c"),
    (Responder, b"@PJL INFO PRODINFO\r\nProductName = \"Laser 7\"\r\nProductSerialNumber = X77\r\n"),
    (Responder, b"FirmwareDateCode = 20200102\r\nContact = Roe\r\n\x0c"),
    (Originator, b"@PJL ENTER LANGUAGE=PCL\r\n\x1bEDOE^JOHN\r\n@PJL ENTER LANGUAGE=DOE\r\n"),
    (Responder, b"@PJL USTATUS JOB\r\nNAME=\"DOE\"\r\n\x0c"),
];

const FILES: Exchange<'static> = &[
    (Originator, b"@PJL FSDIRLIST NAME=\"0:\\\" ENTRY=1 COUNT=9\r\n"),
    (Responder, b"@PJL FSDIRLIST NAME=\"0:\\\" ENTRY=1\r\ndoe.txt TYPE=FILE SIZE=4\r\n\x0c"),
];

stream_kit!(PROTOCOL, job => JOB, files => FILES);

fn probe(side: Side, responder_port: u16, bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 40_000, responder_port, midstream: false })
}

#[test]
fn reads_what_the_printer_says_of_itself() {
    let recording = play_whole(&PROTOCOL, JOB);
    assert_eq!(recording.values("pjl.info_id"), ["Example Laser 7"]);
    assert_eq!(recording.values("pjl.product_name"), ["Laser 7"]);
    assert_eq!(recording.values("pjl.serial_number"), ["X77"]);
    assert_eq!(recording.values("pjl.firmware"), ["20200102"]);
    assert_eq!(recording.values("pjl.language"), ["PCL"]);
}

#[test]
fn jobs_and_people_are_never_kept() {
    for exchange in [JOB, FILES] {
        let recording = format!("{:?}", play_whole(&PROTOCOL, exchange));
        assert!(!recording.contains("DOE") && !recording.contains("Roe") && !recording.contains("doe"));
    }
}

#[test]
fn files_for_anybody_are_a_weakness_of_the_printer() {
    let weaknesses = play_whole(&PROTOCOL, FILES).weaknesses;
    let found: Vec<_> = weaknesses.iter().map(|note| (note.subject, note.weakness)).collect();
    assert_eq!(found, [(Subject::Sender, Weakness::NoAuthentication)]);
}

#[test]
fn an_answer_without_end_is_noted() {
    let answer = [b"@PJL INFO ID\r\n".as_slice(), &b"x\r\n".repeat(100)].concat();
    assert_eq!(play_whole(&PROTOCOL, &[(Responder, &answer)]).anomaly_names(), ["pjl_answer_lines"]);
}

#[test]
fn bytes_decide_before_ports() {
    assert_eq!(probe(Originator, 9_101, b"\x1b%-12345X@PJL\r\n"), Match::Yes);
    assert_eq!(probe(Originator, 9_101, b"\x1b%-1"), Match::NeedMore);
    assert_eq!(probe(Originator, 9_100, b"%!PS-Adobe"), Match::Yes);
    assert_eq!(probe(Originator, 80, b"%!PS-Adobe"), Match::No);
    for other in [&b"GET / HTTP/1.1\r\n"[..], b"\x0bMSH|", b"\x01\x00\x00\x00", b"\x16\x03\x01"] {
        assert_eq!(probe(Originator, 9_100, other), Match::No);
    }
}
