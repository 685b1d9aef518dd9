//! What should happen, decided in the most naive way: every pair of accounts, every choice of votes.

use crate::table::{Cell, Who};
use crate::world::World;

/// An approval as the table has it.
#[derive(Debug, Clone)]
pub(crate) struct Oracle {
    pub(crate) action: &'static str,
    /// Account that asked; `None` is a rule.
    pub(crate) asker: Option<usize>,
    /// Account that is asked for.
    pub(crate) about: Option<usize>,
    pub(crate) state: &'static str,
    pub(crate) votes: Vec<Ballot>,
    pub(crate) began: u64,
    pub(crate) latest: u64,
    pub(crate) open_ns: u64,
    pub(crate) grant_ns: u64,
}

/// A vote.
#[derive(Debug, Clone)]
pub(crate) struct Ballot {
    pub(crate) account: usize,
    pub(crate) authenticator: usize,
    pub(crate) roles: Vec<&'static str>,
    pub(crate) yes: bool,
    pub(crate) preview_fits: bool,
    /// `Some(true)`: care goes on without the network.
    pub(crate) bedside: Option<bool>,
    pub(crate) at: u64,
}

const TEN_MINUTES_NS: u64 = 600 * 1_000_000_000;

impl Oracle {
    /// Whether a request may be made, and in what state it begins.
    pub(crate) fn ask(mut self, world: &World) -> Option<Self> {
        if self.asker.is_some_and(|asker| !world.accounts[asker].known) {
            return None;
        }
        let cell = world.cell(self.action);
        self.state = match &cell.who {
            Who::Never | Who::Order => return None,
            Who::Nobody if !holds(&cell, world) => return None,
            Who::Nobody => "granted",
            Who::Seats(_) => "open",
        };
        Some(self)
    }

    pub(crate) fn vote(&mut self, mut ballot: Ballot, world: &World) -> bool {
        if self.state != "open" || !self.pass(world) || self.is_out_of_question(world) {
            return false;
        }
        let (cell, account) = (world.cell(self.action), &world.accounts[ballot.account]);
        let roles = world.roles(ballot.account);
        let signers: Vec<&str> = match &cell.who {
            Who::Seats(seats) => seats.concat(),
            _ => vec!["clinical_owner", "clinician", "biomed", "security", "network"],
        };
        let is_known = account.known && account.authenticators.contains(&ballot.authenticator);
        if !is_known || !roles.iter().any(|role| signers.contains(role)) || !ballot.preview_fits {
            return false;
        }
        if !ballot.yes {
            self.state = "refused";
            return true;
        }
        let same = world.same();
        let by_another = |before: &Ballot| {
            before.account != ballot.account
                && world.accounts[before.account].known
                && same[before.account][ballot.account]
        };
        let is_asker =
            self.asker.is_some_and(|asker| world.accounts[asker].known && same[asker][ballot.account]);
        let may_asker = matches!(cell.who, Who::Seats(_)) && !cell.asker_out;
        let is_own =
            self.about.is_some_and(|about| !world.accounts[about].known || same[about][ballot.account]);
        if self.votes.iter().any(by_another)
            || is_asker && !may_asker
            || is_own
            || ballot.bedside == Some(false)
        {
            return false;
        }
        ballot.roles = roles;
        ballot.at = world.now;
        self.votes.retain(|before| before.account != ballot.account);
        self.votes.push(ballot);
        if self.suffices(&cell, world) {
            self.state = "granted";
            self.began = world.now;
        }
        true
    }

    pub(crate) fn carry_out(&mut self, world: &World) -> bool {
        if self.state != "granted" || !self.pass(world) {
            return false;
        }
        let cell = world.cell(self.action);
        if !self.suffices(&cell, world) {
            self.state = "revoked";
            return false;
        }
        if holds(&cell, world) {
            self.state = "used";
            return true;
        }
        false
    }

    pub(crate) fn change(&mut self, world: &World) -> bool {
        if !self.is_alive() {
            return true;
        }
        if !self.pass(world) || self.is_out_of_question(world) {
            return false;
        }
        if self.state == "granted" && !self.suffices(&world.cell(self.action), world) {
            self.state = "revoked";
            return false;
        }
        true
    }

