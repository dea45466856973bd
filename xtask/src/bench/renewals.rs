//! How fast subscriptions renew that all fall due at the same instant of a test clock.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use cluster::Cluster;

use super::cpu::Spent;
use super::machine;
use super::report::{keep, table};
use super::server::Server;
use super::store::Database;
use super::subscribers::{CLERKS, advance, mark_paid, open, renewed, subscribe};

/// How many of each plan, and on which databases.
#[derive(Debug, PartialEq)]
struct Options {
    subscriptions: u64,
    /// `None`: on both, one after the other.
    database: Option<String>,
    /// Only the plan that costs nothing.
    free: bool,
    /// Only a look: nothing is kept.
    quick: bool,
}

impl Options {
    fn read(arguments: &[&str]) -> Result<Self> {
        let mut options = Self { subscriptions: 10_000, database: None, free: false, quick: false };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match *word {
                "--subscriptions" => {
                    let number = words.next().and_then(|word| word.parse().ok()).filter(|number| *number > 0);
                    options.subscriptions = number.context("--subscriptions takes a number")?;
                }
                "--database" => match words.next() {
                    Some(database @ (&"sqlite" | &"postgres")) => options.database = Some((*database).to_owned()),
                    _ => bail!("--database takes sqlite or postgres"),
                },
                "--free" => options.free = true,
                "--quick" => options = Self { subscriptions: 200, quick: true, ..options },
                _ => {
                    bail!(
                        "bench renewals takes --subscriptions N, --database sqlite|postgres, --free and --quick, \
                         not {word}"
                    )
                }
            }
        }
        Ok(options)
    }

    fn is_on(&self, database: &str) -> bool {
        self.database.as_ref().is_none_or(|only| only == database)
    }
}

/// Measures, and writes the figures into the page if they are of both databases.
pub(super) fn run(arguments: &[&str]) -> Result<()> {
    let options = Options::read(arguments)?;
    let cluster = Cluster::start()?;
    let mut figures = Vec::new();
    if options.is_on("sqlite") {
        figures.push(measure(&Database::sqlite()?, &options)?);
    }
    if options.is_on("postgres") {
        figures.push(measure(&Database::postgres(&cluster)?, &options)?);
    }
    let report = Report { machine: machine::facts(&cluster)?, subscriptions: options.subscriptions, figures };
    let report = report.to_string();
    println!("\n{report}");
    if options.quick || options.free || options.database.is_some() { Ok(()) } else { keep("renewals", &report) }
}

/// What one piece of work took.
struct Measured {
    took: Duration,
    spent: Spent,
}

/// What was measured on one database.
struct Figures {
    name: &'static str,
    /// Plans that cost nothing: the old credits expire, the new ones come.
    free: Measured,
    /// Plans that cost money, if there are any.
    paid: Option<Paid>,
}

/// Plans that are paid by bank transfer.
struct Paid {
    /// The old credits expire, an order asks for the next month.
    ordered: Measured,
    /// These orders, booked as paid: the new credits come, and an invoice.
    booked: Measured,
}

fn measure(database: &Database, options: &Options) -> Result<Figures> {
    let many = options.subscriptions;
    println!("== {}: {many} subscriptions of each plan", database.name);
    let (folio, key) = database.tenant(include_str!("renewals.toml"), "test")?;
    let server = folio.serve(&key)?;
    let hobbyists = subscribe(&server, "hobby", many)?;
    let free = time(&server, "renewed for nothing", many, || advance(&server, &hobbyists))?;
    ensure!(renewed(&server)? == many, "not every free subscription has renewed");
    let paid = if options.free { None } else { Some(pay(&server, many)?) };
    drop(server);
    folio.verify()?;
    let (sold, documents) = folio.books()?;
    let costly = if options.free { 0 } else { many };
    ensure!((sold, documents) == (costly, costly), "{sold} orders and {documents} invoices of {costly} subscriptions");
    Ok(Figures { name: database.name, free, paid })
}

fn pay(server: &Server, many: u64) -> Result<Paid> {
    let teams = subscribe(server, "team", many)?;
    let ordered = time(server, "ordered", many, || advance(server, &teams))?;
    ensure!(renewed(server)? == 2 * many, "not every subscription has renewed");
    let orders = open(server)?;
    ensure!(orders.len() as u64 == many, "{} orders of {many} subscriptions", orders.len());
    let booked = time(server, "booked", many, || mark_paid(server, &orders))?;
    Ok(Paid { ordered, booked })
}

fn time(server: &Server, what: &str, many: u64, work: impl FnOnce() -> Result<()>) -> Result<Measured> {
    let (before, begun) = (Spent::now(server.process())?, Instant::now());
    work()?;
    let measured = Measured { took: begun.elapsed(), spent: Spent::now(server.process())?.since(before) };
    println!("   {what}: {:.0} a second", measured.rate(many));
    Ok(measured)
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "a figure of a bench")]
    fn rate(&self, many: u64) -> f64 {
        many as f64 / self.took.as_secs_f64()
    }

    #[expect(clippy::cast_precision_loss, reason = "figures of a bench")]
    fn line(&self, what: String, many: u64) -> Vec<String> {
        let Spent { server, load, busy, idle } = self.spent;
        let each = |time: Duration| format!("{:.0}", time.as_secs_f64() * 1e6 / many as f64);
        let idle_part = idle.as_secs_f64() / (idle + busy).as_secs_f64().max(f64::EPSILON);
        vec![
            what,
            format!("{:.0}", self.rate(many)),
            format!("{:.1}", self.took.as_secs_f64()),
            each(server),
            each(busy.saturating_sub(server).saturating_sub(load)),
            format!("{:.0} %", idle_part * 100.0),
        ]
    }
}

struct Report {
    machine: String,
    subscriptions: u64,
    figures: Vec<Figures>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, subscriptions: many, figures } = self;
        writeln!(f, "{machine}")?;
        writeln!(
            f,
            "{many} subscriptions of each plan fall due at one instant; one call advances their clock. The orders are \
             booked on {CLERKS} connections.\n"
        )?;
        let head = ["", "a second", "seconds", "folio µs", "others µs", "idle"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for Figures { name, free, paid } in figures {
            rows.push(free.line(format!("{name}: free, renewed"), *many));
            let Some(Paid { ordered, booked }) = paid else { continue };
            rows.push(ordered.line(format!("{name}: by bank transfer, ordered"), *many));
            rows.push(booked.line(format!("{name}: by bank transfer, booked"), *many));
        }
        write!(f, "{}", table(&rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_how_many_and_where() {
        let options = Options::read(&["--database", "sqlite", "--subscriptions", "100000", "--free"]).unwrap();
        assert_eq!((options.subscriptions, options.free, options.quick), (100_000, true, false));
        assert!(options.is_on("sqlite") && !options.is_on("postgres"));
        let usual = Options::read(&[]).unwrap();
        assert!(usual.is_on("sqlite") && usual.is_on("postgres"));
        for wrong in [&["--subscriptions"][..], &["--subscriptions", "0"], &["--database", "oracle"], &["--slow"]] {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn figures_are_of_one_subscription() {
        let (server, busy, idle) = (Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(1));
        let spent = Spent { server, load: Duration::ZERO, busy, idle };
        let line = Measured { took: Duration::from_secs(2), spent }.line("free".to_owned(), 1_000);
        assert_eq!(line, ["free", "500", "2.0", "1000", "2000", "25 %"]);
    }
}
