//! The inventory.

use model::{Change, ChangeKind, Lifecycle, StatementSource};
use store::{ChangeQuery, Cursor, DeviceQuery, DeviceRow, Error, Refusal, Sort};

use super::*;

pub(crate) async fn a_device_reads_back(backend: &mut impl Backend) {
    let place = backend.place();
    let store = open(&place).await;
    let mut bare = update(2);
    bare.listing = Listing {
        name: None,
        manufacturer: None,
        model: None,
        device_type: None,
        serial: None,
        ips: Vec::new(),
        macs: Vec::new(),
        weaknesses: Vec::new(),
        external: true,
        clinical_class: ClinicalClass::Unknown,
        ..listing(2)
    };
    store.put_devices(&[update(1), bare.clone()], Vec::new()).await.unwrap();
    store.close().await.unwrap();
    let store = open(&place).await;
    let mut digests = store.digests().await.unwrap();
    digests.sort();
    assert_eq!(digests, [(device_id("001"), [1; 32]), (device_id("002"), [2; 32])]);
    let mut every: Vec<_> = store.every_device().await.unwrap().into_iter().map(|row| row.listing).collect();
    every.sort_by_key(|listing| listing.first_seen);
    assert_eq!(every, [update(1).listing, bare.listing.clone()]);
    for put in [update(1), bare] {
        let read = store.device(&put.id).await.unwrap().unwrap();
        assert_eq!(read.row.listing, put.listing);
        assert_eq!((read.identity, read.anchors, read.stations), (put.identity, put.anchors, put.stations));
        assert_eq!(
            (read.row.lifecycle, read.row.quarantined, read.row.version),
            (Lifecycle::Discovered, false, 1)
        );
    }
    assert_eq!(store.device_of(&update(1).anchors[0]).await.unwrap(), Some(device_id("001")));
    assert_eq!(store.device_of("ip:192.0.2.99").await.unwrap(), None);
    assert_eq!(store.device(&device_id("none")).await.unwrap(), None);
    assert_eq!(store.anchors().await.unwrap().len(), 2);
    assert_eq!(
        store.stations().await.unwrap(),
        [(station(1), device_id("001")), (station(2), device_id("002"))]
    );
}

async fn walk(store: &Store, mut query: DeviceQuery) -> Vec<DeviceRow> {
    let mut all = Vec::new();
    loop {
        let found = store.devices(query.clone()).await.unwrap();
        assert!(found.page.items.len() <= query.limit as usize);
        all.extend(found.page.items);
        let Some(next) = found.page.next else {
            assert_eq!(found.total as usize, all.len());
            return all;
        };
        query.cursor = Some(next.to_string().parse::<Cursor>().unwrap());
    }
}

