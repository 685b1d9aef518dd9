//! Wards: pumps and their server, monitors, ventilators and their stations; admissions.

use anyhow::Result;
use model::DeviceType;

use crate::bytes::Bytes;
use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::hl7::{self, Header};
use crate::protocols::tls;
use crate::talk::{Exchange, Side, Talk};

const ENGINE: &str = "MIRTH";
const HIS: &str = "HIS";
const MLLP: u16 = 2_575;
/// Patients that come between two reports.
const ADMITTED: usize = 2;
/// VLANs of the theatres and of the emergency department: their monitors report to the gateway.
const GATEWAY_VLANS: [u16; 2] = [33, 35];

/// The hospital information system tells the engine who came and what is ordered.
pub(crate) fn admissions(making: &mut Making, his: &Device, turn: usize) -> Result<()> {
    let engine = making.devices.named("engine")?.host;
    let header = |kind, number: usize| Header {
        from: HIS,
        from_facility: "EXAMPLEHOSPITAL",
        to: ENGINE,
        kind,
        version: "2.5.1",
        id: format!("HIS{number:05}"),
    };
    let mut exchange = Exchange::new();
    for number in turn * ADMITTED..(turn + 1) * ADMITTED {
        let patient = making.patient(number);
        let admission = header("ADT^A01^ADT_A01", number * 2);
        add(making, &mut exchange, hl7::admission(&admission, &patient), &admission, ENGINE);
        let order = header("ORM^O01^ORM_O01", number * 2 + 1);
        add(making, &mut exchange, hl7::order(&order, &patient, "CTHEAD"), &order, ENGINE);
    }
    Talk::play(&mut making.tape, &his.host, &engine, MLLP, &exchange);
    Ok(())
}

/// The engine passes orders on to radiology and to the laboratory.
pub(crate) fn orders(making: &mut Making, engine: &Device, turn: usize) -> Result<()> {
    for (number, (server, name)) in [("ris", "RIS"), ("lis", "LIS")].into_iter().enumerate() {
        let to = making.devices.named(server)?.host;
        let order = Header {
            from: ENGINE,
            from_facility: "EXAMPLEHOSPITAL",
            to: name,
            kind: "ORM^O01^ORM_O01",
            version: "2.5.1",
            id: format!("HIS{:05}", 10_000 + turn * 2 + number),
        };
        let message = hl7::order(&order, &making.patient(turn + number), "ORDER");
        let mut exchange = Exchange::new();
        add(making, &mut exchange, message, &order, name);
        Talk::play(&mut making.tape, &engine.host, &to, MLLP, &exchange);
    }
    Ok(())
}

/// A message and its acknowledgement.
fn add(making: &mut Making, exchange: &mut Exchange, message: String, header: &Header<'_>, by: &str) {
    let answer = hl7::acknowledgement(header, by);
    exchange.push((Side::Client, hl7::block(&message)));
    exchange.push((Side::Server, hl7::block(&answer)));
    making.hear([message, answer]);
}

/// A pump reaches its server over TLS.
pub(crate) fn infusing(making: &mut Making, pump: &Device, _turn: usize) -> Result<()> {
    let server = making.devices.named("pumps")?.host;
    let session = tls::session(None, tls::PUMPS, false, &mut making.tape.random)?;
    Talk::play(&mut making.tape, &pump.host, &server, 443, &session);
    Ok(())
}

/// The pump server reports the infusions of every pump.
pub(crate) fn infusions(making: &mut Making, server: &Device, turn: usize) -> Result<()> {
    let engine = making.devices.named("engine")?.host;
    let pumps: Vec<Device> = making.devices.of_kind(DeviceType::InfusionPump).cloned().collect();
    let mut exchange = Exchange::new();
    for (number, pump) in pumps.iter().enumerate() {
        let header = Header {
            from: "MEDNET^0003B1FFFE000001^EUI-64",
            from_facility: "EXAMPLEHOSPITAL",
            to: ENGINE,
            kind: "ORU^R01^ORU_R01",
            version: "2.8.2",
            id: format!("INF{:05}", turn * pumps.len() + number),
        };
        let message = hl7::infusion(&header, &making.patient(number), pump);
        add(making, &mut exchange, message, &header, ENGINE);
    }
    Talk::play(&mut making.tape, &server.host, &engine, MLLP, &exchange);
    Ok(())
}

/// Waveforms in datagrams that no standard describes: an unknown protocol must be shown as one.
pub(crate) fn waves(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    let station = making.devices.named(station_of(device))?.host;
    let port = making.tape.port(&device.host);
    for sequence in 0_u16..4 {
        let samples = making.tape.random.bytes(180);
        let frame = Bytes::new().put([0xe1, 0x57]).u16(sequence).u16(180).put(samples);
        making.tape.udp(&device.host, port, &station, 18_123, frame.as_ref());
        making.tape.wait(40);
    }
    Ok(())
}

/// Who gathers what the bedside measures.
fn station_of(device: &Device) -> &'static str {
    if GATEWAY_VLANS.contains(&device.host.vlan) { "gateway" } else { "central" }
}

/// A station reports what the devices that it gathers from measure.
pub(crate) fn vital_signs(making: &mut Making, station: &Device, turn: usize) -> Result<()> {
    let engine = making.devices.named("engine")?.host;
    let all = making.devices.0.iter().filter(|device| station_of(device) == station.name);
    let devices: Vec<Device> = all.filter(|device| is_measuring(device.kind)).cloned().collect();
    let mut exchange = Exchange::new();
    for (number, device) in devices.iter().enumerate() {
        let is_monitor = device.kind == DeviceType::PatientMonitor;
        let number = turn * devices.len() + number;
        let header = Header {
            from: if station.kind == DeviceType::CentralStation { "PIIC iX" } else { "CAPSULE" },
            from_facility: "EXAMPLEHOSPITAL",
            to: ENGINE,
            kind: "ORU^R01^ORU_R01",
            version: "2.6",
            id: format!("{}{number:05}", if is_monitor { "MON" } else { "VEN" }),
        };
        let tell = if is_monitor { hl7::vital_signs } else { hl7::ventilation };
        let message = tell(&header, &making.patient(number), device);
        add(making, &mut exchange, message, &header, ENGINE);
    }
    Talk::play(&mut making.tape, &station.host, &engine, MLLP, &exchange);
    Ok(())
}

const fn is_measuring(kind: DeviceType) -> bool {
    matches!(kind, DeviceType::PatientMonitor | DeviceType::Ventilator | DeviceType::AnesthesiaMachine)
}

/// A device reports to a server of the hospital, encrypted.
pub(crate) fn reports(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    let server = making.devices.named("web")?.host;
    let session = tls::session(None, tls::PORTAL, false, &mut making.tape.random)?;
    Talk::play(&mut making.tape, &device.host, &server, 8_443, &session);
    Ok(())
}
