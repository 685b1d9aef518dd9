//! What identification promises: whose a fact is, how sure it is, and that the documentation is true.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::net::IpAddr;

use identify::{Inventory, Knowledge, Makers, OuiTable, RuleSet, Seen, identify, unmet};
use model::{
    AddressClaim, AttributeName, ClinicalClass, Endpoint, Field, Identity, MacAddr, Observation, Sighting,
    Timestamp,
};

const HOSTNAME: Field = Field::new("dhcp.option.hostname");
const CLASS: Field = Field::new("dhcp.option.vendor_class_id");
const QUERY: Field = Field::new("dns.qry.name");
const AGENT: Field = Field::new("http.user_agent");
const ASKED: Field = Field::new("tls.asked_name");
const CLAIM: Field = Field::new("arp.src.proto_ipv4");

const RULES: &str = r#"
source = "test"
[[rule]]
id = "pump-by-name"
field = "dhcp.option.hostname"
prefix = "pump-"
sets = { manufacturer = "Pumps", device_type = "infusion_pump" }
weight = 0.6
matches = ["pump-1"]
misses = ["pum"]

[[rule]]
id = "pump-by-service"
field = "dns.qry.name"
domain = "pumps.example"
sets = { manufacturer = "Pumps", device_type = "infusion_pump" }
weight = 0.5
matches = ["a.pumps.example"]
misses = ["xpumps.example"]

[[rule]]
id = "camera-by-agent"
field = "http.user_agent"
contains = "camera"
sets = { device_type = "ip_camera" }
weight = 0.5
matches = ["camera/1"]
misses = ["curl"]

[[rule]]
id = "needs-class"
field = "dhcp.option.hostname"
prefix = "pump-"
and = [{ field = "dhcp.option.vendor_class_id", is = "PUMP", example = "PUMP" }]
sets = { model = "Pump 1" }
weight = 0.6
matches = ["pump-1"]
misses = ["pum"]
"#;

fn fields() -> BTreeSet<Field> {
    [HOSTNAME, CLASS, QUERY, AGENT, ASKED].into_iter().collect()
}

fn knowledge() -> Knowledge {
    let mut rules = RuleSet::default();
    assert_eq!(rules.add("test", RULES, &fields()), Ok(4));
    let makers = Makers::parse("[[maker]]\nname = \"Pumps\"\nknown_as = [\"pumps\"]").unwrap();
    Knowledge { rules, oui: OuiTable::default(), makers }
}

fn mac(last: u8) -> MacAddr {
    MacAddr::new([0, 0, 0x5e, 0, 0x53, last])
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn at(mac: MacAddr, address: &str) -> Endpoint {
    Endpoint { mac: Some(mac), ip: Some(ip(address)) }
}

fn sighting(endpoint: Endpoint, hops: u8) -> Sighting {
    Sighting {
        endpoint,
        first_frame: 1,
        first_seen: Timestamp::from_nanos(0),
        last_seen: Timestamp::from_nanos(99),
        packets_sent: 1,
        packets_received: 0,
        hops: Some(hops),
        vlan: None,
    }
}

fn said(endpoint: Endpoint, field: Field, value: &str, nanos: u64) -> Observation {
    Observation {
        frame: nanos + 1,
        at: Timestamp::from_nanos(nanos),
        endpoint,
        field,
        value: value.to_owned(),
        last_frame: nanos + 1,
        count: 1,
    }
}

fn claim(mac: MacAddr, address: &str, nanos: u64) -> AddressClaim {
    let at = Timestamp::from_nanos(nanos);
    AddressClaim { mac, ip: ip(address), field: CLAIM, frame: 1, at, last_seen: at, count: 1 }
}

fn inventory(sightings: &[Sighting], claims: &[AddressClaim], observations: &[Observation]) -> Inventory {
    identify(&Seen { sightings, claims, observations }, [], &knowledge())
}

fn device<'i>(inventory: &'i Inventory, wanted: &str) -> &'i Identity {
    let found = inventory.find(wanted);
    assert_eq!(found.len(), 1, "{wanted}: {found:?}");
    found[0]
}

