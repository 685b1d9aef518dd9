//! Fingerprints of TLS on real captures: JA3 and JA3S as Wireshark computes them, JA4 as its authors publish it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use capture::{Block, Files, Progress, Source as _};
use flow::{Frame, LANES, Lane, LaneOptions, Parsers, Report, decode, lane_of};

/// Every value of `field` that is observed in a capture.
fn observed(path: &Path, field: &str) -> BTreeSet<String> {
    let parsers = Arc::new(Parsers::all());
    let options = LaneOptions { flows: 1 << 14, seed: 0 };
    let mut lanes: Vec<Lane> = (0..LANES).map(|_| Lane::new(Arc::clone(&parsers), options)).collect();
    let mut source = Files::open(&[path.to_path_buf()]).unwrap();
    let mut block = Block::new();
    while source.read(&mut block).unwrap() != Progress::End {
        for frame in block.frames() {
            let frame = Frame {
                number: frame.number,
                at: frame.at,
                link: frame.link.number(),
                original_length: frame.original_len,
                bytes: frame.bytes,
            };
            if let Ok(headers) = decode(&frame) {
                lanes.get_mut(lane_of(&headers)).unwrap().handle_frame(&frame, &headers);
            }
        }
    }
    let report = Report::of(lanes.into_iter().map(Lane::into_ledger).collect());
    let of_field = report.observations.iter().filter(|observation| observation.field.name() == field);
    of_field.map(|observation| observation.value.clone()).collect()
}

/// Every value of `field` that tshark shows, other than inside QUIC, whose packets are not decrypted here.
fn shown_by_tshark(path: &Path, field: &str) -> Option<BTreeSet<String>> {
    let filter = format!("{field} && !quic && !gquic");
    let output = Command::new("tshark")
        .args(["-n", "-Y", &filter, "-T", "fields", "-e", field, "-r"])
        .arg(path)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(text.split([',', '\n']).filter(|value| !value.is_empty()).map(str::to_owned).collect())
}

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/corpus");
    let corpus = std::env::var_os("BEDRAIL_CORPUS").map_or(beside, PathBuf::from);
    corpus.join("INDEX.tsv").is_file().then_some(corpus)
}

/// Captures of the corpus whose path is `wanted`.
fn captures(wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let Some(corpus) = corpus() else {
        eprintln!("skipped: there is no corpus; name it in BEDRAIL_CORPUS");
        return Vec::new();
    };
    let index = std::fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
    let rows = index.lines().filter_map(|line| {
        let path = line.split('\t').next()?;

        wanted(path).then(|| corpus.join(path))
    });
    rows.collect()
}

/// Compares both fingerprints on every capture and says where they differ.
fn differences(paths: &[PathBuf]) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compared = 0;
    for path in paths {
        for field in ["tls.handshake.ja3", "tls.handshake.ja3s"] {
            let Some(theirs) = shown_by_tshark(path, field) else {
                eprintln!("skipped: {} captures, because tshark cannot be run", paths.len());
                return differences;
            };
            let ours = observed(path, field);
            compared += theirs.len();
            if ours != theirs {
                let (more, less) = (ours.difference(&theirs).count(), theirs.difference(&ours).count());
                differences.push(format!("{}: {field}: {more} only here, {less} only there", path.display()));
            }
        }
    }
    eprintln!("{compared} fingerprints of {} captures compared", paths.len());
    differences
}

#[test]
fn ja3_agrees_with_tshark() {
    let found = differences(&captures(|path| {
        ["badcurveball.pcap", "browsers-x509.pcapng", "latest.pcapng", "tls12.pcap"]
            .iter()
            .any(|name| path.ends_with(&format!("FoxIO-LLC__ja4/pcap/{name}")))
    }));
    assert!(found.is_empty(), "{found:#?}");
}

/// What the authors of JA4 publish for captures of theirs.
const JA4: [(&str, &[&str]); 4] = [
    ("badcurveball.pcap", &["t13d1615h2_46e7e9700bed_45f260be83e2"]),
    ("browsers-x509.pcapng", &["t13d1516h2_8daaf6152771_e5627efa2ab1"]),
    (
        "latest.pcapng",
        &[
            "t12d190800_d83cc789557e_7af1ed941c26",
            "t13d1516h2_8daaf6152771_9b887d9acb53",
            "t13d1516h2_8daaf6152771_e5627efa2ab1",
        ],
    ),
    (
        "tls-handshake.pcapng",
        &[
            "t13d151400_8daaf6152771_de4a06bb82e3",
            "t13d1516h1_8daaf6152771_e5627efa2ab1",
            "t13d1516h2_8daaf6152771_e5627efa2ab1",
            "t13d1517h1_8daaf6152771_6cdcb247c39b",
        ],
    ),
];

#[test]
fn ja4_agrees_with_its_authors() {
    for (name, published) in JA4 {
        for path in
            captures(|path| path.contains("FoxIO-LLC__ja4/pcap/") && path.ends_with(&format!("/{name}")))
        {
            let ours = observed(&path, "tls.handshake.ja4");
            assert_eq!(ours, published.iter().copied().map(str::to_owned).collect(), "{name}");
        }
    }
}
