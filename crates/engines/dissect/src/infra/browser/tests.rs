//! Tests of NetBIOS datagrams and the computer browser.

use std::net::IpAddr;
use std::sync::LazyLock;

use model::Subject;

use super::PROTOCOL;
use crate::infra::nbns::tests::encoded;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

/// A datagram from `address`, the station CT01, to the group WORKGROUP.
fn datagram(flags: u8, address: [u8; 4], data: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(68 + data.len()).unwrap().to_be_bytes();
    [
        &[0x11, flags, 0x80, 0x01][..],
        &address,
        &[0, 138, high, low, 0, 0],
        &encoded("CT01", 0x00),
        &encoded("WORKGROUP", 0x1d),
        data,
    ]
    .concat()
}

/// SMB_COM_TRANSACTION with three set-up words, as mailslots are written to.
fn transaction(mailslot: &str, frame: &[u8]) -> Vec<u8> {
    let count = u16::try_from(frame.len()).unwrap().to_le_bytes();
    let start = u16::try_from(32 + 1 + 34 + 2 + mailslot.len() + 1).unwrap().to_le_bytes();
    let bytes = u16::try_from(mailslot.len() + 1 + frame.len()).unwrap().to_le_bytes();
    [
        &b"\xffSMB\x25"[..],
        &[0; 27],
        &[17],
        &[0, 0],
        &count,
        &[0; 6],
        &[0; 8],
        &[0; 4],
        &count,
        &start,
        &[3, 0, 1, 0, 0, 0, 2, 0],
        &bytes,
        mailslot.as_bytes(),
        b"\0",
        frame,
    ]
    .concat()
}

fn announcement(command: u8, name: &str, comment: &str) -> Vec<u8> {
    let mut server = [0; 16];
    server[..name.len()].copy_from_slice(name.as_bytes());
    let before = [command, 3, 0x80, 0xa9, 0x03, 0x00];
    let behind = [5, 1, 0x03, 0x10, 0x01, 0x00, 15, 1, 0x55, 0xaa];
    [&before[..], &server, &behind, comment.as_bytes(), b"\0"].concat()
}

fn browse(frame: &[u8]) -> Vec<u8> {
    datagram(0x0e, [10, 0, 0, 1], &transaction("\\MAILSLOT\\BROWSE", frame))
}

static HOST: LazyLock<Vec<u8>> = LazyLock::new(|| browse(&announcement(1, "CT01", "Example CT console")));
static LOCAL_MASTER: LazyLock<Vec<u8>> = LazyLock::new(|| browse(&announcement(0x0f, "CT01", "")));
static DOMAIN: LazyLock<Vec<u8>> = LazyLock::new(|| browse(&announcement(0x0c, "WORKGROUP", "CT01")));
static ELECTION: LazyLock<Vec<u8>> = LazyLock::new(|| {
    browse(&[&[0x08, 1, 0x02, 0x0f, 0x01, 0x14, 0, 0, 0, 0, 0, 0, 0, 0][..], b"CT01\0"].concat())
});

fn from_station(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (138, 138), payload)
}

fn read(payload: &[u8]) -> Recording {
    handle(&PROTOCOL, &from_station(payload)).expect("a NetBIOS datagram")
}

datagram_kit!(
    PROTOCOL,
    host => from_station(&HOST),
    local_master => from_station(&LOCAL_MASTER),
    domain => from_station(&DOMAIN),
    election => from_station(&ELECTION),
);

#[test]
fn host_tells_its_name_system_roles_and_description() {
    let recording = read(&HOST);
    let facts: Vec<_> = recording.facts.iter().map(|(_, field, value)| (*field, value.as_str())).collect();
    assert_eq!(
        facts,
        [
            ("nbdgm.source_name", "CT01<00>"),
            ("browser.server", "CT01"),
            ("browser.comment", "Example CT console"),
            ("browser.os_version", "5.1"),
            ("browser.os_major", "5"),
            ("browser.os_minor", "1"),
            ("browser.server_type", "0x00011003"),
        ]
    );
    assert!(recording.facts.iter().all(|(subject, ..)| *subject == Subject::Sender));
    assert!(recording.anomalies.is_empty());
}

#[test]
fn domain_announcement_names_the_domain_and_its_master() {
    let recording = read(&DOMAIN);
    assert_eq!(recording.values("browser.domain"), ["WORKGROUP"]);
    assert_eq!(recording.values("browser.mb_server"), ["CT01"]);
    assert!(recording.values("browser.server").is_empty());
    assert!(recording.values("browser.os_version").is_empty());
}

#[test]
fn local_masters_and_candidates_name_themselves() {
    for payload in [&*LOCAL_MASTER, &*ELECTION] {
        assert_eq!(read(payload).values("browser.server"), ["CT01"]);
    }
}

#[test]
fn forwarded_datagram_is_about_the_station_that_it_names() {
    let payload =
        datagram(0x02, [10, 0, 0, 9], &transaction("\\MAILSLOT\\BROWSE", &announcement(1, "CT01", "")));
    let recording = read(&payload);
    let station = Subject::Ip(IpAddr::from([10, 0, 0, 9]));
    assert!(recording.facts.iter().all(|(subject, ..)| *subject == station));
    assert_eq!(recording.anomaly_names(), ["forwarded"]);
}

#[test]
fn other_mailslots_are_not_read() {
    for mailslot in ["\\MAILSLOT\\NET\\NETLOGON", "\\MAILSLOT\\LANMAN", "\\MAILSLOT\\BROWSER"] {
        let payload =
            datagram(0x02, [10, 0, 0, 1], &transaction(mailslot, &announcement(1, "CT01", "Example CT")));
        let recording = read(&payload);
        assert_eq!(recording.facts.len(), 1, "{mailslot}");
        assert_eq!(recording.values("nbdgm.source_name"), ["CT01<00>"]);
    }
    let payload =
        datagram(0x02, [10, 0, 0, 1], &transaction("\\mailslot\\browse", &announcement(1, "CT01", "")));
    assert_eq!(read(&payload).values("browser.server"), ["CT01"]);
}

#[test]
fn reserved_flag_that_windows_sets_is_accepted() {
    let payload =
        datagram(0x1a, [10, 0, 0, 1], &transaction("\\MAILSLOT\\BROWSE", &announcement(1, "CT01", "")));
    assert_eq!(read(&payload).values("browser.server"), ["CT01"]);
}

#[test]
fn data_that_ends_early_is_an_anomaly_unless_it_goes_on_elsewhere() {
    let whole = transaction("\\MAILSLOT\\BROWSE", &announcement(1, "CT01", ""));
    let cut = &whole[..whole.len() - 12];
    assert_eq!(read(&datagram(0x02, [10, 0, 0, 1], cut)).anomaly_names(), ["overrun"]);
    assert!(read(&datagram(0x03, [10, 0, 0, 1], cut)).anomalies.is_empty());
    let cut = datagram(0x02, [10, 0, 0, 1], cut);
    let cut = handle(&PROTOCOL, &Packet { truncated: true, ..from_station(&cut) }).unwrap();
    assert!(cut.anomalies.is_empty());
}

#[test]
fn other_datagrams_are_not_mistaken_for_it() {
    let later_fragment = datagram(0x00, [10, 0, 0, 1], b"rest");
    let reserved = datagram(0xe2, [10, 0, 0, 1], b"");
    let mut error = HOST.clone();
    error[0] = 0x13;
    for payload in [&later_fragment, &reserved, &error] {
        assert!(handle(&PROTOCOL, &from_station(payload)).is_none());
    }
    assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (139, 139), &HOST)).is_none());
}
