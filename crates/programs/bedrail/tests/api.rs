//! Every operation of the API against what its OpenAPI document says, by Schemathesis, on a real hub: whatever is asked,
//! no answer is a fault of the server, and each has a status, a type and a shape that the document names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests"
)]

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use support::{bedrail, has, root, ward};

/// Requests that are made up for each operation, unless `BEDRAIL_API_EXAMPLES` says more.
const EXAMPLES: &str = "12";
/// What an answer is held against.
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// A list of news without an end, and the login, which would end the session.
const APART: &str = "^/api/v1/(events|session)$";

struct Hub {
    process: Child,
    url: String,
    cookie: String,
    token: String,
    _data: tempfile::TempDir,
}

impl Drop for Hub {
    fn drop(&mut self) {
        // It may have ended by itself; the test says so elsewhere.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Hub {
    fn start() -> Self {
        let data = tempfile::TempDir::new().unwrap();
        let folder = data.path().join("hub");
        let mut process =
            bedrail(["hub", "--listen", "127.0.0.1:0", "--insecure-http", "--speed", "1000", "--data"])
                .arg(&folder)
                .arg("--replay")
                .arg(ward().file("api.pcap"))
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
        let mut words = Vec::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            words.extend(line.unwrap().split(' ').map(str::to_owned));
            if words.iter().any(|word| word == "password") {
                break;
            }
        }
        let url =
            words.iter().find(|word| word.starts_with("http")).unwrap().trim_end_matches('/').to_owned();
        let given = serde_json::json!({ "name": "admin", "password": words.last().unwrap() }).to_string();
        let answer = ureq::post(format!("{url}/api/v1/session"))
            .header("Content-Type", "application/json")
            .header("Origin", &url)
            .send(given)
            .unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let body: serde_json::Value =
            serde_json::from_str(&answer.into_body().read_to_string().unwrap()).unwrap();
        let token = body["csrf_token"].as_str().unwrap().to_owned();
        Self { process, url, cookie, token, _data: data }
    }

    fn get(&self, path: &str) -> serde_json::Value {
        let answer = ureq::get(format!("{}{path}", self.url)).header("Cookie", &self.cookie).call().unwrap();
        serde_json::from_str(&answer.into_body().read_to_string().unwrap()).unwrap()
    }

    /// The id of a device, as soon as there is one.
    fn device(&self) -> String {
        for _ in 0..300 {
            if let Some(id) = self.get("/api/v1/devices")["items"][0]["id"].as_str() {
                return id.to_owned();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("no device after 30 s");
    }
}

#[test]
fn whatever_is_asked_the_answers_are_those_of_the_document() {
    let schemathesis = root().join(".venv/bin/st");
    if !has(&schemathesis) {
        return;
    }
    let hub = Hub::start();
    let folder = tempfile::TempDir::new().unwrap();
    let seed = std::env::var("BEDRAIL_API_SEED").unwrap_or_else(|_| "1".to_owned());
    let mut executions = 0;
    let device = hub.device();
    // Once with ids in paths as they come, once with that of a device that is there.
    for settings in [String::new(), format!("[parameters]\n\"path.id\" = \"{device}\"\n")] {
        std::fs::write(folder.path().join("schemathesis.toml"), settings).unwrap();
        let examples = std::env::var("BEDRAIL_API_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
        let mut command = Command::new(&schemathesis);
        command
            .current_dir(folder.path())
            .env("PYTHONPATH", root().join("crates/programs/bedrail/tests/peers"))
            .envs([("SCHEMATHESIS_HOOKS", "schemathesis_hooks"), ("BEDRAIL_DEVICE", &device)])
            .envs([("BEDRAIL_API_SEED", seed.as_str()), ("PYTHONDONTWRITEBYTECODE", "1")])
            .arg("run")
            .arg(format!("{}/api/v1/openapi.json", hub.url))
            .args([
                "--header",
                &format!("Cookie: {}", hub.cookie),
                "--header",
                &format!("X-CSRF-Token: {}", hub.token),
            ])
            .args(["--header", &format!("Origin: {}", hub.url), "--exclude-path-regex", APART])
            .args(["--phases", "examples,coverage,fuzzing", "--checks", CHECKS, "--no-shrink"])
            .args(["--max-examples", &examples])
            .args(["--seed", &seed, "--workers", "1", "--no-color"]);
        let outcome = command.output().unwrap();
        let told = String::from_utf8_lossy(&outcome.stdout);
        assert!(outcome.status.success(), "{told}");
        println!("{}", told.lines().filter(|line| line.contains("generated")).collect::<Vec<_>>().join("\n"));
        executions += generated(&told);
    }
    assert!(executions > 0, "nothing was asked");
    let record = hub.get("/api/v1/site-changes?limit=200");
    let done = record["items"].as_array().unwrap().len();
    assert!(done > 0, "every act was refused at the door");
    println!("{done} acts or more were done");
    println!("executions: {executions}");
}

/// `N generated, M passed`: how many requests were made up.
fn generated(told: &str) -> u64 {
    told.lines().filter_map(|line| line.trim().split_once(" generated")?.0.parse::<u64>().ok()).sum()
}
