//! Who talks to whom, drawn: devices in columns by their part in care, conversations as lines between them.
//!
//! The layout is computed, not simulated: the same capture gives the same picture. Large groups of one type share a
//! box, what is outside is one box, and the table of conversations on the page says the same in words.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::device_list::name;
use super::document::{Conversations, Device, Document};
use super::page::escape;

/// A column of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    AtThePatient,
    ClinicalSystems,
    Unknown,
    Technical,
    Outside,
}

/// A box: one device, or all of one type.
#[derive(Debug)]
struct Node {
    column: Column,
    title: String,
    subtitle: String,
    /// Where the box leads: to the device, or to the search for all of its type.
    target: Option<String>,
    x: usize,
    y: usize,
}

/// What a line says, the most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Manner {
    ClinicalInTheClear,
    InTheClear,
    Encrypted,
}

#[derive(Debug)]
struct Line {
    manner: Manner,
    protocols: Vec<String>,
    flows: u64,
}

const COLUMNS: &[(Column, &str)] = &[
    (Column::AtThePatient, "At the patient"),
    (Column::ClinicalSystems, "Clinical systems"),
    (Column::Unknown, "Unknown"),
    (Column::Technical, "IT and building"),
    (Column::Outside, "Outside"),
];

/// More boxes than this in a column are put together by type.
const BOXES_MAX: usize = 18;
/// Most lines drawn; the table has them all.
const LINES_MAX: usize = 400;
const BOX_WIDTH: usize = 190;
const BOX_HEIGHT: usize = 40;
const ROW: usize = 52;
const COLUMN_WIDTH: usize = 270;
const TOP: usize = 44;
const LEFT: usize = 16;
/// Room for the lines inside the last column.
const RIGHT: usize = 72;
/// Begins a link that searches instead of jumping to a device.
const SEARCH: &str = "search:";

/// The picture as SVG, or a sentence when there is nothing to draw.
#[must_use]
pub(crate) fn svg(document: &Document<'_>) -> String {
    let (nodes, place_of) = nodes(&document.devices);
    let lines = lines(&document.conversations, &place_of);
    if nodes.is_empty() || lines.is_empty() {
        return "<p>No device talked to another.</p>".to_owned();
    }
    draw(&nodes, &lines)
}

const fn column(class: &str, external: bool) -> Column {
    if external {
        return Column::Outside;
    }
    match class.as_bytes() {
        b"life_sustaining" | b"therapeutic" | b"monitoring_alarm" | b"diagnostic" => Column::AtThePatient,
        b"support" => Column::ClinicalSystems,
        b"non_clinical" => Column::Technical,
        _ => Column::Unknown,
    }
}

/// Boxes, and the box of each device.
fn nodes<'d>(devices: &'d [Device<'d>]) -> (Vec<Node>, BTreeMap<&'d str, usize>) {
    let mut columns: BTreeMap<Column, Vec<&Device<'_>>> = BTreeMap::new();
    for device in devices {
        columns.entry(column(device.clinical_class.value, device.external)).or_default().push(device);
    }
    let mut nodes: Vec<Node> = Vec::new();
    let mut place_of = BTreeMap::new();
    let mut x = LEFT;
    for (column, members) in columns {
        let mut y = TOP;
        for (title, subtitle, group) in boxes(column, &members) {
            for device in &group {
                place_of.insert(device.id, nodes.len());
            }
            let target = match group.as_slice() {
                [only] => Some(only.id.to_owned()),
                [first, ..] if column != Column::Outside => Some(format!("{SEARCH}{}", kind(first))),
                _ => (column == Column::Outside).then(|| "outside".to_owned()),
            };
            nodes.push(Node { column, title, subtitle, target, x, y });
            y += ROW;
        }
        x += COLUMN_WIDTH;
    }
    (nodes, place_of)
}

type NodeText<'m, 'd> = (String, String, Vec<&'m Device<'d>>);

fn boxes<'m, 'd>(column: Column, members: &[&'m Device<'d>]) -> Vec<NodeText<'m, 'd>> {
    if column == Column::Outside && members.len() > 1 {
        return vec![(format!("{} addresses", members.len()), "outside".to_owned(), members.to_vec())];
    }
    let mut by_kind: BTreeMap<String, Vec<&'m Device<'d>>> = BTreeMap::new();
    for device in members {
        by_kind.entry(kind(device)).or_default().push(device);
    }
    let crowded = members.len() > BOXES_MAX;
    let mut boxes = Vec::new();
    for (kind, group) in by_kind {
        if crowded && group.len() > 1 {
            boxes.push((format!("{} × {kind}", group.len()), makers(&group), group));
            continue;
        }
        boxes.extend(group.into_iter().map(|device| (name(device), kind.clone(), vec![device])));
    }
    boxes
}

