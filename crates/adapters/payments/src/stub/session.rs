//! Checkout sessions: the hosted page of one payment, or of one card to save.

use serde_json::{Value, json};

use super::form::Metadata;
use super::intent::{self, Intent, Status as IntentStatus};
use super::method;
use super::problem::Problem;
use super::setup;
use super::state::State;
use super::table::Row;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Open,
    Complete,
    Expired,
}

/// What is bought, as the page shows it.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) amount: i64,
    pub(super) quantity: i64,
}

#[derive(Clone)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) expires_at: i64,
    /// Only a card is saved.
    pub(super) setup_mode: bool,
    pub(super) status: Status,
    pub(super) customer: Option<String>,
    pub(super) client_reference_id: Option<String>,
    pub(super) lines: Vec<Line>,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) success_url: String,
    pub(super) cancel_url: Option<String>,
    pub(super) metadata: Metadata,
    /// What the payment or setup intent is made with.
    pub(super) intent_metadata: Metadata,
    pub(super) intent_description: Option<String>,
    pub(super) keep: Option<String>,
    pub(super) intent: Option<String>,
    pub(super) setup: Option<String>,
    /// The page's address.
    pub(super) url: String,
}

impl Row for Session {
    const OBJECT: &'static str = "checkout.session";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self) -> Value {
        let (status, url) = match self.status {
            Status::Open => ("open", Some(&self.url)),
            Status::Complete => ("complete", None),
            Status::Expired => ("expired", None),
        };
        let paid = match (self.setup_mode, self.status) {
            (true, _) => "no_payment_required",
            (false, Status::Complete) => "paid",
            (false, Status::Open | Status::Expired) => "unpaid",
        };
        let total = (!self.setup_mode).then_some(self.amount);
        json!({
            "id": self.id, "object": Self::OBJECT, "created": self.created, "expires_at": self.expires_at,
            "livemode": false, "mode": if self.setup_mode { "setup" } else { "payment" }, "status": status,
            "payment_status": paid, "url": url, "customer": self.customer, "amount_subtotal": total,
            "client_reference_id": self.client_reference_id, "amount_total": total, "currency": self.currency,
            "success_url": self.success_url, "cancel_url": self.cancel_url, "metadata": self.metadata,
            "payment_intent": self.intent, "setup_intent": self.setup, "payment_method_types": ["card"],
            "ui_mode": "hosted", "customer_details": null,
        })
    }
}

/// Writes down what the clock did.
pub(super) fn lapse(state: &mut State) {
    let now = state.now;
    let due: Vec<String> = state
        .sessions
        .iter()
        .filter(|session| session.status == Status::Open && session.expires_at <= now)
        .map(|session| session.id.clone())
        .collect();
    for id in due {
        // It was in the list just now.
        let _ = end(state, &id);
    }
}

/// Ends an open one without a payment.
pub(super) fn end(state: &mut State, id: &str) -> Result<Value, Problem> {
    let session = state.sessions.get_mut(id)?;
    if session.status != Status::Open {
        return Err(Problem::invalid("Only Checkout Sessions with a status in [\"open\"] can be expired."));
    }
    session.status = Status::Expired;
    let (json, intent) = (session.json(), session.intent.clone());
    if let Some(intent) = intent {
        let now = state.now;
        let intent = state.intents.get_mut(&intent)?;
        (intent.status, intent.canceled_at, intent.action_url) = (IntentStatus::Canceled, Some(now), None);
        intent.cancellation_reason = Some("automatic".to_owned());
        let json = intent.json();
        state.tell("payment_intent.canceled", json);
    }
    state.tell("checkout.session.expired", json.clone());
    Ok(json)
}

/// Where the payer goes next.
pub(super) enum Step {
    /// It is done.
    Done,
    /// To the bank's page.
    Bank(String),
}

/// The payer typed a card and pressed the button. A refusal leaves the page open for another card.
pub(super) fn pay(state: &mut State, id: &str, card: &str, exp: (u8, u16)) -> Result<Step, Problem> {
    let session = state.sessions.get(id)?.clone();
    if session.status != Status::Open {
        return Err(Problem::invalid("This page has been used or has expired."));
    }
    let card = super::cards::Card::numbered(card)
        .ok_or_else(|| Problem::card("incorrect_number", "This is not one of the test cards."))?;
    if session.setup_mode { save_card(state, &session, card, exp) } else { charge_card(state, &session, card, exp) }
}

fn charge_card(
    state: &mut State,
    session: &Session,
    card: super::cards::Card,
    exp: (u8, u16),
) -> Result<Step, Problem> {
    let intent = match &session.intent {
        Some(intent) => intent.clone(),
        None => start(state, session)?,
    };
    if state.intents.get(&intent)?.status == IntentStatus::RequiresAction {
        return Err(Problem::invalid("Your bank is asking you already."));
    }
    let method = method::add(state, card, exp, Metadata::new());
    state.intents.get_mut(&intent)?.method = Some(method);
    intent::charge(state, &intent, false)?;
    match &state.intents.get(&intent)?.action_url {
        Some(url) => Ok(Step::Bank(url.clone())),
        None => complete(state, &session.id).map(|()| Step::Done),
    }
}

/// The first card makes the payment intent.
fn start(state: &mut State, session: &Session) -> Result<String, Problem> {
    let intent = Intent {
        id: state.id("pi_"),
        created: state.now,
        amount: session.amount,
        currency: session.currency.clone(),
        status: IntentStatus::RequiresPaymentMethod,
        customer: session.customer.clone(),
        method: None,
        keep: session.keep.clone(),
        description: session.intent_description.clone(),
        metadata: session.intent_metadata.clone(),
        return_url: None,
        action_url: None,
        charge: None,
        error: None,
        canceled_at: None,
        cancellation_reason: None,
        session: Some(session.id.clone()),
    };
    let id = intent.id.clone();
    state.tell("payment_intent.created", intent.json());
    state.intents.add(intent);
    state.sessions.get_mut(&session.id)?.intent = Some(id.clone());
    Ok(id)
}

fn save_card(state: &mut State, session: &Session, card: super::cards::Card, exp: (u8, u16)) -> Result<Step, Problem> {
    let setup = match &session.setup {
        Some(setup) => setup.clone(),
        None => setup::add(state, session.customer.clone(), session.intent_metadata.clone()),
    };
    state.sessions.get_mut(&session.id)?.setup = Some(setup.clone());
    let method = method::add(state, card, exp, Metadata::new());
    setup::give(state, &setup, Some(method), None)?;
    setup::run(state, &setup)?;
    if state.setups.get(&setup)?.waits() {
        return Ok(Step::Bank(format!("{}/bank/{setup}", state.public_url)));
    }
    complete(state, &session.id).map(|()| Step::Done)
}

/// The payment or setup succeeded.
pub(super) fn complete(state: &mut State, id: &str) -> Result<(), Problem> {
    let session = state.sessions.get_mut(id)?;
    session.status = Status::Complete;
    let json = session.json();
    state.tell("checkout.session.completed", json);
    Ok(())
}
