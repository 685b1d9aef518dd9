//! What a device means for a patient: what is stated about it, else about its model, else what is derived, else
//! unknown. Each value says where it comes from.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::{
    ClinicalClass, DeviceId, ManufacturerPermission, NetworkLossEffect, PatientReport, PatientSource,
    PatientState, ReactionTime, Timestamp,
};
use serde::{Deserialize, Serialize};
use store::{Asserted, ModelDefaults, StoredDevice};
use utoipa::ToSchema;

use super::act::ActHeaders;
use super::devices::decision;
use super::view::ClassWord;
use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::events::{DeviceEvent, Event};
use crate::extract::{Body, Id};
use crate::problem::{Answer, Problem};
use crate::statements::{PERMISSION, best};

/// What the device means for a patient. Unknown is the most dangerous value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Clinical {
    pub(crate) class: ClassWord,
    #[schema(value_type = NetworkLossEffectWord)]
    pub(crate) network_loss_effect: &'static str,
    #[schema(value_type = ReactionTimeWord)]
    pub(crate) reaction_time: &'static str,
    /// What is known now: a report older than ten minutes says nothing.
    #[schema(value_type = PatientStateWord)]
    pub(crate) patient_state: &'static str,
    /// The last report about the patient, however old.
    #[schema(required)]
    pub(crate) patient_report: Option<Report>,
    /// Who answers for it clinically: a unit, a role.
    #[schema(required)]
    pub(crate) owner: Option<String>,
    /// Who answers for it technically.
    #[schema(required)]
    pub(crate) biomed_owner: Option<String>,
    /// Times of the week in UTC, such as `sun 02:00-04:00`.
    #[schema(required)]
    pub(crate) maintenance_window: Option<String>,
    /// What is not in here is not permitted.
    pub(crate) manufacturer_permissions: Vec<Permission>,
    /// Where each known value comes from, by attribute; what is not in here is unknown.
    pub(crate) origins: BTreeMap<String, Origin>,
}

/// What a manufacturer permits, and the document that says so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ManufacturerPermission)]
pub(crate) struct Permission {
    #[schema(value_type = String)]
    permission: &'static str,
    document: String,
}

/// A report about the patient at a device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PatientReport)]
pub(crate) struct Report {
    #[schema(value_type = PatientStateWord)]
    state: &'static str,
    /// `hl7`, `sdc`, `gateway` or `person`.
    #[schema(value_type = String)]
    source: &'static str,
    by: String,
    at: String,
    age_s: u64,
}

/// Where a value comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Origin {
    kind: OriginKind,
    /// `person` or `import NAME` of a statement; the id of a model.
    #[schema(required)]
    source: Option<String>,
}

/// What kind of thing a value comes from.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OriginKind {
    /// Stated about the device.
    Stated,
    /// Stated about its model.
    ModelDefault,
    /// Derived from the wire.
    Derived,
}

/// What is lost when the network is cut.
#[derive(ToSchema)]
#[schema(as = NetworkLossEffect, rename_all = "snake_case")]
#[expect(dead_code, reason = "words of the document; the values are of `model`, and a test compares them")]
enum NetworkLossEffectWord {
    AlarmsLost,
    TherapyContinuesLocally,
    OrdersDelayed,
    ImagesDelayed,
    NoEffect,
    Unknown,
}

/// How soon somebody has to act when it fails.
#[derive(ToSchema)]
#[schema(as = ReactionTime, rename_all = "snake_case")]
#[expect(dead_code, reason = "words of the document; the values are of `model`, and a test compares them")]
enum ReactionTimeWord {
    Seconds,
    Minutes,
    Hours,
    Days,
    Unknown,
}

/// Whether a patient depends on it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PatientState)]
pub(crate) enum PatientStateWord {
    Connected,
    Idle,
    Unknown,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PatientStateRequest {
    state: PatientStateWord,
    /// 1 to 2000 bytes; nothing about the patient.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

/// What is stated and inherited, by what counts first.
struct Sources<'s> {
    stated: &'s [Asserted],
    defaults: Option<&'s ModelDefaults>,
    origins: BTreeMap<String, Origin>,
}

impl Sources<'_> {
    /// The value of an attribute, and a note where it comes from.
    fn take(&mut self, attribute: &str) -> Option<String> {
        let (said, origin) = match best(self.stated, attribute) {
            Some(said) => (said, Origin { kind: OriginKind::Stated, source: Some(said.source.to_string()) }),
            None => {
                let defaults = self.defaults?;
                let said = best(&defaults.stated, attribute)?;
                (said, Origin { kind: OriginKind::ModelDefault, source: Some(defaults.id.to_string()) })
            }
        };
        self.origins.insert(attribute.to_owned(), origin);
        Some(said.value.clone())
    }

