//! The page in a real browser: nothing from the wire runs, accessibility, no overflow, keyboard.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::path::Path;
use std::process::Command;

use support::{CT, ENGINE, Frames, LAB, PACS, has, path, root, run, ward};

/// Opens a page; gives the faults that the browser found, `None` where there is no browser.
fn faults(frames: &Frames, name: &str) -> Option<String> {
    let folder = root().join("qa/page");
    let is_there = has(&folder.join("node_modules/playwright-core/package.json"));
    if !(is_there && has(Path::new("/usr/bin/chromium"))) {
        return None;
    }
    let (capture, page) = (frames.file(&format!("{name}.pcap")), path(&format!("{name}.html")));
    let made = run(&["inspect", "-q", "--html", &page.to_string_lossy(), &capture.to_string_lossy()]);
    assert_eq!(made.code, 0, "{}", made.err);
    let output = Command::new("node").arg(folder.join("check.mjs")).arg(&page).output().unwrap();
    assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn the_page_of_a_ward_has_no_fault() {
    if let Some(faults) = faults(&ward(), "browser-ward") {
        assert_eq!(faults, "[]");
    }
}

#[test]
fn hostile_strings_from_the_wire_do_not_run() {
    let mut frames = Frames::default();
    let hostile = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "' onmouseover='alert(1)",
        "</style><script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "javascript:alert(1)",
        "--><img src=x onerror=alert(1)><!--",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<details open ontoggle=alert(1)>",
        "${alert(1)}`",
    ];
    for (station, text) in [CT, PACS, LAB, ENGINE].iter().cycle().zip(hostile) {
        frames.dhcp(*station, text.as_bytes(), text.as_bytes());
        frames.hl7(text, text);
        frames.http(text, text);
    }
    for title in ["<svg/onload=x()>", "<b onclick=f()>", "'\"><i>", "</script>"] {
        frames.dicom(title, title, title);
    }
    if let Some(faults) = faults(&frames, "browser-hostile") {
        assert_eq!(faults, "[]");
    }
}
