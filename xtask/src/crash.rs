//! The crash harness: `kill -9` under load and amid renewals, again and again.

use std::num::NonZeroU32;

use anyhow::{Context, Result, bail, ensure};
use cluster::Cluster;

use crate::cargo;

/// What CI asks of each database.
pub(crate) const IN_CI: [&str; 2] = ["--kills", "100"];

/// The tests that are told how often: the load, and for every ten kills of it a month of renewals.
const HARNESS: [&str; 3] = ["kill", "renewals", "workers"];

/// What runs the file that these are in.
const TEST: [&str; 5] = ["test", "--workspace", "--test", "crash", "--"];

/// How often, with which seed, and on which database.
#[derive(Debug, PartialEq)]
struct Options {
    kills: u32,
    seed: Option<u64>,
    /// What the names of the tests begin with, one each.
    tests: Vec<String>,
}

impl Options {
    fn read(arguments: &[&str]) -> Result<Self> {
        let (mut kills, mut seed, mut stores) = (100, None, &["sqlite", "postgres"][..]);
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().copied().with_context(|| format!("{word} takes a value"));
            match *word {
                "--kills" => {
                    kills = value()?.parse::<NonZeroU32>().context("--kills takes a number above 0")?.get();
                }
                "--seed" => seed = Some(value()?.parse().context("--seed takes a number")?),
                "--store" => match value()? {
                    "sqlite" => stores = &["sqlite"],
                    "postgres" => stores = &["postgres"],
                    other => bail!("--store takes sqlite or postgres, not {other}"),
                },
                _ => bail!("crash takes --kills N, --seed S and --store sqlite|postgres, not {word}"),
            }
        }
        let tests = stores.iter().flat_map(|store| HARNESS.map(|tests| format!("{tests}::{store}::")));
        Ok(Self { kills, seed, tests: tests.collect() })
    }
}

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let Options { kills, seed, tests } = Options::read(arguments)?;
    cargo::run(&cargo::BUILD)?;
    each_is_one(&tests, &cargo::output(cargo::command(&TEST).arg("--list"))?)?;
    let cluster = Cluster::start()?;
    let mut test = cargo::command(&TEST);
    test.arg("--nocapture").args(tests).env(cluster::ENV, cluster.server()).env("FOLIO_CRASH_KILLS", kills.to_string());
    if let Some(seed) = seed {
        test.env("FOLIO_CRASH_SEED", seed.to_string());
    }
    cargo::finish(&mut test)
}

/// Cargo is content with tests of which there are none.
fn each_is_one(tests: &[String], listed: &str) -> Result<()> {
    for test in tests {
        let named = listed.lines().filter(|line| line.starts_with(test.as_str()) && line.ends_with(": test"));
        let count = named.count();
        ensure!(count == 1, "{count} tests of crash are called {test}…, where one should be");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_how_often_and_where() {
        let options = Options::read(&["--kills", "1000", "--store", "sqlite", "--seed", "7"]).unwrap();
        let tests = ["kill::sqlite::", "renewals::sqlite::", "workers::sqlite::"].map(str::to_owned).to_vec();
        assert_eq!(options, Options { kills: 1_000, seed: Some(7), tests });
        assert_eq!(Options::read(&IN_CI).unwrap().tests.len(), 2 * HARNESS.len());
        let wrong = [&["--kills"][..], &["--kills", "many"], &["--kills", "0"], &["--store", "oracle"], &["--hard"]];
        for wrong in wrong {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn no_test_is_missed_unseen() {
        let tests = ["kill::sqlite::", "workers::sqlite::"].map(str::to_owned);
        let listed = "kill::sqlite::r45_this: test\nstop::sqlite::r45_that: test\nworkers::sqlite::r28_it: test\n";
        each_is_one(&tests, listed).unwrap();
        assert!(each_is_one(&tests, "").is_err());
        assert!(each_is_one(&tests, &listed.replace("kill::", "slay::")).is_err());
        assert!(each_is_one(&tests, &format!("{listed}kill::sqlite::r45_more: test\n")).is_err());
    }
}
