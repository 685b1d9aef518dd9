//! Names of fields and protocols that rows hold as text and the domain holds for ever.

use std::collections::BTreeSet;

use model::Field;

use crate::{Error, Result};

/// Every name that this version knows.
#[derive(Debug)]
pub(crate) struct Names {
    fields: BTreeSet<&'static str>,
    protocols: BTreeSet<&'static str>,
}

impl Names {
    pub(crate) fn new(fields: &[&'static str], protocols: &[&'static str]) -> Self {
        Self { fields: fields.iter().copied().collect(), protocols: protocols.iter().copied().collect() }
    }

    /// The field of this name.
    pub(crate) fn field(&self, name: &str) -> Result<Field> {
        find(&self.fields, "field", name).map(Field::new)
    }

    /// The protocol of this name; nothing is an unknown protocol.
    pub(crate) fn protocol(&self, name: &str) -> Result<Option<&'static str>> {
        if name.is_empty() { Ok(None) } else { find(&self.protocols, "protocol", name).map(Some) }
    }
}

fn find(names: &BTreeSet<&'static str>, kind: &'static str, name: &str) -> Result<&'static str> {
    names.get(name).copied().ok_or_else(|| Error::UnknownName { kind, name: name.to_owned() })
}
