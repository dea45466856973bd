//! The API: which request does what.

use serde_json::Value;

use super::form::{Nothing, read};
use super::problem::Problem;
use super::state::State;
use super::table::Row;
use super::{charge, customer, dispute, event, expand, intent_api, method, refund, session_api, setup};

/// A request below `/v1`. `form` is the body of a POST, the query of anything else.
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) form: &'a str,
}

/// Does what is asked.
pub(super) fn answer(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let (paths, form) = expand::split(call.form)?;
    let mut object = run(state, call, &form)?;
    paths.iter().try_for_each(|path| expand::fill(state, &mut object, path))?;
    Ok(object)
}

fn run(state: &mut State, call: &Call<'_>, form: &str) -> Result<Value, Problem> {
    let path: Vec<&str> = call.path.trim_matches('/').split('/').collect();
    match call.method {
        "POST" => post(state, &path, form),
        "GET" => get(state, &path, form),
        "DELETE" => match path[..] {
            ["customers", id] => Some(customer::delete(state, id)),
            _ => None,
        },
        _ => None,
    }
    .unwrap_or_else(|| Err(Problem::unknown_path(call.method, call.path)))
}

fn post(state: &mut State, path: &[&str], form: &str) -> Option<Result<Value, Problem>> {
    Some(match *path {
        ["customers"] => customer::create(state, form),
        ["customers", id] => customer::update(state, id, form),
        ["payment_methods"] => method::create(state, form),
        ["payment_methods", id, "attach"] => method::attach(state, id, form),
        ["payment_methods", id, "detach"] => method::detach(state, id, form),
        ["payment_intents"] => intent_api::create(state, form),
        ["payment_intents", id, "confirm"] => intent_api::confirm(state, id, form),
        ["payment_intents", id, "cancel"] => intent_api::cancel(state, id, form),
        ["setup_intents"] => setup::create(state, form),
        ["setup_intents", id, "confirm"] => setup::confirm(state, id, form),
        ["checkout", "sessions"] => session_api::create(state, form),
        ["checkout", "sessions", id, "expire"] => session_api::expire(state, id, form),
        ["refunds"] => refund::create(state, form),
        ["disputes", id] => dispute::answer(state, id, form),
        ["disputes", id, "close"] => dispute::close(state, id, form),
        _ => return None,
    })
}

fn get(state: &State, path: &[&str], query: &str) -> Option<Result<Value, Problem>> {
    Some(match *path {
        ["customers"] => customer::list(state, query),
        ["customers", id, "payment_methods"] => method::list(state, Some(id), query),
        ["payment_methods"] => method::list(state, None, query),
        ["payment_intents"] => intent_api::list(state, query),
        ["setup_intents"] => setup::list(state, query),
        ["checkout", "sessions"] => session_api::list(state, query),
        ["charges"] => charge::list(state, query),
        ["refunds"] => refund::list(state, query),
        ["disputes"] => dispute::list(state, query),
        ["events"] => event::list(state, query),
        _ => return one(state, path).map(|found| read::<Nothing>(query).and(found)),
    })
}

fn one(state: &State, path: &[&str]) -> Option<Result<Value, Problem>> {
    Some(match *path {
        ["customers", id] => state.customers.get(id).map(Row::json),
        ["payment_methods", id] => state.methods.get(id).map(Row::json),
        ["payment_intents", id] => state.intents.get(id).map(Row::json),
        ["setup_intents", id] => state.setups.get(id).map(Row::json),
        ["checkout", "sessions", id] => state.sessions.get(id).map(Row::json),
        ["charges", id] => state.charges.get(id).map(Row::json),
        ["refunds", id] => state.refunds.get(id).map(Row::json),
        ["disputes", id] => state.disputes.get(id).map(Row::json),
        ["events", id] => state.events.get(id).map(Row::json),
        _ => return None,
    })
}
