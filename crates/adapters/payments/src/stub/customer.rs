//! Customers.

use serde::Deserialize;
use serde_json::{Value, json};

use super::form::{self, ListAsk, Metadata, meets};
use super::problem::Problem;
use super::state::State;
use super::table::Row;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Fields {
    name: Option<String>,
    email: Option<String>,
    description: Option<String>,
    phone: Option<String>,
    metadata: Metadata,
}

pub(super) struct Customer {
    id: String,
    created: i64,
    pub(super) deleted: bool,
    fields: Fields,
}

impl Row for Customer {
    const OBJECT: &'static str = "customer";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self) -> Value {
        if self.deleted {
            return json!({ "id": self.id, "object": Self::OBJECT, "deleted": true });
        }
        let Fields { name, email, description, phone, metadata } = &self.fields;
        json!({
            "id": self.id, "object": Self::OBJECT, "created": self.created, "livemode": false, "name": name,
            "email": email, "description": description, "phone": phone, "metadata": metadata, "balance": 0,
            "currency": null, "default_source": null, "delinquent": false,
            "invoice_settings": { "default_payment_method": null },
        })
    }
}

pub(super) fn create(state: &mut State, body: &str) -> Result<Value, Problem> {
    let fields = form::read::<Fields>(body)?;
    let customer = Customer { id: state.id("cus_"), created: state.now, deleted: false, fields };
    let json = customer.json();
    state.customers.add(customer);
    state.tell("customer.created", json.clone());
    Ok(json)
}

pub(super) fn update(state: &mut State, id: &str, body: &str) -> Result<Value, Problem> {
    let given = form::read::<Fields>(body)?;
    existing(state, id)?;
    let fields = &mut state.customers.get_mut(id)?.fields;
    for (field, given) in [
        (&mut fields.name, given.name),
        (&mut fields.email, given.email),
        (&mut fields.description, given.description),
        (&mut fields.phone, given.phone),
    ] {
        if given.is_some() {
            *field = given;
        }
    }
    fields.metadata.extend(given.metadata);
    let json = state.customers.get(id)?.json();
    state.tell("customer.updated", json.clone());
    Ok(json)
}

pub(super) fn delete(state: &mut State, id: &str) -> Result<Value, Problem> {
    existing(state, id)?;
    state.tell("customer.deleted", state.customers.get(id)?.json());
    state.customers.get_mut(id)?.deleted = true;
    Ok(state.customers.get(id)?.json())
}

pub(super) fn list(state: &State, query: &str) -> Result<Value, Problem> {
    let ask = form::read::<ListAsk>(query)?.only(&["email"])?;
    let wanted = |customer: &Customer| !customer.deleted && meets(ask.email.as_ref(), customer.fields.email.as_deref());
    state.customers.page("/v1/customers", &ask, wanted)
}

/// One that others may refer to.
pub(super) fn existing<'a>(state: &'a State, id: &str) -> Result<&'a Customer, Problem> {
    let customer = state.customers.find(id).filter(|customer| !customer.deleted);
    customer.ok_or_else(|| Problem::missing(Customer::OBJECT, id))
}
