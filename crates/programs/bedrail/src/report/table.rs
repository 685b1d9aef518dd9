//! The device table and the summary for a terminal.

use std::fmt::Write;

use super::document::{Device, Document, Value};
use super::grid::{self, Layout};

/// Devices on the wire, then the summary.
#[must_use]
pub(crate) fn render(document: &Document<'_>, layout: Layout) -> String {
    let mut text = String::new();
    let local: Vec<&Device<'_>> = document.devices.iter().filter(|device| !device.external).collect();
    if !local.is_empty() {
        text.push_str(&devices(&local, layout));
        text.push_str("\n\n");
    }
    text.push_str(&summary(document));
    text
}

fn devices(devices: &[&Device<'_>], layout: Layout) -> String {
    let mut sorted = devices.to_vec();
    sorted.sort_by_key(|device| (class_rank(device.clinical_class.value), kind(device), address(device)));
    let row = |device: &Device<'_>| {
        let weaknesses: Vec<&str> = device.weaknesses.iter().map(|weakness| weakness.weakness).collect();
        vec![
            name_and_address(
                device.hostnames.first().map(|name| name.value),
                device.ips.first().map(String::as_str),
                device.macs.first().map(String::as_str),
            ),
            kind(device).to_owned(),
            make(device),
            sureness(device),
            device.clinical_class.value.to_owned(),
            speaks(device),
            weaknesses.join(", "),
        ]
    };
    let heads = ["Device", "Type", "Manufacturer and model", "Sure", "Class", "Speaks", "Weaknesses"];
    grid::render(&heads, KIND, sorted.into_iter().map(row).collect(), layout)
}

fn value<'v>(value: Option<&Value<'v>>) -> &'v str {
    value.map_or("unknown", |value| value.value)
}

fn kind<'d>(device: &Device<'d>) -> &'d str {
    value(device.device_type.as_ref())
}

fn address(device: &Device<'_>) -> String {
    device.ips.first().or(device.macs.first()).cloned().unwrap_or_default()
}

/// What a device is called and where it is, a line each.
pub(crate) fn name_and_address(name: Option<&str>, ip: Option<&str>, mac: Option<&str>) -> String {
    [name, ip, mac].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Maker and model in one: many models begin with their maker.
pub(crate) fn maker_and_model(maker: Option<&str>, model: Option<&str>) -> String {
    match (maker, model) {
        (Some(maker), Some(model)) if model.to_lowercase().starts_with(&maker.to_lowercase()) => {
            model.to_owned()
        }
        (Some(maker), Some(model)) => format!("{maker} {model}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "unknown".to_owned(),
    }
}

fn make(device: &Device<'_>) -> String {
    let maker = device.manufacturer.as_ref().map(|maker| maker.value);
    let mut text = maker_and_model(maker, device.model.as_ref().map(|model| model.value));
    let version = device.firmware_version.as_ref().or(device.software_versions.first());
    if let Some(version) = version {
        text.push('\n');
        text.push_str(version.value);
    }
    if !device.contradictions.is_empty() {
        text.push_str("\n(contradictory)");
    }
    text
}

/// Confidence of maker and of type.
fn sureness(device: &Device<'_>) -> String {
    let percent = |value: Option<&Value<'_>>| {
        value.map_or("–".to_owned(), |value| format!("{:.0} %", value.confidence * 100.0))
    };
    format!("{}\n{}", percent(device.device_type.as_ref()), percent(device.manufacturer.as_ref()))
}

fn speaks(device: &Device<'_>) -> String {
    let roles = device.roles.iter().chain(&device.ae_titles).map(|value| value.value.to_owned());
    let offered = device.services_offered.iter().map(|value| value.value.to_owned());
    let used = device.services_used.iter().map(|value| format!("→{}", value.value));
    let all: Vec<String> = roles.chain(offered).chain(used).collect();
    let shown = all.get(..all.len().min(SPEAKS_MAX)).unwrap_or_default().join(" ");
    if all.len() > SPEAKS_MAX { format!("{shown} +{}", all.len() - SPEAKS_MAX) } else { shown }
}

/// Most critical first; the unknown right after what sustains a life, because it is handled like it.
pub(super) fn class_rank(class: &str) -> usize {
    CLASSES.iter().position(|known| *known == class).unwrap_or(1)
}

const CLASSES: &[&str] = &[
    "life_sustaining",
    "therapeutic",
    "monitoring_alarm",
    "diagnostic",
    "support",
    "unknown",
    "non_clinical",
];

/// The figures in words.
#[must_use]
pub(crate) fn summary(document: &Document<'_>) -> String {
    let figures = &document.summary;
    let mut text = String::new();
    let outside = if figures.external > 0 {
        format!(" and {} addresses outside", figures.external)
    } else {
        String::new()
    };
    let local = figures.devices - figures.external;
    line(&mut text, "Devices", &format!("{local}{outside}; {} unknown", figures.unknown_devices));
    let types = figures.devices_by_type.iter().map(|(kind, count)| (count, format!("{count} {kind}")));
    line(&mut text, "By type", &most_first(types.collect()));
    let protocols = figures.protocols.iter().map(|(name, count)| {
        let seen = count.flows.max(count.messages);
        (seen, format!("{name} {seen}"))
    });
    line(&mut text, "Protocols", &most_first(protocols.collect()));
    let clear = figures.cleartext_clinical_conversations;
    line(
        &mut text,
        "Clinical in the clear",
        &format!("{clear} conversation{}", if clear == 1 { "" } else { "s" }),
    );
    text.push_str(&counters(document));
    text
}

fn counters(document: &Document<'_>) -> String {
    let counters = &document.counters;
    let mut text = String::new();
    let reasons: Vec<String> =
        counters.dropped_by_reason.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
    let why = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    let sum = format!(
        "{} received = {} processed + {} dropped{why}",
        counters.received, counters.processed, counters.dropped
    );
    line(&mut text, "Frames", &sum);
    let flows = if counters.flows == 1 { "flow" } else { "flows" };
    let mut more =
        vec![format!("{} {flows}, {} of unknown protocol", counters.flows, counters.unknown_flows)];
    let mut add = |count: u64, what: &str| {
        if count > 0 {
            more.push(format!("{count} {what}"));
        }
    };
    add(counters.cut_short, "cut short by the capture");
    add(counters.lost_before_capture, "lost before capture");
    add(counters.lost_bytes, "bytes lost in streams");
    add(counters.evicted_flows, "flows ended early to hold the limit");
    add(counters.anomalies.values().sum(), "anomalies");
    line(&mut text, "Of these", &more.join(", "));
    for notice in counters.input_notices {
        line(&mut text, "Notice", notice);
    }
    text
}

fn line(text: &mut String, name: &str, what: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(text, "{:<23}{what}", format!("{name}:"));
}

fn most_first<C: Ord>(mut all: Vec<(C, String)>) -> String {
    all.sort_by(|(a, left), (b, right)| b.cmp(a).then_with(|| left.cmp(right)));
    let shown: Vec<&str> = all.iter().take(LISTED_MAX).map(|(_, text)| text.as_str()).collect();
    let rest = all.len().saturating_sub(LISTED_MAX);
    let more = if rest > 0 { format!(", and {rest} more") } else { String::new() };
    if shown.is_empty() { "none".to_owned() } else { format!("{}{more}", shown.join(", ")) }
}

/// Services and roles shown for one device.
const SPEAKS_MAX: usize = 6;
/// Kinds listed in a line of the summary.
const LISTED_MAX: usize = 16;
/// The column of a device's type stands out.
pub(crate) const KIND: usize = 1;
