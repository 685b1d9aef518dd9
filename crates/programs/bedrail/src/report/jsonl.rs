//! One JSON line per device and conversation, and a last one of counters.

use std::io::{self, Write};

use serde::Serialize;

use super::document::Document;

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line<'l, 'd> {
    Device(&'l super::document::Device<'d>),
    Conversation(Box<super::document::Conversation<'d>>),
    Counters(&'l super::document::Counters<'d>),
}

/// Writes the lines.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    let devices = document.devices.iter().map(Line::Device);
    let conversations = document.conversations.iter().map(|held| Line::Conversation(Box::new(held)));
    for line in devices.chain(conversations).chain([Line::Counters(&document.counters)]) {
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
