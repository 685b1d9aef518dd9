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

    /// The next wait: between half and the whole of what is due, by `share` of 255.
    pub fn next_wait(&mut self, share: u8) -> Duration {
        let doubled = self.first.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX));
        self.failures = self.failures.saturating_add(1);
        let due = doubled.min(self.longest);
        due / 2 + (due / 2).saturating_mul(u32::from(share)) / u32::from(u8::MAX)
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
        for (due, share) in [1, 2, 4, 8, 16, 32, 60, 60].into_iter().zip((0..).step_by(35)) {
            let wait = backoff.next_wait(share);
            assert!(
                wait >= Duration::from_secs(due) / 2 && wait <= Duration::from_secs(due),
                "{wait:?} of {due} s"
            );
        }
        (0..100).for_each(|_| {
            backoff.next_wait(0);
        });
        assert!(backoff.next_wait(u8::MAX) <= Duration::from_secs(60));
        backoff.reset();
        assert!(backoff.next_wait(u8::MAX) <= Duration::from_secs(1));
    }
}
