//! Workstations, file servers, handhelds, printers, phones; and what is saved at night.

use anyhow::Result;

use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::{dns, smb, tls, web};
use crate::talk::Talk;
use crate::tape::{BROADCAST_MAC, Group, MDNS, SSDP};

const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0";
const NGINX: &str = "nginx/1.22.1";
/// Three in the morning, twenty hours after the tape begins.
const BACKUP_MS: u64 = 20 * 3_600_000;
/// What a server has to save in one night, as far as a tape of modest size shows it.
const SAVED_BYTES: usize = 192 * 1_024;
/// Servers that are saved.
const SAVED: [&str; 6] = ["files", "db", "his", "lis", "pacs", "ris"];

/// A station claims its name and logs on to a server.
pub(crate) fn log_on(making: &mut Making, station: &Device, turn: usize) -> Result<()> {
    let id = making.tape.random.u16();
    if !station.behind_router {
        let everybody = Group { mac: BROADCAST_MAC, ip: station.broadcast(), ttl: station.host.ttl };
        let claim = smb::registration(station, id);
        making.tape.udp_group(&station.host, 137, everybody, 137, &claim);
    }
    let (server, build) = match (turn + usize::from(station.number)) % 3 {
        0 => ("files", 20_348),
        1 => ("dc", 17_763),
        _ => ("db", 20_348),
    };
    let server = making.devices.named(server)?.clone();
    let session = smb::session(station, &server, build, &mut making.tape.random);
    Talk::play(&mut making.tape, &station.host, &server.host, 445, &session);
    Ok(())
}

/// Somebody works with the portal and reads the intranet.
pub(crate) fn portal(making: &mut Making, station: &Device, _turn: usize) -> Result<()> {
    let server = making.devices.named("web")?.clone();
    let session = tls::session(Some("portal.hospital.example"), tls::PORTAL, true, &mut making.tape.random)?;
    Talk::play(&mut making.tape, &station.host, &server.host, 443, &session);
    let text = "<html><title>Intranet</title></html>";
    let page = web::get(&server.full_name(), "/intranet", BROWSER, NGINX, "200 OK", text);
    Talk::play(&mut making.tape, &station.host, &server.host, 80, &page);
    Ok(())
}

/// A nurse scans medicine at the bed.
pub(crate) fn browses(making: &mut Making, handheld: &Device, _turn: usize) -> Result<()> {
    let server = making.devices.named("web")?.clone();
    let agent = format!(
        "Mozilla/5.0 (Linux; Android 11; {} Build/11-39-27.00-RG-U00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Mobile Safari/537.36",
        handheld.model
    );
    let page = web::get(&server.full_name(), "/medication", &agent, NGINX, "200 OK", "<html></html>");
    Talk::play(&mut making.tape, &handheld.host, &server.host, 80, &page);
    Ok(())
}

/// A workstation asks a printer what it is before it prints.
pub(crate) fn printing(making: &mut Making, printer: &Device, _turn: usize) -> Result<()> {
    let station = making.devices.named("ws-1")?.host;
    let exchange = web::printer_attributes(&printer.full_name(), &printer.model, &printer.version);
    Talk::play(&mut making.tape, &station, &printer.host, 631, &exchange);
    Ok(())
}

/// A printer or a camera makes itself known to its network.
pub(crate) fn announced(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    if device.maker != "HP" {
        return announce_camera(making, device);
    }
    let text = [
        "txtvers=1".to_owned(),
        "qtotal=1".to_owned(),
        "rp=ipp/print".to_owned(),
        format!("ty={}", device.model),
        format!("product=({})", device.model),
        "pdl=application/postscript,application/vnd.hp-PCL".to_owned(),
        "usb_MFG=HP".to_owned(),
        format!("usb_MDL={}", device.model),
    ];
    let instance = format!("{} [{}]", device.model, device.number);
    let message = dns::service(&instance, "_ipp._tcp", &device.name, 631, &text, device.host.ip);
    making.tape.udp_group(&device.host, 5_353, MDNS, 5_353, &message);
    Ok(())
}

fn announce_camera(making: &mut Making, camera: &Device) -> Result<()> {
    let mac = camera.bare_mac();
    let text = [format!("macaddress={mac}")];
    let instance = format!("{} - {mac}", camera.model);
    let host = format!("axis-{}", mac.to_lowercase());
    let message = dns::service(&instance, "_axis-video._tcp", &host, 80, &text, camera.host.ip);
    making.tape.udp_group(&camera.host, 5_353, MDNS, 5_353, &message);
    let location = format!("http://{}:49152/rootdesc1.xml", camera.host.ip);
    let id = format!("00000000-0000-1000-8000-{}", mac.to_lowercase());
    let notify = web::notify(&location, "Linux/4.14, UPnP/1.0, Portable SDK for UPnP devices/1.8.4", &id);
    making.tape.udp_group(&camera.host, 1_900, SSDP, 1_900, &notify);
    Ok(())
}

/// A phone registers and fetches its configuration.
pub(crate) fn registers(making: &mut Making, phone: &Device, _turn: usize) -> Result<()> {
    let server = making.devices.named("callmgr")?.host;
    let agent = format!("Cisco-{}/14.1.1", phone.model);
    let mac = phone.bare_mac();
    let (address, call) = (phone.host.ip.to_string(), server.ip.to_string());
    let extension = 4_100 + u16::from(phone.number);
    let (request, answer) = web::register(&mac.to_lowercase(), &address, &call, &agent, extension);
    making.tape.udp(&phone.host, 5_060, &server, 5_060, &request);
    making.tape.udp(&server, 5_060, &phone.host, 5_060, &answer);
    let page = web::get(&call, &format!("/SEP{mac}.cnf.xml"), &agent, NGINX, "200 OK", "<device/>");
    Talk::play(&mut making.tape, &phone.host, &server, 6_970, &page);
    Ok(())
}

/// At night every server is saved, one after the other.
pub(crate) fn back_up(making: &mut Making) -> Result<()> {
    let storage = making.devices.named("backup")?.host;
    for (turn, name) in (0..).zip(SAVED) {
        let server = making.devices.named(name)?.host;
        making.tape.at(BACKUP_MS + turn * 600_000);
        let session = tls::bulk(None, tls::PORTAL, SAVED_BYTES, &mut making.tape.random)?;
        Talk::play(&mut making.tape, &server, &storage, 6_281, &session);
    }
    Ok(())
}
