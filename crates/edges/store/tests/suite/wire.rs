//! What sensors saw.

use model::{AddressClaim, Batch, ConversationHour, Endpoint, Timestamp, Weakness, WeaknessSighting};
use store::{ConversationQuery, Error, EvidenceSet, Location, Options, Store, Summary};

use super::*;

pub(crate) async fn an_empty_store_has_nothing(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    assert_eq!(store.evidence().await.unwrap(), EvidenceSet::default());
    assert_eq!(store.summary().await.unwrap(), Summary::default());
    assert_eq!(store.conversation_totals().await.unwrap(), []);
}

pub(crate) async fn a_batch_counts_once(backend: &mut impl Backend) {
    let place = backend.place();
    let store = open(&place).await;
    assert!(store.ingest(&batch("a", 1)).await.unwrap().fresh);
    assert!(!store.ingest(&batch("a", 1)).await.unwrap().fresh, "it came again");
    assert!(store.ingest(&batch("a", 2)).await.unwrap().fresh);
    let before = store.evidence().await.unwrap();
    assert_eq!(before.observations[0].count, 2);
    store.close().await.unwrap();
    let store = open(&place).await;
    for sequence in [1, 2] {
        assert!(!store.ingest(&batch("a", sequence)).await.unwrap().fresh, "it was there before the restart");
    }
    assert_eq!(store.evidence().await.unwrap(), before);
    let sensors = store.sensors().await.unwrap();
    assert_eq!((sensors[0].sequence, sensors[0].frames, sensors[0].dropped), (2, 20, 2));
}

pub(crate) async fn a_gap_is_named_and_changes_nothing(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let early = store.ingest(&batch("b", 2)).await;
    assert!(matches!(early, Err(Error::Gap { expected: 1, found: 2, .. })), "{early:?}");
    assert_eq!(store.sensors().await.unwrap(), [], "not even the sensor is known");
    store.ingest(&batch("a", 1)).await.unwrap();
    let before = store.evidence().await.unwrap();
    let error = store.ingest(&batch("a", 4)).await.unwrap_err();
    assert_eq!(error.to_string(), "sensor `sen_a` sent batch 4, but batch 2 is missing before it");
    assert_eq!(store.evidence().await.unwrap(), before);
    assert!(store.ingest(&batch("a", 2)).await.unwrap().fresh);
}

pub(crate) async fn a_gap_can_be_accepted(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.ingest(&batch("a", 1)).await.unwrap();
    store.accept_gap(&sensor("a"), 5).await.unwrap();
    assert!(store.ingest(&batch("a", 5)).await.unwrap().fresh);
    store.accept_gap(&sensor("a"), 3).await.unwrap();
    let sensors = store.sensors().await.unwrap();
    assert_eq!((sensors[0].sequence, sensors[0].lost_batches), (5, 3), "nobody goes back");
}

pub(crate) async fn a_failure_leaves_others_alone(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let good = ["a", "b", "c", "d", "e", "f"].map(|name| batch(name, 1));
    let bad = ["g", "h", "i"].map(|name| batch(name, 7));
    let all: Vec<&Batch> = good.iter().zip(bad.iter().cycle()).flat_map(|(good, bad)| [good, bad]).collect();
    let outcomes = futures_util::future::join_all(all.iter().map(|batch| store.ingest(batch))).await;
    for (batch, outcome) in all.iter().zip(outcomes) {
        match outcome {
            Ok(ingested) => assert!(ingested.fresh && batch.sequence == 1),
            Err(error) => assert!(matches!(error, Error::Gap { .. }) && batch.sequence == 7, "{error:?}"),
        }
    }
    assert_eq!(store.sensors().await.unwrap().len(), 6);
    assert_eq!(store.evidence().await.unwrap().observations[0].count, 6);
}

pub(crate) async fn many_sensors_at_once(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let names: Vec<String> = (0..20).map(|number| format!("s{number}")).collect();
    let run = names.iter().map(|name| async {
        for sequence in 1..=10 {
            // Twice at once: one of them is late.
            let batch = batch(name, sequence);
            let (once, again) = futures_util::future::join(store.ingest(&batch), store.ingest(&batch)).await;
            assert_eq!(u8::from(once.unwrap().fresh) + u8::from(again.unwrap().fresh), 1);
        }
    });
    futures_util::future::join_all(run).await;
    let evidence = store.evidence().await.unwrap();
    assert_eq!(evidence.observations.len(), 1);
    assert_eq!(evidence.observations[0].count, 200);
    assert_eq!(evidence.sightings[0].packets_received, 400);
    let totals = store.conversation_totals().await.unwrap();
    assert_eq!((totals.len(), totals[0].flows, totals[0].bytes), (1, 200, [60_000, 40_000]));
}

pub(crate) async fn what_is_read_is_what_was_written(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let nobody = Endpoint::default();
    let six = Endpoint { mac: None, ip: Some("2001:db8::1".parse().unwrap()) };
    let claim = AddressClaim {
        mac: mac(3),
        ip: six.ip.unwrap(),
        field: field(2),
        frame: 4,
        at: at(40),
        last_seen: at(70),
        count: 3,
    };
    let weak = WeaknessSighting {
        endpoint: six,
        weakness: Weakness::Smb1,
        field: field(1),
        frame: 9,
        at: at(90),
        count: 2,
    };
    let mut silent = conversation(1, 9, 4);
    silent.key.protocol = None;
    let written = Batch {
        sightings: vec![
            Sighting { endpoint: nobody, hops: None, vlan: None, ..sighting(1, 7) },
            sighting(1, 2),
        ],
        claims: vec![claim],
        observations: vec![observation(1, "Zoë' -- %_ \u{1f3e5}", 3), observation(1, "", 5)],
        weaknesses: vec![weak],
        conversations: vec![ConversationHour { hour: at(0), conversation: silent }],
        ..empty_batch("a", 1)
    };
    store.ingest(&written).await.unwrap();
    let read = store.evidence().await.unwrap();
    assert_eq!(read.sightings, written.sightings);
    assert_eq!(read.claims, written.claims);
    assert_eq!(read.observations, written.observations);
    assert_eq!(read.weaknesses, written.weaknesses);
    assert_eq!(store.conversation_totals().await.unwrap(), [silent]);
}

