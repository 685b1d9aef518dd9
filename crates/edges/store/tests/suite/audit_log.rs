//! The audit log: every act leaves its record, and nobody takes one away.

use std::collections::BTreeSet;
use std::sync::Arc;

use audit::{Checkpoint, Entry, Fault, Item, Outcome, Record, SigningKey, Text, Verified, Verifier, Who};
use model::{
    AuditOutcome, Lifecycle, PatientReport, PatientSource, PatientState, StatementSource, ViewId, WindowId,
};
use store::{
    AuditPlace, AuditQuery, Campaign, ChangeWindow, Enrolment, Error, Filter, Label, PasswordHash, Progress,
    SavedView, SessionHash, TokenHash, Trace, User,
};

use super::accounts::login;
use super::*;

pub(crate) async fn log(store: &Store) -> Vec<Item> {
    let (mut place, mut all) = (AuditPlace::default(), Vec::new());
    loop {
        let items = store.audit_items(place).await.unwrap();
        if items.is_empty() {
            return all;
        }
        items.iter().for_each(|item| place.pass(item));
        all.extend(items);
    }
}

pub(crate) fn audit_key() -> Arc<SigningKey> {
    Arc::new(SigningKey::from_seed(&[3; 32]).unwrap())
}

pub(crate) async fn verify(store: &Store, copies: &[Checkpoint]) -> Result<Verified, Fault> {
    let keys = vec![audit_key().public()];
    let mut verifier = Verifier::new(&keys);
    for copy in copies {
        verifier.expect(copy.clone())?;
    }
    for item in log(store).await {
        match item {
            Item::Record(record) => verifier.record(&record)?,
            Item::Checkpoint(checkpoint) => verifier.checkpoint(&checkpoint)?,
        }
    }
    verifier.finish()
}

async fn records(store: &Store) -> Vec<Record> {
    store.audit_records(AuditQuery::default()).await.unwrap().items
}

fn user(name: &str) -> User {
    User {
        name: name.to_owned(),
        role: "admin".to_owned(),
        password: PasswordHash("planted secret".to_owned()),
        created: at(1),
        last_visit: None,
        version: 1,
    }
}

/// Looks at what the latest act wrote: acts, and that each says who, from where, and by which request.
struct Watch<'s> {
    store: &'s Store,
    seen: usize,
    called: BTreeSet<&'static str>,
}

impl Watch<'_> {
    async fn left(&mut self, call: &'static str, acts: &[&str]) {
        let all = records(self.store).await;
        let mut fresh: Vec<&Record> = all.iter().take(all.len() - self.seen).collect();
        fresh.reverse();
        let names: Vec<&str> = fresh.iter().map(|record| record.entry.act.as_str()).collect();
        assert_eq!(names, acts, "{call}");
        for record in fresh.iter().filter(|record| matches!(record.entry.who, Who::Person(_))) {
            if record.entry.act.as_str() != "login" {
                assert_eq!(record.entry.who, Who::Person(Text::of("ines")), "{call}");
                assert_eq!(record.entry.request, Some(Text::of("req-1")), "{call}");
                assert_eq!(record.entry.origin.address, Some(Text::of("192.0.2.9")), "{call}");
            }
        }
        self.seen = all.len();
        self.called.insert(call);
    }
}

pub(crate) async fn every_act_leaves_its_record(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1), update(2), update(3)], Vec::new()).await.unwrap();
    let mut watch = Watch { store: &store, seen: 0, called: BTreeSet::new() };
    on_accounts(&store, &mut watch).await;
    on_devices(&store, &mut watch).await;
    on_the_site(&store, &mut watch).await;
    on_sensors(&store, &mut watch).await;
    let sources = [include_str!("../../src/acts.rs"), include_str!("../../src/store.rs")].concat();
    let (_, functions) = sources.split_once(FUNCTION).unwrap();
    let acts: BTreeSet<&str> = functions.split(FUNCTION).filter_map(decides).collect();
    assert!(acts.len() > 15, "{acts:?}");
    let called = watch.called.clone();
    let missing: Vec<_> = acts.difference(&called).collect();
    assert!(missing.is_empty(), "what does {missing:?} leave in the audit log?");
    let all = records(&store).await;
    assert!(!format!("{all:?}").contains("planted secret"), "no hash of a password is in it");
    assert_eq!(verify(&store, &[]).await.unwrap().records, all.len() as u64);
}

/// How each function of the store begins.
const FUNCTION: &str = "pub async fn ";

/// The name of a function that takes a decision.
fn decides(source: &str) -> Option<&str> {
    let (head, _) = source.split_once('{')?;
    head.contains("Decision").then(|| head.split('(').next().unwrap_or_default())
}

