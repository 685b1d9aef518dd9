//! A hub in a process of its own, and the program as its client.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Run, bedrail, ward};

/// A hub that runs until it is dropped, with the devices of a ward.
pub(crate) struct Hub {
    child: Child,
    // Held so that the hub can write to it.
    _out: BufReader<ChildStdout>,
    pub(crate) url: String,
    pub(crate) fingerprint: String,
    /// Empty at a second start.
    pub(crate) password: String,
    pub(crate) place: Place,
}

/// Where a hub has its data and its client its login.
pub(crate) struct Place(pub(crate) tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    /// The program with a login of its own.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = bedrail(args);
        command.env("XDG_CONFIG_HOME", self.0.path().join("config")).env_remove("BEDRAIL_STORE_URL");
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        Run::of(self.command(args).output().unwrap())
    }

    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> Run {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that refuses at once does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Run::of(child.wait_with_output().unwrap())
    }

    /// Starts a hub here.
    pub(crate) fn start(self, listen: &str, more: &[&str], log: Option<&Path>) -> Hub {
        let capture = self.file("ward.pcap");
        std::fs::write(&capture, ward().pcap()).unwrap();
        let data = self.data().to_string_lossy().into_owned();
        let mut args =
            vec!["hub", "--data", &data, "--listen", listen, "--replay", &capture, "--speed", "1000"];
        args.extend(more);
        let log = log.map_or_else(Stdio::null, |path| std::fs::File::create(path).unwrap().into());
        let mut command = self.command(&args);
        let mut child =
            command.env("BEDRAIL_LOG_FORMAT", "json").stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = |before: &str| {
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            let said = line.trim().split_once(before).map(|(_, rest)| rest.to_owned());
            said.unwrap_or_else(|| panic!("`{before}` is not in `{line}`"))
        };
        let url = line("Open ").trim_end_matches('/').to_owned();
        let fingerprint = line("fingerprint ");
        if more.contains(&"--sensors") {
            line("reach it at ");
        }
        let mut last = String::new();
        out.read_line(&mut last).unwrap();
        let password = last.trim().split_once("password ").map_or("", |(_, password)| password).to_owned();
        Hub { child, _out: out, url, fingerprint, password, place: self }
    }
}

impl Hub {
    /// With its client logged in, when all devices of the ward are there.
    pub(crate) fn ready() -> Self {
        let hub = Place::new().start("127.0.0.1:0", &[], None);
        hub.log_in(&hub.password);
        hub.wait_for_devices(4);
        hub
    }

    pub(crate) fn log_in(&self, password: &str) {
        let args = ["login", &self.url, "--fingerprint", &self.fingerprint];
        let run = self.place.run_with_input(&args, &format!("{password}\n"));
        assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    }

    /// Asks until the inventory has at least `count` devices of the ward.
    pub(crate) fn wait_for_devices(&self, count: usize) {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let run = self.run(&["device", "list", "--json", "--filter", "external=false"]);
            assert_eq!(run.code, 0, "{}", run.err);
            let devices = run.json()["items"].as_array().unwrap().len();
            if devices >= count {
                return;
            }
            assert!(Instant::now() < until, "{devices} devices after a minute");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.place.run(args)
    }

    /// Ends it as the system does, and gives its place back.
    pub(crate) fn stop(mut self) -> Place {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success(), "it ends cleanly");
        std::mem::replace(&mut self.place, Place::new())
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
