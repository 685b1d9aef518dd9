//! Every protocol that is parsed, in the order in which they are tried.

use std::collections::BTreeSet;

use model::Field;

use crate::{DatagramProtocol, Protocol, StreamProtocol, building, clinical, infra, link};

/// What a conversation turns out to speak while another protocol is read; not parsed themselves.
const REFINEMENTS: &[&str] = &["http2", "mms", "s7comm-plus"];
/// Fields that show a weakness and whose value is never kept.
const SHOWING: &[Field] = &[
    Field::new("ldap.credentials"),
    Field::new("ldap.name"),
    Field::new("ldap.resultCode"),
    Field::new("ldap.simple"),
    Field::new("ntlmssp.auth.username"),
    Field::new("rdp.neg_type"),
    Field::new("smb.account"),
    Field::new("smb.cmd"),
    Field::new("smb.setup.action"),
    Field::new("smb.sm"),
    Field::new("smb2.sec_mode"),
    Field::new("smb2.session_flags"),
];

/// Stream protocols: clinical first, so that they win where first bytes look alike.
pub fn streams() -> impl Iterator<Item = &'static StreamProtocol> {
    clinical::STREAMS.iter().chain(infra::STREAMS).chain(building::STREAMS).copied()
}

/// Protocols of whole messages.
pub fn datagrams() -> impl Iterator<Item = &'static DatagramProtocol> {
    link::DATAGRAMS
        .iter()
        .chain(infra::DATAGRAMS)
        .chain(clinical::DATAGRAMS)
        .chain(building::DATAGRAMS)
        .copied()
}

/// Every protocol once, by group and name.
#[must_use]
pub fn protocols() -> Vec<&'static Protocol> {
    let mut all: Vec<_> = streams()
        .map(|stream| &stream.protocol)
        .chain(datagrams().map(|datagram| &datagram.protocol))
        .collect();
    all.sort_by_key(|protocol| (protocol.group, protocol.name));
    all.dedup_by_key(|protocol| protocol.name);
    all
}

/// Every field that notes can name, once and in order.
#[must_use]
pub fn fields() -> BTreeSet<Field> {
    let read = protocols().into_iter().flat_map(|protocol| protocol.fields);
    read.chain(SHOWING).copied().collect()
}

/// Every protocol that a conversation can be of, once and in order.
#[must_use]
pub fn names() -> BTreeSet<&'static str> {
    let parsed = protocols().into_iter().map(|protocol| protocol.name);
    parsed.chain(REFINEMENTS.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_protocol_says_what_it_reads() {
        for protocol in protocols() {
            assert!(!protocol.standard.is_empty(), "{}", protocol.name);
            assert!(!protocol.fields.is_empty(), "{}", protocol.name);
            assert_eq!(protocol.name, protocol.name.to_lowercase());
        }
    }
}
