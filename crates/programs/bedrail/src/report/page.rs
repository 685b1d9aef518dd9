//! The inspection as one self-contained HTML page: figures, picture, devices with evidence, conversations.
//!
//! Everything on it comes from the wire and may be hostile: text goes through [`escape`], and the content security
//! policy allows only the page's own style and script, by their hashes.

use std::collections::BTreeMap;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::document::{Document, Party};
use super::{device_list, picture};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Rows of a table that are shown; the JSON document has them all.
pub(super) const ROWS_MAX: usize = 2_000;

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
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\
         <title>Bedrail inspection</title><style>{STYLE}</style></head><body>\
         <a class=\"skip\" href=\"#devices\">To the devices</a><main>"
    );
    head(document, &mut html);
    figures(document, &mut html);
    let _ = write!(
        html,
        "<h2 id=\"picture-title\">Who talks to whom</h2>{LEGEND}<div id=\"picture\" class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"picture-title\">{}</div>\
         <p class=\"soft\">Point at a box to see its lines alone; follow it to the device. The <a href=\"#conversations\">table of conversations</a> says the same in words.</p>",
        picture::svg(document)
    );
    device_list::write(document, &mut html);
    conversations(document, &mut html);
    counters(document, &mut html);
    let _ = writeln!(html, "</main><script>{SCRIPT}</script></body></html>");
    html
}

/// What was read, and the finding in a sentence.
fn head(document: &Document<'_>, html: &mut String) {
    let first = document.devices.iter().map(|device| device.first_seen.as_str()).min().unwrap_or_default();
    let last = document.devices.iter().map(|device| device.last_seen.as_str()).max().unwrap_or_default();
    let from_to = if first.is_empty() {
        String::new()
    } else {
        format!(" · {} to {} UTC", moment(first), moment(last))
    };
    let _ = write!(
        html,
        "<header><h1>Bedrail inspection</h1><p class=\"soft\">{}{} · {} frames · {}</p>",
        escape(&document.inputs.join(", ")),
        escape(&from_to),
        thousands(document.counters.received),
        escape(&document.generator)
    );
    let clear = document.summary.cleartext_clinical_conversations;
    let finding = match clear {
        0 => "No clinical conversation was seen that a listener can read.".to_owned(),
        1 => "<strong>1 clinical conversation</strong> can be read by anyone who listens.".to_owned(),
        many => format!("<strong>{many} clinical conversations</strong> can be read by anyone who listens."),
    };
    let _ =
        write!(html, "<p class=\"lead\">{finding} Nothing was sent; patient data was not kept.</p></header>");
}

/// A time to the second, as people read it.
fn moment(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}

/// A number with its thousands apart.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A name of a vocabulary in plain words.
pub(super) fn words(name: &str) -> String {
    escape(&name.replace('_', " "))
}

const LEGEND: &str = "<div class=\"legend\">\
    <span><svg width=\"34\" height=\"8\" aria-hidden=\"true\"><path class=\"line clinical\" stroke-width=\"3\" d=\"M0 4H34\"/></svg>clinical, readable by a listener</span>\
    <span><svg width=\"34\" height=\"8\" aria-hidden=\"true\"><path class=\"line clear\" stroke-width=\"2\" d=\"M0 4H34\"/></svg>not encrypted</span>\
    <span><svg width=\"34\" height=\"8\" aria-hidden=\"true\"><path class=\"line encrypted\" stroke-width=\"2\" d=\"M0 4H34\"/></svg>encrypted</span></div>";

fn figures(document: &Document<'_>, html: &mut String) {
    let summary = &document.summary;
    let local = || document.devices.iter().filter(|device| !device.external);
    let clinical =
        local().filter(|device| !matches!(device.clinical_class.value, "non_clinical" | "unknown")).count();
    let weak = local().filter(|device| !device.weaknesses.is_empty()).count();
    let figures = [
        ("devices", summary.devices - summary.external, false),
        ("clinical devices and systems", clinical, false),
        ("of unknown type", local().filter(|device| device.device_type.is_none()).count(), false),
        ("addresses outside", summary.external, false),
        ("clinical conversations in the clear", summary.cleartext_clinical_conversations, true),
        ("devices with weaknesses", weak, true),
    ];
    html.push_str("<dl class=\"figures\">");
    for (what, count, alarming) in figures {
        let is_bad = alarming && count > 0;
        let (class, mark) = if is_bad { ("figure bad", WARNING) } else { ("figure", "") };
        let _ = write!(html, "<div class=\"{class}\"><dt>{what}</dt><dd>{mark}{count}</dd></div>");
    }
    html.push_str("</dl>");
}

/// A triangle: what is bad differs by its shape and word, not by its colour alone.
pub(super) const WARNING: &str = "<span aria-hidden=\"true\">▲ </span>";

