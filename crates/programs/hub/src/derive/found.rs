//! The pure part: evidence to devices as they are put into the store.

use std::collections::{BTreeMap, HashMap, HashSet};

use identify::{Adjustments, Ends, Inventory, Knowledge, Seen, Survey};
use model::{
    ClinicalClass, Conversation, DeviceId, Endpoint, Identity, Lifecycle, Sighting, Weakness,
    WeaknessSighting, Zone,
};
use serde::{Deserialize, Serialize};
use store::{DeviceRow, EvidenceSet, Listing, StoredDevice};

use crate::api::view::{AttributeValue, Contradiction, Evidence, WeaknessDetail};
use crate::picture::{self, Picture};

/// What the class stands under in a document; it is always there.
const CLASS: &str = "clinical_class";

/// A device as it was found on the wire.
#[derive(Debug)]
pub(crate) struct Found {
    /// What it is known by, the strongest first.
    pub(crate) anchor: String,
    /// Weaker anchors that may have stood for it before it was known better.
    pub(crate) earlier_anchors: Vec<String>,
    /// Without what is read from the document and from what people state; [`super::said::Said::listed`] adds it.
    pub(crate) listing: Listing,
    pub(crate) document: Document,
    pub(crate) stations: Vec<Endpoint>,
}

/// Everything that is derived about a device, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) attributes: BTreeMap<String, Vec<AttributeValue>>,
    pub(crate) contradictions: Vec<Contradiction>,
    pub(crate) weaknesses: Vec<WeaknessDetail>,
    pub(crate) randomised_mac: bool,
}

impl Document {
    /// As the store keeps it.
    ///
    /// # Errors
    /// When it is not what was kept.
    pub(crate) fn read(device: &StoredDevice) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&device.identity)
    }

    /// The best value of an attribute.
    pub(crate) fn best(&self, attribute: &str) -> Option<&str> {
        let best = self.attributes.get(attribute)?.first()?;
        Some(best.value.as_str())
    }

    /// What it calls itself.
    pub(crate) fn name(&self) -> Option<&str> {
        self.best("hostname").or_else(|| self.best("ae_title"))
    }

    /// What it means for a patient, as far as that is derived.
    pub(crate) fn class(&self) -> ClinicalClass {
        self.best(CLASS).and_then(|word| word.parse().ok()).unwrap_or(ClinicalClass::Unknown)
    }
}

impl Found {
    /// As lists will show it; `before` is what they show now.
    pub(crate) fn row(&self, id: &DeviceId, before: Option<&DeviceRow>) -> DeviceRow {
        let fresh = || DeviceRow {
            id: id.clone(),
            listing: self.listing.clone(),
            lifecycle: Lifecycle::default(),
            quarantined: false,
            version: 1,
            part_of: None,
            labels: Vec::new(),
        };
        before.map_or_else(fresh, |row| DeviceRow { listing: self.listing.clone(), ..row.clone() })
    }
}

/// What is known beside the evidence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Knowing<'a> {
    pub(crate) knowledge: &'a Knowledge,
    /// What people say about which addresses are one device.
    pub(crate) adjustments: &'a Adjustments,
    /// The only sensor there is.
    pub(crate) sensor: Option<&'a str>,
}

/// The devices that the evidence shows, made one by one: with their documents, those of many devices are large.
pub(crate) struct Findings {
    devices: std::iter::Zip<std::vec::IntoIter<Identity>, std::vec::IntoIter<Held>>,
    /// The anchors of all of them.
    present: HashSet<String>,
    sensor: Option<String>,
}

/// What is known of a device beside its identity.
struct Held {
    place: Zone,
    stations: Vec<Endpoint>,
    weaknesses: Vec<WeaknessSighting>,
}

/// Devices, and what they make as a whole.
pub(crate) fn find(
    evidence: EvidenceSet,
    conversations: Vec<Conversation>,
    Knowing { knowledge, adjustments, sensor }: Knowing<'_>,
) -> (Findings, Picture) {
    let seen = Seen {
        sightings: &evidence.sightings,
        claims: &evidence.claims,
        observations: &evidence.observations,
    };
    let survey = Survey::adjusted(seen, adjustments);
    let ends: Vec<Ends> = conversations
        .iter()
        .map(|held| survey.ends(held.key.originator, held.key.responder, held.first_seen))
        .collect();
    let talks = conversations.iter().zip(&ends);
    let used = talks.flat_map(|(held, ends)| held.usages().map(|usage| ends.used(usage)));
    let inventory = survey.identify(used, knowledge);
    let EvidenceSet { sightings, claims, observations, weaknesses } = evidence;
    drop((claims, observations));
    let places = picture::places(&inventory.devices, &sightings, &inventory);
    let picture = Picture::of(&places, &conversations, &ends);
    drop((conversations, ends));
    (Findings::new(inventory, places, (&sightings, &weaknesses), sensor), picture)
}

