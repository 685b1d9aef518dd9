//! The clock and the chance that the hub depends on, so that both can be simulated.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::Timestamp;
use uuid::{Builder, Uuid};

/// Gives the time.
pub trait Clock: Send + Sync {
    /// Now, as people have it. It may be set, in both directions.
    fn now(&self) -> Timestamp;

    /// How long it runs already. Nobody sets it, and it never goes back.
    fn running(&self) -> Duration;
}

/// Gives bytes that nobody can foresee.
pub trait Chance: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoChance>;
}

/// The system has no randomness to give.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoChance;

/// Everything that is not a function of its input.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    /// [`Clock::now`] and [`Clock::running`] at the beginning.
    begun: (Timestamp, Duration),
}

/// One moment on both clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// As people have it: [`World::now`].
    pub(crate) wall: Timestamp,
    /// [`World::steady`].
    pub(crate) steady: Timestamp,
}

/// The clock and the random numbers of the system.
#[derive(Debug, Clone, Copy)]
struct System;

impl Clock for System {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_nanos(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }

    fn running(&self) -> Duration {
        static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGUN.elapsed()
    }
}

impl Chance for System {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoChance> {
        getrandom::fill(bytes).map_err(|_| NoChance)
    }
}

impl World {
    /// The world as it is.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Arc::new(System), Arc::new(System))
    }

    /// A world of this clock and this chance.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        let begun = (clock.now(), clock.running());
        Self { clock, chance, begun }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The time at which this began, and what has passed since. How long something may last is measured by it: a
    /// clock that is set makes nothing last longer and nobody wait longer.
    #[must_use]
    pub fn steady(&self) -> Timestamp {
        let (wall, running) = self.begun;
        let passed = self.clock.running().saturating_sub(running).as_nanos();
        Timestamp::from_nanos(wall.nanos().saturating_add(u64::try_from(passed).unwrap_or(u64::MAX)))
    }

    /// Now, on both clocks.
    pub(crate) fn moment(&self) -> Moment {
        Moment { wall: self.now(), steady: self.steady() }
    }

    /// Random bytes.
    pub(crate) fn bytes<const N: usize>(&self) -> Result<[u8; N], NoChance> {
        let mut bytes = [0; N];
        self.chance.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A UUID that sorts by time.
    pub(crate) fn uuid(&self) -> Result<Uuid, NoChance> {
        let millis = self.now().nanos() / 1_000_000;
        Ok(Builder::from_unix_timestamp_millis(millis, &self.bytes()?).into_uuid())
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World(..)")
    }
}
