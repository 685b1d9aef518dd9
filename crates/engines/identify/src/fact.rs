//! What is known of one device before rules read it: observations, and facts that follow from its addresses and
//! conversations.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::IpAddr;

use model::{Field, FrameNumber, MacAddr, Observation, Usage};

use crate::maker::Makers;
use crate::oui::OuiTable;

/// One fact about a device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact<'a> {
    /// Field that rules name.
    pub field: Field,
    /// What it says.
    pub value: Cow<'a, str>,
    /// First frame that says so.
    pub frame: FrameNumber,
    /// Field to show a person, in which the frame shows `seen`.
    pub shown: Field,
    /// What that field says.
    pub seen: Cow<'a, str>,
}

/// Organisation that registered the beginning of the MAC address, as the registry spells it.
pub const OUI_ORGANISATION: Field = Field::new("oui.organization");
/// The same as manufacturer (see `data/makers.toml`); absent for makers of parts.
pub const OUI_MAKER: Field = Field::new("oui.maker");
/// First six hexadecimal digits of the MAC address, lower case.
pub const OUI_PREFIX: Field = Field::new("oui.prefix");
/// Protocol that the device serves, as `name` or `name/port`.
pub const SERVICE_OFFERED: Field = Field::new("service.offered");
/// Protocol that the device uses as a client.
pub const SERVICE_USED: Field = Field::new("service.used");
/// `yes` when the device passes packets on for others.
pub const FORWARDS: Field = Field::new("net.forwards");

/// Name in the certificate of a server outside that the device speaks with.
pub const PEER_NAME: Field = Field::new("peer.name");

/// Fields that no parser gives but this crate does.
pub const DERIVED_FIELDS: &[Field] =
    &[OUI_ORGANISATION, OUI_MAKER, OUI_PREFIX, SERVICE_OFFERED, SERVICE_USED, FORWARDS, PEER_NAME];

/// Field of the names in a certificate.
pub(crate) const CERTIFICATE_NAME: Field = Field::new("x509ce.dNSName");

const ETH_ADDR: Field = Field::new("eth.addr");
const IP_ADDR: Field = Field::new("ip.addr");
const IPV6_ADDR: Field = Field::new("ipv6.addr");

impl<'a> Fact<'a> {
    /// What an observation says.
    #[must_use]
    pub fn observed(observation: &'a Observation) -> Self {
        Self {
            field: observation.field,
            value: Cow::Borrowed(&observation.value),
            frame: observation.frame,
            shown: observation.field,
            seen: Cow::Borrowed(&observation.value),
        }
    }

    fn derived(
        field: Field,
        value: impl Into<Cow<'a, str>>,
        frame: FrameNumber,
        shown: Field,
        seen: String,
    ) -> Self {
        Self { field, value: value.into(), frame, shown, seen: Cow::Owned(seen) }
    }
}

/// What the registries say about a MAC address first seen in `frame`.
#[must_use]
pub fn of_mac(mac: MacAddr, frame: FrameNumber, table: &OuiTable, makers: &Makers) -> Vec<Fact<'static>> {
    let [a, b, c, ..] = mac.octets();
    let fact = |field, value: String| Fact::derived(field, value, frame, ETH_ADDR, mac.to_string());
    let mut facts = vec![fact(OUI_PREFIX, format!("{a:02x}{b:02x}{c:02x}"))];
    if let Some(organisation) = table.organisation(mac) {
        facts.push(fact(OUI_ORGANISATION, organisation.to_owned()));
        let maker = makers.canonical(organisation);
        if !maker.supplier && !UNNAMED.contains(&organisation) {
            facts.push(fact(OUI_MAKER, maker.name));
        }
    }
    facts
}

/// Registry entries that name nobody.
const UNNAMED: &[&str] = &["Private", "IEEE Registration Authority"];

/// That a station passes packets on: `frame` shows one, from `ip`.
#[must_use]
pub fn of_forwarding(frame: FrameNumber, ip: IpAddr) -> Fact<'static> {
    let shown = if ip.is_ipv6() { IPV6_ADDR } else { IP_ADDR };
    Fact::derived(FORWARDS, "yes", frame, shown, ip.to_string())
}

/// What a conversation says about the device at the end that `usage` is about.
#[must_use]
pub fn of_usage(usage: &Usage) -> Vec<Fact<'static>> {
    let seen = if usage.port == 0 { usage.protocol.to_owned() } else { usage.port.to_string() };
    let fact = |field, value: String| Fact::derived(field, value, usage.frame, usage.field, seen.clone());
    if usage.offered {
        let with_port =
            (usage.port != 0).then(|| fact(SERVICE_OFFERED, format!("{}/{}", usage.protocol, usage.port)));
        std::iter::once(fact(SERVICE_OFFERED, usage.protocol.to_owned())).chain(with_port).collect()
    } else {
        vec![fact(SERVICE_USED, usage.protocol.to_owned())]
    }
}

/// That the device speaks with the server whose certificate `observation` shows.
#[must_use]
pub fn of_peer(observation: &Observation) -> Fact<'_> {
    Fact { field: PEER_NAME, ..Fact::observed(observation) }
}

/// Every field that a rule can read, given those of the parsers.
#[must_use]
pub fn known_fields(parsers: impl IntoIterator<Item = Field>) -> BTreeSet<Field> {
    parsers.into_iter().chain(DERIVED_FIELDS.iter().copied()).collect()
}
