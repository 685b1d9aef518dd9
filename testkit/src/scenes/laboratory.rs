//! Analysers report results to the laboratory information system.

use anyhow::Result;

use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::hl7::{self, Header};
use crate::protocols::lab;
use crate::talk::{Exchange, Side, Talk};

pub(crate) fn play(making: &mut Making) -> Result<()> {
    let lis = making.devices.named("lis")?.clone();
    making.tape.at(70_000);
    for (turn, row) in ["lab", "lab-heme"].into_iter().enumerate() {
        let device = making.devices.named(row)?.clone();
        report(making, &device, &lis, turn);
    }
    let chemistry = making.devices.named("lab-chem")?.clone();
    let exchange = lab::astm(&chemistry, &making.patient(5));
    Talk::play(&mut making.tape, &chemistry.host, &lis.host, 1_234, &exchange);
    for (turn, row) in ["poct", "poct-er"].into_iter().enumerate() {
        let device = making.devices.named(row)?.clone();
        let exchange = lab::poct1a(&device, &making.patient(turn));
        Talk::play(&mut making.tape, &device.host, &lis.host, 3_001, &exchange);
    }
    Ok(())
}

fn report(making: &mut Making, device: &Device, lis: &Device, turn: usize) {
    let header = Header {
        from: &device.model,
        from_facility: "LAB",
        to: "LIS",
        kind: "ORU^R01^ORU_R01",
        version: "2.5.1",
        id: format!("{}-1", device.title()),
    };
    let message = hl7::laboratory(&header, &making.patient(turn), device);
    let answer = hl7::acknowledgement(&header, "LIS");
    let exchange: Exchange = vec![(Side::Client, hl7::block(&message)), (Side::Server, hl7::block(&answer))];
    Talk::play(&mut making.tape, &device.host, &lis.host, 2_575, &exchange);
    making.hl7_messages.extend([message, answer]);
}
