//! The thread that writes.

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::session::Session;
use super::{Place, Thread, end, file, renew, spawn};
use crate::sql::Sql;
use crate::{Error, Result};

/// Something to be written. Gets the connection, or why there is none; gives how it went, and what is to be done when
/// the transaction has ended.
pub(super) type Job = Box<dyn FnOnce(Result<&mut dyn Sql>) -> (Result<()>, Finish) + Send>;
type Finish = Box<dyn FnOnce(Result<()>) + Send>;

/// Pieces of work in one transaction: enough to pay for the disk, few enough that the first does not wait long.
const GROUP_MAX: usize = 64;

/// Opens the file and writes until nobody can send work any more.
pub(super) fn start(
    place: Place,
    mut jobs: mpsc::Receiver<Job>,
    opened: oneshot::Sender<Result<()>>,
) -> Result<Thread> {
    spawn("store-writer", move || {
        let mut connection = match file::open_writer(&place) {
            Ok(connection) => connection,
            Err(error) => {
                // Who opens the store may have gone.
                let _ = opened.send(Err(error));
                return Ok(());
            }
        };
        if opened.send(Ok(())).is_ok() {
            while let Some(first) = jobs.blocking_recv() {
                let mut group = vec![first];
                group.extend(std::iter::from_fn(|| jobs.try_recv().ok()).take(GROUP_MAX - 1));
                if write(&mut connection, group).is_err_and(|error| error.spends_connection()) {
                    renew(&mut connection, || file::open_writer(&place));
                }
            }
        }
        connection.close().map_err(|(_, error)| error.into())
    })
}

/// Writes a group of jobs in one transaction. Answers go out when it is on the disk.
fn write(connection: &mut Connection, group: Vec<Job>) -> Result<()> {
    let mut finishes = Vec::with_capacity(group.len());
    // A transaction that could not be ended when the disk failed is ended now.
    let mut broken =
        end(connection).and_then(|()| connection.execute_batch("BEGIN IMMEDIATE").map_err(Error::from)).err();
    for job in group {
        let (settled, finish) = match &broken {
            Some(error) => job(Err(error.clone())),
            None => run(connection, job),
        };
        broken = broken.or(settled.err());
        finishes.push(finish);
    }
    let committed = match broken {
        None => connection.execute_batch("COMMIT").map_err(Error::from),
        Some(error) => Err(error),
    };
    if committed.is_err() {
        // What is not committed is gone with or without this.
        let _ = end(connection);
    }
    for finish in finishes {
        finish(committed.clone());
    }
    committed
}

/// Does one job in a savepoint, so that its failure leaves the others alone. An error is one that ends the whole
/// transaction: SQLite rolls back by itself when the disk is full or fails.
fn run(connection: &mut Connection, job: Job) -> (Result<()>, Finish) {
    if let Err(error) = connection.execute_batch("SAVEPOINT job") {
        let error = Error::from(error);
        let (_, finish) = job(Err(error.clone()));
        return (Err(error), finish);
    }
    let (outcome, finish) = job(Ok(&mut Session::new(connection)));
    let settled = match outcome {
        Err(error) if connection.is_autocommit() || error.spends_connection() => Err(error),
        Err(_) => connection.execute_batch("ROLLBACK TO job; RELEASE job").map_err(Error::from),
        Ok(()) => connection.execute_batch("RELEASE job").map_err(Error::from),
    };
    (settled, finish)
}
