//! The inspection as one self-contained HTML page: figures, picture, devices with evidence, conversations.
//!
//! Everything on it comes from the wire and may be hostile: text goes through [`escape`], and the content security
//! policy allows only the page's own script, by its hash.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::document::{Device, Document, Value};
use super::picture;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Conversations shown; the JSON document has them all.
const CONVERSATIONS_MAX: usize = 2_000;

/// Text that is safe in HTML text and in quoted attributes.
#[must_use]
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() && c != '\n' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// The page. Writing into a string cannot fail, so results of `write!` are dropped in this file.
#[must_use]
pub(crate) fn render(document: &Document<'_>) -> String {
    let hash = STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'\">\
         <title>Bedrail inspection</title><style>{STYLE}</style></head><body><main>"
    );
    let _ = write!(
        html,
        "<h1>Bedrail inspection</h1><p class=\"soft\">{} · {}</p>",
        escape(&document.inputs.join(", ")),
        escape(&document.generator)
    );
    figures(document, &mut html);
    let _ = write!(
        html,
        "<h2 id=\"picture-title\">Who talks to whom</h2>{LEGEND}<div id=\"picture\" class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"picture-title\">{}</div>",
        picture::svg(document)
    );
    devices(document, &mut html);
    conversations(document, &mut html);
    counters(document, &mut html);
    let _ = writeln!(html, "</main><script>{SCRIPT}</script></body></html>");
    html
}

const LEGEND: &str = "<div class=\"legend\">\
    <span><svg width=\"34\" height=\"8\" aria-hidden=\"true\"><path class=\"line clinical\" stroke-width=\"3\" d=\"M0 4H34\"/></svg>clinical, readable by a listener</span>\
    <span><svg width=\"34\" height=\"8\" aria-hidden=\"true\"><path class=\"line clear\" stroke-width=\"2\" d=\"M0 4H34\"/></svg>not encrypted</span>\
    <span><svg width=\"34\" height=\"8\" aria-hidden=\"true\"><path class=\"line encrypted\" stroke-width=\"2\" d=\"M0 4H34\"/></svg>encrypted</span></div>";

fn figures(document: &Document<'_>, html: &mut String) {
    let summary = &document.summary;
    let clinical = document
        .devices
        .iter()
        .filter(|device| !matches!(device.clinical_class.value, "non_clinical" | "unknown"));
    let weak = document.devices.iter().filter(|device| !device.weaknesses.is_empty()).count();
    let figures = [
        ("devices", summary.devices - summary.external, false),
        ("of them clinical", clinical.count(), false),
        ("unknown", summary.unknown_devices, false),
        ("addresses outside", summary.external, false),
        ("clinical conversations in the clear", summary.cleartext_clinical_conversations, true),
        ("devices with weaknesses", weak, true),
    ];
    html.push_str("<div class=\"figures\">");
    for (what, count, alarming) in figures {
        let class = if alarming && count > 0 { "figure bad" } else { "figure" };
        let _ = write!(html, "<div class=\"{class}\"><b>{count}</b>{what}</div>");
    }
    html.push_str("</div>");
}

fn devices(document: &Document<'_>, html: &mut String) {
    let local: Vec<&Device<'_>> = document.devices.iter().filter(|device| !device.external).collect();
    let outside: Vec<&Device<'_>> = document.devices.iter().filter(|device| device.external).collect();
    let _ = write!(
        html,
        "<h2>Devices</h2><label for=\"search\">Search in names, addresses, makers, types, weaknesses</label>\
         <input id=\"search\" type=\"search\" autocomplete=\"off\"><p id=\"found\" class=\"soft\" aria-live=\"polite\">{0} of {0}</p>",
        local.len()
    );
    let mut sorted = local;
    sorted.sort_by_key(|device| device.device_type.is_none());
    for device in sorted {
        device_details(device, html);
    }
    if !outside.is_empty() {
        html.push_str("<h2>Addresses outside</h2><div class=\"scroll\"><table><thead><tr><th>Address</th><th>Offers</th><th>Names</th></tr></thead><tbody>");
        for device in outside.iter().take(CONVERSATIONS_MAX) {
            let _ = write!(
                html,
                "<tr id=\"{}\"><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                escape(device.id),
                escape(&device.ips.join(", ")),
                escape(&joined(&device.services_offered)),
                escape(&joined(&device.hostnames))
            );
        }
        html.push_str("</tbody></table></div>");
        truncated(outside.len(), html);
    }
}

