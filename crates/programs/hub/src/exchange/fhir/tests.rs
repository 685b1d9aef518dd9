//! The definition of R4 as a table of our own, and resources against it.

use std::collections::BTreeMap;

use model::{Actor, ClinicalClass, DeviceId, StatementSource, Timestamp};
use store::{Asserted, DeviceRow, Listing};

use super::*;
use crate::api::view::{AttributeValue, Evidence};

/// An element: path, least, most (0 is any number), type, codes where the binding is required.
type Element = (&'static str, usize, usize, &'static str, &'static [&'static str]);

/// HL7 FHIR 4.0.1, section 8.11.3 "Resource Device - Content" (only what is used), and of the data types section 2.24:
/// Identifier, CodeableConcept, Coding, Reference.
const DEVICE: &[Element] = &[
    ("Device.resourceType", 1, 1, "code", &["Device"]),
    ("Device.id", 0, 1, "id", &[]),
    ("Device.identifier", 0, 0, "Identifier", &[]),
    ("Device.udiCarrier", 0, 0, "Element", &[]),
    ("Device.udiCarrier.deviceIdentifier", 0, 1, "string", &[]),
    ("Device.udiCarrier.issuer", 0, 1, "uri", &[]),
    ("Device.udiCarrier.carrierHRF", 0, 1, "string", &[]),
    (
        "Device.udiCarrier.entryType",
        0,
        1,
        "code",
        &["barcode", "rfid", "manual", "card", "self-reported", "unknown"],
    ),
    ("Device.status", 0, 1, "code", &["active", "inactive", "entered-in-error", "unknown"]),
    ("Device.manufacturer", 0, 1, "string", &[]),
    ("Device.serialNumber", 0, 1, "string", &[]),
    ("Device.deviceName", 0, 0, "Element", &[]),
    ("Device.deviceName.name", 1, 1, "string", &[]),
    (
        "Device.deviceName.type",
        1,
        1,
        "code",
        &[
            "udi-label-name",
            "user-friendly-name",
            "patient-reported-name",
            "manufacturer-name",
            "model-name",
            "other",
        ],
    ),
    ("Device.modelNumber", 0, 1, "string", &[]),
    ("Device.type", 0, 1, "CodeableConcept", &[]),
    ("Device.version", 0, 0, "Element", &[]),
    ("Device.version.type", 0, 1, "CodeableConcept", &[]),
    ("Device.version.value", 1, 1, "string", &[]),
    ("Device.property", 0, 0, "Element", &[]),
    ("Device.property.type", 1, 1, "CodeableConcept", &[]),
    ("Device.property.valueCode", 0, 0, "CodeableConcept", &[]),
    ("Device.owner", 0, 1, "Reference", &[]),
    ("Device.location", 0, 1, "Reference", &[]),
    ("Identifier.type", 0, 1, "CodeableConcept", &[]),
    ("Identifier.system", 0, 1, "uri", &[]),
    ("Identifier.value", 0, 1, "string", &[]),
    ("CodeableConcept.coding", 0, 0, "Coding", &[]),
    ("CodeableConcept.text", 0, 1, "string", &[]),
    ("Coding.system", 0, 1, "uri", &[]),
    ("Coding.code", 0, 1, "code", &[]),
    ("Coding.display", 0, 1, "string", &[]),
    ("Reference.display", 0, 1, "string", &[]),
    // Section 2.36.4 "Resource Bundle - Content".
    ("Bundle.resourceType", 1, 1, "code", &["Bundle"]),
    (
        "Bundle.type",
        1,
        1,
        "code",
        &[
            "document",
            "message",
            "transaction",
            "transaction-response",
            "batch",
            "batch-response",
            "history",
            "searchset",
            "collection",
        ],
    ),
    ("Bundle.link", 0, 0, "Element", &[]),
    ("Bundle.link.relation", 1, 1, "string", &[]),
    ("Bundle.link.url", 1, 1, "uri", &[]),
    ("Bundle.entry", 0, 0, "Element", &[]),
    ("Bundle.entry.fullUrl", 0, 1, "uri", &[]),
    ("Bundle.entry.resource", 0, 1, "Device", &[]),
];

