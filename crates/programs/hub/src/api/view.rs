//! What the API shows. Everything that is not known is `null`, and nothing is left out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clinical::Clinical;
use super::sensor_view::Sensor;

/// Somebody who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    pub(crate) user: User,
    /// Goes into `X-CSRF-Token` of every write.
    pub(crate) csrf_token: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    pub(crate) name: String,
    #[schema(value_type = String)]
    pub(crate) role: &'static str,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    pub(crate) name: String,
    pub(crate) password: String,
}

/// Clinical class of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ClinicalClass)]
pub(crate) enum ClassWord {
    Unknown,
    LifeSustaining,
    Therapeutic,
    MonitoringAlarm,
    Diagnostic,
    Support,
    NonClinical,
}

/// Where a device is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Lifecycle)]
pub(crate) enum LifecycleWord {
    Discovered,
    Approved,
    InService,
    OutOfService,
    Retired,
}

/// A device in a list: of name, manufacturer, model, type, class, system, serial and location what is stated about it,
/// else what is derived; the class that is stated about its model comes between.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DeviceRow {
    pub(crate) id: String,
    #[schema(required)]
    pub(crate) name: Option<String>,
    #[schema(required)]
    pub(crate) manufacturer: Option<String>,
    #[schema(required)]
    pub(crate) model: Option<String>,
    #[schema(required, value_type = Option<String>)]
    pub(crate) device_type: Option<&'static str>,
    pub(crate) clinical_class: ClassWord,
    #[schema(required)]
    pub(crate) os: Option<String>,
    pub(crate) ips: Vec<String>,
    pub(crate) macs: Vec<String>,
    #[schema(required)]
    pub(crate) serial: Option<String>,
    #[schema(required)]
    pub(crate) location: Option<String>,
    /// Words that people put on it.
    pub(crate) labels: Vec<String>,
    /// Where it is in the network: `vlan-12`, `10.0.1.0/24`, `link`, `outside`.
    #[schema(required)]
    pub(crate) zone: Option<String>,
    pub(crate) lifecycle: LifecycleWord,
    pub(crate) quarantined: bool,
    /// Outside the networks of the site.
    pub(crate) external: bool,
    #[schema(value_type = Vec<String>)]
    pub(crate) weaknesses: Vec<&'static str>,
    pub(crate) first_seen: String,
    pub(crate) last_seen: String,
    /// Counts up with every change.
    pub(crate) version: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DevicePage {
    pub(crate) items: Vec<DeviceRow>,
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
    /// On all pages.
    pub(crate) total: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FacetValue {
    /// `null` is unknown.
    #[schema(required)]
    pub(crate) value: Option<String>,
    pub(crate) count: u64,
}

/// How many devices have which value, each facet as if nothing was chosen in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Facets {
    pub(crate) class: Vec<FacetValue>,
    pub(crate) lifecycle: Vec<FacetValue>,
    pub(crate) manufacturer: Vec<FacetValue>,
    #[serde(rename = "type")]
    pub(crate) kind: Vec<FacetValue>,
}

/// A field of one packet and the rule that read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Evidence {
    pub(crate) frame: u64,
    pub(crate) field: String,
    pub(crate) seen: String,
    pub(crate) rule: String,
    pub(crate) weight: f64,
    /// Who captured the frame; `null` where several sensors did and it is not known which.
    #[schema(required)]
    pub(crate) sensor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct AttributeValue {
    pub(crate) value: String,
    pub(crate) confidence: f64,
    pub(crate) evidence: Vec<Evidence>,
}

/// What somebody stated.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Asserted {
    pub(crate) attribute: String,
    pub(crate) value: String,
    /// `person` or `import NAME`.
    pub(crate) source: String,
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) why: String,
}

/// What was observed is not what was stated, or two statements are at odds.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Difference {
    pub(crate) attribute: String,
    #[schema(required)]
    pub(crate) observed: Option<String>,
    /// The statement that counts: a person's before an import's.
    #[schema(required)]
    pub(crate) asserted: Option<String>,
    /// Everything that is at odds: what is observed first, then each statement.
    pub(crate) says: Vec<Saying>,
}

/// Who says what.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Saying {
    /// The field and frame of what is observed; `person` or `import NAME` of a statement.
    pub(crate) source: String,
    pub(crate) value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Contradiction {
    pub(crate) attribute: String,
    pub(crate) values: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct WeaknessDetail {
    pub(crate) weakness: String,
    pub(crate) frame: u64,
    pub(crate) field: String,
    pub(crate) count: u64,
}

/// Everything about a device.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Device {
    #[serde(flatten)]
    pub(crate) row: DeviceRow,
    pub(crate) attributes: BTreeMap<String, Vec<AttributeValue>>,
    pub(crate) asserted: Vec<Asserted>,
    pub(crate) differences: Vec<Difference>,
    pub(crate) contradictions: Vec<Contradiction>,
    pub(crate) weaknesses_detail: Vec<WeaknessDetail>,
    pub(crate) clinical: Clinical,
    pub(crate) anchors: Vec<String>,
    /// The device that this one is a part of, as a person said; lists do not show it then.
    #[schema(required)]
    pub(crate) part_of: Option<String>,
    /// Devices that are parts of this one, as a person said.
    pub(crate) parts: Vec<String>,
}

