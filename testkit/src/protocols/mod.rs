//! Messages of each protocol, byte by byte as their standards say.

pub(crate) mod bacnet;
pub(crate) mod dhcp;
pub(crate) mod dicom;
pub(crate) mod dns;
pub(crate) mod hl7;
pub(crate) mod lab;
pub(crate) mod neighbours;
pub(crate) mod ntp;
pub(crate) mod smb;
pub(crate) mod snmp;
pub(crate) mod ssh;
pub(crate) mod tls;
pub(crate) mod web;
