//! What happens in the hospital on one day: stations come up in the morning, then everybody does what the hour asks for.

mod bedside;
mod building;
pub(crate) mod hostile;
mod imaging;
mod laboratory;
mod network;
mod office;
mod outside;
mod rhythm;

use anyhow::Result;

use crate::device::Device;
use crate::hospital::Making;

/// Something that a device does; `turn` counts how often it did before.
type Act = fn(&mut Making, &Device, usize) -> Result<()>;

/// Everything, device by device; frames are put in the order of time at the end.
pub(crate) fn play(making: &mut Making) -> Result<()> {
    network::come_up(making)?;
    rhythm::play(making)?;
    office::back_up(making)
}
