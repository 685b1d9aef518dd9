//! Approvals against a table that was written by hand, over random sequences of everything that can happen: no grant that
//! the table forbids, none refused that it allows.
//!
//! `BEDRAIL_APPROVAL_SEQUENCES=N` runs so many, `BEDRAIL_SIM_FROM=N` begins with another seed. A failing seed is named.

#![expect(clippy::print_stdout, reason = "what a run comes to")]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails where its own tables do not fit"
)]

mod oracle;
mod stricter;
mod table;
mod unusual;
mod world;

use respond::{
    Action, Approval, Bedside, Command, Outcome, Preview, Refusal, Request, Requester, Subject, Vote,
};

use oracle::{Ballot, Oracle};
use table::{Cell, Who};
use world::{AUTHENTICATORS, Dice, ROLES, World, YEAR_NS, id};

const SECOND_NS: u64 = 1_000_000_000;
/// How far the clock is set: it counts nanoseconds until the year 2554.
const CLOCK_MAX_NS: u64 = 500 * YEAR_NS;
/// Sequences of a usual run; all of [`Totals`] is to be reached by them.
const USUAL: u64 = 4_000;

/// How often what happened.
#[derive(Debug, Default)]
struct Totals {
    steps: u64,
    asked: u64,
    never_asked: u64,
    granted: u64,
    used: u64,
    used_twice: u64,
    expired: u64,
    clock_back: u64,
    void_at_use: u64,
    waits_for_condition: u64,
    same_person: u64,
    same_by_steps: u64,
    requester: u64,
    own_account: u64,
    no: u64,
    withdrawn: u64,
    revoked: u64,
    stale_bedside: u64,
}

impl Totals {
    fn shows_everything(&self) -> bool {
        let Self { steps, asked, never_asked, granted, used, used_twice, expired, clock_back, .. } = self;
        let Self { void_at_use, waits_for_condition, same_person, same_by_steps, requester, .. } = self;
        let Self { own_account, no, withdrawn, revoked, stale_bedside, .. } = self;
        [
            steps,
            asked,
            never_asked,
            granted,
            used,
            used_twice,
            expired,
            clock_back,
            void_at_use,
            waits_for_condition,
            same_person,
            same_by_steps,
            requester,
            own_account,
            no,
            withdrawn,
            revoked,
            stale_bedside,
        ]
        .iter()
        .all(|count| **count > 0)
    }
}

/// One sequence: engine and table side by side.
struct Run {
    seed: u64,
    step: u64,
    dice: Dice,
    world: World,
    approval: Approval,
    oracle: Oracle,
}

/// Whether it ended because an answer to the bedside question was too old.
fn is_stale(outcome: &Outcome) -> bool {
    let refusal = outcome.as_ref().err().map(|rejection| rejection.refusal);
    refusal == Some(Refusal::Short(respond::Shortfall::Bedside))
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn nothing_forbidden_is_granted_and_nothing_allowed_is_refused() {
    let (from, sequences) = (number("BEDRAIL_SIM_FROM", 0), number("BEDRAIL_APPROVAL_SEQUENCES", USUAL));
    let mut totals = Totals::default();
    for seed in from..from + sequences {
        sequence(seed, &mut totals);
    }
    println!("approvals: {sequences} sequences, {totals:?}");
    assert!(sequences < USUAL || totals.shows_everything(), "everything is to be reached: {totals:?}");
}

/// One hospital, and one approval after another.
fn sequence(seed: u64, totals: &mut Totals) {
    let mut dice = Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5eed);
    let mut world = World::new(&mut dice);
    let mut left = 12 + dice.below(20);
    while left > 0 {
        left -= 1;
        match Run::ask(seed, dice, world, totals) {
            Err(before) => (dice, world) = *before,
            Ok(mut run) => {
                // What has ended stays so for a while, then something else is asked for.
                while left > 0 && (run.approval.poll_timeout().is_some() || !run.dice.one_in(4)) {
                    left -= 1;
                    run.step(totals);
                }
                (dice, world) = (run.dice, run.world);
            }
        }
    }
}