pub(crate) async fn lists_sort_filter_and_turn_pages(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let updates: Vec<DeviceUpdate> = (0..40_u8)
        .map(|number| {
            let mut update = update(number);
            // Many of the same name, time and manufacturer, some without; capitals do not count.
            let name = ["beta", "Alpha", "\u{c9}mile", "alpha"][usize::from(number) % 4];
            update.listing.name = (number % 5 != 0).then(|| name.to_owned());
            update.listing.manufacturer = (number % 3 != 0).then(|| format!("Maker {}", number % 2));
            update.listing.device_type = update.listing.device_type.filter(|_| number % 4 != 0);
            update.listing.last_seen = at(u64::from(number / 7));
            update.listing.external = number % 8 == 0;
            update
        })
        .collect();
    store.put_devices(&updates, Vec::new()).await.unwrap();
    let sorts = [
        Sort::LastSeen,
        Sort::FirstSeen,
        Sort::Name,
        Sort::Manufacturer,
        Sort::DeviceType,
        Sort::ClinicalClass,
        Sort::Os,
        Sort::Serial,
        Sort::Location,
        Sort::Lifecycle,
        Sort::Zone,
    ];
    for sort in sorts {
        let forth = walk(&store, DeviceQuery { sort, limit: 7, ..Default::default() }).await;
        let key = |row: &DeviceRow| {
            let text =
                |text: &Option<String>| (text.is_none(), text.as_ref().map(|text| text.to_lowercase()));
            let exact = |text: Option<&str>| (text.is_none(), text.map(str::to_owned));
            match sort {
                Sort::DeviceType => {
                    (at(0), exact(row.listing.device_type.map(|kind| kind.name())), row.id.clone())
                }
                Sort::ClinicalClass => {
                    (at(0), exact(Some(row.listing.clinical_class.name())), row.id.clone())
                }
                Sort::Os => (at(0), exact(row.listing.os.as_deref()), row.id.clone()),
                Sort::Serial => (at(0), exact(row.listing.serial.as_deref()), row.id.clone()),
                Sort::Location => (at(0), exact(row.listing.location.as_deref()), row.id.clone()),
                Sort::Lifecycle => (at(0), exact(Some(row.lifecycle.name())), row.id.clone()),
                Sort::Zone => (at(0), (false, row.listing.zone.map(|zone| zone.to_string())), row.id.clone()),
                Sort::Ip | Sort::Mac => unreachable!("held by a case of its own"),
                Sort::LastSeen => (row.listing.last_seen, (false, None), row.id.clone()),
                Sort::FirstSeen => (row.listing.first_seen, (false, None), row.id.clone()),
                Sort::Name => (at(0), text(&row.listing.name), row.id.clone()),
                Sort::Manufacturer => (at(0), text(&row.listing.manufacturer), row.id.clone()),
            }
        };
        assert_eq!(forth.len(), 40);
        assert!(forth.is_sorted_by_key(key), "{sort:?}");
        let mut back =
            walk(&store, DeviceQuery { sort, descending: true, limit: 9, ..Default::default() }).await;
        back.reverse();
        assert_eq!(back, forth, "{sort:?}");
    }
    let by_name =
        store.devices(DeviceQuery { sort: Sort::Name, limit: 1, ..Default::default() }).await.unwrap();
    let wrong = DeviceQuery { cursor: by_name.page.next, ..Default::default() };
    assert!(matches!(store.devices(wrong).await, Err(Error::BadCursor)), "a cursor of another order");

    let count = async |query: DeviceQuery| walk(&store, DeviceQuery { limit: 11, ..query }).await.len();
    assert_eq!(count(DeviceQuery { unknown: Some(true), ..Default::default() }).await, 10);
    assert_eq!(count(DeviceQuery { unknown: Some(false), ..Default::default() }).await, 30);
    assert_eq!(count(DeviceQuery { external: Some(true), ..Default::default() }).await, 5);
    assert_eq!(
        count(DeviceQuery { manufacturer: vec!["Maker 1".to_owned()], ..Default::default() }).await,
        13
    );
    assert_eq!(count(DeviceQuery { lifecycle: vec![Lifecycle::Retired], ..Default::default() }).await, 0);
    let states = vec![Lifecycle::Retired, Lifecycle::Discovered];
    assert_eq!(count(DeviceQuery { lifecycle: states, ..Default::default() }).await, 40);
    assert_eq!(count(DeviceQuery { first_seen_after: Some(at(29)), ..Default::default() }).await, 10);
    assert_eq!(
        count(DeviceQuery { clinical_class: vec![ClinicalClass::Diagnostic], ..Default::default() }).await,
        40
    );
}

