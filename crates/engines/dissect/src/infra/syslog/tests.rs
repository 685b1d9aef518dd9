//! Tests of syslog.

use super::{PROTOCOL, TCP};
use crate::Side::Originator;
use crate::kit::{Recording, handle, packet, play_whole, sweep_chunking};
use crate::{Carrier, Match, Packet, Probe, datagram_kit};

const BSD: &[u8] = b"<34>Oct 11 22:14:15 mon7 su[12]: DOE^JOHN failed on /dev/pts/8";
const NEW: &[u8] = b"<165>1 2003-10-11T22:14:15.003Z ct1.ward app 8710 ID47 [ex@32473 a=\"DOE\"] DOE^JOHN";
const ASA: &[u8] = b"<166>Oct 11 2026 22:14:15: %ASA-6-302013: Built DOE";
const IOS: &[u8] = b"<189>42: *Mar  1 18:46:11.123: %SYS-5-CONFIG_I: Configured by DOE";
const CEF: &[u8] = b"<13>Oct  1 02:14:15 gw CEF:0|Example|Monitor|7.1|100|DOE|3|suser=DOE";
const FORTINET: &[u8] = b"<189>date=2026-01-01 devname=\"fw1\" devid=\"FGT60F0000000001\" user=\"DOE\"";

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (50_000, 514), payload)
}

fn read(message: &[u8]) -> Recording {
    handle(&PROTOCOL, &udp(message)).unwrap()
}

datagram_kit!(
    PROTOCOL,
    bsd => udp(BSD), new => udp(NEW), asa => udp(ASA), ios => udp(IOS), cef => udp(CEF), fortinet => udp(FORTINET)
);

#[test]
fn reads_host_and_program_in_both_formats() {
    assert_eq!(read(BSD).values("syslog.hostname"), ["mon7"]);
    assert_eq!(read(BSD).values("syslog.appname"), ["su"]);
    assert_eq!(read(NEW).values("syslog.hostname"), ["ct1.ward"]);
    assert_eq!(read(NEW).values("syslog.appname"), ["app"]);
    assert_eq!(read(NEW).values("syslog.enterprise"), ["32473"]);
    let without_host = read(b"<13>Feb  5 17:32:18 cron: x");
    assert_eq!(without_host.values("syslog.appname"), ["cron"]);
    assert!(without_host.values("syslog.hostname").is_empty());
}

#[test]
fn reads_what_makers_put_in_their_messages() {
    assert_eq!(read(ASA).values("syslog.cisco_facility"), ["%ASA"]);
    assert_eq!(read(IOS).values("syslog.cisco_facility"), ["%SYS"]);
    assert_eq!(read(CEF).values("syslog.device_vendor"), ["Example"]);
    assert_eq!(read(CEF).values("syslog.device_product"), ["Monitor"]);
    assert_eq!(read(CEF).values("syslog.device_version"), ["7.1"]);
    assert_eq!(read(CEF).values("syslog.hostname"), ["gw"]);
    assert_eq!(read(FORTINET).values("syslog.fortinet_devid"), ["FGT60F0000000001"]);
    assert_eq!(read(FORTINET).values("syslog.fortinet_devname"), ["fw1"]);
}

#[test]
fn texts_are_never_kept() {
    for message in [BSD, NEW, ASA, IOS, CEF, FORTINET] {
        assert!(!format!("{:?}", read(message)).contains("DOE"));
    }
    let loose = read(b"<13>John Doe, bed 7: alarm");
    assert!(loose.facts.is_empty());
}

#[test]
fn any_chunking_over_tcp_gives_the_same() {
    let lines = [BSD, b"\n", CEF, b"\r\n", NEW, b"\0"].concat();
    let counted =
        [BSD.len().to_string().as_bytes(), b" ", BSD, CEF.len().to_string().as_bytes(), b" ", CEF].concat();
    for stream in [lines, counted] {
        sweep_chunking(&TCP, &[(Originator, &stream)]);
        let recording = play_whole(&TCP, &[(Originator, &stream)]);
        assert_eq!(recording.values("syslog.hostname").first(), Some(&"mon7"));
        assert_eq!(recording.values("syslog.device_product"), ["Monitor"]);
    }
}

#[test]
fn deviations_are_noted() {
    assert_eq!(read(b"a line without priority").anomaly_names(), ["no_priority"]);
    let long = [b"<13>".as_slice(), &[b'x'; 20_000], b"\n", BSD, b"\n"].concat();
    let recording = play_whole(&TCP, &[(Originator, &long)]);
    assert_eq!(recording.anomaly_names(), ["syslog_message"]);
    assert_eq!(recording.values("syslog.hostname"), ["mon7"]);
}

#[test]
fn other_bytes_are_not_syslog() {
    for other in [&b"<192>Oct 11 22:14:15 a"[..], b"<?xml version", b"<html>", b"\x00\x01", b""] {
        assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (50_000, 50_001), other)).is_none());
    }
    assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (50_000, 50_001), BSD)).is_some());
    assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (50_000, 50_001), b"<13>x")).is_none());
    let probe = |responder_port, bytes| {
        (TCP.probe)(&Probe {
            bytes,
            side: Originator,
            originator_port: 40_000,
            responder_port,
            midstream: false,
        })
    };
    assert_eq!(probe(5_140, BSD), Match::Yes);
    assert_eq!(probe(5_140, b"<34>Oct"), Match::NeedMore);
    assert_eq!(probe(514, b"<34>anything that is long enough"), Match::Yes);
    for other in [&b"GET / HTTP/1.1\r\nHost: abcdefgh\r\n"[..], b"<html><head><title>abcdefghij"] {
        assert_eq!(probe(5_140, other), Match::No);
    }
}

/// Found by fuzzing: a length of five digits was refused before the blank behind it came.
#[test]
fn a_long_length_is_not_refused_before_its_end() {
    crate::kit::probe_input(&TCP, b"\x0212345 <13>1 2026");
}
