//! What is printed, and where.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use clap::ValueEnum;
use comfy_table::{CellAlignment, LineStyle, TableStyle};
use domain::Instant;
use serde::Serialize;

/// How data is printed: in columns, or as JSON on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
}

/// Prints data.
pub(crate) fn data(text: impl Display) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Prints data as JSON.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    data(serde_json::to_string(value)?)
}

/// Tells something that is not data.
pub(crate) fn note(text: impl Display) {
    // Nobody can be told that nobody can be told.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A table's column: its heading, and the side on which its cells stand.
#[derive(Clone, Copy)]
pub(crate) enum Column {
    /// Words.
    Left(&'static str),
    /// Numbers.
    Right(&'static str),
}

impl Column {
    fn heading(&self) -> &'static str {
        match self {
            Self::Left(heading) | Self::Right(heading) => heading,
        }
    }
}

const LINES: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));

/// Lays rows out in columns.
pub(crate) fn table<R: IntoIterator<Item = String>>(columns: &[Column], rows: impl IntoIterator<Item = R>) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(LINES).set_header(columns.iter().map(Column::heading));
    for row in rows {
        table.add_row(row);
    }
    for (place, (column, laid)) in columns.iter().zip(table.column_iter_mut()).enumerate() {
        let gap = if place + 1 == columns.len() { 0 } else { 2 };
        laid.set_padding((0, gap));
        if matches!(column, Column::Right(_)) {
            laid.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

/// Text moved to the right, line by line.
pub(crate) fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Stands out, where the terminal can show it and nobody has asked for plain text.
pub(crate) fn bold(text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if plain || !io::stdout().is_terminal() { text.to_owned() } else { format!("\x1b[1m{text}\x1b[0m") }
}

/// An instant for people.
pub(crate) fn minute(at: Instant) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// An instant for programs.
pub(crate) fn time(at: Instant) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// `1 page`, `2 pages`.
pub(crate) fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_without_trailing_spaces() {
        let rows = [["invoice.pdf".to_owned(), "1".to_owned()], ["a.pdf".to_owned(), "100".to_owned()]];
        let table = table(&[Column::Left("File"), Column::Right("Pages")], rows);
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines[0], "File         Pages");
        assert!(lines[1].chars().all(|line| line == '─'));
        assert_eq!(lines[2..], ["invoice.pdf      1", "a.pdf          100"]);
    }

    #[test]
    fn numbers_count_their_words() {
        assert_eq!([count(0, "page"), count(1, "page"), count(2, "page")], ["0 pages", "1 page", "2 pages"]);
    }
}
