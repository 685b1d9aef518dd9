//! Protocol parsers: bytes in, facts and anomalies out.
//!
//! A parser says what a message states about the stations that exchange it ([`Notes`]): names, models, versions,
//! weaknesses. It observes and never rejects: what deviates is an anomaly, the raw value is kept, the flow goes on.
//! Datagrams and link frames are handled whole ([`DatagramProtocol`]); streams are handled by a [`Session`] that
//! [`Stream`] feeds, so that any chunking gives the same notes. Patient data is skipped by length.
//!
//! A new protocol is a folder with `mod.rs`, `message.rs`, `session.rs`, `anomaly.rs`, `observe.rs`, `tests.rs`, and
//! a line in its group's list ([`link`], [`infra`], [`clinical`], [`building`]).
#![cfg_attr(not(test), deny(clippy::as_conversions))]

mod anomaly;
pub mod building;
pub mod clinical;
mod datagram;
mod display;
pub mod infra;
pub mod kit;
pub mod link;
mod notes;
mod protocol;
mod registry;
mod stream;
#[cfg(test)]
mod tests;

pub use datagram::{Carrier, DatagramProtocol, Outcome, Packet};
pub use notes::{AnomalyNote, Binding, Fact, Mark, Notes, WeaknessNote};
pub use protocol::{Exposure, Group, Protocol};
pub use registry::{datagrams, fields, names, protocols, streams};
pub use stream::{Chunk, Match, Probe, Session, Side, Step, Stream, StreamProtocol};

pub(crate) use anomaly::anomalies;