fn best(device: &Identity, name: AttributeName) -> Option<(&str, f64)> {
    device.best(name).map(|value| (value.value.as_str(), value.confidence.get()))
}

#[test]
fn two_sources_make_surer_and_one_source_counts_once() {
    let here = at(mac(1), "10.0.0.1");
    let one = inventory(&[sighting(here, 0)], &[], &[said(here, HOSTNAME, "pump-7", 1)]);
    let two = inventory(
        &[sighting(here, 0)],
        &[],
        &[
            said(here, HOSTNAME, "pump-7", 1),
            said(here, HOSTNAME, "pump-8", 2),
            said(here, QUERY, "a.pumps.example", 3),
        ],
    );
    assert_eq!(best(device(&one, "10.0.0.1"), AttributeName::DeviceType), Some(("infusion_pump", 0.6)));
    let (kind, confidence) = best(device(&two, "10.0.0.1"), AttributeName::DeviceType).unwrap();
    assert_eq!(kind, "infusion_pump");
    assert!((confidence - 0.8).abs() < 1e-12, "{confidence}");
}

#[test]
fn the_order_of_observations_does_not_matter() {
    let here = at(mac(1), "10.0.0.1");
    let mut all = vec![
        said(here, HOSTNAME, "pump-7", 1),
        said(here, QUERY, "a.pumps.example", 2),
        said(here, AGENT, "camera/1", 3),
    ];
    let first = inventory(&[sighting(here, 0)], &[], &all);
    all.reverse();
    let second = inventory(&[sighting(here, 0)], &[], &all);
    assert_eq!(first.devices, second.devices);
}

#[test]
fn a_rival_lowers_and_is_shown_as_a_contradiction() {
    let here = at(mac(1), "10.0.0.1");
    let all = [said(here, HOSTNAME, "pump-7", 1), said(here, AGENT, "camera/1", 2)];
    let found = inventory(&[sighting(here, 0)], &[], &all);
    let device = device(&found, "10.0.0.1");
    let (kind, confidence) = best(device, AttributeName::DeviceType).unwrap();
    assert_eq!(kind, "infusion_pump");
    assert!((confidence - 0.6 * (1.0 - 0.5 / 2.0)).abs() < 1e-12, "{confidence}");
    let shown = (AttributeName::DeviceType, "infusion_pump".to_owned(), "ip_camera".to_owned());
    assert!(device.contradictions.contains(&shown), "{:?}", device.contradictions);
}

#[test]
fn the_clinical_class_follows_from_the_type_and_is_unknown_without() {
    let (pump, other) = (at(mac(1), "10.0.0.1"), at(mac(2), "10.0.0.2"));
    let seen = [sighting(pump, 0), sighting(other, 0)];
    let found = inventory(&seen, &[], &[said(pump, HOSTNAME, "pump-7", 1)]);
    assert_eq!(device(&found, "10.0.0.1").clinical_class.value, ClinicalClass::Therapeutic);
    assert_eq!(device(&found, "10.0.0.2").clinical_class.value, ClinicalClass::Unknown);
}

#[test]
fn devices_behind_a_router_are_told_apart_and_give_it_nothing() {
    let (router, near, far) = (mac(1), at(mac(1), "10.0.0.1"), at(mac(1), "10.9.0.5"));
    let seen = [sighting(near, 0), sighting(far, 1), sighting(at(router, "192.0.2.9"), 12)];
    let found = inventory(&seen, &[claim(router, "10.0.0.1", 0)], &[said(far, HOSTNAME, "pump-7", 1)]);
    assert_eq!(found.devices.len(), 3);
    assert_eq!(best(device(&found, "10.0.0.1"), AttributeName::DeviceType), None);
    assert_eq!(best(device(&found, "10.9.0.5"), AttributeName::DeviceType), Some(("infusion_pump", 0.6)));
    assert!(device(&found, "192.0.2.9").external && !device(&found, "10.9.0.5").external);
    assert_eq!(found.find(&router.to_string()).len(), 1);
}

