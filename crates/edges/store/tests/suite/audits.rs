//! Planned changes, audits, views, labels.

use std::collections::BTreeSet;

use model::{AuditOutcome, CampaignId, ChangeKind, SubjectKind, ViewId, WindowId};
use store::{
    Campaign, CampaignQuery, ChangeWindow, Condition, DeviceQuery, Error, Filter, ItemQuery, Label, Progress,
    SavedView, SiteChangeQuery, Sort,
};

use super::*;

fn window(name: &str, from: u64, to: u64) -> ChangeWindow {
    let id: WindowId = format!("win_{name}").parse().unwrap();
    let Decision { actor, at, why, .. } = decision("update");
    ChangeWindow {
        id,
        name: name.to_owned(),
        filter: "class=diagnostic".to_owned(),
        what: vec!["firmware_version".to_owned()],
        from: at_s(from),
        to: at_s(to),
        actor,
        at,
        why,
        cancelled: None,
    }
}

fn at_s(seconds: u64) -> Timestamp {
    at(seconds * 1_000_000_000)
}

pub(crate) async fn windows_expect_changes_until_they_are_cancelled(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let all = [window("a", 10, 20), window("b", 10, 30), window("c", 40, 50)];
    for window in &all {
        store.create_change_window(window.clone(), decision("update")).await.unwrap();
    }
    let open_at = async |seconds| {
        let open = store.open_change_windows(at_s(seconds)).await.unwrap();
        open.into_iter().map(|window| window.name).collect::<Vec<_>>()
    };
    assert_eq!(open_at(9).await, [""; 0]);
    assert_eq!(open_at(10).await, ["a", "b"]);
    assert_eq!(open_at(20).await, ["b"], "the end is outside");
    let read = store.change_window(all[1].id.clone()).await.unwrap().unwrap();
    assert_eq!(read, all[1]);
    assert!(read.expects("firmware_version", at_s(15)) && !read.expects("os", at_s(15)));
    assert!(!read.expects("firmware_version", at_s(30)));
    let any = ChangeWindow { what: Vec::new(), ..read };
    assert!(any.expects("os", at_s(15)));
    let cancelled = store.cancel_change_window(all[1].id.clone(), decision("too late")).await.unwrap();
    assert!(!cancelled.expects("firmware_version", at_s(15)));
    assert_eq!(open_at(10).await, ["a"]);
    let again = store.cancel_change_window(all[1].id.clone(), decision("")).await;
    assert!(matches!(again, Err(Error::Refused { .. })));
    let missing = store.cancel_change_window("win_none".parse().unwrap(), decision("")).await;
    assert!(matches!(missing, Err(Error::Missing { .. })));
    let first = store.change_windows(None, 2).await.unwrap();
    let rest = store.change_windows(first.next.clone(), 2).await.unwrap();
    let names: Vec<_> = first.items.iter().chain(&rest.items).map(|window| window.name.as_str()).collect();
    assert_eq!((names, rest.next), (vec!["c", "b", "a"], None));
    let query = SiteChangeQuery { kind: Some(SubjectKind::ChangeWindow), ..Default::default() };
    assert_eq!(store.site_changes(query).await.unwrap().items.len(), 4);
}

fn campaign(name: &str, due: u64) -> Campaign {
    let id: CampaignId = format!("cmp_{name}").parse().unwrap();
    Campaign {
        id,
        name: name.to_owned(),
        filter: String::new(),
        due: at_s(due),
        every_days: Some(365),
        at: at_s(1),
        signed: None,
        progress: Progress::default(),
    }
}

