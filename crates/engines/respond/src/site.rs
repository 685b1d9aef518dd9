//! The matrix of a site: that of the safety rules, stricter where the site wants it.

use std::collections::BTreeMap;

use crate::matrix;
use crate::requirement::Requirement;
use crate::words::{Action, Situation};

/// Longest that a request waits for sign-offs: a week, for what is done in a weekly window.
pub const OPEN_S_MAX: u32 = 7 * 24 * 60 * 60;
/// Longest that a grant waits for its use: a day.
pub const GRANT_S_MAX: u32 = 24 * 60 * 60;

/// What a site asks for. It cannot be made to ask for less than the matrix does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteMatrix {
    stricter: BTreeMap<(Action, Situation), Requirement>,
    lifetimes: Lifetimes,
}

/// How long requests and grants last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    open_s: u32,
    grant_s: u32,
}

/// No such lifetimes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a request lasts 1 to {OPEN_S_MAX} s and a grant 1 to {GRANT_S_MAX} s, not {open_s} s and {grant_s} s"
)]
pub struct LifetimesError {
    open_s: u32,
    grant_s: u32,
}

/// A site may only make the matrix stricter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{action}` in situation `{situation}` asks for `{least}` at least, which `{asked}` does not; add to it"
)]
pub struct Loosens {
    /// Row.
    pub action: Action,
    /// Column.
    pub situation: Situation,
    /// What the matrix asks for.
    pub least: Requirement,
    /// What the site would ask for.
    pub asked: Requirement,
}

impl SiteMatrix {
    /// The matrix as it is, with these lifetimes.
    #[must_use]
    pub const fn new(lifetimes: Lifetimes) -> Self {
        Self { stricter: BTreeMap::new(), lifetimes }
    }

    /// With another requirement in one cell.
    ///
    /// # Errors
    /// When it asks for less than the matrix in any way.
    pub fn with(
        mut self,
        action: Action,
        situation: Situation,
        asked: Requirement,
    ) -> Result<Self, Box<Loosens>> {
        let least = matrix::floor(action, situation);
        if !asked.is_at_least(&least) {
            return Err(Box::new(Loosens { action, situation, least, asked }));
        }
        self.stricter.insert((action, situation), asked);
        Ok(self)
    }

    /// What the site asks for.
    #[must_use]
    pub fn requirement(&self, action: Action, situation: Situation) -> Requirement {
        let own = self.stricter.get(&(action, situation));
        own.map_or_else(|| matrix::default(action, situation), Clone::clone)
    }

    /// How long requests and grants last.
    #[must_use]
    pub const fn lifetimes(&self) -> Lifetimes {
        self.lifetimes
    }
}

impl Lifetimes {
    /// Seconds that a request waits for sign-offs, and that a grant waits for its use.
    ///
    /// # Errors
    /// When one is 0 or longer than [`OPEN_S_MAX`] or [`GRANT_S_MAX`].
    pub fn new(open_s: u32, grant_s: u32) -> Result<Self, LifetimesError> {
        if (1..=OPEN_S_MAX).contains(&open_s) && (1..=GRANT_S_MAX).contains(&grant_s) {
            Ok(Self { open_s, grant_s })
        } else {
            Err(LifetimesError { open_s, grant_s })
        }
    }

    /// Seconds that a request waits for sign-offs.
    #[must_use]
    pub const fn open_s(self) -> u32 {
        self.open_s
    }

    /// Seconds that a grant waits for its use.
    #[must_use]
    pub const fn grant_s(self) -> u32 {
        self.grant_s
    }
}

impl Default for Lifetimes {
    /// An hour, and a quarter of an hour.
    fn default() -> Self {
        Self { open_s: 60 * 60, grant_s: 15 * 60 }
    }
}
