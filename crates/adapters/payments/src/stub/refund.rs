//! Refunds: money given back, at once.

use serde::Deserialize;
use serde_json::{Value, json};

use super::form::{self, ListAsk, Metadata};
use super::problem::Problem;
use super::state::State;
use super::table::Row;

pub(super) struct Refund {
    id: String,
    created: i64,
    charge: String,
    intent: String,
    amount: i64,
    currency: String,
    reason: Option<String>,
    metadata: Metadata,
}

impl Row for Refund {
    const OBJECT: &'static str = "refund";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id, "object": Self::OBJECT, "created": self.created, "amount": self.amount,
            "currency": self.currency, "charge": self.charge, "payment_intent": self.intent, "reason": self.reason,
            "metadata": self.metadata, "status": "succeeded", "balance_transaction": null, "receipt_number": null,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    payment_intent: Option<String>,
    charge: Option<String>,
    amount: Option<i64>,
    reason: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

pub(super) fn create(state: &mut State, body: &str) -> Result<Value, Problem> {
    let Fields { payment_intent, charge, amount, reason, metadata } = form::read(body)?;
    let charge = match (payment_intent, charge) {
        (Some(intent), None) => state.intents.get(&intent)?.paid_charge().map(str::to_owned).ok_or_else(|| {
            let message = "This PaymentIntent does not have a successful charge to refund.";
            Problem::invalid(message).with("param", "payment_intent")
        })?,
        (None, Some(charge)) => charge,
        _ => return Err(Problem::invalid("One of payment_intent or charge is needed.")),
    };
    let charge = state.charges.get_mut(&charge)?;
    let left = charge.amount.saturating_sub(charge.refunded);
    let amount = amount.unwrap_or(left);
    if let Some(problem) = unrefundable(charge.failure.is_some(), charge.disputed, left, amount) {
        return Err(problem);
    }
    charge.refunded = charge.refunded.saturating_add(amount);
    let charge = charge.clone();
    let refund = Refund {
        id: state.id("re_"),
        created: state.now,
        charge: charge.id.clone(),
        intent: charge.intent.clone(),
        amount,
        currency: charge.currency.clone(),
        reason,
        metadata,
    };
    let json = refund.json();
    state.refunds.add(refund);
    state.tell("refund.created", json.clone());
    state.tell("charge.refunded", charge.json());
    Ok(json)
}

/// Why this much of a charge cannot be given back.
fn unrefundable(failed: bool, disputed: bool, left: i64, amount: i64) -> Option<Problem> {
    let (code, message) = if failed {
        ("charge_not_refundable", "The charge was not successful.".to_owned())
    } else if disputed {
        ("charge_disputed", "The charge has been charged back; it cannot be refunded.".to_owned())
    } else if left == 0 {
        ("charge_already_refunded", "The charge has already been refunded.".to_owned())
    } else if amount < 1 {
        ("parameter_invalid_integer", "Invalid positive integer".to_owned())
    } else if amount > left {
        ("amount_too_large", format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"))
    } else {
        return None;
    };
    Some(Problem::invalid(message).with("code", code))
}

pub(super) fn list(state: &State, query: &str) -> Result<Value, Problem> {
    let ask = form::read::<ListAsk>(query)?.only(&["payment_intent", "charge"])?;
    state.refunds.page("/v1/refunds", &ask, |refund| ask.wants(&refund.intent, &refund.charge))
}
