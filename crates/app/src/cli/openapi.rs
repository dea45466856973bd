//! `folio openapi`.

use super::exit::Exit;
use super::output;
use crate::api::spec;

/// Prints the API's document.
pub(crate) fn run() -> anyhow::Result<Exit> {
    output::data(serde_json::to_string_pretty(&spec::document())?)?;
    Ok(Exit::Done)
}
