//! The cable between a sensor and its hub is pulled and put back: what was seen meanwhile arrives, once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod support;

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::netns::{Namespace, finish};
use support::run;
use tempfile::TempDir;

/// Longest time to anything here: a line that is cut is noticed after 30 s.
const PATIENCE: Duration = Duration::from_secs(240);

/// How long the cable is out: `BEDRAIL_PARTITION_S` seconds, or until the sensor notices and a few batches wait.
fn partition() -> Duration {
    let seconds = std::env::var("BEDRAIL_PARTITION_S").map_or(0, |text| text.parse().unwrap());
    Duration::from_secs(seconds)
}

/// A program that ends with this.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Two machines with a cable between them.
struct Site {
    hub: Namespace,
    sensor: Namespace,
}

impl Site {
    fn new() -> Option<Self> {
        let site = Self { hub: Namespace::new("hub")?, sensor: Namespace::new("ward")? };
        site.hub.pair("cable", &site.sensor, "cable");
        for (machine, address) in [(&site.hub, "10.77.0.1/24"), (&site.sensor, "10.77.0.2/24")] {
            machine.ip(&["address", "add", address, "dev", "cable"]);
            machine.ip(&["link", "set", "cable", "up"]);
        }
        Some(site)
    }

    /// One request to the hub's API on its own machine.
    fn ask(&self, port: &str, method: &str, path: &str, headers: &str, body: &Value) -> (String, Value) {
        let body = body.to_string();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Type: application/json\r\n"
        );
        let request = format!("{head}{headers}Content-Length: {}\r\n\r\n{body}", body.len());
        let script = "exec 3<>/dev/tcp/127.0.0.1/$PORT; printf '%s' \"$REQUEST\" >&3; cat <&3";
        let mut command = self.hub.command("bash");
        let answer = finish(command.args(["-c", script]).env("PORT", port).env("REQUEST", request));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}")))
    }

    /// The headers of somebody who is logged in.
    fn log_in(&self, port: &str, login: &Value) -> String {
        let (head, session) = self.ask(port, "POST", "/api/v1/session", "", login);
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        let cookie = cookie.split(';').next().unwrap();
        let csrf = session["csrf_token"].as_str().unwrap();
        format!("Cookie: {cookie}\r\nX-CSRF-Token: {csrf}\r\nIdempotency-Key: one\r\n")
    }

    fn bedrail(&self, machine: &Namespace, args: &[&str]) -> Command {
        let mut command = machine.command(env!("CARGO_BIN_EXE_bedrail"));
        command.args(args);
        command
    }
}

/// How the sensor is.
fn status(data: &str) -> Value {
    run(&["sensor", "status", "--json", "--data", data]).json()["status"].clone()
}

/// Waits until the sensor is as it should be.
fn wait_for(data: &str, condition: impl Fn(&Value) -> bool) {
    let until = Instant::now() + PATIENCE;
    loop {
        let status = status(data);
        if condition(&status) {
            return;
        }
        assert!(Instant::now() < until, "it never became so: {status}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Last word of a line.
fn last(line: &str) -> String {
    line.split(' ').next_back().unwrap().to_owned()
}

fn hospital(folder: &Path) -> String {
    let path = folder.join("hospital.pcapng");
    testkit::Hospital::new(1).unwrap().write(File::create(&path).unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_pulled_cable_loses_nothing() {
    let Some(site) = Site::new() else { return };
    let folder = TempDir::new().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (hub_data, data, token_file) = (place("hub"), place("sensor"), place("token"));
    let args = [
        "hub",
        "--data",
        &hub_data,
        "--listen",
        "127.0.0.1:0",
        "--insecure-http",
        "--sensors",
        "10.77.0.1:8444",
    ];
    let mut command = site.bedrail(&site.hub, &args);
    let mut hub = Ending(command.stderr(std::process::Stdio::null()).spawn().unwrap());
    let mut lines = BufReader::new(hub.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let port = last(&lines.next().unwrap()).trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
    let url = last(&lines.next().unwrap());
    let login = serde_json::json!({ "name": "admin", "password": last(&lines.next().unwrap()) });
    let admin = site.log_in(&port, &login);
    let name = serde_json::json!({ "name": "Ward 3" });
    let (_, token) = site.ask(&port, "POST", "/api/v1/sensors/enrolments", &admin, &name);
    std::fs::write(&token_file, token["token"].as_str().unwrap()).unwrap();
    let args = ["sensor", "enrol", "--hub", &url, "--data", &data, "--token-file", &token_file];
    finish(&mut site.bedrail(&site.sensor, &args));

    let capture = hospital(folder.path());
    let args = ["sensor", "run", "--data", &data, "--replay", &capture, "--speed", "20", "--repeat"];
    let mut command = site.bedrail(&site.sensor, &args);
    let sensor = Ending(command.stderr(std::process::Stdio::null()).spawn().unwrap());
    wait_for(&data, |status| status["line"] == "connected" && status["last_batch"].as_u64() > Some(0));
    site.hub.ip(&["link", "set", "cable", "down"]);
    let cut = Instant::now();
    wait_for(&data, |status| status["line"] == "away" && status["waiting"]["batches"].as_u64() > Some(5));
    std::thread::sleep(partition().saturating_sub(cut.elapsed()));
    let waited = status(&data)["waiting"]["batches"].clone();
    let (whole, joined) = (cut.elapsed(), Instant::now());
    site.hub.ip(&["link", "set", "cable", "up"]);
    wait_for(&data, |status| status["line"] == "connected" && status["waiting"]["batches"] == 0);
    let behind = joined.elapsed();
    // After half an hour the session is over.
    let admin = site.log_in(&port, &login);
    let (_, list) = site.ask(&port, "GET", "/api/v1/sensors", &admin, &serde_json::json!({}));
    let seen = &list["items"][0];
    assert_eq!((&seen["state"], &seen["lost_batches"]), (&"connected".into(), &0.into()), "{seen}");
    assert_eq!(seen["backlog"]["given_up_batches"], 0, "{seen}");
    drop(sensor);
    let (_, list) = site.ask(&port, "GET", "/api/v1/sensors", &admin, &serde_json::json!({}));
    let counted = list["items"][0]["frames"].as_u64().unwrap();
    let (spool, _) = relay::Spool::open(&Path::new(&data).join("spool"), relay::Limits::DEFAULT).unwrap();
    // What was kept last may not have been sent when the sensor was killed.
    let (told, waits) = (spool.frames(), spool.backlog().batches);
    assert!(
        counted <= told && (counted == told || waits > 0),
        "{counted} of {told} frames count, {waits} wait"
    );
    println!(
        "{whole:?} without a line, {waited} batches waited, sent in {behind:?}; {counted} of {told} frames count"
    );
    println!("executions: {counted}");
}
