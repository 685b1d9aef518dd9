//! The devices on the page: a line each, everything about one on demand.
//!
//! Writing into a string cannot fail, so results of `write!` are dropped in this file.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::document::{Device, Document, Reason, Value};
use super::page::{ROWS_MAX, WARNING, escape, tags, truncated, words};
use super::table::class_rank;

/// Writes search, list and the addresses outside.
pub(super) fn write(document: &Document<'_>, html: &mut String) {
    let (outside, mut local): (Vec<&Device<'_>>, Vec<&Device<'_>>) =
        document.devices.iter().partition(|device| device.external);
    local.sort_by_key(|device| (class_rank(device.clinical_class.value), kind(device), name(device)));
    let _ = write!(html, "<h2 id=\"devices\" tabindex=\"-1\">Devices</h2>");
    search(&local, html);
    html.push_str(
        "<div class=\"columns soft\" aria-hidden=\"true\"><span>Device</span><span>Type and class</span><span>Maker and model</span><span>Weaknesses</span></div>",
    );
    for device in local {
        details(device, html);
    }
    if !outside.is_empty() {
        addresses_outside(&outside, html);
    }
}

/// What a device is called: by its name, else by an address.
pub(super) fn name(device: &Device<'_>) -> String {
    let own = device.hostnames.first().or(device.ae_titles.first()).map(|name| name.value.to_owned());
    own.or_else(|| device.ips.first().or(device.macs.first()).cloned()).unwrap_or_default()
}

fn kind<'d>(device: &Device<'d>) -> &'d str {
    device.device_type.as_ref().map_or("unknown", |kind| kind.value)
}