impl Run {
    fn ask(seed: u64, mut dice: Dice, world: World, totals: &mut Totals) -> Result<Self, Box<(Dice, World)>> {
        let action = if dice.one_in(2) {
            dice.pick(&[
                Action::Isolate,
                Action::Isolate,
                Action::BlockProfileFlow,
                Action::RevokeCertificate,
                Action::UnsealAccount,
            ])
        } else {
            dice.pick(Action::ALL)
        };
        let asker = (!dice.one_in(5)).then(|| dice.place(world.accounts.len()));
        let about = action.is_about_account().then(|| dice.place(world.accounts.len()));
        let request = Request {
            id: id("apr_", 1),
            action,
            subject: about
                .map_or(Subject::Device(id("dev_", 1)), |about| Subject::Account(id("acc_", about))),
            requester: asker.map_or(Requester::Rule("detection".to_owned()), |asker| {
                Requester::Account(id("acc_", asker))
            }),
            preview: Preview([7; 32]),
            why: "test".to_owned(),
        };
        let ns = |seconds: u32| u64::from(seconds) * SECOND_NS;
        let oracle = Oracle {
            action: action.name(),
            asker,
            about,
            state: "",
            votes: Vec::new(),
            began: world.now,
            latest: world.now,
            open_ns: ns(world.lifetimes_s.0),
            grant_ns: ns(world.lifetimes_s.1),
        };
        let expected = oracle.ask(&world);
        let step = world.with_scene(|scene, now| Approval::request(request, scene, now));
        match (step, expected) {
            (Ok(step), Some(oracle)) => {
                totals.asked += 1;
                assert_eq!(step.state.name(), oracle.state, "seed {seed}: the state of a new {action}");
                Ok(Self { seed, step: 0, dice, world, approval: step.state, oracle })
            }
            (Err(_), None) => {
                totals.never_asked += 1;
                Err(Box::new((dice, world)))
            }
            (Ok(_), None) => panic!("seed {seed}: FORBIDDEN: {action} may be asked for"),
            (Err(refusal), Some(_)) => panic!("seed {seed}: ALLOWED: {action} is refused: {refusal}"),
        }
    }

    fn step(&mut self, totals: &mut Totals) {
        totals.steps += 1;
        self.step += 1;
        match self.dice.below(20) {
            0..=8 => self.vote(totals),
            9..=11 => self.carry_out(totals),
            12 => self.stop(totals),
            13..=14 => self.let_time_pass(),
            15..=17 => self.change_something(),
            _ => self.look(totals),
        }
    }

    fn vote(&mut self, totals: &mut Totals) {
        let account = self.voter();
        let own = &self.world.accounts[account].authenticators;
        let authenticator = if self.dice.one_in(20) {
            self.dice.place(AUTHENTICATORS)
        } else {
            own[self.dice.place(own.len())]
        };
        let bedside = self.dice.pick(&[None, Some(true), Some(true), Some(true), Some(false)]);
        let preview_fits = !self.dice.one_in(25);
        let ballot = Ballot {
            account,
            authenticator,
            roles: Vec::new(),
            yes: !self.dice.one_in(25),
            preview_fits,
            bedside,
            at: 0,
        };
        let vote = Vote {
            account: id("acc_", account),
            authenticator: id("aut_", authenticator),
            // What a vote claims is replaced by what is known.
            roles: world::role_set(&ROLES),
            is_yes: ballot.yes,
            preview: Preview([if preview_fits { 7 } else { 8 }; 32]),
            bedside: bedside
                .map(|goes_on| if goes_on { Bedside::CareContinues } else { Bedside::NeedsNetwork }),
            at: model::Timestamp::from_nanos(u64::MAX),
        };
        self.count_links(account, totals);
        totals.no += u64::from(!ballot.yes && self.oracle.state == "open");
        let was_open = self.oracle.state == "open";
        let expected = self.oracle.vote(ballot, &self.world);
        let approval = self.approval.clone();
        let outcome = self.world.with_scene(|scene, now| approval.handle_vote(vote, scene, now));
        match outcome.as_ref().map_err(|rejection| rejection.refusal) {
            Err(Refusal::SamePerson) => totals.same_person += 1,
            Err(Refusal::Requester) => totals.requester += 1,
            Err(Refusal::OwnAccount) => totals.own_account += 1,
            _ => {}
        }
        totals.granted += u64::from(was_open && self.oracle.state == "granted");
        self.compare("a vote", outcome, expected);
    }

