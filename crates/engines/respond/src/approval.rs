//! The life of an approval.
//!
//! ```text
//! request -> Open -> Granted -> Used
//!             |        +-----> Revoked   (taken back, or what was signed does not suffice any more)
//!             |        +-----> Expired
//!             +-> Refused | Withdrawn | Expired
//! ```
//!
//! What is automatic begins as `Granted`. Nothing leaves the five states at the end. A state is over at its end or when
//! the clock is behind what it showed before: a clock ends an approval too early at worst, never too late.

use model::{AccountId, Timestamp};

use crate::case::{Case, Lapse, Request, Requester, Scene, Subject, VOTES_MAX, Vote};
use crate::command::{Command, Deed};
use crate::live::{Live, unknown_conditions};
use crate::requirement::{Mode, Shortfall};
use crate::site::Lifetimes;
use crate::words::ConditionSet;

/// An approval in one of its states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// People are asked.
    Open(Open),
    /// It may be done, once.
    Granted(Granted),
    /// Somebody said no, or it may not be done any more.
    Refused(Refused),
    /// Who asked took it back.
    Withdrawn(Withdrawn),
    /// Its time was over.
    Expired(Expired),
    /// It was done.
    Used(Used),
    /// It may not be done after all.
    Revoked(Revoked),
}

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident $({ $(#[$field_doc:meta])* $field:ident: $type:ty })?),* $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $name {
                /// What was asked for and signed.
                pub case: Case,
                /// Lifetimes of the site when it was asked for.
                pub lifetimes: Lifetimes,
                $($(#[$field_doc])* pub $field: $type,)?
            }
        )*
    };
}

states! {
    /// People are asked.
    Open,
    /// It may be done, once, if what was signed still suffices then.
    Granted,
    /// Somebody said no, or it may not be done any more.
    Refused {
        /// Who said no; `None` when the matrix did.
        by: Option<AccountId>
    },
    /// Who asked took it back.
    Withdrawn,
    /// Its time was over.
    Expired {
        /// How.
        lapse: Lapse
    },
    /// It was done.
    Used,
    /// It may not be done after all.
    Revoked {
        /// Who took it back; `None` when what was signed did not suffice any more.
        by: Option<AccountId>
    },
}

/// A transition: the new state and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The state from now on.
    pub state: Approval,
    /// What to do.
    pub commands: Vec<Command>,
}

/// Something that was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The state from now on: as it was, or ended.
    pub state: Approval,
    /// Why.
    pub refusal: Refusal,
    /// What to do all the same: the attempt is written down.
    pub commands: Vec<Command>,
}

