//! Modalities fetch their worklist, send images to the archive; readers query it.

use anyhow::{Context as _, Result};

use crate::device::Device;
use crate::hospital::{DicomFile, Making};
use crate::patients::{BIRTH_DATE, PHYSICIAN, Patient, uid};
use crate::protocols::dicom::{self, Context, Element, Entity, Syntax, number, pixels, sequence, size, text};
use crate::protocols::tls;
use crate::talk::Talk;

/// What images a kind of modality makes, and how it introduces itself.
struct Images {
    modality: &'static str,
    class: &'static str,
    syntax: Syntax,
    implementation: &'static str,
    version: &'static str,
    /// Pixels on a side.
    side: usize,
    count: u16,
}

const MODALITIES: &str = include_str!("../../data/modalities.tsv");

/// The row of a device in `data/modalities.tsv`.
fn images_of(device: &Device) -> Result<Images> {
    let mut lines = MODALITIES.lines().filter_map(|line| line.split_once('\t'));
    let found = lines.find(|(row, _)| *row == device.row);
    let (_, line) = found.with_context(|| format!("data/modalities.tsv has no `{}`", device.row))?;
    let mut columns = line.split('\t');
    let mut column =
        |name: &str| columns.next().with_context(|| format!("data/modalities.tsv: no column `{name}`"));
    Ok(Images {
        modality: column("modality")?,
        class: column("class")?,
        syntax: if column("syntax")? == "explicit" { Syntax::Explicit } else { Syntax::Implicit },
        implementation: column("implementation")?,
        version: column("implementation version")?,
        side: column("side")?.parse()?,
        count: column("images")?.parse()?,
    })
}

/// A modality fetches its worklist and sends the images of an examination.
pub(crate) fn study(making: &mut Making, device: &Device, turn: usize) -> Result<()> {
    let (pacs, ris) = (making.devices.named("pacs")?.clone(), making.devices.named("ris")?.clone());
    let images = images_of(device)?;
    let patient = making.patient(turn + usize::from(device.host.ip.octets()[3]));
    worklist(making, &images, device, &ris, &patient);
    making.tape.wait(900);
    send(making, &images, device, &pacs, &patient);
    Ok(())
}

/// A reader looks for studies.
pub(crate) fn query(making: &mut Making, reader: &Device, _turn: usize) -> Result<()> {
    let pacs = making.devices.named("pacs")?.clone();
    read(making, reader, &pacs);
    Ok(())
}

/// A reader works with the page of the archive.
pub(crate) fn archive_page(making: &mut Making, reader: &Device, _turn: usize) -> Result<()> {
    let pacs = making.devices.named("pacs")?.clone();
    let session = tls::session(Some(&pacs.full_name()), tls::PACS, true, &mut making.tape.random)?;
    Talk::play(&mut making.tape, &reader.host, &pacs.host, 443, &session);
    Ok(())
}

/// A reader asks whether the film printer is ready (PS3.4 H).
pub(crate) fn film(making: &mut Making, printer: &Device, _turn: usize) -> Result<()> {
    let reader = making.devices.named("read-1")?.clone();
    let caller = reading(&reader);
    let called = Entity { title: printer.title(), class: "2.25.80601", version: "DRYPRO_130" };
    let contexts: [Context; 2] =
        [(1, dicom::VERIFICATION, Syntax::Implicit), (3, dicom::GRAYSCALE_PRINT, Syntax::Implicit)];
    let messages: Vec<dicom::Message> = dicom::echo(1, 1).into();
    let exchange = dicom::association(&caller, &called, &contexts, &messages);
    making.dicom(&reader, printer, [&caller.title, &called.title], exchange);
    Ok(())
}

fn entity(device: &Device, images: &Images) -> Entity {
    Entity { title: device.title(), class: images.implementation, version: images.version }
}

fn archive() -> Entity {
    Entity { title: "PACS1".to_owned(), class: "1.2.40.0.13.1.3", version: "dcm4che-5.31.2" }
}

/// C-ECHO, then C-FIND of the modality worklist (PS3.4 K).
fn worklist(making: &mut Making, images: &Images, device: &Device, ris: &Device, patient: &Patient) {
    let server = Entity {
        title: "RISWORKLIST".to_owned(),
        class: "1.2.276.0.7230010.3.0.3.6.7",
        version: "OFFIS_DCMTK_367",
    };
    let contexts: [Context; 2] =
        [(1, dicom::VERIFICATION, Syntax::Implicit), (3, dicom::WORKLIST_FIND, images.syntax)];
    let step = |when: &str| {
        vec![
            text(8, 0x60, "CS", images.modality),
            text(0x40, 1, "AE", &device.title()),
            text(0x40, 2, "DA", when),
        ]
    };
    let query = [
        text(8, 0x50, "SH", ""),
        text(0x10, 0x10, "PN", ""),
        text(0x10, 0x20, "LO", ""),
        sequence(0x40, 0x100, vec![step("20261207")]),
    ];
    let found = [
        text(8, 0x50, "SH", &patient.accession),
        text(0x10, 0x10, "PN", &patient.family_and_given()),
        text(0x10, 0x20, "LO", &patient.id),
        text(0x10, 0x30, "DA", BIRTH_DATE),
        sequence(0x40, 0x100, vec![step("20261207")]),
    ];
    let encoded = |set: &[Element]| dicom::encode(set, images.syntax);
    let mut messages: Vec<dicom::Message> = dicom::echo(1, 1).into();
    let find = dicom::find(3, 2, dicom::WORKLIST_FIND, encoded(&query), vec![encoded(&found)]);
    messages.extend(find);
    let caller = entity(device, images);
    let exchange = dicom::association(&caller, &server, &contexts, &messages);
    making.dicom(device, ris, [&caller.title, &server.title], exchange);
}

