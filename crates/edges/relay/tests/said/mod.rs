//! What a process says on its standard output, whose disk or power goes away.

use std::io::Write as _;

pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}
