//! A small hospital: accounts, what they used, what a device means, what the clock shows.

use std::collections::BTreeMap;

use model::{AccountId, ClinicalClass, PatientState, Timestamp};
use respond::{
    Action, Condition, ConditionSet, Lifetimes, Login, Notice, People, Requirement, Role, RoleSet, Scene,
    Seats, SiteMatrix, Situation,
};

use crate::table::{self, Cell, Table, Who};

/// Numbers from a seed (splitmix64, S. Vigna).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(crate) fn place(&mut self, n: usize) -> usize {
        usize::try_from(self.below(u64::try_from(n).unwrap())).unwrap()
    }

    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.place(from.len())]
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) person: usize,
    pub(crate) authenticators: Vec<usize>,
    pub(crate) roles: Vec<&'static str>,
    pub(crate) enabled: bool,
    pub(crate) known: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) accounts: Vec<Account>,
    pub(crate) class: &'static str,
    pub(crate) patient: &'static str,
    pub(crate) holds: Vec<&'static str>,
    pub(crate) now: u64,
    pub(crate) table: Table,
    pub(crate) matrix: SiteMatrix,
    pub(crate) lifetimes_s: (u32, u32),
}

pub(crate) const ROLES: [&str; 6] =
    ["clinical_owner", "clinician", "biomed", "security", "network", "administrator"];
pub(crate) const AUTHENTICATORS: usize = 7;
pub(crate) const YEAR_NS: u64 = 365 * 86_400 * 1_000_000_000;

pub(crate) fn id<T: std::str::FromStr<Err = model::IdError>>(prefix: &str, number: usize) -> T {
    format!("{prefix}{number}").parse().unwrap()
}

impl World {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let persons = 2 + dice.place(4);
        let accounts = (0..3 + dice.place(5)).map(|number| account(number, persons, dice)).collect();
        let lifetimes_s = (600 + 600 * u32::try_from(dice.below(6)).unwrap(), 60 << dice.below(8));
        let mut world = Self {
            accounts,
            class: "unknown",
            patient: "unknown",
            holds: Vec::new(),
            now: 50 * YEAR_NS + dice.below(YEAR_NS),
            table: table::table(),
            matrix: SiteMatrix::new(Lifetimes::new(lifetimes_s.0, lifetimes_s.1).unwrap()),
            lifetimes_s,
        };
        for site in table::SITES {
            if dice.one_in(8) {
                world.tighten(site);
            }
        }
        world.draw_device(dice);
        world.draw_facts(dice);
        world
    }

    fn tighten(&mut self, (row, column, text): &(&str, usize, &str)) {
        let cell = table::cell(text);
        let (action, situation) = (Action::from_name(row).unwrap(), Situation::ALL[*column]);
        self.matrix = self.matrix.clone().with(action, situation, requirement(&cell)).unwrap();
        self.table.get_mut(*row).unwrap()[*column] = cell;
    }

    pub(crate) fn draw_device(&mut self, dice: &mut Dice) {
        self.class = dice.pick(ClinicalClass::ALL).name();
        self.patient = dice.pick(&["unknown", "connected", "idle", "idle"]);
    }

    pub(crate) fn draw_facts(&mut self, dice: &mut Dice) {
        self.holds = Condition::ALL.iter().map(|fact| fact.name()).collect();
        if !dice.one_in(3) {
            self.holds.retain(|_| !dice.one_in(4));
        }
    }

    /// The cell of the hand-written table.
    pub(crate) fn cell(&self, action: &str) -> Cell {
        self.table[action][table::column(self.class, self.patient)].clone()
    }

    /// What an account may sign as now.
    pub(crate) fn roles(&self, account: usize) -> Vec<&'static str> {
        let account = &self.accounts[account];
        if account.enabled { account.roles.clone() } else { Vec::new() }
    }

    /// Whether two accounts are one person, by Warshall's closure.
    pub(crate) fn same(&self) -> Vec<Vec<bool>> {
        let n = self.accounts.len();
        let linked = |a: &Account, b: &Account| {
            a.known
                && b.known
                && (a.person == b.person
                    || a.authenticators.iter().any(|used| b.authenticators.contains(used)))
        };
        let row = |a: usize| (0..n).map(|b| a == b || linked(&self.accounts[a], &self.accounts[b])).collect();
        let mut same: Vec<Vec<bool>> = (0..n).map(row).collect();
        for middle in 0..n {
            for a in 0..n {
                for b in 0..n {
                    same[a][b] |= same[a][middle] && same[middle][b];
                }
            }
        }
        same
    }

    /// What two accounts share themselves, with nobody in between.
    pub(crate) fn shares(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.accounts[a], &self.accounts[b]);
        a.person == b.person || a.authenticators.iter().any(|used| b.authenticators.contains(used))
    }

    /// The same for the engine.
    pub(crate) fn with_scene<T>(&self, act: impl FnOnce(&Scene<'_>, Timestamp) -> T) -> T {
        let known = || self.accounts.iter().enumerate().filter(|(_, account)| account.known);
        let login = |(number, account): (usize, &Account)| Login {
            account: id("acc_", number),
            person: id("per_", account.person),
            authenticators: account.authenticators.iter().map(|used| id("aut_", *used)).collect(),
        };
        let people = People::new(known().map(login).collect()).unwrap();
        let enabled = self.accounts.iter().enumerate().filter(|(_, account)| account.enabled);
        let roles: BTreeMap<AccountId, RoleSet> =
            enabled.map(|(number, account)| (id("acc_", number), role_set(&account.roles))).collect();
        let scene = Scene {
            matrix: &self.matrix,
            class: self.class.parse::<ClinicalClass>().unwrap(),
            patient: self.patient.parse::<PatientState>().unwrap(),
            holds: conditions(&self.holds),
            people: &people,
            roles: &roles,
        };
        act(&scene, Timestamp::from_nanos(self.now))
    }
}

