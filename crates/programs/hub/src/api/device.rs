//! One device: everything about it, what people state about it, and its conversations.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use model::{AttributeName, ClinicalClass, DeviceId, Endpoint, Weakness};
use serde::de::DeserializeOwned;
use store::{ConversationQuery, ConversationRow, StoredDevice};

use super::devices::decision;
use super::filter::{self, PAGE};
use super::view::{
    Asserted, Clinical, Conversation, ConversationPage, Device, DevicePatch, Difference, Direction,
    PatientState, Peer,
};
use crate::app::App;
use crate::auth::Visitor;
use crate::derive::Document;
use crate::envelope::RequestId;
use crate::events::{DeviceEvent, Event};
use crate::extract::{Body, Id, Parameters, if_match, tag};
use crate::picture::is_cleartext_clinical;
use crate::problem::{Answer, Problem};

/// Bytes of a stated value.
const VALUE_MAX: usize = 500;
/// Statements in one request.
const VALUES_MAX: usize = 50;

/// What can be stated beside what can be derived, and the words that it may be; none is any text.
static STATED: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let derived = AttributeName::ALL.iter().map(|name| (name.name(), Vec::new()));
    let types = model::DeviceType::ALL.iter().map(|kind| kind.name()).collect();
    let classes = ClinicalClass::ALL.iter().map(|class| class.name()).collect();
    derived
        .chain([
            ("device_type", types),
            ("clinical_class", classes),
            ("network_loss_effect", NETWORK_LOSS_EFFECTS.to_vec()),
            ("reaction_time", REACTION_TIMES.to_vec()),
            ("name", Vec::new()),
            ("clinical_owner", Vec::new()),
            ("biomed_owner", Vec::new()),
        ])
        .collect()
});
const NETWORK_LOSS_EFFECTS: &[&str] =
    &["alarms_lost", "therapy_continues_locally", "orders_delayed", "images_delayed", "no_effect", "unknown"];
const REACTION_TIMES: &[&str] = &["seconds", "minutes", "hours", "days", "unknown"];

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
    params(("id" = String, Path), ("X-CSRF-Token" = String, Header), ("If-Match" = String, Header)),
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
    app.store.assert(id.clone(), expected, wanted.asserted.into_iter().collect(), decision).await?;
    app.events.tell(Event::Device(id.clone(), DeviceEvent::Changed));
    show(&app, &id).await
}

fn check(attribute: &str, value: Option<&str>) -> Answer<()> {
    let pointer = || format!("/asserted/{}", attribute.replace('~', "~0").replace('/', "~1"));
    let Some(words) = STATED.get(attribute) else {
        let known = STATED.keys().copied().collect::<Vec<_>>().join(", ");
        let detail = format!("nothing can be stated about `{attribute}`; it is one of {known}");
        return Err(Problem::refused(pointer(), detail));
    };
    let Some(value) = value else { return Ok(()) };
    if value.trim().is_empty() || value.len() > VALUE_MAX {
        return Err(Problem::refused(
            pointer(),
            format!("it has 1 to {VALUE_MAX} bytes; `null` takes it back"),
        ));
    }
    if !words.is_empty() && !words.contains(&value) {
        let detail = format!("`{value}` is not one of {}", words.join(", "));
        return Err(Problem::refused(pointer(), detail));
    }
    Ok(())
}

async fn show(app: &App, id: &DeviceId) -> Answer<Response> {
    let missing = || Problem::not_found(format!("there is no device `{id}`"));
    let stored = app.store.device(id).await?.ok_or_else(missing)?;
    let tag = tag(stored.row.version);
    Ok(([(header::ETAG, tag)], Json(view(stored)?)).into_response())
}

