//! What LLMNR makes of the DNS message (RFC 4795, 2.1.1).

use crate::infra::dns::message::{Entry, Message, Opcode};

/// Bit C of the header: conflict.
const CONFLICT: u16 = 0x0400;

/// Whether it is an LLMNR query or response: one question that can be read, and no answers in a query.
pub(super) fn is_llmnr(message: &Message<'_>, length: usize) -> bool {
    let header = message.header;
    header.flags.opcode() == Opcode::QUERY
        && header.questions == 1
        && (header.flags.is_response() || header.answers == 0)
        && message.counts_fit(length)
        && message.entries().next().is_some_and(|entry| match entry {
            Entry::Question(question) => question.kind.is_assigned() && question.class.is_assigned(),
            Entry::Record(..) => false,
        })
}

/// Whether the sender says that the name it asks about is taken twice.
pub(super) fn is_conflict(message: &Message<'_>) -> bool {
    message.header.flags.0 & CONFLICT != 0
}
