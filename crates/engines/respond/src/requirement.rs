//! What an act asks for, when that is at least as strict as something else, and whether what was signed suffices.

use std::borrow::Cow;
use std::fmt;

use model::{AccountId, Timestamp};

use crate::case::{Bedside, Request, Requester, Scene, Subject, Vote};
use crate::people::Person;
use crate::words::{Condition, ConditionSet, Notice, NoticeSet, RoleSet};

/// Most people that have to sign. More than that nobody reaches in time.
pub const SEATS_MAX: usize = 6;

/// What an act asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    mode: Mode,
    conditions: ConditionSet,
    notices: NoticeSet,
    expires_s: Option<u32>,
}

/// Who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Nobody is asked.
    Automatic,
    /// People sign, each in a seat of their own.
    SignOffs(Seats),
    /// Never by us: a work order for who maintains the device.
    WorkOrder,
    /// Never.
    Never,
}

/// Who has to sign: a seat per person, with the roles of which that person holds one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seats {
    roles: Cow<'static, [RoleSet]>,
    requester_signs: bool,
    bedside: bool,
}

/// No such seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeatsError {
    /// None or too many.
    #[error("{0} people are to sign; it is 1 to {SEATS_MAX}")]
    Count(usize),
    /// A seat that no role fills.
    #[error("a seat names no role")]
    Empty,
    /// A bedside question that nobody answers.
    #[error("the bedside question needs a seat for a clinician")]
    BedsideWithoutClinician,
}

/// Why what was signed does not suffice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Shortfall {
    /// It is never done.
    #[error("it is never done to such a device")]
    Never,
    /// It is never done by us.
    #[error("it is never done by Bedrail; open a work order")]
    WorkOrder,
    /// Not every seat is filled by a person of its own.
    #[error("{filled} of {seats} people signed")]
    Seats {
        /// Seats that are filled.
        filled: usize,
        /// Seats that there are.
        seats: usize,
    },
    /// No clinician answered the bedside question in the last ten minutes.
    #[error("no clinician answered the bedside question in the last ten minutes")]
    Bedside,
    /// Nobody knows any more who asked, so nobody can say who is somebody else.
    #[error("the account that asked, or that is asked for, is not known")]
    Requester,
}

impl Requirement {
    /// Nobody is asked.
    #[must_use]
    pub const fn automatic(conditions: ConditionSet) -> Self {
        Self { mode: Mode::Automatic, conditions, notices: NoticeSet::NONE, expires_s: None }
    }

    /// People sign.
    #[must_use]
    pub const fn signed(seats: Seats, conditions: ConditionSet) -> Self {
        Self { mode: Mode::SignOffs(seats), conditions, notices: NoticeSet::NONE, expires_s: None }
    }

    /// Never by us.
    #[must_use]
    pub const fn work_order() -> Self {
        Self::bare(Mode::WorkOrder)
    }

    /// Never.
    #[must_use]
    pub const fn never() -> Self {
        Self::bare(Mode::Never)
    }

    const fn bare(mode: Mode) -> Self {
        Self { mode, conditions: ConditionSet::NONE, notices: NoticeSet::NONE, expires_s: None }
    }

    /// And these hold, too.
    #[must_use]
    pub fn when(mut self, conditions: &[Condition]) -> Self {
        self.conditions = self.conditions.union(ConditionSet::of(conditions));
        self
    }

    /// And these are told, too.
    #[must_use]
    pub fn telling(mut self, notices: &[Notice]) -> Self {
        self.notices = self.notices.union(NoticeSet::of(notices));
        self
    }

    /// And it ends by itself after so many seconds, if not before.
    #[must_use]
    pub fn for_s(mut self, seconds: u32) -> Self {
        self.expires_s = Some(self.expires_s.map_or(seconds, |before| before.min(seconds)));
        self
    }

    /// And a clinician answers the bedside question, if people sign at all.
    #[must_use]
    pub(crate) fn with_bedside(mut self) -> Self {
        if let Mode::SignOffs(seats) = &mut self.mode {
            seats.bedside = true;
        }
        self
    }

    /// Who decides.
    #[must_use]
    pub const fn mode(&self) -> &Mode {
        &self.mode
    }

    /// The seats, when people sign.
    #[must_use]
    pub const fn seats(&self) -> Option<&Seats> {
        match &self.mode {
            Mode::SignOffs(seats) => Some(seats),
            Mode::Automatic | Mode::WorkOrder | Mode::Never => None,
        }
    }

    /// What has to hold when it is done.
    #[must_use]
    pub const fn conditions(&self) -> ConditionSet {
        self.conditions
    }

    /// Who is told when it is done.
    #[must_use]
    pub const fn notices(&self) -> NoticeSet {
        self.notices
    }

    /// After how many seconds it ends by itself.
    #[must_use]
    pub const fn expires_s(&self) -> Option<u32> {
        self.expires_s
    }

