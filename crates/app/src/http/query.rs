//! A query says each thing once: of a parameter that is there twice, nobody can tell which one was meant (R43).

use std::collections::BTreeSet;
use std::sync::Arc;

use poem::{Endpoint, IntoResponse as _, Request, Response, Result};

use crate::api::flaw::FieldCode;
use crate::api::problem::Problem;

/// Refuses a query that names a parameter twice.
pub(crate) async fn unambiguous(routes: Arc<impl Endpoint>, request: Request) -> Result<Response> {
    if let Some(name) = repeated(&request) {
        let detail = format!("The parameter `{name}` is there twice: send it once.");
        return Err(Problem::field(format!("/{name}"), FieldCode::Duplicate, detail).into());
    }
    Ok(routes.call(request).await?.into_response())
}

/// The first name that is there again.
fn repeated(request: &Request) -> Option<String> {
    let mut seen = BTreeSet::new();
    let pairs = request.params::<Vec<(String, String)>>().unwrap_or_default();
    pairs.into_iter().map(|(name, _)| name).find(|name| !seen.insert(name.clone()))
}