fn account(number: usize, persons: usize, dice: &mut Dice) -> Account {
    let mut authenticators =
        vec![if dice.one_in(6) { dice.place(AUTHENTICATORS) } else { number % AUTHENTICATORS }];
    if dice.one_in(4) {
        authenticators.push(dice.place(AUTHENTICATORS));
    }
    let mut roles: Vec<&'static str> = vec![dice.pick(&ROLES)];
    if dice.one_in(2) {
        roles.push(dice.pick(&ROLES));
    }
    let person = if dice.one_in(3) { dice.place(persons) } else { persons + number };
    Account { person, authenticators, roles, enabled: !dice.one_in(12), known: !dice.one_in(40) }
}

pub(crate) fn role_set(roles: &[&str]) -> RoleSet {
    roles.iter().map(|role| Role::from_name(role).unwrap()).collect()
}

fn conditions(words: &[impl AsRef<str>]) -> ConditionSet {
    words.iter().map(|word| Condition::from_name(word.as_ref()).unwrap()).collect()
}

/// A cell of the table through the crate's own constructors.
pub(crate) fn requirement(cell: &Cell) -> Requirement {
    let asked = match &cell.who {
        Who::Never => Requirement::never(),
        Who::Order => Requirement::work_order(),
        Who::Nobody => Requirement::automatic(conditions(&cell.when)),
        Who::Seats(roles) => {
            let mut seats = Seats::new(roles.iter().map(|roles| role_set(roles)).collect()).unwrap();
            if cell.asker_out {
                seats = seats.without_requester();
            }
            if cell.bedside {
                seats = seats.with_bedside().unwrap();
            }
            Requirement::signed(seats, conditions(&cell.when))
        }
    };
    let told: Vec<Notice> = cell.tell.iter().map(|word| Notice::from_name(word).unwrap()).collect();
    let asked = asked.telling(&told);
    cell.minutes.map_or(asked.clone(), |minutes| asked.for_s(minutes * 60))
}
