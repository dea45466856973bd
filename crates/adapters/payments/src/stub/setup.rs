//! Setup intents: a card saved with its owner's word, and nothing paid.

use serde::Deserialize;
use serde_json::{Value, json};

use super::cards::{Fate, sentence};
use super::customer;
use super::form::{self, ListAsk, Metadata, meets};
use super::intent::next_action;
use super::intent_api::check_types;
use super::method;
use super::problem::Problem;
use super::state::State;
use super::table::Row;

pub(super) struct Setup {
    id: String,
    created: i64,
    customer: Option<String>,
    method: Option<String>,
    usage: String,
    status: &'static str,
    return_url: Option<String>,
    action_url: Option<String>,
    metadata: Metadata,
}

impl Row for Setup {
    const OBJECT: &'static str = "setup_intent";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self) -> Value {
        let action = next_action(self.action_url.as_deref(), self.return_url.as_deref());
        json!({
            "id": self.id, "object": Self::OBJECT, "created": self.created, "livemode": false,
            "customer": self.customer, "payment_method": self.method, "payment_method_types": ["card"],
            "usage": self.usage, "status": self.status, "next_action": action, "metadata": self.metadata,
            "client_secret": format!("{}_secret_stub", self.id), "last_setup_error": null,
        })
    }
}

impl Setup {
    pub(super) fn waits(&self) -> bool {
        self.status == "requires_action"
    }

    pub(super) fn return_url(&self) -> Option<&str> {
        self.return_url.as_deref()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    customer: Option<String>,
    payment_method: Option<String>,
    #[serde(default)]
    confirm: bool,
    usage: Option<String>,
    return_url: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default, rename = "payment_method_types")]
    types: Vec<String>,
}

pub(super) fn create(state: &mut State, body: &str) -> Result<Value, Problem> {
    let fields = form::read::<Fields>(body)?;
    check_types(&fields.types)?;
    if let Some(customer) = &fields.customer {
        customer::existing(state, customer)?;
    }
    let method = fields.payment_method.map(|name| method::named(state, &name)).transpose()?;
    let id = add(state, fields.customer, fields.metadata);
    let setup = state.setups.get_mut(&id)?;
    setup.usage = fields.usage.unwrap_or_else(|| "off_session".to_owned());
    setup.return_url = fields.return_url;
    if let Some(method) = method {
        setup.method = Some(method);
        setup.status = "requires_confirmation";
    }
    state.tell("setup_intent.created", state.setups.get(&id)?.json());
    if fields.confirm { run(state, &id) } else { Ok(state.setups.get(&id)?.json()) }
}

/// A new one without a card.
pub(super) fn add(state: &mut State, customer: Option<String>, metadata: Metadata) -> String {
    let setup = Setup {
        id: state.id("seti_"),
        created: state.now,
        customer,
        method: None,
        usage: "off_session".to_owned(),
        status: "requires_payment_method",
        return_url: None,
        action_url: None,
        metadata,
    };
    let id = setup.id.clone();
    state.setups.add(setup);
    id
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirm {
    payment_method: Option<String>,
    return_url: Option<String>,
}

pub(super) fn confirm(state: &mut State, id: &str, body: &str) -> Result<Value, Problem> {
    let Confirm { payment_method, return_url } = form::read(body)?;
    let method = payment_method.map(|name| method::named(state, &name)).transpose()?;
    give(state, id, method, return_url)?;
    run(state, id)
}

/// Puts a card to it.
pub(super) fn give(
    state: &mut State,
    id: &str,
    method: Option<String>,
    return_url: Option<String>,
) -> Result<(), Problem> {
    let setup = state.setups.get_mut(id)?;
    if matches!(setup.status, "succeeded" | "canceled" | "requires_action") {
        let message = format!("This SetupIntent's status is {}; it cannot be confirmed then.", setup.status);
        return Err(Problem::invalid(message).with("code", "setup_intent_unexpected_state"));
    }
    setup.method = method.or(setup.method.take());
    setup.return_url = return_url.or(setup.return_url.take());
    Ok(())
}

/// Asks the bank.
pub(super) fn run(state: &mut State, id: &str) -> Result<Value, Problem> {
    let url = format!("{}/bank/{id}", state.public_url);
    let setup = state.setups.get(id)?;
    let Some(method) = setup.method.clone() else {
        return Err(Problem::invalid("This SetupIntent has no payment method.").with("param", "payment_method"));
    };
    method::check_owner(state, &method, setup.customer.as_deref())?;
    match state.methods.get(&method)?.asked_to_save() {
        Fate::Declines(code, reason) => {
            state.setups.get_mut(id)?.status = "requires_payment_method";
            let problem = Problem::card(code, sentence(code, reason));
            Err(reason.into_iter().fold(problem, |problem, reason| problem.with("decline_code", reason)))
        }
        Fate::Asks | Fate::AsksUnlessSaved => {
            let setup = state.setups.get_mut(id)?;
            setup.status = "requires_action";
            setup.action_url = Some(url);
            let json = setup.json();
            state.tell("setup_intent.requires_action", json.clone());
            Ok(json)
        }
        Fate::Pays | Fate::Disputes | Fate::DeclinesOnceSaved => succeed(state, id),
    }
}

/// What its owner said on the bank's page.
pub(super) fn answered(state: &mut State, id: &str, confirmed: bool) -> Result<Value, Problem> {
    let setup = state.setups.get_mut(id)?;
    if !setup.waits() {
        return Err(Problem::invalid("Nobody was asked.").with("code", "setup_intent_unexpected_state"));
    }
    setup.action_url = None;
    if confirmed {
        return succeed(state, id);
    }
    setup.status = "requires_payment_method";
    setup.method = None;
    let json = setup.json();
    state.tell("setup_intent.setup_failed", json.clone());
    Ok(json)
}

fn succeed(state: &mut State, id: &str) -> Result<Value, Problem> {
    let setup = state.setups.get_mut(id)?;
    setup.status = "succeeded";
    let (json, method, customer) = (setup.json(), setup.method.clone(), setup.customer.clone());
    if let Some(method) = method {
        state.methods.get_mut(&method)?.authenticated = true;
        if let Some(customer) = customer {
            method::save(state, &method, &customer)?;
        }
    }
    state.tell("setup_intent.succeeded", json.clone());
    Ok(json)
}

pub(super) fn list(state: &State, query: &str) -> Result<Value, Problem> {
    let ask = form::read::<ListAsk>(query)?.only(&["customer"])?;
    let wanted = |setup: &Setup| meets(ask.customer.as_ref(), setup.customer.as_deref());
    state.setups.page("/v1/setup_intents", &ask, wanted)
}
