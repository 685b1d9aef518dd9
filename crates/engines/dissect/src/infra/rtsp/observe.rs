//! What RTSP messages say about stations.

use model::{Field, Subject, Weakness};

use super::message::StartLine;
use crate::Notes;
use crate::infra::text::{challenge, command, is_one_of};

const SERVER: Field = Field::new("rtsp.server");
const USER_AGENT: Field = Field::new("rtsp.user_agent");
const PUBLIC: Field = Field::new("rtsp.public");
const CHALLENGE: Field = Field::new("rtsp.www_authenticate");
const AUTHORIZATION: Field = Field::new("rtsp.authorization");
const URL: Field = Field::new("rtsp.url");
const STATUS: Field = Field::new("rtsp.status");

pub(super) const FIELDS: &[Field] = &[SERVER, USER_AGENT, PUBLIC, CHALLENGE, AUTHORIZATION, URL, STATUS];

/// Longest scheme.
const SCHEME_LENGTH: usize = 16;

/// A header field of a request or of an answer.
pub(super) fn header(line: StartLine<'_>, name: &[u8], value: &[u8], notes: &mut Notes) {
    let is = |known: &[u8]| is_one_of(name, &[known]);
    match (line, name.len()) {
        (StartLine::Status(_), 6) if is(b"SERVER") => notes.fact_bytes(Subject::Sender, SERVER, value),
        (StartLine::Status(_), 6) if is(b"PUBLIC") => notes.fact_bytes(Subject::Sender, PUBLIC, value),
        (StartLine::Request { .. }, 10) if is(b"USER-AGENT") => {
            notes.fact_bytes(Subject::Sender, USER_AGENT, value);
        }
        (StartLine::Request { .. }, 13) if is(b"AUTHORIZATION") => authorization(value, notes),
        (StartLine::Status(_), 16) if is(b"WWW-AUTHENTICATE") => {
            notes.fact_bytes(Subject::Sender, CHALLENGE, challenge(value));
        }
        _ => {}
    }
}

/// Only the scheme is kept.
fn authorization(value: &[u8], notes: &mut Notes) {
    let (scheme, _) = command(value);
    notes.fact_bytes(Subject::Sender, AUTHORIZATION, scheme.get(..SCHEME_LENGTH).unwrap_or(scheme));
    if is_one_of(scheme, &[b"BASIC"]) {
        notes.weakness(Subject::Receiver, Weakness::CleartextCredentials, AUTHORIZATION);
    }
}

/// `rtsp://user:password@host/` shows both.
pub(super) fn url(url: &[u8], notes: &mut Notes) {
    let authority = url.strip_prefix(b"rtsp://").unwrap_or_default();
    let authority = authority.split(|&byte| byte == b'/').next().unwrap_or_default();
    let user = authority.iter().rposition(|&byte| byte == b'@').and_then(|at| authority.get(..at));
    if user.is_some_and(|user| user.contains(&b':')) {
        notes.weakness(Subject::Receiver, Weakness::CleartextCredentials, URL);
    }
}

/// A server gave media to who did not say who asks.
pub(super) fn served_anybody(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::NoAuthentication, STATUS);
}
