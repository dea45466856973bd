//! Settings from a file: a setting there is the default of the flag with the same environment variable.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Arg, ArgAction, Command};
use toml::{Table, Value};

use super::exit::usage;

/// Names the file.
pub(crate) const VARIABLE: &str = "FOLIO_CONFIG";
/// Read where no file is named, if it is there.
const USUAL: &str = "folio.toml";

/// The file to read: the one that `--config` or the environment names, else the usual one.
///
/// The arguments are looked through by hand: they can only be parsed once the file is known.
pub(crate) fn find(arguments: &[OsString]) -> Option<PathBuf> {
    named(arguments)
        .or_else(|| std::env::var_os(VARIABLE).filter(|name| !name.is_empty()))
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(USUAL)).filter(|file| file.is_file()))
}

fn named(arguments: &[OsString]) -> Option<OsString> {
    let mut flags = arguments.iter().take_while(|argument| *argument != "--");
    while let Some(flag) = flags.next() {
        if flag == "--config" {
            return flags.next().cloned();
        }
        if let Some(name) = flag.to_str().and_then(|flag| flag.strip_prefix("--config=")) {
            return Some(name.into());
        }
    }
    None
}

/// The command with the file's settings as its defaults.
pub(crate) fn apply(command: Command, file: &Path) -> anyhow::Result<Command> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()));
    let settings = settings(&command, &text?);
    let settings = settings.map_err(|what| usage(format_args!("{}: {what}", file.display())))?;
    Ok(with_defaults(command, &settings))
}

type Settings = BTreeMap<String, Vec<String>>;

fn settings(command: &Command, text: &str) -> Result<Settings, String> {
    let table: Table = text.parse().map_err(|error| syntax(text, &error))?;
    let known = known(command);
    let mut settings = Settings::new();
    for (key, value) in table {
        let arg = known.get(&key).ok_or_else(|| unknown(&key, known.keys()))?;
        let values = values(arg, &value).map_err(|what| format!("{key}: {what}"))?;
        settings.insert(key, values);
    }
    Ok(settings)
}

fn syntax(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}: {}", before.matches('\n').count() + 1, error.message())
}

/// What a file may set: every flag with an environment variable, wherever it stands, but not the file itself.
fn known(command: &Command) -> BTreeMap<String, Arg> {
    let below = command.get_subcommands().flat_map(known);
    let here = command.get_arguments().filter_map(|arg| Some((key(arg)?, arg.clone())));
    below.chain(here).collect()
}

fn key(arg: &Arg) -> Option<String> {
    let variable = arg.get_env().and_then(OsStr::to_str).filter(|variable| *variable != VARIABLE)?;
    variable.strip_prefix("FOLIO_").map(str::to_ascii_lowercase)
}

fn unknown<'k>(key: &str, known: impl Iterator<Item = &'k String>) -> String {
    let distance = |known: &String| strsim::damerau_levenshtein(key, known);
    let nearest = known.min_by_key(|known| distance(known)).filter(|known| distance(known) <= known.len().div_ceil(3));
    match nearest {
        Some(known) => format!("unknown key {key:?}: did you mean {known:?}?"),
        None => format!("unknown key {key:?}: `folio help COMMAND` shows what can be set"),
    }
}

fn values(arg: &Arg, value: &Value) -> Result<Vec<String>, String> {
    let values = match value {
        Value::Array(values) if matches!(arg.get_action(), ArgAction::Append) => {
            values.iter().map(word).collect::<Option<Vec<_>>>()
        }
        other => word(other).map(|word| vec![word]),
    };
    let values = values.ok_or_else(|| format!("no {} can stand here", value.type_str()))?;
    match (arg.get_action(), value) {
        (ArgAction::SetTrue, Value::Boolean(_)) => Ok(values),
        (ArgAction::SetTrue, _) => Err("true or false".to_owned()),
        _ => accepted(arg, &values).map(|()| values),
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => Some(value.to_string()),
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

/// Asks the flag itself, in a command of its own: a default that does not fit would be a bug there, not an error.
fn accepted(arg: &Arg, values: &[String]) -> Result<(), String> {
    let flag = |value: &String| format!("--{}={value}", arg.get_long().unwrap_or_default());
    let probe = Command::new("probe").no_binary_name(true).arg(arg.clone().required(false));
    probe.try_get_matches_from(values.iter().map(flag)).map(drop).map_err(|error| first_line(&error))
}

fn first_line(error: &impl Display) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}

fn with_defaults(command: Command, settings: &Settings) -> Command {
    let with_default = |arg: Arg| match key(&arg).and_then(|key| settings.get(&key)) {
        // What must not be seen in the environment must not be seen here.
        Some(values) => {
            let hidden = arg.is_hide_env_values_set();
            arg.default_values(values.clone()).required(false).hide_default_value(hidden)
        }
        None => arg,
    };
    command.mut_args(with_default).mut_subcommands(|below| with_defaults(below, settings))
}

#[cfg(test)]
mod tests;
