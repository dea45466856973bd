//! The binary `folio`.

mod api;
mod http;

mod cli;
mod server;
mod wire;
mod worker;
mod world;

fn main() -> std::process::ExitCode {
    // A parser may be made to fail by its input: it fails in a process apart.
    if std::env::args_os().nth(1).is_some_and(|word| word == wire::READ_DOCUMENTS) {
        return documents::read_documents()
            .map_or(std::process::ExitCode::FAILURE, |()| std::process::ExitCode::SUCCESS);
    }
    cli::run()
}
