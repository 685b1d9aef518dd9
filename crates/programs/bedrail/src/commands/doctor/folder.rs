//! The data folder: who can read it, the key, the store, the certificate.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use hub::backup;
use x509_parser::pem::Pem;

use super::Finding;

/// A certificate that ends sooner is told.
const CERTIFICATE_DAYS_MIN: i64 = 30;

pub(super) fn examine(data: &Path) -> Vec<Finding> {
    let folder = match fs::metadata(data) {
        Ok(folder) if folder.is_dir() => folder,
        Ok(_) => {
            let says = format!("{} is no folder", data.display());
            return vec![Finding::problem("data", says, "name the data folder of the hub with --data")];
        }
        Err(error) => {
            let says = format!("cannot look into {}: {error}", data.display());
            let next = "name the data folder of the hub with --data, or run this as its user or as root";
            return vec![Finding::problem("data", says, next)];
        }
    };
    let mut findings = vec![private("data", data, &folder)];
    if std::env::var_os("BEDRAIL_STORE_URL").is_some() {
        findings.push(Finding::ok("store", "it is in PostgreSQL, which the hub looks at itself"));
    } else {
        findings.push(key(data, &folder));
        findings.push(store(data));
    }
    findings.extend(certificate(data));
    findings.extend(first_login(data));
    findings
}

/// Whether only its owner reads it.
fn private(check: &'static str, path: &Path, metadata: &Metadata) -> Finding {
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Finding::ok(check, format!("only its owner reads {}", path.display()));
    }
    let says = format!("others than its owner can use {} (mode {mode:o})", path.display());
    Finding::problem(check, says, format!("chmod go= {}", path.display()))
}

fn key(data: &Path, folder: &Metadata) -> Finding {
    let path = data.join("store.key");
    match fs::metadata(&path) {
        Ok(found) if found.uid() != folder.uid() => {
            let says = format!("{} belongs to another user than its folder", path.display());
            Finding::problem("key", says, format!("chown --reference={} {}", data.display(), path.display()))
        }
        Ok(found) if found.len() != 32 => {
            let says = format!("{} is not a key of 32 bytes", path.display());
            Finding::problem("key", says, "restore a backup into a new folder with `bedrail restore`")
        }
        Ok(found) => private("key", &path, &found),
        Err(_) if !data.join("bedrail.db").exists() => Finding::ok("key", "no hub ran on this folder yet"),
        Err(error) => {
            let says = format!("the store has no key that can be read: {}: {error}", path.display());
            Finding::problem("key", says, "put the key back, or restore a backup with `bedrail restore`")
        }
    }
}

fn store(data: &Path) -> Finding {
    match backup::check(data) {
        Ok(()) => Finding::ok("store", "it opens with its key, and every page of it is sound"),
        Err(backup::Error::InUse(_)) => {
            Finding::ok("store", "a hub has it open; its pages are looked at only while no hub runs")
        }
        Err(backup::Error::NoStore(_)) => Finding::ok("store", "there is none yet; the first start makes it"),
        Err(error) => {
            let next =
                "stop the hub, keep a copy of the folder, and restore the last backup with `bedrail restore`";
            Finding::problem("store", format!("{:#}", anyhow::Error::new(error)), next)
        }
    }
}

fn certificate(data: &Path) -> Option<Finding> {
    let path = data.join("tls").join("hub.crt");
    if !path.exists() {
        return None;
    }
    let next =
        format!("put a certificate there, or remove {} and start the hub: it makes one", path.display());
    let Some(end_s) = end_s(&path) else {
        let says = format!("{} is no certificate that can be read", path.display());
        return Some(Finding::problem("certificate", says, next));
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let left_s = end_s.saturating_sub(i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
    let days = left_s.div_euclid(86_400);
    let is_own = path.with_file_name("own").exists();
    let finding = match days {
        ..0 if is_own => {
            Finding::problem("certificate", "it is over", "start the hub anew: it makes a new one")
        }
        ..0 => Finding::problem("certificate", "it is over", next),
        0..CERTIFICATE_DAYS_MIN => {
            let next = if is_own { "start the hub anew: it makes a new one".to_owned() } else { next };
            Finding::warning("certificate", format!("it ends in {days} days"), next)
        }
        _ => Finding::ok("certificate", format!("it ends in {days} days")),
    };
    Some(finding.measured("days_left", days))
}

/// When the first certificate of a file ends, in seconds since 1970.
fn end_s(path: &Path) -> Option<i64> {
    let bytes = fs::read(path).ok()?;
    let pem = Pem::iter_from_buffer(&bytes).next()?.ok()?;
    let certificate = pem.parse_x509().ok()?;
    Some(certificate.validity().not_after.timestamp())
}

/// The first login is for once; it should not lie around.
fn first_login(data: &Path) -> Option<Finding> {
    let path = data.join("first-login");
    path.exists().then(|| {
        let says = format!("the first login still lies in {}", path.display());
        Finding::warning("first-login", says, format!("keep it in a safe place, then: rm {}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_folder_that_others_read_is_a_problem_and_an_empty_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(examine(folder.path()).iter().all(|finding| finding.state == State::Ok));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o750)).unwrap();
        let findings = examine(folder.path());
        assert_eq!((findings[0].check, findings[0].state), ("data", State::Problem));
        assert!(findings[0].next.as_ref().unwrap().starts_with("chmod go= "));
    }

    #[test]
    fn a_store_without_its_key_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("bedrail.db"), "not a store").unwrap();
        let states: Vec<_> =
            examine(folder.path()).iter().map(|finding| (finding.check, finding.state)).collect();
        assert!(states.contains(&("key", State::Problem)) && states.contains(&("store", State::Problem)));
    }
}
