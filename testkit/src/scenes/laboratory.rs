//! The laboratory: analysers report over HL7, ASTM and POCT1-A.

use anyhow::Result;

use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::hl7::{self, Header};
use crate::protocols::lab;
use crate::talk::{Exchange, Side, Talk};

/// An analyser reports a result over HL7.
pub(crate) fn results(making: &mut Making, device: &Device, turn: usize) -> Result<()> {
    let lis = making.devices.named("lis")?.host;
    let header = Header {
        from: &device.model,
        from_facility: "LAB",
        to: "LIS",
        kind: "ORU^R01^ORU_R01",
        version: "2.5.1",
        id: format!("{}-{}", device.title(), turn + 1),
    };
    let message = hl7::laboratory(&header, &making.patient(turn), device);
    let answer = hl7::acknowledgement(&header, "LIS");
    let exchange: Exchange = vec![(Side::Client, hl7::block(&message)), (Side::Server, hl7::block(&answer))];
    Talk::play(&mut making.tape, &device.host, &lis, 2_575, &exchange);
    making.hear([message, answer]);
    Ok(())
}

pub(crate) fn astm(making: &mut Making, device: &Device, turn: usize) -> Result<()> {
    let lis = making.devices.named("lis")?.host;
    let exchange = lab::astm(device, &making.patient(turn + 5));
    Talk::play(&mut making.tape, &device.host, &lis, 1_234, &exchange);
    Ok(())
}

pub(crate) fn poct(making: &mut Making, device: &Device, turn: usize) -> Result<()> {
    let lis = making.devices.named("lis")?.host;
    let exchange = lab::poct1a(device, &making.patient(turn));
    Talk::play(&mut making.tape, &device.host, &lis, 3_001, &exchange);
    Ok(())
}
