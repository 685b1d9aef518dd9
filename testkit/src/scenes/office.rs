//! Workstations, file servers, printers, phones.

use anyhow::Result;
use model::DeviceType;

use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::{dns, smb, snmp, tls, web};
use crate::talk::Talk;
use crate::tape::{Group, MDNS};

const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0";
const HP_PRINTER: &[u32] = &[1, 3, 6, 1, 4, 1, 11, 2, 3, 9, 1];
const ZEBRA_PRINTER: &[u32] = &[1, 3, 6, 1, 4, 1, 10642, 1, 1];

pub(crate) fn play(making: &mut Making) -> Result<()> {
    making.tape.at(80_000);
    workstations(making)?;
    printers(making)?;
    phones(making)
}

fn workstations(making: &mut Making) -> Result<()> {
    let (files, web_server) = (making.devices.named("files")?.clone(), making.devices.named("web")?.clone());
    let dc = making.devices.named("dc")?.clone();
    let windows: Vec<Device> = making
        .devices
        .0
        .iter()
        .filter(|device| device.is_windows() && device.dhcp.starts_with("MSFT"))
        .cloned()
        .collect();
    for (turn, station) in windows.iter().enumerate() {
        let id = making.tape.random.u16();
        let [a, b, c, _] = station.host.ip.octets();
        let ip = std::net::Ipv4Addr::new(a, b, c, 255);
        let everybody = Group { mac: crate::tape::BROADCAST_MAC, ip, ttl: station.host.ttl };
        making.tape.udp_group(&station.host, 137, everybody, 137, &smb::registration(station, id));
        let (server, build) = if turn % 2 == 0 { (&files, 20_348) } else { (&dc, 17_763) };
        let session = smb::session(station, server, build, &mut making.tape.random);
        Talk::play(&mut making.tape, &station.host, &server.host, 445, &session);
        let session =
            tls::session(Some("portal.hospital.example"), tls::PORTAL, true, &mut making.tape.random)?;
        Talk::play(&mut making.tape, &station.host, &web_server.host, 443, &session);
        let name = web_server.full_name();
        let page = web::get(
            &name,
            "/intranet",
            BROWSER,
            "nginx/1.22.1",
            "200 OK",
            "<html><title>Intranet</title></html>",
        );
        Talk::play(&mut making.tape, &station.host, &web_server.host, 80, &page);
    }
    Ok(())
}

fn printers(making: &mut Making) -> Result<()> {
    let station = making.devices.named("ws-1")?.clone();
    let printers: Vec<Device> = making.devices.of_kind(DeviceType::Printer).cloned().collect();
    for printer in printers {
        let (description, object) = if printer.maker == "HP" {
            announce(making, &printer);
            let exchange = web::printer_attributes(&printer.full_name(), &printer.model, &printer.version);
            Talk::play(&mut making.tape, &station.host, &printer.host, 631, &exchange);
            let description = format!(
                "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM JSI{},CIDATE 10/15/2025",
                printer.version
            );
            (description, HP_PRINTER)
        } else {
            ("Zebra Technologies ZTC ZD420-203dpi ZPL".to_owned(), ZEBRA_PRINTER)
        };
        let name = printer.full_name();
        let system = snmp::System { description: &description, object, name: &name, location: "Ward 3" };
        let tape = &mut making.tape;
        let (id, port) = (tape.random.u16(), tape.port());
        tape.udp(&station.host, port, &printer.host, 161, &snmp::request(id));
        tape.udp(&printer.host, 161, &station.host, port, &snmp::response(id, &system));
    }
    Ok(())
}

/// DNS-SD of a printer (Bonjour Printing Specification).
fn announce(making: &mut Making, printer: &Device) {
    let text = [
        "txtvers=1".to_owned(),
        "qtotal=1".to_owned(),
        "rp=ipp/print".to_owned(),
        format!("ty={}", printer.model),
        format!("product=({})", printer.model),
        "pdl=application/postscript,application/vnd.hp-PCL".to_owned(),
        "usb_MFG=HP".to_owned(),
        format!("usb_MDL={}", printer.model),
    ];
    let instance = format!("{} [{}]", printer.model, printer.number);
    let message = dns::service(&instance, "_ipp._tcp", &printer.name, 631, &text, printer.host.ip);
    making.tape.udp_group(&printer.host, 5_353, MDNS, 5_353, &message);
}

/// Phones register and fetch their configuration.
fn phones(making: &mut Making) -> Result<()> {
    let server = making.devices.named("web")?.clone();
    let phones: Vec<Device> = making.devices.of_kind(DeviceType::VoipPhone).cloned().collect();
    for phone in phones {
        let agent = format!("Cisco-{}/14.1.1", phone.model);
        let mac = phone.host.mac.to_string().replace(':', "");
        let (address, call) = (phone.host.ip.to_string(), server.host.ip.to_string());
        let extension = 4_100 + u16::from(phone.number);
        let (request, answer) = web::register(&mac, &address, &call, &agent, extension);
        making.tape.udp(&phone.host, 5_060, &server.host, 5_060, &request);
        making.tape.udp(&server.host, 5_060, &phone.host, 5_060, &answer);
        let path = format!("/SEP{}.cnf.xml", mac.to_uppercase());
        let page = web::get(&call, &path, &agent, "nginx/1.22.1", "200 OK", "<device/>");
        Talk::play(&mut making.tape, &phone.host, &server.host, 6_970, &page);
    }
    Ok(())
}