/// What is wrong with a value at a path of the definition.
fn faults(path: &str, value: &Value) -> Vec<String> {
    let Some(object) = value.as_object() else { return vec![format!("{path} is no object")] };
    let mut faults = Vec::new();
    // ele-1: an element has a value or children.
    if object.is_empty() {
        faults.push(format!("{path} is empty"));
    }
    for name in object.keys() {
        if !DEVICE.iter().any(|(known, ..)| *known == format!("{path}.{name}")) {
            faults.push(format!("{path}.{name} is not in the definition"));
        }
    }
    let of_it = |(known, ..): &&Element| known.rsplit_once('.').is_some_and(|(parent, _)| parent == path);
    for (known, least, most, kind, codes) in DEVICE.iter().filter(of_it) {
        let name = known.rsplit_once('.').expect("a path").1;
        let values: Vec<&Value> = match object.get(name) {
            None => Vec::new(),
            Some(Value::Array(all)) if *most == 0 && !all.is_empty() => all.iter().collect(),
            Some(Value::Array(_)) => {
                faults.push(format!("{known} is a list that it must not be"));
                Vec::new()
            }
            Some(_) if *most == 0 => {
                faults.push(format!("{known} is no list"));
                Vec::new()
            }
            Some(one) => vec![one],
        };
        if values.len() < *least {
            faults.push(format!("{known} is missing"));
        }
        for value in values {
            match *kind {
                "Element" => faults.extend(self::faults(known, value)),
                "Identifier" | "CodeableConcept" | "Coding" | "Reference" | "Device" => {
                    faults.extend(self::faults(kind, value));
                }
                primitive => faults.extend(primitive_fault(known, primitive, value, codes)),
            }
        }
    }
    faults
}

/// Section 2.24.0.1 "Primitive Types": their regular expressions, in words.
fn primitive_fault(path: &str, kind: &str, value: &Value, codes: &[&str]) -> Option<String> {
    let Some(text) = value.as_str() else { return Some(format!("{path} is no text")) };
    let is_right = match kind {
        "id" => {
            (1..=64).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
        }
        "uri" => !text.is_empty() && !text.contains(char::is_whitespace),
        "code" => !text.is_empty() && text.trim() == text && !text.contains("  "),
        _ => !text.trim().is_empty(),
    };
    let is_code = codes.is_empty() || codes.contains(&text);
    (!is_right || !is_code).then(|| format!("{path}: `{text}` is no {kind} of its binding"))
}

fn stored(id: &str, asserted: &[(&str, &str)]) -> StoredDevice {
    let at = Timestamp::from_nanos(1);
    let listing = Listing {
        name: Some("ct-7".to_owned()),
        manufacturer: None,
        model: None,
        device_type: None,
        clinical_class: ClinicalClass::Unknown,
        os: None,
        serial: None,
        location: None,
        zone: None,
        ips: Vec::new(),
        macs: vec!["00:09:fb:00:00:01".parse().expect("a MAC")],
        weaknesses: Vec::new(),
        external: false,
        first_seen: at,
        last_seen: at,
    };
    let say = |(attribute, value): &(&str, &str)| Asserted {
        attribute: (*attribute).to_owned(),
        value: (*value).to_owned(),
        source: StatementSource::Person,
        actor: Actor::System,
        at,
        why: String::new(),
    };
    let id: DeviceId = id.parse().expect("an id");
    StoredDevice {
        row: DeviceRow {
            id,
            listing,
            lifecycle: Lifecycle::Discovered,
            quarantined: false,
            version: 1,
            part_of: None,
            labels: Vec::new(),
        },
        identity: String::new(),
        anchors: Vec::new(),
        stations: Vec::new(),
        parts: Vec::new(),
        asserted: asserted.iter().map(say).collect(),
        patient: None,
    }
}

fn derived(values: &[(&str, &str)]) -> Document {
    let mut attributes: BTreeMap<String, Vec<AttributeValue>> = BTreeMap::new();
    for (name, value) in values {
        let evidence: Vec<Evidence> = Vec::new();
        let value = AttributeValue { value: (*value).to_owned(), confidence: 0.9, evidence };
        attributes.entry((*name).to_owned()).or_default().push(value);
    }
    Document { attributes, ..Document::default() }
}

const FULL: &[(&str, &str)] = &[
    ("manufacturer", "Aperture"),
    ("model", "Portal 2"),
    ("device_type", "ct_scanner"),
    ("serial", "SN 1"),
    ("udi", "(01)00844588003288(17)141120"),
    ("hostname", "ct-7"),
    ("hostname", "ct-7.example"),
    ("ae_title", "CT_7"),
    ("firmware_version", "2.1"),
    ("software_version", "1.0"),
    ("software_version", "  "),
    ("location", "room 9"),
    ("clinical_class", "diagnostic"),
];

