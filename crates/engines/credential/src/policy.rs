//! What a site asks of passwords (NIST SP 800-63B-4, 3.1.1.2). No composition rules: none can be set.

use model::Timestamp;

use crate::password::Password;

/// Fewest characters of a password that is the only factor.
pub const WITHOUT_MFA_MIN: usize = 15;
/// Fewest characters of a password beside another factor.
pub const WITH_MFA_MIN: usize = 8;
/// Longest password that is taken: enough for any passphrase, and nothing that keeps a hub busy. At least 64 are asked
/// for.
pub const PASSWORD_MAX: usize = 256;
/// Most earlier passwords that are compared: each takes tens of milliseconds.
pub const HISTORY_MAX: usize = 24;
/// Characters that a password has beside words that everybody knows of somebody.
const OWN_MIN: usize = 8;
/// Shorter words are in too many others.
const WORD_MIN: usize = 4;
/// Most a site may ask for.
const MIN_MAX: usize = 64;
const DAY_NS: u64 = 24 * 60 * 60 * 1_000_000_000;

/// What a site asks of passwords. It may ask for more than the standard, never for less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordPolicy {
    without_mfa_min: usize,
    with_mfa_min: usize,
    rotate_after_days: Option<u32>,
    history: usize,
    words: Vec<String>,
}

/// No such policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Too short or too long.
    #[error(
        "passwords have at least {least} characters here, and a site asks for {MIN_MAX} at most; not {asked}"
    )]
    Min {
        /// What the standard asks for.
        least: usize,
        /// What the site asks for.
        asked: usize,
    },
    /// Too many.
    #[error("at most {HISTORY_MAX} earlier passwords are compared, not {0}")]
    History(usize),
    /// Never, or every day.
    #[error("passwords are changed after 1 to 3650 days or never, not after {0}")]
    Rotation(u32),
}

/// What a password is checked beside.
#[derive(Debug)]
pub struct Asked<'a> {
    /// User name and names of whose password it is.
    pub names: &'a [&'a str],
    /// Whether the account has another factor.
    pub has_mfa: bool,
    /// How often it was seen in breaches.
    pub breached: u64,
    /// Verifiers of earlier passwords, the newest first.
    pub earlier: &'a [&'a str],
}

/// What is wrong with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Too short.
    #[error("it has {has} characters; at least {least} are needed, a few words will do")]
    Short {
        /// Characters that it has.
        has: usize,
        /// Characters that it needs.
        least: usize,
    },
    /// Too long.
    #[error("it has more than {PASSWORD_MAX} characters")]
    Long,
    /// Little is left without words that everybody knows.
    #[error(
        "without the names of the person, the product and the hospital fewer than {OWN_MIN} characters are left"
    )]
    Words,
    /// Seen in breaches.
    #[error("it was seen in breaches {0} times; attackers try it")]
    Breached(u64),
    /// Had before.
    #[error("it was used here before")]
    Earlier,
}

impl PasswordPolicy {
    /// The standard's. `hospital` are names of the site.
    #[must_use]
    pub fn new(hospital: &[&str]) -> Self {
        let words = ["bedrail", "password", "passwort"].iter().chain(hospital);
        Self {
            without_mfa_min: WITHOUT_MFA_MIN,
            with_mfa_min: WITH_MFA_MIN,
            rotate_after_days: None,
            history: 0,
            words: words.flat_map(|words| plain_words(words)).collect(),
        }
    }

    /// With more characters.
    ///
    /// # Errors
    /// When they are fewer than the standard asks for, or more than 64.
    pub fn with_min(self, without_mfa_min: usize, with_mfa_min: usize) -> Result<Self, PolicyError> {
        for (asked, least) in [(without_mfa_min, WITHOUT_MFA_MIN), (with_mfa_min, WITH_MFA_MIN)] {
            if !(least..=MIN_MAX).contains(&asked) {
                return Err(PolicyError::Min { least, asked });
            }
        }
        Ok(Self { without_mfa_min, with_mfa_min, ..self })
    }

    /// With a change after so many days. The standard advises against it.
    ///
    /// # Errors
    /// When it is 0 or more than ten years.
    pub fn with_rotation(self, days: u32) -> Result<Self, PolicyError> {
        if !(1..=3_650).contains(&days) {
            return Err(PolicyError::Rotation(days));
        }
        Ok(Self { rotate_after_days: Some(days), ..self })
    }

    /// None of the last `history` again.
    ///
    /// # Errors
    /// When they are more than [`HISTORY_MAX`].
    pub fn with_history(self, history: usize) -> Result<Self, PolicyError> {
        if history > HISTORY_MAX {
            return Err(PolicyError::History(history));
        }
        Ok(Self { history, ..self })
    }