#[test]
fn what_is_said_from_a_moved_address_is_the_new_owners() {
    let (first, second) = (at(mac(1), "10.0.0.5"), at(mac(2), "10.0.0.5"));
    let claims = [claim(mac(1), "10.0.0.5", 10), claim(mac(2), "10.0.0.5", 50)];
    let nobody = Endpoint { mac: None, ip: Some(ip("10.0.0.5")) };
    let all = [said(nobody, HOSTNAME, "pump-7", 60)];
    let found = inventory(&[sighting(first, 0), sighting(second, 0)], &claims, &all);
    assert_eq!(best(device(&found, &mac(1).to_string()), AttributeName::DeviceType), None);
    let kind = best(device(&found, &mac(2).to_string()), AttributeName::DeviceType);
    assert_eq!(kind, Some(("infusion_pump", 0.6)));
}

#[test]
fn a_randomised_mac_is_known_as_such_and_groups_are_no_devices() {
    let random = MacAddr::new([0x42, 0xb4, 0x44, 0, 0, 1]);
    let group = Endpoint { mac: Some(MacAddr::new([1, 0, 0x5e, 0, 0, 251])), ip: Some(ip("224.0.0.251")) };
    let everyone = Endpoint { mac: Some(MacAddr::new([0xff; 6])), ip: Some(ip("255.255.255.255")) };
    let here = at(random, "10.0.0.1");
    let all = [said(group, HOSTNAME, "pump-7", 1), said(everyone, HOSTNAME, "pump-7", 1)];
    let found = inventory(&[sighting(here, 0), sighting(group, 0), sighting(everyone, 0)], &[], &all);
    assert_eq!(found.devices.len(), 1, "{:?}", found.devices);
    assert!(found.devices[0].randomised_mac);
    let known = inventory(&[sighting(at(mac(1), "10.0.0.1"), 0)], &[], &[]);
    assert!(!known.devices[0].randomised_mac);
}

#[test]
fn a_rule_whose_condition_is_not_met_is_named_with_it() {
    let here = at(mac(1), "10.0.0.1");
    let (sightings, all) = ([sighting(here, 0)], [said(here, HOSTNAME, "pump-7", 1)]);
    let seen = Seen { sightings: &sightings, claims: &[], observations: &all };
    let knowledge = knowledge();
    let found = identify(&seen, [], &knowledge);
    let id = device(&found, "10.0.0.1").id.clone();
    let missed = unmet(&seen, [], &knowledge, &found, &id);
    assert_eq!(missed.len(), 1, "{missed:?}");
    assert_eq!((&*missed[0].rule, missed[0].condition.as_str()), ("needs-class", CLASS.name()));
    assert!(!missed[0].excluded);
    assert_eq!(best(device(&found, "10.0.0.1"), AttributeName::Model), None);
}

#[test]
fn the_built_in_rules_load_and_are_many() {
    let knowledge = Knowledge::builtin().unwrap_or_else(|faults| panic!("{faults:?}"));
    assert!(knowledge.rules.len() >= 300, "{}", knowledge.rules.len());
    let broken: Vec<_> = knowledge.rules.iter().flat_map(|rule| rule.broken_examples()).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The rules in the documentation, as a reader would copy them.
fn documented() -> String {
    let text = include_str!("../../../../docs/rules.md");
    let blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_documented_rules_are_accepted_and_do_what_is_said_of_them() {
    let mut knowledge = knowledge();
    let added = knowledge.rules.add("rules.md", &documented(), &fields());
    assert_eq!(added, Ok(2));
    let here = at(mac(1), "10.0.0.1");
    let all =
        [said(here, CLASS, "AcmeVent 500;fw=2.1.7", 1), said(here, QUERY, "eu.fleet.acmevent.example", 2)];
    let (sightings, claims) = ([sighting(here, 0)], []);
    let seen = Seen { sightings: &sightings, claims: &claims, observations: &all };
    let found = identify(&seen, [], &knowledge);
    let device = device(&found, "10.0.0.1");
    assert_eq!(best(device, AttributeName::Model), Some(("AcmeVent 500", 0.8)));
    assert_eq!(best(device, AttributeName::FirmwareVersion), Some(("2.1.7", 0.8)));
    let (kind, confidence) = best(device, AttributeName::DeviceType).unwrap();
    assert_eq!(kind, "ventilator");
    assert!((confidence - 0.88).abs() < 1e-12, "{confidence}");
}
