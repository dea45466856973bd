//! Giving consumed credits back (R19).

use domain::rules::{self, Reversal};
use domain::{TenantId, UsageId};
use ports::{Command, CommandKey, PostError, Posted};

use crate::{Context, Failure};

/// Reverses `quantity` units of a usage, or all that are left.
pub async fn reverse(
    ctx: &Context,
    tenant: TenantId,
    usage: UsageId,
    quantity: Option<u64>,
    reason: Option<String>,
    key: CommandKey,
) -> Result<Posted, Failure> {
    let goodwill_for = ctx.catalog(tenant).await?.catalog.policies.goodwill_for;
    let reversal = Reversal { quantity, reason, goodwill_for };
    let decide = Box::new(move |draft: &mut domain::Draft| rules::reverse(draft, &reversal));
    let (customer, key, usage) = (usage.customer, Some(key), Some(usage));
    let command = Command { usage, ..Command::new(tenant, customer, key, decide) };
    ctx.ledger.post(command).await.map_err(|error| match error {
        // Where the customer is not, the usage is not either (R42).
        PostError::CustomerNotFound => Failure::NotFound("usage"),
        other => other.into(),
    })
}
