//! The door of sensors: a certificate of the hub's authority that has not ended, of a sensor that is not revoked.

use std::net::SocketAddr;

use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::serve::IncomingStream;
use model::{SensorId, Timestamp};
use rustls::pki_types::CertificateDer;

use crate::app::App;
use crate::problem::{Answer, Problem};
use crate::serve::Tls;

/// Who is at the other end, as TLS verified it.
#[derive(Debug, Clone)]
pub(crate) struct SensorPeer {
    pub(super) address: SocketAddr,
    /// `None` for who has none yet.
    certificate: Option<CertificateDer<'static>>,
}

impl SensorPeer {
    /// Who shows this certificate from this address.
    pub(crate) const fn new(address: SocketAddr, certificate: Option<CertificateDer<'static>>) -> Self {
        Self { address, certificate }
    }
}

/// The sensor that sends a request.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    pub(super) sensor: SensorId,
    pub(super) name: String,
}

/// Lets sensors through, and nobody else.
pub(super) async fn pass(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SensorPeer>,
    mut request: Request,
    next: Next,
) -> Response {
    match sender(&app, &peer).await {
        Ok(sender) => {
            request.extensions_mut().insert(sender);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn sender(app: &App, peer: &SensorPeer) -> Answer<Sender> {
    let refuse = |detail: &str| Problem::new(StatusCode::UNAUTHORIZED, "not known", detail);
    let certificate = peer.certificate.as_ref().ok_or_else(|| refuse("show the certificate of a sensor"))?;
    let (sensor, ends) = named(certificate).ok_or_else(|| refuse("the certificate names no sensor"))?;
    // A line may be older than the certificate's end.
    if ends <= app.world.now() {
        return Err(refuse("the certificate has ended; enrol the sensor again"));
    }
    match app.store.enrolled_sensor(&sensor).await? {
        None => Err(Problem::forbidden("this sensor is not enrolled here; enrol it again")),
        Some(known) if known.revoked.is_some() => {
            Err(Problem::forbidden("this sensor is revoked; enrol it again to use it"))
        }
        Some(known) => Ok(Sender { sensor, name: known.name }),
    }
}

/// The sensor that a certificate names, and when it ends.
fn named(certificate: &CertificateDer<'_>) -> Option<(SensorId, Timestamp)> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let mut names = certificate.subject().iter_common_name();
    let (name, None) = (names.next()?, names.next()) else { return None };
    let ends_s = u64::try_from(certificate.validity().not_after.timestamp()).ok()?;
    let ends = Timestamp::from_nanos(ends_s.saturating_mul(1_000_000_000));
    Some((SensorId::new(name.as_str().ok()?).ok()?, ends))
}

impl Connected<IncomingStream<'_, Tls>> for SensorPeer {
    fn connect_info(stream: IncomingStream<'_, Tls>) -> Self {
        let (_, line) = stream.io().get_ref();
        let certificate = line.peer_certificates().and_then(<[_]>::first).cloned();
        Self::new(*stream.remote_addr(), certificate.map(CertificateDer::into_owned))
    }
}
