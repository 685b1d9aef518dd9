//! Tests of NTP.

use super::PROTOCOL;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn server() -> [u8; 48] {
    let mut packet = [0; 48];
    packet[0] = 0x24;
    packet[1] = 1;
    packet[12..16].copy_from_slice(b"GPS\0");
    packet
}

fn control() -> Vec<u8> {
    let data = br#"version="ntpd 4.2.8", processor="armv7l", system="Linux/4.9""#;
    let mut packet = vec![0x16, 0x82, 0, 1, 0, 0, 0, 0, 0, 0];
    packet.extend_from_slice(&(data.len() as u16).to_be_bytes());
    packet.extend_from_slice(data);
    packet
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (123, 123), payload)
}

datagram_kit!(PROTOCOL, server_answer => udp(&server()), control_answer => udp(&control()));

#[test]
fn a_server_says_which_clock_it_follows() {
    let recording = handle(&PROTOCOL, &udp(&server())).unwrap();
    assert_eq!(recording.values("ntp.stratum"), ["1"]);
    assert_eq!(recording.values("ntp.refid"), ["GPS"]);
}

#[test]
fn a_control_answer_names_the_system() {
    let recording = handle(&PROTOCOL, &udp(&control())).unwrap();
    assert_eq!(recording.values("ntp.control.version"), ["ntpd 4.2.8"]);
    assert_eq!(recording.values("ntp.control.system"), ["Linux/4.9"]);
}

#[test]
fn a_list_of_clients_is_noted() {
    let recording = handle(&PROTOCOL, &udp(&[0x17, 0, 3, 42, 0, 0, 0, 0])).unwrap();
    assert_eq!(recording.anomaly_names(), ["monlist"]);
}

#[test]
fn other_ports_and_short_packets_are_not_ntp() {
    let whole = server();
    let elsewhere = packet(Carrier::Udp, (5_000, 5_001), &whole);
    assert!(handle(&PROTOCOL, &elsewhere).is_none());
    assert!(handle(&PROTOCOL, &udp(&whole[..40])).is_none());
}