    pub(crate) fn withdraw(&mut self, by: usize, world: &World) -> bool {
        if self.state != "open" || !self.pass(world) || !self.is_asked_by(by, world) {
            return false;
        }
        self.state = "withdrawn";
        true
    }

    pub(crate) fn revoke(&mut self, by: usize, world: &World) -> bool {
        let may = self.is_asked_by(by, world) || !world.roles(by).is_empty();
        if !self.is_alive() || !self.pass(world) || !may {
            return false;
        }
        self.state = "revoked";
        true
    }

    pub(crate) fn restore(&mut self) {
        if self.is_alive() {
            self.state = "revoked";
        }
    }

    pub(crate) fn timeout(&mut self, world: &World) {
        if self.is_alive() {
            self.pass(world);
        }
    }

    fn is_alive(&self) -> bool {
        self.state == "open" || self.state == "granted"
    }

    fn is_asked_by(&self, by: usize, world: &World) -> bool {
        let known = |account: usize| world.accounts[account].known;
        self.asker.is_some_and(|asker| known(asker) && known(by) && world.same()[asker][by])
    }

    /// Nothing that is never done stays open.
    fn is_out_of_question(&mut self, world: &World) -> bool {
        let out = self.state == "open" && matches!(world.cell(self.action).who, Who::Never | Who::Order);
        if out {
            self.state = "refused";
        }
        out
    }

    fn pass(&mut self, world: &World) -> bool {
        let life = if self.state == "open" { self.open_ns } else { self.grant_ns };
        let is_over = world.now < self.latest || world.now - self.began >= life;
        if is_over {
            self.state = "expired";
        } else {
            self.latest = world.now;
        }
        !is_over
    }

    fn suffices(&self, cell: &Cell, world: &World) -> bool {
        let seats = match &cell.who {
            Who::Nobody => return true,
            Who::Never | Who::Order => return false,
            Who::Seats(seats) => seats,
        };
        if self.asker.into_iter().chain(self.about).any(|account| !world.accounts[account].known) {
            return false;
        }
        let same = world.same();
        let counts = |ballot: &&Ballot| {
            let account = &world.accounts[ballot.account];
            account.known
                && account.authenticators.contains(&ballot.authenticator)
                && !(cell.asker_out && self.asker.is_some_and(|asker| same[asker][ballot.account]))
                && !self.about.is_some_and(|about| same[about][ballot.account])
        };
        let ballots: Vec<&Ballot> = self.votes.iter().filter(counts).collect();
        let has = |ballot: &Ballot, wanted: &[&str]| {
            let now = world.roles(ballot.account);
            wanted.iter().any(|role| ballot.roles.contains(role) && now.contains(role))
        };
        let at_bedside = |ballot: &&Ballot| {
            ballot.bedside == Some(true)
                && world.now >= ballot.at
                && world.now - ballot.at <= TEN_MINUTES_NS
                && has(ballot, &["clinical_owner", "clinician"])
        };
        if cell.bedside && !ballots.iter().any(at_bedside) {
            return false;
        }
        let mut chosen = Vec::new();
        choose(seats, &ballots, &mut chosen, &|ballot, seat| has(ballot, seat), &same)
    }
}

fn holds(cell: &Cell, world: &World) -> bool {
    cell.when.iter().all(|word| world.holds.iter().any(|known| known == word))
}

/// Tries every choice of a ballot for every seat.
fn choose<'b>(
    seats: &[Vec<&'static str>],
    ballots: &[&'b Ballot],
    chosen: &mut Vec<&'b Ballot>,
    has: &impl Fn(&Ballot, &[&str]) -> bool,
    same: &[Vec<bool>],
) -> bool {
    let Some(seat) = seats.get(chosen.len()) else { return true };
    for ballot in ballots {
        if has(ballot, seat) && !chosen.iter().any(|other| same[other.account][ballot.account]) {
            chosen.push(ballot);
            if choose(seats, ballots, chosen, has, same) {
                return true;
            }
            chosen.pop();
        }
    }
    false
}
