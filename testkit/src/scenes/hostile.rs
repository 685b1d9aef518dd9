//! Stations that mean harm to who reads about them: every word that one says about itself is markup, a script, a
//! formula or text that hides its direction. Whatever shows an inventory must show these as text.

use anyhow::Result;
use model::{DeviceType, MacAddr};

use super::{Act, bedside, building, imaging, laboratory, network, office};
use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::{dns, tls, web};
use crate::talk::Talk;
use crate::tape::{Host, MDNS, SSDP};

/// What they say. A script among them that runs leaves `owned` behind, or fails in sight of who watches.
const STRINGS: [&str; 11] = [
    "<img src=x onerror=globalThis.owned=1>",
    "\"><script>globalThis.owned=1</script>",
    "javascript:globalThis.owned=1",
    "<svg/onload=globalThis.owned=1>",
    "'-globalThis.owned=1-'",
    "{{constructor.constructor('globalThis.owned=1')()}}",
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "</title><iframe srcdoc='<script>parent.owned=1</script>'>",
    "\u{202e}txt.exe\u{202c} RLO-PUMP",
    "<details open ontoggle=globalThis.owned=1>W",
    "<a href=javascript:globalThis.owned=1>${globalThis.owned=1}",
];

/// What a station plays: a row of the tables, its kind, and what it does.
struct Role {
    row: &'static str,
    kind: DeviceType,
    acts: &'static [Act],
}

const ROLES: [Role; 12] = [
    Role { row: "ct", kind: DeviceType::CtScanner, acts: &[imaging::study] },
    Role { row: "lab", kind: DeviceType::LabAnalyzer, acts: &[laboratory::results] },
    Role { row: "lab-chem", kind: DeviceType::LabAnalyzer, acts: &[laboratory::astm] },
    Role { row: "poct", kind: DeviceType::PoctAnalyzer, acts: &[laboratory::poct] },
    Role { row: "printer", kind: DeviceType::Printer, acts: &[office::printing, network::polled] },
    Role { row: "phone", kind: DeviceType::VoipPhone, acts: &[network::neighbours, office::registers] },
    Role { row: "ws", kind: DeviceType::Workstation, acts: &[office::log_on, office::portal] },
    Role { row: "pdu", kind: DeviceType::Pdu, acts: &[network::polled] },
    Role { row: "bms", kind: DeviceType::BacnetController, acts: &[building::bacnet] },
    Role { row: "cam", kind: DeviceType::IpCamera, acts: &[office::announced, building::watched] },
    Role { row: "handheld", kind: DeviceType::MobileComputer, acts: &[office::browses] },
    Role { row: "monitor", kind: DeviceType::PatientMonitor, acts: &[bedside::waves] },
];

/// A VLAN of their own, `10.66.ROLE.0/24`.
const VLAN: u16 = 66;
const TTL: u8 = 64;
/// Everything is said within a minute.
const APART_MS: u64 = 400;

pub(crate) fn play(making: &mut Making) -> Result<Vec<Device>> {
    let mut all = Vec::new();
    for (number, role) in (1_u8..).zip(ROLES) {
        for (place, text) in (1_u8..).zip(STRINGS) {
            let device = station(text, &role, [number, place]);
            making.devices.0.push(device.clone());
            making.tape.at(APART_MS * u64::try_from(all.len())?);
            network::come_up_alone(making, &device)?;
            for act in role.acts {
                act(making, &device, 0)?;
            }
            speak(making, &device)?;
            all.push(device);
        }
    }
    // The stations that gather from them name them, too.
    for name in ["central", "pumps", "his"] {
        let station = making.devices.named(name)?.clone();
        let act: Act = match name {
            "central" => bedside::vital_signs,
            "pumps" => bedside::infusions,
            _ => bedside::admissions,
        };
        act(making, &station, 0)?;
    }
    Ok(all)
}

fn station(text: &str, role: &Role, [number, place]: [u8; 2]) -> Device {
    let text = text.to_owned();
    Device {
        name: text.clone(),
        kind: role.kind,
        maker: text.clone(),
        model: text.clone(),
        version: text.clone(),
        serial: text.clone(),
        dhcp: text,
        host: Host {
            mac: MacAddr::new([0x02, 0, 0x5e, 0x66, number, place]),
            ip: std::net::Ipv4Addr::new(10, 66, number, place + 10),
            vlan: VLAN,
            ttl: TTL,
        },
        number: place,
        row: role.row.to_owned(),
        windows: false,
        behind_router: false,
    }
}

/// Words that every station has a place for: services on its network, a page, a name in TLS.
fn speak(making: &mut Making, device: &Device) -> Result<()> {
    let text = device.model.as_str();
    let words = [format!("ty={text}"), format!("usb_MFG={text}"), format!("model={text}")];
    let message = dns::service(text, "_http._tcp", text, 80, &words, device.host.ip);
    making.tape.udp_group(&device.host, 5_353, MDNS, 5_353, &message);
    let notify = web::notify(&format!("http://{}/{text}", device.host.ip), text, text);
    making.tape.udp_group(&device.host, 1_900, SSDP, 1_900, &notify);
    let server = making.devices.named("web")?.host;
    let page = web::get(text, "/", text, text, "200 OK", &format!("<html><title>{text}</title></html>"));
    Talk::play(&mut making.tape, &device.host, &server, 80, &page);
    Talk::play(&mut making.tape, &server, &device.host, 80, &page);
    let session = tls::session(Some(text), tls::PORTAL, true, &mut making.tape.random)?;
    Talk::play(&mut making.tape, &device.host, &server, 443, &session);
    Ok(())
}
