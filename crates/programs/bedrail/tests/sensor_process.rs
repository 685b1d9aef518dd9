//! Hub and sensor as processes of their own: killed, stopped and started again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{bedrail, run, run_with_input};
use tempfile::TempDir;

/// Longest time to anything here, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A hub that runs, and what it said.
struct Hub {
    child: Child,
    address: String,
    sensors: String,
    password: Option<String>,
}

/// Somebody who is logged in.
struct Admin(String);

impl Hub {
    fn start(data: &Path, sensors: &str) -> Self {
        let data = data.to_str().unwrap();
        let args =
            ["hub", "--data", data, "--listen", "127.0.0.1:0", "--insecure-http", "--sensors", sensors];
        let mut child = bedrail(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = || lines.next().expect("the hub says where it is").unwrap();
        let last = |line: String| line.split(' ').next_back().unwrap().to_owned();
        let address = last(next());
        let sensors = last(next());
        let login = next();
        let password = login.starts_with("Log in as").then(|| last(login));
        let address = address.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { child, address, sensors, password }
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &Value) -> (String, Value) {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Type: application/json\r\n"
        );
        write!(stream, "{head}{headers}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}")))
    }

    fn log_in(&self, password: &str) -> Admin {
        let body = json!({ "name": "admin", "password": password });
        let (head, session) = self.ask("POST", "/api/v1/session", "", &body);
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        let cookie = cookie.split(';').next().unwrap();
        let csrf = session["csrf_token"].as_str().unwrap();
        Admin(format!("Cookie: {cookie}\r\nX-CSRF-Token: {csrf}\r\nIdempotency-Key: {cookie}\r\n"))
    }

    /// The only sensor.
    fn sensor(&self, admin: &Admin) -> Value {
        self.ask("GET", "/api/v1/sensors", &admin.0, &json!({})).1["items"][0].clone()
    }

    /// Waits until the sensor is as it should be, and gives it.
    fn wait_for(&self, admin: &Admin, condition: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let sensor = self.sensor(admin);
            if condition(&sensor) {
                return sensor;
            }
            assert!(Instant::now() < until, "it never became so: {sensor}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A sensor that runs until this is dropped.
struct Sensor(Child);

impl Sensor {
    fn start(data: &Path, capture: &Path) -> Self {
        let (data, capture) = (data.to_str().unwrap(), capture.to_str().unwrap());
        let args = ["sensor", "run", "--data", data, "--replay", capture, "--speed", "20", "--repeat"];
        Self(bedrail(args).stderr(Stdio::null()).spawn().unwrap())
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// SIGTERM; it has to end well.
    fn end(mut self) {
        let id = self.0.id().to_string();
        assert!(Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status().unwrap().success());
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Sensor {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn enrol(hub: &Hub, admin: &Admin, data: &Path) {
    let (_, answer) = hub.ask("POST", "/api/v1/sensors/enrolments", &admin.0, &json!({ "name": "Ward 3" }));
    let token = answer["token"].as_str().unwrap();
    let args = ["sensor", "enrol", "--hub", &hub.sensors, "--data", data.to_str().unwrap()];
    let first = run_with_input(&args, token.as_bytes());
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(first.out.contains("is enrolled at"), "{}", first.out);
    let again = run_with_input(&args, token.as_bytes());
    assert_eq!(again.code, 2, "the folder has a sensor: {}", again.err);
    let elsewhere = data.with_extension("other");
    let args = ["sensor", "enrol", "--hub", &hub.sensors, "--data", elsewhere.to_str().unwrap()];
    let used = run_with_input(&args, token.as_bytes());
    assert_eq!(used.code, 1, "{}", used.err);
    assert!(used.err.contains("not valid") && !used.err.contains(token), "{}", used.err);
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

#[test]
fn sensor_and_hub_are_killed_and_started_again_and_nothing_is_lost_or_twice() {
    let folder = TempDir::new().unwrap();
    let (hub_data, data) = (folder.path().join("hub"), folder.path().join("sensor"));
    let capture = folder.path().join("hospital.pcapng");
    testkit::Hospital::new(1).unwrap().write(File::create(&capture).unwrap()).unwrap();
    let hub = Hub::start(&hub_data, "127.0.0.1:0");
    let password = hub.password.clone().unwrap();
    let admin = hub.log_in(&password);
    enrol(&hub, &admin, &data);
    assert_eq!(hub.sensor(&admin)["state"], "waiting");

    let sensor = Sensor::start(&data, &capture);
    let seen = hub.wait_for(&admin, |sensor| number(&sensor["frames"]) > 0);
    assert_eq!(seen["state"], "connected");
    sensor.kill();
    let before = number(&hub.sensor(&admin)["frames"]);
    let sensor = Sensor::start(&data, &capture);
    hub.wait_for(&admin, |sensor| number(&sensor["frames"]) > before);

    // The hub goes without a word; the sensor keeps what it sees.
    let address = hub.sensors.trim_start_matches("https://").to_owned();
    hub.kill();
    let until = Instant::now() + PATIENCE;
    loop {
        let status = run(&["sensor", "status", "--json", "--data", data.to_str().unwrap()]).json();
        if status["status"]["line"] == "away" && number(&status["status"]["waiting"]["batches"]) >= 2 {
            break;
        }
        assert!(Instant::now() < until, "{status}");
        std::thread::sleep(Duration::from_millis(200));
    }
    let hub = Hub::start(&hub_data, &address);
    let admin = hub.log_in(&password);
    hub.wait_for(&admin, |sensor| sensor["state"] == "connected" && sensor["backlog"]["batches"] == 0);
    sensor.end();
    let seen = hub.sensor(&admin);
    assert_eq!(
        (&seen["lost_batches"], &seen["backlog"]["given_up_batches"]),
        (&json!(0), &json!(0)),
        "{seen}"
    );
    let status = run(&["sensor", "status", "--data", data.to_str().unwrap()]);
    assert!(status.out.contains("given up     0 batches"), "{}", status.out);
}

#[test]
fn a_sensor_that_was_never_enrolled_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().to_str().unwrap();
    let status = run(&["sensor", "status", "--data", data]);
    assert_eq!(status.code, 3, "{}", status.err);
    assert!(status.err.contains("bedrail sensor enrol"), "{}", status.err);
    let enrol =
        run_with_input(&["sensor", "enrol", "--hub", "https://127.0.0.1:1", "--data", data], b"secret-word");
    assert_eq!(enrol.code, 2, "{}", enrol.err);
    assert!(!enrol.err.contains("secret-word"), "{}", enrol.err);
}
