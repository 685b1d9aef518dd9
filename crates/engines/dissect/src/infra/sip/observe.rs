//! What SIP messages say about stations.

use model::{Field, Subject, Weakness};

use super::message::{StartLine, method};
use crate::Notes;
use crate::infra::text::{challenge, command, is_one_of};

const METHOD: Field = Field::new("sip.Method");
const SERVER: Field = Field::new("sip.Server");
const USER_AGENT: Field = Field::new("sip.User-Agent");
const ANSWERED: Field = Field::new("sip.CSeq.method");
const CHALLENGE: Field = Field::new("sip.WWW-Authenticate");
const SCHEME: Field = Field::new("sip.auth.scheme");

pub(super) const FIELDS: &[Field] = &[METHOD, SERVER, USER_AGENT, ANSWERED, CHALLENGE, SCHEME];

/// Longest scheme: `Digest`, `AKAv1-MD5`, `Negotiate`.
const SCHEME_LENGTH: usize = 16;

/// What a station asks for.
pub(super) fn start_line(line: StartLine, notes: &mut Notes) {
    if let StartLine::Request(method) = line {
        notes.fact(Subject::Sender, METHOD, method);
    }
}

/// A header field. Those that name people are not looked at.
pub(super) fn header(line: StartLine, name: &[u8], value: &[u8], notes: &mut Notes) {
    let is = |known: &[u8]| is_one_of(name, &[known]);
    match name.len() {
        4 if is(b"CSEQ") => answered(line, value, notes),
        6 if is(b"SERVER") => notes.fact_bytes(Subject::Sender, SERVER, value),
        10 if is(b"USER-AGENT") => notes.fact_bytes(Subject::Sender, USER_AGENT, value),
        13 if is(b"AUTHORIZATION") => authorization(value, notes),
        16 if is(b"WWW-AUTHENTICATE") => notes.fact_bytes(Subject::Sender, CHALLENGE, challenge(value)),
        19 if is(b"PROXY-AUTHORIZATION") => authorization(value, notes),
        _ => {}
    }
}

/// Who grants a registration, or asks for credentials before, is a registrar (RFC 3261, 10.3).
fn answered(line: StartLine, value: &[u8], notes: &mut Notes) {
    let method = value.rsplit(|&byte| byte == b' ').next().and_then(method);
    if method == Some("REGISTER") && matches!(line, StartLine::Status(200 | 401)) {
        notes.fact(Subject::Sender, ANSWERED, "REGISTER");
    }
}

/// Only the scheme is kept.
fn authorization(value: &[u8], notes: &mut Notes) {
    let (scheme, _) = command(value);
    notes.fact_bytes(Subject::Sender, SCHEME, scheme.get(..SCHEME_LENGTH).unwrap_or(scheme));
    if is_one_of(scheme, &[b"BASIC"]) {
        notes.weakness(Subject::Receiver, Weakness::CleartextCredentials, SCHEME);
    }
}
