//! Stations come up: addresses, neighbours, names, time; the network is looked after.

use anyhow::Result;
use model::DeviceType;

use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::neighbours::{self, CDP_MAC, LLDP_MAC, Neighbour};
use crate::protocols::{dhcp, dns, ntp, snmp, ssh};
use crate::talk::Talk;
use crate::tape::{BROADCAST_MAC, ETHERTYPE_ARP, ETHERTYPE_LLDP, Group};

const CISCO_C9500: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 1, 2494];
const CISCO_C9200: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 1, 2694];
const APC_UPS: &[u32] = &[1, 3, 6, 1, 4, 1, 318, 1, 3, 27];
const ARUBA_AP: &[u32] = &[1, 3, 6, 1, 4, 1, 14823, 1, 2, 111];
/// LLDP: bridge and router; bridge; bridge and access point; phone (IEEE 802.1AB 8.5.8.1).
const LLDP_ROUTER: u16 = 0x14;
const LLDP_BRIDGE: u16 = 0x04;
const LLDP_ACCESS_POINT: u16 = 0x0c;
const LLDP_PHONE: u16 = 0x24;

pub(crate) fn play(making: &mut Making) -> Result<()> {
    let devices = making.devices.0.clone();
    let (core, dc) = (making.devices.named("core")?.clone(), making.devices.named("dc")?.clone());
    for (turn, device) in (0_u64..).zip(&devices) {
        making.tape.at(turn * 250);
        if !device.dhcp.is_empty() {
            lease(making, device, &dc);
        }
        arrive(making, device, &core);
        making.tape.at(20_000 + turn * 60);
        ask(making, device, &dc);
        making.tape.at(26_000 + turn * 40);
        tell_neighbours(making, device);
    }
    administer(making)
}

/// DHCP: the server's answers pass by on their way to the relay.
fn lease(making: &mut Making, device: &Device, dc: &Device) {
    let tape = &mut making.tape;
    let transaction = tape.random.u32();
    let mut nobody = device.host;
    nobody.ip = std::net::Ipv4Addr::UNSPECIFIED;
    for (asked, told) in [(dhcp::Kind::Discover, dhcp::Kind::Offer), (dhcp::Kind::Request, dhcp::Kind::Ack)] {
        let everybody = Group { mac: BROADCAST_MAC, ip: std::net::Ipv4Addr::BROADCAST, ttl: device.host.ttl };
        let question = dhcp::client(asked, device, transaction, dc.host.ip);
        tape.udp_group(&nobody, 68, everybody, 67, &question);
        let [a, b, c, _] = device.host.ip.octets();
        let mut relay = device.host;
        relay.ip = std::net::Ipv4Addr::new(a, b, c, 1);
        tape.udp(&dc.host, 67, &relay, 67, &dhcp::server(told, device, transaction, dc.host.ip));
    }
}

/// A station announces its address and looks for its router.
fn arrive(making: &mut Making, device: &Device, core: &Device) {
    let host = device.host;
    let [a, b, c, _] = host.ip.octets();
    let gateway = std::net::Ipv4Addr::new(a, b, c, 1);
    let wanted = if device.name == core.name { host.ip } else { gateway };
    let request = neighbours::arp_request(&host, wanted);
    making.tape.ethernet(host.vlan, BROADCAST_MAC, host.mac, ETHERTYPE_ARP, &request);
    if device.name != core.name {
        let reply = neighbours::arp_reply(core.host.mac, gateway, &host);
        making.tape.ethernet(host.vlan, host.mac, core.host.mac, ETHERTYPE_ARP, &reply);
    }
}

