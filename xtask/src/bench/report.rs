//! The figures as a page of Markdown.

use std::fmt;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

use super::goals;
use super::load::Measured;
use super::naive::{Best, Naive};
use super::store::{BATCHES, CONNECTIONS, Figures};
use super::work::LINES;

const PAGE: &str = "docs/benchmarks.md";

pub(super) struct Report {
    pub(super) machine: String,
    pub(super) customers: u64,
    pub(super) naive: Naive,
    pub(super) sqlite: Figures,
    pub(super) postgres: Figures,
}

/// Puts a report into the page, in place of the last one of its name. What stands between the lines with that name is
/// written here; the rest is written by people.
pub(super) fn keep(name: &str, report: &str) -> Result<()> {
    let page = fs::read_to_string(PAGE).with_context(|| format!("{PAGE} is gone"))?;
    let page = replaced(&page, name, report).with_context(|| format!("{PAGE} has lost its marks"))?;
    fs::write(PAGE, page)?;
    println!("{PAGE} written");
    Ok(())
}

fn replaced(page: &str, name: &str, report: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some([before, &begin, report, &end, after].concat())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, customers, naive, sqlite, postgres } = self;
        writeln!(f, "{machine}")?;
        writeln!(
            f,
            "Calls come on {CONNECTIONS} keep-alive connections where no number is given, batches of {LINES} lines on \
             {BATCHES}; uniform load falls on {customers} customers with three grants each, hot load on one.\n"
        )?;
        let mut rows = vec![
            ["", "a second", "p50 ms", "p99 ms", "folio µs", "load µs", "others µs", "idle"]
                .map(str::to_owned)
                .to_vec(),
        ];
        rows.extend(store(sqlite));
        rows.extend(store(postgres));
        rows.push(best("naive in Postgres: uniform", naive.uniform));
        rows.push(best("naive in Postgres: hot", naive.hot));
        writeln!(f, "{}", table(&rows))?;
        let mut rows = vec![["goal", sqlite.name, postgres.name].map(str::to_owned).to_vec()];
        for goal in goals::all(naive, sqlite, postgres) {
            rows.push([vec![goal.what], goal.reached.to_vec()].concat());
        }
        rows.push(vec![
            "bytes on disk per usage (no goal)".to_owned(),
            sqlite.bytes_per_entry.to_string(),
            postgres.bytes_per_entry.to_string(),
        ]);
        write!(f, "{}", table(&rows))
    }
}

fn store(figures: &Figures) -> Vec<Vec<String>> {
    let Figures { name, floor, alone, uniform, crowd, hot, pairs, batches, .. } = figures;
    let row = |what: &str, measured: &Measured, units: u64| line(&format!("{name}: {what}"), measured, units);
    vec![
        row("HTTP floor", floor, 1),
        row("usage, uniform, 1 connection", alone, 1),
        row("usage, uniform", uniform, 1),
        row("usage, uniform, 256 connections", crowd, 1),
        row("usage, hot", hot, 1),
        row("hold + capture", pairs, 1),
        row("batch lines", batches, LINES),
    ]
}

/// Rates and CPU time are of the unit, a batch's latencies of the whole batch.
#[expect(clippy::cast_precision_loss, reason = "figures of a bench")]
fn line(what: &str, measured: &Measured, units: u64) -> Vec<String> {
    let Measured { took, spent, .. } = measured;
    let each = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e6 / (took.len() as u64 * units).max(1) as f64);
    let milliseconds = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
    let others = spent.busy.saturating_sub(spent.server).saturating_sub(spent.load);
    let idle = spent.idle.as_secs_f64() / (spent.idle + spent.busy).as_secs_f64().max(f64::EPSILON);
    vec![
        what.to_owned(),
        format!("{:.0}", measured.rate() * units as f64),
        milliseconds(measured.percentile(50)),
        milliseconds(measured.percentile(99)),
        each(spent.server),
        each(spent.load),
        each(others),
        format!("{:.0} %", idle * 100.0),
    ]
}

fn best(what: &str, best: Best) -> Vec<String> {
    let mut row = vec![format!("{what}, {} clients", best.clients), format!("{:.0}", best.rate)];
    row.resize(8, "–".to_owned());
    row
}

/// A table of Markdown, aligned to be read as it is. The first row is its head.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut lines: Vec<String> = rows.iter().map(|row| line_of(row, &widths)).collect();
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    lines.insert(1, line_of(&rule, &widths));
    lines.concat()
}

fn line_of(cells: &[String], widths: &[usize]) -> String {
    let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    format!("| {} |\n", padded.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let page = "before\n<!-- a -->\nold\n<!-- end of a -->\nafter\n";
        let new = replaced(page, "a", "new\n").unwrap();
        assert_eq!(new, "before\n<!-- a -->\nnew\n<!-- end of a -->\nafter\n");
        assert_eq!(replaced(page, "b", "new"), None);
    }

    #[test]
    fn a_table_is_aligned() {
        let rows = [["a", "bb"], ["ccc", "µ"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "| a   | bb |\n| --- | -- |\n| ccc | µ  |\n");
    }
}