pub(crate) async fn search_finds_parts_of_names_and_addresses(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let mut odd = update(7);
    odd.listing.name = Some("100%_sure! \u{c4}rztezimmer".to_owned());
    store.put_devices(&[update(1), update(2), odd], Vec::new()).await.unwrap();
    let find = async |search: &str| {
        let query = DeviceQuery { search: search.to_owned(), sort: Sort::FirstSeen, ..Default::default() };
        let found = store.devices(query).await.unwrap().page.items;
        found
            .iter()
            .map(|row| row.id.as_str().trim_start_matches("dev_00").to_owned())
            .collect::<Vec<_>>()
            .join("")
    };
    assert_eq!(find("ct-01").await, "1");
    assert_eq!(find("CT").await, "12");
    assert_eq!(find("192.0.2.2").await, "2");
    assert_eq!(find("5E:00:53:07").await, "7");
    assert_eq!(find("sn00002").await, "2");
    assert_eq!(find("portal aperture").await, "127");
    assert_eq!(find("portal ct-01").await, "1");
    assert_eq!(find("0%_s").await, "7");
    assert_eq!(find("%").await, "7");
    assert_eq!(find("_").await, "7");
    assert_eq!(find("e!").await, "7");
    assert_eq!(find("\u{e4}rzte").await, "7");
    assert_eq!(find("' OR 1=1 --").await, "");
    let mut renamed = update(1);
    renamed.listing.name = Some("MRI".to_owned());
    store.put_devices(&[renamed], Vec::new()).await.unwrap();
    assert_eq!(find("ct-01").await, "");
    assert_eq!(find("mri").await, "1");
}

pub(crate) async fn facets_and_summary_count(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let mut stranger = update(3);
    stranger.listing.manufacturer = None;
    stranger.listing.device_type = None;
    stranger.listing.external = true;
    stranger.listing.weaknesses = vec![Weakness::Ntlm];
    store.put_devices(&[update(1), update(2), stranger], Vec::new()).await.unwrap();
    store.ingest(&batch("a", 1)).await.unwrap();
    store.set_lifecycle(vec![device_id("001")], Lifecycle::Approved, decision("")).await.unwrap();

    let approved = DeviceQuery { lifecycle: vec![Lifecycle::Approved], ..Default::default() };
    let facets = store.facets(approved).await.unwrap();
    let word = |word: &str| Some(word.to_owned());
    assert_eq!(facets.lifecycle, [(word("discovered"), 2), (word("approved"), 1)], "without its own choice");
    assert_eq!(facets.manufacturer, [(word("Aperture"), 1)]);
    let facets = store.facets(DeviceQuery::default()).await.unwrap();
    assert_eq!(facets.manufacturer, [(word("Aperture"), 2), (None, 1)]);

    let summary = store.summary().await.unwrap();
    assert_eq!((summary.devices, summary.external, summary.unknown, summary.quarantined), (3, 1, 1, 0));
    assert_eq!(summary.lifecycle, [(Lifecycle::Discovered, 2), (Lifecycle::Approved, 1)]);
    let weak = [(Weakness::CleartextPatientData, 2), (Weakness::Smb1, 2), (Weakness::Ntlm, 1)];
    assert_eq!(summary.weaknesses, weak);
    let group = summary.conversations[0];
    assert_eq!((group.protocol, group.conversations, group.flows, group.bytes), (Some("dicom"), 1, 1, 500));
    assert!(group.patient_data && !group.encrypted);
}

