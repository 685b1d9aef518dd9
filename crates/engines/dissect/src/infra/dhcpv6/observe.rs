//! What a DHCPv6 message says about stations.
//!
//! Without a relay the client is the sender of requests and the receiver of replies. Behind a relay it is whom the relay
//! names: by link-layer address, or by its address on the link.

use std::net::{IpAddr, Ipv6Addr};

use model::{Field, Subject};
use wire::{Limit, Reader, Result};

use super::message::{Code, DhcpOption, Duid, Kind, Message, Relayed, options};
use crate::display::{Hex, Labels, Listed, TextOrHex};
use crate::{Notes, Packet};

const MESSAGE_TYPE: Field = Field::new("dhcpv6.msgtype");
const OPTION_ORDER: Field = Field::new("dhcpv6.option_order");
const LINK_ADDRESS: Field = Field::new("dhcpv6.linkaddr");
const INTERFACE_ID: Field = Field::new("dhcpv6.interface_id");
const DUID: Field = Field::new("dhcpv6.duid.bytes");
const DUID_TYPE: Field = Field::new("dhcpv6.duid.type");
const DUID_TIME_LINK_ADDRESS: Field = Field::new("dhcpv6.duidllt.link_layer_addr");
const DUID_LINK_ADDRESS: Field = Field::new("dhcpv6.duidll.link_layer_addr");
const DUID_ENTERPRISE: Field = Field::new("dhcpv6.duiden.enterprise");
const REQUESTED: Field = Field::new("dhcpv6.requested_option_code");
const USER_CLASS: Field = Field::new("dhcpv6.userclass.opaque_data");
const VENDOR_CLASS: Field = Field::new("dhcpv6.vendorclass.enterprise");
const VENDOR_CLASS_DATA: Field = Field::new("dhcpv6.vendorclass.data");
const VENDOR_OPTIONS: Field = Field::new("dhcpv6.vendoropts.enterprise");
const CLIENT_NAME: Field = Field::new("dhcpv6.client_domain");
const MUD_URL: Field = Field::new("dhcpv6.mudurl");
const ADDRESS: Field = Field::new("dhcpv6.iaaddr.ip");
const DNS_SERVER: Field = Field::new("dhcpv6.dns_server");
const SEARCH_LIST: Field = Field::new("dhcpv6.search_list_entry");
const SNTP_SERVER: Field = Field::new("dhcpv6.sntp_server");
const NTP_SERVER: Field = Field::new("dhcpv6.ntpserver.addr");

pub(super) const FIELDS: &[Field] = &[
    MESSAGE_TYPE,
    OPTION_ORDER,
    LINK_ADDRESS,
    INTERFACE_ID,
    DUID,
    DUID_TYPE,
    DUID_TIME_LINK_ADDRESS,
    DUID_LINK_ADDRESS,
    DUID_ENTERPRISE,
    REQUESTED,
    USER_CLASS,
    VENDOR_CLASS,
    VENDOR_CLASS_DATA,
    VENDOR_OPTIONS,
    CLIENT_NAME,
    MUD_URL,
    ADDRESS,
    DNS_SERVER,
    SEARCH_LIST,
    SNTP_SERVER,
    NTP_SERVER,
];

/// Most stations or classes that are read of one option.
const ITEMS: Limit = Limit::new("dhcpv6_items", 16, "no network has more servers of one kind");

/// The relay next to the receiver, and where the client is attached to the one next to it.
pub(super) fn relay(relayed: &Relayed<'_>, notes: &mut Notes) {
    if let Some(relay) = &relayed.outer
        && !relay.link.is_unspecified()
    {
        notes.fact_display(Subject::Ip(IpAddr::V6(relay.link)), LINK_ADDRESS, relay.link);
    }
    let (Some(relay), Some(client)) = (&relayed.inner, behind_relay(relayed)) else { return };
    if let Some(option) = relay.options().find(|option| option.code == Code::INTERFACE_ID) {
        notes.fact_display(client, INTERFACE_ID, TextOrHex(option.data.as_slice()));
    }
}

/// What a client says about itself.
pub(super) fn of_client(message: &Message<'_>, relayed: &Relayed<'_>, notes: &mut Notes) {
    let client = behind_relay(relayed).unwrap_or(Subject::Sender);
    let Kind(kind) = message.kind;
    notes.fact_display(client, MESSAGE_TYPE, kind);
    let codes = message.options().map(|option| option.code.0);
    notes.fact_display(client, OPTION_ORDER, Listed(codes, ','));
    for option in message.options() {
        // An option that is broken inside says nothing.
        let _broken = client_option(client, option, notes);
    }
}