async fn on_accounts(store: &Store, watch: &mut Watch<'_>) {
    for name in ["ines", "otto"] {
        store.create_user(user(name), decision("hired")).await.unwrap();
        watch.left("create_user", &["account_made"]).await;
    }
    store.set_role("otto", None, ("reader", "admin"), decision("moved")).await.unwrap();
    watch.left("set_role", &["role_set"]).await;
    let last = records(store).await.swap_remove(0).entry;
    assert_eq!((last.subject.kind.as_str(), last.subject.id.as_str()), ("account", "otto"));
    let told = [last.detail.before, last.detail.after, last.detail.why].map(|text| text.unwrap().to_string());
    assert_eq!(told, ["admin", "reader", "moved"]);
    store.set_role("otto", None, ("reader", "admin"), decision("again")).await.unwrap();
    watch.left("set_role", &[]).await;
    let new = PasswordHash("planted secret".to_owned());
    store.set_password("otto", None, new, decision("lost")).await.unwrap();
    watch.left("set_password", &["password_set"]).await;
    let hash = SessionHash([1; 32]);
    store.put_session(&hash, "ines", (at(1), at(9)), login("ines")).await.unwrap();
    watch.left("put_session", &["login"]).await;
    store.end_session(&hash, Some(Entry { act: audit::Word::of("logout"), ..login("ines") })).await.unwrap();
    store.end_session(&hash, None).await.unwrap();
    let last = records(store).await.len() - watch.seen;
    assert_eq!(last, 1, "a logout is one, what is over by itself is none");
    watch.seen += 1;
}

async fn on_devices(store: &Store, watch: &mut Watch<'_>) {
    let [one, two, three] = ["001", "002", "003"].map(device_id);
    let ids = vec![one.clone(), device_id("none")];
    store.set_lifecycle(ids, Lifecycle::Approved, decision("seen")).await.unwrap();
    watch.left("set_lifecycle", &["lifecycle_set", "lifecycle_set"]).await;
    let all = records(store).await;
    let outcomes: Vec<Outcome> = all.iter().take(2).map(|record| record.entry.outcome).collect();
    assert_eq!(outcomes, [Outcome::Refused, Outcome::Done]);
    store.set_quarantined(one.clone(), None, true, decision("odd")).await.unwrap();
    watch.left("set_quarantined", &["quarantine_set"]).await;
    let said = vec![
        ("location".to_owned(), Some("room 4".to_owned())),
        ("owner".to_owned(), Some("ICU".to_owned())),
    ];
    let person = (StatementSource::Person, said.clone());
    store.assert(one.clone(), None, person.clone(), decision("told")).await.unwrap();
    watch.left("assert", &["device_stated"]).await;
    let last = records(store).await.swap_remove(0).entry.detail;
    assert_eq!(last.after, Some(Text::of("location: room 4; owner: ICU")));
    store.assert(one.clone(), None, person, decision("told again")).await.unwrap();
    watch.left("assert", &[]).await;
    let both = [two.clone(), three.clone()].map(|id| (id, said.clone())).into();
    store.assert_all(StatementSource::Person, both, decision("list")).await.unwrap();
    watch.left("assert_all", &["device_stated", "device_stated"]).await;
    let (state, source) = (PatientState::Connected, PatientSource::Person);
    let report = PatientReport { state, source, by: "ines".to_owned(), at: at(5) };
    store.report_patient(one.clone(), report, decision("bedside")).await.unwrap();
    watch.left("report_patient", &["device_stated"]).await;
    let labels = [Label::new("loaned").unwrap()].into();
    store.set_labels(one.clone(), None, labels, decision("note")).await.unwrap();
    watch.left("set_labels", &["device_stated"]).await;
    let made = store.merge(one.clone(), two, decision("same")).await.unwrap();
    watch.left("merge", &["devices_merged", "devices_merged"]).await;
    store.undo_adjustment(made.id, decision("not the same")).await.unwrap();
    watch.left("undo_adjustment", &["device_split", "device_split"]).await;
    store.place(Vec::new(), vec![(Endpoint { ip: Some(ip(9)), ..station(1) }, one.clone())]).await.unwrap();
    store.split(one, format!("ip:{}", ip(1)), device_id("new"), decision("two")).await.unwrap();
    watch.left("split", &["device_split"]).await;
}

