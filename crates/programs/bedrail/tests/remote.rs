//! The commands that talk to a hub: the real program against a real hub on this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::fs::Permissions;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::has;
use support::hub::{Hub, Place};

fn ids(hub: &Hub, filter: &str) -> Vec<String> {
    let list = hub.run(&["device", "list", "--json", "--sort", "name", "--filter", filter]).json();
    list["items"].as_array().unwrap().iter().map(|device| device["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn devices_are_listed_in_every_form() {
    let hub = Hub::ready();
    let table = hub.run(&["device", "list"]);
    for expected in ["192.0.2.11", "ct-room-1", "discovered", "00:00:5e:00:53:01"] {
        assert!(table.out.to_lowercase().contains(expected), "{expected} is not in\n{}", table.out);
    }
    assert!(table.err.ends_with("devices\n") && !table.out.contains('\u{1b}'), "{}", table.err);
    let all = hub.run(&["device", "list", "--json"]).json()["items"].as_array().unwrap().len();
    let lines = hub.run(&["device", "list", "--jsonl"]);
    assert_eq!(lines.out.lines().filter(|line| line.starts_with("{\"") && line.ends_with('}')).count(), all);
    assert_eq!(lines.err, "");
    let csv = hub.run(&["device", "list", "--csv", "--limit", "2"]).out;
    assert!(csv.starts_with("id,name,manufacturer,model,device_type,clinical_class,"), "{csv}");
    assert_eq!(csv.lines().count(), 3);
    let found = hub.run(&["device", "list", "--json", "--search", "192.0.2.12"]).json();
    assert_eq!(found["items"][0]["ips"][0], "192.0.2.12");
}

#[test]
fn a_wrong_filter_is_a_usage_error_that_names_its_option() {
    let hub = Hub::ready();
    for (option, value) in [("--filter", "zone=icu"), ("--filter", "class="), ("--sort", "colour")] {
        let run = hub.run(&["device", "list", option, value]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
        assert!(run.err.contains(&format!("(in `{option}`)")), "{}", run.err);
    }
}

#[test]
fn a_device_is_shown_by_each_of_its_names() {
    let hub = Hub::ready();
    let by_address = hub.run(&["device", "show", "192.0.2.11"]);
    assert_eq!(by_address.code, 0, "{}", by_address.err);
    for expected in
        ["192.0.2.11", "dicom.assoc.ae.calling = `CT_ROOM_1`", "clinical class:", "patient: unknown"]
    {
        assert!(by_address.out.contains(expected), "{expected} is not in\n{}", by_address.out);
    }
    let id = hub.run(&["device", "show", "192.0.2.11", "--json"]).json()["id"].as_str().unwrap().to_owned();
    for name in [id.as_str(), "00-00-5E-00-53-01", "CT-ROOM-1"] {
        assert_eq!(hub.run(&["device", "show", name]).out, by_address.out, "{name}");
    }
    for missing in ["192.0.2.99", "nobody", "dev_0000"] {
        let run = hub.run(&["device", "show", missing]);
        assert_eq!((run.code, run.out.as_str()), (3, ""), "{missing}: {}", run.err);
        assert!(run.err.contains(missing), "{}", run.err);
    }
}

#[test]
fn devices_are_approved_by_name_and_by_filter_and_a_dry_run_changes_nothing() {
    let hub = Hub::ready();
    let discovered = ids(&hub, "lifecycle=discovered");
    let dry =
        hub.run(&["device", "approve", "--filter", "external=false", "--why", "inventoried", "--dry-run"]);
    assert!(dry.code == 0 && dry.err.contains("would be approved; nothing was changed"), "{}", dry.err);
    assert!(dry.out.contains("192.0.2.11"), "{}", dry.out);
    assert_eq!(ids(&hub, "lifecycle=discovered"), discovered);

    let one = hub.run(&["device", "approve", "192.0.2.11", "--why", "order 4711"]);
    assert_eq!((one.code, one.err.as_str()), (0, "approved 1 device\n"));
    let again = hub.run(&["device", "approve", "192.0.2.11", "--why", "order 4711"]);
    assert_eq!(again.code, 1, "{}", again.err);
    assert!(again.err.contains("it is `approved` already"), "{}", again.err);
    let mixed = hub.run(&["device", "approve", "192.0.2.11", "192.0.2.12", "--why", "both", "--json"]);
    assert_eq!(mixed.code, 7, "some were refused");

    let rest = hub.run(&["device", "approve", "--filter", "external=false", "--why", "inventoried"]);
    assert_eq!(rest.code, 0, "{}", rest.err);
    assert!(ids(&hub, "lifecycle=discovered and external=false").is_empty());
    let none = hub.run(&["device", "approve", "--filter", "external=false", "--why", "x"]);
    assert!(none.code == 0 && none.err.contains("nothing was changed"), "{}", none.err);

    let changes = hub.run(&["device", "changes", "192.0.2.11", "--json"]).json();
    let latest = &changes["items"][0];
    assert_eq!(
        (latest["why"].as_str(), latest["actor"]["name"].as_str()),
        (Some("order 4711"), Some("admin"))
    );
    assert!(hub.run(&["device", "changes", "--limit", "1", "--csv"]).out.lines().count() == 2);
    assert!(hub.run(&["device", "changes", "--all"]).out.contains("inventoried"));
}

#[test]
fn what_is_stated_is_shown_and_taken_back_and_a_wrong_field_is_named() {
    let hub = Hub::ready();
    let set = |value: &str, more: &[&str]| {
        hub.run(&[&["device", "set", "192.0.2.11", value, "--why", "walked there"], more].concat())
    };
    let dry = set("location=Room 4", &["--dry-run"]);
    assert!(dry.err.contains("location: not stated -> `Room 4`") && dry.err.contains("nothing was changed"));
    assert!(!hub.run(&["device", "show", "192.0.2.11"]).out.contains("Room 4"));
    assert_eq!(set("location=Room 4", &[]).code, 0);
    let shown = hub.run(&["device", "show", "192.0.2.11"]).out;
    assert!(
        shown.contains("stated location: Room 4\n  by admin,") && shown.contains("walked there"),
        "{shown}"
    );
    let wrong = set("reaction_time=soon", &[]);
    assert!(wrong.code == 1 && wrong.err.contains("(in `reaction_time`)"), "{}", wrong.err);
    let unknown = set("colour=red", &[]);
    assert!(
        unknown.code == 1 && unknown.err.contains("nothing can be stated about `colour`"),
        "{}",
        unknown.err
    );
    let back = set("location=", &[]);
    assert_eq!(back.err, "location: `Room 4` -> not stated\n");
    assert!(!hub.run(&["device", "show", "192.0.2.11"]).out.contains("stated location"));
}

#[test]
fn sensors_are_listed_and_a_login_ends() {
    let hub = Hub::ready();
    let sensors = hub.run(&["sensor", "list", "--json"]).json();
    assert_eq!(sensors["items"][0]["id"], "sen_replay");
    assert!(hub.run(&["sensor", "list"]).out.contains("replay"));
    let file = hub.place.0.path().join("config/bedrail/login.json");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(file.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(!kept.contains(&hub.password), "the password is not kept");
    assert_eq!(hub.run(&["logout"]).err, "logged out\n");
    assert!(!file.exists());
    let after = hub.run(&["device", "list"]);
    assert!(after.code == 4 && after.err.contains("bedrail login"), "{}", after.err);
    // The session is over at the hub too, not only forgotten here.
    std::fs::write(&file, kept).unwrap();
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let stolen = hub.run(&["device", "list"]);
    assert!(stolen.code == 4 && stolen.err.contains("the login is over"), "{}", stolen.err);
    std::fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let open = hub.run(&["device", "list"]);
    assert!(open.code == 4 && open.err.contains("others can read the login"), "{}", open.err);
}

#[test]
fn a_certificate_is_trusted_by_its_authority_or_its_fingerprint_and_never_silently() {
    let hub = Place::new().start("127.0.0.1:0", &[], None);
    let password = format!("{}\n", hub.password);
    let file = hub.place.0.path().join("config/bedrail/login.json");
    let log_in =
        |more: &[&str], input: &str| hub.place.run_with_input(&[&["login", &hub.url], more].concat(), input);
    let silent = log_in(&[], &password);
    assert_eq!(silent.code, 4, "{}", silent.err);
    assert!(silent.err.contains(&hub.fingerprint), "{}", silent.err);
    let other = hub.fingerprint.replace('A', "B").replace('1', "2");
    let wrong = log_in(&["--fingerprint", &other], &password);
    assert!(wrong.code == 4 && wrong.err.contains("another certificate"), "{}", wrong.err);
    assert!(!file.exists(), "nothing is kept");

    let bad = log_in(&["--fingerprint", &hub.fingerprint], "wrong password\n");
    assert!(bad.code == 4 && bad.err.contains("the name or the password is wrong"), "{}", bad.err);
    let none = log_in(&["--fingerprint", &hub.fingerprint], "");
    assert!(none.code == 2 && none.err.contains("standard input"), "{}", none.err);
    let plain = hub.fingerprint.replace(':', "").to_lowercase();
    assert_eq!(log_in(&["--fingerprint", &plain], &password).code, 0);
    let authority = hub.place.data().join("tls/hub.crt");
    assert_eq!(log_in(&["--ca", &authority.to_string_lossy()], &password).code, 0);
    assert_eq!(hub.run(&["device", "list", "--json"]).code, 0, "the authority is kept with the login");
    for wrong in ["hub", "http://hub.example.org", "https://a:b@hub", "ftp://hub"] {
        assert_eq!(hub.run(&["login", wrong]).code, 2, "{wrong}");
    }
}

#[test]
fn another_certificate_than_the_trusted_one_is_refused() {
    let hub = Hub::ready();
    let listen = hub.url.trim_start_matches("https://").to_owned();
    let place = hub.stop();
    std::fs::remove_dir_all(place.data().join("tls")).unwrap();
    let hub = place.start(&listen, &[], None);
    assert_eq!(hub.password, "", "accounts stay");
    let run = hub.run(&["device", "list"]);
    assert_eq!((run.code, run.out.as_str()), (4, ""), "{}", run.err);
    assert!(run.err.contains("is not trusted") && run.err.contains("bedrail login"), "{}", run.err);
    let place = hub.stop();
    let gone = place.run(&["device", "list"]);
    assert!(gone.code == 1 && gone.err.contains("cannot reach the hub"), "{}", gone.err);
}

/// Runs the program on a terminal and types each answer when its question is shown; gives all that was shown.
fn on_a_terminal(place: &Place, args: &[&str], answers: &[(&str, &str)]) -> (bool, String) {
    let tty = place.file("tty");
    let words = std::iter::once(env!("CARGO_BIN_EXE_bedrail")).chain(args.iter().copied());
    let words: Vec<String> = words.map(|word| format!("'{word}'")).collect();
    let line = format!("tty >'{tty}'; exec {}", words.join(" "));
    let mut command = Command::new("/usr/bin/script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    command.env("XDG_CONFIG_HOME", place.0.path().join("config")).env("SHELL", "/bin/sh");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut keyboard, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut shown = String::new();
    for (question, answer) in answers {
        let mut byte = [0];
        while !shown.contains(question) {
            assert_eq!(screen.read(&mut byte).unwrap(), 1, "it ended before it asked `{question}`: {shown}");
            shown.push(char::from(byte[0]));
        }
        if question.starts_with("password") {
            wait_for_silence(&tty);
        }
        keyboard.write_all(format!("{answer}\n").as_bytes()).unwrap();
    }
    let mut rest = Vec::new();
    // The other end of a terminal breaks off when the last program on it ends.
    let _ = screen.read_to_end(&mut rest);
    shown.push_str(&String::from_utf8_lossy(&rest));
    (child.wait().unwrap().success(), shown)
}

/// Waits until a terminal shows no more what is typed.
fn wait_for_silence(tty: &str) {
    let until = Instant::now() + Duration::from_secs(30);
    let terminal = std::fs::read_to_string(tty).unwrap();
    loop {
        let settings = Command::new("stty").args(["-a", "-F", terminal.trim()]).output().unwrap().stdout;
        if String::from_utf8_lossy(&settings).split_whitespace().any(|word| word == "-echo") {
            return;
        }
        assert!(Instant::now() < until, "the terminal shows the password");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn on_a_terminal_a_person_says_whether_a_certificate_is_the_right_one() {
    if !has(Path::new("/usr/bin/script")) {
        return;
    }
    let hub = Place::new().start("127.0.0.1:0", &[], None);
    let file = hub.place.0.path().join("config/bedrail/login.json");
    let question = "to be trusted from now on? (yes/no)";
    let (ok, shown) = on_a_terminal(&hub.place, &["login", &hub.url], &[(question, "no")]);
    assert!(!ok && shown.contains(&hub.fingerprint) && !file.exists(), "{shown}");
    let answers = [(question, "yes"), ("password of admin", hub.password.as_str())];
    let (ok, shown) = on_a_terminal(&hub.place, &["login", &hub.url], &answers);
    assert!(ok && file.exists(), "{shown}");
    assert!(!shown.contains(&hub.password), "the password is not shown: {shown}");
    assert_eq!(hub.run(&["device", "list", "--json"]).code, 0);
}
