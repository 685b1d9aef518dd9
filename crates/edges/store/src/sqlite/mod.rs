//! SQLite with SQLCipher: one thread writes, a few read.
//!
//! A disk makes a few hundred transactions a second durable, so the writer puts everything that waits into one: each
//! piece of work has a savepoint, and nobody gets an answer before all of it is on the disk.

mod backup;
mod file;
mod session;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use futures_util::FutureExt;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

pub(crate) use backup::{check, restore};

use crate::key::Key;
use crate::schema;
use crate::sql::{Sql, Work};
use crate::{Error, Result};
use session::Session;
use writer::Job;

/// Where a store is, and how to open it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) key: Option<Key>,
}

/// The threads that hold the connections.
#[derive(Debug)]
pub(crate) struct Sqlite {
    place: Place,
    lines: Mutex<Option<Lines>>,
    threads: Mutex<Vec<Thread>>,
}

#[derive(Debug, Clone)]
struct Lines {
    writer: mpsc::Sender<Job>,
    readers: mpsc::Sender<Reading>,
}

/// A thread that closes its connection when no line leads to it any more.
type Thread = JoinHandle<Result<()>>;

/// Something to be read on a connection. Says whether the connection is to be opened anew.
type Reading = Box<dyn FnOnce(&mut Connection) -> bool + Send>;

/// Connections that read: more than cores help nobody.
const READERS: usize = 4;
/// Work that waits; who comes later waits to wait.
const WAITING_MAX: usize = 1024;

impl Sqlite {
    pub(crate) async fn open(place: Place) -> Result<Self> {
        let (writer, jobs) = mpsc::channel(WAITING_MAX);
        let (opened, open) = oneshot::channel();
        let (readers, readings) = mpsc::channel(WAITING_MAX);
        let lines = Mutex::new(Some(Lines { writer, readers }));
        let store = Self { place, lines, threads: Mutex::default() };
        store.hold(writer::start(store.place.clone(), jobs, opened)?);
        open.await.map_err(|_| Error::Closed)?.map_err(|error| error.at(&store.place.path))?;
        store.migrate().await?;
        let readings = Arc::new(Mutex::new(readings));
        for _ in 0..READERS {
            let connection = file::open_reader(&store.place).map_err(|error| error.at(&store.place.path))?;
            store.hold(start_reader(store.place.clone(), connection, Arc::clone(&readings))?);
        }
        Ok(store)
    }

    fn hold(&self, thread: Thread) {
        if let Ok(mut threads) = self.threads.lock() {
            threads.push(thread);
        }
    }

    async fn migrate(&self) -> Result<()> {
        let missing = self.write(|sql| Box::pin(schema::missing(sql, schema::MIGRATIONS))).await?;
        for migration in missing {
            self.write(move |sql| Box::pin(schema::apply(sql, *migration))).await?;
        }
        Ok(())
    }

