//! The one interface.

use std::path::PathBuf;
use std::sync::Arc;

use audit::Entry;
use model::{Batch, Change, Conversation, DeviceId, Endpoint, SensorId, Timestamp};

use crate::account::{self, PasswordHash, Session, SessionHash, User};
use crate::audit_log::Trace;
use crate::change::{self, ChangeQuery, Decision};
use crate::conversation::{self, ConversationQuery, ConversationRow};
use crate::device::{DeviceRow, DeviceUpdate, Listing, StoredDevice};
use crate::enrolment::{self, EnrolledSensor, Enrolment, TokenHash};
use crate::evidence::{self, EvidenceSet, SensorRow};
use crate::ingest::{self, Ingested, Prepared};
use crate::inventory;
use crate::key::Key;
use crate::names::Names;
use crate::page::Page;
use crate::postgres::Postgres;
use crate::query::{self, DevicePage, DeviceQuery, Facets};
use crate::sql::{Sql, Work};
use crate::sqlite::{self, Place, Sqlite};
use crate::summary::{self, Summary};
use crate::{Error, Result, convert};

/// How to open a store.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Where it is.
    pub location: Location,
    /// What its file is encrypted with; `None` leaves it readable. PostgreSQL takes none: its disk is encrypted by who
    /// runs it.
    pub key: Option<Key>,
    /// Every field that this version knows.
    pub fields: &'a [&'static str],
    /// Every protocol that this version knows.
    pub protocols: &'a [&'static str],
}

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In this file, which is made if there is none.
    Sqlite(PathBuf),
    /// In a database of PostgreSQL: `postgres://user@host/name`.
    Postgres(String),
}

/// A store that is open. Writes are durable when they return.
#[derive(Debug)]
pub struct Store {
    backend: Backend,
    names: Arc<Names>,
}

#[derive(Debug)]
enum Backend {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens a store, makes it if there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// When it cannot be reached, the key is wrong, or a newer version wrote it.
    pub async fn open(options: Options<'_>) -> Result<Self> {
        let names = Arc::new(Names::new(options.fields, options.protocols));
        let backend = match options.location {
            Location::Sqlite(path) => Backend::Sqlite(Sqlite::open(Place { path, key: options.key }).await?),
            Location::Postgres(address) => Backend::Postgres(Postgres::open(&address).await?),
        };
        Ok(Self { backend, names })
    }

