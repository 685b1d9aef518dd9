//! The machine: room on the disk, the clock, the interface of a sensor.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use capture::{LiveOptions, LiveSource};

use super::Finding;

/// Less room than this is a problem, and less than that is told.
const ROOM_BYTES_MIN: u64 = 512 * 1024 * 1024;
const ROOM_BYTES_TOLD: u64 = 4 * 1024 * 1024 * 1024;
/// No clock that is right shows a time before this was written: 2026-01-01.
const BEGIN_S: u64 = 1_767_225_600;
/// Where time services say that the clock is right.
const SYNCHRONIZED: &[&str] =
    &["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/ntpd.pid"];

/// Room for the store, its log, and the copy that a backup makes.
pub(super) fn disk(data: &Path) -> Finding {
    let statistics = match rustix::fs::statvfs(data) {
        Ok(statistics) => statistics,
        Err(error) => {
            let says = format!("cannot ask how much room is left at {}: {error}", data.display());
            return Finding::warning("disk", says, "look with `df`");
        }
    };
    let free = statistics.f_bavail.saturating_mul(statistics.f_frsize);
    let length = |name: &str| fs::metadata(data.join(name)).map_or(0, |metadata| metadata.len());
    let store = length("bedrail.db").saturating_add(length("bedrail.db-wal"));
    let says = format!("{} MiB are free, and the store has {} MiB", free >> 20, store >> 20);
    let next = "make room: when the disk is full, nothing more is kept; nothing has to be started again";
    let finding = if free < ROOM_BYTES_MIN {
        Finding::problem("disk", says, next)
    } else if free < ROOM_BYTES_TOLD.max(store.saturating_mul(2)) {
        Finding::warning("disk", says, "make room: a backup needs twice the size of the store")
    } else {
        Finding::ok("disk", says)
    };
    finding.measured("free_mib", i64::try_from(free >> 20).unwrap_or(i64::MAX))
}

/// Whether the clock can be right, and whether somebody sets it.
pub(super) fn clock(data: Option<&Path>) -> Finding {
    let now = SystemTime::now();
    let written = data.and_then(|data| fs::metadata(data.join("bedrail.db")).ok()?.modified().ok());
    let is_before = written.is_some_and(|written| now + Duration::from_secs(60) < written);
    let next = "set the clock, best by a time service such as systemd-timesyncd or chrony";
    if now < UNIX_EPOCH + Duration::from_secs(BEGIN_S) || is_before {
        return Finding::problem("clock", "it is behind: the store was written later than it shows", next);
    }
    match SYNCHRONIZED.iter().any(|path| Path::new(path).exists()) {
        true => Finding::ok("clock", "a time service sets it"),
        false => Finding::warning("clock", "no time service is known to set it", next),
    }
}

/// Whether the interface is there and can be listened on. It is opened for a moment; nothing is sent.
pub(super) fn interface(name: &str) -> Vec<Finding> {
    let mut findings = vec![match LiveSource::open(name, LiveOptions::default()) {
        Ok(_) => Finding::ok("interface", format!("{name} can be listened on")),
        Err(error) => {
            let says = format!("{:#}", anyhow::Error::new(error));
            Finding::problem("interface", says, "name an interface of `ip link`; listening needs CAP_NET_RAW")
        }
    }];
    let is_plain = !name.contains('/') && !name.starts_with('.');
    let state = Path::new("/sys/class/net").join(name).join("operstate");
    let state = is_plain.then(|| fs::read_to_string(state).ok()).flatten();
    if state.is_some_and(|state| state.trim() == "down") {
        let says = format!("{name} is down: nothing is heard on it");
        findings.push(Finding::warning("interface", says, format!("ip link set {name} up")));
    }
    findings
}