pub(crate) async fn an_audit_is_answered_and_signed_off(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let mut outside = update(4);
    outside.listing.external = true;
    store.put_devices(&[update(1), update(2), update(3), outside], Vec::new()).await.unwrap();
    let within = Filter::Not(Box::new(Filter::Is(Condition::External(true))));
    let made = campaign("ward", 100);
    assert_eq!(store.create_campaign(made.clone(), within, decision("yearly")).await.unwrap(), 3);
    let nothing = Filter::Any(Vec::new());
    assert_eq!(store.create_campaign(campaign("none", 50), nothing, decision("")).await.unwrap(), 0);
    store.put_devices(&[update(5)], Vec::new()).await.unwrap();
    let progress = async || store.campaign(made.id.clone()).await.unwrap().unwrap().progress;
    assert_eq!(
        progress().await,
        Progress { open: 3, ..Progress::default() },
        "who comes later is not part of it"
    );

    let answer = async |device: &str, outcome, note: &str| {
        let answers = vec![(device_id(device), outcome, note.to_owned())];
        store.answer_campaign(made.id.clone(), answers, decision("audit")).await
    };
    answer("001", AuditOutcome::Confirmed, "").await.unwrap();
    answer("002", AuditOutcome::Confirmed, "").await.unwrap();
    answer("002", AuditOutcome::Wrong, "room 5").await.unwrap();
    assert!(matches!(answer("004", AuditOutcome::Confirmed, "").await, Err(Error::Refused { .. })));
    let early = store.sign_campaign(made.id.clone(), decision("done")).await;
    assert!(matches!(early, Err(Error::Refused { .. })), "one is open");
    let items = async |open| {
        let query = ItemQuery { open, limit: 2, ..ItemQuery::default() };
        store.campaign_items(made.id.clone(), query).await.unwrap()
    };
    assert_eq!(
        items(Some(true)).await.items.iter().map(|item| item.device.as_str()).collect::<Vec<_>>(),
        ["dev_003"]
    );
    let answered = items(Some(false)).await.items;
    let (outcome, note, actor, _) = answered[1].answer.clone().unwrap();
    assert_eq!((outcome, note.as_str(), actor), (AuditOutcome::Wrong, "room 5", decision("").actor));
    let first = items(None).await;
    let query = ItemQuery { cursor: first.next, limit: 2, ..ItemQuery::default() };
    assert_eq!(store.campaign_items(made.id.clone(), query).await.unwrap().items.len(), 1);

    let overdue = async |seconds| {
        let query = CampaignQuery { overdue_at: Some(at_s(seconds)), ..CampaignQuery::default() };
        let found = store.campaigns(query).await.unwrap().items;
        found.into_iter().map(|campaign| campaign.name).collect::<Vec<_>>()
    };
    assert_eq!(overdue(100).await, ["none"]);
    assert_eq!(overdue(101).await, ["none", "ward"]);
    answer("003", AuditOutcome::NotFound, "sold").await.unwrap();
    let signed = store.sign_campaign(made.id.clone(), decision("done")).await.unwrap();
    assert_eq!(signed.signed.map(|(_, _, note)| note).as_deref(), Some("done"));
    assert_eq!(progress().await, Progress { open: 0, confirmed: 1, not_found: 1, wrong: 1 });
    assert_eq!(overdue(101).await, ["none"]);
    assert!(
        matches!(answer("001", AuditOutcome::Wrong, "x").await, Err(Error::Refused { .. })),
        "it is signed off"
    );
    let query = CampaignQuery { limit: 1, ..CampaignQuery::default() };
    let first = store.campaigns(query.clone()).await.unwrap();
    let rest = store.campaigns(CampaignQuery { cursor: first.next, ..query }).await.unwrap();
    assert_eq!(
        (first.items[0].name.as_str(), rest.items[0].name.as_str(), rest.next),
        ("none", "ward", None)
    );
}