/// The other end.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Peer {
    #[schema(required)]
    pub(crate) device: Option<String>,
    #[schema(required)]
    pub(crate) ip: Option<String>,
    #[schema(required)]
    pub(crate) mac: Option<String>,
    #[schema(required)]
    pub(crate) name: Option<String>,
}

/// Which way a conversation was opened.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    Out,
    In,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Conversation {
    pub(crate) peer: Peer,
    pub(crate) direction: Direction,
    pub(crate) transport: String,
    pub(crate) port: u16,
    #[schema(required, value_type = Option<String>)]
    pub(crate) protocol: Option<&'static str>,
    pub(crate) flows: u64,
    /// From the device and to it.
    pub(crate) bytes: [u64; 2],
    pub(crate) encrypted: bool,
    pub(crate) patient_data: bool,
    /// Patient data that a listener can read, or a clinical protocol in clear.
    pub(crate) cleartext_clinical: bool,
    #[schema(value_type = Vec<String>)]
    pub(crate) weaknesses: Vec<&'static str>,
    pub(crate) first_seen: String,
    pub(crate) last_seen: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConversationPage {
    pub(crate) items: Vec<Conversation>,
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Actor {
    /// `person`, `rule` or `system`.
    #[schema(value_type = String)]
    pub(crate) kind: &'static str,
    #[schema(required)]
    pub(crate) name: Option<String>,
}

/// A record of a change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Change {
    pub(crate) id: String,
    pub(crate) device: String,
    #[schema(required)]
    pub(crate) device_name: Option<String>,
    /// Its first address, for a device without a name.
    #[schema(required)]
    pub(crate) device_address: Option<String>,
    pub(crate) at: String,
    pub(crate) actor: Actor,
    #[schema(value_type = String)]
    pub(crate) kind: &'static str,
    pub(crate) what: String,
    #[schema(required)]
    pub(crate) before: Option<String>,
    #[schema(required)]
    pub(crate) after: Option<String>,
    pub(crate) why: String,
    #[schema(required)]
    pub(crate) request: Option<String>,
    /// The window in which it was expected.
    #[schema(required)]
    pub(crate) expected_by: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangePage {
    pub(crate) items: Vec<Change>,
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LifecycleRequest {
    #[schema(min_items = 1, max_items = 500)]
    pub(crate) ids: Vec<String>,
    pub(crate) to: LifecycleWord,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) why: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LifecycleResult {
    pub(crate) done: Vec<String>,
    pub(crate) refused: Vec<Refused>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Refused {
    pub(crate) id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DevicePatch {
    /// By attribute; `null` takes a statement back.
    pub(crate) asserted: BTreeMap<String, Option<String>>,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) why: String,
}

/// What a zone is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ZoneKind {
    Vlan,
    Subnet,
    Outside,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Zone {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: ZoneKind,
    pub(crate) devices: u64,
    #[schema(value_type = BTreeMap<String, u64>)]
    pub(crate) by_class: BTreeMap<&'static str, u64>,
}

/// What goes from one zone to another; both ways are one conduit of who opened it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Conduit {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) flows: u64,
    pub(crate) bytes: u64,
    /// Of the bytes.
    pub(crate) encrypted_share: f64,
    /// Conversations.
    pub(crate) cleartext_clinical: u64,
    #[schema(value_type = Vec<String>)]
    pub(crate) protocols: Vec<&'static str>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct NetworkMap {
    pub(crate) zones: Vec<Zone>,
    pub(crate) conduits: Vec<Conduit>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeviceCounts {
    pub(crate) total: u64,
    pub(crate) external: u64,
    /// Of unknown type.
    pub(crate) unknown: u64,
    #[schema(value_type = BTreeMap<String, u64>)]
    pub(crate) by_lifecycle: BTreeMap<&'static str, u64>,
    #[schema(value_type = BTreeMap<String, u64>)]
    pub(crate) by_class: BTreeMap<&'static str, u64>,
    #[schema(value_type = BTreeMap<String, u64>)]
    pub(crate) by_type: BTreeMap<&'static str, u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ConversationCounts {
    pub(crate) encrypted: u64,
    pub(crate) clear: u64,
    /// Of unknown protocol.
    pub(crate) unknown: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ProtocolCount {
    #[schema(value_type = String)]
    pub(crate) name: &'static str,
    pub(crate) flows: u64,
    pub(crate) packets: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WeaknessCount {
    #[schema(value_type = String)]
    pub(crate) weakness: &'static str,
    pub(crate) devices: u64,
}

/// The whole at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Summary {
    pub(crate) devices: DeviceCounts,
    /// At most 25, the latest first.
    pub(crate) new_since_last_visit: Vec<DeviceRow>,
    pub(crate) awaiting_approval: u64,
    pub(crate) cleartext_clinical_conversations: u64,
    pub(crate) conversations: ConversationCounts,
    pub(crate) protocols: Vec<ProtocolCount>,
    pub(crate) weaknesses: Vec<WeaknessCount>,
    pub(crate) sensors: Vec<Sensor>,
    pub(crate) as_of: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct About {
    #[schema(value_type = String)]
    pub(crate) version: &'static str,
    #[schema(value_type = String)]
    pub(crate) store: &'static str,
    #[schema(value_type = String)]
    pub(crate) licence: &'static str,
    /// Where the hub listens for sensors on other machines, if it does.
    #[schema(required)]
    pub(crate) sensor_port: Option<u16>,
}
