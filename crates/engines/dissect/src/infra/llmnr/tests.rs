//! Tests of LLMNR.

use std::net::IpAddr;
use std::sync::LazyLock;

use model::Subject;

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::tests::dns::{IN, INET, PTR, header, name, question, record};
use crate::{Carrier, Packet, datagram_kit};

static ASKED: LazyLock<Vec<u8>> =
    LazyLock::new(|| [header(0, [1, 0, 0, 0]), question("PACS01", INET, IN)].concat());

static ANSWERED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [
        header(0x8000, [1, 2, 0, 0]),
        question("PACS01", INET, IN),
        record(&name("PACS01"), INET, IN, &[10, 0, 0, 1]),
        record(&name("PACS01"), INET, IN, &[192, 168, 56, 1]),
    ]
    .concat()
});

static REVERSE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [
        header(0x8000, [1, 1, 0, 0]),
        question("1.0.0.10.in-addr.arpa", PTR, IN),
        record(&name("1.0.0.10.in-addr.arpa"), PTR, IN, &name("PACS01")),
    ]
    .concat()
});

fn to_all(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (50_000, 5355), payload)
}

fn reply(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (5355, 50_000), payload)
}

fn read(packet: &Packet<'_>) -> Recording {
    handle(&PROTOCOL, packet).expect("LLMNR")
}

datagram_kit!(
    PROTOCOL,
    asked => to_all(&ASKED),
    answered => reply(&ANSWERED),
    reverse => reply(&REVERSE),
);

#[test]
fn query_tells_what_the_asker_looks_for() {
    assert_eq!(read(&to_all(&ASKED)).facts, [(Subject::Sender, "dns.qry.name", "PACS01".to_owned())]);
}

#[test]
fn responder_answers_for_its_own_name() {
    let recording = read(&reply(&ANSWERED));
    assert_eq!(
        recording.facts,
        [
            (Subject::Sender, "dns.resp.name", "PACS01".to_owned()),
            (Subject::Ip(IpAddr::from([10, 0, 0, 1])), "dns.resp.name", "PACS01".to_owned()),
        ]
    );
    let named = (Subject::Ip(IpAddr::from([10, 0, 0, 1])), "dns.ptr.domain_name", "PACS01".to_owned());
    assert_eq!(read(&reply(&REVERSE)).facts, [named]);
}

#[test]
fn notes_what_deviates() {
    let conflict = [header(0x0400, [1, 0, 0, 0]), question("PACS01", INET, IN)].concat();
    assert_eq!(read(&to_all(&conflict)).anomaly_names(), ["name_conflict"]);
    let cut = &ANSWERED[..ANSWERED.len() - 2];
    assert_eq!(read(&reply(cut)).anomaly_names(), ["overrun"]);
    assert!(read(&Packet { truncated: true, ..reply(cut) }).anomalies.is_empty());
    let bad = [header(0x8000, [1, 1, 0, 0]), question("PACS01", INET, IN), vec![0x40; 20]].concat();
    assert_eq!(read(&reply(&bad)).anomaly_names(), ["bad_name"]);
}

#[test]
fn only_its_port_and_its_format_are_llmnr() {
    assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (50_000, 53), &ASKED)).is_none());
    let two_questions = [header(0, [2, 0, 0, 0]), question("a", INET, IN), question("b", INET, IN)].concat();
    let answer_in_query =
        [header(0, [1, 1, 0, 0]), question("a", INET, IN), record(&name("a"), INET, IN, &[10, 0, 0, 1])];
    let update = [header(0x2800, [1, 0, 0, 0]), question("a", INET, IN)].concat();
    for other in [&two_questions[..], &answer_in_query.concat(), &update, b"\0\x01\0"] {
        assert!(handle(&PROTOCOL, &to_all(other)).is_none(), "{other:x?}");
    }
}
