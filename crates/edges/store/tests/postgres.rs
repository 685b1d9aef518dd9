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
