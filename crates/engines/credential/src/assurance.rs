//! What a session has proven, and whether that suffices for an act.

use std::fmt;

use model::Timestamp;

/// What somebody proves themselves with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Factor {
    /// Something known.
    Password,
    /// Something had: a generator of one-time passwords.
    Totp,
    /// Something had: a passkey that did not ask who is there.
    Passkey,
    /// Something had, and known or been: a passkey that asked for a PIN or a finger (WebAuthn "user verified").
    VerifiedPasskey,
    /// Something had: a recovery code. It lets in, and for nothing that is dangerous.
    RecoveryCode,
}

/// A factor that was proven, and when (time that nobody sets).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// What.
    pub factor: Factor,
    /// When.
    pub at: Timestamp,
}

/// Everything that a session has proven.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proven(Vec<Proof>);

/// What an act needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// One factor: what somebody needs to enrol the second one, and to log out.
    Login,
    /// Two factors of different kinds, or a verified passkey, in this session.
    Mfa,
    /// And one that is had, again, just now: for dangerous acts.
    StepUp(StepUp),
}

/// How long ago a step-up may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepUp {
    within_min: u32,
}

/// No such time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a step-up lasts 1 to {STEP_UP_MIN_MAX} minutes, not {0}")]
pub struct StepUpError(u32);

/// Longest that a step-up lasts.
const STEP_UP_MIN_MAX: u32 = 60;

/// Whether an act may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What is missing; `None` when it may go on.
    pub missing: Option<Missing>,
    /// Why.
    pub because: Because,
}

/// What somebody has to do first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Log in.
    Login,
    /// Show a second factor.
    SecondFactor,
    /// Show a generator's code or a passkey again.
    FreshFactor,
}

/// The rule and the inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// What was asked for.
    pub need: Need,
    /// What was proven.
    pub proven: Vec<Proof>,
    /// When it was judged.
    pub at: Timestamp,
}

impl Factor {
    /// Stable snake_case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::VerifiedPasskey => "verified_passkey",
            Self::RecoveryCode => "recovery_code",
        }
    }

    const fn is_known(self) -> bool {
        matches!(self, Self::Password | Self::VerifiedPasskey)
    }

    const fn is_had(self) -> bool {
        matches!(self, Self::Totp | Self::Passkey | Self::VerifiedPasskey | Self::RecoveryCode)
    }

    /// Whether it may be shown again and again: a password may have been watched, a recovery code is for an emergency.
    const fn steps_up(self) -> bool {
        matches!(self, Self::Totp | Self::Passkey | Self::VerifiedPasskey)
    }
}

impl StepUp {
    /// So many minutes.
    ///
    /// # Errors
    /// When it is 0 or more than an hour.
    pub const fn within_min(within_min: u32) -> Result<Self, StepUpError> {
        if within_min == 0 || within_min > STEP_UP_MIN_MAX {
            return Err(StepUpError(within_min));
        }
        Ok(Self { within_min })
    }

    fn is_fresh(self, at: Timestamp, now: Timestamp) -> bool {
        at <= now && now.since(at) < u64::from(self.within_min) * 60 * 1_000_000_000
    }
}

impl Proven {
    /// With another proof. Of each factor the latest counts.
    #[must_use]
    pub fn with(mut self, factor: Factor, at: Timestamp) -> Self {
        self.0.retain(|proof| proof.factor != factor);
        self.0.push(Proof { factor, at });
        self
    }

    /// What was proven.
    #[must_use]
    pub fn proofs(&self) -> &[Proof] {
        &self.0
    }

    /// Whether this suffices. A proof from the future counts for nothing: a clock that was set back proves nothing.
    #[must_use]
    pub fn decide(&self, need: Need, now: Timestamp) -> Verdict {
        let past: Vec<Proof> = self.0.iter().copied().filter(|proof| proof.at <= now).collect();
        let any = |fits: fn(Factor) -> bool| past.iter().any(|proof| fits(proof.factor));
        let is_mfa = any(Factor::is_known) && any(Factor::is_had);
        let missing = match need {
            _ if past.is_empty() => Some(Missing::Login),
            Need::Login => None,
            Need::Mfa | Need::StepUp(_) if !is_mfa => Some(Missing::SecondFactor),
            Need::Mfa => None,
            Need::StepUp(step_up) => {
                let fresh =
                    past.iter().any(|proof| proof.factor.steps_up() && step_up.is_fresh(proof.at, now));
                if fresh { None } else { Some(Missing::FreshFactor) }
            }
        };
        Verdict { missing, because: Because { need, proven: past, at: now } }
    }
}