    /// Whether nothing is done under this that would not be done under `least`, and nobody is told less.
    #[must_use]
    pub fn is_at_least(&self, least: &Self) -> bool {
        let is_bound = match (&self.mode, &least.mode) {
            (Mode::Never, _) | (Mode::WorkOrder, Mode::Automatic | Mode::SignOffs(_) | Mode::WorkOrder) => {
                return true;
            }
            (Mode::Automatic | Mode::SignOffs(_), Mode::Automatic) => true,
            (Mode::SignOffs(seats), Mode::SignOffs(least)) => seats.are_at_least(least),
            (Mode::Automatic, _) | (Mode::SignOffs(_), Mode::WorkOrder | Mode::Never) => false,
            (Mode::WorkOrder, Mode::Never) => false,
        };
        let ends = match (self.expires_s, least.expires_s) {
            (_, None) => true,
            (Some(own), Some(least)) => own <= least,
            (None, Some(_)) => false,
        };
        is_bound
            && ends
            && least.conditions.is_subset_of(self.conditions)
            && least.notices.is_subset_of(self.notices)
    }

    /// Whether `votes` are the sign-offs that this asks for: who fills the seats, in their order.
    ///
    /// Each seat has a person of its own. Two accounts are one person when they are linked in any number of steps by
    /// the person behind them or by an authenticator that both ever used. A vote counts for roles that the account had
    /// then and has now. What has to hold beside ([`Self::conditions`]) is asked when it is done.
    ///
    /// # Errors
    /// What is missing.
    pub fn granted_by(
        &self,
        request: &Request,
        votes: &[Vote],
        scene: &Scene<'_>,
        now: Timestamp,
    ) -> Result<Vec<AccountId>, Shortfall> {
        let seats = match &self.mode {
            Mode::Automatic => return Ok(Vec::new()),
            Mode::Never => return Err(Shortfall::Never),
            Mode::WorkOrder => return Err(Shortfall::WorkOrder),
            Mode::SignOffs(seats) => seats,
        };
        let barred = seats.barred(request, scene).ok_or(Shortfall::Requester)?;
        let counted: Vec<Counted<'_>> = votes
            .iter()
            .filter_map(|vote| Counted::of(vote, scene))
            .filter(|counted| !barred.contains(&counted.person))
            .collect();
        let signed = seats.filled_by(&counted);
        if signed.len() < seats.roles.len() {
            return Err(Shortfall::Seats { filled: signed.len(), seats: seats.roles.len() });
        }
        if seats.bedside && !counted.iter().any(|counted| counted.answers_bedside(now)) {
            return Err(Shortfall::Bedside);
        }
        Ok(signed)
    }
}

impl Seats {
    /// From the roles of each seat. Who asks may fill one of several, and never the only one.
    ///
    /// # Errors
    /// When there are no seats, too many, or one that names no role.
    pub fn new(roles: Vec<RoleSet>) -> Result<Self, SeatsError> {
        if roles.is_empty() || roles.len() > SEATS_MAX {
            return Err(SeatsError::Count(roles.len()));
        }
        if roles.iter().any(|roles| roles.is_empty()) {
            return Err(SeatsError::Empty);
        }
        let requester_signs = roles.len() > 1;
        Ok(Self { roles: Cow::Owned(roles), requester_signs, bedside: false })
    }

    /// Seats of the matrix.
    pub(crate) const fn fixed(roles: &'static [RoleSet]) -> Self {
        Self { requester_signs: roles.len() > 1, roles: Cow::Borrowed(roles), bedside: false }
    }

    /// Who asks fills none.
    #[must_use]
    pub fn without_requester(mut self) -> Self {
        self.requester_signs = false;
        self
    }

    /// A clinician answers the bedside question.
    ///
    /// # Errors
    /// When no seat is for clinicians.
    pub fn with_bedside(mut self) -> Result<Self, SeatsError> {
        if !self.roles.iter().any(|roles| roles.is_subset_of(RoleSet::CLINICIANS)) {
            return Err(SeatsError::BedsideWithoutClinician);
        }
        self.bedside = true;
        Ok(self)
    }

    /// The roles of each seat.
    #[must_use]
    pub fn roles(&self) -> &[RoleSet] {
        &self.roles
    }

    /// Whether who asks may fill one of them.
    #[must_use]
    pub const fn requester_signs(&self) -> bool {
        self.requester_signs
    }

    /// Whether a clinician has to answer the bedside question.
    #[must_use]
    pub const fn asks_at_bedside(&self) -> bool {
        self.bedside
    }

    /// Everybody who may fill one.
    #[must_use]
    pub fn everybody(&self) -> RoleSet {
        self.roles.iter().fold(RoleSet::NONE, |all, roles| all.union(*roles))
    }

    /// For each seat of `least` there is one here that is as narrow; who asks and the bedside are no laxer.
    fn are_at_least(&self, least: &Self) -> bool {
        let fits = |seat: usize, own: usize| {
            let pair = self.roles.get(own).zip(least.roles.get(seat));
            pair.is_some_and(|(own, least)| own.is_subset_of(*least))
        };
        let matched = matching(least.roles.len(), self.roles.len(), fits).iter().flatten().count();
        matched == least.roles.len()
            && (least.requester_signs || !self.requester_signs)
            && (self.bedside || !least.bedside)
    }

