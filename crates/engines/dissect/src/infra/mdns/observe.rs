//! What a multicast DNS message says about stations.

use model::{Field, Subject};
use wire::Limit;

use super::anomaly::MdnsAnomaly;
use super::{PROTOCOL, message};
use crate::Notes;
use crate::infra::dns::message::{Class, Entry, Fault, Message, Record, Type};
use crate::infra::dns::observe::{OWNER, POINTER, QUERY_NAME, is_noteworthy, is_station, reverse};

const SERVICE_TYPE: Field = Field::new("mdns.service_type");
const SERVICE: Field = Field::new("dns.srv.service");
const SERVICE_PROTOCOL: Field = Field::new("dns.srv.proto");
const TARGET: Field = Field::new("dns.srv.target");
const TEXT: Field = Field::new("dns.txt");
const CPU: Field = Field::new("dns.hinfo.cpu");
const OS: Field = Field::new("dns.hinfo.os");

pub(super) const FIELDS: &[Field] =
    &[QUERY_NAME, OWNER, POINTER, SERVICE_TYPE, SERVICE, SERVICE_PROTOCOL, TARGET, TEXT, CPU, OS];

/// Facts of one message.
const FACTS: Limit = Limit::new("mdns_facts", 400, "a printer with ten services of thirty strings each fits");

/// Notes what `message` says; the fault that ended it early, if one did.
pub(super) fn observe(message: &Message<'_>, announcer: Subject, notes: &mut Notes) -> Option<Fault> {
    let mut observer = Observer { announcer, left: FACTS.max, notes };
    let mut entries = message.entries();
    for entry in &mut entries {
        match entry {
            Entry::Question(question) => {
                let reverse = question.name.ends_with(&["arpa"]);
                if !message.header.flags.is_response() && !reverse && is_noteworthy(&question.name) {
                    observer.note(Subject::Sender, QUERY_NAME, |notes, subject, field| {
                        notes.fact_display(subject, field, question.name);
                    });
                }
            }
            Entry::Record(section, record) if message::is_announced(message, section) => {
                observer.record(&record);
            }
            Entry::Record(..) => {}
        }
    }
    if observer.left == 0 {
        notes.anomaly(PROTOCOL.protocol.name, MdnsAnomaly::TooManyFacts.name());
    }
    entries.fault()
}

struct Observer<'n> {
    announcer: Subject,
    left: usize,
    notes: &'n mut Notes,
}

impl Observer<'_> {
    fn note(&mut self, subject: Subject, field: Field, note: impl FnOnce(&mut Notes, Subject, Field)) {
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            note(self.notes, subject, field);
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        match (record.class, record.kind) {
            (Class::IN, Type::A | Type::AAAA) => self.host(record),
            (Class::IN, Type::PTR) => self.pointer(record),
            (Class::IN, Type::SRV) => self.service(record),
            (Class::IN, Type::TXT) => self.text(record),
            (Class::IN, Type::HINFO) => self.hardware(record),
            _ => {}
        }
    }

    fn host(&mut self, record: &Record<'_>) {
        let Some(address) = record.address().filter(|address| is_station(*address)) else { return };
        if !is_noteworthy(&record.owner) {
            return;
        }
        for subject in [self.announcer, Subject::Ip(address)] {
            self.note(subject, OWNER, |notes, subject, field| {
                notes.fact_display(subject, field, record.owner);
            });
        }
    }

    /// A service instance of a type, a type of the list of types (RFC 6763, 9), or the name of an address.
    fn pointer(&mut self, record: &Record<'_>) {
        if record.owner.ends_with(&["arpa"]) {
            if self.left > 0 {
                self.left -= 1;
                reverse(record, self.notes);
            }
            return;
        }
        let Some(target) = record.name(0).filter(is_noteworthy) else { return };
        let listed = record.owner.ends_with(&["_services", "_dns-sd", "_udp", "local"]);
        let service_type = if listed { target } else { record.owner };
        if service_type.is_service_type() && is_noteworthy(&service_type) {
            self.note(self.announcer, SERVICE_TYPE, |notes, subject, field| {
                notes.fact_display(subject, field, service_type);
            });
        }
        self.note(self.announcer, POINTER, |notes, subject, field| {
            notes.fact_display(subject, field, target);
        });
    }

    /// Owner `instance._service._proto.local`; priority, weight, port, target (RFC 2782).
    fn service(&mut self, record: &Record<'_>) {
        let mut labels = record.owner.labels();
        if let (Some(instance), Some(protocol)) = (labels.next(), labels.next()) {
            for (field, value) in [(SERVICE, instance), (SERVICE_PROTOCOL, protocol)] {
                self.note(self.announcer, field, |notes, subject, field| {
                    notes.fact_bytes(subject, field, value);
                });
            }
        }
        if let Some(target) = record.name(6).filter(is_noteworthy) {
            self.note(self.announcer, TARGET, |notes, subject, field| {
                notes.fact_display(subject, field, target);
            });
        }
    }

    /// Strings with `=` that are more than the version of the format (RFC 6763, 6.4 and 6.7).
    fn text(&mut self, record: &Record<'_>) {
        for string in record.strings().filter(|string| string.contains(&b'=')) {
            if !string.starts_with(b"txtvers=") {
                self.note(self.announcer, TEXT, |notes, subject, field| {
                    notes.fact_bytes(subject, field, string);
                });
            }
        }
    }

    fn hardware(&mut self, record: &Record<'_>) {
        for (field, string) in [CPU, OS].into_iter().zip(record.strings()) {
            self.note(self.announcer, field, |notes, subject, field| {
                notes.fact_bytes(subject, field, string);
            });
        }
    }
}
