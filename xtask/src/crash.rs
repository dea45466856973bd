//! The crash harness: `kill -9` under load and amid renewals, again and again.

use anyhow::{Context, Result, bail};
use cluster::Cluster;

use crate::cargo;

/// What CI asks of each database.
pub(crate) const IN_CI: [&str; 2] = ["--kills", "100"];

/// The tests that are told how often: the load, and for every ten kills of it a month of renewals.
const HARNESS: [&str; 3] = ["kill", "renewals", "workers"];

/// How often, with which seed, and on which database.
#[derive(Debug, PartialEq)]
struct Options {
    kills: u32,
    seed: Option<u64>,
    tests: [String; HARNESS.len()],
}

impl Options {
    fn read(arguments: &[&str]) -> Result<Self> {
        let mut options = Self { kills: 100, seed: None, tests: HARNESS.map(|tests| format!("{tests}::")) };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().copied().with_context(|| format!("{word} takes a value"));
            match *word {
                "--kills" => options.kills = value()?.parse().context("--kills takes a number")?,
                "--seed" => options.seed = Some(value()?.parse().context("--seed takes a number")?),
                "--store" => match value()? {
                    store @ ("sqlite" | "postgres") => {
                        options.tests = HARNESS.map(|tests| format!("{tests}::{store}::"));
                    }
                    other => bail!("--store takes sqlite or postgres, not {other}"),
                },
                _ => bail!("crash takes --kills N, --seed S and --store sqlite|postgres, not {word}"),
            }
        }
        Ok(options)
    }
}

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let Options { kills, seed, tests } = Options::read(arguments)?;
    cargo::run(&cargo::BUILD)?;
    let cluster = Cluster::start()?;
    let mut test = cargo::command(&["test", "--workspace", "--test", "crash", "--", "--nocapture"]);
    test.args(tests).env(cluster::ENV, cluster.server()).env("FOLIO_CRASH_KILLS", kills.to_string());
    if let Some(seed) = seed {
        test.env("FOLIO_CRASH_SEED", seed.to_string());
    }
    cargo::finish(&mut test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_how_often_and_where() {
        let options = Options::read(&["--kills", "1000", "--store", "sqlite", "--seed", "7"]).unwrap();
        let tests = ["kill::sqlite::", "renewals::sqlite::", "workers::sqlite::"].map(str::to_owned);
        assert_eq!(options, Options { kills: 1_000, seed: Some(7), tests });
        assert_eq!(Options::read(&IN_CI).unwrap().tests, ["kill::", "renewals::", "workers::"]);
        for wrong in [&["--kills"][..], &["--kills", "many"], &["--store", "oracle"], &["--hard"]] {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