#[test]
fn a_device_keeps_to_the_definition_however_much_is_known() {
    for values in [&FULL[..0], &FULL[..1], &FULL[1..4], FULL] {
        let resource = device(&stored("dev_0190a0b0-0000-7000-8000-000000000001", &[]), &derived(values));
        assert_eq!(faults("Device", &resource), [""; 0], "{resource}");
    }
}

#[test]
fn what_is_stated_counts_before_what_is_derived() {
    let said =
        [("serial", "SN 2"), ("name", "CT of room 9"), ("udi", "custom"), ("clinical_owner", "radiology")];
    let resource = device(&stored("dev_0190a0b0-0000-7000-8000-000000000001", &said), &derived(FULL));
    assert_eq!(faults("Device", &resource), [""; 0]);
    assert_eq!(resource["serialNumber"], "SN 2");
    assert_eq!(resource["identifier"][1]["value"], "SN 2");
    assert_eq!(resource["deviceName"][0], json!({ "name": "CT of room 9", "type": "user-friendly-name" }));
    assert_eq!(resource["udiCarrier"], json!([{ "carrierHRF": "custom", "entryType": "manual" }]));
    assert_eq!(resource["owner"], json!({ "display": "radiology" }));
    assert_eq!(resource["location"], json!({ "display": "room 9" }));
    assert_eq!(resource["id"], "dev-0190a0b0-0000-7000-8000-000000000001");
    let plain = device(&stored("dev_1", &[]), &derived(FULL));
    assert_eq!(plain["udiCarrier"][0]["deviceIdentifier"], "00844588003288");
    assert_eq!(plain["udiCarrier"][0]["issuer"], GS1);
}

#[test]
fn unknown_is_left_out_and_what_nobody_approved_is_of_unknown_status() {
    let resource = device(&stored("dev_1", &[("clinical_class", "unknown")]), &Document::default());
    for name in ["manufacturer", "serialNumber", "modelNumber", "type", "property", "udiCarrier", "location"]
    {
        assert_eq!(resource[name], Value::Null, "{name}");
    }
    assert_eq!(resource["status"], "unknown");
    let codes: Vec<&str> = Lifecycle::ALL.iter().map(|state| status(*state)).collect();
    assert_eq!(codes, ["unknown", "active", "active", "inactive", "inactive"]);
}

#[test]
fn a_bundle_keeps_to_the_definition_and_its_invariants() {
    let one = "dev_0190a0b0-0000-7000-8000-000000000001";
    let entry = |id: &str| (device(&stored(id, &[]), &derived(FULL)), full_url(id));
    let next = Some("/api/v1/devices/fhir?cursor=61".to_owned());
    let bundle = bundle(vec![entry(one), entry("dev_2")], "/api/v1/devices/fhir", next);
    assert_eq!(faults("Bundle", &bundle), [""; 0], "{bundle}");
    // bdl-1 and bdl-2: a collection has neither a total nor scores; bdl-5: each entry has a resource.
    assert_eq!((&bundle["type"], &bundle["total"]), (&json!("collection"), &Value::Null));
    let entries = bundle["entry"].as_array().expect("entries");
    assert!(entries.iter().all(|entry| entry["resource"].is_object() && entry["search"].is_null()));
    // bdl-7: the full URLs differ; bdl-8: none is of a version.
    assert_eq!(entries[0]["fullUrl"], "urn:uuid:0190a0b0-0000-7000-8000-000000000001");
    assert_eq!(entries[1]["fullUrl"], "urn:bedrail:dev-2");
    assert_eq!(faults("Bundle", &super::bundle(Vec::new(), "/x", None)), [""; 0]);
}

#[test]
fn the_table_finds_what_is_wrong() {
    for wrong in [
        json!({ "resourceType": "Device", "status": "broken" }),
        json!({ "resourceType": "Device", "id": "dev_1" }),
        json!({ "resourceType": "Device", "deviceName": [{ "name": "x" }] }),
        json!({ "resourceType": "Device", "identifier": { "value": "x" } }),
        json!({ "resourceType": "Device", "manufacturer": " " }),
        json!({ "resourceType": "Device", "owner": {} }),
        json!({ "resourceType": "Device", "colour": "red" }),
        json!({ "status": "active" }),
    ] {
        assert_ne!(faults("Device", &wrong), [""; 0], "{wrong}");
    }
}
