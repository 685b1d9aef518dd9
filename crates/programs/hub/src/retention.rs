//! For how long what is kept. What grows with time is forgotten; what the inventory stands on and who changed what stays.

use std::num::NonZeroU16;
use std::time::Duration;

use model::Timestamp;
use tokio::time::sleep;

use crate::app::App;

/// For how long the hours of conversations are kept. Their totals, the evidence and every change stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days.
    pub conversation_hours: NonZeroU16,
}

impl Default for Retention {
    fn default() -> Self {
        Self { conversation_hours: DAYS }
    }
}

/// 90, a quarter of a year: audits and monthly rhythms can be looked back at.
const DAYS: NonZeroU16 = NonZeroU16::MIN.saturating_add(89);
const DAY_NS: u64 = 24 * 60 * 60 * 1_000_000_000;
/// Rows forgotten at once: others wait for that long only.
const PIECE: u32 = 5_000;
/// Between two pieces, for others.
const PAUSE: Duration = Duration::from_millis(200);

impl Retention {
    /// Forgets what is older, piece by piece.
    ///
    /// # Errors
    /// When the store fails; what was forgotten until then is.
    pub(crate) async fn keep(self, app: &App) -> store::Result<()> {
        let sensors = app.store.sensors().await?;
        let latest = sensors.iter().map(|sensor| sensor.until).max();
        let Some(latest) = latest else { return Ok(()) };
        let mut forgotten = 0;
        loop {
            let rows = app.store.forget_hours(self.before(app.world.now(), latest), PIECE).await?;
            forgotten += rows;
            if rows == 0 {
                break;
            }
            sleep(PAUSE).await;
        }
        if forgotten > 0 {
            tracing::info!(rows = forgotten, "old hours of conversations are forgotten");
        }
        Ok(())
    }

    /// Hours before this are forgotten. The earlier of the hub's clock and of the sensors' time counts, so that a clock
    /// that jumps ahead forgets nothing.
    fn before(self, now: Timestamp, latest: Timestamp) -> Timestamp {
        let kept = DAY_NS * u64::from(self.conversation_hours.get());
        Timestamp::from_nanos(now.min(latest).nanos().saturating_sub(kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_ahead_forgets_nothing() {
        let at = |days: u64| Timestamp::from_nanos(days * DAY_NS);
        let retention = Retention { conversation_hours: NonZeroU16::MIN };
        assert_eq!(retention.before(at(100), at(100)), at(99));
        assert_eq!(retention.before(at(9_000), at(100)), at(99), "the hub's");
        assert_eq!(retention.before(at(100), at(9_000)), at(99), "a sensor's");
        assert_eq!(Retention::default().before(at(10), at(10)), at(0));
    }
}
