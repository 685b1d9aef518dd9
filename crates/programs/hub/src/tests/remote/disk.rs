//! The hub's disk is full: who asks is told what to do, sensors keep what they have, and nothing is started again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use axum::http::Method;
use testkit::disk;

use super::super::support::json as with_json;
use super::*;

/// Where the process whose disk is full has its folders.
const CHILD: &str = "BEDRAIL_HUB_SMALL_DISK";
/// Bytes of that disk.
const DISK: u64 = 16 << 20;

/// Fills what is left of the disk.
fn fill(path: &Path) {
    let mut bytes = Vec::new();
    let mut size = 1 << 20;
    while size >= 4_096 {
        bytes.resize(bytes.len() + size, 7);
        if fs::write(path, &bytes).is_err() {
            bytes.truncate(bytes.len() - size);
            size /= 2;
        }
    }
    fs::write(path, &bytes).expect("it fits");
}

/// Sends batches from this one on until one is not taken; its number, and the answer.
async fn send_until_refused(client: &mut Client, sensor: &str, from: u64) -> (u64, relay::HubAnswer) {
    let mut sequence = from;
    loop {
        let answer = send(client, &batch(sensor, sequence), sequence).await;
        if answer.status != StatusCode::OK {
            return (sequence, answer);
        }
        sequence += 1;
    }
}

async fn live_on_a_small_disk(folder: PathBuf) {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    let mut client = Client::new(&identity).expect("a client");
    let person = remote.hub.log_in().await;
    let ballast = folder.join("ballast");
    fill(&ballast);
    let (refused, answer) = send_until_refused(&mut client, &identity.sensor, 1).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let told = answer.json::<Value>().expect("a problem")["detail"].to_string();
    assert!(told.contains("make room on the disk of the hub"), "{told}");
    let body = json!({ "name": "Ward 4" });
    let mut request = with_json(Method::POST, "/api/v1/sensors/enrolments", &body, Some(&person));
    request.headers_mut().insert("idempotency-key", "one".parse().expect("a header"));
    let answer = remote.hub.send(request).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(answer.json()["title"], "the disk is full");
    assert_eq!(remote.row(&identity).await.0, refused - 1, "what is there is read");
    fs::remove_file(ballast).expect("removed");
    let answer = send(&mut client, &batch(&identity.sensor, refused), refused).await;
    assert_eq!(answer.status, StatusCode::OK, "there is room again");
    assert_eq!(remote.row(&identity).await, (refused, refused * 100, 0), "each counts once");
}

/// Starts itself as the process whose disk is full.
#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_lost() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return live_on_a_small_disk(folder.into()).await;
    }
    let folder = TempDir::new().expect("a folder");
    let mut program = Command::new(std::env::current_exe().expect("this program"));
    program
        .args(["--exact", "tests::remote::disk::a_full_disk_is_told_and_nothing_is_lost", "--nocapture"])
        .env(CHILD, folder.path())
        .env("TMPDIR", folder.path());
    let Some(said) = disk::run_on_small_disk(folder.path(), DISK, &program).expect("it ends well") else {
        return;
    };
    assert!(said.contains("1 passed"), "{said}");
}
