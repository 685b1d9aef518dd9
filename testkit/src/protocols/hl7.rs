//! HL7 version 2 messages (HL7 v2.5.1 to 2.8.2) in blocks (MLLP).

use crate::bytes::Bytes;
use crate::device::Device;
use crate::patients::{BIRTH_DATE, PHYSICIAN, Patient};

/// Who sends a message to whom, and of what kind it is.
pub(crate) struct Header<'a> {
    pub(crate) from: &'a str,
    pub(crate) from_facility: &'a str,
    pub(crate) to: &'a str,
    /// Type, event and structure.
    pub(crate) kind: &'a str,
    pub(crate) version: &'a str,
    pub(crate) id: String,
}

const STAMP: &str = "20261207080000";
const FACILITY: &str = "EXAMPLEHOSPITAL";

impl Header<'_> {
    fn segment(&self) -> String {
        format!(
            "MSH|^~\\&|{}|{}|{}|{FACILITY}|{STAMP}||{}|{}|P|{}||||||UNICODE UTF-8",
            self.from, self.from_facility, self.to, self.kind, self.id, self.version
        )
    }
}

/// A message between the bytes that frame it.
pub(crate) fn block(message: &str) -> Vec<u8> {
    Bytes::new().u8(0x0b).put(message).put([0x1c, b'\r']).done()
}

/// Application accept.
pub(crate) fn acknowledgement(header: &Header<'_>, by: &str) -> String {
    let event = header.kind.split('^').nth(1).unwrap_or_default();
    let answer = Header {
        from: by,
        from_facility: FACILITY,
        to: header.from,
        kind: &format!("ACK^{event}^ACK"),
        version: header.version,
        id: format!("A{}", header.id),
    };
    lines(&[answer.segment(), format!("MSA|AA|{}", header.id)])
}

/// ADT^A01: a patient is admitted.
pub(crate) fn admission(header: &Header<'_>, patient: &Patient) -> String {
    lines(&[header.segment(), format!("EVN|A01|{STAMP}"), pid(patient), pv1()])
}

/// ORM^O01: an examination is ordered.
pub(crate) fn order(header: &Header<'_>, patient: &Patient, what: &str) -> String {
    let number = &patient.accession;
    lines(&[
        header.segment(),
        pid(patient),
        pv1(),
        format!("ORC|NW|{number}|||SC||||{STAMP}|||{PHYSICIAN}"),
        format!("OBR|1|{number}||{what}^{what}^L|||{STAMP}|||||||||{PHYSICIAN}"),
    ])
}

/// ORU^R01 of a laboratory: the analyser names itself in SFT and OBX-18.
pub(crate) fn laboratory(header: &Header<'_>, patient: &Patient, device: &Device) -> String {
    let equipment = format!("{}^{}", device.model, device.serial);
    lines(&[
        header.segment(),
        format!("SFT|{}|4.1|{}|B4107||20260301", device.maker, device.model),
        pid(patient),
        format!("OBR|1|{}||718-7^Hemoglobin^LN|||{STAMP}", patient.accession),
        format!("OBX|1|NM|718-7^Hemoglobin^LN||13.1|g/dL|12-16|N|||F|||{STAMP}||||{equipment}"),
        format!("OBX|2|NM|777-3^Platelets^LN||251|10*3/uL|150-400|N|||F|||{STAMP}||||{equipment}"),
    ])
}

/// ORU^R01 of a pump server (IHE PCD-01): each pump takes part as a device (PRT-10, 16, 20).
pub(crate) fn infusion(header: &Header<'_>, patient: &Patient, pump: &Device) -> String {
    let device = format!("{}^{}^{}^EUI-48", pump.model, pump.bare_mac(), pump.bare_mac());
    lines(&[
        header.segment(),
        pid(patient),
        format!("ORC|RE|{}", patient.accession),
        format!("OBR|1|{}||69986^MDC_DEV_PUMP_INFUS_VMD^MDC|||{STAMP}", patient.accession),
        format!(
            "OBX|1|NM|157784^MDC_FLOW_FLUID_PUMP^MDC|1.1.1.1|12.5|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R|||{STAMP}||||{device}"
        ),
        format!(
            "PRT|1|UC||EQUIP^Equipment^HL70912||||||{device}||||||(01)00860000000017(21){serial}||||{serial}||{model}",
            serial = pump.serial,
            model = pump.model
        ),
    ])
}

/// ORU^R01 of a central station for one monitor (IHE PCD-01).
pub(crate) fn vital_signs(header: &Header<'_>, patient: &Patient, monitor: &Device) -> String {
    let system = "69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS";
    let values = [
        numeric(monitor, 1, "147842^MDC_ECG_HEART_RATE", "72", "264864^MDC_DIM_BEAT_PER_MIN"),
        numeric(monitor, 2, "150456^MDC_PULS_OXIM_SAT_O2", "98", "262688^MDC_DIM_PERCENT"),
    ];
    report(header, patient, system, &values)
}

/// ORU^R01 of a central station for one ventilator (IHE PCD-01).
pub(crate) fn ventilation(header: &Header<'_>, patient: &Patient, ventilator: &Device) -> String {
    let system = "70001^MDC_DEV_SYS_PT_VENT_MDS";
    let values = [numeric(ventilator, 1, "151586^MDC_VENT_RESP_RATE", "14", "264928^MDC_DIM_RESP_PER_MIN")];
    report(header, patient, system, &values)
}

fn report(header: &Header<'_>, patient: &Patient, system: &str, values: &[String]) -> String {
    let order = format!("OBR|1|{}||{system}^MDC|||{STAMP}", patient.accession);
    let mut segments = vec![header.segment(), pid(patient), order];
    segments.extend_from_slice(values);
    lines(&segments)
}

/// A number that a device measured.
fn numeric(device: &Device, number: u8, code: &str, value: &str, unit: &str) -> String {
    let name = format!("{}^{}^{}^EUI-48", device.model, device.bare_mac(), device.bare_mac());
    format!("OBX|{number}|NM|{code}^MDC|1.1.1.{number}|{value}|{unit}^MDC|||||R|||{STAMP}||||{name}")
}

fn pid(patient: &Patient) -> String {
    format!("PID|1||{}^^^{FACILITY}^MR||{}||{BIRTH_DATE}|U", patient.id, patient.family_and_given())
}

fn pv1() -> String {
    format!("PV1|1|I|ICU^2^1^{FACILITY}||||{PHYSICIAN}")
}

fn lines(segments: &[String]) -> String {
    segments.iter().fold(String::new(), |text, segment| text + segment + "\r")
}
