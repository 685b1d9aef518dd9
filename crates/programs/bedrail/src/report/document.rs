//! The document that `bedrail inspect --json` prints: its shape is `docs/schema/inspect.schema.json`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use flow::CommunityId;
use model::{Attribute, AttributeName, Endpoint, Evidence, Identity, MacAddr, Timestamp, WeaknessSighting};
use rayon::prelude::*;
use serde::{Serialize, Serializer};

use crate::filter::Filter;
use crate::inspection::{Held, Inspection, is_cleartext_clinical};

/// Version of the document's shape; it changes when a field changes its meaning or goes.
pub(crate) const VERSION: u32 = 1;

/// Everything that an inspection found; [`super::json`] writes it.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    /// [`VERSION`].
    pub(crate) schema_version: u32,
    /// Name and version of the program.
    pub(crate) generator: String,
    /// Files or interface that were read.
    pub(crate) inputs: &'a [String],
    /// Devices, by id.
    pub(crate) devices: Vec<Device<'a>>,
    /// Who talked with whom, by first frame.
    pub(crate) conversations: Conversations<'a>,
    /// Figures.
    pub(crate) summary: Summary,
    /// Where every frame went.
    pub(crate) counters: Counters<'a>,
}

/// A device.
#[derive(Debug, Serialize)]
pub(crate) struct Device<'a> {
    /// Stable within one run.
    pub(crate) id: &'a str,
    /// Link-layer addresses.
    pub(crate) macs: Vec<String>,
    /// Network addresses.
    pub(crate) ips: Vec<String>,
    /// Host names.
    pub(crate) hostnames: Vec<Value<'a>>,
    /// Maker.
    pub(crate) manufacturer: Option<Value<'a>>,
    /// Model.
    pub(crate) model: Option<Value<'a>>,
    /// Kind of device.
    pub(crate) device_type: Option<Value<'a>>,
    /// Operating system.
    pub(crate) os: Option<Value<'a>>,
    /// Operating system version.
    pub(crate) os_version: Option<Value<'a>>,
    /// Software.
    pub(crate) software_versions: Vec<Value<'a>>,
    /// Firmware.
    pub(crate) firmware_version: Option<Value<'a>>,
    /// Serial number.
    pub(crate) serial: Option<Value<'a>>,
    /// Unique device identifier.
    pub(crate) udi: Option<Value<'a>>,
    /// Roles in protocols.
    pub(crate) roles: Vec<Value<'a>>,
    /// AE titles.
    pub(crate) ae_titles: Vec<Value<'a>>,
    /// HL7 applications.
    pub hl7_applications: Vec<Value<'a>>,
    /// Services offered.
    pub(crate) services_offered: Vec<Value<'a>>,
    /// Services used.
    pub(crate) services_used: Vec<Value<'a>>,
    /// Location.
    pub(crate) location: Option<Value<'a>>,
    /// Institution.
    pub(crate) institution: Option<Value<'a>>,
    /// Clinical class.
    pub(crate) clinical_class: Value<'a>,
    /// Whether it is outside the networks on the wire.
    pub(crate) external: bool,
    /// Whether all its MAC addresses are made by software or randomised.
    pub(crate) randomised_mac: bool,
    /// Values that exclude each other.
    pub(crate) contradictions: Vec<Contradiction<'a>>,
    /// Weaknesses it showed.
    pub(crate) weaknesses: Vec<Weakness>,
    /// First frame.
    pub(crate) first_frame: u64,
    /// Time of the first frame.
    pub(crate) first_seen: String,
    /// Time of the last frame.
    pub(crate) last_seen: String,
}

/// A derived value.
#[derive(Debug, Serialize)]
pub(crate) struct Value<'a> {
    /// The value.
    pub(crate) value: &'a str,
    /// 0 to 1, two digits.
    pub(crate) confidence: f64,
    /// Why.
    pub(crate) evidence: Vec<Reason<'a>>,
}

/// One reason.
#[derive(Debug, Serialize)]
pub(crate) struct Reason<'a> {
    /// Frame, counted from 1.
    pub(crate) frame: u64,
    /// Protocol field.
    pub(crate) field: &'a str,
    /// What it said.
    pub(crate) seen: &'a str,
    /// Rule that read it.
    pub(crate) rule: &'a str,
    /// What it is worth alone.
    pub(crate) weight: f64,
}

