//! Planned work and periodic audits of the inventory.

use std::fmt;
use std::str::FromStr;

use crate::UnknownWord;
use crate::id::typed_id;

typed_id! {
    /// A time in which changes are expected.
    WindowId, "win_"
}

typed_id! {
    /// An audit of a part of the inventory.
    CampaignId, "cmp_"
}

typed_id! {
    /// A filter with order and columns that somebody saved.
    ViewId, "viw_"
}

/// What a person found of a device in an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuditOutcome {
    /// It is there, and what the inventory says is right.
    Confirmed,
    /// It is not there.
    NotFound,
    /// It is there, and something that the inventory says is wrong.
    Wrong,
}

impl AuditOutcome {
    /// Every outcome there is.
    pub const ALL: &'static [Self] = &[Self::Confirmed, Self::NotFound, Self::Wrong];

    /// Stable snake_case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::NotFound => "not_found",
            Self::Wrong => "wrong",
        }
    }
}

impl FromStr for AuditOutcome {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|outcome| outcome.name() == text);
        found.ok_or_else(|| UnknownWord::new("outcome of an audit", text))
    }
}

impl fmt::Display for AuditOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
