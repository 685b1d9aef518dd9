//! Statements on a connection of SQLite.

use std::future::ready;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql, params_from_iter};

use crate::sql::{Dialect, Row, Sql, Take, Value, Work};
use crate::{Error, Result};

/// A connection within a transaction.
pub(super) struct Session<'c>(&'c mut Connection);

impl<'c> Session<'c> {
    pub(super) const fn new(connection: &'c mut Connection) -> Self {
        Self(connection)
    }

    /// The statement, compiled once: SQLite numbers values with `?1` where PostgreSQL writes `$1`.
    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>> {
        Ok(self.0.prepare_cached(&sql.replace('$', "?"))?)
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<u64> {
        let changed = self.statement(sql)?.execute(params_from_iter(values))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn run_all(&self, sql: &str, rows: &[Vec<Value>]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut statement = self.statement(sql)?;
        for values in rows {
            statement.execute(params_from_iter(values))?;
        }
        Ok(())
    }

    fn read(&self, sql: &str, values: &[Value], take: Take<'_>) -> Result<()> {
        let mut statement = self.statement(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|column| value(row.get_ref(column)?));
            take(Row::new(values.collect::<Result<_>>()?))?;
        }
        Ok(())
    }
}

impl Sql for Session<'_> {
    fn execute<'a>(&'a mut self, sql: &'a str, values: Vec<Value>) -> Work<'a, u64> {
        Box::pin(ready(self.run(sql, &values)))
    }

    fn execute_all<'a>(&'a mut self, sql: &'a str, rows: Vec<Vec<Value>>) -> Work<'a, ()> {
        Box::pin(ready(self.run_all(sql, &rows)))
    }

    fn each<'a>(&'a mut self, sql: &'a str, values: Vec<Value>, take: Take<'a>) -> Work<'a, ()> {
        Box::pin(ready(self.read(sql, &values, take)))
    }

    fn alone(&mut self) -> Work<'_, ()> {
        Box::pin(ready(Ok(())))
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value(held: ValueRef<'_>) -> Result<Value> {
    let unreadable = Error::Unreadable { what: "a text" };
    Ok(match held {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8(text.to_vec()).map_err(|_| unreadable)?),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => return Err(unreadable),
    })
}
