//! What happens in the hospital on one morning.

mod bedside;
mod building;
mod imaging;
mod laboratory;
mod network;
mod office;

use anyhow::Result;

use crate::hospital::Making;

/// Everything, scene by scene; frames are put in the order of time at the end.
pub(crate) fn play(making: &mut Making) -> Result<()> {
    network::play(making)?;
    imaging::play(making)?;
    bedside::play(making)?;
    laboratory::play(making)?;
    office::play(making)?;
    building::play(making)
}
