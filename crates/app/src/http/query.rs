//! A query says each thing once: of a parameter that is there twice, nobody can tell which one was meant (R43).

use std::collections::BTreeSet;

use poem::Request;

use crate::api::flaw::FieldCode;
use crate::api::problem::Problem;

/// What is wrong with a query that names a parameter twice.
pub(crate) fn flaw(request: &Request) -> Option<Problem> {
    let name = repeated(request)?;
    let detail = format!("The parameter `{name}` is there twice: send it once.");
    Some(Problem::field(format!("/{name}"), FieldCode::Duplicate, detail))
}

/// The first name that is there again.
fn repeated(request: &Request) -> Option<String> {
    let mut seen = BTreeSet::new();
    let pairs = request.params::<Vec<(String, String)>>().unwrap_or_default();
    pairs.into_iter().map(|(name, _)| name).find(|name| !seen.insert(name.clone()))
}
