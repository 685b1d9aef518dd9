//! What a long header says about stations.

use std::fmt;

use model::{Field, Subject};

use super::message::Version;
use crate::Notes;

const VERSION: Field = Field::new("quic.version");
const SUPPORTED_VERSION: Field = Field::new("quic.supported_version");

pub(super) const FIELDS: &[Field] = &[VERSION, SUPPORTED_VERSION];

pub(super) fn version(version: Version, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, VERSION, version);
}

/// A version that the server offers instead of the one it was asked for.
pub(super) fn supported_version(version: Version, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, SUPPORTED_VERSION, version);
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010x}", self.0)
    }
}
