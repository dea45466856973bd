//! Payment intents: one payment from the first ask to its end.

use serde_json::{Value, json};

use super::cards::{Fate, sentence};
use super::charge::Charge;
use super::dispute;
use super::form::Metadata;
use super::method;
use super::problem::Problem;
use super::state::State;
use super::table::Row;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Succeeded,
    Canceled,
}

impl Status {
    const fn word(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

#[derive(Clone)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) status: Status,
    pub(super) customer: Option<String>,
    pub(super) method: Option<String>,
    /// Keep the method with the customer once it has paid: `off_session`, `on_session`.
    pub(super) keep: Option<String>,
    pub(super) description: Option<String>,
    pub(super) metadata: Metadata,
    pub(super) return_url: Option<String>,
    /// The bank's page.
    pub(super) action_url: Option<String>,
    pub(super) charge: Option<String>,
    pub(super) error: Option<Value>,
    pub(super) canceled_at: Option<i64>,
    pub(super) cancellation_reason: Option<String>,
    /// The checkout that it is of.
    pub(super) session: Option<String>,
}

impl Row for Intent {
    const OBJECT: &'static str = "payment_intent";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self) -> Value {
        let action = next_action(self.action_url.as_deref(), self.return_url.as_deref());
        let received = if self.status == Status::Succeeded { self.amount } else { 0 };
        json!({
            "id": self.id, "object": Self::OBJECT, "created": self.created, "livemode": false, "amount": self.amount,
            "amount_capturable": 0, "amount_received": received, "currency": self.currency,
            "status": self.status.word(), "customer": self.customer, "payment_method": self.method,
            "payment_method_types": ["card"], "setup_future_usage": self.keep, "description": self.description,
            "metadata": self.metadata, "next_action": action, "latest_charge": self.charge,
            "last_payment_error": self.error, "canceled_at": self.canceled_at, "capture_method": "automatic",
            "cancellation_reason": self.cancellation_reason, "confirmation_method": "automatic",
            "client_secret": format!("{}_secret_stub", self.id), "receipt_email": null,
        })
    }
}

/// Where the card's owner has to go, if anywhere.
pub(super) fn next_action(url: Option<&str>, return_url: Option<&str>) -> Option<Value> {
    let url = url?;
    Some(json!({ "type": "redirect_to_url", "redirect_to_url": { "url": url, "return_url": return_url } }))
}

impl Intent {
    /// The charge that paid it.
    pub(super) fn paid_charge(&self) -> Option<&str> {
        self.charge.as_deref().filter(|_| self.status == Status::Succeeded)
    }
}

/// Asks the bank. What it says is in the intent then; a refusal is also the answer.
pub(super) fn charge(state: &mut State, id: &str, absent: bool) -> Result<(), Problem> {
    let intent = state.intents.get(id)?.clone();
    let Some(method) = intent.method.clone() else {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
        return Err(Problem::invalid(message).with("code", "payment_intent_unexpected_state"));
    };
    method::check_owner(state, &method, intent.customer.as_deref())?;
    match state.methods.get(&method)?.fate() {
        Fate::Pays => settle(state, id).map(drop),
        Fate::Disputes => {
            let charge = settle(state, id)?;
            dispute::open(state, &charge)
        }
        Fate::Asks if absent => Err(decline(state, id, "authentication_required", Some("authentication_required"))?),
        Fate::Asks | Fate::AsksUnlessSaved => ask_owner(state, id),
        Fate::Declines(code, reason) => Err(decline(state, id, code, reason)?),
        Fate::DeclinesOnceSaved => Err(decline(state, id, "card_declined", Some("generic_decline"))?),
    }
}

/// What its owner said on the bank's page.
pub(super) fn answered(state: &mut State, id: &str, confirmed: bool) -> Result<(), Problem> {
    let intent = state.intents.get_mut(id)?;
    if intent.status != Status::RequiresAction {
        return Err(unexpected(intent));
    }
    intent.action_url = None;
    if !confirmed {
        return decline(state, id, "payment_intent_authentication_failure", None).map(drop);
    }
    if let Some(method) = intent.keep.as_deref().filter(|&keep| keep == "off_session").and(intent.method.clone()) {
        state.methods.get_mut(&method)?.authenticated = true;
    }
    settle(state, id).map(drop)
}

/// The status forbids it.
pub(super) fn unexpected(intent: &Intent) -> Problem {
    let message = format!("This PaymentIntent's status is {}; this cannot be done then.", intent.status.word());
    Problem::invalid(message).with("code", "payment_intent_unexpected_state").with("payment_intent", intent.json())
}

fn ask_owner(state: &mut State, id: &str) -> Result<(), Problem> {
    let url = format!("{}/bank/{id}", state.public_url);
    let intent = state.intents.get_mut(id)?;
    intent.status = Status::RequiresAction;
    intent.action_url = Some(url);
    let json = intent.json();
    state.tell("payment_intent.requires_action", json);
    Ok(())
}

fn attempt(state: &mut State, id: &str, failure: Option<(String, String)>) -> Result<Charge, Problem> {
    let charge_id = state.id("ch_");
    let intent = state.intents.get_mut(id)?;
    intent.charge = Some(charge_id.clone());
    intent.action_url = None;
    let charge = Charge {
        id: charge_id,
        created: state.now,
        intent: intent.id.clone(),
        customer: intent.customer.clone(),
        method: intent.method.clone().unwrap_or_default(),
        amount: intent.amount,
        currency: intent.currency.clone(),
        refunded: 0,
        disputed: false,
        failure,
    };
    state.charges.add(charge.clone());
    Ok(charge)
}

fn settle(state: &mut State, id: &str) -> Result<Charge, Problem> {
    let charge = attempt(state, id, None)?;
    let intent = state.intents.get_mut(id)?;
    intent.status = Status::Succeeded;
    intent.error = None;
    let intent = intent.clone();
    state.tell("charge.succeeded", charge.json());
    state.tell("payment_intent.succeeded", intent.json());
    if let (Some(_), Some(customer)) = (&intent.keep, &intent.customer) {
        method::save(state, &charge.method, customer)?;
    }
    Ok(charge)
}

/// Writes the refusal down, and gives it back as the answer.
fn decline(state: &mut State, id: &str, code: &str, reason: Option<&str>) -> Result<Problem, Problem> {
    let message = sentence(code, reason);
    let charge = attempt(state, id, Some((code.to_owned(), message.to_owned())))?;
    let method = state.methods.get(&charge.method)?.json();
    let mut problem = Problem::card(code, message).with("charge", charge.id.as_str());
    if let Some(reason) = reason {
        problem = problem.with("decline_code", reason);
    }
    problem = problem.with("payment_method", method);
    let intent = state.intents.get_mut(id)?;
    intent.status = Status::RequiresPaymentMethod;
    // As with Stripe, the card that was refused is off the intent, and in its error.
    intent.method = None;
    intent.error = problem.json().get("error").cloned();
    let json = intent.json();
    state.tell("charge.failed", charge.json());
    state.tell("payment_intent.payment_failed", json.clone());
    Ok(problem.with("payment_intent", json))
}
