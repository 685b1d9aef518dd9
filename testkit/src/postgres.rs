//! A PostgreSQL server of one's own, as Debian packages it: in a temporary folder, on a socket there, ended with the
//! value that stands for it.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::tools;

/// Where Debian has the programs of the server, by version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The user that Debian makes for it: the server does not run as root.
const USER: &str = "postgres";

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    folder: TempDir,
    databases: usize,
}

impl Server {
    /// Starts one with these settings (`fsync=off`); `None` where PostgreSQL is not installed and that is tolerable.
    ///
    /// # Errors
    /// When it is missing where it must not be, or does not start.
    pub fn start(settings: &[&str]) -> Result<Option<Self>> {
        let Some(programs) = programs()? else {
            tools::absent("PostgreSQL")?;
            return Ok(None);
        };
        let folder = TempDir::new()?;
        if is_root()? {
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
            run(Command::new("chown").arg(USER).arg(folder.path()))?;
        }
        let server = Self { programs, folder, databases: 0 };
        let init = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--username=bedrail", "--locale=C.UTF-8"];
        run(server.command("initdb")?.args(init).arg("--pgdata").arg(server.data()))?;
        let socket = format!("unix_socket_directories={}", server.folder.path().display());
        let settings = ["listen_addresses=", &socket].into_iter().chain(settings.iter().copied());
        let settings: Vec<String> = settings.map(|setting| format!("-c {setting}")).collect();
        let log = server.folder.path().join("log");
        let start = ["start", "--wait", "--silent", "-o", &settings.join(" "), "-l"];
        run(server.command("pg_ctl")?.args(start).arg(log).arg("-D").arg(server.data()))?;
        Ok(Some(server))
    }

    /// Makes an empty database and gives what connects to it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn database(&mut self) -> Result<String> {
        self.databases += 1;
        let (folder, name) = (self.folder.path().display(), format!("hub{}", self.databases));
        let host = format!("--host={folder}");
        run(self.command("createdb")?.args([&host, "--username=bedrail", &name]))?;
        Ok(format!("host={folder} user=bedrail dbname={name}"))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A program of the server, not as root.
    fn command(&self, program: &str) -> Result<Command> {
        let program = self.programs.join(program);
        let mut command = if is_root()? {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path());
        Ok(command)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stop = ["stop", "--mode=immediate", "--silent", "-D"];
        // Nobody is left to hear that it was gone already.
        let _ = self.command("pg_ctl").and_then(|mut command| run(command.args(stop).arg(self.data())));
    }
}

fn programs() -> Result<Option<PathBuf>> {
    if !Path::new(DEBIAN).is_dir() {
        return Ok(None);
    }
    let mut versions = Vec::new();
    for entry in std::fs::read_dir(DEBIAN)? {
        versions.push(entry?.path().join("bin"));
    }
    versions.retain(|programs| programs.join("initdb").exists());
    versions.sort();
    Ok(versions.pop())
}

fn is_root() -> Result<bool> {
    Ok(std::fs::metadata("/proc/self")?.uid() == 0)
}

fn run(command: &mut Command) -> Result<()> {
    let outcome = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {command:?}"))?;
    if !outcome.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&outcome.stderr).trim());
    }
    Ok(())
}
