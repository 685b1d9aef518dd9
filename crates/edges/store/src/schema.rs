//! The tables, and how a store of an older version gets them.
//!
//! A migration that was released is never changed: its checksum is in every store. Each is applied in a transaction
//! of its own.

use sha2::{Digest, Sha256};

use crate::convert::{small, text};
use crate::page::hex;
use crate::sql::{self, Sql};
use crate::{Error, Result};

/// Tables from one release to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    number: u32,
    /// Statements with the words of [`crate::sql::Dialect::spell`], each ended by `;` at the end of a line. One that
    /// begins with `{sqlite}` or `{postgres}` is for that database only.
    statements: &'static str,
}

/// Every migration, in order.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, statements: include_str!("migrations/0001.sql") },
    Migration { number: 2, statements: include_str!("migrations/0002.sql") },
    Migration { number: 3, statements: include_str!("migrations/0003.sql") },
    Migration { number: 4, statements: include_str!("migrations/0004.sql") },
    Migration { number: 5, statements: include_str!("migrations/0005.sql") },
];

const MIGRATION_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS migration (number {int} PRIMARY KEY, checksum {text} NOT NULL){rows}";

impl Migration {
    fn checksum(&self) -> String {
        hex(&Sha256::digest(self.statements))
    }
}

/// Checks what was applied, and says which migrations are missing. Makes the table of migrations in a new store.
pub(crate) async fn missing(sql: &mut dyn Sql, known: &'static [Migration]) -> Result<&'static [Migration]> {
    sql.alone().await?;
    sql.execute(&sql.dialect().spell(MIGRATION_TABLE), Vec::new()).await?;
    let query = "SELECT number, checksum FROM migration ORDER BY number";
    let applied = sql::all(sql, query, Vec::new(), |row| Ok((row.uint()?, row.text()?))).await?;
    let mut rest = known;
    for (number, checksum) in applied {
        let Some((migration, later)) = rest.split_first() else { return Err(Error::Newer { number }) };
        if u64::from(migration.number) != number || migration.checksum() != checksum {
            return Err(Error::ChangedMigration { number });
        }
        rest = later;
    }
    Ok(rest)
}

/// Applies one migration.
pub(crate) async fn apply(sql: &mut dyn Sql, migration: Migration) -> Result<()> {
    sql.alone().await?;
    let query = "SELECT number FROM migration WHERE number = $1";
    let number = vec![small(migration.number)];
    if sql::one(sql, query, number, |row| row.int()).await?.is_some() {
        // Another hub was faster.
        return Ok(());
    }
    let dialect = sql.dialect();
    let statements = dialect.spell(migration.statements);
    for statement in statements.split(";\n").filter_map(|statement| dialect.own(statement.trim())) {
        sql.execute(statement, Vec::new()).await?;
    }
    let values = vec![small(migration.number), text(migration.checksum())];
    sql.execute("INSERT INTO migration (number, checksum) VALUES ($1, $2)", values).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_from_1_without_a_gap() {
        for (place, migration) in (1..).zip(MIGRATIONS) {
            assert_eq!(migration.number, place);
        }
    }
}
