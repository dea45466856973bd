//! The error half of an endpoint's type: which codes it answers with, so that the document can say so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type as _;

use super::codes::{On, members};
use super::problem::{PROBLEM_JSON, Problem, ProblemBody};

/// A problem with one of these codes, or one of those that the foundation answers with by itself
/// (see [`On`]). Write it with [`refused!`].
#[derive(Debug)]
pub(crate) struct Refused<const CODES: u128 = 0>(Problem);

/// The error type of an endpoint that answers with these codes of its own:
/// `Result<Answer<HoldBody>, refused!(HoldNotFound, HoldClosed)>`. `?` turns every [`Problem`] into it.
macro_rules! refused {
    ($($code:ident),* $(,)?) => {
        $crate::api::refused::Refused<{ $crate::api::codes::set_of(&[$($crate::api::codes::Code::$code),*]) }>
    };
}
pub(crate) use refused;

impl<const CODES: u128, E: Into<Problem>> From<E> for Refused<CODES> {
    /// A code that is neither declared nor the foundation's own is a lie of the document: it stops tests.
    fn from(error: E) -> Self {
        let problem = error.into();
        let code = problem.code();
        let told = code.on() != On::Declared || members(CODES).any(|declared| declared == code);
        debug_assert!(told, "declare refused!({code:?}): the operation answers with it");
        Self(problem)
    }
}

impl<const CODES: u128> From<Refused<CODES>> for poem::Error {
    fn from(refused: Refused<CODES>) -> Self {
        refused.0.into()
    }
}

impl<const CODES: u128> ApiResponse for Refused<CODES> {
    fn meta() -> MetaResponses {
        let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
        for code in members(CODES) {
            by_status.entry(code.status()).or_default().push(code.word());
        }
        let responses = by_status
            .into_iter()
            .map(|(status, words)| MetaResponse {
                // The document's normaliser reads the codes from here.
                description: interned(words.join(" ")),
                status: Some(status),
                status_range: None,
                content: vec![MetaMediaType { content_type: PROBLEM_JSON, schema: ProblemBody::schema_ref() }],
                headers: Vec::new(),
            })
            .collect();
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        ProblemBody::register(registry);
    }
}

/// The text, kept for ever and once: the registry wants descriptions that live as long as the program.
fn interned(text: String) -> &'static str {
    static TEXTS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let Ok(mut texts) = TEXTS.lock() else { return "" };
    if let Some(known) = texts.get(text.as_str()) {
        return known;
    }
    let text: &'static str = text.leak();
    texts.insert(text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::codes::Code;

    type Start = refused!(InsufficientCredits, HoldNotFound, EstimateNotFound);

    #[test]
    fn declared_codes_are_listed_by_status() {
        let listed: Vec<_> = Start::meta().responses.iter().map(|r| (r.status, r.description)).collect();
        assert_eq!(listed, [(Some(402), "insufficient_credits"), (Some(404), "hold_not_found estimate_not_found")]);
        assert!(<refused!()>::meta().responses.is_empty());
    }

    #[test]
    fn the_foundations_own_codes_need_no_declaration() {
        let _ = Start::from(Code::ValidationFailed.problem());
        let _ = Start::from(Code::HoldNotFound.problem());
    }

    #[test]
    #[should_panic(expected = "declare refused!(GrantNotFound)")]
    fn an_undeclared_code_stops_the_test() {
        let _ = Start::from(Code::GrantNotFound.problem());
    }
}
