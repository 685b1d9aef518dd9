//! Infrastructure and general IT.

use crate::{DatagramProtocol, StreamProtocol};

mod ber;
pub mod browser;
pub mod capwap;
mod certificate;
pub mod dhcp;
pub mod dhcpv6;
mod dialogue;
pub mod dns;
pub mod dtls;
mod fields;
mod fingerprint;
pub mod ftp;
mod gss;
mod heads;
pub mod http;
pub mod imap;
pub mod ipp;
pub mod jetdirect;
pub mod kerberos;
pub mod ldap;
pub mod llmnr;
pub mod mdns;
pub mod mqtt;
pub mod nbns;
mod ntlm;
pub mod ntp;
pub mod pop;
pub mod quic;
pub mod radius;
pub mod rdp;
pub mod rtsp;
mod sasl;
pub mod sip;
pub mod slp;
pub mod smb;
pub mod smtp;
pub mod snmp;
pub mod ssdp;
pub mod ssh;
pub mod syslog;
pub mod telnet;
mod text;
pub mod tftp;
pub mod tls;
mod utf16;
pub mod vnc;

/// Stream protocols of this group, in the order in which they are tried.
#[rustfmt::skip] // one in a line, so that additions merge
pub static STREAMS: &[&StreamProtocol] = &[
    &http::PROTOCOL,
    &tls::PROTOCOL,
    &ssh::PROTOCOL,
    &vnc::PROTOCOL,
    &ipp::PROTOCOL,
    &ftp::PROTOCOL,
    &smtp::PROTOCOL,
    &imap::PROTOCOL,
    &pop::PROTOCOL,
    &rtsp::PROTOCOL,
    &sip::TCP,
    &slp::TCP,
    &jetdirect::PROTOCOL,
    &mqtt::PROTOCOL,
    &syslog::TCP,
    &telnet::PROTOCOL,
    &smb::PROTOCOL,
    &rdp::PROTOCOL,
    &kerberos::TCP,
    &ldap::PROTOCOL,
    &dns::TCP,
];

/// Datagram protocols of this group.
pub static DATAGRAMS: &[&DatagramProtocol] = &[
    &browser::PROTOCOL,
    &capwap::PROTOCOL,
    &dhcp::PROTOCOL,
    &dhcpv6::PROTOCOL,
    &dns::PROTOCOL,
    &dtls::PROTOCOL,
    &kerberos::PROTOCOL,
    &ldap::UDP,
    &llmnr::PROTOCOL,
    &mdns::PROTOCOL,
    &nbns::PROTOCOL,
    &ntp::PROTOCOL,
    &quic::PROTOCOL,
    &radius::PROTOCOL,
    &sip::PROTOCOL,
    &slp::PROTOCOL,
    &snmp::PROTOCOL,
    &ssdp::PROTOCOL,
    &syslog::PROTOCOL,
    &tftp::PROTOCOL,
];
