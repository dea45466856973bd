//! The log, on standard error.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

use super::exit::usage;

/// What is logged, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Log {
    /// What is logged: error, warn, info, debug or trace, for all or by target (`info,folio::access=off`).
    #[arg(long = "log", global = true, env = "FOLIO_LOG", value_name = "FILTER")]
    filter: Option<String>,
    /// How it is logged.
    #[arg(long = "log-format", global = true, env = "FOLIO_LOG_FORMAT", value_enum, default_value = "text")]
    lines: Lines,
}

/// How log lines are written: for people, or as a JSON object each.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Lines {
    Text,
    Json,
}

impl Log {
    /// Logs from now on: what is `usual` where nobody says.
    pub(crate) fn start(&self, usual: &str) -> anyhow::Result<()> {
        let filter = self.filter.as_deref().filter(|filter| !filter.is_empty()).unwrap_or(usual);
        let filter = EnvFilter::try_new(filter).map_err(|error| usage(format_args!("--log: {error}")))?;
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        match self.lines {
            Lines::Json => log.json().flatten_event(true).init(),
            Lines::Text if std::io::stderr().is_terminal() => log.init(),
            Lines::Text => log.with_ansi(false).init(),
        }
        Ok(())
    }
}
