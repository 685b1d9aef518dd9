//! From a sensor to its hub on another machine, at least once and counted exactly once.
//!
//! - [`encode`] and [`decode`]: a batch as bytes; both sides use them.
//! - [`Spool`]: what is to be sent, on disk until the hub has it.
//! - [`enrol`] and [`Client`]: mutual TLS with the hub's own authority; [`Token`] names it.
//! - [`Courier`]: decides what is asked of the hub and what its answers mean, without clock or network.
//! - [`ship`]: does what it says, again and again until everything is acknowledged.
//! - [`message`]: what both sides tell each other.

mod client;
mod codec;
mod identity;
pub mod message;
mod ship;
mod spool;
mod token;

pub use client::{AddressError, Client, ClientError, HubAddress, HubAnswer, enrol};
pub use codec::{CodecError, ENCODED_MAX, PLAIN_MAX, Vocabulary, decode, encode};
pub use identity::{Applicant, Identity, IdentityError};
pub use ship::{
    Backoff, Courier, Errand, Heard, Line, Question, SharedSpool, ShipError, Shipping, Status, Verdict,
    chance, ship, tell,
};
pub use spool::{Backlog, Full, Limits, Notice, Spool, SpoolError, Waiting};
pub use token::{Token, TokenError};