pub(crate) async fn lifecycle_moves_and_is_recorded(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1), update(2)], Vec::new()).await.unwrap();
    let (one, two, none) = (device_id("001"), device_id("002"), device_id("none"));
    let moved =
        store.set_lifecycle(vec![one.clone()], Lifecycle::Approved, decision("delivered")).await.unwrap();
    assert_eq!(moved, [(one.clone(), Ok(()))]);
    let all = vec![one.clone(), two.clone(), none.clone()];
    let moved = store.set_lifecycle(all, Lifecycle::InService, decision("ward 4")).await.unwrap();
    let refused = Err(Refusal::NotFrom(Lifecycle::Discovered));
    assert_eq!(moved, [(one.clone(), Ok(())), (two, refused), (none.clone(), Err(Refusal::Missing))]);
    let read = store.device(&one).await.unwrap().unwrap().row;
    assert_eq!((read.lifecycle, read.version), (Lifecycle::InService, 3));
    store.put_devices(&[update(1)], Vec::new()).await.unwrap();
    assert_eq!(store.device(&one).await.unwrap().unwrap().row.lifecycle, Lifecycle::InService, "it stays");

    assert!(store.set_quarantined(one.clone(), Some(4), true, decision("strange")).await.unwrap());
    assert!(!store.set_quarantined(one.clone(), None, true, decision("strange")).await.unwrap());
    let stale = store.set_quarantined(one.clone(), Some(4), false, decision("")).await;
    assert!(matches!(stale, Err(Error::Stale { expected: 4, found: 5, .. })), "{stale:?}");
    assert!(matches!(store.set_quarantined(none, None, true, decision("")).await, Err(Error::NoDevice(_))));
    let quarantined = DeviceQuery { quarantined: Some(true), ..Default::default() };
    assert_eq!(store.devices(quarantined).await.unwrap().total, 1);

    let changes = store.changes(ChangeQuery::default()).await.unwrap().items;
    let told: Vec<_> = changes
        .iter()
        .map(|change| (change.kind, change.before.as_deref(), change.after.as_deref(), change.why.as_str()))
        .collect();
    let expected = [
        (ChangeKind::Quarantine, Some("false"), Some("true"), "strange"),
        (ChangeKind::Lifecycle, Some("approved"), Some("in_service"), "ward 4"),
        (ChangeKind::Lifecycle, Some("discovered"), Some("approved"), "delivered"),
    ];
    assert_eq!(told, expected);
    assert!(changes.iter().all(|change| change.actor == Actor::Person("ines".to_owned())));
    assert_eq!(changes[0].request.as_deref(), Some("req-1"));
}

pub(crate) async fn statements_are_kept_beside_what_is_derived(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1)], Vec::new()).await.unwrap();
    let id = device_id("001");
    let say = |attribute: &str, value: Option<&str>| (attribute.to_owned(), value.map(str::to_owned));
    let person = |values| (StatementSource::Person, values);
    let values = person(vec![say("location", Some("room 4")), say("owner", Some("ICU"))]);
    let version = store.assert(id.clone(), Some(1), values, decision("inventory walk")).await.unwrap();
    assert_eq!(version, 2);
    let stale = store.assert(id.clone(), Some(1), person(vec![say("owner", None)]), decision("")).await;
    assert!(matches!(stale, Err(Error::Stale { expected: 1, found: 2, .. })), "{stale:?}");
    let same = person(vec![say("owner", Some("ICU"))]);
    assert_eq!(store.assert(id.clone(), None, same, decision("again")).await.unwrap(), 2, "nothing changed");
    let values = person(vec![say("location", Some("room 9")), say("owner", None)]);
    assert_eq!(store.assert(id.clone(), Some(2), values, decision("moved")).await.unwrap(), 3);
    let device = store.device(&id).await.unwrap().unwrap();
    assert_eq!(device.asserted.len(), 1);
    let asserted = &device.asserted[0];
    assert_eq!((asserted.attribute.as_str(), asserted.value.as_str()), ("location", "room 9"));
    assert_eq!((asserted.why.as_str(), &asserted.actor), ("moved", &decision("").actor));
    assert_eq!(device.row.listing, listing(1), "what is derived stays");
    let changes = store.changes(ChangeQuery { device: Some(id), ..Default::default() }).await.unwrap().items;
    assert_eq!(changes.len(), 4);
    assert_eq!((changes[1].before.as_deref(), changes[1].after.as_deref()), (Some("room 4"), Some("room 9")));
    let missing = store.assert(device_id("none"), None, person(Vec::new()), decision("")).await;
    assert!(matches!(missing, Err(Error::NoDevice(_))));
}

