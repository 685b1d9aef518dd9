//! HTTP/1.1 (RFC 9112), IPP (RFC 8010), RTSP (RFC 2326), SSDP.

use crate::bytes::Bytes;
use crate::talk::{Exchange, Side};

/// A request and its answer.
pub(crate) fn get(host: &str, path: &str, agent: &str, server: &str, status: &str, body: &str) -> Exchange {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n\r\n");
    vec![(Side::Client, request.into_bytes()), (Side::Server, answer(server, status, "text/html", body))]
}

/// A page that asks who one is.
pub(crate) fn protected(host: &str, path: &str, agent: &str, server: &str, challenge: &str) -> Exchange {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n\r\n");
    let refusal = format!(
        "HTTP/1.1 401 Unauthorized\r\nServer: {server}\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n"
    );
    vec![(Side::Client, request.into_bytes()), (Side::Server, refusal.into_bytes())]
}

fn answer(server: &str, status: &str, kind: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let length = body.as_ref().len();
    let head = format!(
        "HTTP/1.1 {status}\r\nServer: {server}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    );
    Bytes::new().put(head).put(body).done()
}

/// What a workstation asks a printer before it prints (IPP Get-Printer-Attributes).
pub(crate) fn printer_attributes(host: &str, make_and_model: &str, firmware: &str) -> Exchange {
    let uri = format!("ipp://{host}:631/ipp/print");
    let groups = common().put(attribute(0x45, "printer-uri", &uri)).u8(3);
    let asked = Bytes::new().u16(0x0200).u16(0x000b).u32(1).put(groups).done();
    let request = format!(
        "POST /ipp/print HTTP/1.1\r\nHost: {host}:631\r\nUser-Agent: CUPS/2.4.2 (Linux 6.1; x86_64) IPP/2.0\r\n\
         Content-Type: application/ipp\r\nContent-Length: {}\r\n\r\n",
        asked.len()
    );
    let told = common().u8(4).put(attribute(0x41, "printer-make-and-model", make_and_model));
    let told = told.put(attribute(0x42, "printer-name", host.split('.').next().unwrap_or_default()));
    let told = told.put(attribute(0x41, "printer-firmware-string-version", firmware)).u8(3);
    let told = Bytes::new().u16(0x0200).u16(0).u32(1).put(told);
    vec![
        (Side::Client, Bytes::new().put(request).put(asked).done()),
        (Side::Server, answer("HP HTTP Server", "200 OK", "application/ipp", told)),
    ]
}

fn common() -> Bytes {
    let charset = attribute(0x47, "attributes-charset", "utf-8");
    Bytes::new().u8(1).put(charset).put(attribute(0x48, "attributes-natural-language", "en"))
}

fn attribute(kind: u8, name: &str, value: &str) -> Bytes {
    Bytes::new().u8(kind).len16(name).len16(value)
}

/// A recorder asks a camera for its stream.
pub(crate) fn stream(uri: &str, server: &str, realm: &str) -> Exchange {
    let options = format!("OPTIONS {uri} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Example Recorder 2.4\r\n\r\n");
    let able = format!(
        "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: {server}\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n"
    );
    let describe = format!("DESCRIBE {uri} RTSP/1.0\r\nCSeq: 2\r\nUser-Agent: Example Recorder 2.4\r\n\r\n");
    let refused = format!(
        "RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nServer: {server}\r\n\
         WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"0001f1c2\"\r\n\r\n"
    );
    vec![
        (Side::Client, options.into_bytes()),
        (Side::Server, able.into_bytes()),
        (Side::Client, describe.into_bytes()),
        (Side::Server, refused.into_bytes()),
    ]
}

/// A device makes itself known (UPnP Device Architecture 1.1).
pub(crate) fn notify(location: &str, server: &str, id: &str) -> Vec<u8> {
    format!(
        "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\nLOCATION: {location}\r\n\
         SERVER: {server}\r\nNT: upnp:rootdevice\r\nUSN: uuid:{id}::upnp:rootdevice\r\nNTS: ssdp:alive\r\n\r\n"
    )
    .into_bytes()
}

/// A phone registers (RFC 3261).
pub(crate) fn register(
    phone: &str,
    address: &str,
    server: &str,
    agent: &str,
    number: u16,
) -> (Vec<u8>, Vec<u8>) {
    let shared = format!(
        "Via: SIP/2.0/UDP {address}:5060;branch=z9hG4bK{number:06}\r\nFrom: <sip:{number}@{server}>;tag={number:08}\r\n\
         To: <sip:{number}@{server}>\r\nCall-ID: {number:012}@{address}\r\nCSeq: 101 REGISTER\r\n"
    );
    let request = format!(
        "REGISTER sip:{server} SIP/2.0\r\n{shared}Max-Forwards: 70\r\nUser-Agent: {agent}\r\n\
         Contact: <sip:{number}@{address}:5060>;+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-{phone}>\"\r\n\
         Expires: 3600\r\nContent-Length: 0\r\n\r\n"
    );
    let answer = format!("SIP/2.0 200 OK\r\n{shared}Server: Cisco-CUCM12.5\r\nContent-Length: 0\r\n\r\n");
    (request.into_bytes(), answer.into_bytes())
}
