//! `expand[]`: objects in the place of their ids.

use serde_json::Value;

use super::problem::Problem;
use super::state::State;
use super::table::Row as _;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Paths {
    #[serde(default)]
    expand: Vec<String>,
}

/// The `expand` parameters of a form, and the form without them.
pub(super) fn split(form: &str) -> Result<(Vec<String>, String), Problem> {
    let is_expand = |pair: &&str| pair.starts_with("expand");
    let expand: Vec<&str> = form.split('&').filter(is_expand).collect();
    let rest: Vec<&str> = form.split('&').filter(|pair| !is_expand(pair) && !pair.is_empty()).collect();
    let Paths { expand } = super::form::read(&expand.join("&"))?;
    Ok((expand, rest.join("&")))
}

/// Puts the object in the place of the id at `path`: `latest_charge`, `data.payment_intent`.
pub(super) fn fill(state: &State, object: &mut Value, path: &str) -> Result<(), Problem> {
    if let Value::Array(items) = object {
        return items.iter_mut().try_for_each(|item| fill(state, item, path));
    }
    let (field, rest) = path.split_once('.').map_or((path, None), |(field, rest)| (field, Some(rest)));
    let Some(place) = object.get_mut(field) else {
        return Err(Problem::invalid(format!("This property cannot be expanded ({path}).")).with("param", "expand"));
    };
    if let Value::String(id) = place {
        *place = find(state, id)?;
    }
    match rest {
        Some(rest) if !place.is_null() => fill(state, place, rest),
        _ => Ok(()),
    }
}

fn find(state: &State, id: &str) -> Result<Value, Problem> {
    let found = match id.split_once('_').map(|(prefix, _)| prefix) {
        Some("cus") => state.customers.get(id)?.json(),
        Some("pm") => state.methods.get(id)?.json(),
        Some("pi") => state.intents.get(id)?.json(),
        Some("seti") => state.setups.get(id)?.json(),
        Some("ch") => state.charges.get(id)?.json(),
        _ => return Err(Problem::invalid(format!("This property cannot be expanded ({id})."))),
    };
    Ok(found)
}