    /// Ends when everything that was begun is done and the files are closed. Nothing can be asked afterwards.
    ///
    /// # Errors
    /// When a file cannot be closed.
    pub async fn close(&self) -> Result<()> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => {
                postgres.close();
                Ok(())
            }
        }
    }

    /// Adds what a sensor saw, unless this batch was added before.
    ///
    /// # Errors
    /// [`Error::Gap`] when batches before it are missing, [`Error::UnknownName`] when the sensor is newer than the hub.
    pub async fn ingest(&self, batch: &Batch) -> Result<Ingested> {
        let prepared = Prepared::of(&self.names, batch)?;
        self.write(|sql| Box::pin(ingest::ingest(sql, prepared))).await
    }

    /// Gives up the batches of a sensor before `next`: they are counted as lost, and `next` is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accept_gap(&self, sensor: &SensorId, next: u64) -> Result<()> {
        let sensor = convert::text(sensor.as_str());
        let implausible = Error::Implausible { what: "the sequence", value: next };
        let last = i64::try_from(next.saturating_sub(1)).map_err(|_| implausible)?;
        self.write(move |sql| Box::pin(ingest::accept_gap(sql, sensor, last))).await
    }

    /// What all sensors saw, in the order of a report.
    ///
    /// # Errors
    /// [`Error::UnknownName`] when a newer version wrote it.
    pub async fn evidence(&self) -> Result<EvidenceSet> {
        let names = Arc::clone(&self.names);
        self.read(move |sql| Box::pin(async move { evidence::evidence(sql, &names).await })).await
    }

    /// Every conversation over all hours and sensors, by its key.
    ///
    /// # Errors
    /// [`Error::UnknownName`] when a newer version wrote it.
    pub async fn conversation_totals(&self) -> Result<Vec<Conversation>> {
        let names = Arc::clone(&self.names);
        self.read(move |sql| Box::pin(async move { evidence::conversation_totals(sql, &names).await })).await
    }

    /// Conversations, the latest first, with the devices at both ends.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn conversations(&self, query: ConversationQuery) -> Result<Page<ConversationRow>> {
        let names = Arc::clone(&self.names);
        self.read(move |sql| Box::pin(async move { conversation::conversations(sql, &names, query).await }))
            .await
    }

    /// Forgets a piece of the oldest hour of conversations before `before`: `most` rows, or somewhat more when one
    /// station opened many. Says how many rows that were, 0 when none is left. Totals stay. In pieces, because others
    /// cannot write meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_hours(&self, before: Timestamp, most: u32) -> Result<u64> {
        self.write(move |sql| Box::pin(conversation::forget_hours(sql, before, most))).await
    }

    /// Every sensor that ever reported.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sensors(&self) -> Result<Vec<SensorRow>> {
        self.read(|sql| Box::pin(evidence::sensors(sql))).await
    }

    /// Tokens that no sensor used yet, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_enrolments(&self, now: Timestamp) -> Result<Vec<Enrolment>> {
        self.read(move |sql| Box::pin(enrolment::open(sql, now))).await
    }

    /// Takes the token of a sensor back; says whether it was still open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_enrolment(
        &self,
        sensor: SensorId,
        now: Timestamp,
        decision: Decision,
    ) -> Result<bool> {
        self.write(move |sql| Box::pin(enrolment::cancel(sql, sensor, now, decision))).await
    }

    /// Lets a sensor be enrolled with a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_enrolment(&self, enrolment: Enrolment, decision: Decision) -> Result<()> {
        self.write(move |sql| Box::pin(enrolment::put(sql, enrolment, decision))).await
    }

    /// What a token is for, if it was not used and has not expired at `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enrolment(&self, hash: TokenHash, now: Timestamp) -> Result<Option<Enrolment>> {
        self.read(move |sql| Box::pin(enrolment::pending(sql, hash, now))).await
    }

    /// Uses a token up: its sensor is enrolled. Says whether that was so; a token serves one time only.
    ///
    /// # Errors
    /// When the database fails; then the token was not used.
    pub async fn redeem(
        &self,
        hash: TokenHash,
        now: Timestamp,
        certificate_ends: Timestamp,
        trace: Trace,
    ) -> Result<bool> {
        self.write(move |sql| Box::pin(enrolment::redeem(sql, hash, now, certificate_ends, trace))).await
    }

    /// Forgets tokens that have expired at `now`, and says how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_enrolments(&self, now: Timestamp) -> Result<u64> {
        self.write(move |sql| Box::pin(enrolment::forget_expired(sql, now))).await
    }

    /// A sensor that was enrolled, revoked or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enrolled_sensor(&self, sensor: &SensorId) -> Result<Option<EnrolledSensor>> {
        let sensor = sensor.clone();
        self.read(move |sql| Box::pin(async move { enrolment::enrolled(sql, &sensor).await })).await
    }

    /// Every sensor that was enrolled, revoked or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enrolled_sensors(&self) -> Result<Vec<EnrolledSensor>> {
        self.read(|sql| Box::pin(enrolment::all_enrolled(sql))).await
    }

    /// A sensor got a certificate that ends at `ends`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renewed_certificate(&self, sensor: SensorId, ends: Timestamp, trace: Trace) -> Result<()> {
        self.write(move |sql| Box::pin(enrolment::renewed(sql, sensor, ends, trace))).await
    }

    /// Shuts a sensor out for ever; gives it back, or `None` when it was never enrolled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_sensor(
        &self,
        sensor: SensorId,
        decision: Decision,
    ) -> Result<Option<EnrolledSensor>> {
        self.write(move |sql| Box::pin(enrolment::revoke(sql, sensor, decision))).await
    }

    /// Makes devices or tells them anew, and records what changed, all or nothing.
    ///
    /// # Errors
    /// When the database fails, or a change with the same id is there.
    pub async fn put_devices(&self, updates: &[DeviceUpdate], changes: Vec<Change>) -> Result<()> {
        let rows = inventory::Rows::of(updates);
        self.write(|sql| Box::pin(inventory::put(sql, rows, changes))).await
    }

    /// Lists show these devices otherwise from now on, because of what people state. Versions stay: the statement
    /// itself counted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn relist(&self, listings: Vec<(DeviceId, Listing)>) -> Result<()> {
        self.write(|sql| Box::pin(inventory::relist(sql, listings))).await
    }

    /// Devices were seen again, and nothing else about them changed. Their versions stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_devices(&self, seen: Vec<(DeviceId, Timestamp)>) -> Result<()> {
        self.write(|sql| Box::pin(inventory::touch(sql, seen))).await
    }

    /// Anchors and stations are these devices' from now on. Versions stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn place(
        &self,
        anchors: Vec<(String, DeviceId)>,
        stations: Vec<(Endpoint, DeviceId)>,
    ) -> Result<()> {
        self.write(|sql| Box::pin(inventory::place(sql, anchors, stations))).await
    }

    /// A page of devices.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn devices(&self, query: DeviceQuery) -> Result<DevicePage> {
        self.read(|sql| Box::pin(query::devices(sql, query))).await
    }

    /// Every device, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn every_device(&self) -> Result<Vec<DeviceRow>> {
        self.read(|sql| Box::pin(query::every(sql))).await
    }

    /// How many devices have which value.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facets(&self, query: DeviceQuery) -> Result<Facets> {
        self.read(move |sql| Box::pin(async move { query::facets(sql, &query).await })).await
    }

    /// The whole at a glance.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn summary(&self) -> Result<Summary> {
        let names = Arc::clone(&self.names);
        self.read(move |sql| Box::pin(async move { summary::summary(sql, &names).await })).await
    }

    /// Everything about a device.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn device(&self, id: &DeviceId) -> Result<Option<StoredDevice>> {
        let id = id.clone();
        self.read(move |sql| Box::pin(async move { inventory::device(sql, &id).await })).await
    }

    /// The device that is found by an anchor (`mac:..`, `ip:..`).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn device_of(&self, anchor: &str) -> Result<Option<DeviceId>> {
        let anchor = anchor.to_owned();
        self.read(move |sql| Box::pin(inventory::device_of(sql, anchor))).await
    }

    /// Every anchor and whose it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn anchors(&self) -> Result<Vec<(String, DeviceId)>> {
        self.read(|sql| Box::pin(inventory::anchors(sql))).await
    }

    /// The digest of every device's identity, as it was put.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn digests(&self) -> Result<Vec<(DeviceId, [u8; 32])>> {
        self.read(|sql| Box::pin(inventory::digests(sql))).await
    }

    /// Every station on the wire that is a device, and which.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stations(&self) -> Result<Vec<(Endpoint, DeviceId)>> {
        self.read(|sql| Box::pin(inventory::stations(sql))).await
    }

    /// Changes, the latest first.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn changes(&self, query: ChangeQuery) -> Result<Page<Change>> {
        self.read(move |sql| Box::pin(change::changes(sql, query))).await
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`Error::UserExists`].
    pub async fn create_user(&self, user: User, decision: Decision) -> Result<()> {
        self.write(move |sql| Box::pin(account::create_user(sql, user, decision))).await
    }

    /// Gives an account another role; one of role `keep` has to remain. Gives its version afterwards.
    ///
    /// # Errors
    /// [`Error::NoUser`]; [`Error::Outdated`] when its version is not the `expected` one; [`Error::LastOfRole`].
    pub async fn set_role(
        &self,
        user: &str,
        expected: Option<u64>,
        (role, keep): (&'static str, &'static str),
        decision: Decision,
    ) -> Result<u64> {
        let name = user.to_owned();
        self.write(move |sql| Box::pin(account::set_role(sql, name, expected, (role, keep), decision))).await
    }

    /// The account of this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_name(&self, name: &str) -> Result<Option<User>> {
        let name = name.to_owned();
        self.read(move |sql| Box::pin(account::user_by_name(sql, name))).await
    }

    /// Every account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<User>> {
        self.read(|sql| Box::pin(account::users(sql))).await
    }

    /// Somebody is here; gives when the last time was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visit(&self, user: &str, at: Timestamp) -> Result<Option<Timestamp>> {
        let user = user.to_owned();
        self.write(move |sql| Box::pin(account::visit(sql, user, at))).await
    }

    /// Sets a new password and ends every session of the account; gives its version afterwards.
    ///
    /// # Errors
    /// [`Error::NoUser`]; [`Error::Outdated`] when its version is not the `expected` one.
    pub async fn set_password(
        &self,
        user: &str,
        expected: Option<u64>,
        password: PasswordHash,
        decision: Decision,
    ) -> Result<u64> {
        let user = user.to_owned();
        self.write(move |sql| Box::pin(account::set_password(sql, user, expected, password, decision))).await
    }

    /// Somebody logged in, from `created` until `expires`; `login` is the record of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_session(
        &self,
        hash: &SessionHash,
        user: &str,
        (created, expires): (Timestamp, Timestamp),
        login: Entry,
    ) -> Result<()> {
        let (hash, user) = (hash.value(), user.to_owned());
        self.write(move |sql| Box::pin(account::put_session(sql, hash, user, (created, expires), login)))
            .await
    }

    /// Who is logged in with this, if it is not over at `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, hash: &SessionHash, now: Timestamp) -> Result<Option<Session>> {
        let hash = hash.value();
        self.read(move |sql| Box::pin(account::session(sql, hash, now))).await
    }

    /// A session is over; `logout` is the record of it when somebody ended it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, hash: &SessionHash, logout: Option<Entry>) -> Result<()> {
        let hash = hash.value();
        self.write(move |sql| Box::pin(account::end_session(sql, hash, logout))).await
    }

    /// Forgets sessions that are over at `now`, and says how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_sessions(&self, now: Timestamp) -> Result<u64> {
        self.write(move |sql| Box::pin(account::forget_sessions(sql, now))).await
    }

    /// Writes a copy of one state of the store to a new file, encrypted with the same key, while others go on.
    ///
    /// # Errors
    /// [`Error::Exists`]; [`Error::Unsupported`] on PostgreSQL, which has tools of its own.
    pub async fn backup(&self, to: PathBuf) -> Result<()> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.backup(to).await,
            Backend::Postgres(_) => Err(Error::Unsupported {
                what: "a store in PostgreSQL is backed up with `pg_dump` or `pg_basebackup`",
            }),
        }
    }

    /// Checks a backup, every page of it, and puts it where there is no store yet.
    ///
    /// # Errors
    /// [`Error::WrongKey`], [`Error::Damaged`], [`Error::Exists`].
    pub fn restore(backup: PathBuf, key: Option<Key>, to: &std::path::Path) -> Result<()> {
        sqlite::restore(&Place { path: backup, key }, to)
    }

    /// Checks a file of a store or of a backup, every page of it; nobody may write into it meanwhile.
    ///
    /// # Errors
    /// [`Error::WrongKey`], [`Error::Damaged`], or when it cannot be opened.
    pub fn check(file: PathBuf, key: Option<Key>) -> Result<()> {
        sqlite::check(&Place { path: file, key })
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl for<'a> FnOnce(&'a mut (dyn Sql + 'a)) -> Work<'a, T> + Send + 'static,
    ) -> Result<T> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(work).await,
            Backend::Postgres(postgres) => postgres.write(work).await,
        }
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl for<'a> FnOnce(&'a mut (dyn Sql + 'a)) -> Work<'a, T> + Send + 'static,
    ) -> Result<T> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.read(work).await,
            Backend::Postgres(postgres) => postgres.read(work).await,
        }
    }
}
