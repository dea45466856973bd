use clap::Args as _;

use super::*;

/// A command with one flag of each sort.
#[derive(Debug, clap::Args)]
struct Flags {
    #[arg(long, env = "FOLIO_LISTEN", default_value = "here")]
    listen: String,
    #[arg(long, env = "FOLIO_TIMES", required = true)]
    times: Option<u32>,
    #[arg(long, env = "FOLIO_ONCE")]
    once: bool,
    #[arg(long, env = "FOLIO_SCOPES", value_delimiter = ',')]
    scopes: Vec<String>,
}

fn command() -> Command {
    Flags::augment_args(Command::new("folio"))
}

fn refused(text: &str) -> String {
    settings(&command(), text).unwrap_err()
}

#[test]
fn settings_become_defaults_of_every_sort_of_flag() {
    let text = "listen = 'there'\ntimes = 3\nonce = true\nscopes = ['a', 'b']";
    let command = with_defaults(command(), &settings(&command(), text).unwrap());
    let found = command.try_get_matches_from(["folio"]).unwrap();
    assert_eq!(found.get_one::<String>("listen").unwrap(), "there");
    assert_eq!(found.get_one::<u32>("times"), Some(&3));
    assert!(found.get_flag("once"));
    assert_eq!(found.get_many::<String>("scopes").unwrap().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn a_list_can_be_written_with_commas() {
    let command = with_defaults(command(), &settings(&command(), "times = 1\nscopes = 'a,b'").unwrap());
    let found = command.try_get_matches_from(["folio"]).unwrap();
    assert_eq!(found.get_many::<String>("scopes").unwrap().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn an_unknown_key_is_an_error_that_names_the_likeliest() {
    assert_eq!(refused("lisen = 'x'"), "unknown key \"lisen\": did you mean \"listen\"?");
    assert_eq!(refused("colour = 'x'"), "unknown key \"colour\": `folio help COMMAND` shows what can be set");
}

#[test]
fn a_value_that_does_not_fit_is_an_error_that_names_its_key() {
    assert!(refused("times = 'often'").starts_with("times: invalid value 'often' for '--times"));
    assert_eq!(refused("once = 'yes'"), "once: true or false");
    assert_eq!(refused("listen = ['a', 'b']"), "listen: no array can stand here");
    assert_eq!(refused("[listen]"), "listen: no table can stand here");
    assert!(refused("times = 1\nlisten = ").starts_with("line 2: "));
}

#[test]
fn the_file_is_named_by_the_flag_in_either_spelling() {
    let found = |arguments: &[&str]| named(&arguments.iter().map(OsString::from).collect::<Vec<_>>());
    assert_eq!(found(&["folio", "serve", "--config", "a.toml"]), Some("a.toml".into()));
    assert_eq!(found(&["folio", "--config=a.toml", "serve"]), Some("a.toml".into()));
    assert_eq!(found(&["folio", "estimate", "--", "--config", "a.toml"]), None);
}