/// Two values that exclude each other.
#[derive(Debug, Serialize)]
pub(crate) struct Contradiction<'a> {
    /// Attribute.
    pub(crate) attribute: &'static str,
    /// Both values, the better one first.
    pub(crate) values: [&'a str; 2],
}

/// A weakness of a device.
#[derive(Debug, Serialize)]
pub(crate) struct Weakness {
    /// Name.
    pub(crate) weakness: &'static str,
    /// First frame that shows it.
    pub(crate) frame: u64,
    /// Field that shows it.
    pub(crate) field: &'static str,
    /// How often.
    pub(crate) count: u64,
}

/// The conversations that are shown, each put into words when it is asked for: there may be a million.
#[derive(Debug)]
pub(crate) struct Conversations<'a> {
    shown: Vec<Held<'a>>,
}

/// A conversation.
#[derive(Debug, Serialize)]
pub(crate) struct Conversation<'a> {
    /// Who opened it.
    pub(crate) originator: Party<'a>,
    /// Who was called.
    pub(crate) responder: Party<'a>,
    /// `tcp`, `udp` or the IP protocol number.
    pub(crate) transport: Cow<'static, str>,
    /// Port of the service.
    pub(crate) port: u16,
    /// Protocol by its bytes, `unknown` when none was recognized.
    pub(crate) protocol: &'static str,
    /// Flows.
    pub(crate) flows: u64,
    /// Packets from originator and from responder.
    pub(crate) packets: [u64; 2],
    /// Payload bytes from originator and from responder.
    pub(crate) bytes: [u64; 2],
    /// Whether it was encrypted.
    pub(crate) encrypted: bool,
    /// Whether readable patient data went by.
    pub(crate) patient_data: bool,
    /// Whether it is of a clinical protocol and a listener could read it.
    pub(crate) cleartext_clinical: bool,
    /// Weaknesses shown.
    pub(crate) weaknesses: Vec<&'static str>,
    /// Community ID of its first flow.
    #[serde(serialize_with = "text_if_any")]
    pub(crate) community_id: Option<CommunityId>,
    /// First frame.
    pub(crate) first_frame: u64,
    /// Time of the first frame.
    #[serde(serialize_with = "text")]
    pub(crate) first_seen: Timestamp,
    /// Time of the last frame.
    #[serde(serialize_with = "text")]
    pub(crate) last_seen: Timestamp,
}

/// One end of a conversation.
#[derive(Debug, Serialize)]
pub(crate) struct Party<'a> {
    /// Device, if the address is one's.
    pub(crate) device: Option<&'a str>,
    /// Network address.
    pub(crate) ip: Option<IpAddr>,
    /// Link-layer address in the frames.
    #[serde(serialize_with = "text_if_any")]
    pub(crate) mac: Option<MacAddr>,
}

/// Figures.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    /// Devices.
    pub(crate) devices: usize,
    /// Devices outside.
    pub(crate) external: usize,
    /// Devices by type; `unknown` among them.
    pub(crate) devices_by_type: BTreeMap<String, usize>,
    /// Flows and messages by protocol; `unknown` among them.
    pub(crate) protocols: BTreeMap<&'static str, ProtocolCount>,
    /// Conversations that carried patient data in the clear.
    pub(crate) cleartext_clinical_conversations: usize,
    /// Devices without manufacturer and type.
    pub(crate) unknown_devices: usize,
}

/// How much of a protocol was seen.
#[derive(Debug, Serialize)]
pub(crate) struct ProtocolCount {
    /// Flows.
    pub(crate) flows: u64,
    /// Messages of protocols that come whole.
    pub(crate) messages: u64,
}

