//! The whole program on a real socket.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_rustls::TlsConnector;

use super::support::ward;
use crate::{Error, Options, Started, World, run};

fn options(folder: &TempDir, insecure_http: bool) -> Options {
    Options {
        data: folder.path().join("data"),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        sensors: None,
        insecure_http,
        store_url: None,
        world: World::system(),
        retention: crate::Retention::default(),
        metrics_token: None,
    }
}

/// Runs a hub, does something with it, and stops it.
async fn with_hub<T>(
    options: Options,
    work: impl AsyncFnOnce(Started, mpsc::Sender<model::Batch>) -> T,
) -> T {
    let (batches, receiver) = mpsc::channel(4);
    let (started, starts) = oneshot::channel();
    let (stop, stops) = oneshot::channel::<()>();
    let told = |news| drop(started.send(news));
    let hub = tokio::spawn(async move { run(options, receiver, told, async { drop(stops.await) }).await });
    let started = match starts.await {
        Ok(started) => started,
        Err(_) => panic!("the hub did not start: {:?}", hub.await),
    };
    let outcome = work(started, batches).await;
    drop(stop);
    hub.await.expect("no panic").expect("a clean end");
    outcome
}

async fn ask(stream: &mut (impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin), path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    // The other side may close without a word when it is done.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn it_serves_tls_with_its_own_certificate_and_stops_cleanly() {
    let folder = TempDir::new().expect("a folder");
    let options = options(&folder, false);
    let certificate = options.data.join("tls/hub.crt");
    let answer = with_hub(options, async |started: Started, batches| {
        assert!(started.url.starts_with("https://127.0.0.1:"), "{}", started.url);
        assert_eq!(started.fingerprint.expect("a fingerprint").len(), 32 * 3 - 1);
        assert_eq!(started.first_login.expect("a login").name, "admin");
        batches.send(ward()).await.expect("taken");
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&certificate).expect("a certificate")).expect("added");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(started.address).await.expect("connected");
        let name = ServerName::try_from("localhost").expect("a name");
        let mut stream =
            TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake");
        ask(&mut stream, "/livez").await
    })
    .await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
}

#[tokio::test]
async fn its_second_start_keeps_what_it_took_and_prints_no_password() {
    let folder = TempDir::new().expect("a folder");
    with_hub(options(&folder, true), async |started: Started, batches| {
        assert!(started.first_login.is_some());
        batches.send(ward()).await.expect("taken");
    })
    .await;
    let key = std::fs::metadata(folder.path().join("data/store.key")).expect("a key");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&key.permissions()) & 0o777, 0o600);
    with_hub(options(&folder, true), async |started: Started, _batches| {
        assert!(started.first_login.is_none(), "the password is shown once");
        for _ in 0..200 {
            let mut stream = TcpStream::connect(started.address).await.expect("connected");
            if ask(&mut stream, "/readyz").await.starts_with("HTTP/1.1 204") {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("not ready after 10 s");
    })
    .await;
}

#[tokio::test]
async fn plain_http_is_for_this_machine_only() {
    let folder = TempDir::new().expect("a folder");
    let options = Options { listen: SocketAddr::from(([0, 0, 0, 0], 0)), ..options(&folder, true) };
    let (_batches, receiver) = mpsc::channel(1);
    let refused = run(options, receiver, |_| {}, std::future::pending()).await;
    assert!(matches!(refused, Err(Error::InsecureBeyondLoopback(_))), "{refused:?}");
    assert!(!folder.path().join("data").exists(), "nothing was made");
}
