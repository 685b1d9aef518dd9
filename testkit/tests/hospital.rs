//! The hospital is what it claims to be: the same from one seed, large, varied, and without a fault that Wireshark sees.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use testkit::{Hospital, tools};

fn bytes(seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    Hospital::new(seed).unwrap().write(&mut bytes).unwrap();
    bytes
}

fn written(folder: &Path) -> PathBuf {
    let path = folder.join("hospital.pcapng");
    std::fs::write(&path, bytes(1)).unwrap();
    path
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_others() {
    assert_eq!(bytes(7), bytes(7));
    assert_ne!(bytes(7), bytes(8));
}

#[test]
fn it_has_many_devices_of_many_kinds_on_several_networks() {
    let hospital = Hospital::new(1).unwrap();
    let kinds: BTreeSet<&str> = hospital.devices.iter().map(|device| device.kind.name()).collect();
    let networks: BTreeSet<[u8; 3]> = hospital
        .devices
        .iter()
        .map(|device| {
            let [a, b, c, _] = device.ip().octets();
            [a, b, c]
        })
        .collect();
    assert!(hospital.devices.len() >= 250, "{}", hospital.devices.len());
    assert!(kinds.len() >= 45, "{kinds:?}");
    assert!(networks.len() >= 20, "{networks:?}");
    let addresses: BTreeSet<_> = hospital.devices.iter().map(|device| (device.mac(), device.ip())).collect();
    assert_eq!(addresses.len(), hospital.devices.len());
}

#[test]
fn it_is_a_file_of_modest_size() {
    let megabytes = bytes(1).len() / 1_000_000;
    assert!((5..60).contains(&megabytes), "{megabytes} MB");
}

const HOUR_NS: u64 = 3_600_000_000_000;

/// Frames of each of the 24 hours from seven in the morning that come from or go to a port.
fn by_hour(hospital: &Hospital, port: u16) -> [usize; 24] {
    let mut hours = [0; 24];
    let start = hospital.frames[0].at.nanos() / HOUR_NS * HOUR_NS;
    for frame in &hospital.frames {
        let is_ip = frame.bytes[12..14] == [0x81, 0] && frame.bytes[16..18] == [8, 0];
        let ports = is_ip && frame.bytes[38..42].chunks(2).any(|found| found == port.to_be_bytes());
        if ports {
            let hour = usize::try_from((frame.at.nanos() - start) / HOUR_NS).unwrap();
            hours[hour.min(23)] += 1;
        }
    }
    hours
}

#[test]
fn the_time_of_day_decides_who_talks_how_much() {
    let hospital = Hospital::new(1).unwrap();
    let of = |port: u16| {
        let hours = by_hour(&hospital, port);
        let sum = |range: std::ops::Range<usize>| hours[range].iter().sum::<usize>();
        (sum(0..12), sum(12..24))
    };
    let (day, night) = of(11_112);
    assert!(night > 0 && day > night * 8, "imaging is work of the day: {day}, {night}");
    let (day, night) = of(445);
    assert!(night > 0 && day > night * 2, "most people log on by day: {day}, {night}");
    assert!(by_hour(&hospital, 18_123).iter().all(|frames| *frames > 100), "monitors never stop");
    assert!(by_hour(&hospital, 2_575).iter().all(|frames| *frames > 20), "nor does the feed of HL7");
    let saved = by_hour(&hospital, 6_281);
    assert!(saved[20] > 500, "servers are saved at three: {saved:?}");
    assert_eq!(saved.iter().sum::<usize>(), saved[20]);
}

#[test]
fn hostile_stations_say_hostile_words_in_every_protocol_that_has_words() {
    let mut bytes = Vec::new();
    let hostile = Hospital::hostile(1).unwrap();
    hostile.write(&mut bytes).unwrap();
    assert!(hostile.devices.len() > 100);
    let Some(tshark) = tools::find("tshark").unwrap() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.pcapng");
    std::fs::write(&path, &bytes).unwrap();
    for field in [
        "dhcp.option.hostname",
        "dhcp.option.vendor_class_id",
        "lldp.tlv.system.desc",
        "http.server",
        "http.user_agent",
        "hl7.field",
        "sip.User-Agent",
        "snmp.name.index",
        "tls.handshake.extensions_server_name",
    ] {
        let filter = format!("{field} contains \"owned=1\"");
        let filter = match field {
            "snmp.name.index" => "snmp && frame contains \"owned=1\"".to_owned(),
            "hl7.field" => "hl7 && tcp.payload contains \"owned=1\"".to_owned(),
            _ => filter,
        };
        let found = tools::run(&tshark, &["-n", "-r", path.to_str().unwrap(), "-Y", &filter]).unwrap();
        assert!(!found.is_empty(), "{field}");
    }
}

#[test]
fn every_device_says_something() {
    let hospital = Hospital::new(1).unwrap();
    let senders: BTreeSet<&[u8]> = hospital.frames.iter().map(|frame| &frame.bytes[6..12]).collect();
    for device in &hospital.devices {
        assert!(senders.contains(&device.mac().octets()[..]), "{}", device.name);
    }
}

#[test]
fn wireshark_finds_nothing_malformed_and_every_checksum_right() {
    let Some(tshark) = tools::find("tshark").unwrap() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let wrong = "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 \
                 || udp.checksum.status == 0 || cdp.checksum.status == 0 || tcp.analysis.flags";
    let path = path.to_str().unwrap();
    let check = |on: &str| format!("{on}.check_checksum:TRUE");
    let (ip, tcp, udp) = (check("ip"), check("tcp"), check("udp"));
    let found =
        tools::run(&tshark, &["-n", "-r", path, "-o", &ip, "-o", &tcp, "-o", &udp, "-Y", wrong]).unwrap();
    assert_eq!(found, "");
    let good = "ip.checksum.status == 1 && (tcp.checksum.status == 1 || udp.checksum.status == 1)";
    let checked =
        tools::run(&tshark, &["-n", "-r", path, "-o", &ip, "-o", &tcp, "-o", &udp, "-Y", good]).unwrap();
    assert!(checked.lines().count() > 2_000);
}

#[test]
fn wireshark_sees_the_protocols_of_a_hospital() {
    let Some(tshark) = tools::find("tshark").unwrap() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let tree = tools::run(&tshark, &["-n", "-r", path.to_str().unwrap(), "-q", "-z", "io,phs"]).unwrap();
    let seen: BTreeSet<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for protocol in [
        "arp", "dhcp", "dns", "mdns", "nbns", "ntp", "snmp", "ssdp", "sip", "bacapp", "ssh", "tls", "http",
        "ipp", "rtsp", "smb2", "dicom", "hl7", "lldp", "cdp",
    ] {
        assert!(seen.contains(protocol), "{protocol} is not in {seen:?}");
    }
}
