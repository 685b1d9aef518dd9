//! A client of the hub's public API: what the commands that talk to a hub share.

mod failure;
mod login;
mod transport;
mod trust;

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::{Response, StatusCode};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, TcpConnector};

pub(crate) use failure::Failure;
pub(crate) use login::{Hub, Login, forget, login_file};
pub(crate) use trust::{Trust, fingerprint, presented};

use transport::Tls;

/// A hub that is spoken to, as somebody or as nobody.
pub(crate) struct Client {
    agent: Agent,
    hub: Hub,
    login: Option<Login>,
}

/// An answer in JSON, and the tag of the state that it shows.
pub(crate) struct Answer {
    pub(crate) body: Value,
    pub(crate) tag: Option<String>,
    pub(crate) cookie: Option<String>,
}

/// Longest time until a connection stands, and until an answer begins.
const CONNECT_MAX: Duration = Duration::from_secs(10);
const ANSWER_MAX: Duration = Duration::from_secs(60);
/// Bytes of an answer in JSON.
const BODY_MAX: u64 = 64 * 1024 * 1024;
/// Entries of a page: as many as the hub gives.
const PAGE: &str = "500";

impl Client {
    /// Speaks to a hub as nobody.
    ///
    /// # Errors
    /// When the certificates that it trusts cannot be read.
    pub(crate) fn new(hub: Hub, trust: &Trust) -> anyhow::Result<Self> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_connect(Some(CONNECT_MAX))
            .timeout_recv_response(Some(ANSWER_MAX))
            .user_agent(concat!("bedrail/", env!("CARGO_PKG_VERSION")))
            .build();
        let connector = TcpConnector::default().chain(Tls::new(trust.config()?));
        let agent = Agent::with_parts(config, connector, DefaultResolver::default());
        Ok(Self { agent, hub, login: None })
    }

    /// Speaks to the hub of the last `bedrail login`.
    ///
    /// # Errors
    /// [`Failure::NotLoggedIn`], or when the login cannot be read.
    pub(crate) fn logged_in() -> anyhow::Result<Self> {
        let login = Login::read()?.ok_or(Failure::NotLoggedIn)?;
        let client = Self::new(login.hub.clone(), &login.trust)?;
        Ok(Self { login: Some(login), ..client })
    }

    /// Which hub it is.
    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Gets a thing.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Failure> {
        let response = self.ask(path, query)?;
        self.answer(response)
    }

    /// Gets a text.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) fn text(&self, path: &str) -> Result<String, Failure> {
        let response = self.ask(path, &[])?;
        self.checked(response).and_then(|mut response| {
            let text = response.body_mut().with_config().limit(BODY_MAX).read_to_string();
            text.map_err(|source| self.unreachable(source))
        })
    }

    /// Gets a file: gives its content to `take`.
    ///
    /// # Errors
    /// [`Failure`], or what `take` says.
    pub(crate) fn fetch<T>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        take: impl FnOnce(&mut dyn Read, Option<u64>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let mut response = self.checked(self.ask(path, query)?)?;
        let length = response.body().content_length();
        take(&mut response.body_mut().as_reader(), length)
    }

    /// Gets all pages of a list, at most `most` entries of it; says how many there are when the hub does.
    ///
    /// # Errors
    /// [`Failure`], or what `each` says.
    pub(crate) fn pages(
        &self,
        path: &str,
        query: &[(&str, &str)],
        most: Option<usize>,
        mut each: impl FnMut(Value, Option<u64>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut cursor: Option<String> = None;
        let mut count = 0;
        loop {
            let mut asked = query.to_vec();
            asked.push(("limit", PAGE));
            asked.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let mut page = self.get(path, &asked)?.body;
            let total = page.get("total").and_then(Value::as_u64);
            let items = page.get_mut("items").map(Value::take);
            let Some(Value::Array(items)) = items else {
                return Err(self.strange("a list without `items`").into());
            };
            for item in items {
                if most.is_some_and(|most| count >= most) {
                    return Ok(());
                }
                each(item, total)?;
                count += 1;
            }
            cursor = page.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Begins something, with a key of its own so that it is done once.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        let key = key()?;
        let mut request = self.agent.post(self.hub.url(path)).header("Idempotency-Key", &key);
        for (name, value) in self.credentials() {
            request = request.header(name, value);
        }
        let sent = request.header("Content-Type", "application/json").send(body.to_string());
        Ok(self.answer(sent.map_err(|source| self.unreachable(source))?)?)
    }

    /// Changes a thing whose state is still the one of `tag`.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) fn patch(&self, path: &str, tag: &str, body: &Value) -> Result<Answer, Failure> {
        let mut request = self.agent.patch(self.hub.url(path)).header("If-Match", tag);
        for (name, value) in self.credentials() {
            request = request.header(name, value);
        }
        let sent = request.header("Content-Type", "application/json").send(body.to_string());
        self.answer(sent.map_err(|source| self.unreachable(source))?)
    }

    /// Takes a thing away.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) fn delete(&self, path: &str) -> Result<(), Failure> {
        let mut request = self.agent.delete(self.hub.url(path));
        for (name, value) in self.credentials() {
            request = request.header(name, value);
        }
        self.checked(request.call().map_err(|source| self.unreachable(source))?).map(drop)
    }

    /// Logs in and keeps the login for the commands that follow.
    ///
    /// # Errors
    /// [`Failure`], or when the login cannot be kept.
    pub(crate) fn log_in(&self, name: &str, password: &str, trust: Trust) -> anyhow::Result<Login> {
        let body = serde_json::json!({ "name": name, "password": password });
        let request = self.agent.post(self.hub.url("/api/v1/session"));
        let sent = request.header("Content-Type", "application/json").send(body.to_string());
        let answer = self.answer(sent.map_err(|source| self.unreachable(source))?)?;
        let text = |pointer: &str| answer.body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let known = (answer.cookie.clone(), text("/csrf_token"), text("/user/name"), text("/user/role"));
        let (Some(cookie), Some(csrf), Some(user), Some(role)) = known else {
            return Err(self.strange("a login without a session").into());
        };
        let login = Login { hub: self.hub.clone(), trust, user, role, cookie, csrf };
        login.write(&login_file()?)?;
        Ok(login)
    }

    /// Whether the file of `path` is the hub's own certificate: then it is trusted for a look at a hub on this machine.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn local(hub: Hub, certificate: &Path) -> anyhow::Result<Self> {
        let trust = Trust::Fingerprint(fingerprint(certificate)?);
        Self::new(hub, &trust)
    }

    fn ask(&self, path: &str, query: &[(&str, &str)]) -> Result<Response<ureq::Body>, Failure> {
        let mut request = self.agent.get(self.hub.url(path));
        for (name, value) in query {
            request = request.query(*name, *value);
        }
        for (name, value) in self.credentials() {
            request = request.header(name, value);
        }
        request.call().map_err(|source| self.unreachable(source))
    }

    fn credentials(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.login.iter().flat_map(Login::headers)
    }

    fn answer(&self, response: Response<ureq::Body>) -> Result<Answer, Failure> {
        let mut response = self.checked(response)?;
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let tag = header("etag");
        let cookie = header("set-cookie").and_then(|line| line.split(';').next().map(str::to_owned));
        let read = response.body_mut().with_config().limit(BODY_MAX).read_to_vec();
        let bytes = read.map_err(|source| self.unreachable(source))?;
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).map_err(|_| self.strange("an answer that is not JSON"))?
        };
        Ok(Answer { body, tag, cookie })
    }

    /// The answer, unless it is an error.
    fn checked(&self, mut response: Response<ureq::Body>) -> Result<Response<ureq::Body>, Failure> {
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        if status == StatusCode::UNAUTHORIZED && self.login.is_some() {
            return Err(Failure::Over(self.hub.to_string()));
        }
        let read = response.body_mut().with_config().limit(BODY_MAX).read_to_vec();
        let problem = read.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Err(match problem {
            Some(problem) => Failure::Refused(problem),
            None => self.strange(&format!("status {status} without saying why")),
        })
    }

    fn unreachable(&self, source: ureq::Error) -> Failure {
        Failure::of_connection(&self.hub, source)
    }

    fn strange(&self, what: &str) -> Failure {
        Failure::Strange { hub: self.hub.to_string(), what: what.to_owned() }
    }
}

/// A key that no other act has.
fn key() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
