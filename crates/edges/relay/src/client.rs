//! The way to the hub: HTTP/1.1 over TLS 1.3, and nothing is sent before the hub has proven who it is.

mod trust;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::message::{ENROL, EnrolRequest, HUB_NAME, Issued};
use crate::{Applicant, Identity, Token};

/// Where a hub listens for sensors: `https://host:port`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HubAddress {
    host: String,
    port: u16,
}

/// A text that is no address of a hub.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address of a hub; it looks like https://hub.example:8444")]
pub struct AddressError(String);

/// Why the hub could not be asked, or what it said instead of yes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Nobody is there.
    #[error("cannot reach the hub at {hub}")]
    Connect {
        /// Where it should be.
        hub: HubAddress,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Who is there is not the hub, or takes no part in the encryption.
    #[error("the hub at {hub} and this sensor do not trust each other")]
    Trust {
        /// Where it is.
        hub: HubAddress,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The line broke.
    #[error("the line to the hub broke")]
    Broken(#[source] hyper::Error),
    /// The hub takes too long.
    #[error("the hub did not answer within {} s", after.as_secs())]
    Slow {
        /// How long.
        after: Duration,
    },
    /// It said no.
    #[error("the hub refuses: {detail}")]
    Refused {
        /// Status of the answer.
        status: u16,
        /// What it said.
        detail: String,
    },
    /// Its answer has no meaning here.
    #[error("the hub gave an answer that is not understood; one of both is too old")]
    Answer,
    /// The own identity cannot be used.
    #[error("the certificate or key of this sensor cannot be used; enrol it again")]
    Identity,
    /// Keys cannot be made.
    #[error(transparent)]
    Key(#[from] crate::IdentityError),
}

/// An answer of the hub.
#[derive(Debug)]
pub struct HubAnswer {
    /// Its status.
    pub status: StatusCode,
    body: Bytes,
}

/// The line to one hub, opened when it is needed.
pub struct Client {
    hub: HubAddress,
    tls: Arc<ClientConfig>,
    line: Option<SendRequest<Full<Bytes>>>,
}

/// Longest time to a connection.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Longest time to an answer: the hub may be writing other batches.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// Bytes of an answer.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Asks a hub for a certificate. The hub must have the authority that the token names, else nothing is sent.
///
/// # Errors
/// When the hub is not reached, is another one, or refuses the token.
pub async fn enrol(hub: &HubAddress, token: &Token) -> Result<Identity, ClientError> {
    let tls = trust::by_token(token).map_err(|_| ClientError::Identity)?;
    let mut client = Client { hub: hub.clone(), tls: Arc::new(tls), line: None };
    let applicant = Applicant::new()?;
    let ask = EnrolRequest { secret: crate::token::hex(&token.secret), request: applicant.request()? };
    let issued: Issued = client.ask(ENROL, &ask).await?;
    let identity = applicant.become_sensor(hub.clone(), issued);
    // From now on this authority is trusted: it has to be the one of the token.
    let is_same = |authority| <[u8; 32]>::from(Sha256::digest(authority)) == token.authority;
    if identity.authority().is_some_and(|authority| is_same(authority.to_vec())) {
        Ok(identity)
    } else {
        Err(ClientError::Answer)
    }
}

impl Client {
    /// The line of a sensor that was enrolled.
    ///
    /// # Errors
    /// [`ClientError::Identity`] when its certificate and key are of no use.
    pub fn new(identity: &Identity) -> Result<Self, ClientError> {
        let tls = trust::by_identity(identity).ok_or(ClientError::Identity)?;
        Ok(Self { hub: identity.hub.clone(), tls: Arc::new(tls), line: None })
    }

    /// Sends JSON and reads JSON.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn ask<T: DeserializeOwned>(
        &mut self,
        path: &str,
        ask: &impl Serialize,
    ) -> Result<T, ClientError> {
        let body = serde_json::to_vec(ask).map_err(|_| ClientError::Answer)?;
        let answer = self.post(path, "application/json", body).await?;
        if answer.status.is_success() { answer.json() } else { Err(answer.refusal()) }
    }

    /// Sends a body of this content type. What goes wrong closes the line, so that the next try opens another one.
    ///
    /// # Errors
    /// When there is no answer; one that says no is an answer.
    pub async fn post(
        &mut self,
        path: &str,
        kind: &'static str,
        body: Vec<u8>,
    ) -> Result<HubAnswer, ClientError> {
        let sent = async {
            let mut line = match self.line.take().filter(|line| !line.is_closed()) {
                Some(line) => line,
                None => self.connect().await?,
            };
            let request = Request::builder()
                .method(Method::POST)
                .uri(path)
                .header(HOST, HUB_NAME)
                .header(CONTENT_TYPE, kind)
                .body(Full::new(Bytes::from(body)))
                .map_err(|_| ClientError::Answer)?;
            line.ready().await.map_err(ClientError::Broken)?;
            let (parts, body) = line.send_request(request).await.map_err(ClientError::Broken)?.into_parts();
            let body =
                Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|_| ClientError::Answer)?;
            self.line = Some(line);
            Ok(HubAnswer { status: parts.status, body: body.to_bytes() })
        };
        timeout(ANSWER_MAX, sent).await.map_err(|_| ClientError::Slow { after: ANSWER_MAX })?
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, ClientError> {
        let hub = &self.hub;
        let connect = |source| ClientError::Connect { hub: hub.clone(), source };
        let trust = |source| ClientError::Trust { hub: hub.clone(), source };
        let slow = |_| ClientError::Slow { after: CONNECT_MAX };
        let name = ServerName::try_from(HUB_NAME).map_err(|_| ClientError::Answer)?;
        let stream = TcpStream::connect((hub.host.as_str(), hub.port));
        let stream = timeout(CONNECT_MAX, stream).await.map_err(slow)?.map_err(connect)?;
        // A batch is one message; waiting for more gains nothing.
        stream.set_nodelay(true).map_err(connect)?;
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream);
        let stream = timeout(CONNECT_MAX, stream).await.map_err(slow)?.map_err(trust)?;
        let (line, connection) = handshake(TokioIo::new(stream)).await.map_err(ClientError::Broken)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the line to the hub ended");
            }
        });
        Ok(line)
    }
}

