//! What may happen to an approval that has not ended.

use model::{AccountId, Timestamp};

use crate::approval::{
    Approval, Expired, Granted, Open, Outcome, Refusal, Refused, Rejection, Revoked, Step, Used, Withdrawn,
};
use crate::case::{Bedside, Case, Request, Requester, Scene, Subject, VOTES_MAX, Vote};
use crate::command::{Because, Command, Deed};
use crate::requirement::{Mode, Requirement, Shortfall};
use crate::restore::Journal;
use crate::site::Lifetimes;
use crate::words::RoleSet;

/// An approval that is open or granted.
pub(crate) struct Live {
    case: Case,
    lifetimes: Lifetimes,
    is_granted: bool,
}

impl From<Open> for Live {
    fn from(Open { case, lifetimes }: Open) -> Self {
        Self { case, lifetimes, is_granted: false }
    }
}

impl From<Granted> for Live {
    fn from(Granted { case, lifetimes }: Granted) -> Self {
        Self { case, lifetimes, is_granted: true }
    }
}

impl Live {
    /// As it was.
    pub(crate) fn state(self) -> Approval {
        let Self { case, lifetimes, is_granted } = self;
        if is_granted {
            Approval::Granted(Granted { case, lifetimes })
        } else {
            Approval::Open(Open { case, lifetimes })
        }
    }

    /// Lets time pass; it may be over.
    pub(crate) fn pass(
        mut self,
        by: Option<&AccountId>,
        scene: &Scene<'_>,
        now: Timestamp,
    ) -> Result<Self, Box<Rejection>> {
        let life_s = if self.is_granted { self.lifetimes.grant_s() } else { self.lifetimes.open_s() };
        let Err(lapse) = self.case.pass(life_s, now) else { return Ok(self) };
        let Self { case, lifetimes, .. } = self;
        let commands = vec![case.record(Deed::Expired(lapse), by.cloned(), scene)];
        let state = Approval::Expired(Expired { case, lifetimes, lapse });
        Err(Box::new(Rejection { state, refusal: lapse.into(), commands }))
    }

    /// Whether it may still be granted, or is still granted.
    pub(crate) fn judge_again(
        self,
        by: Option<&AccountId>,
        scene: &Scene<'_>,
        now: Timestamp,
    ) -> Result<Self, Box<Rejection>> {
        let Self { case, is_granted, .. } = &self;
        let judged = case.request.requirement(scene).granted_by(&case.request, &case.votes, scene, now);
        match (judged, is_granted) {
            (Ok(_), _)
            | (Err(Shortfall::Seats { .. } | Shortfall::Bedside | Shortfall::Requester), false) => Ok(self),
            (Err(short), true) => Err(self.end_short(short, Deed::Revoked, by, scene)),
            (Err(short @ (Shortfall::Never | Shortfall::WorkOrder)), false) => {
                Err(self.end_short(short, Deed::Refused, by, scene))
            }
        }
    }

    /// What was signed does not suffice, or nothing would.
    fn end_short(
        self,
        short: Shortfall,
        deed: Deed,
        by: Option<&AccountId>,
        scene: &Scene<'_>,
    ) -> Box<Rejection> {
        let Self { case, lifetimes, is_granted } = self;
        let commands = vec![case.record(deed, by.cloned(), scene)];
        let state = if is_granted {
            Approval::Revoked(Revoked { case, lifetimes, by: None })
        } else {
            Approval::Refused(Refused { case, lifetimes, by: None })
        };
        Box::new(Rejection { state, refusal: short.into(), commands })
    }

    /// Somebody says yes or no.
    pub(crate) fn vote(self, mut vote: Vote, scene: &Scene<'_>, now: Timestamp) -> Outcome {
        let by = vote.account.clone();
        let live = self.judge_again(Some(&by), scene, now)?;
        let requirement = live.case.request.requirement(scene);
        vote.roles = scene.roles_of(&vote.account);
        vote.at = now;
        if let Err(refusal) = live.case.check(&vote, &requirement, scene) {
            return live.state().reject(refusal, Some(by), scene);
        }
        let Self { mut case, lifetimes, .. } = live;
        if !vote.is_yes {
            let commands = vec![case.record(Deed::Refused, Some(by.clone()), scene)];
            let state = Approval::Refused(Refused { case, lifetimes, by: Some(by) });
            return Ok(Step { state, commands });
        }
        case.votes.retain(|before| before.account != vote.account);
        case.votes.push(vote);
        let mut commands = vec![case.record(Deed::Signed, Some(by), scene)];
        if requirement.granted_by(&case.request, &case.votes, scene, now).is_err() {
            return Ok(Step { state: Approval::Open(Open { case, lifetimes }), commands });
        }
        case.began = now;
        commands.push(case.record(Deed::Granted, None, scene));
        Ok(Step { state: Approval::Granted(Granted { case, lifetimes }), commands })
    }