/// Why something was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What was signed does not suffice, or nothing would.
    #[error("{0}")]
    Short(#[from] Shortfall),
    /// Its time is over.
    #[error("{0}; ask again")]
    Lapsed(#[from] Lapse),
    /// It is not in a state in which that is possible.
    #[error("the approval is not in a state in which that is possible")]
    State,
    /// What has to hold is not known to hold.
    #[error("not known to hold: {0}")]
    Conditions(ConditionSet),
    /// Devices and accounts have acts of their own.
    #[error("the act does not fit what it is asked for")]
    Subject,
    /// The account is not known, or did not use that authenticator.
    #[error("the account is not known, or did not use this authenticator before")]
    Account,
    /// The account has no role that signs for this.
    #[error("the account has no role that signs for this")]
    Role,
    /// Other effects were shown.
    #[error("the effects that were shown are not those of the request; look at them again")]
    Preview,
    /// The same person signed with another account.
    #[error("the person behind this account signed already")]
    SamePerson,
    /// Who asks does not sign here.
    #[error("who asks does not sign here")]
    Requester,
    /// Nobody signs for their own account.
    #[error("nobody signs for their own account")]
    OwnAccount,
    /// Care needs the network.
    #[error("care needs the network at the bedside; it is not signed")]
    Bedside,
    /// Too many votes.
    #[error("there are {VOTES_MAX} votes already")]
    Votes,
}

/// What every transition gives.
pub type Outcome = Result<Step, Box<Rejection>>;

impl Approval {
    /// Somebody asks. What is automatic is granted when everything holds; for the rest people are asked.
    ///
    /// # Errors
    /// When it is never done, a condition of something automatic is not known to hold, or who asks is not known.
    pub fn request(request: Request, scene: &Scene<'_>, now: Timestamp) -> Result<Step, Refusal> {
        let is_account = matches!(request.subject, Subject::Account(_));
        if is_account != request.action.is_about_account() {
            return Err(Refusal::Subject);
        }
        if let Requester::Account(account) = &request.requester {
            scene.people.person(account).ok_or(Refusal::Account)?;
        }
        let requirement = request.requirement(scene);
        let lifetimes = scene.matrix.lifetimes();
        let case = Case { request, votes: Vec::new(), began: now, seen: now };
        let mut commands = vec![case.record(Deed::Requested, case.requester().cloned(), scene)];
        let state = match requirement.mode() {
            Mode::Never => return Err(Shortfall::Never.into()),
            Mode::WorkOrder => return Err(Shortfall::WorkOrder.into()),
            Mode::Automatic => {
                unknown_conditions(&requirement, scene)?;
                commands.push(case.record(Deed::Granted, None, scene));
                Self::Granted(Granted { case, lifetimes })
            }
            Mode::SignOffs(seats) => {
                let approval = case.request.id.clone();
                commands.push(Command::AskToSign { approval, roles: seats.everybody() });
                Self::Open(Open { case, lifetimes })
            }
        };
        Ok(Step { state, commands })
    }

    /// Somebody signs, or says no. One no of anybody who may sign ends it. Who signs again with the same account
    /// replaces what was said before: so an answer to the bedside question is renewed.
    ///
    /// # Errors
    /// When the vote does not count, or it is no longer open.
    pub fn handle_vote(self, vote: Vote, scene: &Scene<'_>, now: Timestamp) -> Outcome {
        let by = Some(vote.account.clone());
        match self {
            Self::Open(open) => Live::from(open).pass(by.as_ref(), scene, now)?.vote(vote, scene, now),
            other => other.reject(Refusal::State, by, scene),
        }
    }

    /// It is to be done. What was signed is judged again, as the device is now and people are now: when it does not
    /// suffice the grant is void for good. When only a condition is not known to hold it stays, until its time is over.
    ///
    /// # Errors
    /// When it may not be done.
    pub fn handle_use(self, by: Option<AccountId>, scene: &Scene<'_>, now: Timestamp) -> Outcome {
        match self {
            Self::Granted(granted) => {
                Live::from(granted).pass(by.as_ref(), scene, now)?.use_once(by, scene, now)
            }
            other => other.reject(Refusal::State, by, scene),
        }
    }

    /// Something about the device or about people changed: an open request that may not be granted any more is
    /// refused, and a grant that does not suffice any more is void. Nothing is granted by this.
    ///
    /// # Errors
    /// When that ended it.
    pub fn handle_change(self, scene: &Scene<'_>, now: Timestamp) -> Outcome {
        match self.live() {
            Ok(live) => {
                let live = live.pass(None, scene, now)?;
                Ok(Step::unchanged(live.judge_again(None, scene, now)?.state()))
            }
            Err(ended) => Ok(Step::unchanged(*ended)),
        }
    }

    /// Who asked takes it back, with any account of theirs.
    ///
    /// # Errors
    /// When somebody else tries, or it is no longer open.
    pub fn handle_withdrawal(self, by: AccountId, scene: &Scene<'_>, now: Timestamp) -> Outcome {
        match self {
            Self::Open(open) => Live::from(open).pass(Some(&by), scene, now)?.withdraw(by, scene),
            other => other.reject(Refusal::State, Some(by), scene),
        }
    }

    /// Somebody takes back a grant or stops a request: who asked, or anybody who holds a role for what it is about.
    /// Stopping is safe, so it asks for less than signing.
    ///
    /// # Errors
    /// When somebody else tries, or there is nothing left to stop.
    pub fn handle_revocation(self, by: AccountId, scene: &Scene<'_>, now: Timestamp) -> Outcome {
        match self.live() {
            Ok(live) => live.pass(Some(&by), scene, now)?.revoke(by, scene),
            Err(ended) => ended.reject(Refusal::State, Some(by), scene),
        }
    }

    /// Clinical staff restored the device: whatever was asked for it is over. Nothing refuses that.
    #[must_use]
    pub fn handle_restore(self, by: AccountId, scene: &Scene<'_>) -> Step {
        match self.live() {
            Ok(live) => live.end_revoked(by, scene),
            Err(ended) => Step::unchanged(*ended),
        }
    }

    /// Time goes by.
    #[must_use]
    pub fn handle_timeout(self, scene: &Scene<'_>, now: Timestamp) -> Step {
        match self.live() {
            Ok(live) => match live.pass(None, scene, now) {
                Ok(live) => Step::unchanged(live.state()),
                Err(rejection) => Step { state: rejection.state, commands: rejection.commands },
            },
            Err(ended) => Step::unchanged(*ended),
        }
    }

    /// When its time is over; `None` when it has ended.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let (case, life_s) = match self {
            Self::Open(open) => (&open.case, open.lifetimes.open_s()),
            Self::Granted(granted) => (&granted.case, granted.lifetimes.grant_s()),
            Self::Refused(_) | Self::Withdrawn(_) | Self::Expired(_) | Self::Used(_) | Self::Revoked(_) => {
                return None;
            }
        };
        let life_ns = u64::from(life_s) * 1_000_000_000;
        Some(Timestamp::from_nanos(case.began.nanos().saturating_add(life_ns)))
    }

    /// What was asked for and signed.
    #[must_use]
    pub const fn case(&self) -> &Case {
        match self {
            Self::Open(state) => &state.case,
            Self::Granted(state) => &state.case,
            Self::Refused(state) => &state.case,
            Self::Withdrawn(state) => &state.case,
            Self::Expired(state) => &state.case,
            Self::Used(state) => &state.case,
            Self::Revoked(state) => &state.case,
        }
    }

    /// Stable snake_case name of the state.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Granted(_) => "granted",
            Self::Refused(_) => "refused",
            Self::Withdrawn(_) => "withdrawn",
            Self::Expired(_) => "expired",
            Self::Used(_) => "used",
            Self::Revoked(_) => "revoked",
        }
    }

    fn live(self) -> Result<Live, Box<Self>> {
        match self {
            Self::Open(open) => Ok(open.into()),
            Self::Granted(granted) => Ok(granted.into()),
            ended => Err(Box::new(ended)),
        }
    }

    /// It stays as it is; the attempt is written down.
    pub(crate) fn reject(self, refusal: Refusal, by: Option<AccountId>, scene: &Scene<'_>) -> Outcome {
        let commands = vec![self.case().record(Deed::Tried(refusal), by, scene)];
        Err(Box::new(Rejection { state: self, refusal, commands }))
    }
}

impl Step {
    const fn unchanged(state: Approval) -> Self {
        Self { state, commands: Vec::new() }
    }
}