/// Where every frame went: `received = processed + dropped`.
#[derive(Debug, Serialize)]
pub(crate) struct Counters<'a> {
    /// Frames read.
    pub(crate) received: u64,
    /// Frames processed.
    pub(crate) processed: u64,
    /// Frames that could not be processed.
    pub(crate) dropped: u64,
    /// The same by reason.
    pub(crate) dropped_by_reason: BTreeMap<&'static str, u64>,
    /// Frames lost before they were handed over: kernel and interface, live only.
    pub(crate) lost_before_capture: u64,
    /// Frames that the capture cut short.
    pub(crate) cut_short: u64,
    /// Frames in a tunnel or mirror encapsulation.
    pub(crate) tunnelled: u64,
    /// Flows.
    pub(crate) flows: u64,
    /// Flows of unknown protocol.
    pub(crate) unknown_flows: u64,
    /// Flows that made room for others.
    pub(crate) evicted_flows: u64,
    /// Datagrams put together from fragments.
    pub(crate) reassembled_datagrams: u64,
    /// Datagrams never complete.
    pub(crate) incomplete_datagrams: u64,
    /// Fragments that contradict each other.
    pub(crate) fragment_anomalies: u64,
    /// TCP flows in which a byte came twice with different values.
    pub(crate) tcp_conflicts: u64,
    /// Stream bytes that the tap lost.
    pub(crate) lost_bytes: u64,
    /// Frames of protocols below or beside TCP and UDP that are not read.
    pub(crate) not_read: &'a BTreeMap<String, u64>,
    /// Deviations by `protocol.name`.
    pub(crate) anomalies: BTreeMap<String, u64>,
    /// Limits reached.
    pub(crate) limits: &'a BTreeMap<&'static str, u64>,
    /// What was odd about the input files.
    pub(crate) input_notices: &'a [String],
}

impl<'a> Document<'a> {
    /// The document of an inspection, with the devices that pass `filter` and their conversations.
    #[must_use]
    pub(crate) fn new(inspection: &'a Inspection, filter: Option<&Filter>) -> Self {
        let weaknesses = inspection.weaknesses();
        let none = Vec::new();
        let shown: Vec<(&Identity, &Vec<WeaknessSighting>)> = inspection
            .inventory
            .devices
            .iter()
            .map(|device| (device, weaknesses.get(device.id.as_str()).unwrap_or(&none)))
            .filter(|(device, shown)| {
                let names: Vec<&str> = shown.iter().map(|sighting| sighting.weakness.name()).collect();
                filter.is_none_or(|filter| filter.passes(device, &names))
            })
            .collect();
        let only = filter.map(|_| shown.iter().map(|(device, _)| device.id.as_str()).collect());
        let conversations = Conversations::new(inspection, only.as_ref());
        let devices: Vec<Device<'a>> =
            shown.par_iter().map(|(device, weaknesses)| Device::new(device, weaknesses)).collect();
        Self {
            schema_version: VERSION,
            generator: format!("bedrail {}", env!("CARGO_PKG_VERSION")),
            inputs: &inspection.inputs,
            summary: Summary::new(&devices, &conversations, inspection),
            devices,
            conversations,
            counters: Counters::new(inspection),
        }
    }
}

impl<'a> Device<'a> {
    /// A device with its values.
    #[must_use]
    pub(crate) fn new(identity: &'a Identity, weaknesses: &[WeaknessSighting]) -> Self {
        let best = |name| identity.best(name).map(Value::new);
        let all = |name| identity.all(name).iter().map(Value::new).collect();
        Self {
            id: &identity.id,
            macs: identity.macs.iter().map(ToString::to_string).collect(),
            ips: identity.ips.iter().map(ToString::to_string).collect(),
            hostnames: all(AttributeName::Hostname),
            manufacturer: best(AttributeName::Manufacturer),
            model: best(AttributeName::Model),
            device_type: best(AttributeName::DeviceType),
            os: best(AttributeName::Os),
            os_version: best(AttributeName::OsVersion),
            software_versions: all(AttributeName::SoftwareVersion),
            firmware_version: best(AttributeName::FirmwareVersion),
            serial: best(AttributeName::Serial),
            udi: best(AttributeName::Udi),
            roles: all(AttributeName::Role),
            ae_titles: all(AttributeName::AeTitle),
            hl7_applications: all(AttributeName::Hl7Application),
            services_offered: all(AttributeName::ServiceOffered),
            services_used: all(AttributeName::ServiceUsed),
            location: best(AttributeName::Location),
            institution: best(AttributeName::Institution),
            clinical_class: Value {
                value: identity.clinical_class.value.name(),
                confidence: round(identity.clinical_class.confidence.get()),
                evidence: identity.clinical_class.evidence.iter().map(Reason::new).collect(),
            },
            external: identity.external,
            randomised_mac: identity.randomised_mac,
            contradictions: identity.contradictions.iter().map(Contradiction::new).collect(),
            weaknesses: weaknesses.iter().map(Weakness::new).collect(),
            first_frame: identity.first_frame,
            first_seen: identity.first_seen.to_string(),
            last_seen: identity.last_seen.to_string(),
        }
    }

