//! Changing plan or seats (R29, R30). The preview and the change are one calculation.

use domain::{
    ChangeAsk, ChangeAt, Credits, CustomerId, GrantId, Instant, Money, Next, PaymentWay, Subscription, SubscriptionId,
    Tenant, TenantId,
};
use ports::KeptSubscription;

use super::begin::{Pay, billed, check_bill, plan};
use super::standing::{Standing, kept};
use super::step::{paying, step};
use crate::balance::view;
use crate::issue::recipient;
use crate::order::Quote;
use crate::{Context, Failure, Kept, Once};

/// A change that a customer asks for.
#[derive(Clone, Debug)]
pub struct ChangeWanted {
    /// Another plan, by code; `None` for the one that it has.
    pub plan: Option<String>,
    /// How many of it: seats; `None` for as many as now.
    pub quantity: Option<u32>,
    /// When.
    pub at: ChangeAt,
    /// Whether the operator asks: that offers private plans (R24).
    pub by_operator: bool,
    /// What the customer agreed to pay now, tax included; `None` where no preview was shown.
    pub seen: Option<Money>,
}

/// What a change would come to.
#[derive(Clone, Debug)]
pub struct ChangeQuote {
    /// The figures of the rules, with or without tax as the price list is.
    pub quote: domain::Quote,
    /// What is to be paid now, with its tax; `None`: nothing.
    pub bill: Option<Quote>,
    /// The subscription before it.
    pub subscription: Subscription,
}

/// What a change would come to now. Nothing is written.
pub async fn preview_change(
    ctx: &Context,
    tenant: TenantId,
    id: SubscriptionId,
    wanted: &ChangeWanted,
) -> Result<ChangeQuote, Failure> {
    let kept = kept(ctx, tenant, id).await?;
    let now = recipient(ctx, tenant, kept.subscription.customer).await?.now;
    let (quote, next) = quoted(ctx, tenant, &kept, wanted, now).await?;
    let bill = billed(ctx, tenant, &next, PaymentWay::Checkout).await?;
    Ok(ChangeQuote { quote, bill, subscription: kept.subscription })
}

/// Changes a subscription: at once where nothing is to be paid, else when it is paid (R29), or at the period's end (R30).
pub async fn change(
    ctx: &Context,
    tenant: &Tenant,
    id: SubscriptionId,
    wanted: &ChangeWanted,
    pay: &Pay,
    once: &Once<'_, Standing>,
) -> Result<Kept<Standing>, Failure> {
    let decide = move |kept: KeptSubscription, now: Instant| async move {
        let (_, next) = quoted(ctx, tenant.id, &kept, wanted, now).await?;
        check_bill(ctx, tenant, &next, &paying(pay, &kept), wanted.seen).await?;
        Ok(next)
    };
    step(ctx, tenant, id, Some(pay), Some(once), decide).await
}

async fn quoted(
    ctx: &Context,
    tenant: TenantId,
    kept: &KeptSubscription,
    wanted: &ChangeWanted,
    now: Instant,
) -> Result<(domain::Quote, Next), Failure> {
    let catalog = ctx.catalog(tenant).await?.catalog;
    let subscription = &kept.subscription;
    let plan = match wanted.plan.as_deref().filter(|code| *code != subscription.plan.code) {
        Some(code) => Some(plan(&catalog, code)?),
        None => None,
    };
    let ask = ChangeAsk {
        plan,
        quantity: wanted.quantity.unwrap_or(subscription.plan.quantity),
        offered: wanted.by_operator,
        at: wanted.at,
        left: left(ctx, tenant, kept).await?,
    };
    let quote = subscription.preview(&ask, now).map_err(Failure::Subscription)?;
    let next = subscription.change(&ask, now).map_err(Failure::Subscription)?;
    Ok((quote, next))
}

/// Of the credits that the plan gave in the grants' period that is running, how many are available.
pub(super) async fn left(ctx: &Context, tenant: TenantId, kept: &KeptSubscription) -> Result<Credits, Failure> {
    available(ctx, tenant, kept.subscription.customer, &kept.granted).await
}

/// How many credits of these grants are available.
pub(super) async fn available(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    grants: &[GrantId],
) -> Result<Credits, Failure> {
    let book = view(ctx, tenant, customer).await?.book;
    let open = grants.iter().filter_map(|grant| book.grant(grant.number));
    Ok(open.map(|grant| grant.available).sum())
}
