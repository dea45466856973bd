//! How long, and over how many customers.

use anyhow::{Context, Result, bail};

pub(super) struct Options {
    /// How long each figure is measured.
    pub(super) seconds: u64,
    /// How many customers the uniform load falls on.
    pub(super) customers: u64,
    /// Only a look: nothing is kept.
    pub(super) quick: bool,
}

impl Options {
    pub(super) fn read(arguments: &[&str]) -> Result<Self> {
        let mut options = Self { seconds: 6, customers: 10_000, quick: false };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut number = || {
                let number = words.next().and_then(|word| word.parse().ok()).filter(|number| *number > 0);
                number.with_context(|| format!("{word} takes a number"))
            };
            match *word {
                "--seconds" => options.seconds = number()?,
                "--customers" => options.customers = number()?,
                "--quick" => options = Self { seconds: 2, customers: 200, quick: true },
                _ => bail!("bench takes --seconds N, --customers N and --quick, not {word}"),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_later_wins() {
        let options = Options::read(&["--quick", "--seconds", "3"]).unwrap();
        assert_eq!((options.seconds, options.customers, options.quick), (3, 200, true));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for wrong in [&["--seconds"][..], &["--seconds", "0"], &["--customers", "many"], &["--slow"]] {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
