//! What lies beyond the firewall: names of documentation (RFC 2606) at addresses of documentation (RFC 5737).

use std::net::Ipv4Addr;

use anyhow::Result;

use super::network;
use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::tls;
use crate::talk::Talk;
use crate::tape::Host;

/// Who maintains devices from afar.
const SERVICE: (&str, Ipv4Addr) = ("remote.service.example", Ipv4Addr::new(203, 0, 113, 20));
/// Where systems get their updates.
const UPDATES: (&str, Ipv4Addr) = ("updates.vendor.example", Ipv4Addr::new(198, 51, 100, 80));
/// What is left of a time to live after the way through the Internet.
const TTL_LEFT: u8 = 52;

/// A device reports to its maker.
pub(crate) fn service(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    reach(making, device, SERVICE)
}

/// A system looks for updates.
pub(crate) fn updates(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    reach(making, device, UPDATES)
}

fn reach(making: &mut Making, device: &Device, (name, ip): (&str, Ipv4Addr)) -> Result<()> {
    network::look_up(making, device, name, ip)?;
    let firewall = making.devices.named("fw")?.host;
    let server = Host { mac: firewall.mac, ip, vlan: firewall.vlan, ttl: TTL_LEFT };
    let session = tls::session(Some(name), tls::PORTAL, true, &mut making.tape.random)?;
    Talk::play(&mut making.tape, &device.host, &server, 443, &session);
    Ok(())
}
