//! An interface that Bedrail listens on never sends: not while it opens, hears questions, or closes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use support::netns::{Namespace, Running, finish};
use support::{CT, Frames, LAB, PACS, Station, root};

/// Time to send a few hundred frames from Python on a slow machine.
const SECONDS: u32 = 12;
const BROADCAST: [u8; 6] = [0xff; 6];
/// Ethernet's type for experiments: nothing but this test sends it.
const MARK: [u8; 2] = [0x88, 0xb5];

/// Two namespaces with a cable between them, whose kernels say nothing by themselves.
struct Cable {
    sensor: Namespace,
    peer: Namespace,
}

impl Cable {
    fn new() -> Option<Self> {
        let cable = Self { sensor: Namespace::new("sensor")?, peer: Namespace::new("peer")? };
        cable.sensor.pair("tap", &cable.peer, "far");
        for (namespace, interface) in [(&cable.sensor, "tap"), (&cable.peer, "far")] {
            let quiet = format!("/proc/sys/net/ipv6/conf/{interface}/disable_ipv6");
            let script = format!("if [ -e {quiet} ]; then echo 1 > {quiet}; fi");
            finish(namespace.command("sh").args(["-c", &script]));
            namespace.ip(&["link", "set", interface, "arp", "off", "multicast", "off", "up"]);
        }
        Some(cable)
    }

    /// The sensor's hardware address.
    fn tap(&self) -> [u8; 6] {
        let links = self.sensor.ip(&["-o", "link", "show", "tap"]);
        let text = links.split("link/ether ").nth(1).unwrap().split(' ').next().unwrap();
        let bytes: Vec<u8> = text.split(':').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
        bytes.try_into().unwrap()
    }

    fn tap_shows(&self, words: &str) -> bool {
        self.sensor.ip(&["-d", "-o", "link", "show", "tap"]).contains(words)
    }

    /// Frames that the sensor's interface has sent since it was made, as its kernel counts them.
    fn sent_by_tap(&self) -> String {
        let script = "cat /sys/class/net/tap/statistics/tx_packets";
        finish(self.sensor.command("sh").args(["-c", script])).trim().to_owned()
    }
}

fn script(name: &str) -> PathBuf {
    root().join("crates/programs/bedrail/tests/peers").join(name)
}

fn send(namespace: &Namespace, python: &Path, interface: &str, frames: &[Vec<u8>]) {
    let mut command = namespace.command(python);
    let mut child = command.arg(script("send.py")).arg(interface).stdin(Stdio::piped()).spawn().unwrap();
    let lines: String = frames.iter().map(|frame| hex(frame) + "\n").collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ethernet(to: [u8; 6], from: Station, kind: [u8; 2], payload: &[u8]) -> Vec<u8> {
    let mut frame = [to.as_slice(), &from.0, &kind, payload].concat();
    frame.resize(frame.len().max(60), 0);
    frame
}

/// Who has this address? Both as broadcast and to the sensor itself.
fn arp_request(to: [u8; 6]) -> Vec<u8> {
    let head = [0, 1, 8, 0, 6, 4, 0, 1];
    ethernet(to, LAB, [8, 6], &[head.as_slice(), &LAB.0, &LAB.1, &[0; 6], &PACS.1].concat())
}

/// An ICMP echo request with its checksums.
fn ping(to: [u8; 6]) -> Vec<u8> {
    let mut frame = Vec::new();
    let builder = etherparse::PacketBuilder::ethernet2(LAB.0, to).ipv4(LAB.1, PACS.1, 64);
    builder.icmpv4_echo_request(7, 1).write(&mut frame, b"0123456789abcdef").unwrap();
    frame
}

/// Questions that a station answers, and the beginning of a hospital's morning.
fn questions(tap: [u8; 6]) -> Vec<Vec<u8>> {
    let sensor = Station(tap, PACS.1);
    let mut asked = Frames::default();
    asked.dhcp(CT, b"CT-ROOM-1", b"MSFT 5.0");
    // Name services, a closed port, SNMP: what is asked does not matter, no one may answer.
    for port in [53, 137, 161, 1900, 5353, 33_434] {
        asked.udp((LAB, 40_000), (sensor, port), &[0; 24]);
    }
    asked.tcp((LAB, 40_001), (sensor, 104), &[(true, b"\x01\0\0\0\0\x04abcd")]);
    let mut frames = asked.into_frames();
    frames.extend([arp_request(BROADCAST), arp_request(tap), ping(tap), ping(BROADCAST)]);
    let hospital = testkit::Hospital::new(1).unwrap();
    frames.extend(hospital.frames.into_iter().take(300).map(|frame| frame.bytes));
    frames
}

#[test]
fn an_interface_that_is_listened_on_sends_nothing() {
    let Some(python) = testkit::tools::python("socket").unwrap() else { return };
    let Some(cable) = Cable::new() else { return };
    let mut watch = cable.peer.command(&python);
    let mut watching = Running::start(watch.arg(script("watch.py")).arg("far"));
    watching.wait_for_word("watching");
    let frames = questions(cable.tap());

    let listening = cable.sensor.listen("tap", SECONDS, &[]);
    assert!(cable.tap_shows("promiscuity 1"), "the interface does not hear frames to others");
    send(&cable.peer, &python, "far", &frames);
    let report = listening.json();
    assert_eq!(report["counters"]["received"], frames.len(), "{}", report["counters"]);
    assert!(cable.tap_shows("promiscuity 0"), "the interface is left as it was not found");
    assert_eq!(cable.sent_by_tap(), "0");

    // One frame from there, to know that the watcher would have seen others.
    let mark = ethernet(BROADCAST, LAB, MARK, b"mark");
    send(&cable.sensor, &python, "tap", std::slice::from_ref(&mark));
    std::thread::sleep(Duration::from_secs(1));
    let seen = watching.stop();
    assert_eq!(seen.lines().collect::<Vec<_>>(), [hex(&mark)]);
}
