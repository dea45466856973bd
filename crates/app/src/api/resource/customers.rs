//! Customers: signed up once, with the trial (R25).

use domain::{ClockId, Customer};
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Object, OpenApi};
use ports::{CommandKey, CustomerChange};
use serde::Deserialize;
use service::customer::SignUp;
use service::{Context, Failure, balance, customer};

use super::{Order, Tag};
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::codes::Code;
use crate::api::flaw::FieldCode;
use crate::api::idempotency::IdempotencyKey;
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::{BillingRequest, CustomerBody, List, page};
use crate::api::wire::{Email, Id, Limit, Metadata, Text, Zone};
use crate::http::auth::{Caller, Operator};
use crate::http::scope::Scope;

/// A customer to be signed up.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct CustomerRequest {
    /// Your own id for them; it never changes.
    external_id: Option<Text<255>>,
    /// What they are called.
    name: Option<Text<255>>,
    /// Where mail goes.
    email: Option<Email>,
    /// IANA time zone in which their days end, such as `Europe/Berlin`; UTC where not said.
    time_zone: Option<Zone>,
    /// The test clock that they live by; in test mode only.
    test_clock: Option<Id<ClockId>>,
    /// Your own notes.
    metadata: Option<Metadata>,
    /// Who they are on an invoice.
    billing: Option<BillingRequest>,
}

/// What is known of a customer, changed. What is not said stays.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct CustomerPatch {
    /// What they are called; `null` forgets it.
    #[serde(default)]
    name: MaybeUndefined<Text<255>>,
    /// Where mail goes; `null` forgets it.
    #[serde(default)]
    email: MaybeUndefined<Email>,
    /// IANA time zone; it moves no end that was fixed before.
    time_zone: Option<Zone>,
    /// Your own notes, all of them.
    metadata: Option<Metadata>,
    /// Who they are on an invoice, all of it; `null` forgets it.
    #[serde(default)]
    billing: MaybeUndefined<BillingRequest>,
}

impl CustomerRequest {
    fn sign_up(self) -> Result<SignUp, Problem> {
        Ok(SignUp {
            external_id: self.external_id.map(external_id).transpose()?,
            name: self.name.map(Text::into_text),
            email: self.email.map(Email::into_text),
            zone: self.time_zone.map(|zone| zone.0),
            clock: self.test_clock.map(|clock| clock.find()).transpose()?,
            metadata: self.metadata.unwrap_or_default().into_pairs(),
            billing: self.billing.unwrap_or_default().read()?,
        })
    }
}

impl CustomerPatch {
    fn change(self) -> Result<CustomerChange, Problem> {
        let Self { name, email, time_zone, metadata, billing } = self;
        let billing: Option<Option<BillingRequest>> = billing.into();
        Ok(CustomerChange {
            name: name.map_value(Text::into_text).into(),
            email: email.map_value(Email::into_text).into(),
            zone: time_zone.map(|zone| zone.0),
            metadata: metadata.map(Metadata::into_pairs),
            billing: billing.map(|said| said.unwrap_or_default().read()).transpose()?,
        })
    }
}

/// An id that could be taken for ours would never be found.
fn external_id(id: Text<255>) -> Result<String, Problem> {
    if id.starts_with("cus_") || id.contains('/') {
        let detail = "Not starting with `cus_`, and without a slash.";
        return Err(Problem::field("/external_id", FieldCode::Malformed, detail));
    }
    Ok(id.into_text())
}

pub(crate) struct Customers;

#[OpenApi(tag = "Tag::Customers")]
impl Customers {
    /// Sign a customer up
    ///
    /// Opens their book; the catalog's trial and free tier are granted exactly once.
    #[oai(path = "/v1/customers", method = "post", operation_id = "createCustomer")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<Option<IdempotencyKey>>,
        body: StrictJson<CustomerRequest>,
    ) -> Result<Answer<CustomerBody, 201>, refused!(ExternalIdTaken, ClockNotFound, TestModeOnly)> {
        caller.require(Scope::Customers)?;
        let fingerprint = body.fingerprint();
        let key = idempotency_key.0.map(|key| CommandKey { text: key.into_text(), fingerprint });
        let opened = customer::sign_up(&ctx, caller.tenant(), body.into_inner().sign_up()?, key).await?;
        if !opened.created && !opened.replayed {
            return Err(Code::ExternalIdTaken.problem().into());
        }
        Ok(Answer::of(&opened.customer.into()).replayed(opened.replayed))
    }

    /// List customers
    #[oai(path = "/v1/customers", method = "get", operation_id = "listCustomers")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        email: Query<Option<Text<320>>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<CustomerBody>>, refused!()> {
        caller.require(Scope::Read)?;
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let found = ctx.customers.list(caller.tenant_id(), email.0.as_deref(), &ask).await.map_err(Failure::from)?;
        Ok(Answer::of(&List::of(found, CustomerBody::from)))
    }

    /// Get a customer
    #[oai(path = "/v1/customers/:customer", method = "get", operation_id = "getCustomer")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
    ) -> Result<Answer<CustomerBody>, refused!(CustomerNotFound)> {
        caller.require(Scope::Read)?;
        let id = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        Ok(Answer::of(&balance::view(&ctx, caller.tenant_id(), id).await?.customer.into()))
    }

    /// Change a customer
    #[oai(path = "/v1/customers/:customer", method = "patch", operation_id = "updateCustomer")]
    async fn change(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        customer: Path<String>,
        body: StrictJson<CustomerPatch>,
    ) -> Result<Answer<CustomerBody>, refused!(CustomerNotFound)> {
        caller.require(Scope::Customers)?;
        let id = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let change = body.into_inner().change()?;
        Ok(Answer::of(&changed(&ctx, &caller, id, change).await?.into()))
    }

    /// Sign a customer up, or change them
    ///
    /// By your own id, which is the path: signs the customer up if you have none with this id, else changes what is
    /// said. As often as you like: the trial is granted once.
    #[oai(path = "/v1/customers/:customer", method = "put", operation_id = "upsertCustomer")]
    async fn upsert(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        customer: Path<Text<255>>,
        body: StrictJson<CustomerRequest>,
    ) -> Result<Answer<CustomerBody>, refused!(ClockNotFound, CustomerNotFound, TestModeOnly)> {
        caller.require(Scope::Customers)?;
        let mut request = body.into_inner();
        if request.external_id.as_ref().is_some_and(|id| *id != customer.0) {
            let detail = "The same as in the path, or left out.";
            return Err(Problem::field("/external_id", FieldCode::Malformed, detail).into());
        }
        request.external_id = Some(customer.0);
        let (says_metadata, says_billing) = (request.metadata.is_some(), request.billing.is_some());
        let sign_up = request.sign_up()?;
        let opened = customer::sign_up(&ctx, caller.tenant(), sign_up.clone(), None).await?;
        if opened.created {
            return Ok(Answer::of(&opened.customer.into()));
        }
        let change = CustomerChange {
            name: sign_up.name.map(Some),
            email: sign_up.email.map(Some),
            zone: sign_up.zone,
            metadata: says_metadata.then_some(sign_up.metadata),
            billing: says_billing.then_some(sign_up.billing),
        };
        Ok(Answer::of(&changed(&ctx, &caller, opened.customer.id, change).await?.into()))
    }
}

async fn changed(
    ctx: &Context,
    caller: &Caller,
    id: domain::CustomerId,
    change: CustomerChange,
) -> Result<Customer, Problem> {
    let changed = ctx.customers.change(caller.tenant_id(), id, change).await.map_err(Failure::from)?;
    changed.ok_or_else(|| Code::CustomerNotFound.problem())
}
