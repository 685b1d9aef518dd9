//! Building technology, industrial control and telephony.

use crate::{DatagramProtocol, StreamProtocol};

/// Stream protocols of this group, in the order in which they are tried.
pub static STREAMS: &[&StreamProtocol] = &[];

/// Datagram protocols of this group.
pub static DATAGRAMS: &[&DatagramProtocol] = &[];