fn search(devices: &[&Device<'_>], html: &mut String) {
    let classes: BTreeSet<(usize, &str)> = devices
        .iter()
        .map(|device| (class_rank(device.clinical_class.value), device.clinical_class.value))
        .collect();
    let options: String = classes
        .iter()
        .map(|(_, class)| format!("<option value=\"{}\">{}</option>", escape(class), words(class)))
        .collect();
    let _ = write!(
        html,
        "<div class=\"search\"><div class=\"grow\"><label for=\"search\">Search in names, addresses, makers, types, weaknesses</label>\
         <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></div>\
         <div><label for=\"class\">Clinical class</label><select id=\"class\"><option value=\"\">all</option>{options}</select></div>\
         <div class=\"check\"><input id=\"weak\" type=\"checkbox\"><label for=\"weak\">with weaknesses only</label></div></div>\
         <p id=\"found\" class=\"soft\" aria-live=\"polite\">{0} of {0}</p>",
        devices.len()
    );
}

fn details(device: &Device<'_>, html: &mut String) {
    let weaknesses: Vec<&str> = device.weaknesses.iter().map(|weakness| weakness.weakness).collect();
    let name = name(device);
    let addresses: Vec<&str> = device
        .ips
        .iter()
        .chain(&device.macs)
        .map(String::as_str)
        .filter(|address| *address != name)
        .collect();
    let _ = write!(
        html,
        "<details class=\"device\" id=\"{}\" data-text=\"{}\" data-class=\"{}\" data-weak=\"{}\"><summary>\
         <span><b>{}</b><br><code>{}</code></span>\
         <span>{}{}<br><span class=\"soft\">{}</span></span>\
         <span>{}</span><span>{}{}</span></summary><div class=\"body\">",
        escape(device.id),
        escape(&searchable(device).to_lowercase()),
        escape(device.clinical_class.value),
        weaknesses.len(),
        escape(&name),
        escape(&shortened(&addresses)),
        words(kind(device)),
        sureness(device.device_type.as_ref()),
        class_words(device.clinical_class.value),
        make(device),
        tags(&weaknesses),
        if device.contradictions.is_empty() { "" } else { "<span class=\"tag\">contradictory</span>" },
    );
    facts(device, html);
    evidence(device, html);
    html.push_str("</div></details>");
}

/// The first addresses; the rest is in the body.
fn shortened(addresses: &[&str]) -> String {
    let shown = addresses.get(..addresses.len().min(ADDRESSES_SHOWN)).unwrap_or_default().join(" ");
    let rest = addresses.len().saturating_sub(ADDRESSES_SHOWN);
    if rest > 0 { format!("{shown} and {rest} more") } else { shown }
}

fn class_words(class: &str) -> String {
    match class {
        "unknown" => "class unknown".to_owned(),
        known => words(known),
    }
}

/// Confidence in a word and in per cent.
fn sureness(value: Option<&Value<'_>>) -> String {
    value.map_or(String::new(), |value| {
        format!(" <span class=\"soft\">{:.0}&nbsp;%</span>", value.confidence * 100.0)
    })
}

fn make(device: &Device<'_>) -> String {
    let maker = match (&device.manufacturer, &device.model) {
        (Some(maker), Some(model)) if model.value.to_lowercase().starts_with(&maker.value.to_lowercase()) => {
            model.value.to_owned()
        }
        (Some(maker), Some(model)) => format!("{} {}", maker.value, model.value),
        (Some(one), None) | (None, Some(one)) => one.value.to_owned(),
        (None, None) => "unknown".to_owned(),
    };
    let version = device.firmware_version.as_ref().or(device.software_versions.first());
    let version = version.map_or(String::new(), |version| {
        format!("<br><span class=\"soft\">{}</span>", escape(version.value))
    });
    format!("{}{}{version}", escape(&maker), sureness(device.manufacturer.as_ref()))
}

/// Everything the search looks at: names of vocabularies both as they are and in plain words.
fn searchable(device: &Device<'_>) -> String {
    let mut texts: Vec<&str> = vec![device.id, kind(device), device.clinical_class.value];
    texts.extend(device.ips.iter().chain(&device.macs).map(String::as_str));
    texts.extend(device.attributes().map(|(_, value)| value.value));
    texts.extend(device.weaknesses.iter().map(|weakness| weakness.weakness));
    let mut text = texts.join(" ");
    let plain: Vec<String> =
        texts.iter().filter(|text| text.contains('_')).map(|text| text.replace('_', " ")).collect();
    if !plain.is_empty() {
        text.push(' ');
        text.push_str(&plain.join(" "));
    }
    text
}

fn facts(device: &Device<'_>, html: &mut String) {
    let mut addresses = device.ips.clone();
    addresses.extend(device.macs.iter().cloned());
    let randomised = if device.randomised_mac { " (made by software or randomised)" } else { "" };
    let _ = write!(
        html,
        "<dl class=\"facts\"><dt>Id</dt><dd><code>{}</code></dd><dt>Addresses</dt><dd><code>{}</code>{randomised}</dd>\
         <dt>Seen</dt><dd>from frame {} on, {} to {}</dd></dl>",
        escape(device.id),
        escape(&addresses.join(" ")),
        device.first_frame,
        escape(&device.first_seen),
        escape(&device.last_seen)
    );
}

fn evidence(device: &Device<'_>, html: &mut String) {
    html.push_str("<table class=\"evidence\"><thead><tr><th>Attribute</th><th>Value</th><th>Sure</th><th>Because</th></tr></thead><tbody>");
    for (name, value) in device.attributes() {
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{:.0}&nbsp;%</td><td><ul>{}</ul></td></tr>",
            words(name),
            escape(value.value),
            value.confidence * 100.0,
            value.evidence.iter().map(reason).collect::<String>()
        );
    }
    for weakness in &device.weaknesses {
        let times = if weakness.count == 1 { "once".to_owned() } else { format!("{} times", weakness.count) };
        let _ = write!(
            html,
            "<tr><td>weakness</td><td>{}</td><td></td><td><ul><li>frame {}: <code>{}</code> <span class=\"soft\">({times})</span></li></ul></td></tr>",
            words(weakness.weakness),
            weakness.frame,
            escape(weakness.field),
        );
    }
    html.push_str("</tbody></table>");
    for contradiction in &device.contradictions {
        let [better, other] = contradiction.values;
        let _ = write!(
            html,
            "<p><span class=\"tag bad\">{WARNING}contradiction</span> {}: “{}” against “{}”</p>",
            words(contradiction.attribute),
            escape(better),
            escape(other)
        );
    }
}

fn reason(reason: &Reason<'_>) -> String {
    format!(
        "<li>frame {}: <code>{}</code> = “{}” <span class=\"soft\">(rule {}, {:.2})</span></li>",
        reason.frame,
        escape(reason.field),
        escape(reason.seen),
        escape(reason.rule),
        reason.weight
    )
}

fn addresses_outside(outside: &[&Device<'_>], html: &mut String) {
    html.push_str("<h2 id=\"outside\">Addresses outside</h2><div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-labelledby=\"outside\"><table><thead><tr><th>Address</th><th>Offers</th><th>Names</th></tr></thead><tbody>");
    let joined =
        |values: &[Value<'_>]| escape(&values.iter().map(|value| value.value).collect::<Vec<_>>().join(", "));
    for device in outside.iter().take(ROWS_MAX) {
        let _ = write!(
            html,
            "<tr id=\"{}\"><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            escape(device.id),
            escape(&device.ips.join(", ")),
            joined(&device.services_offered),
            joined(&device.hostnames)
        );
    }
    html.push_str("</tbody></table></div>");
    truncated(outside.len(), html);
}

/// Addresses in the line of a device.
const ADDRESSES_SHOWN: usize = 3;