pub(crate) async fn unknown_names_are_refused(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let mut odd = batch("a", 1);
    odd.observations[0].field = Field::new("tea.temperature");
    let error = store.ingest(&odd).await.unwrap_err();
    assert!(error.to_string().contains("no field `tea.temperature`"), "{error}");
    let mut odd = batch("a", 1);
    odd.conversations[0].conversation.key.protocol = Some("htcpcp");
    assert!(matches!(store.ingest(&odd).await, Err(Error::UnknownName { kind: "protocol", .. })));
    assert!(store.ingest(&batch("a", 1)).await.unwrap().fresh, "what was refused did not count");
}

pub(crate) async fn a_field_of_a_newer_version_says_so(backend: &mut impl Backend) {
    let place = backend.place();
    let store = open(&place).await;
    store.ingest(&batch("a", 1)).await.unwrap();
    store.close().await.unwrap();
    let key = matches!(place, Location::Sqlite(_)).then(key);
    let old = Options { location: place, key, fields: &["ip.src"], protocols: PROTOCOLS };
    let error = Store::open(old).await.unwrap().evidence().await.unwrap_err();
    assert!(error.to_string().contains("the sensor is newer than the hub"), "{error}");
}

pub(crate) async fn impossible_counts_are_refused(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let mut odd = batch("a", 1);
    odd.sightings[0].packets_sent = u64::MAX;
    assert!(matches!(store.ingest(&odd).await, Err(Error::Implausible { what: "packets", .. })));
    let mut late = batch("a", 1);
    late.sightings[0].last_seen = Timestamp::from_nanos(u64::MAX);
    assert!(store.ingest(&late).await.unwrap().fresh, "a packet may claim any time");
}

pub(crate) async fn conversations_come_in_pages(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let mut batch = empty_batch("a", 1);
    let with = |originator, responder, frame| ConversationHour {
        hour: at(0),
        conversation: conversation(originator, responder, frame),
    };
    // Of device 1: seven, some at the same time, two of them with device 2; and one of others.
    batch.conversations = [
        with(1, 2, 5),
        with(2, 1, 5),
        with(1, 3, 5),
        with(4, 1, 6),
        with(1, 5, 7),
        with(1, 6, 7),
        with(1, 7, 1),
    ]
    .into_iter()
    .chain([with(8, 9, 9)])
    .collect();
    store.ingest(&batch).await.unwrap();
    store.put_devices(&[update(1), update(2)], Vec::new()).await.unwrap();
    let mut query = ConversationQuery { device: Some(device_id("001")), limit: 3, ..Default::default() };
    let mut seen = Vec::new();
    loop {
        let page = store.conversations(query.clone()).await.unwrap();
        seen.extend(page.items);
        let Some(next) = page.next else { break };
        query.cursor = Some(next.to_string().parse().unwrap());
    }
    let times: Vec<u64> = seen.iter().map(|row| row.conversation.last_seen.nanos()).collect();
    assert_eq!(times, [75, 75, 65, 55, 55, 55, 15]);
    let mut keys: Vec<_> = seen.iter().map(|row| row.conversation.key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 7, "each once");
    let between = ConversationQuery {
        device: Some(device_id("001")),
        peer: Some(device_id("002")),
        ..Default::default()
    };
    let page = store.conversations(between).await.unwrap();
    assert_eq!((page.items.len(), page.next), (2, None));
    assert!(page.items.iter().all(|row| row.originator.is_some() && row.responder.is_some()));
    let nobody = ConversationQuery { device: Some(device_id("nobody")), ..Default::default() };
    assert_eq!(store.conversations(nobody).await.unwrap().items, []);
    let encrypted = ConversationQuery { encrypted: Some(true), ..Default::default() };
    assert_eq!(store.conversations(encrypted).await.unwrap().items, []);
    let late =
        ConversationQuery { since: Some(at(75)), protocol: Some("dicom".to_owned()), ..Default::default() };
    assert_eq!(store.conversations(late).await.unwrap().items.len(), 3);
}

pub(crate) async fn hours_are_forgotten_and_totals_stay(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let mut batch = empty_batch("a", 1);
    let of = |hour: u64, originator| ConversationHour {
        hour: at(hour * 3_600_000_000_000),
        conversation: conversation(originator, 9, hour + 1),
    };
    batch.conversations = (0..3).flat_map(|hour| (1..=5).map(move |station| of(hour, station))).collect();
    store.ingest(&batch).await.unwrap();
    let mut pieces = Vec::new();
    loop {
        let rows = store.forget_hours(at(2 * 3_600_000_000_000), 2).await.unwrap();
        pieces.push(rows);
        if rows == 0 {
            break;
        }
    }
    assert_eq!(pieces, [3, 2, 3, 2, 0], "two hours, in pieces; the third is too young");
    assert!(store.conversation_totals().await.unwrap().iter().all(|total| total.flows == 3));
}