/// Names and time, for those that use them.
fn ask(making: &mut Making, device: &Device, dc: &Device) {
    if device.name == dc.name {
        return;
    }
    let wanted = match device.kind {
        DeviceType::CtScanner | DeviceType::MrScanner | DeviceType::XRay => "pacs",
        DeviceType::InfusionPump => "pumps",
        DeviceType::PatientMonitor => "central",
        DeviceType::LabAnalyzer | DeviceType::PoctAnalyzer => "lis",
        DeviceType::Workstation | DeviceType::ModalityWorkstation => "his",
        _ => "",
    };
    let address = making.devices.named(wanted).map(|device| device.host.ip);
    let tape = &mut making.tape;
    if let Ok(address) = address {
        let (id, port, name) =
            (tape.random.u16(), tape.port(), format!("{wanted}.{}", crate::device::DOMAIN));
        tape.udp(&device.host, port, &dc.host, 53, &dns::question(id, &name));
        tape.udp(&dc.host, 53, &device.host, port, &dns::answer(id, &name, address));
    }
    let (port, now) = (tape.port(), tape.seconds());
    tape.udp(&device.host, port, &dc.host, 123, &ntp::request(now));
    tape.udp(&dc.host, 123, &device.host, port, &ntp::response(now, [192, 0, 2, 123]));
}

fn tell_neighbours(making: &mut Making, device: &Device) {
    let is_core = device.row == "core";
    let (capabilities, cdp_capabilities, port) = match device.kind {
        DeviceType::Switch if is_core => (LLDP_ROUTER, 0x29, "TenGigabitEthernet1/0/1"),
        DeviceType::Switch => (LLDP_BRIDGE, 0x28, "GigabitEthernet1/0/48"),
        DeviceType::AccessPoint => (LLDP_ACCESS_POINT, 0x02, "bond0"),
        DeviceType::VoipPhone => (LLDP_PHONE, 0x0490, "Port 1"),
        _ => return,
    };
    let description = system_description(device);
    let is_phone = device.kind == DeviceType::VoipPhone;
    let says = Neighbour { device, port, description, capabilities, cdp_capabilities, inventory: is_phone };
    let mac = device.host.mac;
    making.tape.untagged(LLDP_MAC, mac, ETHERTYPE_LLDP, &neighbours::lldp(&says));
    if device.maker == "Cisco" {
        making.tape.ieee(CDP_MAC, mac, &neighbours::cdp(&says));
    }
}

/// What a system says it is, as its maker words it.
fn system_description(device: &Device) -> String {
    let (model, version) = (&device.model, &device.version);
    match device.kind {
        DeviceType::Switch => format!(
            "Cisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE), Version {version}, RELEASE SOFTWARE (fc1)"
        ),
        DeviceType::AccessPoint => {
            format!("ArubaOS (MODEL: {}), Version {version}", model.trim_start_matches("AP-"))
        }
        DeviceType::VoipPhone => format!("Cisco IP Phone {model}, V1, {version}"),
        DeviceType::Ups => {
            format!(
                "APC Web/SNMP Management Card (MB:v4.2.9 PF:v6.9.6 PN:apc_hw05_aos_696.bin AF1:v6.9.6 AN1:apc_hw05_sumx_696.bin MN:AP9631 HR:05 SN: {}) {version}",
                device.serial
            )
        }
        _ => format!("{} {model} {version}", device.maker),
    }
}

/// The monitoring host asks switches, access points and power supplies; somebody logs on to a server.
fn administer(making: &mut Making) -> Result<()> {
    let web = making.devices.named("web")?.clone();
    let devices = making.devices.0.clone();
    making.tape.at(32_000);
    for device in devices {
        let object = match device.row.as_str() {
            "core" => CISCO_C9500,
            "access" => CISCO_C9200,
            "ups" => APC_UPS,
            "ap" => ARUBA_AP,
            _ => continue,
        };
        let description = system_description(&device);
        let name = device.full_name();
        let system = snmp::System { description: &description, object, name: &name, location: "Basement 2" };
        let tape = &mut making.tape;
        let (id, port) = (tape.random.u16(), tape.port());
        tape.udp(&web.host, port, &device.host, 161, &snmp::request(id));
        tape.udp(&device.host, 161, &web.host, port, &snmp::response(id, &system));
    }
    let engine = making.devices.named("engine")?.clone();
    let banners = ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", "SSH-2.0-OpenSSH_8.9p1 Ubuntu-3ubuntu0.10");
    let session = ssh::session(banners.0, banners.1, &mut making.tape.random);
    Talk::play(&mut making.tape, &web.host, &engine.host, 22, &session);
    let core = making.devices.named("core")?.clone();
    let session = ssh::session(banners.0, "SSH-2.0-Cisco-1.25", &mut making.tape.random);
    Talk::play(&mut making.tape, &web.host, &core.host, 22, &session);
    Ok(())
}
