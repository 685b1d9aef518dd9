//! Why a hub does not do what is asked, in plain words and with a place.

use std::fmt;
use std::io;

use serde::Deserialize;

use super::Hub;

/// Why a hub does not do what is asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There was no login.
    NotLoggedIn,
    /// The login is over.
    Over(String),
    /// There is no way to the hub.
    Unreachable { hub: String, source: Box<dyn std::error::Error + Send + Sync> },
    /// The hub shows a certificate that is not trusted.
    Untrusted { hub: String, why: String },
    /// The hub says no.
    Refused(Problem),
    /// What answers is no hub, or one of another version.
    Strange { hub: String, what: String },
}

/// An error as the API writes it (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Problem {
    title: String,
    status: u16,
    detail: String,
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Fault {
    pointer: String,
    detail: String,
}

impl Failure {
    /// What went wrong on the way.
    pub(super) fn of_connection(hub: &Hub, error: ureq::Error) -> Self {
        let hub = hub.to_string();
        match error {
            ureq::Error::Io(error) => match rustls_error(&error) {
                Some(rustls::Error::InvalidCertificate(why)) => Self::Untrusted { hub, why: why.to_string() },
                _ => Self::Unreachable { hub, source: Box::new(error) },
            },
            other => Self::Unreachable { hub, source: Box::new(other) },
        }
    }

    /// The exit code: not there is 3, not allowed is 4, not understood is 2.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::NotLoggedIn | Self::Over(_) | Self::Untrusted { .. } => 4,
            Self::Refused(problem) => match problem.status {
                400 => 2,
                401 | 403 => 4,
                404 => 3,
                _ => 1,
            },
            Self::Unreachable { .. } | Self::Strange { .. } => 1,
        }
    }
}

/// The error of TLS beneath one of the connection.
fn rustls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoggedIn => f.write_str("not logged in; begin with `bedrail login https://HOST:8443`"),
            Self::Over(hub) => write!(f, "the login is over; log in again with `bedrail login {hub}`"),
            Self::Unreachable { hub, .. } => write!(f, "cannot reach the hub at {hub}"),
            Self::Untrusted { hub, why } => write!(
                f,
                "the certificate of {hub} is not trusted ({why}); if the hub got a new one, log in again with \
                 `bedrail login {hub}`"
            ),
            Self::Refused(problem) => problem.fmt(f),
            Self::Strange { hub, what } => {
                write!(f, "what answers at {hub} is no hub of this version: {what}")
            }
        }
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreachable { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)?;
        match self.errors.as_slice() {
            [only] if only.detail == self.detail => match place(&only.pointer) {
                Some(place) => write!(f, " (in {place})"),
                None => Ok(()),
            },
            several => several.iter().try_for_each(|fault| {
                let place = place(&fault.pointer).unwrap_or_else(|| "the request".to_owned());
                write!(f, "\n  in {place}: {}", fault.detail)
            }),
        }
    }
}

/// Where in the command line a place of the request comes from.
fn place(pointer: &str) -> Option<String> {
    match pointer {
        "" => None,
        "/filter" | "/sort" | "/why" | "/recipients" => {
            Some(format!("`--{}`", pointer.trim_start_matches('/')))
        }
        other => {
            let stated = other.strip_prefix("/asserted/");
            Some(format!("`{}`", stated.unwrap_or(other)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_a_sentence_with_its_place() {
        let text = r#"{"type":"about:blank","title":"request not understood","status":400,"detail":"there is no word `zone`",
            "errors":[{"pointer":"/filter","detail":"there is no word `zone`"}]}"#;
        let problem: Problem = serde_json::from_str(text).unwrap();
        assert_eq!(problem.to_string(), "request not understood: there is no word `zone` (in `--filter`)");
        assert_eq!(Failure::Refused(problem).code(), 2);
    }

    #[test]
    fn several_faults_have_a_line_each() {
        let fault =
            |pointer: &str, detail: &str| Fault { pointer: pointer.to_owned(), detail: detail.to_owned() };
        let errors = vec![fault("/asserted/name", "too long"), fault("/why", "empty")];
        let problem =
            Problem { title: "refused".to_owned(), status: 422, detail: "twice".to_owned(), errors };
        assert_eq!(problem.to_string(), "refused: twice\n  in `name`: too long\n  in `--why`: empty");
    }
}
