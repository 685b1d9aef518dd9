//! A synthetic hospital made from a seed: what a mirror port would see of it, byte for byte, and what is true about it.
//!
//! Names and patients are invented, addresses are private, names end in `.example`; only the beginnings of MAC
//! addresses and the words that products use are facts. The same seed gives the same bytes on every machine.

mod bytes;
mod device;
pub mod disk;
mod hospital;
mod patients;
pub mod postgres;
mod protocols;
mod random;
mod scenes;
mod talk;
mod tape;
pub mod tools;
mod truth;

pub use device::Device;
pub use hospital::{DicomExchange, DicomFile, Hospital};
pub use patients::Patient;
pub use talk::Side;
pub use tape::Frame;
