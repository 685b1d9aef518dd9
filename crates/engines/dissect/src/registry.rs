//! Every protocol that is parsed, in the order in which they are tried.

use crate::{DatagramProtocol, Protocol, StreamProtocol, building, clinical, infra, link};

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
