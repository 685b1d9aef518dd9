//! The inventory of a hub that listens on an interface is that of `bedrail inspect` on the same packets: both hear a
//! hospital's day there at the same time, and are compared attribute by attribute, with each frame, field and rule.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::netns::{Namespace, finish};
use support::{root, write};

/// `inspect` listens so long: the whole day is sent within.
const SECONDS: u32 = 100;
/// For the hub to have derived everything.
const PATIENCE: Duration = Duration::from_secs(120);

/// A hub that ends with this.
struct Hub {
    child: Child,
    url: String,
    password: String,
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Hub {
    /// With what else it is to do; `password` when its account was made before.
    fn start(site: &Namespace, data: &std::path::Path, more: &[&str], password: Option<&str>) -> Self {
        let mut command = site.command(env!("CARGO_BIN_EXE_bedrail"));
        command.args(["hub", "--insecure-http", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(more);
        // Nobody reads its log.
        command.stderr(std::process::Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let last = |line: &str| line.split_whitespace().last().unwrap().to_owned();
        let url = last(&lines.next().unwrap().unwrap());
        let told = last(&lines.next().unwrap().unwrap());
        Self { child, url, password: password.map_or(told, str::to_owned) }
    }

    /// Ends it as the system does: its sensor tells what it still holds.
    fn stop(mut self) -> String {
        finish(std::process::Command::new("kill").args(["-TERM", &self.child.id().to_string()]));
        assert!(self.child.wait().unwrap().success(), "it ends cleanly");
        std::mem::take(&mut self.password)
    }

    fn inventory(&self, site: &Namespace) -> Value {
        let script = root().join("crates/programs/bedrail/tests/peers/hub_inventory.py");
        let said = finish(site.command("python3").arg(script).args([&self.url, &self.password]));
        serde_json::from_str(&said).unwrap()
    }
}

/// Everything that is said of each device, by its link-layer addresses or else its network addresses.
type Inventory = BTreeMap<String, Said>;

/// A line for each value, with how sure it is, and for each reason.
type Said = BTreeMap<String, f64>;

/// One side is written with two digits.
const ROUNDED: f64 = 0.00501;

fn address(device: &Value) -> String {
    let all =
        |name: &str| device[name].as_array().unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
    let macs = all("macs");
    if macs.is_empty() { all("ips").join(" ") } else { macs.join(" ") }
}

fn lines(name: &str, values: &Value) -> Said {
    let one = std::slice::from_ref(values);
    let values = values.as_array().map_or(one, Vec::as_slice);
    let mut said = Said::new();
    for (place, value) in values.iter().filter(|value| value.is_object()).enumerate() {
        let Some(evidence) = value["evidence"].as_array() else { continue };
        said.insert(format!("{name} {place}: {}", value["value"]), value["confidence"].as_f64().unwrap());
        for reason in evidence {
            let [frame, field, seen, rule] = ["frame", "field", "seen", "rule"].map(|part| &reason[part]);
            said.insert(format!("{name} {place}: {field} {seen} in frame {frame} by {rule}"), 1.0);
        }
    }
    said
}

/// Names of lists are plural there.
const PLURALS: &[(&str, &str)] = &[
    ("hostnames", "hostname"),
    ("software_versions", "software_version"),
    ("ae_titles", "ae_title"),
    ("hl7_applications", "hl7_application"),
    ("roles", "role"),
    ("services_offered", "service_offered"),
    ("services_used", "service_used"),
];

fn inspected(report: &Value) -> Inventory {
    let device = |device: &Value| {
        let told = device.as_object().unwrap().iter().flat_map(|(name, values)| {
            let singular = PLURALS.iter().find(|(plural, _)| plural == name).map(|(_, singular)| *singular);
            lines(singular.unwrap_or(name), values)
        });
        (address(device), told.collect())
    };
    report["devices"].as_array().unwrap().iter().map(device).collect()
}

fn kept(inventory: &Value) -> Inventory {
    let device = |device: &Value| {
        let attributes = device["attributes"].as_object().unwrap();
        let told = attributes.iter().flat_map(|(name, values)| {
            let is_list = PLURALS.iter().any(|(_, singular)| singular == name);
            // Of what has one value an inspection shows the best.
            lines(name, if is_list { values } else { &values[0] })
        });
        (address(device), told.collect())
    };
    inventory["devices"].as_array().unwrap().iter().map(device).collect()
}

/// What one says and the other does not, of a few devices.
fn differences(one: &Inventory, other: &Inventory) -> Vec<String> {
    let none = Said::new();
    let addresses: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let of = |address: &String| {
        let (one, other) = (one.get(address).unwrap_or(&none), other.get(address).unwrap_or(&none));
        let lines: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        let differs = |line: &&String| match (one.get(*line), other.get(*line)) {
            (Some(a), Some(b)) => (a - b).abs() > ROUNDED,
            _ => true,
        };
        lines.into_iter().filter(differs).map(|line| format!("{address} {line}")).collect::<Vec<_>>()
    };
    addresses.into_iter().flat_map(of).take(20).collect()
}

/// A hospital's day as the script that sends it reads it.
fn day() -> Vec<u8> {
    let hospital = testkit::Hospital::new(1).unwrap();
    let mut content = Vec::new();
    for frame in &hospital.frames {
        content.extend(u16::try_from(frame.bytes.len()).unwrap().to_be_bytes());
        content.extend(&frame.bytes);
    }
    content
}

/// Two machines with a line between them on which nobody speaks by itself.
fn line() -> Option<(Namespace, Namespace)> {
    let (site, sender) = (Namespace::new("same")?, Namespace::new("day")?);
    site.pair("tap", &sender, "line");
    for (machine, interface) in [(&site, "tap"), (&sender, "line")] {
        finish(machine.command("sh").args(["-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"]));
        machine.ip(&["link", "set", interface, "mtu", "9000", "up"]);
    }
    Some((site, sender))
}

fn wait_until(what: &str, holds: impl Fn() -> Result<(), String>) {
    let until = Instant::now() + PATIENCE;
    while let Err(fault) = holds() {
        assert!(Instant::now() < until, "not so, that {what}: {fault}");
        std::thread::sleep(Duration::from_secs(1));
    }
}

#[test]
fn the_inventory_of_a_live_sensor_is_that_of_an_inspection() {
    let Some((site, sender)) = line() else { return };
    let data = tempfile::tempdir().unwrap();
    let frames = write("same-day.frames", &day());
    let hub = Hub::start(&site, data.path(), &["--sensor", "tap"], None);
    let listening = site.listen("tap", SECONDS, &[]);
    let script = root().join("crates/programs/bedrail/tests/peers/send_frames.py");
    let sent: u64 =
        finish(sender.command("python3").arg(script).arg(&frames).arg("line")).trim().parse().unwrap();
    let report = listening.json();
    assert_eq!(report["counters"]["received"], sent, "{}", report["counters"]);
    assert_eq!(report["counters"]["lost_before_capture"], 0);
    let inspected = inspected(&report);
    assert!(
        inspected.len() > 250 && inspected.values().map(BTreeMap::len).sum::<usize>() > 5_000,
        "{inspected:?}"
    );
    wait_until("every frame is counted", || {
        let frames = &hub.inventory(&site)["sensors"][0]["frames"];
        if *frames == sent { Ok(()) } else { Err(format!("{frames} of {sent}")) }
    });
    // Flows that are still open are told when the sensor ends.
    let password = hub.stop();
    let hub = Hub::start(&site, data.path(), &[], Some(&password));
    wait_until("the inventories are the same", || {
        let faults = differences(&inspected, &kept(&hub.inventory(&site)));
        if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
    });
}