    /// Everything that is wrong with a new password. `is_of` says whether a verifier is of it; it is slow, so it is asked
    /// last and only when nothing else is wrong.
    ///
    /// # Errors
    /// Every fault.
    pub fn check(
        &self,
        password: &Password,
        asked: &Asked<'_>,
        is_of: impl Fn(&str, &Password) -> bool,
    ) -> Result<(), Vec<Fault>> {
        let least = if asked.has_mfa { self.with_mfa_min } else { self.without_mfa_min };
        let has = password.length();
        let mut faults = Vec::new();
        if has < least {
            faults.push(Fault::Short { has, least });
        }
        if has > PASSWORD_MAX {
            return Err(vec![Fault::Long]);
        }
        if !self.is_own(password, asked.names) {
            faults.push(Fault::Words);
        }
        if asked.breached > 0 {
            faults.push(Fault::Breached(asked.breached));
        }
        let earlier = || asked.earlier.iter().take(self.history).any(|verifier| is_of(verifier, password));
        if faults.is_empty() && earlier() {
            faults.push(Fault::Earlier);
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Whether a password that was set then has to be changed: it is breached, or the site sets a time.
    #[must_use]
    pub fn is_due(&self, set_at: Timestamp, is_breached: bool, now: Timestamp) -> bool {
        let is_old = |days: u32| now.since(set_at) >= u64::from(days) * DAY_NS;
        is_breached || self.rotate_after_days.is_some_and(is_old)
    }

    /// Whether enough is left without words that everybody knows. Who uses none of them has enough.
    fn is_own(&self, password: &Password, names: &[&str]) -> bool {
        let plain = zeroize::Zeroizing::new(password.expose().to_lowercase());
        let mut words: Vec<String> = names.iter().flat_map(|name| plain_words(name)).collect();
        words.extend(self.words.iter().cloned());
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let mut rest = zeroize::Zeroizing::new(plain.as_str().to_owned());
        for word in words {
            *rest = rest.replace(word.as_str(), "");
        }
        *rest == *plain || rest.chars().count() >= OWN_MIN
    }
}

/// Words in small letters that are long enough to mean something.
fn plain_words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| word.chars().count() >= WORD_MIN).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOBODY: Asked<'_> = Asked { names: &[], has_mfa: false, breached: 0, earlier: &[] };

    fn policy() -> PasswordPolicy {
        PasswordPolicy::new(&["St. Ann's Hospital"])
    }

    fn faults(policy: &PasswordPolicy, password: &str, asked: &Asked<'_>) -> Vec<Fault> {
        let is_of = |verifier: &str, password: &Password| verifier == password.expose();
        policy.check(&Password::new(password), asked, is_of).err().unwrap_or_default()
    }

    #[test]
    fn asvs_v6_2_1_length_counts_characters_and_depends_on_the_other_factor() {
        let with_mfa = Asked { has_mfa: true, ..NOBODY };
        assert_eq!(faults(&policy(), &"ä".repeat(14), &NOBODY), [Fault::Short { has: 14, least: 15 }]);
        assert_eq!(faults(&policy(), &"ä".repeat(15), &NOBODY), []);
        assert_eq!(faults(&policy(), "kjhsdfw", &with_mfa), [Fault::Short { has: 7, least: 8 }]);
        assert_eq!(faults(&policy(), "kjhsdfwe", &with_mfa), []);
        assert_eq!(faults(&policy(), &"a".repeat(256), &NOBODY), []);
        assert_eq!(faults(&policy(), &"a".repeat(257), &NOBODY), [Fault::Long]);
    }

    #[test]
    fn asvs_v6_2_11_words_that_everybody_knows_do_not_count() {
        let names = ["ines.k", "Ines", "Kowalski"];
        let asked = Asked { names: &names, ..NOBODY };
        for password in
            ["bedrailbedrail1!", "Hospital-Kowalski", "KOWALSKIKOWALSKI26", "password-ines-password"]
        {
            assert_eq!(faults(&policy(), password, &asked), [Fault::Words], "{password}");
        }
        for password in ["the bedrail is green today", "ines und die wolken", "correct horse battery"] {
            assert_eq!(faults(&policy(), password, &asked), [], "{password}");
        }
    }

    #[test]
    fn every_fault_is_said_and_earlier_ones_are_asked_last() {
        let earlier = ["old enough to be long", "older than that is also long"];
        let asked = Asked { breached: 3, earlier: &earlier, ..NOBODY };
        assert_eq!(faults(&policy(), "bedrail", &asked).len(), 3);
        let asked = Asked { earlier: &earlier, ..NOBODY };
        let strict = policy().with_history(1).unwrap();
        assert_eq!(faults(&strict, earlier[0], &asked), [Fault::Earlier]);
        assert_eq!(faults(&strict, earlier[1], &asked), [], "only the last one is compared");
        assert_eq!(faults(&policy(), earlier[0], &asked), []);
    }

    #[test]
    fn asvs_v6_2_10_passwords_last_until_the_site_says_otherwise() {
        let day = |days: u64| Timestamp::from_nanos(days * DAY_NS);
        assert!(!policy().is_due(day(0), false, day(20_000)));
        assert!(policy().is_due(day(0), true, day(0)));
        let rotating = policy().with_rotation(90).unwrap();
        assert!(!rotating.is_due(day(10), false, day(99)) && rotating.is_due(day(10), false, day(100)));
        assert!(!rotating.is_due(day(10), false, day(0)), "a clock that was set back locks nobody out");
    }

    #[test]
    fn a_site_asks_for_more_and_never_for_less() {
        assert!(policy().with_min(14, 8).is_err() && policy().with_min(15, 7).is_err());
        assert!(policy().with_min(65, 8).is_err() && policy().with_min(64, 64).is_ok());
        assert!(policy().with_history(25).is_err() && policy().with_history(24).is_ok());
        assert!(policy().with_rotation(0).is_err() && policy().with_rotation(3_651).is_err());
    }

    proptest! {
        #[test]
        fn asvs_v6_2_5_any_characters_will_do(password in "\\PC{15,80}") {
            let found = faults(&policy(), &password, &NOBODY);
            // Other forms of a character may be longer or shorter; nothing else is asked.
            let length = Password::new(&password).length();
            prop_assert_eq!(found.contains(&Fault::Short { has: length, least: 15 }), length < 15);
            prop_assert!(!(15..=256).contains(&length) || found.is_empty() || found == [Fault::Words]);
        }
    }
}
