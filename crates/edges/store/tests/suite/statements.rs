//! What is stated about devices and models.

use model::{DeviceModelId, PatientReport, PatientSource, PatientState, StatementSource, SubjectKind};
use store::{Asserted, Error, ModelDefaults, SiteChangeQuery, Statements};

use super::*;

fn say(attribute: &str, value: &str) -> Statements {
    vec![(attribute.to_owned(), Some(value.to_owned()))]
}

fn told(all: &[Asserted]) -> Vec<(&str, String, &str)> {
    all.iter().map(|said| (&*said.attribute, said.source.to_string(), &*said.value)).collect()
}

pub(crate) async fn statements_of_several_sources_stand_side_by_side(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1), update(2)], Vec::new()).await.unwrap();
    let (one, two) = (device_id("001"), device_id("002"));
    let cmms = StatementSource::import("cmms").unwrap();
    let state = async |id: &DeviceId, source: &StatementSource, values| {
        store.assert(id.clone(), None, (source.clone(), values), decision("told")).await.unwrap()
    };
    assert_eq!(state(&one, &cmms, say("location", "room 4")).await, 2);
    assert_eq!(state(&one, &StatementSource::Person, say("location", "room 9")).await, 3);
    let read = async |id: &DeviceId| store.device(id).await.unwrap().unwrap().asserted;
    let person = "person".to_owned();
    let import = "import cmms".to_owned();
    let both = [("location", person.clone(), "room 9"), ("location", import.clone(), "room 4")];
    assert_eq!(told(&read(&one).await), both);
    let back = vec![("location".to_owned(), None)];
    state(&one, &StatementSource::Person, back).await;
    assert_eq!(
        told(&read(&one).await),
        [("location", import.clone(), "room 4")],
        "each source takes back its own"
    );
    state(&two, &StatementSource::Person, say("location", "room 7")).await;
    state(&two, &cmms, say("owner", "ICU")).await;
    let both = store::DeviceUpdate { absorbs: vec![two], ..update(1) };
    store.put_devices(&[both], Vec::new()).await.unwrap();
    let kept = [("location", import.clone(), "room 4"), ("owner", import, "ICU")];
    assert_eq!(told(&read(&one).await), kept);
}

pub(crate) async fn statements_come_in_order_and_lists_show_them_without_a_new_version(
    backend: &mut impl Backend,
) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1), update(2)], Vec::new()).await.unwrap();
    let cmms = StatementSource::import("cmms").unwrap();
    for (id, source, values) in [
        (device_id("002"), StatementSource::Person, say("location", "cellar")),
        (device_id("001"), cmms, say("location", "room 4")),
        (device_id("001"), StatementSource::Person, say("location", "room 9")),
        (device_id("001"), StatementSource::Person, say("owner", "ICU")),
    ] {
        store.assert(id, None, (source, values), decision("told")).await.unwrap();
    }
    let page = store.stated(&["location", "serial"], None).await.unwrap();
    let rows = page.items.iter().map(|said| (said.device.clone(), said.source.to_string(), &*said.value));
    let (one, two) = (device_id("001"), device_id("002"));
    let person = "person".to_owned();
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            (one.clone(), "import cmms".to_owned(), "room 4"),
            (one.clone(), person.clone(), "room 9"),
            (two, person, "cellar")
        ]
    );
    assert_eq!(page.next, None);
    let before = store.device(&one).await.unwrap().unwrap().row;
    let location = Some("room 9".to_owned());
    let listing = store::Listing { location, ..before.listing.clone() };
    store.relist(vec![(one.clone(), listing.clone())]).await.unwrap();
    let after = store.device(&one).await.unwrap().unwrap().row;
    assert_eq!(after, store::DeviceRow { listing, ..before });
}

pub(crate) async fn the_last_report_about_a_patient_is_kept(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1)], Vec::new()).await.unwrap();
    let id = device_id("001");
    assert_eq!(store.device(&id).await.unwrap().unwrap().patient, None);
    for (minute, state) in [(1, PatientState::Connected), (2, PatientState::Idle)] {
        let (source, by) = (PatientSource::Person, "ines".to_owned());
        let report = PatientReport { state, source, by, at: at(minute) };
        store.report_patient(id.clone(), report.clone(), decision("bedside")).await.unwrap();
        assert_eq!(store.device(&id).await.unwrap().unwrap().patient, Some(report));
    }
    let changes = store.changes(store::ChangeQuery::default()).await.unwrap().items;
    assert_eq!(
        (changes[0].before.as_deref(), changes[0].after.as_deref()),
        (Some("connected"), Some("idle"))
    );
    let (state, source) = (PatientState::Idle, PatientSource::Person);
    let report = PatientReport { state, source, by: "ines".to_owned(), at: at(1) };
    let nobody = store.report_patient(device_id("none"), report, decision("")).await;
    assert!(matches!(nobody, Err(Error::NoDevice(_))));
}

pub(crate) async fn a_model_has_defaults(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let id = |name: &str| -> DeviceModelId { format!("mdl_{name}").parse().unwrap() };
    let make = async |name: &str, manufacturer: &str, model: &str| {
        let made = (id(name), manufacturer.to_owned(), model.to_owned());
        store.create_model_defaults(made, say("clinical_class", "therapeutic"), decision("IFU")).await
    };
    make("1", "Aperture", "Portal 2").await.unwrap();
    make("2", "Aperture", "Cube").await.unwrap();
    make("3", "Black Mesa", "HEV").await.unwrap();
    let twice = make("4", "APERTURE", "portal 2").await;
    assert!(matches!(twice, Err(Error::ModelExists { .. })), "{twice:?}");
    let found = store.model_defaults_of("aperture", "PORTAL 2").await.unwrap().unwrap();
    assert_eq!((&found.id, found.version), (&id("1"), 1));
    assert_eq!(told(&found.stated), [("clinical_class", "person".to_owned(), "therapeutic")]);
    assert_eq!(store.model_defaults_of("aperture", "none").await.unwrap(), None);

    let values =
        vec![("clinical_class".to_owned(), None), ("reaction_time".to_owned(), Some("minutes".to_owned()))];
    let set = async |expected, values: &Statements| {
        store.set_model_defaults(id("1"), expected, values.clone(), decision("new IFU")).await
    };
    assert_eq!(set(Some(1), &values).await.unwrap(), 2);
    assert_eq!(set(Some(2), &values).await.unwrap(), 2, "nothing changed");
    assert!(matches!(set(Some(1), &values).await, Err(Error::Outdated { expected: 1, found: 2 })));
    let missing = store.set_model_defaults(id("9"), None, values, decision("")).await;
    assert!(matches!(missing, Err(Error::Missing { .. })));
    let found = store.model_defaults_by_id(id("1")).await.unwrap().unwrap();
    assert_eq!(told(&found.stated), [("reaction_time", "person".to_owned(), "minutes")]);

    let first = store.model_defaults(None, 2).await.unwrap();
    let rest = store.model_defaults(first.next.clone(), 2).await.unwrap();
    let names = |items: &[ModelDefaults]| items.iter().map(|found| found.model.clone()).collect::<Vec<_>>();
    assert_eq!(
        (names(&first.items), names(&rest.items)),
        (vec!["Cube".to_owned(), "Portal 2".to_owned()], vec!["HEV".to_owned()])
    );
    assert_eq!(rest.next, None);
    let query = SiteChangeQuery { kind: Some(SubjectKind::DeviceModel), ..Default::default() };
    let changes = store.site_changes(query).await.unwrap().items;
    assert_eq!(changes.len(), 3 + 3 + 2, "three models, a default each, and two changes");
}
