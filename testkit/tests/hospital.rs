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
    let networks: BTreeSet<u8> = hospital.devices.iter().map(|device| device.ip().octets()[2]).collect();
    assert!(hospital.devices.len() >= 60, "{}", hospital.devices.len());
    assert!(kinds.len() >= 16, "{kinds:?}");
    assert!(networks.len() >= 5, "{networks:?}");
    let addresses: BTreeSet<_> = hospital.devices.iter().map(|device| (device.mac(), device.ip())).collect();
    assert_eq!(addresses.len(), hospital.devices.len());
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