    /// It is done, once.
    pub(crate) fn use_once(self, by: Option<AccountId>, scene: &Scene<'_>, now: Timestamp) -> Outcome {
        let live = self.judge_again(by.as_ref(), scene, now)?;
        let requirement = live.case.request.requirement(scene);
        if let Err(refusal) = unknown_conditions(&requirement, scene) {
            return live.state().reject(refusal, by, scene);
        }
        let Self { case, lifetimes, .. } = live;
        let Request { id, action, subject, preview, .. } = &case.request;
        let mut commands = vec![
            case.record(Deed::Used, by, scene),
            Command::Apply {
                approval: id.clone(),
                action: *action,
                subject: subject.clone(),
                preview: *preview,
                undo_after_s: requirement.expires_s(),
            },
        ];
        let tell = |notice| Command::Tell { notice, subject: subject.clone(), approval: Some(id.clone()) };
        commands.extend(requirement.notices().iter().map(tell));
        Ok(Step { state: Approval::Used(Used { case, lifetimes }), commands })
    }

    /// Who asked takes it back.
    pub(crate) fn withdraw(self, by: AccountId, scene: &Scene<'_>) -> Outcome {
        if !self.case.is_asked_by(&by, scene) {
            return self.state().reject(Refusal::Requester, Some(by), scene);
        }
        let Self { case, lifetimes, .. } = self;
        let commands = vec![case.record(Deed::Withdrawn, Some(by), scene)];
        Ok(Step { state: Approval::Withdrawn(Withdrawn { case, lifetimes }), commands })
    }

    /// Somebody stops it.
    pub(crate) fn revoke(self, by: AccountId, scene: &Scene<'_>) -> Outcome {
        if self.case.is_asked_by(&by, scene) || !scene.roles_of(&by).is_empty() {
            return Ok(self.end_revoked(by, scene));
        }
        self.state().reject(Refusal::Role, Some(by), scene)
    }

    /// It is stopped.
    pub(crate) fn end_revoked(self, by: AccountId, scene: &Scene<'_>) -> Step {
        let Self { case, lifetimes, .. } = self;
        let commands = vec![case.record(Deed::Revoked, Some(by.clone()), scene)];
        Step { state: Approval::Revoked(Revoked { case, lifetimes, by: Some(by) }), commands }
    }
}

/// What has to hold and is not known to.
pub(crate) fn unknown_conditions(requirement: &Requirement, scene: &Scene<'_>) -> Result<(), Refusal> {
    let unknown = requirement.conditions().without(scene.holds);
    if unknown.is_empty() { Ok(()) } else { Err(Refusal::Conditions(unknown)) }
}

impl Request {
    /// What it asks for, as things are now.
    pub(crate) fn requirement(&self, scene: &Scene<'_>) -> Requirement {
        scene.matrix.requirement(self.action, scene.situation())
    }
}

impl Case {
    /// Who asked, if somebody did.
    pub(crate) const fn requester(&self) -> Option<&AccountId> {
        match &self.request.requester {
            Requester::Account(account) => Some(account),
            Requester::Rule(_) => None,
        }
    }

    fn is_asked_by(&self, account: &AccountId, scene: &Scene<'_>) -> bool {
        let person = self.requester().and_then(|requester| scene.people.person(requester));
        person.is_some() && person == scene.people.person(account)
    }

    /// Whether a vote is one that may be counted.
    fn check(&self, vote: &Vote, requirement: &Requirement, scene: &Scene<'_>) -> Result<(), Refusal> {
        let person = scene.people.person_with(&vote.account, &vote.authenticator).ok_or(Refusal::Account)?;
        let signers = match requirement.mode() {
            Mode::SignOffs(seats) => seats.everybody(),
            Mode::Automatic | Mode::WorkOrder | Mode::Never => RoleSet::ANYBODY,
        };
        if vote.roles.intersection(signers).is_empty() {
            return Err(Refusal::Role);
        }
        if vote.preview != self.request.preview {
            return Err(Refusal::Preview);
        }
        if !vote.is_yes {
            return Ok(());
        }
        let signed = self.votes.iter().filter(|before| before.account != vote.account);
        let others = signed.clone().count();
        if signed.into_iter().any(|before| scene.people.person(&before.account) == Some(person)) {
            return Err(Refusal::SamePerson);
        }
        if self.is_asked_by(&vote.account, scene)
            && !requirement.seats().is_some_and(|seats| seats.requester_signs())
        {
            return Err(Refusal::Requester);
        }
        match &self.request.subject {
            Subject::Account(account) if scene.people.person(account).is_none_or(|own| own == person) => {
                Err(Refusal::OwnAccount)
            }
            Subject::Account(_) | Subject::Device(_) if vote.bedside == Some(Bedside::NeedsNetwork) => {
                Err(Refusal::Bedside)
            }
            Subject::Account(_) | Subject::Device(_) if others >= VOTES_MAX => Err(Refusal::Votes),
            Subject::Account(_) | Subject::Device(_) => Ok(()),
        }
    }

    /// Writes something down.
    pub(crate) fn record(&self, deed: Deed, by: Option<AccountId>, scene: &Scene<'_>) -> Command {
        let because = Because {
            action: Some(self.request.action),
            class: scene.class,
            patient: scene.patient,
            situation: scene.situation(),
            rule: self.request.requirement(scene).to_string(),
            why: self.request.why.clone(),
        };
        let (journal, subject) = (Journal::AuditLog, self.request.subject.clone());
        Command::Record { journal, deed, subject, by, because: Box::new(because) }
    }
}
