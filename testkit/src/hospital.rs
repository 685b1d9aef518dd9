//! The whole hospital: devices, patients, frames, and what tools of others are fed with.

use std::io::{self, Write};

use anyhow::Result;
use capture::{LinkType, PcapngWriter};

use crate::bytes::long;
use crate::device::{CORE, Device, Devices};
use crate::patients::{self, Patient};
use crate::scenes;
use crate::talk::{Exchange, Side};
use crate::tape::{Frame, Tape};
use crate::truth;

/// A hospital on one day, from seven in the morning on.
#[derive(Debug)]
pub struct Hospital {
    /// Every device, with what is true about it.
    pub devices: Vec<Device>,
    /// Invented patients.
    pub patients: Vec<Patient>,
    /// What the mirror port saw, in the order of time.
    pub frames: Vec<Frame>,
    /// DICOM data sets that were sent in the first two hours, as files.
    pub dicom_files: Vec<DicomFile>,
    /// DICOM conversations of these hours.
    pub dicom_exchanges: Vec<DicomExchange>,
    /// HL7 messages of these hours, without the bytes that frame them.
    pub hl7_messages: Vec<String>,
}

/// A DICOM data set as a file (PS3.10).
#[derive(Debug, Clone)]
pub struct DicomFile {
    /// SOP Instance UID.
    pub instance: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A DICOM conversation.
#[derive(Debug, Clone)]
pub struct DicomExchange {
    /// AE title that was called.
    pub called: String,
    /// AE title of the caller.
    pub calling: String,
    /// PDUs of both sides.
    pub messages: Vec<(Side, Vec<u8>)>,
}

/// The hospital while it is being made.
pub(crate) struct Making {
    pub(crate) devices: Devices,
    pub(crate) patients: Vec<Patient>,
    pub(crate) tape: Tape,
    pub(crate) dicom_files: Vec<DicomFile>,
    pub(crate) dicom_exchanges: Vec<DicomExchange>,
    pub(crate) hl7_messages: Vec<String>,
}

impl Hospital {
    /// The hospital of this seed.
    ///
    /// # Errors
    /// When a table or a certificate in `data/` is broken.
    pub fn new(seed: u64) -> Result<Self> {
        let mut making = Making::new(seed)?;
        scenes::play(&mut making)?;
        let devices = making.devices.0.clone();
        Ok(making.done(devices))
    }

    /// Stations that say hostile strings wherever they say something about themselves: names, models, titles, versions.
    ///
    /// # Errors
    /// As [`Hospital::new`].
    pub fn hostile(seed: u64) -> Result<Self> {
        let mut making = Making::new(seed)?;
        let devices = scenes::hostile::play(&mut making)?;
        Ok(making.done(devices))
    }

    /// Writes the capture as pcapng.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let mut writer = PcapngWriter::new(out, LinkType::ETHERNET)?;
        for frame in &self.frames {
            writer.write(frame.at, long(frame.bytes.len()), &frame.bytes)?;
        }
        writer.finish()?.flush()
    }

    /// Writes what is true about the devices, in the form that `bedrail evaluate` reads. `capture` is the name of the
    /// capture file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_truth(&self, capture: &str, out: impl Write) -> io::Result<()> {
        truth::write(&self.devices, capture, out)
    }

    /// Words about patients and staff that must never be seen in any output.
    #[must_use]
    pub fn forbidden_words(&self) -> Vec<String> {
        patients::words(&self.patients)
    }
}

impl Making {
    fn new(seed: u64) -> Result<Self> {
        let devices = Devices::read(seed)?;
        let gateway = devices.named(CORE)?.host.mac;
        let mut tape = Tape::new(seed, gateway);
        let patients = patients::all(&mut tape.random);
        Ok(Self {
            devices,
            patients,
            tape,
            dicom_files: Vec::new(),
            dicom_exchanges: Vec::new(),
            hl7_messages: Vec::new(),
        })
    }

    fn done(self, devices: Vec<Device>) -> Hospital {
        Hospital {
            devices,
            patients: self.patients,
            frames: self.tape.frames(),
            dicom_files: self.dicom_files,
            dicom_exchanges: self.dicom_exchanges,
            hl7_messages: self.hl7_messages,
        }
    }

    /// The patient whose turn it is.
    pub(crate) fn patient(&self, turn: usize) -> Patient {
        let turn = turn.checked_rem(self.patients.len()).unwrap_or(0);
        self.patients.get(turn).cloned().unwrap_or_default()
    }

    /// Plays a DICOM conversation; those of the first hours are kept.
    pub(crate) fn dicom(&mut self, client: &Device, server: &Device, titles: [&str; 2], exchange: Exchange) {
        let is_kept = self.tape.is_kept();
        crate::talk::Talk::play(&mut self.tape, &client.host, &server.host, 11_112, &exchange);
        if is_kept {
            let [calling, called] = titles.map(str::to_owned);
            self.dicom_exchanges.push(DicomExchange { called, calling, messages: exchange });
        }
    }

    /// Keeps HL7 messages of the first hours.
    pub(crate) fn hear(&mut self, messages: [String; 2]) {
        if self.tape.is_kept() {
            self.hl7_messages.extend(messages);
        }
    }
}
