//! What gets slower as a ledger grows: along each axis the same load, on both stores.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail};
use cluster::Cluster;

use super::load::{self, Measured};
use super::plot::{self, Chart};
use super::report::table;
use super::seed;
use super::server::Server;
use super::store::{Bench, CONNECTIONS, Database};
use super::work::Work;

/// Where the plots lie, as the page links them.
const PLOTS: &str = "docs/benchmarks";
/// Readers for latency: few enough that nobody queues.
const READERS: usize = 4;
/// Customers who read with their own key; each may ask 150 times a minute.
const KEYS: u64 = 600;
const SECONDS: u64 = 4;

/// Something that grows.
#[derive(Clone, Copy)]
enum Axis {
    Entries,
    Customers,
    OpenHolds,
    Grants,
}

impl Axis {
    /// What takes longest comes last.
    const ALL: [Self; 4] = [Self::OpenHolds, Self::Grants, Self::Entries, Self::Customers];

    const fn word(self) -> &'static str {
        match self {
            Self::Entries => "entries in the journal",
            Self::Customers => "customers",
            Self::OpenHolds => "open holds of one customer",
            Self::Grants => "grants of one customer",
        }
    }

    /// What it is called on the command line, and its plot.
    const fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Customers => "customers",
            Self::OpenHolds => "holds",
            Self::Grants => "grants",
        }
    }

    const fn sizes(self, quick: bool) -> &'static [u64] {
        match (self, quick) {
            (Self::Entries, false) => &[1_000, 100_000, 10_000_000],
            (Self::Entries, true) => &[1_000, 20_000],
            (Self::Customers, false) => &[100, 10_000, 1_000_000],
            (Self::Customers, true) => &[100, 1_000],
            (Self::OpenHolds, false) => &[1, 100, 10_000],
            (Self::Grants, false) => &[1, 10, 100, 1_000],
            (Self::OpenHolds | Self::Grants, true) => &[1, 100],
        }
    }

    /// How many customers the load falls on at this size.
    const fn customers(self, size: u64) -> u64 {
        match self {
            Self::Entries => 1_000,
            Self::Customers => size,
            Self::OpenHolds | Self::Grants => 1,
        }
    }

    /// Brings the ledger from one size to the next.
    fn grow(self, server: &Server, from: u64, to: u64) -> Result<()> {
        let first = from == 0;
        match self {
            Self::Customers => seed::customers(server, from..to, &["P1Y"]),
            Self::Entries if first => {
                seed::customers(server, 0..self.customers(to), &["P1Y"])?;
                seed::usages(server, to, self.customers(to))
            }
            Self::Entries => seed::usages(server, to - from, self.customers(to)),
            Self::OpenHolds if first => {
                seed::customers(server, 0..1, &["P1Y"])?;
                seed::holds(server, to)
            }
            Self::OpenHolds => seed::holds(server, to - from),
            Self::Grants if first => seed::customers(server, 0..1, &["P1Y"]),
            Self::Grants => seed::grants(server, to - from),
        }
    }
}

/// What was measured at one size.
struct Point {
    size: u64,
    usage: Measured,
    balance: Measured,
    me: Measured,
}

/// Along which axes, and whether it is only a look.
struct Options {
    axes: Vec<Axis>,
    quick: bool,
}

impl Options {
    fn read(arguments: &[&str]) -> Result<Self> {
        let mut options = Self { axes: Vec::new(), quick: false };
        for word in arguments {
            match Axis::ALL.into_iter().find(|axis| axis.name() == *word) {
                Some(axis) => options.axes.push(axis),
                None if *word == "--quick" => options.quick = true,
                None => bail!("growth takes holds, grants, entries, customers and --quick, not {word}"),
            }
        }
        if options.axes.is_empty() {
            options.axes = Axis::ALL.to_vec();
        }
        Ok(options)
    }
}

/// Measures along the axes and writes tables and plots into the page, each as soon as it is there.
pub(super) fn run(arguments: &[&str]) -> Result<()> {
    let Options { axes, quick } = Options::read(arguments)?;
    let cluster = Cluster::start()?;
    for axis in axes {
        let sqlite = along(axis, &Database::sqlite()?, quick)?;
        let postgres = along(axis, &Database::postgres(&cluster)?, quick)?;
        let section = section(axis, &sqlite, &postgres)?;
        println!("\n{section}");
        if !quick {
            fs::create_dir_all(PLOTS)?;
            fs::write(format!("{PLOTS}/{}.svg", axis.name()), drawn(axis, &sqlite, &postgres)?)?;
            super::report::keep(&format!("growth by {}", axis.name()), &section)?;
        }
    }
    Ok(())
}