fn view(stored: StoredDevice) -> Answer<Device> {
    let document: Document =
        serde_json::from_str(&stored.identity).map_err(|error| Problem::internal(&error))?;
    let stated: BTreeMap<&str, &str> =
        stored.asserted.iter().map(|stated| (&*stated.attribute, &*stated.value)).collect();
    let clinical = clinical(stored.row.listing.clinical_class, &stated);
    let differences = differences(&document, stored.row.listing.name.as_deref(), &stated);
    Ok(Device {
        clinical,
        differences,
        asserted: stored.asserted.iter().cloned().map(Asserted::from).collect(),
        row: stored.row.into(),
        attributes: document.attributes,
        contradictions: document.contradictions,
        weaknesses_detail: document.weaknesses,
        anchors: stored.anchors,
    })
}

fn clinical(derived: ClinicalClass, stated: &BTreeMap<&str, &str>) -> Clinical {
    let class = stated.get("clinical_class").and_then(|class| class.parse().ok()).unwrap_or(derived);
    Clinical {
        class: class.into(),
        network_loss_effect: word(stated, "network_loss_effect"),
        reaction_time: word(stated, "reaction_time"),
        // Nothing tells it yet, and what nobody tells is unknown.
        patient_state: PatientState::Unknown,
        owner: stated.get("clinical_owner").map(|owner| (*owner).to_owned()),
    }
}

/// A stated word of a vocabulary; nothing stated is unknown.
fn word<T: DeserializeOwned + Default>(stated: &BTreeMap<&str, &str>, attribute: &str) -> T {
    let word = stated.get(attribute).map(|word| serde_json::Value::from(*word));
    word.and_then(|word| serde_json::from_value(word).ok()).unwrap_or_default()
}

/// Where what is observed is not what was stated; what is not observed contradicts nothing.
fn differences(document: &Document, name: Option<&str>, stated: &BTreeMap<&str, &str>) -> Vec<Difference> {
    let difference = |(attribute, asserted): (&&str, &&str)| {
        let derived = document.attributes.get(*attribute).map(Vec::as_slice).unwrap_or_default();
        let mut observed: Vec<&str> = derived.iter().map(|value| value.value.as_str()).collect();
        observed.extend(name.filter(|_| *attribute == "name"));
        let first = observed.first()?;
        let agrees = observed.iter().any(|value| value.eq_ignore_ascii_case(asserted));
        (!agrees).then(|| Difference {
            attribute: (*attribute).to_owned(),
            observed: Some((*first).to_owned()),
            asserted: Some((*asserted).to_owned()),
        })
    };
    stated.iter().filter_map(difference).collect()
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

#[cfg(test)]
mod tests {
    use super::super::view::{NetworkLossEffect, ReactionTime};
    use super::*;

    #[test]
    fn only_what_is_in_the_vocabulary_can_be_stated() {
        assert!(check("location", Some("room 4")).is_ok());
        assert!(check("location", None).is_ok());
        assert!(check("reaction_time", Some("minutes")).is_ok());
        assert!(check("reaction_time", Some("soon")).is_err());
        assert!(check("device_type", Some("spaceship")).is_err());
        assert!(check("colour", Some("red")).is_err());
        assert!(check("location", Some(" ")).is_err());
    }

    #[test]
    fn what_nobody_knows_is_unknown() {
        let clinical = clinical(ClinicalClass::Unknown, &BTreeMap::new());
        assert_eq!(clinical.network_loss_effect, NetworkLossEffect::Unknown);
        assert_eq!((clinical.reaction_time, clinical.owner), (ReactionTime::Unknown, None));
    }

    #[test]
    fn every_word_that_can_be_stated_is_shown() {
        for stated in NETWORK_LOSS_EFFECTS {
            let effect: NetworkLossEffect = word(&BTreeMap::from([("x", *stated)]), "x");
            assert_eq!(effect == NetworkLossEffect::Unknown, *stated == "unknown", "{stated}");
        }
        for stated in REACTION_TIMES {
            let time: ReactionTime = word(&BTreeMap::from([("x", *stated)]), "x");
            assert_eq!(time == ReactionTime::Unknown, *stated == "unknown", "{stated}");
        }
    }
}
