//! Which accounts are one person.

use std::collections::BTreeMap;

use model::{AccountId, AuthenticatorId, PersonId};

/// What is known about an account: whose it is, and every authenticator it ever used. Nothing is taken out of this list
/// when an authenticator is removed from the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The account.
    pub account: AccountId,
    /// Who it belongs to.
    pub person: PersonId,
    /// Every authenticator that it ever used.
    pub authenticators: Vec<AuthenticatorId>,
}

/// Accounts, each with the person behind it.
///
/// Two accounts are one person when they belong to one, or when both ever used one authenticator; and so are all that
/// are linked in this way in any number of steps.
#[derive(Debug, Clone, Default)]
pub struct People {
    accounts: BTreeMap<AccountId, Known>,
}

/// Whoever is behind an account. Only to be compared with others of the same [`People`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(usize);

/// Accounts that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeopleError {
    /// One account twice.
    #[error("account `{0}` is listed twice")]
    Twice(AccountId),
}

#[derive(Debug, Clone)]
struct Known {
    person: Person,
    authenticators: Vec<AuthenticatorId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Link<'l> {
    Person(&'l PersonId),
    Authenticator(&'l AuthenticatorId),
}

impl People {
    /// Follows every link between the accounts.
    ///
    /// # Errors
    /// When an account is listed twice.
    pub fn new(logins: Vec<Login>) -> Result<Self, PeopleError> {
        let mut sets = Sets((0..logins.len()).collect());
        let mut first: BTreeMap<Link<'_>, usize> = BTreeMap::new();
        for (place, login) in logins.iter().enumerate() {
            let person = std::iter::once(Link::Person(&login.person));
            for link in person.chain(login.authenticators.iter().map(Link::Authenticator)) {
                let other = *first.entry(link).or_insert(place);
                sets.join(place, other);
            }
        }
        let persons: Vec<Person> = (0..logins.len()).map(|place| Person(sets.root(place))).collect();
        let mut accounts = BTreeMap::new();
        for (login, person) in logins.into_iter().zip(persons) {
            let known = Known { person, authenticators: login.authenticators };
            if accounts.insert(login.account.clone(), known).is_some() {
                return Err(PeopleError::Twice(login.account));
            }
        }
        Ok(Self { accounts })
    }

    /// Who is behind an account.
    #[must_use]
    pub fn person(&self, account: &AccountId) -> Option<Person> {
        self.accounts.get(account).map(|known| known.person)
    }

    /// Who is behind an account that used this authenticator. Where the use is not on record the links are not either,
    /// so then it is nobody.
    #[must_use]
    pub fn person_with(&self, account: &AccountId, authenticator: &AuthenticatorId) -> Option<Person> {
        let known = self.accounts.get(account)?;
        known.authenticators.contains(authenticator).then_some(known.person)
    }
}

/// Disjoint sets with path halving (R. E. Tarjan, J. van Leeuwen 1984). Holds the parent of each.
struct Sets(Vec<usize>);

impl Sets {
    fn root(&mut self, mut of: usize) -> usize {
        loop {
            let parent = self.0.get(of).copied().unwrap_or(of);
            if parent == of {
                return of;
            }
            let above = self.0.get(parent).copied().unwrap_or(parent);
            if let Some(place) = self.0.get_mut(of) {
                *place = above;
            }
            of = above;
        }
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(parent) = self.0.get_mut(one) {
            *parent = other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(account: &str, person: &str, authenticators: &[&str]) -> Login {
        Login {
            account: account.parse().unwrap(),
            person: person.parse().unwrap(),
            authenticators: authenticators.iter().map(|id| id.parse().unwrap()).collect(),
        }
    }

    fn person(people: &People, account: &str) -> Person {
        people.person(&account.parse().unwrap()).unwrap()
    }

    #[test]
    fn links_are_followed_in_any_number_of_steps() {
        let people = People::new(vec![
            login("acc_a", "per_1", &["aut_x"]),
            login("acc_b", "per_2", &["aut_y", "aut_x"]),
            login("acc_c", "per_2", &["aut_z"]),
            login("acc_d", "per_3", &["aut_z"]),
            login("acc_e", "per_4", &["aut_w"]),
        ])
        .unwrap();
        for other in ["acc_b", "acc_c", "acc_d"] {
            assert_eq!(person(&people, "acc_a"), person(&people, other), "{other}");
        }
        assert_ne!(person(&people, "acc_a"), person(&people, "acc_e"));
    }

    #[test]
    fn an_authenticator_that_an_account_never_used_proves_nothing() {
        let people = People::new(vec![login("acc_a", "per_1", &["aut_x"])]).unwrap();
        let account = "acc_a".parse().unwrap();
        assert!(people.person_with(&account, &"aut_x".parse().unwrap()).is_some());
        assert_eq!(people.person_with(&account, &"aut_y".parse().unwrap()), None);
        assert_eq!(people.person(&"acc_b".parse().unwrap()), None);
    }

    #[test]
    fn refuses_an_account_that_is_listed_twice() {
        let twice = vec![login("acc_a", "per_1", &[]), login("acc_a", "per_2", &[])];
        assert!(matches!(People::new(twice), Err(PeopleError::Twice(_))));
    }
}
