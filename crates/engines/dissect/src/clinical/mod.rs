//! Between medical devices and clinical systems.

use crate::{DatagramProtocol, StreamProtocol};

pub mod dicom;
pub mod hl7;

/// Stream protocols of this group, in the order in which they are tried.
pub static STREAMS: &[&StreamProtocol] = &[&dicom::PROTOCOL, &hl7::PROTOCOL];

/// Datagram protocols of this group.
pub static DATAGRAMS: &[&DatagramProtocol] = &[];
