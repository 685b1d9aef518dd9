//! Programs of others take the hospital's DICOM and HL7 for what they are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use testkit::{DicomExchange, Hospital, Side, tools};

#[test]
fn dcmdump_reads_every_data_set() {
    let Some(dcmdump) = tools::find("dcmdump").unwrap() else { return };
    let folder = tempfile::tempdir().unwrap();
    let hospital = Hospital::new(1).unwrap();
    assert!(hospital.dicom_files.len() >= 10);
    for file in &hospital.dicom_files {
        let path = folder.path().join("image.dcm");
        std::fs::write(&path, &file.bytes).unwrap();
        let output = Command::new(&dcmdump).arg(&path).output().unwrap();
        assert!(output.status.success());
        let (shown, said) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(said, "", "dcmdump complains");
        for wanted in
            ["Manufacturer", "DeviceSerialNumber", "UniqueDeviceIdentifier", "PixelData", &file.instance]
        {
            assert!(shown.contains(wanted), "{wanted} is not in {shown}");
        }
    }
}

#[test]
fn storescp_accepts_what_the_modalities_send() {
    let Some(storescp) = tools::find("storescp").unwrap() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (mut scp, port) = start(&storescp, folder.path());
    let hospital = Hospital::new(1).unwrap();
    let stores: Vec<_> =
        hospital.dicom_exchanges.iter().filter(|exchange| exchange.called == "PACS1").collect();
    let replayed = stores.iter().filter(|exchange| !exchange.calling.starts_with("READ"));
    let mut statuses = Vec::new();
    for exchange in replayed {
        statuses.extend(replay(exchange, port));
    }
    scp.kill().unwrap();
    scp.wait().unwrap();
    assert_eq!(statuses.len(), hospital.dicom_files.len());
    assert!(statuses.iter().all(|status| *status == 0), "{statuses:?}");
    let stored = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(stored, hospital.dicom_files.len());
}

/// A storage provider of DCMTK on a free port.
fn start(storescp: &Path, folder: &Path) -> (Child, u16) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(storescp);
    command.args(["-aet", "PACS1", "-od"]).arg(folder).arg(port.to_string());
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < until, "storescp does not listen");
        std::thread::sleep(Duration::from_millis(50));
    }
    (child, port)
}

/// Plays the caller's side; gives the statuses of the answers to its stores.
fn replay(exchange: &DicomExchange, port: u16) -> Vec<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut statuses = Vec::new();
    for (side, bytes) in &exchange.messages {
        match side {
            Side::Client => stream.write_all(bytes).unwrap(),
            Side::Server => {
                let (kind, body) = read_pdu(&mut stream);
                assert_eq!(kind, bytes[0], "another kind of answer");
                if kind == 4 {
                    statuses.push(status(&body));
                }
            }
        }
    }
    statuses
}

fn read_pdu(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut header = [0; 6];
    stream.read_exact(&mut header).unwrap();
    let length = u32::from_be_bytes(header[2..].try_into().unwrap());
    let mut body = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut body).unwrap();
    (header[0], body)
}

/// Status (0000,0900) of a command set behind the header of its value item.
fn status(body: &[u8]) -> u16 {
    let mut rest = &body[6..];
    while let [a, b, c, d, e, f, g, h, after @ ..] = rest {
        let length = usize::try_from(u32::from_le_bytes([*e, *f, *g, *h])).unwrap();
        if [*a, *b, *c, *d] == [0, 0, 0, 9] {
            return u16::from_le_bytes([after[0], after[1]]);
        }
        rest = &after[length..];
    }
    panic!("an answer without status");
}

/// Reads messages, one a block, and prints what a reader of HL7 makes of each.
const READ_HL7: &str = r"
import sys, hl7
from hl7apy.parser import parse_message
for text in sys.stdin.buffer.read().decode().split('\x1c'):
    text = text.strip('\x0b\n')
    if not text: continue
    message = parse_message(text)
    loose = hl7.parse(text)
    assert str(message.msh.msh_3.value) == str(loose['MSH'][0][3]), text
    assert message.to_er7().rstrip('\r') == text.rstrip('\r'), text
    # hl7apy asks for every branch of a choice (orders), and puts PRT into the first group that may have one.
    if 'ORM^' not in text and '\rPRT|' not in text: message.validate()
    print(message.msh.msh_9.to_er7(), message.version, len(loose), sep='\t')
";

#[test]
fn hl7apy_and_hl7_read_every_message() {
    let Some(python) = tools::python("hl7, hl7apy").unwrap() else { return };
    let hospital = Hospital::new(1).unwrap();
    let mut command = Command::new(python);
    command.args(["-c", READ_HL7]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let all = hospital.hl7_messages.join("\x1c");
    child.stdin.take().unwrap().write_all(all.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(shown.lines().count(), hospital.hl7_messages.len());
    for kind in
        ["ADT^A01^ADT_A01\t2.5.1", "ORM^O01^ORM_O01\t2.5.1", "ORU^R01^ORU_R01\t2.8.2", "ACK^R01^ACK\t2.6"]
    {
        assert!(shown.contains(kind), "{kind} is not in {shown}");
    }
}