/// Who made the devices of a group.
fn makers(group: &[&Device<'_>]) -> String {
    let mut makers: Vec<&str> =
        group.iter().filter_map(|device| device.manufacturer.as_ref()).map(|maker| maker.value).collect();
    makers.sort_unstable();
    makers.dedup();
    if makers.is_empty() { "of unknown make".to_owned() } else { makers.join(", ") }
}

fn kind(device: &Device<'_>) -> String {
    device.device_type.as_ref().map_or("unknown", |kind| kind.value).replace('_', " ")
}

fn lines(
    conversations: &Conversations<'_>,
    place_of: &BTreeMap<&str, usize>,
) -> BTreeMap<(usize, usize), Line> {
    let mut lines: BTreeMap<(usize, usize), Line> = BTreeMap::new();
    for conversation in conversations.iter() {
        let place = |device: Option<&str>| device.and_then(|id| place_of.get(id)).copied();
        let ends = (place(conversation.originator.device), place(conversation.responder.device));
        let (Some(from), Some(to)) = ends else { continue };
        if from == to || conversation.protocol == "unknown" && conversation.flows == 0 {
            continue;
        }
        let manner = if conversation.cleartext_clinical {
            Manner::ClinicalInTheClear
        } else if conversation.encrypted {
            Manner::Encrypted
        } else {
            Manner::InTheClear
        };
        let line = lines.entry((from, to)).or_insert(Line { manner, protocols: Vec::new(), flows: 0 });
        line.manner = line.manner.min(manner);
        line.flows += conversation.flows;
        if !line.protocols.iter().any(|known| known == conversation.protocol) {
            line.protocols.push(conversation.protocol.to_owned());
        }
    }
    if lines.len() > LINES_MAX {
        let mut weights: Vec<(Manner, std::cmp::Reverse<u64>, (usize, usize))> =
            lines.iter().map(|(ends, line)| (line.manner, std::cmp::Reverse(line.flows), *ends)).collect();
        weights.sort_unstable();
        for (_, _, ends) in weights.into_iter().skip(LINES_MAX) {
            lines.remove(&ends);
        }
    }
    lines
}

/// Writing into a string cannot fail, so results of `write!` are dropped here.
fn draw(nodes: &[Node], lines: &BTreeMap<(usize, usize), Line>) -> String {
    let width = nodes.iter().map(|node| node.x).max().unwrap_or(0) + BOX_WIDTH + RIGHT;
    let height = nodes.iter().map(|node| node.y).max().unwrap_or(0) + ROW;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"group\" \
         aria-label=\"Who talks to whom; the table of conversations says the same\">"
    );
    for ((from, to), line) in lines.iter().rev() {
        if let (Some(a), Some(b)) = (nodes.get(*from), nodes.get(*to)) {
            let _ = write!(svg, "{}", draw_line(*from, *to, a, b, line));
        }
    }
    let mut headed = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        if !headed.contains(&node.column) {
            headed.push(node.column);
            let title =
                COLUMNS.iter().find(|(column, _)| *column == node.column).map_or("", |(_, title)| *title);
            let _ = write!(svg, "<text class=\"head\" x=\"{}\" y=\"24\">{title}</text>", node.x);
        }
        let _ = write!(svg, "{}", draw_node(index, node));
    }
    svg.push_str("</svg>");
    svg
}

fn draw_node(index: usize, node: &Node) -> String {
    let (x, y) = (node.x, node.y);
    let shape = format!(
        "<g class=\"node\" data-node=\"{index}\"><title>{}: {}</title><rect x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"4\"/>\
         <text x=\"{tx}\" y=\"{ty}\">{}</text><text class=\"sub\" x=\"{tx}\" y=\"{sy}\">{}</text></g>",
        escape(&node.title),
        escape(&node.subtitle),
        escape(&shortened(&node.title)),
        escape(&shortened(&node.subtitle)),
        tx = x + 8,
        ty = y + 17,
        sy = y + 32,
    );
    match &node.target {
        Some(target) => format!("<a href=\"#{}\">{shape}</a>", escape(target)),
        None => shape,
    }
}

fn draw_line(from: usize, to: usize, a: &Node, b: &Node, line: &Line) -> String {
    let class = match line.manner {
        Manner::ClinicalInTheClear => "clinical",
        Manner::InTheClear => "clear",
        Manner::Encrypted => "encrypted",
    };
    let middle = BOX_HEIGHT / 2;
    let (ay, by) = (a.y + middle, b.y + middle);
    let path = if a.x == b.x {
        let edge = a.x + BOX_WIDTH;
        let bend = edge + 24 + (a.y.abs_diff(b.y) / 12).min(40);
        format!("M{edge} {ay} C{bend} {ay} {bend} {by} {edge} {by}")
    } else {
        let (start, end) = if a.x < b.x { (a.x + BOX_WIDTH, b.x) } else { (a.x, b.x + BOX_WIDTH) };
        let half = start.midpoint(end);
        format!("M{start} {ay} C{half} {ay} {half} {by} {end} {by}")
    };
    let thickness = 1 + usize::from(line.flows > 9) + usize::from(line.flows > 99);
    let flows = if line.flows == 1 { "1 flow".to_owned() } else { format!("{} flows", line.flows) };
    format!(
        "<path class=\"line {class}\" data-from=\"{from}\" data-to=\"{to}\" stroke-width=\"{thickness}\" d=\"{path}\">\
         <title>{} → {}: {} ({flows})</title></path>",
        escape(&a.title),
        escape(&b.title),
        escape(&line.protocols.join(", ")),
    )
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= NAME_MAX {
        return text.to_owned();
    }
    text.chars().take(NAME_MAX - 1).chain(['…']).collect()
}

/// Characters that fit into a box.
const NAME_MAX: usize = 24;
