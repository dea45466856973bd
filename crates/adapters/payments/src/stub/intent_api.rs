//! What callers do with payment intents.

use serde::Deserialize;
use serde_json::Value;

use super::customer;
use super::form::{self, ListAsk, Metadata, meets};
use super::intent::{Intent, Status, charge, unexpected};
use super::method;
use super::problem::Problem;
use super::state::State;
use super::table::Row as _;

/// The smallest and the largest amount, in minor units: about Stripe's.
const AMOUNTS: std::ops::RangeInclusive<i64> = 1..=99_999_999;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    amount: i64,
    currency: String,
    customer: Option<String>,
    payment_method: Option<String>,
    #[serde(default)]
    confirm: bool,
    #[serde(default)]
    off_session: bool,
    return_url: Option<String>,
    description: Option<String>,
    setup_future_usage: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default, rename = "payment_method_types")]
    types: Vec<String>,
    #[serde(rename = "automatic_payment_methods")]
    _automatic: Option<Automatic>,
}

/// Cards are all there is, so that it does not matter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Automatic {
    #[serde(rename = "enabled")]
    _enabled: bool,
    #[serde(rename = "allow_redirects")]
    _allow_redirects: Option<String>,
}

/// Amount and currency of anything.
pub(super) fn check_money(amount: i64, currency: &str) -> Result<(), Problem> {
    if !AMOUNTS.contains(&amount) {
        let message = format!("Invalid amount: it must be from {} to {}", AMOUNTS.start(), AMOUNTS.end());
        return Err(Problem::invalid(message).with("param", "amount"));
    }
    let code = currency.to_ascii_uppercase();
    if domain::Currency::from_code(&code).is_none() {
        return Err(Problem::invalid(format!("Invalid currency: {currency}")).with("param", "currency"));
    }
    Ok(())
}

/// Only cards.
pub(super) fn check_types(types: &[String]) -> Result<(), Problem> {
    match types.iter().find(|kind| *kind != "card") {
        Some(kind) => Err(Problem::invalid(format!("The stub knows cards only, not {kind}."))),
        None => Ok(()),
    }
}

pub(super) fn create(state: &mut State, body: &str) -> Result<Value, Problem> {
    let fields = form::read::<Fields>(body)?;
    check_money(fields.amount, &fields.currency)?;
    check_types(&fields.types)?;
    if fields.off_session && !fields.confirm {
        return Err(Problem::invalid("off_session needs confirm=true.").with("param", "off_session"));
    }
    if let Some(customer) = &fields.customer {
        customer::existing(state, customer)?;
    }
    let method = fields.payment_method.map(|name| method::named(state, &name)).transpose()?;
    if let Some(method) = &method {
        method::check_owner(state, method, fields.customer.as_deref())?;
    }
    let intent = Intent {
        id: state.id("pi_"),
        created: state.now,
        amount: fields.amount,
        currency: fields.currency.to_ascii_lowercase(),
        status: if method.is_some() { Status::RequiresConfirmation } else { Status::RequiresPaymentMethod },
        customer: fields.customer,
        method,
        keep: fields.setup_future_usage,
        description: fields.description,
        metadata: fields.metadata,
        return_url: fields.return_url,
        action_url: None,
        charge: None,
        error: None,
        canceled_at: None,
        cancellation_reason: None,
        session: None,
    };
    let id = intent.id.clone();
    state.tell("payment_intent.created", intent.json());
    state.intents.add(intent);
    if fields.confirm {
        charge(state, &id, fields.off_session)?;
    }
    Ok(state.intents.get(&id)?.json())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirm {
    payment_method: Option<String>,
    #[serde(default)]
    off_session: bool,
    return_url: Option<String>,
}

pub(super) fn confirm(state: &mut State, id: &str, body: &str) -> Result<Value, Problem> {
    let Confirm { payment_method, off_session, return_url } = form::read(body)?;
    let intent = state.intents.get(id)?;
    if !matches!(intent.status, Status::RequiresPaymentMethod | Status::RequiresConfirmation) {
        return Err(unexpected(intent));
    }
    let method = payment_method.map(|name| method::named(state, &name)).transpose()?;
    let intent = state.intents.get_mut(id)?;
    intent.method = method.or(intent.method.take());
    intent.return_url = return_url.or(intent.return_url.take());
    charge(state, id, off_session)?;
    Ok(state.intents.get(id)?.json())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancel {
    cancellation_reason: Option<String>,
}

pub(super) fn cancel(state: &mut State, id: &str, body: &str) -> Result<Value, Problem> {
    let Cancel { cancellation_reason } = form::read(body)?;
    let now = state.now;
    let intent = state.intents.get_mut(id)?;
    if matches!(intent.status, Status::Succeeded | Status::Canceled) || intent.session.is_some() {
        return Err(unexpected(intent));
    }
    intent.status = Status::Canceled;
    intent.canceled_at = Some(now);
    intent.cancellation_reason = cancellation_reason;
    intent.action_url = None;
    let json = intent.json();
    state.tell("payment_intent.canceled", json.clone());
    Ok(json)
}

pub(super) fn list(state: &State, query: &str) -> Result<Value, Problem> {
    let ask = form::read::<ListAsk>(query)?.only(&["customer"])?;
    let wanted = |intent: &Intent| meets(ask.customer.as_ref(), intent.customer.as_deref());
    state.intents.page("/v1/payment_intents", &ask, wanted)
}