pub(crate) async fn views_are_seen_by_their_owner_or_by_all(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let view = |name: &str, owner: &str, shared| SavedView {
        id: format!("viw_{name}").parse::<ViewId>().unwrap(),
        owner: owner.to_owned(),
        shared,
        name: name.to_owned(),
        filter: "zone=outside".to_owned(),
        sort: "-name".to_owned(),
        columns: vec!["name".to_owned(), "zone".to_owned()],
        version: 1,
    };
    for (name, owner, shared) in [("a", "ines", false), ("b", "ines", true), ("c", "otto", false)] {
        store.put_saved_view(view(name, owner, shared), None, decision("")).await.unwrap();
    }
    let seen = async |user: &str| {
        let found = store.saved_views(user, None, 0).await.unwrap().items;
        found.into_iter().map(|view| view.name).collect::<Vec<_>>()
    };
    assert_eq!(
        (seen("ines").await, seen("otto").await),
        (vec!["a".to_owned(), "b".to_owned()], vec!["b".to_owned(), "c".to_owned()])
    );
    assert_eq!(store.saved_view("viw_a".parse().unwrap(), "otto").await.unwrap(), None);
    let changed = SavedView { shared: true, ..view("a", "ines", false) };
    let put =
        async |view: SavedView, expected| store.put_saved_view(view, Some(expected), decision("")).await;
    assert_eq!(put(changed.clone(), Some(1)).await.unwrap().version, 2);
    assert!(matches!(put(changed.clone(), Some(1)).await, Err(Error::Outdated { .. })));
    assert!(
        matches!(put(view("b", "otto", true), None).await, Err(Error::Refused { .. })),
        "somebody else's"
    );
    assert!(matches!(put(view("z", "otto", true), None).await, Err(Error::Missing { .. })));
    let read = store.saved_view("viw_a".parse().unwrap(), "otto").await.unwrap().unwrap();
    assert_eq!(read, SavedView { version: 2, ..changed });
    let delete = async |user: &str| {
        store.delete_saved_view("viw_a".parse().unwrap(), user, Some(2), decision("")).await
    };
    assert!(matches!(delete("otto").await, Err(Error::Refused { .. })));
    delete("ines").await.unwrap();
    assert!(matches!(delete("ines").await, Err(Error::Missing { .. })));
    let first = store.saved_views("otto", None, 1).await.unwrap();
    let rest = store.saved_views("otto", first.next, 1).await.unwrap();
    assert_eq!((rest.items[0].name.as_str(), rest.next), ("c", None));
}

pub(crate) async fn labels_are_found_by_their_filter(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1), update(2)], Vec::new()).await.unwrap();
    let labels = |words: &[&str]| words.iter().map(|word| Label::new(word).unwrap()).collect::<BTreeSet<_>>();
    let set = async |id: &str, expected, words: &[&str]| {
        store.set_labels(device_id(id), expected, labels(words), decision("sorted")).await
    };
    assert_eq!(set("001", Some(1), &["Loan", "icu_2"]).await.unwrap(), 2);
    assert_eq!(set("001", Some(2), &["icu_2", "loan"]).await.unwrap(), 2, "nothing changed");
    assert!(matches!(set("001", Some(1), &[]).await, Err(Error::Stale { .. })));
    set("002", None, &["icux2", "loaned"]).await.unwrap();
    let found = async |word: &str| {
        let filter = Some(Filter::Is(Condition::Label(Label::new(word).unwrap())));
        let query = DeviceQuery { filter, sort: Sort::FirstSeen, ..DeviceQuery::default() };
        let rows = store.devices(query).await.unwrap().page.items;
        rows.into_iter().map(|row| row.id.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (found("loan").await, found("icu_2").await),
        (vec!["dev_001".to_owned()], vec!["dev_001".to_owned()])
    );
    store.put_devices(&[update(1)], Vec::new()).await.unwrap();
    assert_eq!(
        store.device(&device_id("001")).await.unwrap().unwrap().row.labels,
        ["icu_2", "loan"],
        "deriving leaves them"
    );
    set("001", None, &[]).await.unwrap();
    assert_eq!(found("loan").await, [""; 0]);
    let changes = store.changes(store::ChangeQuery::default()).await.unwrap().items;
    assert_eq!((changes[0].kind, changes[0].what.as_str()), (ChangeKind::Asserted, "labels"));
    assert_eq!((changes[0].before.as_deref(), changes[0].after.as_deref()), (Some("icu_2 loan"), None));
    for wrong in ["", "two words", &"x".repeat(41), "a%"] {
        assert!(Label::new(wrong).is_err(), "{wrong}");
    }
}
