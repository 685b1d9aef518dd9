//! What the hub writes into the audit log.

use std::sync::Arc;

use audit::{Item, Outcome, Record, SigningKey, Verified, Verifier, Who};
use axum::http::StatusCode;
use serde_json::json;

use super::support::{Hub, json as with_json};

async fn records(hub: &Hub) -> Vec<Record> {
    hub.app.store.audit_records(store::AuditQuery::default()).await.expect("read").items
}

/// Act, outcome and thing of each record, the first first.
fn told(records: &[Record]) -> Vec<(String, Outcome, String)> {
    let each = |record: &Record| {
        let entry = &record.entry;
        (entry.act.to_string(), entry.outcome, entry.subject.id.to_string())
    };
    records.iter().rev().map(each).collect()
}

#[tokio::test]
async fn logins_and_logouts_are_in_the_audit_log_and_what_was_typed_is_not() {
    let hub = Hub::ready().await;
    for _ in 0..5 {
        hub.log_in_with("admin", "wrong").await.assert_problem(401, None);
    }
    hub.log_in_with("my password", "oops").await.assert_problem(401, None);
    hub.clock.advance_s(10);
    let person = hub.log_in().await;
    let out = with_json(axum::http::Method::DELETE, "/api/v1/session", &json!({}), Some(&person));
    assert_eq!(hub.send(out).await.status, StatusCode::NO_CONTENT);
    let all = records(&hub).await;
    let admin = |act: &str, outcome| (act.to_owned(), outcome, "admin".to_owned());
    let mut expected = vec![admin("account_made", Outcome::Done)];
    expected.extend(vec![admin("login", Outcome::Failed); 5]);
    expected.push(("login".to_owned(), Outcome::Failed, String::new()));
    expected.extend([admin("login", Outcome::Done), admin("logout", Outcome::Done)]);
    assert_eq!(told(&all), expected);
    let lockout = all.iter().rev().nth(5).and_then(|record| record.entry.detail.after.clone());
    assert_eq!(lockout.map(|text| text.to_string()), Some("locked out for 1 s".to_owned()));
    let text = format!("{all:?}");
    for secret in ["my password", "oops", "wrong", hub.password.as_str(), person.csrf.as_str()] {
        assert!(!text.contains(secret), "{secret}");
    }
    let [login, logout] = [1, 0].map(|place| &all[place].entry);
    assert!(login.origin.session.is_some() && login.request.is_some() && login.origin.address.is_some());
    assert_eq!(login.origin.session, logout.origin.session, "both name the session");
    assert!(matches!(&login.who, Who::Person(name) if name.as_str() == "admin"));
}

#[tokio::test]
async fn what_is_due_is_signed_and_verifies() {
    let hub = Hub::ready().await;
    let key = Arc::new(SigningKey::from_seed(&[5; 32]).expect("a key"));
    let signed = async || hub.app.store.audit_state().await.expect("read").signed;
    hub.log_in().await;
    crate::signing::sign_due(&hub.app, &key).await.expect("signed");
    let before = signed().await;
    hub.clock.advance_s(61);
    crate::signing::sign_due(&hub.app, &key).await.expect("signed");
    assert_eq!(signed().await, records(&hub).await.len() as u64);
    assert!(before < signed().await, "after a minute");
    hub.log_in().await;
    crate::signing::sign_all(&hub.app, &key).await.expect("signed");
    let keys = vec![key.public()];
    let mut verifier = Verifier::new(&keys);
    for item in hub.app.store.audit_items(store::AuditPlace::default()).await.expect("read") {
        match item {
            Item::Record(record) => verifier.record(&record).expect("good"),
            Item::Checkpoint(checkpoint) => verifier.checkpoint(&checkpoint).expect("good"),
        }
    }
    let Verified { records, signed, checkpoints, .. } = verifier.finish().expect("good");
    assert_eq!((records, signed, checkpoints), (3, 3, 2));
}

