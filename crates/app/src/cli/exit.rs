//! How a command ends: its exit code, and one line for what went wrong.

use std::io;
use std::process::ExitCode;

use clap::error::ErrorKind;

use super::database::Unreachable;
use super::output;

/// How a command ended that has said all it had to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Not done.
    Failed = 1,
    /// What was compared differs.
    Differs = 3,
    /// The ledger does not add up.
    Unverified = 4,
    /// The server does not answer.
    Unreachable = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The command line asks for something that cannot be: exit code 2.
pub(crate) fn usage(what: impl std::fmt::Display) -> anyhow::Error {
    clap::Error::raw(ErrorKind::ValueValidation, format!("{what}\n")).into()
}

/// Tells what went wrong, and makes the exit code of it.
pub(crate) fn conclude(outcome: anyhow::Result<Exit>) -> ExitCode {
    let error = match outcome {
        Ok(exit) => return exit.into(),
        Err(error) => error,
    };
    if let Some(asked) = error.downcast_ref::<clap::Error>() {
        // Help and the version are such errors, too; a reader who is gone needs neither.
        let _ = asked.print();
        return ExitCode::from(u8::try_from(asked.exit_code()).unwrap_or(2));
    }
    if has_lost_its_reader(&error) {
        return Exit::Done.into();
    }
    output::note(format_args!("error: {}", told(&error)));
    if error.is::<Unreachable>() { Exit::Unreachable.into() } else { Exit::Failed.into() }
}

/// `folio … | head`: nobody reads any further.
fn has_lost_its_reader(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// An error and its causes in one line. Many causes are told by the error above them already.
pub(crate) fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_and_says_nothing_twice() {
        let error = anyhow::anyhow!("the disk\n  is full").context("the disk\n  is full").context("cannot open a.db");
        assert_eq!(told(&error), "cannot open a.db: the disk is full");
    }
}