impl Findings {
    fn new(
        inventory: Inventory,
        places: Vec<Zone>,
        (sightings, weaknesses): (&[Sighting], &[WeaknessSighting]),
        sensor: Option<&str>,
    ) -> Self {
        let mut stations: HashMap<&str, Vec<Endpoint>> = HashMap::new();
        for sighting in sightings {
            if let Some(device) = inventory.device_of(sighting.endpoint, sighting.last_seen) {
                stations.entry(device.id.as_str()).or_default().push(sighting.endpoint);
            }
        }
        let mut weaknesses = inventory.weaknesses(weaknesses);
        let held = |(device, place): (&Identity, Zone)| Held {
            place,
            stations: stations.remove(device.id.as_str()).unwrap_or_default(),
            weaknesses: weaknesses.remove(device.id.as_str()).unwrap_or_default(),
        };
        let held: Vec<Held> = inventory.devices.iter().zip(places).map(held).collect();
        let present = inventory.devices.iter().map(|device| anchors(device).0).collect();
        let devices = inventory.devices.into_iter().zip(held);
        Self { devices, present, sensor: sensor.map(str::to_owned) }
    }

    /// Whether an anchor is that of one of the devices.
    pub(crate) fn has(&self, anchor: &str) -> bool {
        self.present.contains(anchor)
    }
}

impl Iterator for Findings {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        let (device, Held { place, stations, weaknesses }) = self.devices.next()?;
        let (anchor, earlier_anchors) = anchors(&device);
        let kinds = weaknesses.iter().map(|sighting| sighting.weakness).collect();
        let document = document(&device, &weaknesses, self.sensor.as_deref());
        let listing = listing(device, place, kinds);
        Some(Found { anchor, earlier_anchors, listing, document, stations })
    }
}

/// A link-layer address stands for the device; without one, its network address does.
fn anchors(device: &Identity) -> (String, Vec<String>) {
    let ips: Vec<String> = device.ips.iter().map(|ip| format!("ip:{ip}")).collect();
    match device.macs.first() {
        Some(mac) => (format!("mac:{mac}"), ips),
        None => (ips.into_iter().next().unwrap_or_else(|| format!("name:{}", device.id)), Vec::new()),
    }
}

/// Without what is read from the document and from what people state.
fn listing(device: Identity, zone: Zone, weaknesses: Vec<Weakness>) -> Listing {
    Listing {
        name: None,
        manufacturer: None,
        model: None,
        device_type: None,
        clinical_class: ClinicalClass::Unknown,
        os: None,
        serial: None,
        location: None,
        zone: Some(zone),
        ips: device.ips,
        macs: device.macs,
        weaknesses,
        external: device.external,
        first_seen: device.first_seen,
        last_seen: device.last_seen,
    }
}

fn document(device: &Identity, weaknesses: &[WeaknessSighting], sensor: Option<&str>) -> Document {
    let mut attributes: BTreeMap<String, Vec<AttributeValue>> = device
        .attributes
        .iter()
        .map(|(name, values)| (name.name().to_owned(), values.iter().map(|v| value(v, sensor)).collect()))
        .collect();
    let class = &device.clinical_class;
    let class = AttributeValue {
        value: class.value.name().to_owned(),
        confidence: class.confidence.get(),
        evidence: class.evidence.iter().map(|reason| self::evidence(reason, sensor)).collect(),
    };
    attributes.insert(CLASS.to_owned(), vec![class]);
    let contradictions = device.contradictions.iter().map(|(name, one, other)| Contradiction {
        attribute: name.name().to_owned(),
        values: vec![one.clone(), other.clone()],
    });
    let weakness = |seen: &WeaknessSighting| WeaknessDetail {
        weakness: seen.weakness.name().to_owned(),
        frame: seen.frame,
        field: seen.field.shown().to_owned(),
        count: seen.count,
    };
    Document {
        attributes,
        contradictions: contradictions.collect(),
        weaknesses: weaknesses.iter().map(weakness).collect(),
        randomised_mac: device.randomised_mac,
    }
}

fn value(value: &model::Attribute<String>, sensor: Option<&str>) -> AttributeValue {
    AttributeValue {
        value: value.value.clone(),
        confidence: value.confidence.get(),
        evidence: value.evidence.iter().map(|reason| evidence(reason, sensor)).collect(),
    }
}

fn evidence(reason: &model::Evidence, sensor: Option<&str>) -> Evidence {
    Evidence {
        frame: reason.frame,
        field: reason.field.shown().to_owned(),
        seen: reason.seen.to_string(),
        rule: reason.rule.to_string(),
        weight: reason.weight.get(),
        sensor: sensor.map(str::to_owned),
    }
}