    /// Mostly somebody who may sign, so that requests are granted at all.
    fn voter(&mut self) -> usize {
        let cell = self.world.cell(self.oracle.action);
        let drawn = self.dice.place(self.world.accounts.len());
        let Who::Seats(seats) = cell.who else { return drawn };
        let signers = seats.concat();
        let fits = |account: &usize| self.world.roles(*account).iter().any(|role| signers.contains(role));
        let fitting: Vec<usize> = (0..self.world.accounts.len()).filter(fits).collect();
        if fitting.is_empty() || self.dice.one_in(5) { drawn } else { self.dice.pick(&fitting) }
    }

    /// Whether somebody signs who is linked to another signer only through others.
    fn count_links(&self, account: usize, totals: &mut Totals) {
        let same = self.world.same();
        let linked = self.oracle.votes.iter().any(|before| {
            before.account != account
                && same[before.account][account]
                && !self.world.shares(before.account, account)
        });
        totals.same_by_steps += u64::from(linked && self.oracle.state == "open");
    }

    fn carry_out(&mut self, totals: &mut Totals) {
        let (before, cell) = (self.oracle.state, self.world.cell(self.oracle.action));
        let expected = self.oracle.carry_out(&self.world);
        let approval = self.approval.clone();
        let outcome = self.world.with_scene(|scene, now| approval.handle_use(None, scene, now));
        let after = self.oracle.state;
        totals.used += u64::from(expected);
        totals.used_twice += u64::from(before == "used");
        totals.void_at_use += u64::from(before == "granted" && after == "revoked");
        totals.waits_for_condition += u64::from(before == "granted" && after == "granted");
        totals.stale_bedside += u64::from(is_stale(&outcome));
        if let Ok(step) = &outcome {
            self.check_commands(&step.commands, &cell);
        }
        self.compare("a use", outcome, expected);
    }

    /// It is done once, undone in time, and told to whom the table says.
    fn check_commands(&self, commands: &[Command], cell: &Cell) {
        let applied: Vec<Option<u32>> = commands
            .iter()
            .filter_map(|command| match command {
                Command::Apply { undo_after_s, .. } => Some(*undo_after_s),
                _ => None,
            })
            .collect();
        let told = commands.iter().filter_map(|command| match command {
            Command::Tell { notice, .. } => Some(notice.name().to_owned()),
            _ => None,
        });
        let mut told: Vec<String> = told.collect();
        let mut expected = cell.tell.clone();
        told.sort();
        expected.sort();
        assert_eq!(
            applied,
            [cell.minutes.map(|minutes| minutes * 60)],
            "seed {}: what is applied",
            self.seed
        );
        assert_eq!(told, expected, "seed {}: who is told", self.seed);
    }

    fn stop(&mut self, totals: &mut Totals) {
        let by = self.dice.place(self.world.accounts.len());
        let approval = self.approval.clone();
        if self.dice.one_in(6) {
            self.oracle.restore();
            let step = self.world.with_scene(|scene, _| approval.handle_restore(id("acc_", by), scene));
            return self.compare("a restore", Ok(step), true);
        }
        if self.dice.one_in(2) {
            let expected = self.oracle.withdraw(by, &self.world);
            totals.withdrawn += u64::from(expected);
            let outcome =
                self.world.with_scene(|scene, now| approval.handle_withdrawal(id("acc_", by), scene, now));
            return self.compare("a withdrawal", outcome, expected);
        }
        let expected = self.oracle.revoke(by, &self.world);
        totals.revoked += u64::from(expected);
        let outcome =
            self.world.with_scene(|scene, now| approval.handle_revocation(id("acc_", by), scene, now));
        self.compare("a revocation", outcome, expected);
    }

