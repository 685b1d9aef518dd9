//! The document as JSON, its long lists in pieces on several threads.

use std::io::{self, Write};

use rayon::prelude::*;
use serde::Serialize;

use super::document::{Conversation, Counters, Document, Summary};

/// What comes before the lists.
#[derive(Serialize)]
struct Head<'d> {
    schema_version: u32,
    generator: &'d str,
    inputs: &'d [String],
}

/// What comes behind them.
#[derive(Serialize)]
struct Tail<'d> {
    summary: &'d Summary,
    counters: &'d Counters<'d>,
}

/// Writes the document.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Document { schema_version, generator, inputs, devices, conversations, summary, counters } = document;
    let head = serde_json::to_vec(&Head { schema_version: *schema_version, generator, inputs })?;
    let tail = serde_json::to_vec(&Tail { summary, counters })?;
    out.write_all(head.strip_suffix(b"}").unwrap_or(&head))?;
    out.write_all(b",\"devices\":[")?;
    list(devices, |device, json| serde_json::to_writer(json, device), out)?;
    out.write_all(b"],\"conversations\":[")?;
    list(conversations.counted(), |held, json| serde_json::to_writer(json, &Conversation::new(held)), out)?;
    out.write_all(b"],")?;
    out.write_all(tail.strip_prefix(b"{").unwrap_or(&tail))?;
    out.write_all(b"\n")
}

/// Writes the entries of a list with commas between, a piece of it by each thread at a time.
fn list<T: Sync>(
    entries: &[T],
    put: impl Fn(&T, &mut Vec<u8>) -> serde_json::Result<()> + Sync,
    out: &mut dyn Write,
) -> io::Result<()> {
    let piece = |entries: &[T]| -> io::Result<Vec<u8>> {
        let mut json = Vec::with_capacity(PIECE_BYTES);
        for entry in entries {
            put(entry, &mut json)?;
            json.push(b',');
        }
        Ok(json)
    };
    let mut rest = entries;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(PIECE * rayon::current_num_threads()));
        let pieces: io::Result<Vec<Vec<u8>>> = now.par_chunks(PIECE).map(piece).collect();
        let mut pieces = pieces?;
        if let Some(last) = pieces.last_mut().filter(|_| later.is_empty()) {
            last.pop();
        }
        for json in &pieces {
            out.write_all(json)?;
        }
        rest = later;
    }
    Ok(())
}

/// Entries that a thread takes at a time, and about the bytes that they become.
const PIECE: usize = 512;
const PIECE_BYTES: usize = PIECE * 640;
