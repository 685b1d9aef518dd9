//! Stores in PostgreSQL: a server of the test's own, as Debian packages it, in a temporary folder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod suite;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use store::{Error, Location};
use suite::{Backend, conformance};
use tempfile::TempDir;

/// A server that listens on a socket in its folder only, and ends with the test.
struct Server {
    programs: PathBuf,
    folder: TempDir,
    count: usize,
}

/// Where Debian has the programs of the server, by version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The user that Debian makes for it: the server does not run as root.
const USER: &str = "postgres";

impl Server {
    /// Starts one; `None` where PostgreSQL is not installed.
    fn new() -> Option<Self> {
        let Some(programs) = programs() else {
            let required = std::env::var_os("BEDRAIL_REQUIRE_TOOLS").is_some();
            assert!(!required, "PostgreSQL is missing: scripts/install.sh test installs it");
            eprintln!("skipped: PostgreSQL is not installed");
            return None;
        };
        let folder = TempDir::new().unwrap();
        if is_root() {
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
            run(Command::new("chown").arg(USER).arg(folder.path()));
        }
        let server = Self { programs, folder, count: 0 };
        let data = server.data();
        let init = [
            "--no-sync",
            "--auth=trust",
            "--encoding=UTF8",
            "--username=bedrail",
            "--locale=C.UTF-8",
            "--pgdata",
        ];
        run(server.command("initdb").args(init).arg(&data));
        let socket = format!(
            "-c fsync=off -c listen_addresses= -c unix_socket_directories={}",
            server.folder.path().display()
        );
        let log = server.folder.path().join("log");
        run(server
            .command("pg_ctl")
            .args(["start", "--wait", "--silent", "-o", &socket, "-l"])
            .arg(log)
            .arg("-D")
            .arg(data));
        Some(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A program of the server, not as root.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        run(self.command("pg_ctl").args(["stop", "--mode=immediate", "--silent", "-D"]).arg(data));
    }
}

impl Backend for Server {
    fn place(&mut self) -> Location {
        self.count += 1;
        let (folder, name) = (self.folder.path().to_owned(), format!("hub{}", self.count));
        run(self.command("createdb").arg("--host").arg(&folder).args(["--username=bedrail", &name]));
        Location::Postgres(format!("host={} user=bedrail dbname={name}", folder.display()))
    }
}

fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> =
        std::fs::read_dir(DEBIAN).ok()?.map(|entry| entry.unwrap().path().join("bin")).collect();
    versions.retain(|programs| programs.join("initdb").exists());
    versions.sort();
    versions.pop()
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(Path::new("/proc/self")).unwrap().uid() == 0
}

fn run(command: &mut Command) {
    let outcome = command.stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{command:?}: {told}");
}

conformance!(Server);

#[tokio::test]
async fn two_hubs_may_open_a_new_store_at_once() {
    let Some(mut server) = Server::new() else { return };
    let place = server.place();
    let both = futures_util::future::join(suite::try_open(&place), suite::try_open(&place)).await;
    both.0.unwrap();
    both.1.unwrap();
}

#[tokio::test]
async fn what_is_wrong_with_the_address_is_said() {
    let open =
        async |address: &str| suite::try_open(&Location::Postgres(address.to_owned())).await.unwrap_err();
    assert!(matches!(open("mysql://x").await, Error::Address(_)));
    assert!(matches!(open("postgres://bedrail@192.0.2.1/hub").await, Error::Unencrypted { .. }));
    let nobody = TempDir::new().unwrap();
    let nobody = format!("host={} user=bedrail", nobody.path().display());
    assert!(matches!(open(&nobody).await, Error::Connect(_)));
}
