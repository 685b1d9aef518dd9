//! The audit log of a store: read, added to, signed; never changed.

use std::sync::Arc;

use audit::{Checkpoint, Entry, Head, Item, Record};
use model::Timestamp;

#[cfg(doc)]
use crate::Error;
use crate::audit_log::{self, AuditPlace, AuditQuery, AuditState, SyncSigner};
use crate::page::Page;
use crate::{Result, Store};

impl Store {
    /// Writes down what is no act on the store: a login that failed, a request that was refused, an export. What changes
    /// the store writes its records itself. Gives the end of the log.
    ///
    /// # Errors
    /// When the database fails; then nothing is written.
    pub async fn append_audit(&self, entries: Vec<Entry>) -> Result<Head> {
        self.write(move |sql| Box::pin(audit_log::append(sql, entries))).await
    }

    /// The end of the log, and how far it is signed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_state(&self) -> Result<AuditState> {
        self.read(|sql| Box::pin(audit_log::state(sql))).await
    }

    /// Signs the records after the last checkpoint, at most what one covers; `None` when all are signed.
    ///
    /// # Errors
    /// [`Error::Refused`] when the key cannot be used.
    pub async fn sign_audit(
        &self,
        now: Timestamp,
        signer: Arc<dyn SyncSigner>,
    ) -> Result<Option<Checkpoint>> {
        self.write(move |sql| Box::pin(async move { audit_log::sign(sql, now, &*signer).await })).await
    }

    /// Records, the latest first.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn audit_records(&self, query: AuditQuery) -> Result<Page<Record>> {
        self.read(move |sql| Box::pin(audit_log::page(sql, query))).await
    }

    /// The log from a place on, a piece of it: to be exported or verified. Nothing is its end. A checkpoint stands behind
    /// its last record, or later when it was signed meanwhile. What cannot be read stands there as what does not verify.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_items(&self, from: AuditPlace) -> Result<Vec<Item>> {
        self.read(move |sql| Box::pin(audit_log::items(sql, from))).await
    }
}
