//! What neighbour discovery says about stations.

use std::net::{IpAddr, Ipv6Addr};

use model::{Field, MacAddr, Subject};
use wire::{Limit, Reader};

use super::anomaly::Icmpv6Anomaly;
use super::message::{Message, NdOption};
use super::session::note;
use crate::display::Labels;
use crate::{Notes, Packet};

const SOURCE_LINK_ADDRESS: Field = Field::new("icmpv6.opt.src_linkaddr");
const TARGET: Field = Field::new("icmpv6.nd.na.target_address");
const IS_ROUTER: Field = Field::new("icmpv6.nd.na.flag.r");
const ROUTER_LIFETIME: Field = Field::new("icmpv6.nd.ra.router_lifetime");
const ROUTER_HOP_LIMIT: Field = Field::new("icmpv6.nd.ra.cur_hop_limit");
const ROUTER_FLAGS: Field = Field::new("icmpv6.nd.ra.flag");
const PREFIX: Field = Field::new("icmpv6.opt.prefix");
const DNS_SERVER: Field = Field::new("icmpv6.opt.rdnss");
const SEARCH_LIST: Field = Field::new("icmpv6.opt.dnssl");

pub(super) const FIELDS: &[Field] = &[
    SOURCE_LINK_ADDRESS,
    TARGET,
    IS_ROUTER,
    ROUTER_LIFETIME,
    ROUTER_HOP_LIMIT,
    ROUTER_FLAGS,
    PREFIX,
    DNS_SERVER,
    SEARCH_LIST,
];

/// Most DNS servers that are read of one option.
const SERVERS: Limit = Limit::new("nd_dns_servers", 8, "hosts use three");

/// What the fixed part says. Who advertises a router is one; with lifetime 0 it is not one by default.
pub(super) fn message(message: Message, notes: &mut Notes) {
    match message {
        Message::RouterAdvertisement { hop_limit, flags, lifetime_s } => {
            notes.fact_display(Subject::Sender, ROUTER_LIFETIME, lifetime_s);
            notes.fact_display(Subject::Sender, ROUTER_HOP_LIMIT, hop_limit);
            notes.fact_display(Subject::Sender, ROUTER_FLAGS, format_args!("0x{flags:02x}"));
        }
        Message::NeighborAdvertisement { is_router: true, .. } => {
            notes.fact(Subject::Sender, IS_ROUTER, "1");
        }
        Message::NeighborAdvertisement { is_router: false, .. }
        | Message::NeighborSolicitation
        | Message::RouterSolicitation
        | Message::Other => {}
    }
}

/// What an option says. A source address option is about the sender of the packet, a target address option about the
/// holder of the target.
pub(super) fn option(message: Message, option: NdOption<'_>, packet: &Packet<'_>, notes: &mut Notes) {
    match (option, message) {
        (NdOption::SourceLinkAddress(mac), _) => {
            check_source(mac, packet, notes);
            if let Some(ip) = packet.src_ip {
                notes.binding(mac, ip, SOURCE_LINK_ADDRESS);
            }
        }
        (NdOption::TargetLinkAddress(mac), Message::NeighborAdvertisement { target, .. }) => {
            check_source(mac, packet, notes);
            notes.binding(mac, IpAddr::V6(target), TARGET);
        }
        (NdOption::Prefix(prefix), Message::RouterAdvertisement { .. }) => {
            notes.fact_display(Subject::Sender, PREFIX, prefix);
        }
        (NdOption::DnsServers(servers), Message::RouterAdvertisement { .. }) => dns_servers(servers, notes),
        (NdOption::SearchList(names), Message::RouterAdvertisement { .. }) => {
            notes.fact_display(Subject::Sender, SEARCH_LIST, Labels(names));
        }
        (
            NdOption::TargetLinkAddress(_)
            | NdOption::Prefix(_)
            | NdOption::DnsServers(_)
            | NdOption::SearchList(_)
            | NdOption::Other,
            _,
        ) => {}
    }
}

fn check_source(mac: MacAddr, packet: &Packet<'_>, notes: &mut Notes) {
    if packet.src_mac.is_some_and(|source| source != mac) {
        note(Icmpv6Anomaly::LinkAddressNotFrameSource, notes);
    }
}

fn dns_servers(mut servers: Reader<'_>, notes: &mut Notes) {
    for _server in 0..SERVERS.max {
        let Ok(octets) = servers.array::<16>() else { return };
        let ip = Ipv6Addr::from(octets);
        notes.fact_display(Subject::Ip(IpAddr::V6(ip)), DNS_SERVER, ip);
    }
}
