//! How long to wait after a failure: twice as long each time, and each sensor a little differently, so that they do
//! not all come at once when the hub is back.

use std::time::Duration;

/// Waits that grow.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    /// From `first` to `longest`.
    #[must_use]
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failures: 0 }
    }

    /// The next wait: between half and the whole of what is due.
    pub fn next_wait(&mut self) -> Duration {
        let doubled = self.first.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX));
        self.failures = self.failures.saturating_add(1);
        let due = doubled.min(self.longest);
        let mut byte = [0];
        // Without chance the wait is the longest; it is only for spreading.
        let share = getrandom::fill(&mut byte).map_or(u32::from(u8::MAX), |()| u32::from(byte[0]));
        due / 2 + (due / 2).saturating_mul(share) / u32::from(u8::MAX)
    }

    /// It worked.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_its_longest_and_begins_anew() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
        for due in [1, 2, 4, 8, 16, 32, 60, 60] {
            let wait = backoff.next_wait();
            assert!(
                wait >= Duration::from_secs(due) / 2 && wait <= Duration::from_secs(due),
                "{wait:?} of {due} s"
            );
        }
        (0..100).for_each(|_| {
            backoff.next_wait();
        });
        assert!(backoff.next_wait() <= Duration::from_secs(60));
        backoff.reset();
        assert!(backoff.next_wait() <= Duration::from_secs(1));
    }
}
