//! Stations come up: addresses, neighbours, names, time; the network is looked after.

use std::net::Ipv4Addr;

use anyhow::{Context, Result};
use model::DeviceType;

use crate::device::{CORE, DOMAIN, Device};
use crate::hospital::Making;
use crate::protocols::neighbours::{self as protocol, CDP_MAC, LLDP_MAC, Neighbour};
use crate::protocols::{dhcp, dns, ntp, snmp, ssh};
use crate::talk::Talk;
use crate::tape::{BROADCAST_MAC, ETHERTYPE_ARP, ETHERTYPE_LLDP, Group};

const AGENTS: &str = include_str!("../../data/agents.tsv");
/// LLDP: bridge and router; router; bridge; bridge and access point; phone (IEEE 802.1AB 8.5.8.1).
const LLDP_CORE: u16 = 0x14;
const LLDP_ROUTER: u16 = 0x10;
const LLDP_BRIDGE: u16 = 0x04;
const LLDP_ACCESS_POINT: u16 = 0x0c;
const LLDP_PHONE: u16 = 0x24;
/// From one station that comes up to the next; three hundred take forty minutes.
const APART_MS: u64 = 8_000;

/// When the device of this place in the table comes up, in milliseconds from the start.
pub(crate) fn comes_up_at(place: usize) -> u64 {
    u64::try_from(place).unwrap_or(u64::MAX).saturating_mul(APART_MS)
}

pub(crate) fn come_up(making: &mut Making) -> Result<()> {
    let devices = making.devices.0.clone();
    for (place, device) in devices.iter().enumerate() {
        making.tape.at(comes_up_at(place));
        come_up_alone(making, device)?;
    }
    Ok(())
}

/// One station comes up.
pub(crate) fn come_up_alone(making: &mut Making, device: &Device) -> Result<()> {
    if !device.dhcp.is_empty() && !device.behind_router {
        lease(making, device)?;
    }
    arp(making, device, 0)?;
    making.tape.wait(1_500);
    names(making, device, 0)?;
    neighbours(making, device, 0)
}

/// DHCP: the server's answers pass by on their way to the relay.
fn lease(making: &mut Making, device: &Device) -> Result<()> {
    let dc = making.devices.named("dc")?.host;
    let tape = &mut making.tape;
    let transaction = tape.random.u32();
    let mut nobody = device.host;
    nobody.ip = Ipv4Addr::UNSPECIFIED;
    for (asked, told) in [(dhcp::Kind::Discover, dhcp::Kind::Offer), (dhcp::Kind::Request, dhcp::Kind::Ack)] {
        let everybody = Group { mac: BROADCAST_MAC, ip: Ipv4Addr::BROADCAST, ttl: device.host.ttl };
        let question = dhcp::client(asked, device, transaction, dc.ip);
        tape.udp_group(&nobody, 68, everybody, 67, &question);
        let mut relay = device.host;
        relay.ip = device.gateway();
        tape.udp(&dc, 67, &relay, 67, &dhcp::server(told, device, transaction, dc.ip));
    }
    Ok(())
}

/// A station announces its address and looks for its router.
pub(crate) fn arp(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    if device.behind_router {
        return Ok(());
    }
    let core = making.devices.named(CORE)?.host;
    let (host, is_core) = (device.host, device.name == CORE);
    let wanted = if is_core { host.ip } else { device.gateway() };
    let request = protocol::arp_request(&host, wanted);
    making.tape.ethernet(host.vlan, BROADCAST_MAC, host.mac, ETHERTYPE_ARP, &request);
    if !is_core {
        let reply = protocol::arp_reply(core.mac, device.gateway(), &host);
        making.tape.ethernet(host.vlan, host.mac, core.mac, ETHERTYPE_ARP, &reply);
    }
    Ok(())
}

/// Names and time, for those that use them.
pub(crate) fn names(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    let dc = making.devices.named("dc")?.clone();
    if device.name == dc.name {
        return Ok(());
    }
    if let Some(wanted) = server_of(device.kind) {
        let ip = making.devices.named(wanted)?.host.ip;
        look_up(making, device, &format!("{wanted}.{DOMAIN}"), ip)?;
    }
    let tape = &mut making.tape;
    let (port, now) = (tape.port(&device.host), tape.seconds());
    tape.udp(&device.host, port, &dc.host, 123, &ntp::request(now));
    tape.udp(&dc.host, 123, &device.host, port, &ntp::response(now, [192, 0, 2, 123]));
    Ok(())
}

