//! A table for a terminal: every table is laid out here.

use std::io::{IsTerminal as _, stdout};

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Attribute as Style, Cell, ContentArrangement, Table};

/// How a table is laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// Columns of the terminal; `None` when it is none.
    pub(crate) width: Option<u16>,
    /// Whether bold is shown.
    pub(crate) styled: bool,
}

impl Layout {
    /// For standard output as it is.
    #[must_use]
    pub(crate) fn of_stdout() -> Self {
        let is_terminal = stdout().is_terminal();
        let styled = is_terminal && std::env::var_os("NO_COLOR").is_none();
        let width = console::Term::stdout().size_checked().filter(|_| is_terminal);
        Self { width: width.map(|(_, columns)| columns), styled }
    }
}

/// Rows below their heads; the column `bold` stands out. Cells may have several lines.
#[must_use]
pub(crate) fn render(heads: &[&str], bold: usize, rows: Vec<Vec<String>>, layout: Layout) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(layout.width.unwrap_or(WIDTH_WITHOUT_TERMINAL).max(WIDTH_MIN));
    table.set_header(heads.iter().map(|head| styled(Cell::new(head), layout)));
    for row in rows {
        table.add_row(row.iter().enumerate().map(|(column, text)| {
            let cell = Cell::new(harmless(text));
            if column == bold { styled(cell, layout) } else { cell }
        }));
    }
    table.to_string()
}

fn styled(cell: Cell, layout: Layout) -> Cell {
    if layout.styled { cell.add_attribute(Style::Bold) } else { cell }
}

/// A text that does not steer the terminal: what stations and people write may hold anything.
#[must_use]
pub(crate) fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Width when the output is no terminal.
const WIDTH_WITHOUT_TERMINAL: u16 = 160;
/// Below this a table is unreadable; the terminal wraps it instead.
const WIDTH_MIN: u16 = 80;
