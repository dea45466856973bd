//! Two builds of `folio` under the same load, turn about: on a machine whose speed wanders, only that tells them apart.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cluster::Cluster;

use super::load;
use super::store::{BATCHES, Bench, CONNECTIONS, Database};
use super::work::Work;

const CUSTOMERS: u64 = 10_000;
const SECONDS: u64 = 4;
const WORKS: [(&str, Work, usize); 5] = [
    ("HTTP floor", Work::Floor, CONNECTIONS),
    ("usage, uniform", Work::Usage(CUSTOMERS), CONNECTIONS),
    ("usage, hot", Work::Usage(1), CONNECTIONS),
    ("hold + capture", Work::Pair(CUSTOMERS), CONNECTIONS),
    ("batch of 500", Work::Batch(CUSTOMERS), BATCHES),
];

struct Options {
    other: PathBuf,
    rounds: usize,
}

/// Prints, for each load, how this build compares with the other.
pub(super) fn run(arguments: &[&str]) -> Result<()> {
    let Options { other, rounds } = Options::read(arguments)?;
    let cluster = Cluster::start()?;
    compare(&[Database::sqlite()?, Database::sqlite()?], &other, rounds)?;
    compare(&[Database::postgres(&cluster)?, Database::postgres(&cluster)?], &other, rounds)
}

/// Each build has a database of its own: they grow alike.
fn compare(databases: &[Database; 2], other: &Path, rounds: usize) -> Result<()> {
    let [this_database, other_database] = databases;
    let this = Bench::prepare(this_database, CUSTOMERS, SECONDS)?;
    let mut that = Bench::prepare(other_database, CUSTOMERS, SECONDS)?;
    that.folio = that.folio.of(other.to_owned());
    let mut ratios = WORKS.map(|_| Vec::new());
    for round in 0..rounds {
        let (these, those) = if round % 2 == 0 {
            let these = figures_of(&this)?;
            (these, figures_of(&that)?)
        } else {
            let those = figures_of(&that)?;
            (figures_of(&this)?, those)
        };
        for (place, ratios) in ratios.iter_mut().enumerate() {
            let ((rate, time), (other_rate, other_time)) = (these[place], those[place]);
            println!("   {}: {rate:.0} and {other_rate:.0} a second", WORKS[place].0);
            ratios.push((rate / other_rate, time / other_time));
        }
    }
    for ((name, ..), ratios) in WORKS.into_iter().zip(ratios) {
        let (rates, times): (Vec<_>, Vec<_>) = ratios.into_iter().unzip();
        let name = format!("{}: {name}", this_database.name);
        println!("{name}: rate {}, server's time {}", spread(rates), spread(times));
    }
    Ok(())
}

/// Pieces a second, and the server's seconds for each.
fn figures_of(bench: &Bench) -> Result<[(f64, f64); WORKS.len()]> {
    let server = bench.serve()?;
    // Every book is read once before anything counts.
    load::measure(&server, Work::Batch(CUSTOMERS), BATCHES, 1)?;
    let mut figures = [(0.0, 0.0); WORKS.len()];
    for (figure, (_, work, connections)) in figures.iter_mut().zip(WORKS) {
        let measured = load::measure(&server, work, connections, SECONDS)?;
        let rate = measured.rate();
        *figure = (rate, measured.spent.server.as_secs_f64() / rate);
    }
    Ok(figures)
}

/// The median of some ratios, and how far they reach.
fn spread(mut ratios: Vec<f64>) -> String {
    ratios.sort_unstable_by(f64::total_cmp);
    let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
    format!("{:.2}x ({least:.2} to {most:.2})", ratios[ratios.len() / 2])
}

impl Options {
    fn read(arguments: &[&str]) -> Result<Self> {
        match arguments {
            [other] => Ok(Self { other: other.into(), rounds: 3 }),
            [other, "--rounds", rounds] => {
                let rounds = rounds.parse().ok().filter(|rounds| *rounds > 0);
                Ok(Self { other: other.into(), rounds: rounds.context("--rounds takes a number")? })
            }
            _ => bail!("bench compare takes another build's FOLIO and --rounds N, not {}", arguments.join(" ")),
        }
    }
}