    fn let_time_pass(&mut self) {
        let now = self.world.now;
        let timeout = self.approval.poll_timeout().map(model::Timestamp::nanos);
        if self.world.cell(self.oracle.action).bedside && self.dice.one_in(3) {
            self.world.now = now + 601 * SECOND_NS;
            return;
        }
        self.world.now = match self.dice.below(14) {
            0 => now.saturating_sub(SECOND_NS * (1 + self.dice.below(4_000))),
            1 => now.saturating_sub(YEAR_NS * (1 + self.dice.below(20))),
            2 => (now + YEAR_NS * (1 + self.dice.below(20))).min(CLOCK_MAX_NS),
            3 => timeout.unwrap_or(now),
            4 => timeout.map_or(now, |timeout| timeout.saturating_sub(1)),
            5 => now + 1,
            6 => now + 600 * SECOND_NS,
            7 => now + 601 * SECOND_NS,
            _ => now + SECOND_NS * self.dice.below(300),
        };
    }

    fn change_something(&mut self) {
        let account = self.dice.place(self.world.accounts.len());
        match self.dice.below(10) {
            0..=1 => self.world.draw_device(&mut self.dice),
            2 => self.world.patient = self.dice.pick(&["unknown", "connected", "idle"]),
            3 => self.world.draw_facts(&mut self.dice),
            4..=6 => {
                // Often one of who asked or signed: what comes out only later.
                let involved: Vec<usize> = self
                    .oracle
                    .asker
                    .into_iter()
                    .chain(self.oracle.votes.iter().map(|vote| vote.account))
                    .flat_map(|account| self.world.accounts[account].authenticators.clone())
                    .collect();
                let used = self.dice.place(AUTHENTICATORS);
                let used = if involved.is_empty() {
                    used
                } else {
                    self.dice.pick(&[used, involved[0], involved[involved.len() - 1]])
                };
                self.world.accounts[account].authenticators.push(used);
            }
            7 => self.world.accounts[account].enabled ^= true,
            8 => self.world.accounts[account].roles = vec![self.dice.pick(&ROLES), self.dice.pick(&ROLES)],
            _ => self.world.accounts[account].known = !self.dice.one_in(10),
        }
    }

    /// Somebody looks whether it still stands, or whether its time is over.
    fn look(&mut self, totals: &mut Totals) {
        let approval = self.approval.clone();
        let (was_alive, is_behind) = (approval.poll_timeout().is_some(), self.world.now < self.oracle.latest);
        if self.dice.one_in(2) {
            let expected = self.oracle.change(&self.world);
            let outcome = self.world.with_scene(|scene, now| approval.handle_change(scene, now));
            totals.stale_bedside += u64::from(is_stale(&outcome));
            self.compare("a change", outcome, expected);
        } else {
            self.oracle.timeout(&self.world);
            let step = self.world.with_scene(|scene, now| approval.handle_timeout(scene, now));
            self.compare("time", Ok(step), true);
        }
        let has_expired = was_alive && self.oracle.state == "expired";
        totals.expired += u64::from(has_expired && !is_behind);
        totals.clock_back += u64::from(has_expired && is_behind);
    }

    fn compare(&mut self, what: &str, outcome: Outcome, expected: bool) {
        let (seed, step, action) = (self.seed, self.step, self.oracle.action);
        let (is_done, state, why) = match outcome {
            Ok(step) => (true, step.state, String::new()),
            Err(rejection) => (false, rejection.state, rejection.refusal.to_string()),
        };
        let kind = if is_done && !expected { "FORBIDDEN" } else { "ALLOWED" };
        let scene = || format!("{:?}\n{:?}", self.oracle, self.world.accounts);
        assert!(
            is_done == expected,
            "seed {seed}, step {step}: {kind}: {what} for {action}: done {is_done} ({why}), the table says {expected}\n{}",
            scene()
        );
        assert_eq!(
            state.name(),
            self.oracle.state,
            "seed {seed}, step {step}: the state after {what} for {action} ({why})\n{}",
            scene()
        );
        self.approval = state;
    }
}