async fn on_the_site(store: &Store, watch: &mut Watch<'_>) {
    let id: WindowId = "win_1".parse().unwrap();
    let Decision { actor, at: made, why, .. } = decision("update");
    let (from, to) = (at(10), at(20));
    let (name, filter) = ("night".to_owned(), String::new());
    let (what, cancelled) = (Vec::new(), None);
    let window =
        ChangeWindow { id: id.clone(), name, filter, what, from, to, actor, at: made, why, cancelled };
    store.create_change_window(window, decision("update")).await.unwrap();
    watch.left("create_change_window", &["window_planned"]).await;
    store.cancel_change_window(id, decision("late")).await.unwrap();
    watch.left("cancel_change_window", &["window_cancelled"]).await;
    let id: model::CampaignId = "cmp_1".parse().unwrap();
    let (name, filter, progress) = ("spring".to_owned(), String::new(), Progress::default());
    let campaign = Campaign {
        id: id.clone(),
        name,
        filter,
        due: at(9),
        every_days: None,
        at: at(1),
        signed: None,
        progress,
    };
    store.create_campaign(campaign, Filter::All(Vec::new()), decision("yearly")).await.unwrap();
    watch.left("create_campaign", &["campaign_begun"]).await;
    let items = store.campaign_items(id.clone(), store::ItemQuery::default()).await.unwrap().items;
    let answers = items.into_iter().map(|item| (item.device, AuditOutcome::Confirmed, "there".to_owned()));
    let answers: Vec<_> = answers.collect();
    let expected = vec!["campaign_answered"; answers.len()];
    store.answer_campaign(id.clone(), answers, decision("round")).await.unwrap();
    watch.left("answer_campaign", &expected).await;
    store.sign_campaign(id, decision("done")).await.unwrap();
    watch.left("sign_campaign", &["campaign_signed_off"]).await;
    let id: ViewId = "viw_1".parse().unwrap();
    let view = SavedView {
        id: id.clone(),
        owner: "ines".to_owned(),
        shared: false,
        name: "mine".to_owned(),
        filter: String::new(),
        sort: "name".to_owned(),
        columns: Vec::new(),
        version: 1,
    };
    store.put_saved_view(view.clone(), None, decision("view")).await.unwrap();
    watch.left("put_saved_view", &["view_saved"]).await;
    store.put_saved_view(view, Some(None), decision("view")).await.unwrap();
    watch.left("put_saved_view", &["view_changed"]).await;
    store.delete_saved_view(id, "ines", None, decision("view")).await.unwrap();
    watch.left("delete_saved_view", &["view_deleted"]).await;
    let model: model::DeviceModelId = "mdl_1".parse().unwrap();
    let named = (model.clone(), "Aperture".to_owned(), "Portal".to_owned());
    store.create_model_defaults(named, Vec::new(), decision("list")).await.unwrap();
    watch.left("create_model_defaults", &["model_default_set"]).await;
    let values = vec![("owner".to_owned(), Some("Radiology".to_owned()))];
    store.set_model_defaults(model, None, values, decision("list")).await.unwrap();
    watch.left("set_model_defaults", &["model_default_set"]).await;
}

async fn on_sensors(store: &Store, watch: &mut Watch<'_>) {
    let (hash, id) = (TokenHash([1; 32]), sensor("ward"));
    let (name, made_by) = ("Ward".to_owned(), "ines".to_owned());
    let enrolment = Enrolment { hash, sensor: id.clone(), name, made_by, created: at(1), expires: at(9) };
    store.put_enrolment(enrolment.clone(), decision("new")).await.unwrap();
    watch.left("put_enrolment", &["enrolment_made"]).await;
    for (is_open, acts) in [(true, &["enrolment_cancelled"][..]), (false, &[])] {
        let cancelled = store.cancel_enrolment(id.clone(), at(2), decision("a mistake")).await.unwrap();
        assert_eq!(cancelled, is_open);
        watch.left("cancel_enrolment", acts).await;
    }
    store.put_enrolment(enrolment, decision("new")).await.unwrap();
    watch.left("put_enrolment", &["enrolment_made"]).await;
    assert!(store.redeem(hash, at(2), at(90), Trace::default()).await.unwrap());
    watch.left("redeem", &["sensor_enrolled"]).await;
    let last = records(store).await.swap_remove(0).entry;
    assert_eq!(last.who, Who::Sensor(Text::of(id.as_str())));
    store.renewed_certificate(id.clone(), at(95), Trace::default()).await.unwrap();
    watch.left("renewed_certificate", &["certificate_renewed"]).await;
    for acts in [&["sensor_revoked"][..], &[]] {
        store.revoke_sensor(id.clone(), decision("stolen")).await.unwrap();
        watch.left("revoke_sensor", acts).await;
    }
}