    /// Every derived value under the name of its attribute.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'static str, &Value<'a>)> {
        let single = [
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("device_type", &self.device_type),
            ("os", &self.os),
            ("os_version", &self.os_version),
            ("firmware_version", &self.firmware_version),
            ("serial", &self.serial),
            ("udi", &self.udi),
            ("location", &self.location),
            ("institution", &self.institution),
        ];
        let many = [
            ("software_version", &self.software_versions),
            ("hostname", &self.hostnames),
            ("role", &self.roles),
            ("ae_title", &self.ae_titles),
            ("hl7_application", &self.hl7_applications),
            ("service_offered", &self.services_offered),
            ("service_used", &self.services_used),
        ];
        let single = single.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        single
            .chain(many.into_iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value))))
    }
}

impl Weakness {
    fn new(sighting: &WeaknessSighting) -> Self {
        Self {
            weakness: sighting.weakness.name(),
            frame: sighting.frame,
            field: sighting.field.shown(),
            count: sighting.count,
        }
    }
}

impl<'a> Value<'a> {
    /// A value with its evidence.
    pub(crate) fn new(attribute: &'a Attribute<String>) -> Self {
        Self {
            value: &attribute.value,
            confidence: round(attribute.confidence.get()),
            evidence: attribute.evidence.iter().map(Reason::new).collect(),
        }
    }
}

impl<'a> Reason<'a> {
    fn new(evidence: &'a Evidence) -> Self {
        Self {
            frame: evidence.frame,
            field: evidence.field.shown(),
            seen: &evidence.seen,
            rule: &evidence.rule,
            weight: round(evidence.weight.get()),
        }
    }
}

impl<'a> Contradiction<'a> {
    fn new((name, better, other): &'a (AttributeName, String, String)) -> Self {
        Self { attribute: name.name(), values: [better, other] }
    }
}

impl<'a> Conversations<'a> {
    /// All conversations, or those of the devices `only`, by first frame.
    fn new(inspection: &'a Inspection, only: Option<&BTreeSet<&str>>) -> Self {
        let is_wanted = |held: &Held<'_>| {
            let mut ends = [held.originator, held.responder].into_iter().flatten();
            only.is_none_or(|only| ends.any(|device| only.contains(device.id.as_str())))
        };
        Self { shown: inspection.conversations().filter(is_wanted).collect() }
    }

    /// Each in words, by first frame.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Conversation<'a>> + '_ {
        self.shown.iter().map(Conversation::new)
    }

    /// As they were counted.
    pub(crate) fn counted(&self) -> &[Held<'a>] {
        &self.shown
    }
}

/// A text that is made on the way out.
fn text<S: Serializer>(value: &impl Text, serializer: S) -> Result<S::Ok, S::Error> {
    value.text(|text| serializer.serialize_str(text))
}

fn text_if_any<S: Serializer>(value: &Option<impl Text>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => text(value, serializer),
        None => serializer.serialize_none(),
    }
}

/// What has a text that takes no memory of its own: a report prints millions of them.
trait Text {
    fn text<T>(&self, take: impl FnOnce(&str) -> T) -> T;
}

impl Text for Timestamp {
    fn text<T>(&self, take: impl FnOnce(&str) -> T) -> T {
        take(self.rfc3339().as_str())
    }
}

impl Text for MacAddr {
    fn text<T>(&self, take: impl FnOnce(&str) -> T) -> T {
        take(MacAddr::text(*self).as_str())
    }
}

impl Text for CommunityId {
    fn text<T>(&self, take: impl FnOnce(&str) -> T) -> T {
        take(self.as_str())
    }
}