fn along(axis: Axis, database: &Database, quick: bool) -> Result<Vec<Point>> {
    let bench = Bench::empty(database, SECONDS)?;
    let server = bench.serve()?;
    let mut points = Vec::new();
    let mut reached = 0;
    for size in axis.sizes(quick) {
        println!("   {}: growing to {size} {}", database.name, axis.word());
        axis.grow(&server, reached, *size)?;
        reached = *size;
        println!("   {}: measuring", database.name);
        points.push(measure(axis, &server, *size).with_context(|| format!("{} {}", size, axis.word()))?);
        let last = points.last().map_or(0.0, |point: &Point| point.usage.rate());
        println!("   {}: {size} {}: {last:.0} usages a second", database.name, axis.word());
    }
    drop(server);
    bench.folio.verify()?;
    Ok(points)
}

fn measure(axis: Axis, server: &Server, size: u64) -> Result<Point> {
    let customers = axis.customers(size);
    let usage = load::measure(server, Work::Usage(customers), CONNECTIONS, SECONDS)?;
    let balance = load::measure(server, Work::Balance(customers), READERS, SECONDS)?;
    // Fewer customers may not ask often enough to measure by.
    let keys = (customers >= KEYS).then(|| seed::readers(server, KEYS)).transpose()?;
    let me = keys.map(|keys| load::measure(server, Work::Me(keys.leak()), READERS, 1)).transpose()?.unwrap_or_default();
    Ok(Point { size, usage, balance, me })
}

fn section(axis: Axis, sqlite: &[Point], postgres: &[Point]) -> Result<String> {
    let mut head = vec![axis.word().to_owned()];
    for store in ["SQLite", "Postgres"] {
        let figures = ["usages/s", "p50 ms", "p99 ms", "balance p99 ms", "`/v1/me` p99 ms"];
        head.extend(figures.map(|figure| format!("{store}: {figure}")));
    }
    let mut rows = vec![head];
    for (one, other) in sqlite.iter().zip(postgres) {
        let mut row = vec![one.size.to_string()];
        row.extend(cells(one));
        row.extend(cells(other));
        rows.push(row);
    }
    let mut section = String::new();
    writeln!(section, "![Rate and p99 by {}](benchmarks/{}.svg)\n", axis.word(), axis.name())?;
    writeln!(section, "{}", table(&rows))?;
    Ok(section)
}

fn cells(point: &Point) -> [String; 5] {
    let milliseconds = |measured: &Measured, percent| match measured.took.len() {
        0 => "–".to_owned(),
        _ => format!("{:.2}", measured.percentile(percent).as_secs_f64() * 1e3),
    };
    [
        format!("{:.0}", point.usage.rate()),
        milliseconds(&point.usage, 50),
        milliseconds(&point.usage, 99),
        milliseconds(&point.balance, 99),
        milliseconds(&point.me, 99),
    ]
}

fn drawn(axis: Axis, sqlite: &[Point], postgres: &[Point]) -> Result<String> {
    let line = |points: &[Point], value: &dyn Fn(&Point) -> f64| -> Vec<(f64, f64)> {
        #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
        points.iter().map(|point| (point.size as f64, value(point))).collect()
    };
    let chart = |title, value: &dyn Fn(&Point) -> f64| Chart {
        title,
        across: axis.word(),
        lines: [("SQLite", line(sqlite, value)), ("Postgres", line(postgres, value))],
    };
    let rate = chart("usages a second, 64 connections", &|point| point.usage.rate());
    let p99 = chart("p99 of a balance, ms", &|point| point.balance.percentile(99).as_secs_f64() * 1e3);
    plot::svg(&[rate, p99])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_axis_may_be_named_and_all_are_meant_otherwise() {
        let read = |arguments: &[&str]| {
            let Options { axes, quick } = Options::read(arguments).unwrap();
            (axes.into_iter().map(Axis::name).collect::<Vec<_>>(), quick)
        };
        assert_eq!(read(&["customers", "--quick"]), (vec!["customers"], true));
        assert_eq!(read(&[]), (vec!["holds", "grants", "entries", "customers"], false));
        assert!(Options::read(&["rows"]).is_err());
    }
}