/// What a server says about itself, its client and its network.
pub(super) fn of_server(
    message: &Message<'_>,
    relayed: &Relayed<'_>,
    packet: &Packet<'_>,
    notes: &mut Notes,
) {
    let direct = relayed.outer.is_none();
    if direct {
        let Kind(kind) = message.kind;
        notes.fact_display(Subject::Sender, MESSAGE_TYPE, kind);
    }
    let client = behind_relay(relayed).unwrap_or(Subject::Receiver);
    let client_mac = match &relayed.inner {
        Some(relay) => relay.client(),
        None => packet.dst_mac,
    };
    for option in message.options() {
        let mut data = option.data;
        match option.code {
            Code::SERVER_ID if direct => {
                let _broken = duid(Subject::Sender, data, notes);
            }
            Code::ADDRESSES if message.kind == Kind::REPLY => {
                for ip in addresses(data) {
                    if let Some(mac) = client_mac {
                        notes.binding(mac, IpAddr::V6(ip), ADDRESS);
                    }
                }
            }
            Code::DNS_SERVERS => stations(data, DNS_SERVER, notes),
            Code::SNTP_SERVERS => stations(data, SNTP_SERVER, notes),
            Code::NTP_SERVER => {
                // Sub-option 1 is an address (RFC 5908, 4.1).
                for server in options(data).filter(|option| option.code == Code(1)).take(ITEMS.max) {
                    stations(server.data, NTP_SERVER, notes);
                }
            }
            Code::SEARCH_LIST => notes.fact_display(client, SEARCH_LIST, Labels(data.rest())),
            _other => {}
        }
    }
}

/// Whom the relay next to the client names.
fn behind_relay(relayed: &Relayed<'_>) -> Option<Subject> {
    let relay = relayed.inner.as_ref()?;
    Some(relay.client().map_or(Subject::Ip(IpAddr::V6(relay.peer)), Subject::Mac))
}

fn client_option(client: Subject, option: DhcpOption<'_>, notes: &mut Notes) -> Result<()> {
    let mut data = option.data;
    match option.code {
        Code::CLIENT_ID => duid(client, data, notes)?,
        Code::OPTION_REQUEST => {
            let codes = std::iter::from_fn(move || data.u16_be().ok());
            notes.fact_display(client, REQUESTED, Listed(codes, ','));
        }
        Code::USER_CLASS => classes(client, USER_CLASS, data, notes),
        Code::VENDOR_CLASS => {
            notes.fact_display(client, VENDOR_CLASS, data.u32_be()?);
            classes(client, VENDOR_CLASS_DATA, data, notes);
        }
        Code::VENDOR_OPTIONS => notes.fact_display(client, VENDOR_OPTIONS, data.u32_be()?),
        Code::CLIENT_FQDN => {
            let _flags = data.u8()?;
            notes.fact_display(client, CLIENT_NAME, Labels(data.rest()));
        }
        Code::MUD_URL => notes.fact_bytes(client, MUD_URL, data.rest()),
        _other => {}
    }
    Ok(())
}

fn duid(subject: Subject, mut data: Reader<'_>, notes: &mut Notes) -> Result<()> {
    notes.fact_display(subject, DUID, Hex(data.as_slice()));
    let (kind, duid) = Duid::read(&mut data)?;
    notes.fact_display(subject, DUID_TYPE, kind);
    match duid {
        Duid::LinkAddressTime(mac) => notes.fact_display(subject, DUID_TIME_LINK_ADDRESS, mac),
        Duid::LinkAddress(mac) => notes.fact_display(subject, DUID_LINK_ADDRESS, mac),
        Duid::Enterprise(number) => notes.fact_display(subject, DUID_ENTERPRISE, number),
        Duid::Other => {}
    }
    Ok(())
}

/// Items with a length of two octets each.
fn classes(client: Subject, field: Field, mut data: Reader<'_>, notes: &mut Notes) {
    for _item in 0..ITEMS.max {
        let Ok(item) = data.u16_be().and_then(|length| data.take(usize::from(length))) else { return };
        notes.fact_display(client, field, TextOrHex(item));
    }
}

fn stations(mut data: Reader<'_>, field: Field, notes: &mut Notes) {
    for _station in 0..ITEMS.max {
        let Ok(octets) = data.array::<16>() else { return };
        let ip = Ipv6Addr::from(octets);
        notes.fact_display(Subject::Ip(IpAddr::V6(ip)), field, ip);
    }
}

/// The addresses of an association (21.4): behind its identifier and times. One with a valid lifetime of 0 is taken
/// away, not given.
fn addresses(mut association: Reader<'_>) -> impl Iterator<Item = Ipv6Addr> {
    let options = association.skip(12).is_ok().then(|| options(association));
    options.into_iter().flatten().filter(|option| option.code == Code::ADDRESS).take(ITEMS.max).filter_map(
        |mut option| {
            let ip = Ipv6Addr::from(option.data.array::<16>().ok()?);
            let _preferred_lifetime = option.data.u32_be().ok()?;
            (option.data.u32_be().ok()? != 0).then_some(ip)
        },
    )
}
