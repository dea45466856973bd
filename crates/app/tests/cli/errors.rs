use crate::bench::{Bench, Ran};

#[test]
fn a_command_line_that_cannot_be_is_a_usage_error() {
    let bench = Bench::new();
    let wrong = [
        "",
        "sell",
        "serve --port 1",
        "estimate",
        "keys list",
        "tenant create acme --catalog flexocr --mode prod",
        "keys create --tenant acme --scopes everything",
        "keys create --tenant acme --expires-in month",
        "estimate a.pdf --operation dance",
        "migrate --format xml",
        "migrate --log ==",
    ];
    for arguments in wrong {
        let ran = bench.run(arguments).ended(2);
        assert_eq!(ran.out, "", "{arguments}");
        assert!(!ran.err.is_empty() && !ran.err.contains("panicked"), "{arguments}: {}", ran.err);
    }
}

#[test]
fn help_and_version_are_data() {
    let bench = Bench::new();
    assert_eq!(bench.run("--version").ended(0).out, concat!("folio ", env!("CARGO_PKG_VERSION"), "\n"));
    assert!(bench.run("serve --help").ended(0).out.contains("FOLIO_LISTEN"));
}

#[test]
fn the_environment_wins_over_the_file() {
    let bench = Bench::new();
    bench.write("folio.toml", "database = 'sqlite://file.db'\n");
    assert_eq!(bench.run("migrate").ended(0).out, "The schema of sqlite://file.db is up to date.\n");
    let ran: Ran = bench.command("migrate").env("FOLIO_DATABASE", "sqlite://env.db").output().unwrap().into();
    assert_eq!(ran.ended(0).out, "The schema of sqlite://env.db is up to date.\n");
}

#[test]
fn a_file_with_an_unknown_key_is_refused() {
    let bench = Bench::new();
    bench.write("folio.toml", "databse = 'sqlite://file.db'\n");
    let ran = bench.run("migrate").ended(2);
    assert_eq!(ran.err, "error: folio.toml: unknown key \"databse\": did you mean \"database\"?\n");
    let missing = bench.run("migrate --config none.toml").ended(1);
    assert!(missing.err.starts_with("error: cannot read none.toml: "), "{}", missing.err);
}

#[test]
fn a_database_that_cannot_be_used_is_told_in_one_line() {
    let bench = Bench::new();
    let ran = bench.run("migrate --database mysql://x").ended(1);
    assert_eq!(ran.err.lines().count(), 1);
    let ran = bench.run("migrate --database sqlite://no/such/directory/folio.db").ended(1);
    assert_eq!(ran.err.lines().count(), 1);
    assert!(ran.err.starts_with("error: cannot open sqlite://no/such/directory/folio.db: "), "{}", ran.err);
}

#[test]
fn a_server_that_does_not_answer_has_a_code_of_its_own() {
    let bench = Bench::new();
    // Port 1 is nobody's.
    let ran = bench.run("tenant list --database postgres://folio:secret@127.0.0.1:1/folio").ended(5);
    assert!(!ran.err.contains("secret") && ran.err.lines().count() == 1, "{}", ran.err);
}
