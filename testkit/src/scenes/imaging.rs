//! Modalities fetch their worklist, send images to the archive; readers query it.

use anyhow::Result;

use crate::device::Device;
use crate::hospital::{DicomFile, Making};
use crate::patients::{BIRTH_DATE, PHYSICIAN, Patient, uid};
use crate::protocols::dicom::{self, Context, Element, Entity, Syntax, number, pixels, sequence, size, text};
use crate::protocols::{tls, web};
use crate::talk::Talk;

/// What images a kind of modality makes.
struct Images {
    row: &'static str,
    modality: &'static str,
    class: &'static str,
    syntax: Syntax,
    implementation: (&'static str, &'static str),
    /// Pixels on a side.
    side: usize,
    count: u16,
}

const MODALITIES: &[Images] = &[
    Images {
        row: "ct",
        modality: "CT",
        class: "1.2.840.10008.5.1.4.1.1.2",
        syntax: Syntax::Explicit,
        implementation: ("1.3.12.2.1107.5.99.3.20080101", "SIEMENS_SWFVA20A"),
        side: 128,
        count: 3,
    },
    Images {
        row: "ct-er",
        modality: "CT",
        class: "1.2.840.10008.5.1.4.1.1.2",
        syntax: Syntax::Implicit,
        implementation: ("1.2.840.113619.6.438", "REVO_CT_22BC_50"),
        side: 128,
        count: 2,
    },
    Images {
        row: "mr",
        modality: "MR",
        class: "1.2.840.10008.5.1.4.1.1.4",
        syntax: Syntax::Explicit,
        implementation: ("1.3.12.2.1107.5.99.3.30071101", "MR_VE11C"),
        side: 96,
        count: 2,
    },
    Images {
        row: "mr-neuro",
        modality: "MR",
        class: "1.2.840.10008.5.1.4.1.1.4",
        syntax: Syntax::Implicit,
        implementation: ("1.3.46.670589.42.1.4.4.5", "Philips MR 56.1"),
        side: 96,
        count: 2,
    },
    Images {
        row: "us",
        modality: "US",
        class: "1.2.840.10008.5.1.4.1.1.6.1",
        syntax: Syntax::Explicit,
        implementation: ("1.2.840.113619.6.391", "LOGIQE10_R3"),
        side: 64,
        count: 1,
    },
    Images {
        row: "us-heart",
        modality: "US",
        class: "1.2.840.10008.5.1.4.1.1.6.1",
        syntax: Syntax::Implicit,
        implementation: ("1.3.46.670589.14.2000.2.1.1", "EPIQ_9.0.3"),
        side: 64,
        count: 1,
    },
    Images {
        row: "xr",
        modality: "DX",
        class: "1.2.840.10008.5.1.4.1.1.1.1",
        syntax: Syntax::Explicit,
        implementation: ("1.2.840.113564.3.5.7", "DRX_5.7.412"),
        side: 160,
        count: 1,
    },
    Images {
        row: "mg",
        modality: "MG",
        class: "1.2.840.10008.5.1.4.1.1.1.2",
        syntax: Syntax::Explicit,
        implementation: ("1.2.840.113681.1.1.11", "HOLOGIC_AWS_1.11"),
        side: 160,
        count: 1,
    },
];

pub(crate) fn play(making: &mut Making) -> Result<()> {
    let (pacs, ris) = (making.devices.named("pacs")?.clone(), making.devices.named("ris")?.clone());
    making.tape.at(40_000);
    let mut turn = 0;
    for images in MODALITIES {
        let devices: Vec<Device> = making.devices.row(images.row).cloned().collect();
        for device in devices {
            let patient = making.patient(turn);
            turn += 1;
            worklist(making, images, &device, &ris, &patient);
            send(making, images, &device, &pacs, &patient);
            making.tape.wait(900);
        }
    }
    let readers: Vec<Device> = making.devices.row("read").cloned().collect();
    for reader in readers {
        read(making, &reader, &pacs);
    }
    let session = tls::session(Some(&pacs.full_name()), tls::PACS, true, &mut making.tape.random)?;
    let reader = making.devices.named("read-1")?.host;
    Talk::play(&mut making.tape, &reader, &pacs.host, 443, &session);
    let ct = making.devices.named("ct")?.clone();
    let page = web::get(
        &ct.full_name(),
        "/",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
        "Microsoft-IIS/10.0",
        "200 OK",
        "",
    );
    Talk::play(&mut making.tape, &reader, &ct.host, 80, &page);
    Ok(())
}

fn entity(device: &Device, images: &Images) -> Entity {
    let (class, version) = images.implementation;
    Entity { title: device.title(), class, version }
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
        making.dicom_files.push(DicomFile { instance, bytes });
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

/// C-FIND of studies.
fn read(making: &mut Making, reader: &Device, pacs: &Device) {
    let caller =
        Entity { title: reader.title(), class: "1.3.12.2.1107.5.8.20.20210101", version: "SIEMENS_SYNGOVIA" };
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