/// Tags of weaknesses.
pub(super) fn tags(weaknesses: &[&str]) -> String {
    weaknesses
        .iter()
        .map(|weakness| format!("<span class=\"tag bad\">{WARNING}{}</span>", words(weakness)))
        .collect()
}

fn conversations(document: &Document<'_>, html: &mut String) {
    html.push_str("<h2 id=\"conversations\">Conversations</h2><div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-labelledby=\"conversations\"><table class=\"talk\"><thead><tr><th>From</th><th>To</th><th>Protocol</th><th class=\"number\">Flows</th><th class=\"number\">Bytes</th><th>How</th></tr></thead><tbody>");
    let names: BTreeMap<&str, String> =
        document.devices.iter().map(|device| (device.id, device_list::name(device))).collect();
    let mut all: Vec<_> = document.conversations.iter().collect();
    all.sort_by_key(|conversation| {
        (!conversation.cleartext_clinical, std::cmp::Reverse(conversation.bytes.iter().sum::<u64>()))
    });
    for conversation in all.iter().take(ROWS_MAX) {
        let party = |party: &Party<'_>| party_cell(party, &names);
        let clear = "<span class=\"tag\">not encrypted</span>";
        let manner = match (conversation.cleartext_clinical, conversation.encrypted) {
            (true, _) => format!("<span class=\"tag bad\">{WARNING}clinical in the clear</span>"),
            (false, true) => "<span class=\"tag ok\">encrypted</span>".to_owned(),
            (false, false) => clear.to_owned(),
        };
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{} <span class=\"soft\">{}/{}</span></td><td class=\"number\">{}</td><td class=\"number\">{}</td><td>{manner}{}</td></tr>",
            party(&conversation.originator),
            party(&conversation.responder),
            escape(conversation.protocol),
            escape(&conversation.transport),
            conversation.port,
            thousands(conversation.flows),
            thousands(conversation.bytes.iter().sum::<u64>()),
            tags(&conversation.weaknesses)
        );
    }
    html.push_str("</tbody></table></div>");
    truncated(all.len(), html);
}

/// The name of a device as a link to it, and the address in the packets.
fn party_cell(party: &Party<'_>, names: &BTreeMap<&str, String>) -> String {
    let mac = || party.mac.map_or_else(|| "nobody".to_owned(), |mac| mac.to_string());
    let address = party.ip.map_or_else(mac, |ip| ip.to_string());
    let device = party.device.and_then(|id| Some((id, names.get(id)?)));
    match device {
        Some((id, name)) if *name != address => {
            let (id, name, address) = (escape(id), escape(name), escape(&address));
            format!("<a href=\"#{id}\">{name}</a> <code class=\"soft\">{address}</code>")
        }
        Some((id, name)) => format!("<a href=\"#{}\"><code>{}</code></a>", escape(id), escape(name)),
        None => format!("<code>{}</code>", escape(&address)),
    }
}

pub(super) fn truncated(count: usize, html: &mut String) {
    if count > ROWS_MAX {
        let _ = write!(
            html,
            "<p class=\"soft\">{ROWS_MAX} of {count} are shown; the JSON document has them all.</p>"
        );
    }
}

fn counters(document: &Document<'_>, html: &mut String) {
    let counters = &document.counters;
    let mut rows = vec![
        ("received", counters.received),
        ("processed", counters.processed),
        ("dropped", counters.dropped),
    ];
    rows.extend(counters.dropped_by_reason.iter().map(|(reason, count)| (*reason, *count)));
    let rest = [
        ("lost before capture", counters.lost_before_capture),
        ("cut short by the capture", counters.cut_short),
        ("in tunnels", counters.tunnelled),
        ("flows", counters.flows),
        ("flows of unknown protocol", counters.unknown_flows),
        ("flows ended early to hold the limit", counters.evicted_flows),
        ("bytes lost in streams", counters.lost_bytes),
        ("anomalies", counters.anomalies.values().sum()),
    ];
    rows.extend(rest.into_iter().filter(|(_, count)| *count > 0));
    html.push_str("<h2>Where every frame went</h2><p>received = processed + dropped</p><dl class=\"facts\">");
    for (what, count) in rows {
        let _ = write!(html, "<dt>{}</dt><dd>{}</dd>", words(what), thousands(count));
    }
    html.push_str("</dl>");
    for notice in counters.input_notices {
        let _ = write!(html, "<p><span class=\"tag bad\">{WARNING}notice</span> {}</p>", escape(notice));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn markup_from_the_wire_stays_text() {
        assert_eq!(
            escape("<img src=x onerror='a&b'>\u{1b}"),
            "&lt;img src=x onerror=&#39;a&amp;b&#39;&gt;\u{fffd}"
        );
    }
}
