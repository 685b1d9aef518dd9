//! Small captures, made byte by byte, and the program run on them.
#![allow(dead_code, reason = "every test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

pub(crate) mod hub;
pub(crate) mod netns;
pub(crate) mod tshark;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use capture::{LinkType, PcapWriter};
use etherparse::PacketBuilder;
use model::Timestamp;

/// A station: its link-layer and network address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Station(pub(crate) [u8; 6], pub(crate) [u8; 4]);

/// Modality, archive, and the rest of a small ward.
pub(crate) const CT: Station = Station([0x00, 0x00, 0x5e, 0x00, 0x53, 0x01], [192, 0, 2, 11]);
pub(crate) const PACS: Station = Station([0x00, 0x00, 0x5e, 0x00, 0x53, 0x02], [192, 0, 2, 12]);
pub(crate) const LAB: Station = Station([0x00, 0x00, 0x5e, 0x00, 0x53, 0x03], [192, 0, 2, 13]);
pub(crate) const ENGINE: Station = Station([0x00, 0x00, 0x5e, 0x00, 0x53, 0x04], [192, 0, 2, 14]);
const EVERYBODY: Station = Station([0xff; 6], [255; 4]);
const NOBODY: [u8; 4] = [0; 4];

/// Frames under construction.
#[derive(Debug, Default)]
pub(crate) struct Frames(Vec<Vec<u8>>);

impl Frames {
    /// A UDP datagram.
    pub(crate) fn udp(&mut self, from: (Station, u16), to: (Station, u16), payload: &[u8]) -> &mut Self {
        let builder = PacketBuilder::ethernet2(from.0.0, to.0.0).ipv4(from.0.1, to.0.1, 64).udp(from.1, to.1);
        let mut frame = Vec::new();
        builder.write(&mut frame, payload).unwrap();
        self.0.push(frame);
        self
    }

    /// A TCP connection: handshake, then what client (`true`) and server say in turn.
    pub(crate) fn tcp(
        &mut self,
        client: (Station, u16),
        server: (Station, u16),
        said: &[(bool, &[u8])],
    ) -> &mut Self {
        let mut next = [1_000_u32, 9_000];
        let ends = [client, server];
        let mut put = |side: usize, seq: u32, ack: u32, flags: &str, payload: &[u8]| {
            let (from, to) = (ends[side], ends[1 - side]);
            let ip = PacketBuilder::ethernet2(from.0.0, to.0.0).ipv4(from.0.1, to.0.1, 64);
            let mut builder = ip.tcp(from.1, to.1, seq, 8_192);
            if flags.contains('S') {
                builder = builder.syn();
            }
            if flags.contains('A') {
                builder = builder.ack(ack);
            }
            let mut frame = Vec::new();
            builder.write(&mut frame, payload).unwrap();
            self.0.push(frame);
        };
        put(0, next[0] - 1, 0, "S", &[]);
        put(1, next[1] - 1, next[0], "SA", &[]);
        put(0, next[0], next[1], "A", &[]);
        for (from_client, bytes) in said {
            let side = usize::from(!from_client);
            put(side, next[side], next[1 - side], "A", bytes);
            next[side] += u32::try_from(bytes.len()).unwrap();
        }
        self
    }

    /// A DHCP request with a host name and a vendor class.
    pub(crate) fn dhcp(&mut self, of: Station, host_name: &[u8], vendor_class: &[u8]) -> &mut Self {
        let mut message = vec![1, 1, 6, 0, 0, 0, 0, 1];
        message.resize(28, 0);
        message.extend_from_slice(&of.0);
        message.resize(236, 0);
        message.extend_from_slice(&[99, 130, 83, 99, 53, 1, 3, 50, 4]);
        message.extend_from_slice(&of.1);
        for (code, value) in [(12, host_name), (60, vendor_class)] {
            message.extend_from_slice(&[code, u8::try_from(value.len()).unwrap()]);
            message.extend_from_slice(value);
        }
        message.push(255);
        self.udp((Station(of.0, NOBODY), 68), (EVERYBODY, 67), &message)
    }

    /// A DICOM association with C-ECHO's presentation context.
    pub(crate) fn dicom(&mut self, calling: &str, called: &str, version: &str) -> &mut Self {
        let request = associate(1, called, calling, version);
        let answer = associate(2, called, calling, version);
        self.tcp((CT, 50_104), (PACS, 104), &[(true, &request), (false, &answer)])
    }

    /// An HL7 result and its acknowledgement; `application` sends it for a patient with a name.
    pub(crate) fn hl7(&mut self, application: &str, facility: &str) -> &mut Self {
        let head = format!("MSH|^~\\&|{application}|{facility}|ENGINE|HIS|20260101120000||");
        let message = format!("\x0b{head}ORU^R01|1|P|2.5.1\rPID|1||4711||SECRETNAME^JANE\rOBR|1\r\x1c\r");
        let ack = "\x0bMSH|^~\\&|ENGINE|HIS|LAB|W|20260101120001||ACK|1|P|2.5.1\rMSA|AA|1\r\x1c\r";
        self.tcp((LAB, 50_257), (ENGINE, 2575), &[(true, message.as_bytes()), (false, ack.as_bytes())])
    }

    /// A page of a web server, with what it and the browser call themselves.
    pub(crate) fn http(&mut self, agent: &str, server: &str) -> &mut Self {
        let ask = format!("GET / HTTP/1.1\r\nHost: 192.0.2.12\r\nUser-Agent: {agent}\r\n\r\n");
        let answer = format!("HTTP/1.1 200 OK\r\nServer: {server}\r\nContent-Length: 0\r\n\r\n");
        self.tcp((LAB, 50_080), (PACS, 80), &[(true, ask.as_bytes()), (false, answer.as_bytes())])
    }

