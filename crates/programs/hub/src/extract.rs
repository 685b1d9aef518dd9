//! What a request says, read strictly: an error names the place.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::problem::{Answer, Problem};

/// A body in JSON without unknown fields.
pub(crate) struct Body<T>(pub(crate) T);

/// An id in the path.
pub(crate) struct Id<T>(pub(crate) T);

/// Parameters after `?`: a name may come several times only where several values are meant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let title = "request not understood";
            let detail = "the body has to be `application/json`";
            return Err(Problem::at(StatusCode::UNSUPPORTED_MEDIA_TYPE, title, "/content-type", detail));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            Problem::at(rejection.status(), "request not understood", "", rejection.body_text())
        })?;
        read(&bytes).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| Problem::invalid(pointer(error.path()), error.inner().to_string()))?;
    json.end().map_err(|error| Problem::invalid("", error.to_string()))?;
    Ok(value)
}

/// The path of an error as JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}

impl<T: FromStr<Err: std::fmt::Display> + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text): Path<String> = Path::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::invalid("/id", rejection.body_text()))?;
        text.parse().map(Self).map_err(|error: T::Err| Problem::invalid("/id", error.to_string()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Query::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(all)| Self(all))
            .map_err(|rejection| Problem::invalid("", rejection.body_text()))
    }
}

impl Parameters {
    /// With this value of `name` and no other.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut all = self.0.clone();
        all.retain(|(held, _)| held != name);
        all.push((name.to_owned(), value.to_owned()));
        Self(all)
    }

    /// As they stand in an address, with `?`; nothing where there are none.
    pub(crate) fn text(&self) -> String {
        let all = self.0.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let all: Vec<String> = all.collect();
        if all.is_empty() { String::new() } else { format!("?{}", all.join("&")) }
    }

    /// Refuses every parameter that is not one of `names`.
    pub(crate) fn only(self, names: &[&str]) -> Answer<Self> {
        match self.0.iter().find(|(name, _)| !names.contains(&name.as_str())) {
            Some((name, _)) => {
                let detail = format!("there is no parameter `{name}`; there are {}", names.join(", "));
                Err(Problem::invalid(format!("/{name}"), detail))
            }
            None => Ok(self),
        }
    }

    /// The value of `name`; empty is none.
    pub(crate) fn one(&self, name: &str) -> Answer<Option<&str>> {
        let mut values = self.all(name);
        let first = values.next();
        match values.next() {
            Some(_) => Err(Problem::invalid(format!("/{name}"), format!("`{name}` is given twice"))),
            None => Ok(first),
        }
    }

    /// All values of `name` but empty ones.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let name = name.to_owned();
        let named = move |(key, value): &'a (String, String)| (*key == name).then_some(value.as_str());
        self.0.iter().filter_map(named).filter(|value| !value.is_empty())
    }

    /// The value of `name`, parsed.
    pub(crate) fn parsed<T: FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Answer<Option<T>> {
        self.one(name)?.map(|value| parse(name, value)).transpose()
    }

    /// All values of `name`, parsed.
    pub(crate) fn all_parsed<T: FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Answer<Vec<T>> {
        self.all(name).map(|value| parse(name, value)).collect()
    }
}

/// The `ETag` of a thing of this version.
pub(crate) fn tag(version: u64) -> String {
    format!("\"{version}\"")
}

/// The version that a change is meant for; `*` is any.
pub(crate) fn if_match(headers: &HeaderMap) -> Answer<Option<u64>> {
    let Some(tag) = headers.get(header::IF_MATCH) else {
        let detail =
            "give the `ETag` of what is to be changed in `If-Match`, so that nobody's change is overwritten";
        let status = StatusCode::PRECONDITION_REQUIRED;
        return Err(Problem::at(status, "request refused", "/if-match", detail));
    };
    let tag = tag.to_str().unwrap_or_default().trim();
    if tag == "*" {
        return Ok(None);
    }
    let version =
        tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).and_then(|tag| tag.parse().ok());
    let refuse = || Problem::invalid("/if-match", format!("`{tag}` is no `ETag` of this hub"));
    version.map(Some).ok_or_else(refuse)
}

/// As RFC 3986 has it: all but unreserved characters in hexadecimal.
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode =
        |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

fn parse<T: FromStr<Err: std::fmt::Display>>(name: &str, value: &str) -> Answer<T> {
    value.parse().map_err(|error: T::Err| Problem::invalid(format!("/{name}"), error.to_string()))
}
