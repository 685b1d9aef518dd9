//! A device in the inventory: its place in the hospital's life, and the record of every change to it.

use std::fmt;
use std::str::FromStr;

use crate::id::typed_id;
use crate::{Timestamp, WindowId};

typed_id! {
    /// A device of the inventory. It stays the same while addresses, names and conclusions change.
    DeviceId, "dev_"
}

typed_id! {
    /// A record of a change.
    ChangeId, "chg_"
}

/// Where a device is in its life. Quarantine is beside it, not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Lifecycle {
    /// Seen on the wire; nobody said yet that it belongs here.
    #[default]
    Discovered,
    /// Somebody said that it belongs here.
    Approved,
    /// In use.
    InService,
    /// Under repair, in store, on loan.
    OutOfService,
    /// Gone for good.
    Retired,
}

/// Who changed something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A person, by user name.
    Person(String),
    /// A rule of the site, by name.
    Rule(String),
    /// Bedrail itself: what was derived from the wire.
    System,
}

/// What kind of change it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// The device was seen for the first time.
    Discovered,
    /// What is derived about it changed.
    Derived,
    /// Somebody stated something about it.
    Asserted,
    /// It moved in its [`Lifecycle`].
    Lifecycle,
    /// It was put into quarantine or taken out.
    Quarantine,
    /// Another device turned out to be the same one.
    Merged,
    /// It turned out to be two.
    Split,
}

/// A record of one change to one device. Records are never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which record.
    pub id: ChangeId,
    /// Of which device.
    pub device: DeviceId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What kind of change.
    pub kind: ChangeKind,
    /// What changed: the name of an attribute, or `lifecycle`.
    pub what: String,
    /// What it was; `None` is unknown or nothing.
    pub before: Option<String>,
    /// What it is now.
    pub after: Option<String>,
    /// Why, in the actor's words or by the rule.
    pub why: String,
    /// Request that it came with.
    pub request: Option<String>,
    /// The window in which it was expected.
    pub expected_by: Option<WindowId>,
}

/// A word that is not one of its vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    vocabulary: &'static str,
    word: String,
}

impl Lifecycle {
    /// Every state there is, in the order of a life.
    pub const ALL: &'static [Self] =
        &[Self::Discovered, Self::Approved, Self::InService, Self::OutOfService, Self::Retired];

    /// Stable snake_case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discovered => "discovered",
            Self::Approved => "approved",
            Self::InService => "in_service",
            Self::OutOfService => "out_of_service",
            Self::Retired => "retired",
        }
    }

    /// Whether a device may go from here to `to`. Nothing goes into service that nobody approved; what is retired
    /// has to be approved anew; staying is no step.
    #[must_use]
    pub const fn may_become(self, to: Self) -> bool {
        match self {
            Self::Discovered => matches!(to, Self::Approved | Self::Retired),
            Self::Approved => !matches!(to, Self::Approved),
            Self::InService => matches!(to, Self::OutOfService | Self::Retired),
            Self::OutOfService => matches!(to, Self::InService | Self::Retired),
            Self::Retired => matches!(to, Self::Discovered),
        }
    }
}

impl ChangeKind {
    /// Every kind there is.
    pub const ALL: &'static [Self] = &[
        Self::Discovered,
        Self::Derived,
        Self::Asserted,
        Self::Lifecycle,
        Self::Quarantine,
        Self::Merged,
        Self::Split,
    ];

    /// Stable snake_case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discovered => "discovered",
            Self::Derived => "derived",
            Self::Asserted => "asserted",
            Self::Lifecycle => "lifecycle",
            Self::Quarantine => "quarantine",
            Self::Merged => "merged",
            Self::Split => "split",
        }
    }
}

impl Actor {
    /// Stable snake_case name of the kind of actor.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Rule(_) => "rule",
            Self::System => "system",
        }
    }

    /// Name of the person or the rule.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Person(name) | Self::Rule(name) => Some(name),
            Self::System => None,
        }
    }

    /// From the two that [`Self::kind`] and [`Self::name`] give.
    ///
    /// # Errors
    /// When there is no such kind, or a person or a rule has no name.
    pub fn new(kind: &str, name: Option<&str>) -> Result<Self, UnknownWord> {
        match (kind, name) {
            ("person", Some(name)) => Ok(Self::Person(name.to_owned())),
            ("rule", Some(name)) => Ok(Self::Rule(name.to_owned())),
            ("system", None) => Ok(Self::System),
            _ => Err(UnknownWord::new("actor", kind)),
        }
    }
}

impl UnknownWord {
    pub(crate) fn new(vocabulary: &'static str, word: &str) -> Self {
        Self { vocabulary, word: word.to_owned() }
    }
}

impl FromStr for Lifecycle {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|state| state.name() == text);
        found.ok_or_else(|| UnknownWord::new("state of a lifecycle", text))
    }
}

impl FromStr for ChangeKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|kind| kind.name() == text);
        found.ok_or_else(|| UnknownWord::new("kind of change", text))
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(name) => f.write_str(name),
            Self::Rule(name) => write!(f, "rule {name}"),
            Self::System => f.write_str("system"),
        }
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no {}", self.word, self.vocabulary)
    }
}

impl std::error::Error for UnknownWord {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for state in Lifecycle::ALL {
            assert_eq!(state.name().parse(), Ok(*state));
        }
        for kind in ChangeKind::ALL {
            assert_eq!(kind.name().parse(), Ok(*kind));
        }
        for actor in [Actor::Person("ines".to_owned()), Actor::Rule("vlan 12".to_owned()), Actor::System] {
            assert_eq!(Actor::new(actor.kind(), actor.name()), Ok(actor));
        }
        assert!(Actor::new("person", None).is_err());
        assert!("broken".parse::<Lifecycle>().is_err());
    }

    #[test]
    fn only_what_was_approved_goes_into_service() {
        let into_service: Vec<_> =
            Lifecycle::ALL.iter().filter(|from| from.may_become(Lifecycle::InService)).collect();
        assert_eq!(into_service, [&Lifecycle::Approved, &Lifecycle::OutOfService]);
    }

    #[test]
    fn staying_is_no_step_and_every_state_can_be_left_and_reached() {
        for state in Lifecycle::ALL {
            assert!(!state.may_become(*state), "{state}");
            assert!(Lifecycle::ALL.iter().any(|to| state.may_become(*to)), "{state}");
            assert!(Lifecycle::ALL.iter().any(|from| from.may_become(*state)), "{state}");
        }
    }
}
