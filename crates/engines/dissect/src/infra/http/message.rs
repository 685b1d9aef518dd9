//! Heads of HTTP messages (RFC 9112, 2 to 6).

use std::mem::MaybeUninit;

use httparse::{ParserConfig, Request, Response};
use wire::Limit;

use super::anomaly::HttpAnomaly;
use crate::Match;
use crate::infra::text::contains;

/// Longest head.
pub(super) const HEAD: Limit = Limit::new("http_head", 32 << 10, "servers refuse more than 8 to 16 KiB");
/// Most header fields of a head.
const HEADERS: Limit = Limit::new("http_headers", 96, "browsers send two dozen, proxies add a dozen");
/// A request line whose end is this far is taken for one by its start.
const REQUEST_LINE: Limit = Limit::new("http_request_line_probe", 512, "no other protocol starts so");
/// Longest method.
const METHOD: Limit = Limit::new("http_method", 20, "`UPDATEREDIRECTREF` is the longest registered");

/// HTTP/2 with prior knowledge starts so (RFC 9113, 3.4).
pub(super) const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n";

/// Header fields that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderName {
    Authorization,
    ContentEncoding,
    ContentLength,
    ContentType,
    Host,
    ProxyAuthorization,
    Server,
    TransferEncoding,
    Upgrade,
    UserAgent,
    WwwAuthenticate,
    XPoweredBy,
}

impl HeaderName {
    /// Names are compared only with those of their length.
    pub(super) fn of(name: &str) -> Option<Self> {
        let (expected, header) = match name.len() {
            4 => ("host", Self::Host),
            6 => ("server", Self::Server),
            7 => ("upgrade", Self::Upgrade),
            10 => ("user-agent", Self::UserAgent),
            12 if name.starts_with(['x', 'X']) => ("x-powered-by", Self::XPoweredBy),
            12 => ("content-type", Self::ContentType),
            13 => ("authorization", Self::Authorization),
            14 => ("content-length", Self::ContentLength),
            16 if name.starts_with(['w', 'W']) => ("www-authenticate", Self::WwwAuthenticate),
            16 => ("content-encoding", Self::ContentEncoding),
            17 => ("transfer-encoding", Self::TransferEncoding),
            19 => ("proxy-authorization", Self::ProxyAuthorization),
            _ => return None,
        };
        name.eq_ignore_ascii_case(expected).then_some(header)
    }
}

/// First line of a head.
#[derive(Debug, Clone, Copy)]
pub(super) enum StartLine<'a> {
    Request { method: &'a str, target: &'a str },
    Status(u16),
}

/// What the header fields say about the body.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Framing<'a> {
    pub(super) length: Option<u64>,
    pub(super) chunked: bool,
    pub(super) encoded: bool,
    pub(super) ambiguous: bool,
    pub(super) content_type: &'a [u8],
    pub(super) upgrade: &'a [u8],
}

impl<'a> Framing<'a> {
    fn take_in(&mut self, name: HeaderName, value: &'a [u8]) {
        match name {
            HeaderName::ContentLength => {
                let length = number(value.trim_ascii(), 10);
                self.ambiguous |= length.is_none() || self.length.is_some_and(|known| Some(known) != length);
                self.length = length.or(self.length);
            }
            HeaderName::TransferEncoding => self.chunked |= contains(value, b"chunked"),
            HeaderName::ContentEncoding => self.encoded |= !value.eq_ignore_ascii_case(b"identity"),
            HeaderName::ContentType => self.content_type = value,
            HeaderName::Upgrade => self.upgrade = value,
            HeaderName::Authorization
            | HeaderName::Host
            | HeaderName::ProxyAuthorization
            | HeaderName::Server
            | HeaderName::UserAgent
            | HeaderName::WwwAuthenticate
            | HeaderName::XPoweredBy => {}
        }
    }
}

