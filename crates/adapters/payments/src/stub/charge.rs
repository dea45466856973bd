//! Charges: one attempt of a payment intent.

use serde_json::{Value, json};

use super::form::{self, ListAsk, meets};
use super::problem::Problem;
use super::state::State;
use super::table::Row;

#[derive(Clone)]
pub(super) struct Charge {
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) intent: String,
    pub(super) customer: Option<String>,
    pub(super) method: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) refunded: i64,
    pub(super) disputed: bool,
    /// Why it failed, if it did.
    pub(super) failure: Option<(String, String)>,
}

impl Row for Charge {
    const OBJECT: &'static str = "charge";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self) -> Value {
        let paid = self.failure.is_none();
        let (code, message) = self.failure.clone().unzip();
        json!({
            "id": self.id, "object": Self::OBJECT, "created": self.created, "livemode": false, "amount": self.amount,
            "amount_captured": if paid { self.amount } else { 0 }, "amount_refunded": self.refunded,
            "currency": self.currency, "customer": self.customer, "payment_intent": self.intent,
            "payment_method": self.method, "paid": paid, "captured": paid, "disputed": self.disputed,
            "refunded": paid && self.refunded == self.amount, "status": if paid { "succeeded" } else { "failed" },
            "failure_code": code, "failure_message": message, "metadata": {},
        })
    }
}

pub(super) fn list(state: &State, query: &str) -> Result<Value, Problem> {
    let ask = form::read::<ListAsk>(query)?.only(&["payment_intent", "customer"])?;
    let wanted = |charge: &Charge| {
        meets(ask.payment_intent.as_ref(), Some(&charge.intent))
            && meets(ask.customer.as_ref(), charge.customer.as_deref())
    };
    state.charges.page("/v1/charges", &ask, wanted)
}
