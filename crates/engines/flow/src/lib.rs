//! Packets to conversations and observations.
//!
//! [`decode`] reads the headers of a frame down to the innermost conversation; [`lane_of`] says which of the fixed
//! number of [`LANES`] it belongs to; a [`Lane`] keeps its flows, reassembles, recognizes protocols by their bytes,
//! lets the parsers of `dissect` read, and writes down what they say; [`Report::of`] makes one report of all lanes.
//!
//! Sans-IO: frames and their time come in, a report goes out. The same frames give the same report for any chunking
//! and any number of threads.
#![cfg_attr(not(test), deny(clippy::as_conversions))]

mod chunks;
mod community_id;
mod decode;
mod detect;
mod flow_state;
mod fragments;
mod hash_index;
mod key;
pub mod kit;
mod lane;
mod ledger;
mod report;
mod scribe;
mod table;
mod tcp;

pub use community_id::{CommunityId, community_id};
pub use decode::{DropReason, Fragment, Frame, Headers, Tcp, TcpFlags, decode};
pub use detect::Parsers;
pub use key::Transport;
pub use lane::{Lane, LaneOptions};
pub use ledger::Ledger;
pub use report::{Conversation, ConversationKey, ProtocolTally, Report, Tally};

/// Number of lanes. Fixed, so that limits and expiry do not depend on the number of threads that run them.
pub const LANES: usize = 16;

/// The lane that a frame with these headers belongs to, less than [`LANES`].
#[must_use]
pub fn lane_of(headers: &Headers) -> usize {
    key::lane(headers, LANES)
}