pub(crate) async fn the_log_verifies_and_is_signed_when_due(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let key = audit_key();
    assert_eq!(store.sign_audit(at(1), key.clone()).await.unwrap(), None, "nothing is to be signed");
    assert_eq!(store.audit_state().await.unwrap(), store::AuditState::default());
    let entries = |count| (0..count).map(|_| login("ines")).collect::<Vec<_>>();
    store.append_audit(entries(1_500)).await.unwrap();
    let state = store.audit_state().await.unwrap();
    assert_eq!((state.head.number, state.signed, state.unsigned_since), (1_500, 0, Some(at(1_000))));
    let first = store.sign_audit(at(5_000), key.clone()).await.unwrap().unwrap();
    assert_eq!((first.number, first.first(), first.last), (1, 1, 1_000));
    let second = store.sign_audit(at(6_000), key.clone()).await.unwrap().unwrap();
    assert_eq!((second.number, second.first(), second.last), (2, 1_001, 1_500));
    assert_eq!(store.sign_audit(at(7_000), key.clone()).await.unwrap(), None);
    store.append_audit(entries(700)).await.unwrap();
    let verified = verify(&store, &[first, second]).await.unwrap();
    assert_eq!((verified.records, verified.checkpoints, verified.signed), (2_200, 2, 1_500));
    let state = store.audit_state().await.unwrap();
    assert_eq!((state.head, state.checkpoints, state.signed), (verified.head, 2, 1_500));
}

pub(crate) async fn records_are_found_by_what_they_say(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    for (place, name) in (1..=5).zip(["ines", "otto", "ines", "tom", "ines"]) {
        let failed = Entry { at: at(place * 1_000), outcome: Outcome::Failed, ..login(name) };
        store.append_audit(vec![failed]).await.unwrap();
    }
    store.create_user(user("planted"), decision("because of 100 %")).await.unwrap();
    let found = async |query: AuditQuery| {
        let page = store.audit_records(query).await.unwrap();
        page.items.iter().map(|record| record.number).collect::<Vec<_>>()
    };
    let any = AuditQuery::default;
    assert_eq!(found(any()).await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(found(AuditQuery { who: Some("ines".to_owned()), ..any() }).await, [6, 5, 3, 1]);
    assert_eq!(found(AuditQuery { act: Some("login".to_owned()), ..any() }).await, [5, 4, 3, 2, 1]);
    let subject =
        AuditQuery { subject_kind: Some("account".to_owned()), subject: Some("tom".to_owned()), ..any() };
    assert_eq!(found(subject).await, [4]);
    assert_eq!(found(AuditQuery { outcome: Some(Outcome::Done), ..any() }).await, [6]);
    assert_eq!(found(AuditQuery { from: Some(at(2_000)), to: Some(at(4_000)), ..any() }).await, [3, 2]);
    assert_eq!(found(AuditQuery { text: Some("100 %".to_owned()), ..any() }).await, [6]);
    assert_eq!(found(AuditQuery { text: Some("otto".to_owned()), ..any() }).await, [2]);
    let first = store.audit_records(AuditQuery { limit: 4, ..any() }).await.unwrap();
    let rest = AuditQuery { cursor: first.next, limit: 4, ..any() };
    assert_eq!(found(rest).await, [2, 1]);
    let wrong = AuditQuery { cursor: Some("6368616e67651f31".parse().unwrap()), ..any() };
    assert!(matches!(store.audit_records(wrong).await, Err(Error::BadCursor)));
}

pub(crate) async fn what_fails_leaves_no_record(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.create_user(user("ines"), decision("hired")).await.unwrap();
    let twice = store.create_user(user("ines"), decision("hired")).await;
    assert!(matches!(twice, Err(Error::UserExists(_))));
    let last = store.set_role("ines", None, ("reader", "admin"), decision("")).await;
    assert!(matches!(last, Err(Error::LastOfRole(_))));
    let answer = (device_id("none"), AuditOutcome::Confirmed, String::new());
    assert!(store.answer_campaign("cmp_1".parse().unwrap(), vec![answer], decision("")).await.is_err());
    assert_eq!(records(&store).await.len(), 1);
    store.append_audit(vec![login("ines")]).await.unwrap();
    assert_eq!(verify(&store, &[]).await.unwrap().records, 2, "numbers go on without a gap");
}

pub(crate) async fn many_at_once_make_one_chain(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1)], Vec::new()).await.unwrap();
    let work = (0..40_u8).map(|number| {
        let store = &store;
        async move {
            match number % 4 {
                0 => store.append_audit(vec![login("ines"), login("otto")]).await.map(drop),
                1 => store.create_user(user(&number.to_string()), decision("")).await,
                2 => store
                    .set_quarantined(device_id("001"), None, number % 8 == 2, decision(""))
                    .await
                    .map(drop),
                _ => store.sign_audit(at(9_000), audit_key()).await.map(drop),
            }
        }
    });
    for outcome in futures_util::future::join_all(work).await {
        outcome.unwrap();
    }
    let verified = verify(&store, &[]).await.unwrap();
    assert!((30..=40).contains(&verified.records), "{verified:?}");
    assert!(verified.checkpoints >= 1);
}
