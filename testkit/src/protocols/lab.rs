//! Laboratory protocols: ASTM (CLSI LIS01-A2, LIS02-A2) and POCT1-A (CLSI POCT01-A2).

use crate::bytes::Bytes;
use crate::device::Device;
use crate::patients::Patient;
use crate::talk::{Exchange, Side};

const ENQ: u8 = 0x05;
const ACK: u8 = 0x06;
const EOT: u8 = 0x04;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// An analyser sends a result over ASTM.
pub(crate) fn astm(device: &Device, patient: &Patient) -> Exchange {
    let records = [
        format!("H|\\^&|||{}^{}^{}|||||||P|1|20261207080000", device.model, device.serial, "1.0"),
        format!("P|1|{}||||{}||19010101|U", patient.id, patient.family_and_given()),
        format!("O|1|{}||^^^K|R||||||N||||S", patient.accession),
        "R|1|^^^K|4.2|mmol/L||N||F||||20261207080000".to_owned(),
        "L|1|N".to_owned(),
    ];
    let mut exchange = vec![(Side::Client, vec![ENQ]), (Side::Server, vec![ACK])];
    for (index, record) in records.iter().enumerate() {
        exchange.push((Side::Client, astm_frame(index, record)));
        exchange.push((Side::Server, vec![ACK]));
    }
    exchange.push((Side::Client, vec![EOT]));
    exchange
}

/// Frame number, text, end, checksum modulo 256 (LIS01-A2 6.3).
fn astm_frame(index: usize, record: &str) -> Vec<u8> {
    let body = Bytes::new().put(format!("{}{record}\r", (index + 1) % 8)).u8(ETX);
    let sum = body.as_ref().iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    Bytes::new().u8(STX).put(body).put(format!("{sum:02X}\r\n")).done()
}

/// A point-of-care analyser opens a conversation and sends a result.
pub(crate) fn poct1a(device: &Device, patient: &Patient) -> Exchange {
    let stamp = "2026-12-07T08:00:00+00:00";
    let header = |kind: &str, number: u8| {
        format!(
            "<?xml version=\"1.0\"?><{kind}><HDR><HDR.message_type V=\"{kind}\"/><HDR.control_id V=\"{number}\"/>\
             <HDR.version_id V=\"POCT1\"/><HDR.creation_dttm V=\"{stamp}\"/></HDR>"
        )
    };
    let hello = format!(
        "{}<DEV><DEV.device_id V=\"{}\"/><DEV.vendor_id V=\"{}\"/><DEV.model_id V=\"{}\"/><DEV.serial_id V=\"{}\"/>\
         <DEV.sw_version V=\"{}\"/><DEV.device_name V=\"{}\"/></DEV></HEL.R01>\r\n",
        header("HEL.R01", 1),
        device.host.mac,
        escaped(&device.maker),
        escaped(&device.model),
        escaped(&device.serial),
        escaped(&device.version),
        escaped(&device.name),
    );
    let acknowledged = |number: u8| {
        format!(
            "{}<ACK><ACK.type_cd V=\"AA\"/><ACK.ack_control_id V=\"{number}\"/></ACK></ACK.R01>\r\n",
            header("ACK.R01", number + 1)
        )
    };
    let result = format!(
        "{}<SVC><SVC.role_cd V=\"OBS\"/><SVC.observation_dttm V=\"{stamp}\"/><PT><PT.patient_id V=\"{}\"/>\
         <PT.name V=\"{}\"/><OBS><OBS.observation_id V=\"2703-7\"/><OBS.value V=\"11.2\" U=\"kPa\"/></OBS></PT></SVC>\
         </OBS.R01>\r\n",
        header("OBS.R01", 3),
        patient.id,
        patient.family_and_given(),
    );
    vec![
        (Side::Client, hello.into_bytes()),
        (Side::Server, acknowledged(1).into_bytes()),
        (Side::Client, result.into_bytes()),
        (Side::Server, acknowledged(3).into_bytes()),
    ]
}

/// Text within an attribute of XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
