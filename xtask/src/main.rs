//! `cargo xtask …`: everything this repository asks of its own tools.

use std::env;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

mod arch;
mod bench;
mod cargo;
mod check;
mod ci;
mod codegen;
mod corpus;
mod crash;
mod deny;
mod findings;
mod invoices;
mod postgres;
mod python;
mod schemathesis;
mod step;
mod stripe_sdks;
mod test;
mod tidy;

const HELP: &str = "\
cargo xtask <command>

  check              the loop: format, clippy, arch, tidy, unit tests
  ci                 everything that must pass before a change lands
  arch               the layers' dependencies, against the table
  tidy               the hard edges of style
  deny               licences and banned crates, against deny.toml
  codegen [--check]  writes the generated files; --check only compares them
  test [ARGS…]       all tests, on a Postgres of their own; ARGS go to `cargo test`
  crash [ARGS…]      kills the server under load and amid renewals; --kills N, --seed S, --store sqlite|postgres
  bench [ARGS…]      the load figures, for docs/benchmarks.md; --seconds N, --customers N, --quick
  bench compare FOLIO [--rounds N]
                     this build against another one, turn about
  bench invoices [--quick]
                     how fast invoices become files, for the same page
  bench pages [--quick]
                     how fast uploaded documents are counted, for the same page
  bench renewals [ARGS…]
                     how fast subscriptions renew, for the same page; --subscriptions N,
                     --database sqlite|postgres, --free, --quick
  growth [AXIS…] [--quick]
                     what gets slower as a ledger grows, for the same page; by holds, grants, entries, customers
  corpus             documents counted by Folio and by other programs, which must agree
  invoices [--measure [N]]
                     sample invoices, judged by schemas, rules and PDF readers; --measure only times them
  schemathesis [A…]  every operation of the OpenAPI document, with every check; A… go to the tool
  stripe-sdks        the payment stub, used by Stripe's own clients; our client, against another stub
  postgres           a throw-away Postgres, until Ctrl-C or the end of stdin
  help               this text";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).context("the repository has moved")?;
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["check"] => check::run(),
        ["ci"] => ci::run(),
        ["arch"] => arch::run(),
        ["tidy"] => tidy::run(),
        ["deny"] => deny::run(),
        ["codegen"] => codegen::write(),
        ["codegen", "--check"] => codegen::check(),
        ["test", ref arguments @ ..] => test::run(arguments),
        ["crash", ref arguments @ ..] => crash::run(arguments),
        ["bench", "compare", ref arguments @ ..] => bench::compare(arguments),
        ["bench", "invoices", ref arguments @ ..] => bench::invoices(arguments),
        ["bench", "pages", ref arguments @ ..] => bench::pages(arguments),
        ["bench", "renewals", ref arguments @ ..] => bench::renewals(arguments),
        ["bench", ref arguments @ ..] => bench::run(arguments),
        ["growth", ref arguments @ ..] => bench::growth(arguments),
        ["corpus"] => corpus::run(),
        ["invoices", ref arguments @ ..] => invoices::run(arguments),
        ["schemathesis", ref arguments @ ..] => schemathesis::run(arguments),
        ["stripe-sdks"] => stripe_sdks::run(),
        ["postgres"] => postgres::run(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => bail!("no such command: {}\n\n{HELP}", words.join(" ")),
    }
}
