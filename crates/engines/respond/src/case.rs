//! What is asked for, what was signed, and what is the case when that is judged.

use std::collections::BTreeMap;

use model::{
    AccountId, ApprovalId, AuthenticatorId, ClinicalClass, DeviceId, PATIENT_STATE_AGE_MAX_NS, PatientState,
    Timestamp,
};

use crate::people::People;
use crate::site::SiteMatrix;
use crate::words::{Action, ConditionSet, RoleSet, Situation};

/// An answer to the bedside question is worth nothing afterwards: as long as a report about a patient.
pub const BEDSIDE_AGE_MAX_NS: u64 = PATIENT_STATE_AGE_MAX_NS;
/// Most votes on one request: more than there are seats, and few enough to be read.
pub const VOTES_MAX: usize = 24;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which request.
    pub id: ApprovalId,
    /// What is to be done.
    pub action: Action,
    /// To what.
    pub subject: Subject,
    /// Who asks.
    pub requester: Requester,
    /// The effects that were shown: flows cut, alarms lost, whom to tell.
    pub preview: Preview,
    /// Why, in the words of who asks.
    pub why: String,
}

/// What something is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A device.
    Device(DeviceId),
    /// A break-glass account.
    Account(AccountId),
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requester {
    /// Somebody.
    Account(AccountId),
    /// A rule of the site, by name.
    Rule(String),
}

/// SHA-256 of a preview of effects. Who signs, signs what was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Preview(pub [u8; 32]);

/// What somebody says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// Who.
    pub account: AccountId,
    /// What it was proven with, just now.
    pub authenticator: AuthenticatorId,
    /// As what; set when it is counted, to what the account may sign as.
    pub roles: RoleSet,
    /// Yes or no.
    pub is_yes: bool,
    /// The effects that were shown.
    pub preview: Preview,
    /// Answer to "is somebody at the bedside, and does care go on without the network?".
    pub bedside: Option<Bedside>,
    /// When; set when it is counted.
    pub at: Timestamp,
}

/// What a clinician says about the bedside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bedside {
    /// Somebody is there, and care goes on without the network.
    CareContinues,
    /// Care needs the network.
    NeedsNetwork,
}

/// A request with what was signed. Plain data, so that it can be kept; a grant is never believed, its votes are judged
/// again when it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What is asked for.
    pub request: Request,
    /// Who said yes, in the order of time; one vote of each account.
    pub votes: Vec<Vote>,
    /// When its present state began.
    pub began: Timestamp,
    /// The latest time at which it was looked at.
    pub seen: Timestamp,
}

/// What is the case when something is judged.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'s> {
    /// What the site asks for.
    pub matrix: &'s SiteMatrix,
    /// What the device means for a patient. Of no account where an account is the subject.
    pub class: ClinicalClass,
    /// Whether a patient depends on it now.
    pub patient: PatientState,
    /// What is known to hold now.
    pub holds: ConditionSet,
    /// Which accounts are one person.
    pub people: &'s People,
    /// What each account may sign as for this subject now. Who is not listed, or is disabled, may not.
    pub roles: &'s BTreeMap<AccountId, RoleSet>,
}

/// Why a state is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lapse {
    /// Its time is over.
    #[error("its time is over")]
    Late,
    /// The clock is behind what it was before, so nobody can say how long it lasted.
    #[error("the clock was set back, so nobody can say how long it lasted")]
    ClockWentBack,
}

impl Scene<'_> {
    /// The column of the matrix.
    #[must_use]
    pub const fn situation(&self) -> Situation {
        Situation::of(self.class, self.patient)
    }

    /// What an account may sign as now.
    #[must_use]
    pub fn roles_of(&self, account: &AccountId) -> RoleSet {
        self.roles.get(account).copied().unwrap_or(RoleSet::NONE)
    }
}

impl Vote {
    /// Whether what it says about the bedside still counts.
    pub(crate) const fn is_fresh(&self, now: Timestamp) -> bool {
        now.nanos() >= self.at.nanos() && now.since(self.at) <= BEDSIDE_AGE_MAX_NS
    }
}

impl Case {
    /// Lets time pass for a state that lasts `life_s`.
    ///
    /// # Errors
    /// When that is over: at its end or later, or when the clock is behind what was seen.
    pub(crate) fn pass(&mut self, life_s: u32, now: Timestamp) -> Result<(), Lapse> {
        if now < self.seen {
            return Err(Lapse::ClockWentBack);
        }
        if now.since(self.began) >= u64::from(life_s) * 1_000_000_000 {
            return Err(Lapse::Late);
        }
        self.seen = now;
        Ok(())
    }
}