/// C-STORE of a few images.
fn send(making: &mut Making, images: &Images, device: &Device, pacs: &Device, patient: &Patient) {
    let contexts: [Context; 2] =
        [(1, images.class, images.syntax), (3, dicom::VERIFICATION, Syntax::Implicit)];
    let series = uid(&mut making.tape.random);
    let mut messages = Vec::new();
    for index in 1..=images.count {
        let instance = uid(&mut making.tape.random);
        let pixel_data = making.tape.random.bytes(images.side * images.side * 2);
        let set = image(images, device, patient, [&instance, &series], pixel_data);
        let data = dicom::encode(&set, images.syntax);
        let bytes = dicom::file(&set, images.syntax, images.class, &instance);
        messages.extend(dicom::store(1, index, images.class, &instance, data));
        if making.tape.is_kept() {
            making.dicom_files.push(DicomFile { instance, bytes });
        }
    }
    let (caller, called) = (entity(device, images), archive());
    let exchange = dicom::association(&caller, &called, &contexts, &messages);
    making.dicom(device, pacs, [&caller.title, &called.title], exchange);
}

/// An image with the attributes of patient, study and equipment (PS3.3 C.7).
fn image(
    images: &Images,
    device: &Device,
    patient: &Patient,
    [instance, series]: [&str; 2],
    pixel_data: Vec<u8>,
) -> Vec<Element> {
    let udi = format!("(01)00860000000024(21){}", device.serial);
    let side = size(images.side);
    vec![
        text(8, 0x08, "CS", "ORIGINAL\\PRIMARY"),
        text(8, 0x16, "UI", images.class),
        text(8, 0x18, "UI", instance),
        text(8, 0x20, "DA", "20261207"),
        text(8, 0x30, "TM", "080000"),
        text(8, 0x50, "SH", &patient.accession),
        text(8, 0x60, "CS", images.modality),
        text(8, 0x70, "LO", &device.maker),
        text(8, 0x80, "LO", "Example Hospital"),
        text(8, 0x90, "PN", PHYSICIAN),
        text(8, 0x1010, "SH", &device.title()),
        text(8, 0x1090, "LO", &device.model),
        sequence(8, 0x1110, vec![vec![text(8, 0x1150, "UI", images.class), text(8, 0x1155, "UI", series)]]),
        text(0x10, 0x10, "PN", &patient.family_and_given()),
        text(0x10, 0x20, "LO", &patient.id),
        text(0x10, 0x30, "DA", BIRTH_DATE),
        text(0x10, 0x40, "CS", "O"),
        text(0x18, 0x1000, "LO", &device.serial),
        sequence(0x18, 0x100a, vec![vec![text(0x18, 0x1009, "UT", &udi)]]),
        text(0x18, 0x1020, "LO", &device.version),
        text(0x20, 0x0d, "UI", &patient.study),
        text(0x20, 0x0e, "UI", series),
        text(0x20, 0x10, "SH", "1"),
        text(0x20, 0x11, "IS", "1"),
        text(0x20, 0x13, "IS", "1"),
        number(0x28, 0x02, 1),
        text(0x28, 0x04, "CS", "MONOCHROME2"),
        number(0x28, 0x10, side),
        number(0x28, 0x11, side),
        number(0x28, 0x100, 16),
        number(0x28, 0x101, 12),
        number(0x28, 0x102, 11),
        number(0x28, 0x103, 0),
        pixels(pixel_data),
    ]
}

fn reading(reader: &Device) -> Entity {
    Entity { title: reader.title(), class: "1.3.12.2.1107.5.8.20.20210101", version: "SIEMENS_SYNGOVIA" }
}

/// C-FIND of studies.
fn read(making: &mut Making, reader: &Device, pacs: &Device) {
    let caller = reading(reader);
    let contexts: [Context; 1] = [(1, dicom::STUDY_ROOT_FIND, Syntax::Explicit)];
    let query = [text(8, 0x20, "DA", "20261207"), text(8, 0x52, "CS", "STUDY"), text(0x10, 0x10, "PN", "")];
    let encoded = |set: &[Element]| dicom::encode(set, Syntax::Explicit);
    let matches = making.patients.iter().map(|patient| {
        encoded(&[
            text(8, 0x20, "DA", "20261207"),
            text(8, 0x50, "SH", &patient.accession),
            text(8, 0x52, "CS", "STUDY"),
            text(0x10, 0x10, "PN", &patient.family_and_given()),
            text(0x10, 0x20, "LO", &patient.id),
            text(0x20, 0x0d, "UI", &patient.study),
        ])
    });
    let matches: Vec<Vec<u8>> = matches.collect();
    let messages = dicom::find(1, 1, dicom::STUDY_ROOT_FIND, encoded(&query), matches);
    let called = archive();
    let exchange = dicom::association(&caller, &called, &contexts, &messages);
    making.dicom(reader, pacs, [&caller.title, &called.title], exchange);
}
