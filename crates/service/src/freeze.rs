//! Freezing a customer, and letting them start work again (R35).

use domain::{CustomerId, TenantId, rules};
use ports::{Command, CommandKey, Decide, Posted};

use crate::{Context, Failure};

/// Freezes a customer: what is under way goes on, and nothing new starts.
pub async fn freeze(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    reason: Option<String>,
    key: CommandKey,
) -> Result<Posted, Failure> {
    let decide: Decide = Box::new(move |draft| rules::freeze(draft, reason.clone()));
    Ok(ctx.ledger.post(Command::new(tenant, customer, Some(key), decide)).await?)
}

/// Lets a customer start work again.
pub async fn unfreeze(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    reason: Option<String>,
    key: CommandKey,
) -> Result<Posted, Failure> {
    let decide: Decide = Box::new(move |draft| rules::unfreeze(draft, reason.clone()));
    Ok(ctx.ledger.post(Command::new(tenant, customer, Some(key), decide)).await?)
}
