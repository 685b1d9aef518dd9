//! A device as FHIR R4 `Device` (HL7 FHIR 4.0.1, "Resource Device - Content"). What is not known is left out, as FHIR
//! has it; a statement counts before what is derived. Places and owners are words here, so they are only displayed.

use model::Lifecycle;
use serde_json::{Map, Value, json};
use store::StoredDevice;

use crate::derive::Document;
use crate::statements::best;

/// Identifiers that are URNs (HL7 FHIR, "Identifier Systems").
const URI: &str = "urn:ietf:rfc:3986";
/// HL7 v2 table 0203, "Identifier Type".
const IDENTIFIER_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
/// Who issues device identifiers of GS1.
const GS1: &str = "http://hl7.org/fhir/NamingSystem/gs1-di";
/// Digits of a GTIN in a UDI of GS1, behind `(01)`.
const GTIN_DIGITS: usize = 14;

/// A device as it is stored, and what is derived about it.
struct Source<'s> {
    device: &'s StoredDevice,
    document: &'s Document,
}

/// The resource of a device.
pub(crate) fn device(device: &StoredDevice, document: &Document) -> Value {
    let source = Source { device, document };
    let mut resource = Map::new();
    let mut put = |name: &str, value: Value| {
        if !is_empty(&value) {
            resource.insert(name.to_owned(), value);
        }
    };
    put("resourceType", json!("Device"));
    put("id", json!(resource_id(device.row.id.as_str())));
    put("identifier", source.identifiers());
    put("udiCarrier", source.udi());
    put("status", json!(status(device.row.lifecycle)));
    put("manufacturer", json!(source.value("manufacturer")));
    put("serialNumber", json!(source.value("serial")));
    put("deviceName", source.names());
    put("modelNumber", json!(source.value("model")));
    put("type", source.value("device_type").map_or(Value::Null, |kind| json!({ "text": kind })));
    put("version", source.versions());
    put("property", source.properties());
    put("owner", source.value("clinical_owner").map_or(Value::Null, |owner| json!({ "display": owner })));
    put("location", source.value("location").map_or(Value::Null, |place| json!({ "display": place })));
    Value::Object(resource)
}

/// A collection of devices; `next` is where the rest is.
pub(crate) fn bundle(devices: Vec<(Value, String)>, own: &str, next: Option<String>) -> Value {
    let entries: Vec<Value> =
        devices.into_iter().map(|(resource, url)| json!({ "fullUrl": url, "resource": resource })).collect();
    let mut links = vec![json!({ "relation": "self", "url": own })];
    links.extend(next.map(|next| json!({ "relation": "next", "url": next })));
    let mut bundle = json!({ "resourceType": "Bundle", "type": "collection", "link": links });
    // An empty list is not written in FHIR.
    if !entries.is_empty()
        && let Some(bundle) = bundle.as_object_mut()
    {
        bundle.insert("entry".to_owned(), Value::Array(entries));
    }
    bundle
}

/// What names a device in a bundle, wherever it is.
pub(crate) fn full_url(id: &str) -> String {
    let uuid = id.split_once('_').map_or(id, |(_, uuid)| uuid);
    if is_uuid(uuid) { format!("urn:uuid:{uuid}") } else { format!("urn:bedrail:{}", resource_id(id)) }
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// FHIR's ids have no `_`.
fn resource_id(id: &str) -> String {
    id.replace('_', "-")
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.is_empty(),
        Value::String(text) => text.trim().is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

/// What nobody approved is not said to be in use.
const fn status(lifecycle: Lifecycle) -> &'static str {
    match lifecycle {
        Lifecycle::Discovered => "unknown",
        Lifecycle::Approved | Lifecycle::InService => "active",
        Lifecycle::OutOfService | Lifecycle::Retired => "inactive",
    }
}

impl Source<'_> {
    /// What counts: a statement, else the best of what is derived. Unknown is left out.
    fn value(&self, attribute: &str) -> Option<String> {
        let stated = best(&self.device.asserted, attribute).map(|said| said.value.clone());
        let derived = || self.all(attribute).into_iter().next();
        let value = stated.or_else(derived).map(|value| value.trim().to_owned());
        value.filter(|value| !value.is_empty() && value != "unknown")
    }

    fn all(&self, attribute: &str) -> Vec<String> {
        let values = self.document.attributes.get(attribute).map(Vec::as_slice).unwrap_or_default();
        values.iter().map(|value| value.value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
    }

    fn identifiers(&self) -> Value {
        let mut all = vec![json!({ "system": URI, "value": full_url(self.device.row.id.as_str()) })];
        if let Some(serial) = self.value("serial") {
            let kind = json!({ "coding": [{ "system": IDENTIFIER_TYPE, "code": "SNO", "display": "Serial Number" }] });
            all.push(json!({ "type": kind, "value": serial }));
        }
        let macs = self.device.row.listing.macs.iter();
        all.extend(macs.map(|mac| json!({ "type": { "text": "MAC address" }, "value": mac.to_string() })));
        Value::Array(all)
    }

    fn udi(&self) -> Value {
        let Some(udi) = self.value("udi") else { return Value::Null };
        let is_stated = best(&self.device.asserted, "udi").is_some();
        let mut carrier =
            json!({ "carrierHRF": udi, "entryType": if is_stated { "manual" } else { "self-reported" } });
        let gtin = udi.strip_prefix("(01)").and_then(|rest| rest.get(..GTIN_DIGITS));
        let gtin = gtin.filter(|gtin| gtin.bytes().all(|digit| digit.is_ascii_digit()));
        if let (Some(gtin), Some(carrier)) = (gtin, carrier.as_object_mut()) {
            carrier.insert("deviceIdentifier".to_owned(), json!(gtin));
            carrier.insert("issuer".to_owned(), json!(GS1));
        }
        json!([carrier])
    }

    fn names(&self) -> Value {
        let name = |name: &String, kind: &str| json!({ "name": name, "type": kind });
        let stated = best(&self.device.asserted, "name").map(|said| name(&said.value, "user-friendly-name"));
        let model = self.value("model").map(|model| name(&model, "model-name"));
        let hosts = self.all("hostname");
        let titles = self.all("ae_title");
        let others = hosts.iter().chain(&titles).map(|other| name(other, "other"));
        stated.into_iter().chain(model).chain(others).collect()
    }

    fn versions(&self) -> Value {
        let version = |kind: &str, value: &String| json!({ "type": { "text": kind }, "value": value });
        let single = [("firmware", "firmware_version"), ("operating system", "os_version")];
        let single = single.into_iter().filter_map(|(kind, name)| Some(version(kind, &self.value(name)?)));
        let software = self.all("software_version");
        single.chain(software.iter().map(|value| version("software", value))).collect()
    }

    fn properties(&self) -> Value {
        let names = ["clinical_class", "network_loss_effect", "reaction_time", "maintenance_window"];
        let property = |name: &str| {
            let value = self.value(name)?;
            Some(json!({ "type": { "text": name }, "valueCode": [{ "text": value }] }))
        };
        names.into_iter().filter_map(property).collect()
    }
}

#[cfg(test)]
mod tests;