/// Which server a kind of device looks for.
const fn server_of(kind: DeviceType) -> Option<&'static str> {
    Some(match kind {
        DeviceType::CtScanner
        | DeviceType::MrScanner
        | DeviceType::XRay
        | DeviceType::Angiography
        | DeviceType::NuclearMedicine
        | DeviceType::EcgDevice => "pacs",
        DeviceType::InfusionPump => "pumps",
        DeviceType::PatientMonitor | DeviceType::FetalMonitor => "central",
        DeviceType::LabAnalyzer | DeviceType::PoctAnalyzer => "lis",
        DeviceType::Workstation | DeviceType::ModalityWorkstation | DeviceType::MobileComputer => "his",
        DeviceType::HospitalBed
        | DeviceType::VitalSignsDevice
        | DeviceType::NurseCall
        | DeviceType::Defibrillator
        | DeviceType::DialysisMachine => "web",
        _ => return None,
    })
}

/// A question for an address and its answer.
pub(crate) fn look_up(making: &mut Making, device: &Device, name: &str, ip: Ipv4Addr) -> Result<()> {
    let dc = making.devices.named("dc")?.host;
    let tape = &mut making.tape;
    let (id, port) = (tape.random.u16(), tape.port(&device.host));
    tape.udp(&device.host, port, &dc, 53, &dns::question(id, name));
    tape.udp(&dc, 53, &device.host, port, &dns::answer(id, name, ip));
    Ok(())
}

/// LLDP, and CDP of those that Cisco made.
pub(crate) fn neighbours(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    let (capabilities, cdp_capabilities, port) = match device.kind {
        DeviceType::Switch if device.row == CORE => (LLDP_CORE, 0x29, "TenGigabitEthernet1/0/1"),
        DeviceType::Switch => (LLDP_BRIDGE, 0x28, "GigabitEthernet1/0/48"),
        DeviceType::Router => (LLDP_ROUTER, 0x01, "GigabitEthernet0/0/0"),
        DeviceType::AccessPoint => (LLDP_ACCESS_POINT, 0x02, "bond0"),
        DeviceType::VoipPhone => (LLDP_PHONE, 0x0490, "Port 1"),
        _ => return Ok(()),
    };
    let (_, description) = agent(device)?;
    let is_phone = device.kind == DeviceType::VoipPhone;
    let says = Neighbour { device, port, description, capabilities, cdp_capabilities, inventory: is_phone };
    let mac = device.host.mac;
    making.tape.untagged(LLDP_MAC, mac, ETHERTYPE_LLDP, &protocol::lldp(&says));
    if device.maker == "Cisco" {
        making.tape.ieee(CDP_MAC, mac, &protocol::cdp(&says));
    }
    Ok(())
}

/// sysObjectID and description of a system.
fn agent(device: &Device) -> Result<(Vec<u32>, String)> {
    let rows = AGENTS.lines().filter(|line| !line.starts_with('#'));
    let mut found = rows.filter_map(|line| line.split_once('\t')).filter(|(row, _)| *row == device.row);
    let found = found.next().and_then(|(_, rest)| rest.split_once('\t'));
    let (object, words) = found.with_context(|| format!("data/agents.tsv has no `{}`", device.row))?;
    let numbers = object.split('.').filter(|number| !number.is_empty()).map(str::parse);
    let told = [
        ("{model}", &device.model),
        ("{version}", &device.version),
        ("{serial}", &device.serial),
        ("{name}", &device.name),
    ];
    let words = told.iter().fold(words.to_owned(), |words, (mark, value)| words.replace(mark, value));
    Ok((numbers.collect::<Result<_, _>>()?, words))
}

/// The monitoring host asks a system what it is.
pub(crate) fn polled(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    let web = making.devices.named("web")?.host;
    let (object, description) = agent(device)?;
    let name = device.full_name();
    let location = if device.kind == DeviceType::Printer { "Ward 3" } else { "Basement 2" };
    let system = snmp::System { description: &description, object: &object, name: &name, location };
    let tape = &mut making.tape;
    let (id, port) = (tape.random.u16(), tape.port(&web));
    tape.udp(&web, port, &device.host, 161, &snmp::request(id));
    tape.udp(&device.host, 161, &web, port, &snmp::response(id, &system));
    Ok(())
}

/// Somebody logs on to a server or a switch.
pub(crate) fn administered(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    let web = making.devices.named("web")?.host;
    let banner = if device.maker == "Cisco" {
        "SSH-2.0-Cisco-1.25"
    } else {
        "SSH-2.0-OpenSSH_8.9p1 Ubuntu-3ubuntu0.10"
    };
    let client = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3";
    let session = ssh::session(client, banner, &mut making.tape.random);
    Talk::play(&mut making.tape, &web, &device.host, 22, &session);
    Ok(())
}
