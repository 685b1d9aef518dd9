//! What multicast DNS adds to the DNS message: which records are announcements, and of whom.

use std::net::{IpAddr, Ipv4Addr};

use model::Subject;

use crate::infra::dns::message::{Entry, Message, Opcode, Record, Section};

/// Whether the header is one of multicast DNS (RFC 6762, 18): a query, with entries that can fit.
pub(super) fn is_mdns(message: &Message<'_>, length: usize) -> bool {
    message.header.flags.opcode() == Opcode::QUERY
        && !message.is_empty()
        && message.counts_fit(length)
        && message.entries().next().is_some()
}

/// Whether records of `section` are announced by the sender. In a query, the answer section repeats what others
/// said (7.1) and the authority section holds what the sender is about to claim (8.2).
pub(super) fn is_announced(message: &Message<'_>, section: Section) -> bool {
    match section {
        Section::Answer | Section::Additional => message.header.flags.is_response(),
        Section::Authority => !message.header.flags.is_response(),
    }
}

/// Whom the announcements are about: the sender, unless all its IPv4 addresses are another station's, as when a
/// gateway repeats what it heard on another network.
pub(super) fn announcer(message: &Message<'_>, source: Option<IpAddr>) -> Subject {
    let Some(IpAddr::V4(source)) = source else { return Subject::Sender };
    let mut other = None;
    for address in announced(message).filter_map(|record| ipv4(&record)) {
        if address == source {
            return Subject::Sender;
        }
        other = other.or(Some(address));
    }
    other.map_or(Subject::Sender, |address| Subject::Ip(IpAddr::V4(address)))
}

fn announced<'a>(message: &Message<'a>) -> impl Iterator<Item = Record<'a>> {
    let message = *message;
    message.entries().filter_map(move |entry| match entry {
        Entry::Record(section, record) if is_announced(&message, section) => Some(record),
        Entry::Record(..) | Entry::Question(_) => None,
    })
}

fn ipv4(record: &Record<'_>) -> Option<Ipv4Addr> {
    match record.address()? {
        IpAddr::V4(address) if !address.is_link_local() && !address.is_loopback() => Some(address),
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    }
}