impl<'a> Conversation<'a> {
    /// A conversation with the devices at its ends.
    #[must_use]
    pub(crate) fn new(held: &Held<'a>) -> Self {
        let conversation = held.conversation;
        let key = &conversation.key;
        Self {
            originator: Party::new(key.originator, held.originator),
            responder: Party::new(key.responder, held.responder),
            transport: transport_name(key.transport),
            port: key.port,
            protocol: key.protocol.unwrap_or("unknown"),
            flows: conversation.flows,
            packets: conversation.packets,
            bytes: conversation.bytes,
            encrypted: conversation.encrypted,
            patient_data: conversation.patient_data,
            cleartext_clinical: is_cleartext_clinical(conversation),
            weaknesses: conversation.weaknesses().map(model::Weakness::name).collect(),
            community_id: conversation.community_id(),
            first_frame: conversation.first_frame,
            first_seen: conversation.first_seen,
            last_seen: conversation.last_seen,
        }
    }
}

impl<'a> Party<'a> {
    fn new(endpoint: Endpoint, device: Option<&'a Identity>) -> Self {
        Self { device: device.map(|device| device.id.as_str()), ip: endpoint.ip, mac: endpoint.mac }
    }
}

impl Summary {
    /// The figures of what is shown.
    fn new(devices: &[Device<'_>], conversations: &Conversations<'_>, inspection: &Inspection) -> Self {
        let mut devices_by_type: BTreeMap<String, usize> = BTreeMap::new();
        for device in devices.iter().filter(|device| !device.external) {
            let kind = device.device_type.as_ref().map_or("unknown", |kind| kind.value);
            *devices_by_type.entry(kind.to_owned()).or_default() += 1;
        }
        let tally = &inspection.report.tally;
        let count =
            |tally: &flow::ProtocolTally| ProtocolCount { flows: tally.flows, messages: tally.messages };
        let mut protocols: BTreeMap<&'static str, ProtocolCount> =
            tally.protocols.iter().map(|(name, tally)| (*name, count(tally))).collect();
        if tally.unknown_flows > 0 {
            protocols.insert("unknown", ProtocolCount { flows: tally.unknown_flows, messages: 0 });
        }
        Self {
            devices: devices.len(),
            external: devices.iter().filter(|device| device.external).count(),
            devices_by_type,
            protocols,
            cleartext_clinical_conversations: conversations
                .counted()
                .iter()
                .filter(|held| is_cleartext_clinical(held.conversation))
                .count(),
            unknown_devices: devices
                .iter()
                .filter(|device| {
                    !device.external && device.manufacturer.is_none() && device.device_type.is_none()
                })
                .count(),
        }
    }
}

impl<'a> Counters<'a> {
    fn new(inspection: &'a Inspection) -> Self {
        let tally = &inspection.report.tally;
        Self {
            received: tally.received,
            processed: tally.processed,
            dropped: tally.dropped_total(),
            dropped_by_reason: tally.dropped.iter().map(|(reason, count)| (reason.name(), *count)).collect(),
            lost_before_capture: inspection.lost_before_capture,
            cut_short: tally.cut_short,
            tunnelled: tally.tunnelled,
            flows: tally.flows,
            unknown_flows: tally.unknown_flows,
            evicted_flows: tally.evicted_flows,
            reassembled_datagrams: tally.reassembled,
            incomplete_datagrams: tally.incomplete_datagrams,
            fragment_anomalies: tally.fragment_anomalies,
            tcp_conflicts: tally.tcp_conflicts,
            lost_bytes: tally.lost_bytes,
            not_read: &tally.not_read,
            anomalies: tally
                .anomalies
                .iter()
                .map(|(note, (count, _))| (format!("{}.{}", note.protocol, note.name), *count))
                .collect(),
            limits: &tally.limits,
            input_notices: &inspection.notices,
        }
    }
}

/// `tcp`, `udp`, `icmp`, ... or the number.
#[must_use]
pub(crate) fn transport_name(transport: flow::Transport) -> Cow<'static, str> {
    match transport.0 {
        1 => "icmp".into(),
        2 => "igmp".into(),
        6 => "tcp".into(),
        17 => "udp".into(),
        50 => "esp".into(),
        58 => "icmpv6".into(),
        89 => "ospf".into(),
        103 => "pim".into(),
        112 => "vrrp".into(),
        132 => "sctp".into(),
        number => number.to_string().into(),
    }
}

fn round(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}
