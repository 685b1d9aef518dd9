//! What a filter finds in the database is what passes it one by one.

use std::cell::RefCell;

use model::Lifecycle;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use store::{AddressField, Condition, DeviceQuery, Filter, Matching, Order, SeenField, Sort, TextField};

use super::*;

const NAMES: [Option<&str>; 7] =
    [None, Some("Beta"), Some("\u{c9}mile_1"), Some("50%!"), Some("unknown"), Some("ward 3\u{7}"), Some("")];

/// Devices in which everything that a filter can ask for differs.
fn devices() -> Vec<DeviceUpdate> {
    let of = |number: u8| {
        let mut update = update(number);
        let name = |shift: usize| NAMES[(usize::from(number) + shift) % 7].map(str::to_owned);
        let listing = &mut update.listing;
        (listing.name, listing.manufacturer, listing.model) = (name(0), name(1), name(2));
        (listing.os, listing.serial, listing.location) = (name(3), name(4), name(5));
        listing.device_type = listing.device_type.filter(|_| !number.is_multiple_of(3));
        listing.clinical_class = ClinicalClass::ALL[usize::from(number) % 7];
        listing.external = number.is_multiple_of(4);
        listing.weaknesses.truncate(usize::from(number) % 3);
        listing.zone =
            [None, Some(Zone::Link), VlanId::new(12).ok().map(Zone::Vlan)][usize::from(number) % 3];
        if number.is_multiple_of(5) {
            listing.ips.clear();
        }
        if number.is_multiple_of(6) {
            listing.macs.clear();
        }
        update
    };
    (1..=30).map(of).collect()
}

fn conditions() -> impl Strategy<Value = Condition> {
    let matching = prop_oneof![Just(Matching::Equal), Just(Matching::Contains)];
    let value = prop_oneof![
        proptest::sample::select(NAMES.to_vec()).prop_map(|name| name.unwrap_or("none").to_owned()),
        proptest::sample::select(vec!["", "e", "_", "%", "!", "WARD", "3 ", "\u{e9}", "now", "beta"])
            .prop_map(str::to_owned),
    ];
    let address = proptest::sample::select(vec![
        "192.0.2.7",
        "192.0.2.",
        "2001:db8::7",
        "00:00:5e:00:53:07",
        "53:1",
        " ",
        "7 2",
        "",
    ]);
    let address = (prop_oneof![Just(AddressField::Ip), Just(AddressField::Mac)], matching.clone(), address);
    let seen = (
        prop_oneof![Just(SeenField::First), Just(SeenField::Last)],
        prop_oneof![Just(Order::Before), Just(Order::From)],
    );
    let zones = vec![Zone::Link, Zone::Outside, Zone::Vlan(VlanId::new(12).unwrap())];
    prop_oneof![
        proptest::sample::select(Lifecycle::ALL.to_vec()).prop_map(Condition::Lifecycle),
        proptest::sample::select(ClinicalClass::ALL.to_vec()).prop_map(Condition::Class),
        proptest::option::of(Just(DeviceType::ALL[0])).prop_map(Condition::Type),
        proptest::sample::select(Weakness::ALL.to_vec()).prop_map(Condition::Weakness),
        any::<bool>().prop_map(Condition::External),
        any::<bool>().prop_map(Condition::Quarantined),
        proptest::sample::select(zones).prop_map(Condition::Zone),
        (proptest::sample::select(TextField::ALL.to_vec()), matching, value)
            .prop_map(|(field, matching, value)| Condition::Text(field, matching, value)),
        address.prop_map(|(field, matching, value)| Condition::Address(field, matching, value.to_owned())),
        (seen, 0..1_040_u64).prop_map(|((field, order), nanos)| Condition::Seen(field, order, at(nanos))),
    ]
}

fn filters() -> impl Strategy<Value = Filter> {
    conditions().prop_map(Filter::Is).prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::All),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::Any),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

pub(crate) async fn a_filter_finds_what_passes_it(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&devices(), Vec::new()).await.unwrap();
    let some =
        |numbers: &[u8]| numbers.iter().map(|number| device_id(&format!("{number:03}"))).collect::<Vec<_>>();
    store.set_lifecycle(some(&[1, 2, 3]), Lifecycle::Approved, decision("")).await.unwrap();
    for id in some(&[3, 4]) {
        store.set_quarantined(id, None, true, decision("")).await.unwrap();
    }
    let query = |filter| DeviceQuery { filter, sort: Sort::FirstSeen, ..DeviceQuery::default() };
    let all = store.devices(query(None)).await.unwrap().page.items;
    assert_eq!(all.len(), 30);
    // The strategies give the filters; the database is asked outside, where one may wait for it.
    let drawn = RefCell::new(Vec::new());
    let mut runner = TestRunner::new(Config { cases: 400, ..Config::default() });
    runner
        .run(&filters(), |filter| {
            drawn.borrow_mut().push(filter);
            Ok(())
        })
        .unwrap();
    let mut found_some = 0;
    for filter in drawn.take() {
        let expected: Vec<_> = all.iter().filter(|row| filter.passes(row)).cloned().collect();
        let page = store.devices(query(Some(filter.clone()))).await.unwrap();
        assert_eq!(page.page.items, expected, "{filter}");
        found_some += usize::from(!expected.is_empty() && expected.len() < all.len());
    }
    assert!(found_some > 100, "only {found_some} of 400 filters told devices apart");
}

pub(crate) async fn addresses_sort_as_numbers(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let addresses = ["10.0.0.9", "10.0.0.10", "9.255.0.1", "2001:db8::a", "2001:db8::9", "192.0.2.1"];
    let mut updates: Vec<_> = (1..=7).map(update).collect();
    for (update, address) in updates.iter_mut().zip(addresses) {
        update.listing.ips = vec![address.parse().unwrap()];
    }
    updates[6].listing.ips.clear();
    updates[5].listing.macs.clear();
    store.put_devices(&updates, Vec::new()).await.unwrap();
    let mut query = DeviceQuery { sort: Sort::Ip, limit: 2, ..DeviceQuery::default() };
    let mut seen = Vec::new();
    loop {
        let page = store.devices(query.clone()).await.unwrap().page;
        seen.extend(page.items.iter().map(|row| row.listing.ips.first().map(ToString::to_string)));
        let Some(next) = page.next else { break };
        query.cursor = Some(next);
    }
    let seen: Vec<&str> = seen.iter().map(|ip| ip.as_deref().unwrap_or("none")).collect();
    let expected = ["9.255.0.1", "10.0.0.9", "10.0.0.10", "192.0.2.1", "2001:db8::9", "2001:db8::a", "none"];
    assert_eq!(seen, expected);
    let query = DeviceQuery { sort: Sort::Mac, descending: true, ..DeviceQuery::default() };
    let macs = store.devices(query).await.unwrap().page.items;
    assert_eq!(macs[0].id, device_id("006"), "who has none comes last, so first when it is turned round");
    assert_eq!(macs[1].id, device_id("007"));
}