    /// A word of a vocabulary.
    fn word<T: FromStr>(&mut self, attribute: &str) -> Option<T> {
        self.take(attribute)?.parse().ok()
    }

    /// The class: what is derived counts when nobody states one.
    fn class(&mut self, derived: ClinicalClass) -> ClinicalClass {
        if let Some(class) = self.word("clinical_class") {
            return class;
        }
        if derived != ClinicalClass::Unknown {
            let origin = Origin { kind: OriginKind::Derived, source: None };
            self.origins.insert("clinical_class".to_owned(), origin);
        }
        derived
    }

    fn permissions(&mut self) -> Vec<Permission> {
        let permission = |permission: &ManufacturerPermission| {
            let document = self.take(&format!("{PERMISSION}{permission}"))?;
            Some(Permission { permission: permission.name(), document })
        };
        ManufacturerPermission::ALL.iter().filter_map(permission).collect()
    }
}

/// What a device means for a patient at `now`.
pub(super) fn clinical(
    device: &StoredDevice,
    derived: ClinicalClass,
    defaults: Option<&ModelDefaults>,
    now: Timestamp,
) -> Clinical {
    let mut sources = Sources { stated: &device.asserted, defaults, origins: BTreeMap::new() };
    let patient = device.patient.as_ref();
    let state = patient.map_or(PatientState::Unknown, |report| report.state_at(now));
    Clinical {
        class: sources.class(derived).into(),
        network_loss_effect: sources.word("network_loss_effect").unwrap_or(NetworkLossEffect::Unknown).name(),
        reaction_time: sources.word("reaction_time").unwrap_or(ReactionTime::Unknown).name(),
        patient_state: state.name(),
        patient_report: patient.map(|report| self::report(report, now)),
        owner: sources.take("clinical_owner"),
        biomed_owner: sources.take("biomed_owner"),
        maintenance_window: sources.take("maintenance_window"),
        manufacturer_permissions: sources.permissions(),
        origins: sources.origins,
    }
}

fn report(report: &PatientReport, now: Timestamp) -> Report {
    Report {
        state: report.state.name(),
        source: report.source.name(),
        by: report.by.clone(),
        at: report.at.to_string(),
        age_s: now.since(report.at) / 1_000_000_000,
    }
}

/// Say whether a patient depends on a device now. It counts for ten minutes.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/patient-state", request_body = PatientStateRequest,
    params(("id" = String, Path), ActHeaders),
    responses((status = 200, body = Clinical), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn report_patient(
    State(app): State<App>,
    Id(id): Id<DeviceId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<PatientStateRequest>,
) -> Answer<Response> {
    let body = (id.as_str().to_owned(), wanted.state, wanted.why.clone());
    app.once(&visitor, &headers, "patient-state", &body, async {
        let decision = decision(&app, &visitor, &request, wanted.why)?;
        let state = match wanted.state {
            PatientStateWord::Connected => PatientState::Connected,
            PatientStateWord::Idle => PatientState::Idle,
            PatientStateWord::Unknown => PatientState::Unknown,
        };
        let (source, by, at) = (PatientSource::Person, visitor.name.clone(), decision.at);
        app.store.report_patient(id.clone(), PatientReport { state, source, by, at }, decision).await?;
        app.events.tell(Event::Device(id.clone(), DeviceEvent::Changed));
        let missing = || Problem::not_found(format!("there is no device `{id}`"));
        let device = app.store.device(&id).await?.ok_or_else(missing)?;
        let document = super::device::document(&device)?;
        let defaults = super::models::defaults(&app, &device.asserted, &document).await?;
        Ok(clinical(&device, document.class(), defaults.as_ref(), app.world.now()))
    })
    .await
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    use super::*;

    fn words<T: PartialSchema>() -> Vec<String> {
        let schema = serde_json::to_value(T::schema()).expect("a schema");
        let words = schema["enum"].as_array().expect("words").iter();
        let mut words: Vec<String> = words.map(|word| word.as_str().expect("text").to_owned()).collect();
        words.sort_unstable();
        words
    }

    fn sorted(words: impl Iterator<Item = &'static str>) -> Vec<String> {
        let mut words: Vec<String> = words.map(str::to_owned).collect();
        words.sort_unstable();
        words
    }

    #[test]
    fn the_document_has_every_word_of_each_vocabulary() {
        let effects = sorted(NetworkLossEffect::ALL.iter().map(|word| word.name()));
        assert_eq!(words::<NetworkLossEffectWord>(), effects);
        assert_eq!(words::<ReactionTimeWord>(), sorted(ReactionTime::ALL.iter().map(|word| word.name())));
        assert_eq!(words::<PatientStateWord>(), sorted(PatientState::ALL.iter().map(|word| word.name())));
    }
}