/// Reads a whole head and shows `see` its first line and then each header field that is read.
pub(super) fn read_head<'a>(
    head: &'a [u8],
    mut see: impl FnMut(StartLine<'a>, Option<(HeaderName, &'a [u8])>),
) -> Result<(StartLine<'a>, Framing<'a>), HttpAnomaly> {
    let mut space = [const { MaybeUninit::<httparse::Header<'a>>::uninit() }; HEADERS.max];
    let (line, headers) = if is_status_line(head) {
        let mut response = Response::new(&mut []);
        let parsed = lenient().parse_response_with_uninit_headers(&mut response, head, &mut space);
        whole(parsed)?;
        let code = response.code.ok_or(HttpAnomaly::MalformedHead)?;
        (StartLine::Status(code), response.headers)
    } else {
        let mut request = Request::new(&mut []);
        let parsed = lenient().parse_request_with_uninit_headers(&mut request, head, &mut space);
        whole(parsed)?;
        let (Some(method), Some(target)) = (request.method, request.path) else {
            return Err(HttpAnomaly::MalformedHead);
        };
        (StartLine::Request { method, target }, request.headers)
    };
    see(line, None);
    let mut framing = Framing::default();
    for header in headers.iter() {
        if let Some(name) = HeaderName::of(header.name) {
            framing.take_in(name, header.value);
            see(line, Some((name, header.value)));
        }
    }
    framing.ambiguous |= framing.chunked && framing.length.is_some();
    Ok((line, framing))
}

/// Devices send what browsers forgive.
fn lenient() -> ParserConfig {
    let mut config = ParserConfig::default();
    config
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_multiple_spaces_in_request_line_delimiters(true)
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .ignore_invalid_headers_in_responses(true)
        .ignore_invalid_headers_in_requests(true);
    config
}

fn whole(parsed: httparse::Result<usize>) -> Result<(), HttpAnomaly> {
    match parsed {
        Ok(httparse::Status::Complete(_)) => Ok(()),
        Err(httparse::Error::TooManyHeaders) => Err(HttpAnomaly::TooManyHeaders),
        Ok(httparse::Status::Partial) | Err(_) => Err(HttpAnomaly::MalformedHead),
    }
}

fn is_status_line(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/")
}

/// `HTTP/1.1 200`
pub(super) fn probe_status_line(bytes: &[u8]) -> Match {
    const SHAPE: &[u8] = b"HTTP/1.# ###";
    let fits = bytes.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'#' => byte.is_ascii_digit(),
        _ => byte == shape,
    });
    match (fits, bytes.len() < SHAPE.len()) {
        (false, _) => Match::No,
        (true, true) => Match::NeedMore,
        (true, false) => Match::Yes,
    }
}

/// `GET / HTTP/1.1`: a method, and a line that ends with the version.
pub(super) fn probe_request_line(bytes: &[u8]) -> Match {
    let is_method = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'-' | b'_');
    let Some(space) = bytes.iter().take(METHOD.max + 1).position(|byte| !is_method(byte)) else {
        return if METHOD.allows(bytes.len()) { Match::NeedMore } else { Match::No };
    };
    if bytes.get(space) != Some(&b' ') || space < 3 {
        return Match::No;
    }
    let end = bytes.iter().position(|&byte| byte == b'\n').filter(|&end| REQUEST_LINE.allows(end));
    let Some(end) = end else {
        let start = bytes.get(..=REQUEST_LINE.max).unwrap_or(bytes);
        let target = start.get(space + 1..).unwrap_or_default();
        let printable = target.iter().all(|&byte| byte >= b' ' || byte == b'\r');
        return match (printable, REQUEST_LINE.allows(bytes.len())) {
            (false, _) => Match::No,
            (true, true) => Match::NeedMore,
            (true, false) if target.starts_with(b"/") || target.starts_with(b"http") => Match::Yes,
            (true, false) => Match::No,
        };
    };
    let line = bytes.get(..end).unwrap_or_default();
    if !line.get(space..).is_some_and(|target| target.iter().all(|&byte| byte >= b' ' || byte == b'\r')) {
        return Match::No;
    }
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let version = [b" HTTP/1.1".as_slice(), b" HTTP/1.0", b" HTTP/2.0"];
    if version.iter().any(|version| line.ends_with(version)) { Match::Yes } else { Match::No }
}

/// Where a head starts: at 0 or behind a line end.
pub(super) fn find_head(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        if starts_head(rest) {
            return Some(at);
        }
        at += rest.iter().position(|&byte| byte == b'\n')? + 1;
    }
}

/// Whether `bytes` start with a status line, or with a whole request line.
pub(super) fn starts_head(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(b'A'..=b'Z'))
        && (probe_status_line(bytes) == Match::Yes || ends_line_as_request(bytes))
}

/// Digits without sign (RFC 9110, 8.6; RFC 9112, 7.1).
pub(super) fn number(digits: &[u8], radix: u32) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u64::from_str_radix(text, radix).ok()
}

/// A whole request line, not only the start of one.
fn ends_line_as_request(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(REQUEST_LINE.max)).unwrap_or_default();
    start.contains(&b'\n') && probe_request_line(start) == Match::Yes
}
