//! What `--json` prints has the shape that `docs/schema/inspect.schema.json` promises: nothing missing, nothing besides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Frames, bedrail, corpus, has, path, root, run, ward, write};

const VALIDATE: &str = r"
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
faults = [f'{name}: {fault.json_path}: {fault.message[:300]}'
          for name in sys.argv[2:] for fault in validator.iter_errors(json.load(open(name)))]
print('\n'.join(faults[:20]))
sys.exit(bool(faults))
";

fn python() -> PathBuf {
    root().join(".venv/bin/python")
}

/// Prints a document for each capture and holds all of them against the schema; gives what is wrong.
fn faults(captures: &[PathBuf]) -> Option<String> {
    let documents: Vec<PathBuf> = captures.iter().map(|capture| document(capture)).collect();
    validate(&documents)
}

fn validate(documents: &[PathBuf]) -> Option<String> {
    let schema = root().join("docs/schema/inspect.schema.json");
    let output = Command::new(python()).args(["-c", VALIDATE]).arg(schema).args(documents).output().unwrap();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (!output.status.success()).then_some(told)
}

fn document(capture: &Path) -> PathBuf {
    let output = bedrail(["inspect", "--quiet", "--json"]).arg(capture).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 7)), "{}: {output:?}", capture.display());
    let name: String = capture.to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
    write(&format!("{name}.json"), &output.stdout)
}

#[test]
fn documents_of_small_exchanges_have_the_shape() {
    if !has(&python()) {
        return;
    }
    let nothing = Frames::default().file("schema-nothing.pcap");
    assert_eq!(faults(&[ward().file("schema-ward.pcap"), nothing]), None);
}

#[test]
fn documents_of_real_captures_have_the_shape() {
    if !has(&python()) {
        return;
    }
    let captures = corpus(12);
    assert_eq!(faults(&captures), None, "{} captures", captures.len());
}

#[test]
fn the_schema_refuses_what_is_missing_and_what_is_besides() {
    if !has(&python()) {
        return;
    }
    let document =
        run(&["inspect", "-q", "--json", &ward().file("schema-broken.pcap").to_string_lossy()]).json();
    let mut missing = document.clone();
    missing["devices"][0].as_object_mut().unwrap().remove("serial").unwrap();
    let mut besides = document;
    besides["counters"]["invented"] = 1.into();
    for (name, broken) in [("missing.json", missing), ("besides.json", besides)] {
        let file = path(name);
        std::fs::write(&file, broken.to_string()).unwrap();
        assert!(validate(&[file]).is_some(), "{name}");
    }
}
