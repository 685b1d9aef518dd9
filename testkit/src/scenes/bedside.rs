//! Wards: pumps and their server, monitors and their central station, ventilators; admissions.

use anyhow::Result;

use crate::bytes::Bytes;
use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::hl7::{self, Header};
use crate::protocols::tls;
use crate::talk::{Exchange, Side, Talk};

const ENGINE: &str = "MIRTH";
const HIS: &str = "HIS";
const MLLP: u16 = 2_575;

pub(crate) fn play(making: &mut Making) -> Result<()> {
    making.tape.at(60_000);
    admissions(making)?;
    pumps(making)?;
    monitors(making)?;
    ventilators(making)
}

/// The hospital information system tells the engine who came and what is ordered.
fn admissions(making: &mut Making) -> Result<()> {
    let (his, engine) = (making.devices.named("his")?.clone(), making.devices.named("engine")?.clone());
    let (ris, lis) = (making.devices.named("ris")?.clone(), making.devices.named("lis")?.clone());
    let header = |kind, number: usize| Header {
        from: HIS,
        from_facility: "EXAMPLEHOSPITAL",
        to: ENGINE,
        kind,
        version: "2.5.1",
        id: format!("HIS{number:05}"),
    };
    let mut exchange = Exchange::new();
    for (number, patient) in making.patients.clone().iter().enumerate() {
        let admission = header("ADT^A01^ADT_A01", number * 2);
        add(making, &mut exchange, &hl7::admission(&admission, patient), &admission, ENGINE);
        let order = header("ORM^O01^ORM_O01", number * 2 + 1);
        add(making, &mut exchange, &hl7::order(&order, patient, "CTHEAD"), &order, ENGINE);
    }
    Talk::play(&mut making.tape, &his.host, &engine.host, MLLP, &exchange);
    for (server, name, patient) in [(ris, "RIS", 0), (lis, "LIS", 1)] {
        let mut order = header("ORM^O01^ORM_O01", 100 + patient);
        (order.from, order.to) = (ENGINE, name);
        let message = hl7::order(&order, &making.patient(patient), "ORDER");
        let mut exchange = Exchange::new();
        add(making, &mut exchange, &message, &order, name);
        Talk::play(&mut making.tape, &engine.host, &server.host, MLLP, &exchange);
    }
    Ok(())
}

/// A message and its acknowledgement.
fn add(making: &mut Making, exchange: &mut Exchange, message: &str, header: &Header<'_>, by: &str) {
    let answer = hl7::acknowledgement(header, by);
    exchange.push((Side::Client, hl7::block(message)));
    exchange.push((Side::Server, hl7::block(&answer)));
    making.hl7_messages.push(message.to_owned());
    making.hl7_messages.push(answer);
}

/// Pumps reach their server over TLS; the server reports infusions.
fn pumps(making: &mut Making) -> Result<()> {
    let (server, engine) = (making.devices.named("pumps")?.clone(), making.devices.named("engine")?.clone());
    let pumps: Vec<Device> = making.devices.of_kind(model::DeviceType::InfusionPump).cloned().collect();
    let mut exchange = Exchange::new();
    for (number, pump) in pumps.iter().enumerate() {
        let session = tls::session(None, tls::PUMPS, false, &mut making.tape.random)?;
        Talk::play(&mut making.tape, &pump.host, &server.host, 443, &session);
        let header = Header {
            from: "MEDNET^0003B1FFFE000001^EUI-64",
            from_facility: "EXAMPLEHOSPITAL",
            to: ENGINE,
            kind: "ORU^R01^ORU_R01",
            version: "2.8.2",
            id: format!("INF{number:05}"),
        };
        let message = hl7::infusion(&header, &making.patient(number), pump);
        add(making, &mut exchange, &message, &header, ENGINE);
    }
    Talk::play(&mut making.tape, &server.host, &engine.host, MLLP, &exchange);
    Ok(())
}

/// Monitors stream to the central station in a protocol of their maker; the station reports vital signs.
fn monitors(making: &mut Making) -> Result<()> {
    let (central, engine) =
        (making.devices.named("central")?.clone(), making.devices.named("engine")?.clone());
    let monitors: Vec<Device> = making.devices.of_kind(model::DeviceType::PatientMonitor).cloned().collect();
    let mut exchange = Exchange::new();
    for (number, monitor) in monitors.iter().enumerate() {
        stream(making, monitor, &central);
        let header = station_header(format!("MON{number:05}"));
        let message = hl7::vital_signs(&header, &making.patient(number), monitor);
        add(making, &mut exchange, &message, &header, ENGINE);
    }
    Talk::play(&mut making.tape, &central.host, &engine.host, MLLP, &exchange);
    Ok(())
}

/// Waveforms in datagrams that no standard describes: an unknown protocol must be shown as one.
fn stream(making: &mut Making, device: &Device, central: &Device) {
    let port = making.tape.port();
    for sequence in 0_u16..6 {
        let samples = making.tape.random.bytes(180);
        let frame = Bytes::new().put([0xe1, 0x57]).u16(sequence).u16(180).put(samples);
        making.tape.udp(&device.host, port, &central.host, 18_123, frame.as_ref());
        making.tape.wait(40);
    }
}

/// Ventilators stream to the central station, which reports what they measure.
fn ventilators(making: &mut Making) -> Result<()> {
    let (central, engine) =
        (making.devices.named("central")?.clone(), making.devices.named("engine")?.clone());
    let devices: Vec<Device> = making.devices.of_kind(model::DeviceType::Ventilator).cloned().collect();
    let mut exchange = Exchange::new();
    for (number, device) in devices.iter().enumerate() {
        stream(making, device, &central);
        let header = station_header(format!("VEN{number:05}"));
        let message = hl7::ventilation(&header, &making.patient(number), device);
        add(making, &mut exchange, &message, &header, ENGINE);
    }
    Talk::play(&mut making.tape, &central.host, &engine.host, MLLP, &exchange);
    Ok(())
}

/// Of the central station's reports.
fn station_header(id: String) -> Header<'static> {
    Header {
        from: "PIIC iX",
        from_facility: "EXAMPLEHOSPITAL",
        to: ENGINE,
        kind: "ORU^R01^ORU_R01",
        version: "2.6",
        id,
    }
}