fn joined(values: &[Value<'_>]) -> String {
    values.iter().map(|value| value.value).collect::<Vec<_>>().join(", ")
}

fn text(value: Option<&Value<'_>>) -> String {
    escape(value.map_or("unknown", |value| value.value))
}

fn device_details(device: &Device<'_>, html: &mut String) {
    let name =
        device.hostnames.first().map(|name| name.value.to_owned()).or_else(|| device.ips.first().cloned());
    let name = name.or_else(|| device.macs.first().cloned()).unwrap_or_default();
    let maker = match (&device.manufacturer, &device.model) {
        (Some(maker), Some(model)) => format!("{} {}", maker.value, model.value),
        (Some(one), None) | (None, Some(one)) => one.value.to_owned(),
        (None, None) => "maker unknown".to_owned(),
    };
    let weaknesses: Vec<&str> = device.weaknesses.iter().map(|weakness| weakness.weakness).collect();
    let searchable = [
        name.as_str(),
        &device.ips.join(" "),
        &device.macs.join(" "),
        &maker,
        device.device_type.as_ref().map_or("unknown", |kind| kind.value),
        device.clinical_class.value,
        &joined(&device.hostnames),
        &joined(&device.roles),
        &joined(&device.ae_titles),
        &joined(&device.services_offered),
        device.serial.as_ref().map_or("", |serial| serial.value),
        &weaknesses.join(" "),
    ];
    let _ = write!(
        html,
        "<details id=\"{}\" data-text=\"{}\"><summary><span><b>{}</b><br><code>{}</code></span><span>{}<br><span class=\"soft\">{}</span></span><span>{}</span><span>{}</span></summary><div class=\"body\">",
        escape(device.id),
        escape(&searchable.join(" ").to_lowercase()),
        escape(&name),
        escape(&device.ips.iter().chain(&device.macs).cloned().collect::<Vec<_>>().join(" ")),
        text(device.device_type.as_ref()),
        escape(device.clinical_class.value),
        escape(&maker),
        tags(&weaknesses)
    );
    evidence(device, html);
    html.push_str("</div></details>");
}

fn tags(weaknesses: &[&str]) -> String {
    weaknesses.iter().map(|weakness| format!("<span class=\"tag bad\">{}</span>", escape(weakness))).collect()
}

fn evidence(device: &Device<'_>, html: &mut String) {
    html.push_str("<table class=\"evidence\"><thead><tr><th>Attribute</th><th>Value</th><th>Sure</th><th>Because</th></tr></thead><tbody>");
    for (name, value) in device.attributes() {
        let reasons: Vec<String> = value
            .evidence
            .iter()
            .map(|reason| {
                format!(
                    "frame {}: <code>{}</code> = “{}” <span class=\"soft\">({}, {:.2})</span>",
                    reason.frame,
                    escape(reason.field),
                    escape(reason.seen),
                    escape(reason.rule),
                    reason.weight
                )
            })
            .collect();
        let _ = write!(
            html,
            "<tr><td>{name}</td><td>{}</td><td>{:.0} %</td><td>{}</td></tr>",
            escape(value.value),
            value.confidence * 100.0,
            reasons.join("<br>")
        );
    }
    for weakness in &device.weaknesses {
        let _ = write!(
            html,
            "<tr><td>weakness</td><td>{}</td><td></td><td>frame {}: <code>{}</code> <span class=\"soft\">({} times)</span></td></tr>",
            escape(weakness.weakness),
            weakness.frame,
            escape(weakness.field),
            weakness.count
        );
    }
    html.push_str("</tbody></table>");
    for contradiction in &device.contradictions {
        let [better, other] = contradiction.values;
        let _ = write!(
            html,
            "<p><span class=\"tag bad\">contradiction</span> {}: “{}” against “{}”</p>",
            contradiction.attribute,
            escape(better),
            escape(other)
        );
    }
}

fn conversations(document: &Document<'_>, html: &mut String) {
    html.push_str("<h2>Conversations</h2><div class=\"scroll\"><table><thead><tr><th>From</th><th>To</th><th>Protocol</th><th>Flows</th><th>Bytes</th><th></th></tr></thead><tbody>");
    let mut all: Vec<_> = document.conversations.iter().collect();
    all.sort_by_key(|conversation| {
        (!conversation.cleartext_clinical, std::cmp::Reverse(conversation.bytes.iter().sum::<u64>()))
    });
    for conversation in all.iter().take(CONVERSATIONS_MAX) {
        let party = |party: &super::document::Party<'_>| {
            let mac = || party.mac.map_or_else(|| "nobody".to_owned(), |mac| mac.to_string());
            escape(&party.ip.map_or_else(mac, |ip| ip.to_string()))
        };
        let manner = if conversation.encrypted { "<span class=\"tag ok\">encrypted</span>" } else { "" };
        let clinical = if conversation.cleartext_clinical {
            "<span class=\"tag bad\">clinical in the clear</span>"
        } else {
            ""
        };
        let _ = write!(
            html,
            "<tr><td><code>{}</code></td><td><code>{}</code></td><td>{} <span class=\"soft\">{}/{}</span></td><td>{}</td><td>{}</td><td>{clinical}{manner}{}</td></tr>",
            party(&conversation.originator),
            party(&conversation.responder),
            escape(conversation.protocol),
            escape(&conversation.transport),
            conversation.port,
            conversation.flows,
            conversation.bytes.iter().sum::<u64>(),
            tags(&conversation.weaknesses)
        );
    }
    html.push_str("</tbody></table></div>");
    truncated(all.len(), html);
}

fn truncated(count: usize, html: &mut String) {
    if count > CONVERSATIONS_MAX {
        let _ = write!(
            html,
            "<p class=\"soft\">{CONVERSATIONS_MAX} of {count} are shown; the JSON document has them all.</p>"
        );
    }
}

fn counters(document: &Document<'_>, html: &mut String) {
    let _ = write!(
        html,
        "<h2>Where every frame went</h2><pre>{}</pre>",
        escape(&super::table::summary(document))
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_from_the_wire_stays_text() {
        assert_eq!(
            escape("<img src=x onerror='a&b'>\u{1b}"),
            "&lt;img src=x onerror=&#39;a&amp;b&#39;&gt;\u{fffd}"
        );
    }
}
