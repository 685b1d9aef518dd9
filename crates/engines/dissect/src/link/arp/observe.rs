//! What an ARP packet says about stations.

use std::net::IpAddr;

use model::Field;

use super::message::Arp;
use crate::Notes;

const SENDER_IP: Field = Field::new("arp.src.proto_ipv4");

pub(super) const FIELDS: &[Field] = &[SENDER_IP];

/// The sender claims its address. A probe (RFC 5227, 2.1.1) has sender 0.0.0.0 and claims none.
pub(super) fn observe(arp: &Arp, notes: &mut Notes) {
    notes.binding(arp.sender_mac, IpAddr::V4(arp.sender_ip), SENDER_IP);
}
