//! What a statement needs of a database, so that it is written once for both.
//!
//! Statements are PostgreSQL's text with `$1`, `$2` for values, in the part of the language that SQLite has too:
//! whole numbers, text and bytes only (yes and no are 1 and 0), upserts with qualified columns, row values in
//! comparisons. What differs is in [`Dialect`], and only tables need it.

use std::pin::Pin;

use crate::{Error, Result};

/// Work with the database that ends later, or at once on SQLite.
pub(crate) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Takes the rows of a query one by one.
pub(crate) type Take<'a> = &'a mut (dyn FnMut(Row) -> Result<()> + Send);

/// A connection within a transaction.
pub(crate) trait Sql: Send {
    /// Runs a statement; says how many rows it changed.
    fn execute<'a>(&'a mut self, sql: &'a str, values: Vec<Value>) -> Work<'a, u64>;

    /// Runs a statement once for each row of values, in order.
    fn execute_all<'a>(&'a mut self, sql: &'a str, rows: Vec<Vec<Value>>) -> Work<'a, ()>;

    /// Runs a query and hands over its rows.
    fn each<'a>(&'a mut self, sql: &'a str, values: Vec<Value>, take: Take<'a>) -> Work<'a, ()>;

    /// Keeps others who ask for this out until the transaction ends, because what follows depends on what was before
    /// it. On SQLite nobody else writes anyway.
    fn alone(&mut self) -> Work<'_, ()>;

    /// Which kind of database it is.
    fn dialect(&self) -> Dialect;
}

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// A value in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row of a query, read column by column in order.
#[derive(Debug)]
pub(crate) struct Row(std::vec::IntoIter<Value>);

impl Dialect {
    /// A table definition in this dialect: `{int}`, `{text}` (sorted by its bytes), `{bytes}`, and `{rows}` after the
    /// closing bracket of a table that lies in the order of its primary key.
    pub(crate) fn spell(self, template: &str) -> String {
        let words = match self {
            Self::Sqlite => ["INTEGER", "TEXT", "BLOB", " STRICT, WITHOUT ROWID"],
            Self::Postgres => ["BIGINT", "TEXT COLLATE \"C\"", "BYTEA", ""],
        };
        ["{int}", "{text}", "{bytes}", "{rows}"]
            .into_iter()
            .zip(words)
            .fold(template.to_owned(), |text, (mark, word)| text.replace(mark, word))
    }

    /// The statement, unless it is empty or for another database only.
    pub(crate) fn own(self, statement: &str) -> Option<&str> {
        let (own, other) = match self {
            Self::Sqlite => ("{sqlite}", "{postgres}"),
            Self::Postgres => ("{postgres}", "{sqlite}"),
        };
        let statement = statement.strip_prefix(own).unwrap_or(statement).trim_start();
        (!statement.is_empty() && !statement.starts_with(other)).then_some(statement)
    }
}

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    fn next(&mut self) -> Value {
        self.0.next().unwrap_or(Value::Null)
    }

    pub(crate) fn int(&mut self) -> Result<i64> {
        self.int_or_null()?.ok_or(Error::Unreadable { what: "a number" })
    }

    pub(crate) fn int_or_null(&mut self) -> Result<Option<i64>> {
        match self.next() {
            Value::Int(number) => Ok(Some(number)),
            Value::Null => Ok(None),
            Value::Text(_) | Value::Bytes(_) => Err(Error::Unreadable { what: "a number" }),
        }
    }

    pub(crate) fn uint(&mut self) -> Result<u64> {
        u64::try_from(self.int()?).map_err(|_| Error::Unreadable { what: "a count" })
    }

    pub(crate) fn flag(&mut self) -> Result<bool> {
        Ok(self.int()? != 0)
    }

    pub(crate) fn text(&mut self) -> Result<String> {
        self.text_or_null()?.ok_or(Error::Unreadable { what: "a text" })
    }

    pub(crate) fn text_or_null(&mut self) -> Result<Option<String>> {
        match self.next() {
            Value::Text(text) => Ok(Some(text)),
            Value::Null => Ok(None),
            Value::Int(_) | Value::Bytes(_) => Err(Error::Unreadable { what: "a text" }),
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>> {
        match self.next() {
            Value::Bytes(bytes) => Ok(bytes),
            Value::Null | Value::Int(_) | Value::Text(_) => Err(Error::Unreadable { what: "bytes" }),
        }
    }

    /// A text that is parsed, as `what`.
    pub(crate) fn parsed<T: std::str::FromStr>(&mut self, what: &'static str) -> Result<T> {
        self.text()?.parse().map_err(|_| Error::Unreadable { what })
    }
}

/// All rows of a query, each read by `read`.
pub(crate) async fn all<T: Send>(
    sql: &mut dyn Sql,
    text: &str,
    values: Vec<Value>,
    read: impl Fn(&mut Row) -> Result<T> + Send + Sync,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    sql.each(text, values, &mut |mut row| {
        found.push(read(&mut row)?);
        Ok(())
    })
    .await?;
    Ok(found)
}

/// The first row of a query.
pub(crate) async fn one<T: Send>(
    sql: &mut dyn Sql,
    text: &str,
    values: Vec<Value>,
    read: impl Fn(&mut Row) -> Result<T> + Send + Sync,
) -> Result<Option<T>> {
    Ok(all(sql, text, values, read).await?.into_iter().next())
}