    /// Does `work` in a transaction, together with what others wait for. It is durable when this returns.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl for<'a> FnOnce(&'a mut (dyn Sql + 'a)) -> Work<'a, T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |session| {
            let outcome = session.and_then(|session| at_once(work(session)));
            let settled = outcome.as_ref().map(|_| ()).map_err(Error::clone);
            let finish = move |committed: Result<()>| {
                // Who asked may have gone.
                let _ = reply.send(outcome.and_then(|value| committed.map(|()| value)));
            };
            (settled, Box::new(finish))
        });
        self.lines()?.writer.send(job).await.map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?.map_err(|error| error.at(&self.place.path))
    }

    /// Reads one state of the store.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl for<'a> FnOnce(&'a mut (dyn Sql + 'a)) -> Work<'a, T> + Send + 'static,
    ) -> Result<T> {
        self.on_reader(move |connection| {
            end(connection)?;
            connection.execute_batch("BEGIN")?;
            let outcome = at_once(work(&mut Session::new(connection)));
            let ended = end(connection);
            outcome.and_then(|read| ended.map(|()| read))
        })
        .await
    }

    /// Writes a copy of the store, with the same key, while others go on.
    pub(crate) async fn backup(&self, to: PathBuf) -> Result<()> {
        let place = Place { path: to, key: self.place.key.clone() };
        self.on_reader(move |connection| backup::backup(connection, &place)).await
    }

    async fn on_reader<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let reading: Reading = Box::new(move |connection| {
            let read = work(connection);
            let is_spent = read.as_ref().is_err_and(Error::spends_connection);
            // Who asked may have gone.
            let _ = reply.send(read);
            is_spent
        });
        self.lines()?.readers.send(reading).await.map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?.map_err(|error| error.at(&self.place.path))
    }

    /// Ends when everything that was begun is done and the files are closed.
    pub(crate) async fn close(&self) -> Result<()> {
        let held = self.let_go();
        let ended = tokio::task::spawn_blocking(|| held.end()).await.map_err(|_| Error::Closed)?;
        ended.map_err(|error| error.at(&self.place.path))
    }

    /// Takes lines and threads away: nobody can ask any more.
    fn let_go(&self) -> Held {
        let lines = self.lines.lock().ok().and_then(|mut lines| lines.take());
        let threads =
            self.threads.lock().map(|mut threads| std::mem::take(&mut *threads)).unwrap_or_default();
        Held { lines, threads }
    }

    fn lines(&self) -> Result<Lines> {
        self.lines.lock().ok().and_then(|lines| lines.clone()).ok_or(Error::Closed)
    }
}

/// Who lets go of a store waits until its files are closed: a thread that was still closing them while the program
/// ends would use what the cryptography library frees at the end of a program.
impl Drop for Sqlite {
    fn drop(&mut self) {
        // Nobody is left to hear of an error; what was acknowledged is on the disk.
        let _ = self.let_go().end();
    }
}

/// What is left of a store that is being closed; the first thread is the writer.
struct Held {
    lines: Option<Lines>,
    threads: Vec<Thread>,
}

impl Held {
    /// Waits until everything that was begun is done, for the readers first: the last connection to close empties the
    /// log, and only if it is alone.
    fn end(self) -> Result<()> {
        let Self { lines, threads } = self;
        let (writer, readers) = lines.map(|lines| (lines.writer, lines.readers)).unzip();
        drop(readers);
        let mut threads = threads.into_iter();
        let first = threads.next();
        let ended = |thread: Thread| thread.join().unwrap_or(Err(Error::Closed));
        // All of them are waited for, whatever one says.
        let read = threads.map(ended).fold(Ok(()), Result::and);
        drop(writer);
        read.and(first.map_or(Ok(()), ended))
    }
}

/// Ends a transaction, unless SQLite ended it by itself, as it does when the disk fails.
fn end(connection: &Connection) -> Result<()> {
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    Ok(())
}

/// Work on SQLite never waits.
fn at_once<T>(work: Work<'_, T>) -> Result<T> {
    work.now_or_never().unwrap_or(Err(Error::Closed))
}

fn start_reader(
    place: Place,
    mut connection: Connection,
    readings: Arc<Mutex<mpsc::Receiver<Reading>>>,
) -> Result<Thread> {
    spawn("store-reader", move || {
        loop {
            let reading = readings.lock().ok().and_then(|mut readings| readings.blocking_recv());
            let Some(reading) = reading else { break };
            if reading(&mut connection) {
                renew(&mut connection, || file::open_reader(&place));
            }
        }
        connection.close().map_err(|(_, error)| error.into())
    })
}

/// A connection after an error of the disk. While that goes on there is none, and the old one says so.
fn renew(connection: &mut Connection, open: impl FnOnce() -> Result<Connection>) {
    if let Ok(fresh) = open() {
        *connection = fresh;
    }
}

fn spawn(name: &str, run: impl FnOnce() -> Result<()> + Send + 'static) -> Result<Thread> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.map_err(|error| Error::Database(crate::error::Cause::new(error)))
}
