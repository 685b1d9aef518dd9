//! Between medical devices and clinical systems.

use crate::{DatagramProtocol, StreamProtocol};

pub mod astm;
pub mod dicom;
pub mod hl7;
pub mod poct1a;
pub mod wsdiscovery;

/// Stream protocols of this group, in the order in which they are tried.
pub static STREAMS: &[&StreamProtocol] =
    &[&dicom::PROTOCOL, &hl7::PROTOCOL, &poct1a::PROTOCOL, &astm::PROTOCOL];

/// Datagram protocols of this group.
pub static DATAGRAMS: &[&DatagramProtocol] = &[&wsdiscovery::PROTOCOL];
