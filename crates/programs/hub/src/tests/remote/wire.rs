//! Who has no certificate gets nothing but the answer to a token.

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::*;

/// One request without a certificate; gives the whole answer.
async fn ask(remote: &Remote, path: &str, body: &str) -> String {
    let mut roots = RootCertStore::empty();
    let authority = remote.hub.app.authority.as_ref().expect("an authority");
    roots.add(authority.certificate().clone()).expect("added");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(remote.address).await.expect("connected");
    let name = ServerName::try_from(relay::message::HUB_NAME).expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Type: application/json\r\n"
    );
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    // The other side may close without a word when it is done.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn without_a_certificate_there_is_only_enrolment() {
    let remote = Remote::new().await;
    for path in [BATCHES, RENEW, STATE, "/", "/v1", "/v1/nothing", "/api/v1/devices", "/livez", "/metrics"] {
        let answer = ask(&remote, path, "{}").await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{path}: {answer}");
    }
    for (body, status) in [("{}", 400), ("{\"secret\":\"x\",\"request\":\"x\"}", 403), ("no JSON", 400)] {
        let answer = ask(&remote, ENROL, body).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{body}: {answer}");
    }
    let large = ask(&remote, ENROL, &" ".repeat(100_000)).await;
    assert!(large.starts_with("HTTP/1.1 413"), "{large}");
}

#[tokio::test]
async fn a_token_is_not_used_up_by_a_request_that_cannot_be_signed() {
    let remote = Remote::new().await;
    let token = remote.token().await;
    let secret: String = token.secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let answer = ask(&remote, ENROL, &json!({ "secret": secret, "request": "no request" }).to_string()).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    relay::enrol(&remote.url(), &token).await.expect("the token is still good");
}
