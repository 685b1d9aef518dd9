//! What a DNS message says about stations: what the asker looks for, and which names the addresses in the answers
//! have. The answering server says nothing about itself, other than its version when asked for it.

use std::net::IpAddr;

use model::{Field, Subject};
use wire::Limit;

use super::message::{Class, Entry, Fault, Message, Name, Opcode, Question, Record, Section, Type};
use crate::Notes;

pub(in crate::infra) const QUERY_NAME: Field = Field::new("dns.qry.name");
pub(in crate::infra) const OWNER: Field = Field::new("dns.resp.name");
pub(in crate::infra) const POINTER: Field = Field::new("dns.ptr.domain_name");
const VERSION: Field = Field::new("dns.version_bind");

pub(super) const FIELDS: &[Field] = &[QUERY_NAME, OWNER, POINTER, VERSION];

/// Names longer than this are tunnels and hashes, not hosts.
const NAME: Limit = Limit::new("dns_noted_name", 128, "names of hosts and cloud services are shorter");

/// Answers of one message that are noted.
const ANSWERS: Limit = Limit::new("dns_noted_answers", 64, "round-robin answers have a dozen");

/// Notes what `message` says; the fault that ended it early, if one did.
pub(super) fn observe(message: &Message<'_>, notes: &mut Notes) -> Option<Fault> {
    let flags = message.header.flags;
    let informs = match flags.opcode() {
        Opcode::QUERY => flags.is_response().then_some(Section::Answer),
        // A client registers its own name, or a DHCP server does it for a client (RFC 2136, 2.5).
        Opcode::UPDATE => Some(Section::Authority),
        _ => None,
    };
    let mut noted = 0_usize;
    let mut entries = message.entries();
    for entry in &mut entries {
        match entry {
            Entry::Question(question) if flags.opcode() == Opcode::QUERY => {
                let asker = if flags.is_response() { Subject::Receiver } else { Subject::Sender };
                asked(&question, asker, notes);
            }
            Entry::Record(section, record) if informs == Some(section) && ANSWERS.allows(noted + 1) => {
                noted += 1;
                answered(&record, notes);
            }
            Entry::Question(_) | Entry::Record(..) => {}
        }
    }
    entries.fault()
}

/// Whether a name is worth noting: not the root, not broken, not a tunnel.
pub(in crate::infra) fn is_noteworthy(name: &Name<'_>) -> bool {
    name.text_length().is_some_and(|length| length > 0 && NAME.allows(length))
}

/// Whether an address is one station's.
pub(in crate::infra) fn is_station(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    !(address.is_unspecified() || address.is_loopback() || address.is_multicast() || broadcast)
}

fn asked(question: &Question<'_>, asker: Subject, notes: &mut Notes) {
    let reverse = question.kind == Type::PTR && question.name.ends_with(&["arpa"]);
    if question.class == Class::IN && !reverse && is_noteworthy(&question.name) {
        notes.fact_display(asker, QUERY_NAME, question.name);
    }
}

fn answered(record: &Record<'_>, notes: &mut Notes) {
    match (record.class, record.kind) {
        (Class::IN, Type::A | Type::AAAA) => {
            if let Some(address) = record.address().filter(|address| is_station(*address))
                && is_noteworthy(&record.owner)
            {
                notes.fact_display(Subject::Ip(address), OWNER, record.owner);
            }
        }
        (Class::IN, Type::PTR) => reverse(record, notes),
        (Class::CHAOS, Type::TXT)
            if record.owner.ends_with(&["version", "bind"])
                || record.owner.ends_with(&["version", "server"]) =>
        {
            if let Some(version) = record.strings().next() {
                notes.fact_bytes(Subject::Sender, VERSION, version);
            }
        }
        _ => {}
    }
}

/// A PTR record under `arpa` names the station whose address its owner spells.
pub(in crate::infra) fn reverse(record: &Record<'_>, notes: &mut Notes) {
    let Some(address) = record.owner.reverse_address().filter(|address| is_station(*address)) else { return };
    if let Some(name) = record.name(0).filter(is_noteworthy) {
        notes.fact_display(Subject::Ip(address), POINTER, name);
    }
}
