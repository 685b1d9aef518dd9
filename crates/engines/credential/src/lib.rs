//! What people prove themselves with, and how often they may try.
//!
//! No IO, no clock, no randomness: time, random bytes and files are arguments. Secrets are wiped when they are dropped,
//! and cannot be printed. Times are those of a clock that nobody sets, but for one-time passwords, which are made from
//! the time of the day (`docs/decisions/0030`).
//!
//! Where to look first: [`Totp::handle_code`], [`PasswordPolicy::check`], [`Proven::decide`], [`Limiter::handle_attempt`].

mod assurance;
mod breached;
mod cookie;
mod limit;
mod password;
mod policy;
mod recovery;
mod totp;

pub use assurance::{Because, Factor, Missing, Need, Proof, Proven, StepUp, StepUpError, Verdict};
pub use breached::{BreachedError, BreachedList, Shape};
pub use cookie::{CookieId, CookieKey};
pub use limit::{
    Account, Answer, Attempt, FREE, FREE_SOURCE, GUESSES_PER_DAY_MAX, HELD_MAX, Limiter, Slowed, Source,
    WAIT_MAX_S,
};
pub use password::Password;
pub use policy::{
    Asked, Fault, HISTORY_MAX, PASSWORD_MAX, PasswordPolicy, PolicyError, WITH_MFA_MIN, WITHOUT_MFA_MIN,
};
pub use recovery::{CODE_BYTES, CODES, RecoveryCode, RecoveryCodes, RecoveryError, Spent};
pub use totp::{Algorithm, Enrolment, Totp, TotpError, TotpSecret, WINDOW_STEPS};
