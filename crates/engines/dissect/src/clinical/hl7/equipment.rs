//! Which device a message speaks of: the sender, or one behind it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use model::{MacAddr, Subject};

/// The devices that one side named so far.
#[derive(Debug, Default)]
pub(super) struct Equipment {
    /// Of the first message that named one; a fingerprint is enough to see that another is meant.
    first: Option<u64>,
    /// Whether the current message has named one.
    is_named: bool,
    /// Address of the device that the current message named last.
    station: Option<MacAddr>,
}

impl Equipment {
    /// A new message starts.
    pub(super) const fn start_message(&mut self) {
        self.is_named = false;
        self.station = None;
    }

    /// Whether `names` is another device than that of an earlier message. Only the first of a message counts: those
    /// that follow may be its modules.
    pub(super) fn is_another(&mut self, names: &[u8]) -> bool {
        if names.is_empty() || self.is_named {
            return false;
        }
        self.is_named = true;
        let mut hasher = DefaultHasher::new();
        names.hash(&mut hasher);
        let hash = hasher.finish();
        *self.first.get_or_insert(hash) != hash
    }

    /// Whom a segment is about that names `names`, which is the address `station`. A segment that names no device is
    /// about the device that the message named before.
    pub(super) const fn subject(&mut self, names: &[u8], station: Option<MacAddr>) -> Subject {
        if !names.is_empty() {
            self.station = station;
        }
        match self.station {
            Some(mac) => Subject::Mac(mac),
            None => Subject::Sender,
        }
    }
}
