//! How far long work has got: a bar on a terminal, else a line now and then.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output;

/// Between two lines.
const PERIOD: Duration = Duration::from_secs(5);
const BAR: &str = "{bar:30} {pos}/{len} {msg}  {per_sec}  {eta} left";

/// Tells on standard error how far long work has got.
pub(crate) enum Progress {
    /// A bar.
    Bar(ProgressBar),
    /// Lines.
    Lines {
        /// What is counted.
        what: &'static str,
        /// Since when.
        started: Instant,
        /// When the last line was printed.
        told: Instant,
    },
}

impl Progress {
    /// At the start. Nothing is shown yet.
    pub(crate) fn new(what: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            let now = Instant::now();
            return Self::Lines { what, started: now, told: now };
        }
        let style = ProgressStyle::with_template(BAR).expect("a template of our own").progress_chars("██░");
        Self::Bar(ProgressBar::no_length().with_style(style).with_message(what))
    }

    /// So many of so many are done.
    pub(crate) fn reach(&mut self, size: u64, done: u64) {
        match self {
            Self::Bar(bar) => {
                bar.set_length(size);
                bar.set_position(done);
            }
            Self::Lines { what, started, told } => {
                if told.elapsed() >= PERIOD {
                    *told = Instant::now();
                    output::note(line(what, size, done, started.elapsed()));
                }
            }
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn line(what: &str, size: u64, done: u64, took: Duration) -> String {
    let rate = u128::from(done) * 1_000 / took.as_millis().max(1);
    let left = u128::from(size.saturating_sub(done)) / rate.max(1);
    format!("{done}/{size} {what}  {rate}/s  {left}s left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_rate_and_time_left() {
        let line = line("entries", 100_000, 25_000, Duration::from_secs(5));
        assert_eq!(line, "25000/100000 entries  5000/s  15s left");
    }
}
