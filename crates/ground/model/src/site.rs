//! The record of changes to what is not a device.

use std::fmt;
use std::str::FromStr;

use crate::id::typed_id;
use crate::{Actor, Timestamp, UnknownWord};

typed_id! {
    /// A record of a change to something that is not a device.
    SiteChangeId, "sch_"
}

typed_id! {
    /// A model of a manufacturer, with what is stated about every device of it.
    DeviceModelId, "mdl_"
}

typed_id! {
    /// What a person said about which addresses are one device.
    AdjustmentId, "adj_"
}

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// An account of a person.
    Account,
    /// What is stated about a model.
    DeviceModel,
    /// A time in which changes are expected.
    ChangeWindow,
    /// An audit of a part of the inventory.
    Campaign,
    /// A view that somebody saved.
    SavedView,
}

/// A record of one change to something that is not a device. Records are never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteChange {
    /// Which record.
    pub id: SiteChangeId,
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Which one: its name or id.
    pub subject: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What changed about it.
    pub what: String,
    /// What it was; `None` is nothing, or what is not to be shown.
    pub before: Option<String>,
    /// What it is now.
    pub after: Option<String>,
    /// Why, in the actor's words.
    pub why: String,
    /// Request that it came with.
    pub request: Option<String>,
}

impl SubjectKind {
    /// Every kind there is.
    pub const ALL: &'static [Self] =
        &[Self::Account, Self::DeviceModel, Self::ChangeWindow, Self::Campaign, Self::SavedView];

    /// Stable snake_case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::DeviceModel => "device_model",
            Self::ChangeWindow => "change_window",
            Self::Campaign => "campaign",
            Self::SavedView => "saved_view",
        }
    }
}

impl FromStr for SubjectKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|kind| kind.name() == text);
        found.ok_or_else(|| UnknownWord::new("kind of thing with a record", text))
    }
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
