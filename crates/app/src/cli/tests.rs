use super::*;

fn read_in(directory: &std::path::Path, settings: &str, arguments: &[&str]) -> anyhow::Result<Cli> {
    let file = directory.join("folio.toml");
    std::fs::write(&file, settings)?;
    let named = ["folio", "--config", file.to_str().expect("a plain path")];
    read(named.iter().chain(arguments).map(OsString::from).collect())
}

fn commands(command: &clap::Command) -> Vec<&clap::Command> {
    command.get_subcommands().flat_map(commands).chain([command]).collect()
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn every_flag_is_a_variable_of_the_environment_too() {
    let mut command = Cli::command();
    command.build();
    for command in commands(&command) {
        let own = |arg: &&clap::Arg| !["help", "version"].contains(&arg.get_id().as_str());
        for flag in command.get_opts().chain(command.get_arguments().filter(|arg| !arg.is_positional())).filter(own) {
            let variable = flag.get_env().and_then(|name| name.to_str()).unwrap_or_default();
            let name = flag.get_long().unwrap_or_default().replace('-', "_").to_uppercase();
            let fits = variable.starts_with("FOLIO_") && variable.ends_with(&name);
            assert!(fits, "{} --{name}: {variable:?}", command.get_name());
        }
    }
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let directory = tempfile::tempdir().unwrap();
    let database = |settings: &str, arguments: &[&str]| {
        let Command::Migrate(migrate) = read_in(directory.path(), settings, arguments).unwrap().command else {
            panic!("another command");
        };
        format!("{migrate:?}")
    };
    let file = "database = 'sqlite://file.db'";
    assert!(database("", &["migrate"]).contains("sqlite://folio.db"));
    assert!(database(file, &["migrate"]).contains("sqlite://file.db"));
    assert!(database(file, &["migrate", "--database", "sqlite://flag.db"]).contains("sqlite://flag.db"));
}

#[test]
fn the_file_can_give_what_is_required_and_switch_things_on() {
    let directory = tempfile::tempdir().unwrap();
    let settings = "tenant = 'acme'\nformat = 'json'\ncatalog_yes = true\nkeys_scopes = ['read', 'meter']";
    let cli = read_in(directory.path(), settings, &["catalog", "apply", "flexocr"]).unwrap();
    assert_eq!(cli.global.format, Format::Json);
    let Command::Catalog(catalog::Catalog::Apply { yes, .. }) = cli.command else { panic!("another command") };
    assert!(yes);
    let cli = read_in(directory.path(), settings, &["keys", "create"]).unwrap();
    let keys = format!("{:?}", cli.command);
    assert!(keys.contains("acme") && keys.contains("[Read, Meter]"), "{keys}");
}
