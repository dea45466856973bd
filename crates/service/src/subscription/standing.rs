//! Subscriptions as they stand.

use domain::{CustomerId, SubscriptionId, TenantId};
use ports::{KeptSubscription, Page, PageAsk, PlacedOrder, StoreError, SubscriptionChange, SubscriptionFilter};

use crate::{Context, Failure};

/// A subscription with the order of its last charge.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The subscription.
    pub kept: KeptSubscription,
    /// The order, which says where the payer can act.
    pub order: Option<PlacedOrder>,
}

/// One subscription.
pub async fn subscription(ctx: &Context, tenant: TenantId, id: SubscriptionId) -> Result<Standing, Failure> {
    let kept = kept(ctx, tenant, id).await?;
    let order = match kept.asked_by {
        Some(order) => ctx.orders.get(tenant, order).await?,
        None => None,
    };
    Ok(Standing { kept, order })
}

/// Subscriptions, page by page.
pub async fn list(
    ctx: &Context,
    tenant: TenantId,
    filter: SubscriptionFilter,
    page: &PageAsk,
) -> Result<Page<Standing>, Failure> {
    let Page { items, next } = ctx.subscriptions.list_subscriptions(tenant, filter, page).await?;
    let asked: Vec<_> = items.iter().filter_map(|kept| kept.asked_by).collect();
    let orders = ctx.orders.some(tenant, &asked).await?;
    let stands = |kept: KeptSubscription| {
        let order = orders.iter().find(|placed| Some(placed.order.id) == kept.asked_by).cloned();
        Standing { kept, order }
    };
    Ok(Page { items: items.into_iter().map(stands).collect(), next })
}

pub(super) async fn kept(ctx: &Context, tenant: TenantId, id: SubscriptionId) -> Result<KeptSubscription, Failure> {
    ctx.subscriptions.subscription(tenant, id).await?.ok_or(Failure::NotFound("subscription"))
}

/// Writes a subscription down; `None` where someone else has changed it meanwhile.
pub(super) async fn save(
    ctx: &Context,
    tenant: TenantId,
    change: SubscriptionChange,
) -> Result<Option<KeptSubscription>, Failure> {
    match ctx.subscriptions.save_subscription(tenant, change).await {
        Ok(kept) => Ok(Some(kept)),
        Err(StoreError::Conflict) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A customer's newest subscription: no other is running.
pub(super) async fn newest(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
) -> Result<Option<KeptSubscription>, Failure> {
    let filter = SubscriptionFilter { customer: Some(customer), status: None };
    let ask = PageAsk { cursor: None, limit: 1, oldest_first: false };
    Ok(ctx.subscriptions.list_subscriptions(tenant, filter, &ask).await?.items.pop())
}

/// A customer's subscriptions, newest first.
pub(super) async fn history(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
) -> Result<Vec<KeptSubscription>, Failure> {
    let filter = SubscriptionFilter { customer: Some(customer), status: None };
    let mut ask = PageAsk { cursor: None, limit: 100, oldest_first: false };
    let mut all = Vec::new();
    loop {
        let page = ctx.subscriptions.list_subscriptions(tenant, filter, &ask).await?;
        all.extend(page.items);
        let Some(next) = page.next else { return Ok(all) };
        ask.cursor = Some(next);
    }
}