pub(crate) async fn a_device_absorbs_another(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1), update(2)], Vec::new()).await.unwrap();
    let (one, two) = (device_id("001"), device_id("002"));
    let say = |attribute: &str, value: &str| {
        (StatementSource::Person, vec![(attribute.to_owned(), Some(value.to_owned()))])
    };
    store.assert(one.clone(), None, say("owner", "ICU"), decision("")).await.unwrap();
    store.assert(two.clone(), None, say("owner", "ER"), decision("")).await.unwrap();
    store.assert(two.clone(), None, say("location", "room 4"), decision("")).await.unwrap();
    let both = DeviceUpdate { absorbs: vec![two.clone()], ..update(1) };
    store.put_devices(&[both], Vec::new()).await.unwrap();
    assert_eq!(store.device(&two).await.unwrap(), None);
    assert_eq!(store.device_of(&update(2).anchors[0]).await.unwrap(), Some(one.clone()));
    let device = store.device(&one).await.unwrap().unwrap();
    assert_eq!(device.anchors.len(), 2);
    assert_eq!(device.stations, [station(1), station(2)]);
    let values: Vec<&str> = device.asserted.iter().map(|said| said.value.as_str()).collect();
    assert_eq!(values, ["room 4", "ICU"], "its own statement wins");
    assert_eq!(store.devices(DeviceQuery::default()).await.unwrap().total, 1);
    let of_it = ChangeQuery { device: Some(one), ..Default::default() };
    assert_eq!(store.changes(of_it).await.unwrap().items.len(), 3);
    let search = DeviceQuery { search: "ct-02".to_owned(), ..Default::default() };
    assert_eq!(store.devices(search).await.unwrap().total, 0);
}

fn change(number: u8) -> Change {
    Change {
        id: format!("chg_{number:03}").parse().unwrap(),
        device: device_id(&format!("{:03}", number % 2)),
        at: at(7),
        actor: Actor::System,
        kind: ChangeKind::Derived,
        what: "model".to_owned(),
        before: None,
        after: Some(number.to_string()),
        why: "seen".to_owned(),
        request: None,
        expected_by: (number == 9).then(|| "win_1".parse().unwrap()),
    }
}

pub(crate) async fn changes_come_in_pages(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(0), update(1)], (0..10).map(change).collect()).await.unwrap();
    let mut query = ChangeQuery { limit: 4, ..Default::default() };
    let mut seen = Vec::new();
    loop {
        let page = store.changes(query.clone()).await.unwrap();
        seen.extend(page.items);
        let Some(next) = page.next else { break };
        query.cursor = Some(next);
        // What comes meanwhile does not move the pages.
        let late = u8::try_from(100 + seen.len()).unwrap();
        store.put_devices(&[], vec![change(late)]).await.unwrap();
    }
    let expected: Vec<Change> = (0..10).rev().map(change).collect();
    assert_eq!(seen, expected);
    let expected = ChangeQuery { expected: Some(true), ..Default::default() };
    assert_eq!(store.changes(expected).await.unwrap().items, [change(9)]);
    let of_one = ChangeQuery { device: Some(device_id("000")), limit: 100, ..Default::default() };
    let ids: Vec<String> =
        store.changes(of_one).await.unwrap().items.iter().map(|c| c.id.to_string()).collect();
    assert_eq!(ids.iter().filter(|id| id.starts_with("chg_0")).count(), 5);
}

pub(crate) async fn a_failed_put_changes_nothing(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let twice = vec![change(1), change(1)];
    assert!(store.put_devices(&[update(1)], twice).await.is_err(), "an id comes once");
    assert_eq!(store.device(&device_id("001")).await.unwrap(), None);
    assert_eq!(store.changes(ChangeQuery::default()).await.unwrap().items, []);
    store.put_devices(&[update(1)], vec![change(1)]).await.unwrap();
}

pub(crate) async fn seen_again_is_no_new_version(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1)], Vec::new()).await.unwrap();
    store.touch_devices(vec![(device_id("001"), at(9_999)), (device_id("none"), at(9_999))]).await.unwrap();
    store.touch_devices(vec![(device_id("001"), at(5))]).await.unwrap();
    let row = store.device(&device_id("001")).await.unwrap().unwrap().row;
    assert_eq!((row.listing.last_seen, row.version), (at(9_999), 1));
}
