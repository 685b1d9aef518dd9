//! Network namespaces that tests make, and the processes in them; both end with the test, also when it fails.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take to be ready; a loaded machine starts Python slowly.
const PATIENCE: Duration = Duration::from_secs(60);

/// A network of its own, with a loopback that is up.
#[derive(Debug)]
pub(crate) struct Namespace(String);

impl Namespace {
    /// Makes it. `None`, after a word on standard error, where the rights are missing and that is tolerable.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let namespace = Self(format!("bedrail-{name}-{}", std::process::id()));
        let made = Command::new("ip").args(["netns", "add", &namespace.0]).output();
        let fault = match made {
            Ok(output) if output.status.success() => {
                namespace.ip(&["link", "set", "lo", "up"]);
                return Some(namespace);
            }
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        std::mem::forget(namespace);
        testkit::tools::skip(&format!(
            "no network namespace can be made ({fault}): listening needs iproute2 and root, or CAP_SYS_ADMIN, \
             CAP_NET_ADMIN and CAP_NET_RAW"
        ))
        .unwrap();
        None
    }

    /// Runs `ip` there.
    pub(crate) fn ip(&self, args: &[&str]) -> String {
        finish(Command::new("ip").args(["-n", &self.0]).args(args))
    }

    /// Moves one end of a pair of interfaces there.
    pub(crate) fn pair(&self, here: &str, other: &Self, there: &str) {
        self.ip(&["link", "add", here, "type", "veth", "peer", "name", there, "netns", &other.0]);
    }

    /// A program that runs there.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0]).arg(program).env_remove("NO_COLOR");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// `bedrail inspect` that listens there for some seconds; it has begun when this returns.
    pub(crate) fn listen(&self, interface: &str, seconds: u32, more: &[&OsStr]) -> Running {
        let mut command = self.command(env!("CARGO_BIN_EXE_bedrail"));
        command.args(["inspect", "--json", "-i", interface, "--duration", &seconds.to_string()]).args(more);
        let mut running = Running::start(&mut command);
        running.wait_for_word("listening on");
        running
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.0]).output();
    }
}

/// Runs a program to its end, which must be good.
pub(crate) fn finish(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} ended with {}: {out}{err}", output.status);
    out.into_owned()
}

/// A program that runs until it ends or this is dropped.
#[derive(Debug)]
pub(crate) struct Running(Option<Child>);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(Some(command.spawn().unwrap()))
    }

    /// A server, when it listens on this TCP port.
    pub(crate) fn serve(command: &mut Command, port: u16) -> Self {
        let mut running = Self::start(command);
        let child = running.0.as_mut().unwrap();
        let sockets = PathBuf::from(format!("/proc/{}/net", child.id()));
        let wanted = format!(":{port:04X} ");
        let until = Instant::now() + PATIENCE;
        loop {
            let tables =
                ["tcp", "tcp6"].map(|name| std::fs::read_to_string(sockets.join(name)).unwrap_or_default());
            let mut rows = tables.iter().flat_map(|table| table.lines());
            if rows.any(|row| row.contains(&wanted) && row.contains(" 0A ")) {
                return running;
            }
            assert_eq!(child.try_wait().unwrap(), None, "{command:?} ended before it listened");
            assert!(Instant::now() < until, "{command:?} does not listen on port {port}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a line on standard error holds this word, which every program here says soon.
    pub(crate) fn wait_for_word(&mut self, word: &str) {
        let child = self.0.as_mut().unwrap();
        let mut lines = BufReader::with_capacity(1, child.stderr.as_mut().unwrap());
        let mut said = String::new();
        while !said.contains(word) {
            let before = said.len();
            lines.read_line(&mut said).unwrap();
            assert!(said.len() > before, "the program ended: {said}");
        }
    }

    /// Waits for its end and gives back what it printed, as JSON.
    pub(crate) fn json(mut self) -> serde_json::Value {
        let Output { status, stdout, stderr } = self.0.take().unwrap().wait_with_output().unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        serde_json::from_slice(&stdout).unwrap()
    }

    /// Ends it and gives back what it printed.
    pub(crate) fn stop(mut self) -> String {
        let mut child = self.0.take().unwrap();
        child.kill().unwrap();
        let mut text = String::new();
        child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        child.wait().unwrap();
        text
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
