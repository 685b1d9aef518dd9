//! `bedrail protocols`: the coverage table, printed from what the parsers declare.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};
use dissect::{Exposure, Protocol};
use model::DeviceType;
use serde::Serialize;

use crate::cli::{ProtocolsArgs, TableFormat};
use crate::exit::{Done, Outcome};

/// A row of the coverage table.
#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    title: &'static str,
    group: &'static str,
    standard: &'static str,
    ports: Vec<String>,
    exposure: &'static str,
    carries_patient_data: bool,
    fields: Vec<&'static str>,
    anomalies: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct TypeRow {
    device_type: &'static str,
    clinical_class: &'static str,
}

/// Prints the table.
pub(crate) fn run(args: &ProtocolsArgs) -> Outcome {
    let text = if args.device_types { device_types(args.format)? } else { coverage(args.format)? };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Done::Whole)
}

fn coverage(format: TableFormat) -> anyhow::Result<String> {
    let rows: Vec<Row> = dissect::protocols().into_iter().map(row).collect();
    Ok(match format {
        TableFormat::Json => with_newline(serde_json::to_string_pretty(&rows)?),
        TableFormat::Table => {
            let cells = rows.iter().map(|row| {
                [row.name, row.title, row.group, row.standard, row.exposure].map(str::to_owned).to_vec()
            });
            table(&["Protocol", "Name", "Group", "Standard", "Exposure"], cells)
        }
        TableFormat::Markdown => coverage_markdown(&rows),
    })
}

fn coverage_markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "# Protocols\n\nMade by `make gen` from what the parsers declare. An unknown protocol is counted and shown, never hidden.\n\n\
         | protocol | name | group | ports | exposure | standard | fields read |\n|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let ports = row.ports.join(" ");
        let fields = row.fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(" ");
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {ports} | {} | {} | {fields} |",
            row.name, row.title, row.group, row.exposure, row.standard
        );
    }
    text
}

fn device_types(format: TableFormat) -> anyhow::Result<String> {
    let rows: Vec<TypeRow> = DeviceType::ALL
        .iter()
        .map(|kind| TypeRow { device_type: kind.name(), clinical_class: kind.clinical_class().name() })
        .collect();
    let cells = rows.iter().map(|row| vec![row.device_type.to_owned(), row.clinical_class.to_owned()]);
    Ok(match format {
        TableFormat::Json => with_newline(serde_json::to_string_pretty(&rows)?),
        TableFormat::Table => table(&["Device type", "Clinical class"], cells),
        TableFormat::Markdown => {
            let lines = rows.iter().map(|row| format!("| {} | {} |\n", row.device_type, row.clinical_class));
            format!("| device type | clinical class |\n|---|---|\n{}", lines.collect::<String>())
        }
    })
}

fn row(protocol: &'static Protocol) -> Row {
    let streams = dissect::streams().filter(|stream| stream.protocol.name == protocol.name);
    let tcp = streams.flat_map(|stream| stream.ports).map(|port| format!("tcp/{port}"));
    let datagrams = dissect::datagrams().filter(|datagram| datagram.protocol.name == protocol.name);
    let udp = datagrams.flat_map(|datagram| datagram.ports).map(|port| format!("udp/{port}"));
    let mut ports: Vec<String> = tcp.chain(udp).collect();
    ports.sort();
    ports.dedup();
    Row {
        name: protocol.name,
        title: protocol.title,
        group: protocol.group.name(),
        standard: protocol.standard,
        ports,
        exposure: match protocol.exposure {
            Exposure::Cleartext => "cleartext",
            Exposure::Encrypted => "encrypted",
            Exposure::Negotiated => "negotiated",
        },
        carries_patient_data: protocol.carries_patient_data,
        fields: protocol.fields.iter().map(|field| field.name()).collect(),
        anomalies: protocol.anomalies.to_vec(),
    }
}

fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    if io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.set_header(heads.to_vec());
    table.add_rows(rows);
    with_newline(table.to_string())
}

fn with_newline(mut text: String) -> String {
    text.push('\n');
    text
}