#[test]
fn the_key_is_made_once_and_its_public_part_lies_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = crate::World::system();
    let first = crate::signing::key(&world, folder.path()).expect("made").public();
    assert_eq!(crate::signing::key(&world, folder.path()).expect("read").public(), first);
    let public = std::fs::read_to_string(folder.path().join("audit.pub")).expect("a file");
    assert_eq!(public.parse(), Ok(first));
    std::fs::write(folder.path().join("audit.key"), b"short").expect("written");
    assert!(crate::signing::key(&world, folder.path()).is_err());
}

#[tokio::test]
async fn the_log_is_listed_narrowed_exported_and_verified_and_that_is_in_it_too() {
    let hub = Hub::ready().await;
    let key = Arc::new(SigningKey::from_seed(&[5; 32]).expect("a key"));
    hub.app.audit_key.set(key.public()).expect("set once");
    hub.log_in_with("admin", "wrong").await.assert_problem(401, None);
    let person = hub.log_in().await;
    crate::signing::sign_all(&hub.app, &key).await.expect("signed");
    let acts = async |parameters: &str| {
        let page = hub.get(&person, &format!("/api/v1/audit-log?{parameters}")).await.json();
        let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
        items.iter().map(|record| record["act"].as_str().expect("a word").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(acts("").await, ["login", "login", "account_made"]);
    assert_eq!(acts("outcome=failed").await, ["login"]);
    assert_eq!(acts("act=account_made").await, ["account_made"]);
    assert_eq!(acts("who=admin").await, ["login"]);
    assert_eq!(acts("subject_kind=account&subject=admin&text=adm").await.len(), 3);
    assert_eq!(acts("from=2026-01-01T00:00:01Z").await, [""; 0]);
    assert_eq!(acts("limit=1").await, ["login"]);
    hub.get(&person, "/api/v1/audit-log?outcome=maybe").await.assert_problem(400, Some("/outcome"));
    hub.get(&person, "/api/v1/audit-log?colour=red").await.assert_problem(400, Some("/colour"));

    let whole = hub.get(&person, "/api/v1/audit-log/verification").await.json();
    assert_eq!((&whole["whole"], &whole["records"], &whole["signed"]), (&json!(true), &json!(3), &json!(3)));
    assert_eq!((&whole["fault"], &whole["key"]), (&json!(null), &json!(key.public().to_string())));

    let export = hub.get(&person, "/api/v1/audit-log/export").await;
    assert_eq!(export.headers["content-type"], "application/jsonl; charset=utf-8");
    let (keys, mut reader) = (vec![key.public()], audit::Reader::new());
    let mut verifier = Verifier::new(&keys);
    reader.handle_bytes(export.text.as_bytes());
    while let Some(item) = reader.poll().expect("a line of a log") {
        match item {
            Item::Record(record) => verifier.record(&record).expect("good"),
            Item::Checkpoint(checkpoint) => verifier.checkpoint(&checkpoint).expect("good"),
        }
    }
    reader.finish().expect("a whole file");
    let Verified { records, signed, .. } = verifier.finish().expect("good");
    assert_eq!((records, signed), (5, 3), "what was done to the log is in it");
    assert_eq!(acts("who=admin").await, ["audit_log_exported", "audit_log_verified", "login"]);
}

#[tokio::test]
async fn a_log_with_a_checkpoint_of_another_key_is_not_whole() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    let other = Arc::new(SigningKey::from_seed(&[6; 32]).expect("a key"));
    crate::signing::sign_all(&hub.app, &other).await.expect("signed");
    let own = SigningKey::from_seed(&[5; 32]).expect("a key").public();
    hub.app.audit_key.set(own).expect("set once");
    let found = hub.get(&person, "/api/v1/audit-log/verification").await.json();
    assert_eq!((&found["whole"], &found["fault"]["record"]), (&json!(false), &json!(1)));
    assert_eq!(found["fault"]["kind"], "unknown_key", "{found}");
}
