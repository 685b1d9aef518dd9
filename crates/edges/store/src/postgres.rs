//! PostgreSQL: a pool of connections, a transaction for each piece of work. It has a group commit of its own.

use std::future::ready;
use std::net::IpAddr;
use std::str::FromStr as _;

use deadpool_postgres::{Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Transaction};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio_postgres::config::Host;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Config, IsolationLevel, NoTls, error::SqlState};

use crate::error::Cause;
use crate::sql::{Dialect, Row, Sql, Take, Value, Work};
use crate::{Error, Result, schema};

/// A pool of connections.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: Pool,
}

/// A transaction.
struct Session<'t>(&'t Transaction<'t>);

/// Connections at once. A server has a hundred for everybody.
const CONNECTIONS: usize = 8;
/// Statements under way at once on a connection, so that not every row waits for an answer.
const UNDER_WAY: usize = 256;
/// Held by whoever changes devices or tables: such work is rare and has to see what was before it.
const ALONE: &str = "SELECT pg_advisory_xact_lock(4700511)";

impl Postgres {
    pub(crate) async fn open(address: &str) -> Result<Self> {
        let config = Config::from_str(address).map_err(|error| Error::Address(Cause::new(error)))?;
        if let Some(host) = far_host(&config) {
            return Err(Error::Unencrypted { host });
        }
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, NoTls, recycling);
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build();
        let store = Self { pool: pool.map_err(|error| Error::Connect(Cause::new(error)))? };
        let missing = store.write(|sql| Box::pin(schema::missing(sql, schema::MIGRATIONS))).await?;
        for migration in missing {
            store.write(move |sql| Box::pin(schema::apply(sql, *migration))).await?;
        }
        Ok(store)
    }

    /// Does `work` in a transaction. It is durable when this returns.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl for<'a> FnOnce(&'a mut (dyn Sql + 'a)) -> Work<'a, T> + Send + 'static,
    ) -> Result<T> {
        let mut client = self.pool.get().await?;
        let transaction = client.transaction().await?;
        let outcome = work(&mut Session(&transaction)).await?;
        transaction.commit().await?;
        Ok(outcome)
    }

    /// Reads one state of the store.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl for<'a> FnOnce(&'a mut (dyn Sql + 'a)) -> Work<'a, T> + Send + 'static,
    ) -> Result<T> {
        let mut client = self.pool.get().await?;
        let transaction = client.build_transaction().read_only(true);
        let transaction = transaction.isolation_level(IsolationLevel::RepeatableRead).start().await?;
        work(&mut Session(&transaction)).await
    }

    /// Closes the connections.
    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

/// A host that is not this machine: what goes there would go in clear.
fn far_host(config: &Config) -> Option<String> {
    let is_near = |host: &str| host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let named = config.get_hosts().iter().filter_map(|host| match host {
        Host::Tcp(name) => Some(name.clone()),
        Host::Unix(_) => None,
    });
    let addresses = config.get_hostaddrs().iter().map(ToString::to_string);
    named.chain(addresses).find(|host| !is_near(host))
}

impl Session<'_> {
    async fn run(&self, sql: &str, values: &[Value]) -> Result<u64> {
        let statement = self.0.prepare_cached(sql).await?;
        Ok(self.0.execute_raw(&statement, values).await?)
    }

    async fn run_all(&self, sql: &str, rows: Vec<Vec<Value>>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let statement = self.0.prepare_cached(sql).await?;
        let running = rows.into_iter().map(|values| {
            let statement = statement.clone();
            async move { self.0.execute_raw(&statement, &values).await }
        });
        stream::iter(running).buffered(UNDER_WAY).try_for_each(|_| ready(Ok(()))).await?;
        Ok(())
    }

    async fn read(&self, sql: &str, values: &[Value], take: Take<'_>) -> Result<()> {
        let statement = self.0.prepare_cached(sql).await?;
        let mut rows = std::pin::pin!(self.0.query_raw(&statement, values).await?);
        while let Some(row) = rows.try_next().await? {
            let values = (0..row.len()).map(|column| value(&row, column));
            take(Row::new(values.collect::<Result<_>>()?))?;
        }
        Ok(())
    }
}

impl Sql for Session<'_> {
    fn execute<'a>(&'a mut self, sql: &'a str, values: Vec<Value>) -> Work<'a, u64> {
        Box::pin(async move { self.run(sql, &values).await })
    }

    fn execute_all<'a>(&'a mut self, sql: &'a str, rows: Vec<Vec<Value>>) -> Work<'a, ()> {
        Box::pin(self.run_all(sql, rows))
    }

    fn each<'a>(&'a mut self, sql: &'a str, values: Vec<Value>, take: Take<'a>) -> Work<'a, ()> {
        Box::pin(async move { self.read(sql, &values, take).await })
    }

    fn alone(&mut self) -> Work<'_, ()> {
        Box::pin(async move { Ok(self.0.batch_execute(ALONE).await?) })
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }
}

fn value(row: &tokio_postgres::Row, column: usize) -> Result<Value> {
    let kind = row.columns().get(column).map(|column| column.type_().clone());
    Ok(match kind {
        Some(Type::INT8) => row.try_get::<_, Option<i64>>(column)?.map_or(Value::Null, Value::Int),
        Some(Type::TEXT) => row.try_get::<_, Option<String>>(column)?.map_or(Value::Null, Value::Text),
        Some(Type::BYTEA) => row.try_get::<_, Option<Vec<u8>>>(column)?.map_or(Value::Null, Value::Bytes),
        Some(_) | None => return Err(Error::Unreadable { what: "a column of another kind" }),
    })
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let code = error.code().cloned();
        let source = Cause::new(error);
        match code {
            Some(SqlState::DISK_FULL) => Self::Full { path: None, source },
            Some(SqlState::IO_ERROR) => Self::Disk { path: None, source },
            Some(_) | None => Self::Database(source),
        }
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Closed => Self::Closed,
            PoolError::Backend(_)
            | PoolError::Timeout(_)
            | PoolError::NoRuntimeSpecified
            | PoolError::PostCreateHook(_) => Self::Connect(Cause::new(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_not_spoken_to_in_clear() {
        let far = |address: &str| far_host(&Config::from_str(address).expect("an address"));
        assert_eq!(far("postgres://bedrail@localhost/bedrail"), None);
        assert_eq!(far("host=/run/postgresql dbname=bedrail"), None);
        assert_eq!(
            far("postgres://bedrail@db.hospital.example/bedrail"),
            Some("db.hospital.example".to_owned())
        );
        assert_eq!(far("host=localhost hostaddr=192.0.2.7"), Some("192.0.2.7".to_owned()));
    }
}
