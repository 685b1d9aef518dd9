//! Who may log in, and who is logged in.

use std::fmt;

use audit::Entry;
use model::{SubjectKind, Timestamp};

use crate::audit_log;
use crate::change::Decision;
use crate::convert::{text, time};
use crate::evidence;
use crate::site;
use crate::sql::{self, Row, Sql, Value};
use crate::{Error, Result};

/// An account of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Name to log in with.
    pub name: String,
    /// What the person may do: a word of the hub's vocabulary.
    pub role: String,
    /// Hash of the password.
    pub password: PasswordHash,
    /// When it was made.
    pub created: Timestamp,
    /// When the person was here the last time.
    pub last_visit: Option<Timestamp>,
    /// Counts up with every change; a new account has 1.
    pub version: u64,
}

/// Hash of a password with its salt and parameters, in PHC format. It is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

/// Hash of the secret in somebody's cookie; the secret itself is nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionHash(pub [u8; 32]);

/// Somebody who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub user: User,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub expires: Timestamp,
}

const USER: &str = "a.name, a.role, a.password_hash, a.created, a.last_visit, a.version";

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

impl fmt::Debug for SessionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionHash(..)")
    }
}

impl SessionHash {
    pub(crate) fn value(&self) -> Value {
        Value::Bytes(self.0.to_vec())
    }
}

/// Makes an account of version 1.
pub(crate) async fn create_user(sql: &mut dyn Sql, user: User, decision: Decision) -> Result<()> {
    sql.alone().await?;
    let insert = "INSERT INTO account (name, role, password_hash, created, last_visit) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING";
    let values = vec![
        text(&*user.name),
        text(&*user.role),
        text(user.password.0),
        time(user.created),
        user.last_visit.map_or(Value::Null, time),
    ];
    if sql.execute(insert, values).await? == 0 {
        return Err(Error::UserExists(user.name));
    }
    record(sql, user.name, "account", (None, Some(user.role)), &decision).await
}

pub(crate) async fn user_by_name(sql: &mut dyn Sql, name: String) -> Result<Option<User>> {
    let query = format!("SELECT {USER} FROM account a WHERE a.name = $1");
    sql::one(sql, &query, vec![text(name)], user).await
}

pub(crate) async fn users(sql: &mut dyn Sql) -> Result<Vec<User>> {
    let query = format!("SELECT {USER} FROM account a ORDER BY a.name");
    sql::all(sql, &query, Vec::new(), user).await
}

/// The person is here; gives when the last time was.
pub(crate) async fn visit(sql: &mut dyn Sql, name: String, at: Timestamp) -> Result<Option<Timestamp>> {
    let before = user_by_name(sql, name.clone()).await?.and_then(|user| user.last_visit);
    sql.execute("UPDATE account SET last_visit = $2 WHERE name = $1", vec![text(name), time(at)]).await?;
    Ok(before)
}

/// A new password ends every session.
pub(crate) async fn set_password(
    sql: &mut dyn Sql,
    name: String,
    expected: Option<u64>,
    password: PasswordHash,
    decision: Decision,
) -> Result<u64> {
    sql.alone().await?;
    let held = expect_version(sql, &name, expected).await?;
    let update = "UPDATE account SET password_hash = $2, version = version + 1 WHERE name = $1";
    sql.execute(update, vec![text(&*name), text(password.0)]).await?;
    sql.execute("DELETE FROM login_session WHERE account = $1", vec![text(&*name)]).await?;
    record(sql, name, "password", (None, None), &decision).await?;
    Ok(held.version + 1)
}

/// Gives an account another role; one of role `keep` has to remain.
pub(crate) async fn set_role(
    sql: &mut dyn Sql,
    name: String,
    expected: Option<u64>,
    (role, keep): (&'static str, &'static str),
    decision: Decision,
) -> Result<u64> {
    sql.alone().await?;
    let held = expect_version(sql, &name, expected).await?;
    if held.role == role {
        return Ok(held.version);
    }
    let query = "SELECT COUNT(*) FROM account WHERE role = $1 AND name <> $2";
    let others = sql::one(sql, query, vec![text(keep), text(&*name)], |row| row.uint()).await?;
    if held.role == keep && others.unwrap_or_default() == 0 {
        return Err(Error::LastOfRole(name));
    }
    let update = "UPDATE account SET role = $2, version = version + 1 WHERE name = $1";
    sql.execute(update, vec![text(&*name), text(role)]).await?;
    record(sql, name, "role", (Some(held.role), Some(role.to_owned())), &decision).await?;
    Ok(held.version + 1)
}

async fn expect_version(sql: &mut dyn Sql, name: &str, expected: Option<u64>) -> Result<User> {
    let held = user_by_name(sql, name.to_owned()).await?.ok_or_else(|| Error::NoUser(name.to_owned()))?;
    site::expect(held.version, expected)?;
    Ok(held)
}

async fn record(
    sql: &mut dyn Sql,
    account: String,
    what: &str,
    (before, after): (Option<String>, Option<String>),
    decision: &Decision,
) -> Result<()> {
    let (kind, what) = (SubjectKind::Account, what.to_owned());
    let draft = site::Draft { kind, subject: account, what, before, after };
    site::record(sql, vec![draft], decision).await
}

pub(crate) async fn put_session(
    sql: &mut dyn Sql,
    hash: Value,
    user: String,
    (created, expires): (Timestamp, Timestamp),
    login: Entry,
) -> Result<()> {
    audit_log::append(sql, vec![login]).await?;
    let insert = "INSERT INTO login_session (hash, account, created, expires) VALUES ($1, $2, $3, $4)";
    sql.execute(insert, vec![hash, text(user), time(created), time(expires)]).await.map(drop)
}

pub(crate) async fn session(sql: &mut dyn Sql, hash: Value, now: Timestamp) -> Result<Option<Session>> {
    let query = format!(
        "SELECT {USER}, s.created, s.expires FROM login_session s JOIN account a ON a.name = s.account \
         WHERE s.hash = $1 AND s.expires > $2"
    );
    let read = |row: &mut Row| {
        Ok(Session { user: user(row)?, created: evidence::time(row)?, expires: evidence::time(row)? })
    };
    sql::one(sql, &query, vec![hash, time(now)], read).await
}

/// Ends a session, and writes down that somebody did.
pub(crate) async fn end_session(sql: &mut dyn Sql, hash: Value, logout: Option<Entry>) -> Result<()> {
    if let Some(logout) = logout {
        audit_log::append(sql, vec![logout]).await?;
    }
    sql.execute("DELETE FROM login_session WHERE hash = $1", vec![hash]).await.map(drop)
}

/// Forgets sessions that are over.
pub(crate) async fn forget_sessions(sql: &mut dyn Sql, now: Timestamp) -> Result<u64> {
    sql.execute("DELETE FROM login_session WHERE expires <= $1", vec![time(now)]).await
}

fn user(row: &mut Row) -> Result<User> {
    Ok(User {
        name: row.text()?,
        role: row.text()?,
        password: PasswordHash(row.text()?),
        created: evidence::time(row)?,
        last_visit: row
            .int_or_null()?
            .map(|nanos| u64::try_from(nanos).map(Timestamp::from_nanos))
            .transpose()
            .map_err(|_| Error::Unreadable { what: "a time" })?,
        version: row.uint()?,
    })
}
