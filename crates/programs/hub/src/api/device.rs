//! One device: everything about it, what people state about it, and its conversations.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use model::{DeviceId, Endpoint, StatementSource, Timestamp, Weakness};
use store::{ConversationQuery, ConversationRow, ModelDefaults, StoredDevice};

use super::act::EditHeaders;
use super::clinical::clinical;
use super::devices::decision;
use super::filter::{self, PAGE};
use super::models;
use super::view::{Asserted, Conversation, ConversationPage, Device, DevicePatch, Direction, Peer};
use crate::app::App;
use crate::auth::Visitor;
use crate::derive::Document;
use crate::envelope::RequestId;
use crate::events::{DeviceEvent, Event};
use crate::extract::{Body, Id, Parameters, if_match, tag};
use crate::picture::is_cleartext_clinical;
use crate::problem::{Answer, Problem};
use crate::statements::{self, best};

/// Statements in one request.
const VALUES_MAX: usize = 50;

/// Everything about a device.
#[utoipa::path(
    get, path = "/api/v1/devices/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Device, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn device(State(app): State<App>, Id(id): Id<DeviceId>) -> Answer<Response> {
    show(&app, &id).await
}

/// State something about a device, or take it back.
#[utoipa::path(
    patch, path = "/api/v1/devices/{id}", request_body = DevicePatch,
    params(("id" = String, Path), EditHeaders),
    responses((status = 200, body = Device, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn assert(
    State(app): State<App>,
    Id(id): Id<DeviceId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<DevicePatch>,
) -> Answer<Response> {
    let expected = if_match(&headers)?;
    let decision = decision(&app, &visitor, &request, wanted.why)?;
    if wanted.asserted.is_empty() || wanted.asserted.len() > VALUES_MAX {
        return Err(Problem::refused("/asserted", format!("state 1 to {VALUES_MAX} attributes")));
    }
    for (attribute, value) in &wanted.asserted {
        check(attribute, value.as_deref())?;
    }
    let said = (StatementSource::Person, wanted.asserted.into_iter().collect());
    app.store.assert(id.clone(), expected, said, decision).await?;
    app.stated.notify_one();
    app.events.tell(Event::Device(id.clone(), DeviceEvent::Changed));
    show(&app, &id).await
}

fn check(attribute: &str, value: Option<&str>) -> Answer<()> {
    let pointer = || format!("/asserted/{}", attribute.replace('~', "~0").replace('/', "~1"));
    statements::check(attribute, value).map_err(|error| Problem::refused(pointer(), error.to_string()))
}

pub(super) async fn show(app: &App, id: &DeviceId) -> Answer<Response> {
    let missing = || Problem::not_found(format!("there is no device `{id}`"));
    let stored = app.store.device(id).await?.ok_or_else(missing)?;
    let document = document(&stored)?;
    let defaults = models::defaults(app, &stored.asserted, &document).await?;
    let tag = tag(stored.row.version);
    Ok(([(header::ETAG, tag)], Json(view(stored, document, defaults.as_ref(), app.world.now())))
        .into_response())
}

/// What is derived about a device.
pub(super) fn document(stored: &StoredDevice) -> Answer<Document> {
    Document::read(stored).map_err(|error| Problem::internal(&error))
}

fn view(
    mut stored: StoredDevice,
    document: Document,
    defaults: Option<&ModelDefaults>,
    now: Timestamp,
) -> Device {
    let said = |attribute: &str| best(&stored.asserted, attribute).map(|said| said.value.clone());
    let class = |_: &str, _: &str| best(&defaults?.stated, "clinical_class")?.value.parse().ok();
    // Lists show it in a moment, this page does at once.
    stored.row.listing = statements::listed(stored.row.listing, &document, said, class);
    Device {
        part_of: stored.row.part_of.as_ref().map(ToString::to_string),
        parts: stored.parts.iter().map(ToString::to_string).collect(),
        clinical: clinical(&stored, document.class(), defaults, now),
        differences: statements::differences(&document, &stored.asserted),
        asserted: stored.asserted.into_iter().map(Asserted::from).collect(),
        row: stored.row.into(),
        attributes: document.attributes,
        contradictions: document.contradictions,
        weaknesses_detail: document.weaknesses,
        anchors: stored.anchors,
    }
}

/// With whom a device talks, the latest first.
#[utoipa::path(
    get, path = "/api/v1/devices/{id}/conversations",
    params(("id" = String, Path), ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500)),
    responses((status = 200, body = ConversationPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn conversations(
    State(app): State<App>,
    Id(id): Id<DeviceId>,
    parameters: Parameters,
) -> Answer<Json<ConversationPage>> {
    let parameters = parameters.only(PAGE)?;
    if app.store.device(&id).await?.is_none() {
        return Err(Problem::not_found(format!("there is no device `{id}`")));
    }
    let query = ConversationQuery {
        device: Some(id.clone()),
        cursor: parameters.parsed("cursor")?,
        limit: filter::limit(&parameters)?,
        ..ConversationQuery::default()
    };
    let page = app.store.conversations(query).await?;
    let mut names = HashMap::new();
    for row in &page.items {
        for device in [&row.originator, &row.responder].into_iter().flatten() {
            if !names.contains_key(device) {
                let name = app.store.device(device).await?.and_then(|found| found.row.listing.name);
                names.insert(device.clone(), name);
            }
        }
    }
    let items = page.items.iter().map(|row| conversation(&id, row, &names)).collect();
    Ok(Json(ConversationPage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

fn conversation(
    own: &DeviceId,
    row: &ConversationRow,
    names: &HashMap<DeviceId, Option<String>>,
) -> Conversation {
    let held = &row.conversation;
    let [out, back] = held.bytes;
    let (direction, peer, end, bytes) = if row.originator.as_ref() == Some(own) {
        (Direction::Out, &row.responder, held.key.responder, [out, back])
    } else {
        (Direction::In, &row.originator, held.key.originator, [back, out])
    };
    Conversation {
        peer: self::peer(peer.as_ref(), end, names),
        direction,
        transport: transport(held.key.transport),
        port: held.key.port,
        protocol: held.key.protocol,
        flows: held.flows,
        bytes,
        encrypted: held.encrypted,
        patient_data: held.patient_data,
        cleartext_clinical: is_cleartext_clinical(held),
        weaknesses: held.weaknesses().map(Weakness::name).collect(),
        first_seen: held.first_seen.to_string(),
        last_seen: held.last_seen.to_string(),
    }
}

fn peer(device: Option<&DeviceId>, end: Endpoint, names: &HashMap<DeviceId, Option<String>>) -> Peer {
    Peer {
        name: device.and_then(|device| names.get(device)).cloned().flatten(),
        device: device.map(ToString::to_string),
        ip: end.ip.map(|ip| ip.to_string()),
        mac: end.mac.map(|mac| mac.to_string()),
    }
}

fn transport(number: u8) -> String {
    match number {
        0 => "link".to_owned(),
        1 => "icmp".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        58 => "icmpv6".to_owned(),
        132 => "sctp".to_owned(),
        other => format!("ip_proto_{other}"),
    }
}