impl HubAnswer {
    /// An answer of this status and body.
    #[must_use]
    pub const fn new(status: StatusCode, body: Bytes) -> Self {
        Self { status, body }
    }

    /// Its bytes.
    #[must_use]
    pub fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// What it holds.
    ///
    /// # Errors
    /// [`ClientError::Answer`] when it is something else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body).map_err(|_| ClientError::Answer)
    }

    /// What the hub said, as an error (RFC 9457).
    pub(crate) fn refusal(&self) -> ClientError {
        #[derive(Deserialize)]
        struct Problem {
            detail: String,
        }
        let detail = self.json().map_or_else(|_| self.status.to_string(), |problem: Problem| problem.detail);
        ClientError::Refused { status: self.status.as_u16(), detail }
    }
}

impl FromStr for HubAddress {
    type Err = AddressError;

    /// `https://host:port`, with a network address of version 6 in brackets.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let refuse = || AddressError(text.to_owned());
        let rest = text.strip_prefix("https://").ok_or_else(refuse)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = rest.rsplit_once(':').ok_or_else(refuse)?;
        let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(refuse)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_name =
            |host: &str| host.chars().all(|sign| sign.is_ascii_alphanumeric() || ".-_".contains(sign));
        match bare {
            Some(bare) if bare.parse::<std::net::Ipv6Addr>().is_ok() => {
                Ok(Self { host: bare.to_owned(), port })
            }
            None if !host.is_empty() && is_name(host) => Ok(Self { host: host.to_owned(), port }),
            Some(_) | None => Err(refuse()),
        }
    }
}

impl fmt::Display for HubAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') {
            write!(f, "https://[{host}]:{port}")
        } else {
            write!(f, "https://{host}:{port}")
        }
    }
}

impl TryFrom<String> for HubAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<HubAddress> for String {
    fn from(address: HubAddress) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_round_trips_and_nothing_else_is_one() {
        for text in ["https://hub.example:8444", "https://10.0.0.7:1", "https://[2001:db8::7]:8444"] {
            assert_eq!(text.parse::<HubAddress>().map(|address| address.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(
            "https://hub:8444/".parse::<HubAddress>().map(String::from),
            Ok("https://hub:8444".to_owned())
        );
        for text in [
            "",
            "hub:8444",
            "http://hub:8444",
            "https://hub",
            "https://:1",
            "https://a/b:1",
            "https://hub:0",
            "https://[::1:8444",
            "https://[hub]:1",
            "https://u@hub:1",
        ] {
            assert!(text.parse::<HubAddress>().is_err(), "{text}");
        }
    }
}
