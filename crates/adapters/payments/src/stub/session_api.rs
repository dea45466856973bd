//! What callers do with checkout sessions.

use serde::Deserialize;
use serde_json::Value;

use super::customer;
use super::form::{self, ListAsk, Metadata, Nothing, meets};
use super::intent_api::{check_money, check_types};
use super::problem::Problem;
use super::session::{Line, Session, Status, end};
use super::state::State;
use super::table::Row as _;

/// Seconds that a page is open unless told otherwise.
const OPEN_FOR_S: i64 = 24 * 60 * 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    mode: String,
    success_url: String,
    cancel_url: Option<String>,
    customer: Option<String>,
    client_reference_id: Option<String>,
    currency: Option<String>,
    expires_at: Option<i64>,
    #[serde(default)]
    line_items: Vec<LineFields>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    payment_intent_data: IntentFields,
    #[serde(default)]
    setup_intent_data: SetupFields,
    #[serde(default, rename = "payment_method_types")]
    types: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineFields {
    price_data: PriceFields,
    #[serde(default = "one")]
    quantity: i64,
}

const fn one() -> i64 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceFields {
    currency: String,
    unit_amount: i64,
    product_data: ProductFields,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductFields {
    name: String,
    #[serde(rename = "description")]
    _description: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct IntentFields {
    metadata: Metadata,
    description: Option<String>,
    setup_future_usage: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct SetupFields {
    metadata: Metadata,
}

pub(super) fn create(state: &mut State, body: &str) -> Result<Value, Problem> {
    let fields = form::read::<Fields>(body)?;
    check_types(&fields.types)?;
    if let Some(customer) = &fields.customer {
        customer::existing(state, customer)?;
    }
    let setup_mode = match fields.mode.as_str() {
        "payment" => false,
        "setup" => true,
        mode => return Err(Problem::invalid(format!("The stub has no mode {mode}.")).with("param", "mode")),
    };
    let (lines, amount, currency) = if setup_mode {
        let currency = fields.currency.unwrap_or_else(|| "usd".to_owned());
        check_money(1, &currency)?;
        (Vec::new(), 0, currency)
    } else {
        total(fields.line_items)?
    };
    let id = state.id("cs_test_");
    let session = Session {
        url: format!("{}/pay/{id}", state.public_url),
        id,
        created: state.now,
        expires_at: fields.expires_at.unwrap_or(state.now.saturating_add(OPEN_FOR_S)),
        setup_mode,
        status: Status::Open,
        customer: fields.customer,
        client_reference_id: fields.client_reference_id,
        lines,
        amount,
        currency: currency.to_ascii_lowercase(),
        success_url: fields.success_url,
        cancel_url: fields.cancel_url,
        metadata: fields.metadata,
        intent_metadata: if setup_mode {
            fields.setup_intent_data.metadata
        } else {
            fields.payment_intent_data.metadata
        },
        intent_description: fields.payment_intent_data.description,
        keep: fields.payment_intent_data.setup_future_usage,
        intent: None,
        setup: None,
    };
    let json = session.json();
    state.sessions.add(session);
    Ok(json)
}

/// The lines, their sum, and its currency.
fn total(items: Vec<LineFields>) -> Result<(Vec<Line>, i64, String), Problem> {
    let Some(currency) = items.first().map(|item| item.price_data.currency.clone()) else {
        return Err(Problem::invalid("line_items is needed to pay for something.").with("param", "line_items"));
    };
    if items.iter().any(|item| item.price_data.currency != currency || item.quantity < 1) {
        return Err(Problem::invalid("All lines need one currency and a quantity.").with("param", "line_items"));
    }
    let lines: Vec<Line> = items
        .into_iter()
        .map(|LineFields { price_data, quantity }| Line {
            name: price_data.product_data.name,
            amount: price_data.unit_amount.saturating_mul(quantity),
            quantity,
        })
        .collect();
    let amount = lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.amount));
    check_money(amount, &currency)?;
    Ok((lines, amount, currency))
}

pub(super) fn expire(state: &mut State, id: &str, body: &str) -> Result<Value, Problem> {
    form::read::<Nothing>(body)?;
    end(state, id)
}

pub(super) fn list(state: &State, query: &str) -> Result<Value, Problem> {
    let ask = form::read::<ListAsk>(query)?.only(&["customer", "payment_intent", "status"])?;
    let wanted = |session: &Session| {
        let status = session.json();
        meets(ask.customer.as_ref(), session.customer.as_deref())
            && meets(ask.payment_intent.as_ref(), session.intent.as_deref())
            && meets(ask.status.as_ref(), status.get("status").and_then(Value::as_str))
    };
    state.sessions.page("/v1/checkout/sessions", &ask, wanted)
}
