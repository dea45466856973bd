//! Customers as payers: who they are at the provider, and the methods they have left there.

use domain::{Currency, CustomerId, Tenant};
use ports::{Method, MethodId, PayerAsk, PayerId, PayerRecord, PaymentError, Reference, SaveAsk, StoreError};
use uuid::Uuid;

use super::pay::Trouble;
use crate::{Context, Failure, Provider};

/// The customer's id at the provider, who is told of them if need be.
pub(super) async fn known(
    ctx: &Context,
    tenant: &Tenant,
    provider: &Provider,
    customer: CustomerId,
) -> Result<PayerId, Trouble> {
    let record = ctx.payers.payer_record(tenant.id, customer).await.map_err(Failure::from)?;
    if let Some(payer) = record.payer {
        return Ok(payer);
    }
    let found = ctx.customers.get(tenant.id, customer).await.map_err(Failure::from)?;
    let found = found.ok_or(Failure::NotFound("customer"))?.customer;
    let reference = Reference::new(&customer.to_string()).ok_or(PaymentError::NotFound)?;
    let payer = provider.methods.payer(&PayerAsk { reference, name: found.name, email: found.email }).await?;
    let record = PayerRecord { payer: Some(payer.clone()), ..record };
    match ctx.payers.keep_payer(tenant.id, customer, &record).await {
        // Someone else has told of them as well: by the same reference it is the same payer.
        Ok(()) | Err(StoreError::Conflict) => Ok(payer),
        Err(error) => Err(Failure::from(error).into()),
    }
}

/// Asks for something with the customer's id at the provider. One whom the provider has forgotten is told of anew.
pub(super) async fn asking<T, A>(
    ctx: &Context,
    tenant: &Tenant,
    provider: &Provider,
    customer: CustomerId,
    ask: impl Fn(PayerId) -> A,
) -> Result<T, Trouble>
where
    A: Future<Output = Result<T, PaymentError>>,
{
    match ask(known(ctx, tenant, provider, customer).await?).await {
        Err(PaymentError::NotFound) => {
            forget(ctx, tenant, customer).await?;
            Ok(ask(known(ctx, tenant, provider, customer).await?).await?)
        }
        other => Ok(other?),
    }
}

async fn forget(ctx: &Context, tenant: &Tenant, customer: CustomerId) -> Result<(), Failure> {
    let record = ctx.payers.payer_record(tenant.id, customer).await?;
    match ctx.payers.keep_payer(tenant.id, customer, &PayerRecord { payer: None, ..record }).await {
        Ok(()) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A caller's question has no answer, because the provider has none.
pub(super) fn failure(trouble: Trouble) -> Failure {
    match trouble {
        Trouble::Payment(error) => Failure::Payment(error),
        Trouble::Failure(failure) => failure,
    }
}

/// The methods that a customer has left at the provider, newest first.
pub async fn methods(ctx: &Context, tenant: &Tenant, customer: CustomerId) -> Result<Vec<Method>, Failure> {
    ctx.customers.get(tenant.id, customer).await?.ok_or(Failure::NotFound("customer"))?;
    let provider = ctx.providers.of(tenant.mode).ok_or(Failure::NoProvider)?;
    let Some(payer) = ctx.payers.payer_record(tenant.id, customer).await?.payer else { return Ok(Vec::new()) };
    match provider.methods.methods(&payer).await {
        // Whom the provider has forgotten has left nothing there.
        Err(PaymentError::NotFound) => Ok(Vec::new()),
        other => other.map_err(Failure::Payment),
    }
}

/// The method to charge: the one that is named, if it is theirs, else the newest.
pub(crate) async fn usable_method(
    ctx: &Context,
    tenant: &Tenant,
    customer: CustomerId,
    named: Option<MethodId>,
) -> Result<MethodId, Failure> {
    let mut methods = methods(ctx, tenant, customer).await?.into_iter();
    let found = match &named {
        Some(id) => methods.find(|method| method.id == *id),
        None => methods.next(),
    };
    found.map(|method| method.id).ok_or(Failure::NotFound("payment method"))
}

/// The method to charge as [`usable_method`] finds it, if there is one. Without one the order fails, which the customer is
/// told.
pub(crate) async fn method_to_charge(
    ctx: &Context,
    tenant: &Tenant,
    customer: CustomerId,
    named: Option<MethodId>,
) -> Result<Option<MethodId>, Failure> {
    match usable_method(ctx, tenant, customer, named).await {
        Ok(method) => Ok(Some(method)),
        Err(Failure::NotFound("payment method")) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The provider's page where the customer leaves a method, which is in [`methods`] then.
pub async fn save_method(
    ctx: &Context,
    tenant: &Tenant,
    customer: CustomerId,
    return_url: String,
) -> Result<String, Failure> {
    let provider = ctx.providers.of(tenant.mode).ok_or(Failure::NoProvider)?;
    let currency: Currency = ctx.catalog(tenant.id).await?.catalog.currency;
    let visit = format!("visit_{}", Uuid::from_u128(ctx.ids.id()).simple());
    let reference = Reference::new(&visit).ok_or(Failure::NotFound("visit"))?;
    let (success_url, cancel_url) = (return_url.clone(), return_url);
    let ask = async |payer| {
        let (reference, success_url, cancel_url) = (reference.clone(), success_url.clone(), cancel_url.clone());
        provider.methods.save_method(&SaveAsk { reference, payer, currency, success_url, cancel_url }).await
    };
    asking(ctx, tenant, provider, customer, ask).await.map_err(failure)
}

/// Forgets a method of theirs.
pub async fn forget_method(
    ctx: &Context,
    tenant: &Tenant,
    customer: CustomerId,
    method: &MethodId,
) -> Result<(), Failure> {
    let provider = ctx.providers.of(tenant.mode).ok_or(Failure::NoProvider)?;
    let payer = ctx.payers.payer_record(tenant.id, customer).await?.payer;
    let payer = payer.ok_or(Failure::NotFound("payment method"))?;
    provider.methods.remove_method(&payer, method).await.map_err(|error| match error {
        PaymentError::NotFound => Failure::NotFound("payment method"),
        other => Failure::Payment(other),
    })
}
