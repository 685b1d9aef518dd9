//! What a sensor may do after its interface is open: nothing that needs a privilege.

use anyhow::Context as _;
use rustix::thread::{
    CapabilitySet, CapabilitySets, clear_ambient_capability_set, set_capabilities, set_no_new_privs,
};

/// Gives every capability up, for this thread and all that it starts. It has to be called before there are others.
pub(super) fn confine() -> anyhow::Result<()> {
    let none = CapabilitySet::empty();
    let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
    set_no_new_privs(true).context("cannot give up new privileges")?;
    clear_ambient_capability_set().context("cannot give up capabilities")?;
    set_capabilities(None, sets).context("cannot give up capabilities")
}
