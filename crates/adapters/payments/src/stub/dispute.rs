//! Disputes: what the dispute card makes, and how they end.

use serde::Deserialize;
use serde_json::{Value, json};

use super::charge::Charge;
use super::form::{self, ListAsk, Nothing};
use super::problem::Problem;
use super::state::State;
use super::table::Row;

pub(super) struct Dispute {
    id: String,
    created: i64,
    charge: String,
    intent: String,
    amount: i64,
    currency: String,
    status: &'static str,
}

impl Row for Dispute {
    const OBJECT: &'static str = "dispute";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id, "object": Self::OBJECT, "created": self.created, "livemode": false, "amount": self.amount,
            "currency": self.currency, "charge": self.charge, "payment_intent": self.intent, "reason": "fraudulent",
            "status": self.status, "is_charge_refundable": false, "balance_transactions": [], "evidence": {},
            "metadata": {},
        })
    }
}

/// The bank takes a charge's money back until it has decided.
pub(super) fn open(state: &mut State, charge: &Charge) -> Result<(), Problem> {
    let dispute = Dispute {
        id: state.id("du_"),
        created: state.now,
        charge: charge.id.clone(),
        intent: charge.intent.clone(),
        amount: charge.amount,
        currency: charge.currency.clone(),
        status: "needs_response",
    };
    state.charges.get_mut(&charge.id)?.disputed = true;
    state.tell("charge.dispute.created", dispute.json());
    state.disputes.add(dispute);
    Ok(())
}

/// We give in: it is lost.
pub(super) fn close(state: &mut State, id: &str, body: &str) -> Result<Value, Problem> {
    form::read::<Nothing>(body)?;
    decide(state, id, "lost")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    evidence: EvidenceFields,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceFields {
    uncategorized_text: String,
}

/// We answer: with Stripe's words for it, the bank decides at once.
pub(super) fn answer(state: &mut State, id: &str, body: &str) -> Result<Value, Problem> {
    match form::read::<Evidence>(body)?.evidence.uncategorized_text.as_str() {
        "winning_evidence" => decide(state, id, "won"),
        "losing_evidence" => decide(state, id, "lost"),
        _ => Err(Problem::invalid("The stub decides by winning_evidence or losing_evidence.")),
    }
}

fn decide(state: &mut State, id: &str, status: &'static str) -> Result<Value, Problem> {
    let dispute = state.disputes.get_mut(id)?;
    if dispute.status != "needs_response" {
        return Err(Problem::invalid("This dispute is already closed."));
    }
    dispute.status = status;
    let json = dispute.json();
    state.tell("charge.dispute.closed", json.clone());
    Ok(json)
}

pub(super) fn list(state: &State, query: &str) -> Result<Value, Problem> {
    let ask = form::read::<ListAsk>(query)?.only(&["payment_intent", "charge"])?;
    state.disputes.page("/v1/disputes", &ask, |dispute| ask.wants(&dispute.intent, &dispute.charge))
}