    /// People who cannot sign: who asks, and whose account is asked for. `None` when one of them is not known.
    fn barred(&self, request: &Request, scene: &Scene<'_>) -> Option<Vec<Person>> {
        let requester = match &request.requester {
            Requester::Account(account) => Some(scene.people.person(account)?),
            Requester::Rule(_) => None,
        };
        let subject = match &request.subject {
            Subject::Account(account) => Some(scene.people.person(account)?),
            Subject::Device(_) => None,
        };
        Some(requester.filter(|_| !self.requester_signs).into_iter().chain(subject).collect())
    }

    /// Who fills the seats: the most that can be filled with a person each.
    fn filled_by(&self, counted: &[Counted<'_>]) -> Vec<AccountId> {
        let mut people: Vec<Person> = counted.iter().map(|counted| counted.person).collect();
        people.sort_unstable();
        people.dedup();
        let vote = |seat: usize, person: usize| {
            let (roles, person) = (self.roles.get(seat)?, people.get(person)?);
            let mine = counted.iter().filter(|counted| counted.person == *person);
            mine.into_iter().find(|counted| !counted.roles.intersection(*roles).is_empty())
        };
        let matched = matching(self.roles.len(), people.len(), |seat, person| vote(seat, person).is_some());
        let filled = matched.iter().enumerate().filter_map(|(seat, person)| vote(seat, (*person)?));
        filled.map(|counted| counted.vote.account.clone()).collect()
    }
}

/// A vote that counts.
struct Counted<'v> {
    vote: &'v Vote,
    person: Person,
    roles: RoleSet,
}

impl<'v> Counted<'v> {
    /// With the person behind it, and the roles that it still has. A vote whose account is gone, has no role left, or
    /// never used the authenticator, does not count.
    fn of(vote: &'v Vote, scene: &Scene<'_>) -> Option<Self> {
        let person = scene.people.person_with(&vote.account, &vote.authenticator)?;
        let roles = vote.roles.intersection(scene.roles_of(&vote.account));
        (!roles.is_empty()).then_some(Self { vote, person, roles })
    }

    fn answers_bedside(&self, now: Timestamp) -> bool {
        self.vote.bedside == Some(Bedside::CareContinues)
            && self.vote.is_fresh(now)
            && !self.roles.intersection(RoleSet::CLINICIANS).is_empty()
    }
}

/// The largest matching of `left` things with `right` ones (augmenting paths; H. W. Kuhn 1955): for each on the left
/// its partner.
fn matching(left: usize, right: usize, fits: impl Fn(usize, usize) -> bool) -> Vec<Option<usize>> {
    let mut owner: Vec<Option<usize>> = vec![None; right];
    for seat in 0..left {
        let mut tried = vec![false; right];
        place(seat, &mut owner, &mut tried, &fits);
    }
    (0..left).map(|seat| owner.iter().position(|owner| *owner == Some(seat))).collect()
}

/// Finds a partner for `seat`, moving others if that helps. Depth is bounded by the number of seats.
fn place(
    seat: usize,
    owner: &mut [Option<usize>],
    tried: &mut [bool],
    fits: &impl Fn(usize, usize) -> bool,
) -> bool {
    for other in 0..owner.len() {
        let is_new = fits(seat, other) && tried.get(other) == Some(&false);
        if !is_new {
            continue;
        }
        if let Some(tried) = tried.get_mut(other) {
            *tried = true;
        }
        let is_free = match owner.get(other).copied().flatten() {
            None => true,
            Some(sitting) => place(sitting, owner, tried, fits),
        };
        if is_free {
            if let Some(owner) = owner.get_mut(other) {
                *owner = Some(seat);
            }
            return true;
        }
    }
    false
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.mode {
            Mode::Automatic => f.write_str("automatic")?,
            Mode::Never => f.write_str("never")?,
            Mode::WorkOrder => f.write_str("by work order only")?,
            Mode::SignOffs(seats) => write!(f, "{seats}")?,
        }
        if !self.conditions.is_empty() {
            write!(f, "; only when {}", self.conditions)?;
        }
        if let Some(seconds) = self.expires_s {
            write!(f, "; ends after {seconds} s")?;
        }
        if !self.notices.is_empty() {
            write!(f, "; {}", self.notices)?;
        }
        Ok(())
    }
}

impl fmt::Display for Seats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of different people", self.roles.len())?;
        for (place, roles) in self.roles.iter().enumerate() {
            let between = if place == 0 { ": " } else { " + " };
            let role = if *roles == RoleSet::ANYBODY { "anybody".to_owned() } else { roles.to_string() };
            write!(f, "{between}({role})")?;
        }
        let asked = if self.bedside { ", bedside question answered" } else { "" };
        let requester = if self.requester_signs { "" } else { ", not who asks" };
        write!(f, "{asked}{requester}")
    }
}
