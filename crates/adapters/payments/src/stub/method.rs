//! Payment methods: cards, as far as they are kept.

use serde::Deserialize;
use serde_json::{Value, json};

use super::cards::{Card, Fate, sentence};
use super::customer;
use super::form::{self, ListAsk, Metadata, Nothing, meets};
use super::problem::Problem;
use super::state::State;
use super::table::Row;

#[derive(Clone)]
pub(super) struct Method {
    pub(super) id: String,
    created: i64,
    pub(super) customer: Option<String>,
    /// Its owner allowed charges in their absence, with the bank's word.
    pub(super) authenticated: bool,
    /// A card that was taken off cannot come back.
    detached: bool,
    card: Card,
    exp: (u8, u16),
    metadata: Metadata,
}

impl Row for Method {
    const OBJECT: &'static str = "payment_method";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self) -> Value {
        let (month, year) = self.exp;
        json!({
            "id": self.id, "object": Self::OBJECT, "created": self.created, "livemode": false, "type": "card",
            "customer": self.customer, "metadata": self.metadata, "allow_redisplay": "unspecified",
            "billing_details": { "address": null, "email": null, "name": null, "phone": null },
            "card": {
                "brand": self.card.brand, "display_brand": self.card.brand, "last4": self.card.last4(),
                "exp_month": month, "exp_year": year, "country": "US", "funding": "credit", "fingerprint": null,
                "checks": { "cvc_check": "pass" }, "three_d_secure_usage": { "supported": true },
            },
        })
    }
}

impl Method {
    /// What comes of saving it with its owner's word: the bank is asked then, too.
    pub(super) fn asked_to_save(&self) -> Fate {
        self.card.fate
    }

    /// What comes of charging it.
    pub(super) fn fate(&self) -> Fate {
        match self.card.fate {
            Fate::AsksUnlessSaved if self.authenticated => Fate::Pays,
            Fate::AsksUnlessSaved => Fate::Asks,
            Fate::DeclinesOnceSaved => Fate::Declines("card_declined", Some("generic_decline")),
            fate => fate,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    #[serde(rename = "type")]
    kind: String,
    card: CardFields,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CardFields {
    number: Option<String>,
    exp_month: Option<u8>,
    exp_year: Option<u16>,
    #[serde(rename = "cvc")]
    _cvc: Option<String>,
    token: Option<String>,
}

pub(super) fn create(state: &mut State, body: &str) -> Result<Value, Problem> {
    let Fields { kind, card: fields, metadata } = form::read(body)?;
    if kind != "card" {
        return Err(Problem::invalid("The stub knows cards only.").with("param", "type"));
    }
    let by_token = fields.token.as_deref().map(Card::named);
    let Some(card) = by_token.or_else(|| fields.number.as_deref().map(Card::numbered)).flatten() else {
        let problem = Problem::card("incorrect_number", "Your card number is not one of the test cards.");
        return Err(problem.with("param", "card[number]"));
    };
    let exp = (fields.exp_month.unwrap_or(12), fields.exp_year.unwrap_or(2034));
    let id = add(state, card, exp, metadata);
    Ok(state.methods.get(&id)?.json())
}

/// A new one, not attached.
pub(super) fn add(state: &mut State, card: Card, exp: (u8, u16), metadata: Metadata) -> String {
    let (id, created) = (state.id("pm_"), state.now);
    let method =
        Method { id: id.clone(), created, customer: None, authenticated: false, detached: false, card, exp, metadata };
    state.methods.add(method);
    id
}

/// The method of that id; a `pm_card_…` name makes one.
pub(super) fn named(state: &mut State, name: &str) -> Result<String, Problem> {
    if let Some(card) = Card::named(name) {
        return Ok(add(state, card, (12, 2034), Metadata::new()));
    }
    Ok(state.methods.get(name)?.id.clone())
}

/// Whether this customer may be charged with it.
pub(super) fn check_owner(state: &State, id: &str, customer: Option<&str>) -> Result<(), Problem> {
    let method = state.methods.get(id)?;
    if method.detached {
        let message = "The provided PaymentMethod was detached from a Customer. It may not be used again.";
        return Err(Problem::invalid(message).with("param", "payment_method"));
    }
    match &method.customer {
        Some(owner) if Some(owner.as_str()) != customer => {
            let message = format!("The payment method '{id}' belongs to another customer, or none was given.");
            Err(Problem::invalid(message).with("param", "payment_method"))
        }
        _ => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttachTo {
    customer: String,
}

pub(super) fn attach(state: &mut State, name: &str, body: &str) -> Result<Value, Problem> {
    let AttachTo { customer } = form::read(body)?;
    customer::existing(state, &customer)?;
    let id = named(state, name)?;
    check_owner(state, &id, Some(&customer))?;
    // The bank is asked when a card is saved, too.
    if let Fate::Declines(code, reason) = state.methods.get(&id)?.asked_to_save() {
        let problem = Problem::card(code, sentence(code, reason));
        return Err(reason.into_iter().fold(problem, |problem, reason| problem.with("decline_code", reason)));
    }
    save(state, &id, &customer)
}

/// Attaches without asking.
pub(super) fn save(state: &mut State, id: &str, customer: &str) -> Result<Value, Problem> {
    let method = state.methods.get_mut(id)?;
    let new = method.customer.is_none();
    method.customer = Some(customer.to_owned());
    let json = method.json();
    if new {
        state.tell("payment_method.attached", json.clone());
    }
    Ok(json)
}

pub(super) fn detach(state: &mut State, id: &str, body: &str) -> Result<Value, Problem> {
    form::read::<Nothing>(body)?;
    let method = state.methods.get_mut(id)?;
    if method.customer.take().is_none() {
        let message = "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(Problem::invalid(message).with("param", "payment_method"));
    }
    method.detached = true;
    let json = method.json();
    state.tell("payment_method.detached", json.clone());
    Ok(json)
}

/// A customer's, newest first. `customer` where the path names them.
pub(super) fn list(state: &State, customer: Option<&str>, query: &str) -> Result<Value, Problem> {
    let (filters, url) = match customer {
        Some(id) => (&["type"][..], format!("/v1/customers/{id}/payment_methods")),
        None => (&["type", "customer"][..], "/v1/payment_methods".to_owned()),
    };
    let ask = form::read::<ListAsk>(query)?.only(filters)?;
    let owner = customer.or(ask.customer.as_deref());
    let owner = owner.ok_or_else(|| Problem::invalid("Missing required param: customer.").with("param", "customer"))?;
    customer::existing(state, owner)?;
    let wanted = |method: &Method| method.customer.as_deref() == Some(owner) && meets(ask.kind.as_ref(), Some("card"));
    state.methods.page(&url, &ask, wanted)
}
