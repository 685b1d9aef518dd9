//! The action matrix once more, by hand from the clinical safety rules, as a table of words. It shares nothing with the
//! matrix of the crate but names.

use std::collections::BTreeMap;

/// Columns: unknown, life-sustaining, or patient connected | therapeutic or alarm device, idle | diagnostic, idle |
/// support, non-clinical. A cell is who decides, then what else: `when` what has to hold, `bedside`, `asker out`, minutes.
const MATRIX: &str = "
observe             | nobody                  | nobody                   | nobody                   | nobody
active_probe        | never                   | never                    | biomed; when manufacturer_permits, in_window | any
bench_scan          | biomed; when on_maintenance_network, work_order_open, out_of_service | = | = | =
block_external_flow | nobody; when outside_profile, not_alarm_path; 60 min; tell page_clinical_owner | nobody; when outside_profile, not_alarm_path; 60 min | nobody; when outside_profile | nobody; when outside_profile
block_profile_flow  | owner + security        | owner + security         | biomed                   | any
isolate             | clinician + any; bedside | clinician + any         | any; tell tell_unit      | any
change              | order                   | order                    | order                    | any
inline_gateway      | biomed + owner; when change_request_open, model_validated, in_window, bypass_tested | = | = | any
revoke_certificate  | any + any; when clinical_flows_replaced | any + any; when clinical_flows_replaced | any; when clinical_flows_replaced | any; when clinical_flows_replaced
rotate_keys         | nobody; when old_key_stays_valid | = | = | =
seal_account        | keeper + keeper; asker out; tell tell_administrators, tell_security | = | = | =
unseal_account      | keeper + keeper; asker out; 240 min; tell tell_administrators, tell_security | = | = | =
";

/// What sites may want: row, column, cell. All of them are stricter, but for the first, which the matrix allows.
pub(crate) const SITES: &[(&str, usize, &str)] = &[
    ("isolate", 3, "nobody"),
    ("isolate", 0, "clinician + any + any; bedside; asker out"),
    ("isolate", 1, "clinician + clinician; bedside"),
    ("isolate", 2, "clinician + biomed; asker out; tell tell_unit"),
    ("isolate", 3, "clinician + any; when in_window; 30 min"),
    ("observe", 0, "any"),
    ("active_probe", 2, "never"),
    ("active_probe", 3, "biomed; when in_window"),
    (
        "block_external_flow",
        0,
        "owner; when outside_profile, not_alarm_path; 10 min; tell page_clinical_owner",
    ),
    ("block_external_flow", 1, "order"),
    ("block_profile_flow", 2, "biomed + clinician; asker out"),
    ("block_profile_flow", 3, "any + any + any; asker out"),
    ("change", 0, "never"),
    ("change", 3, "any + security; asker out"),
    ("revoke_certificate", 0, "security + biomed + owner; when clinical_flows_replaced"),
    (
        "unseal_account",
        3,
        "keeper + keeper + keeper; asker out; 60 min; tell tell_administrators, tell_security",
    ),
];

/// Who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    Nobody,
    Never,
    Order,
    Seats(Vec<Vec<&'static str>>),
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) who: Who,
    pub(crate) when: Vec<String>,
    pub(crate) tell: Vec<String>,
    pub(crate) bedside: bool,
    pub(crate) asker_out: bool,
    pub(crate) minutes: Option<u32>,
}

/// Rows by name, four cells each.
pub(crate) type Table = BTreeMap<String, Vec<Cell>>;

pub(crate) fn table() -> Table {
    let mut table = Table::new();
    for line in MATRIX.lines().filter(|line| !line.is_empty()) {
        let mut parts = line.split('|').map(str::trim);
        let name = parts.next().expect("a row has a name").to_owned();
        let mut cells: Vec<Cell> = Vec::new();
        for part in parts {
            let cell = if part == "=" { cells.last().expect("one before").clone() } else { cell(part) };
            cells.push(cell);
        }
        assert_eq!(cells.len(), 4, "{name}");
        table.insert(name, cells);
    }
    table
}

pub(crate) fn cell(text: &str) -> Cell {
    let mut parts = text.split(';').map(str::trim);
    let who = match parts.next().expect("who decides") {
        "nobody" => Who::Nobody,
        "never" => Who::Never,
        "order" => Who::Order,
        seats => Who::Seats(seats.split('+').map(|seat| roles(seat.trim())).collect()),
    };
    let alone = matches!(&who, Who::Seats(seats) if seats.len() == 1);
    let mut cell =
        Cell { who, when: Vec::new(), tell: Vec::new(), bedside: false, asker_out: alone, minutes: None };
    for part in parts {
        let list = |text: &str| text.split(',').map(|word| word.trim().to_owned()).collect();
        match part.split_once(' ') {
            _ if part == "bedside" => cell.bedside = true,
            _ if part == "asker out" => cell.asker_out = true,
            Some(("when", words)) => cell.when = list(words),
            Some(("tell", words)) => cell.tell = list(words),
            Some((number, "min")) => cell.minutes = Some(number.parse().expect("minutes")),
            _ => panic!("`{part}` says nothing"),
        }
    }
    cell
}

fn roles(seat: &str) -> Vec<&'static str> {
    match seat {
        "owner" => vec!["clinical_owner"],
        "clinician" => vec!["clinical_owner", "clinician"],
        "biomed" => vec!["biomed"],
        "security" => vec!["security"],
        "keeper" => vec!["security", "administrator"],
        "any" => vec!["clinical_owner", "clinician", "biomed", "security", "network"],
        other => panic!("`{other}` is nobody"),
    }
}

/// The column of a device, by the head of the table read from left to right.
pub(crate) fn column(class: &str, patient: &str) -> usize {
    if class == "unknown" || class == "life_sustaining" || patient == "connected" {
        return 0;
    }
    if class == "support" || class == "non_clinical" {
        return 3;
    }
    if patient != "idle" {
        return 0;
    }
    if class == "diagnostic" { 2 } else { 1 }
}
