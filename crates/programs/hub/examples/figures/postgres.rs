//! The same devices in plain PostgreSQL, asked by hand.

use std::path::Path;

use anyhow::{Context, Result};
use store::{DeviceQuery, DeviceUpdate, Key, Location, Sort, Store};
use testkit::postgres::Server;
use tokio_postgres::NoTls;

use crate::times::Times;

/// The same question to both.
pub(crate) struct Pair {
    pub(crate) own: Times,
    pub(crate) by_hand: Times,
}

/// The word that the search of this number looks for, among so many devices.
type Word = fn(u32, u32) -> String;

/// Every column that a list shows.
const COLUMNS: &str = "id, name, manufacturer, model, device_type, clinical_class, os, serial, location, ips, macs, \
    weaknesses, external, first_seen, last_seen, lifecycle, quarantined, version";

/// Copies the devices of the hub in `data` into PostgreSQL and asks both.
pub(crate) async fn compare(data: &Path, devices: u32) -> Result<Vec<Pair>> {
    let mut server = Server::start(&[])?.context("PostgreSQL is not installed: `make install` brings it")?;
    let address = server.database()?;
    let key = std::fs::read(data.join("store.key"))?;
    let key = Some(Key::new(key.as_slice().try_into().context("a key of 32 bytes")?));
    let own = open(Location::Sqlite(data.join("bedrail.db")), key).await?;
    let copy = open(Location::Postgres(address.clone()), None).await?;
    copy_devices(&own, &copy).await?;
    let (client, connection) = tokio_postgres::connect(&address, NoTls).await?;
    let connection = tokio::spawn(connection);
    client.batch_execute("VACUUM ANALYZE").await?;
    let pairs = pairs(&own, &client, devices).await?;
    own.close().await?;
    copy.close().await?;
    drop(client);
    connection.await??;
    Ok(pairs)
}

async fn pairs(own: &Store, client: &tokio_postgres::Client, devices: u32) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for (what, sort, column) in
        [("list by last seen", Sort::LastSeen, "last_seen"), ("list by name", Sort::Name, "sort_name")]
    {
        let statement = format!("SELECT {COLUMNS} FROM device ORDER BY {column} DESC, id DESC LIMIT 50");
        let (page, count) =
            (client.prepare(&statement).await?, client.prepare("SELECT count(*) FROM device").await?);
        let query = DeviceQuery { sort, descending: true, limit: 50, ..DeviceQuery::default() };
        pairs.push(Pair {
            own: Times::of_waiting(what, async |_| Ok(own.devices(query.clone()).await.map(drop)?)).await?,
            by_hand: Times::of_waiting(what, async |_| {
                client.query_one(&count, &[]).await?;
                client.query(&page, &[]).await?;
                Ok(())
            })
            .await?,
        });
    }
    let found = "FROM device d JOIN device_search s ON s.device = d.id WHERE s.words LIKE $1";
    let page =
        client.prepare(&format!("SELECT d.* {found} ORDER BY d.last_seen DESC, d.id DESC LIMIT 50")).await?;
    let count = client.prepare(&format!("SELECT count(*) {found}")).await?;
    let words: [(&str, Word); 2] = [
        ("search, one device", |run, devices| format!("device-{:06}", (run * 1_709) % devices)),
        ("search, many devices", |run, _| format!("ward-{}-", run % 97)),
    ];
    for (what, word) in words {
        let query = |run| DeviceQuery {
            search: word(run, devices),
            descending: true,
            limit: 50,
            ..DeviceQuery::default()
        };
        pairs.push(Pair {
            own: Times::of_waiting(what, async |run| Ok(own.devices(query(run)).await.map(drop)?)).await?,
            by_hand: Times::of_waiting(what, async |run| {
                let pattern = format!("%{}%", word(run, devices));
                client.query_one(&count, &[&pattern]).await?;
                client.query(&page, &[&pattern]).await?;
                Ok(())
            })
            .await?,
        });
    }
    Ok(pairs)
}

async fn open(location: Location, key: Option<Key>) -> Result<Store> {
    let fields: Vec<&str> =
        identify::fact::known_fields(dissect::fields()).into_iter().map(model::Field::name).collect();
    let protocols: Vec<&str> = dissect::names().into_iter().collect();
    Ok(Store::open(store::Options { location, key, fields: &fields, protocols: &protocols }).await?)
}

async fn copy_devices(from: &Store, to: &Store) -> Result<()> {
    let mut query = DeviceQuery { sort: Sort::FirstSeen, limit: 500, ..DeviceQuery::default() };
    loop {
        let page = from.devices(query.clone()).await?.page;
        let updates: Vec<DeviceUpdate> = page
            .items
            .into_iter()
            .map(|row| DeviceUpdate {
                id: row.id,
                listing: row.listing,
                identity: "{}".to_owned(),
                digest: [0; 32],
                anchors: Vec::new(),
                stations: Vec::new(),
                absorbs: Vec::new(),
            })
            .collect();
        to.put_devices(&updates, Vec::new()).await?;
        let Some(cursor) = page.next else { return Ok(()) };
        query.cursor = Some(cursor);
    }
}
