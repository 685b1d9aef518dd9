//! Stores in PostgreSQL: a server of the test's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod conformance;
mod suite;

use conformance::conformance;
use store::{Error, Location};
use suite::Backend;
use tempfile::TempDir;
use testkit::postgres::Server;

struct Postgres(Server);

impl Postgres {
    fn new() -> Option<Self> {
        Server::start(&["fsync=off"]).unwrap().map(Self)
    }
}

impl Backend for Postgres {
    fn place(&mut self) -> Location {
        Location::Postgres(self.0.database().unwrap())
    }
}

conformance!(Postgres);

#[tokio::test]
async fn two_hubs_may_open_a_new_store_at_once() {
    let Some(mut server) = Postgres::new() else { return };
    let place = server.place();
    let both = futures_util::future::join(suite::try_open(&place), suite::try_open(&place)).await;
    both.0.unwrap();
    both.1.unwrap();
}

#[tokio::test]
async fn what_is_wrong_with_the_address_is_said() {
    let open =
        async |address: &str| suite::try_open(&Location::Postgres(address.to_owned())).await.unwrap_err();
    assert!(matches!(open("mysql://x").await, Error::Address(_)));
    assert!(matches!(open("postgres://bedrail@192.0.2.1/hub").await, Error::Unencrypted { .. }));
    let nobody = TempDir::new().unwrap();
    let nobody = format!("host={} user=bedrail", nobody.path().display());
    assert!(matches!(open(&nobody).await, Error::Connect(_)));
}

#[tokio::test]
async fn the_audit_log_only_grows() {
    let Some(mut server) = Postgres::new() else { return };
    let place = server.place();
    let store = suite::open(&place).await;
    store.append_audit(vec![suite::accounts::login("ines"), suite::accounts::login("otto")]).await.unwrap();
    store.sign_audit(suite::at(9_000), suite::audit_log::audit_key()).await.unwrap().unwrap();
    let Location::Postgres(address) = &place else { panic!("a database") };
    let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    for statement in [
        "DELETE FROM audit_record",
        "DELETE FROM audit_record WHERE number = 2",
        "UPDATE audit_record SET why = 'nothing' WHERE number = 1",
        "TRUNCATE audit_record",
        "INSERT INTO audit_record SELECT 4, at, who_kind, who_name, act, subject_kind, subject, outcome, address, \
         session, request, before_value, after_value, why, previous, hash FROM audit_record WHERE number = 1",
        "INSERT INTO audit_record SELECT * FROM audit_record WHERE number = 1 ON CONFLICT (number) DO UPDATE SET why = 'x'",
        "DELETE FROM audit_checkpoint",
        "UPDATE audit_checkpoint SET last = 1",
        "TRUNCATE audit_checkpoint",
    ] {
        let refused = client.execute(statement, &[]).await.unwrap_err();
        let refused = refused.as_db_error().expect("the server says so").message().to_owned();
        assert!(refused.contains("the audit log only grows"), "{statement}: {refused}");
    }
    assert_eq!(suite::audit_log::verify(&store, &[]).await.unwrap().signed, 2);
}