impl Verdict {
    /// Whether the act may go on.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        self.missing.is_none()
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Login => f.write_str("a login"),
            Self::Mfa => f.write_str("two factors"),
            Self::StepUp(StepUp { within_min }) => {
                write!(f, "two factors, one of them in the last {within_min} min by generator or passkey")
            }
        }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "needs {}; proven:", self.need)?;
        if self.proven.is_empty() {
            f.write_str(" nothing")?;
        }
        for Proof { factor, at } in &self.proven {
            write!(f, " {} {} s ago", factor.name(), self.at.since(*at) / 1_000_000_000)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FACTORS: [Factor; 5] =
        [Factor::Password, Factor::Totp, Factor::Passkey, Factor::VerifiedPasskey, Factor::RecoveryCode];

    fn at(minutes: u64) -> Timestamp {
        Timestamp::from_nanos(minutes * 60 * 1_000_000_000)
    }

    fn step_up() -> Need {
        Need::StepUp(StepUp::within_min(5).unwrap())
    }

    #[test]
    fn asvs_v6_3_3_two_factors_are_of_two_kinds() {
        let proven = |factors: &[Factor]| {
            factors.iter().fold(Proven::default(), |proven, factor| proven.with(*factor, at(1)))
        };
        use Factor::{Passkey, Password, RecoveryCode, Totp, VerifiedPasskey};
        for (factors, is_mfa) in [
            (vec![], false),
            (vec![Password], false),
            (vec![Totp], false),
            (vec![Passkey], false),
            (vec![VerifiedPasskey], true),
            (vec![RecoveryCode], false),
            (vec![Totp, Passkey], false),
            (vec![Totp, RecoveryCode], false),
            (vec![Password, Totp], true),
            (vec![Password, Passkey], true),
            (vec![Password, RecoveryCode], true),
        ] {
            let verdict = proven(&factors).decide(Need::Mfa, at(1));
            assert_eq!(verdict.is_allowed(), is_mfa, "{factors:?}: {}", verdict.because);
        }
    }

    #[test]
    fn asvs_v7_5_3_dangerous_acts_need_a_factor_just_now() {
        let proven = Proven::default().with(Factor::Password, at(10)).with(Factor::Totp, at(10));
        assert!(proven.decide(step_up(), at(14)).is_allowed());
        assert_eq!(proven.decide(step_up(), at(15)).missing, Some(Missing::FreshFactor));
        assert_eq!(proven.decide(step_up(), at(9)).missing, Some(Missing::Login), "from the future");
        let again = proven.clone().with(Factor::Password, at(15));
        assert_eq!(
            again.decide(step_up(), at(15)).missing,
            Some(Missing::FreshFactor),
            "a password is no step-up"
        );
        let emergency = proven.clone().with(Factor::RecoveryCode, at(15));
        assert_eq!(emergency.decide(step_up(), at(15)).missing, Some(Missing::FreshFactor));
        let renewed = proven.with(Factor::Totp, at(15)).decide(step_up(), at(16));
        assert!(renewed.is_allowed());
        assert_eq!(
            renewed.because.to_string(),
            "needs two factors, one of them in the last 5 min by generator or passkey; proven: password 360 s ago totp 60 s ago"
        );
    }

    #[test]
    fn a_step_up_lasts_an_hour_at_most() {
        assert!(StepUp::within_min(0).is_err() && StepUp::within_min(61).is_err());
        assert!(StepUp::within_min(1).is_ok() && StepUp::within_min(60).is_ok());
    }

    proptest! {
        #[test]
        fn who_may_do_more_may_do_less_and_time_allows_nothing(
            proofs in proptest::collection::vec((0..5_usize, 0..30_u64), 0..8),
            now in 0..30_u64,
            later in 0..30_u64,
        ) {
            let proven = proofs.iter().fold(Proven::default(), |proven, (factor, minute)| {
                proven.with(FACTORS[*factor], at(*minute))
            });
            let allows = |need, minute| proven.decide(need, at(minute)).is_allowed();
            prop_assert!(!allows(step_up(), now) || allows(Need::Mfa, now));
            prop_assert!(!allows(Need::Mfa, now) || allows(Need::Login, now));
            let all_past = proofs.iter().all(|(_, minute)| *minute <= now);
            prop_assert!(!all_past || allows(step_up(), now) || !allows(step_up(), now + later));
        }
    }
}