    /// The frames.
    pub(crate) fn into_frames(self) -> Vec<Vec<u8>> {
        self.0
    }

    /// The frames as a pcap file.
    pub(crate) fn pcap(&self) -> Vec<u8> {
        let mut writer = PcapWriter::new(Vec::new(), LinkType::ETHERNET).unwrap();
        for (number, frame) in (0_u64..).zip(&self.0) {
            let at = Timestamp::from_nanos(1_767_225_600_000_000_000 + number * 1_000_000);
            writer.write(at, u32::try_from(frame.len()).unwrap(), frame).unwrap();
        }
        writer.finish().unwrap()
    }

    /// Writes the frames into a file of the test's own folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        write(name, &self.pcap())
    }
}

/// A ward with a CT that stores to an archive and a laboratory that reports.
pub(crate) fn ward() -> Frames {
    let mut frames = Frames::default();
    frames.dhcp(CT, b"CT-ROOM-1", b"MSFT 5.0");
    frames.dicom("CT_ROOM_1", "ARCHIVE", "DCMTK_366");
    frames.hl7("ANALYZER", "LAB");
    frames.http("Mozilla/5.0 (X11; Linux x86_64)", "Apache/2.4.57 (Debian)");
    frames
}

fn associate(kind: u8, called: &str, calling: &str, version: &str) -> Vec<u8> {
    let item = |kind: u8, body: &[u8]| {
        let mut item = vec![kind, 0];
        item.extend_from_slice(&u16::try_from(body.len()).unwrap().to_be_bytes());
        item.extend_from_slice(body);
        item
    };
    let mut body = vec![0, 1, 0, 0];
    body.extend_from_slice(format!("{called:<16}{calling:<16}").as_bytes());
    body.resize(68, 0);
    body.extend(item(0x10, b"1.2.840.10008.3.1.1.1"));
    let mut context = vec![1, 0, 0, 0];
    if kind == 1 {
        context.extend(item(0x30, b"1.2.840.10008.1.1"));
    }
    context.extend(item(0x40, b"1.2.840.10008.1.2"));
    body.extend(item(if kind == 1 { 0x20 } else { 0x21 }, &context));
    let mut user = item(0x51, &16_384_u32.to_be_bytes());
    user.extend(item(0x52, b"1.2.276.0.7230010.3.0.3.6.6"));
    user.extend(item(0x55, version.as_bytes()));
    body.extend(item(0x50, &user));
    let mut unit = vec![kind, 0];
    unit.extend_from_slice(&u32::try_from(body.len()).unwrap().to_be_bytes());
    unit.extend(body);
    unit
}

/// A file in the folder that cargo gives these tests.
pub(crate) fn path(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bedrail");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

/// Writes a file there.
pub(crate) fn write(name: &str, bytes: &[u8]) -> PathBuf {
    let path = path(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The program with arguments.
pub(crate) fn bedrail<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bedrail"));
    command.args(args).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run(args: &[&str]) -> Run {
    Run::of(bedrail(args).output().unwrap())
}

/// Runs it with `input` on standard input.
pub(crate) fn run_with_input(args: &[&str], input: &[u8]) -> Run {
    let mut command = bedrail(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    Run::of(child.wait_with_output().unwrap())
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The output as JSON, after a run that went well.
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap()
    }
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize().unwrap()
}

/// Whether a tool that a test needs is there. Where tools are required, its absence is a failure.
pub(crate) fn has(tool: &Path) -> bool {
    let is_there = tool.is_file();
    let required = std::env::var_os("BEDRAIL_REQUIRE_TOOLS").is_some();
    assert!(is_there || !required, "{} is missing; `make install` brings it", tool.display());
    if !is_there {
        eprintln!("SKIPPED: {} is missing; `make install` brings it", tool.display());
    }
    is_there
}

/// The synthetic hospital, in a file of this name.
pub(crate) fn hospital(name: &str) -> PathBuf {
    let mut bytes = Vec::new();
    testkit::Hospital::new(1).unwrap().write(&mut bytes).unwrap();
    write(name, &bytes)
}

/// Where the corpus has its captures.
pub(crate) fn captures_folder() -> PathBuf {
    std::env::var_os("BEDRAIL_CORPUS")
        .map_or_else(|| root().join("../shared/corpus"), PathBuf::from)
        .join("captures")
}

/// Small captures of the corpus, at most `most` of each folder; none where there is no corpus.
pub(crate) fn corpus(most: usize) -> Vec<PathBuf> {
    let folder = captures_folder();
    let Ok(groups) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: every case of the corpus, which is not in {}", folder.display());
        return Vec::new();
    };
    let mut all = Vec::new();
    for group in groups.flatten() {
        let mut found = Vec::new();
        captures(&group.path(), &mut found);
        found.sort();
        let step = found.len().div_ceil(most).max(1);
        all.extend(found.into_iter().step_by(step));
    }
    all.sort();
    all
}

fn captures(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_capture = path
            .extension()
            .is_some_and(|extension| ["pcap", "pcapng", "cap"].iter().any(|known| extension == *known));
        if path.is_dir() {
            captures(&path, found);
        } else if is_capture && entry.metadata().is_ok_and(|data| data.len() < 1 << 20) {
            found.push(path);
        }
    }
}
