//! Tests of VNC.

use model::Weakness;

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::stream_kit;

const INIT: &[u8] = b"\x04\x00\x03\x00................\x00\x00\x00\x0aXRAY-CONS1";

const NO_PASSWORD: Exchange<'static> = &[
    (Responder, b"RFB 003.008\n"),
    (Originator, b"RFB 003.008\n"),
    (Responder, b"\x02\x01\x02"),
    (Originator, b"\x01"),
    (Responder, b"\0\0\0\0"),
    (Originator, b"\x01"),
    (Responder, INIT),
];

const PASSWORD: Exchange<'static> = &[
    (Responder, b"RFB 003.008\n"),
    (Originator, b"RFB 003.007\n"),
    (Responder, b"\x01\x02"),
    (Originator, b"\x02"),
    (Responder, b"0123456789abcdef"),
    (Originator, b"fedcba9876543210"),
    (Responder, b"\0\0\0\0"),
    (Responder, INIT),
];

stream_kit!(PROTOCOL, no_password => NO_PASSWORD, password => PASSWORD);

#[test]
fn reads_versions_and_desktop_name() {
    for exchange in [NO_PASSWORD, PASSWORD] {
        let recording = play_whole(&PROTOCOL, exchange);
        assert_eq!(recording.values("vnc.server_proto_ver"), ["RFB 003.008"]);
        assert_eq!(recording.values("vnc.desktop_name"), ["XRAY-CONS1"]);
    }
}

#[test]
fn session_without_password_is_a_weakness_of_the_server() {
    let weaknesses: Vec<_> =
        play_whole(&PROTOCOL, NO_PASSWORD).weaknesses.iter().map(|note| note.weakness).collect();
    assert_eq!(weaknesses, [Weakness::NoAuthentication, Weakness::CleartextManagement]);
}

#[test]
fn notes_a_type_that_was_not_offered() {
    let exchange: Exchange<'_> = &[
        (Responder, b"RFB 003.008\n"),
        (Originator, b"RFB 003.008\n"),
        (Responder, b"\x01\x02"),
        (Originator, b"\x10"),
    ];
    assert_eq!(play_whole(&PROTOCOL, exchange).anomaly_names(), ["type_not_offered"]);
}
