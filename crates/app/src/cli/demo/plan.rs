//! A subscription: begun at the stub's checkout with a test card, invoiced and mailed; a larger plan where it is too small.

use domain::{ChangeAt, Credits, PaymentWay, Plan, SubscriptionStatus};
use payments::stub::visit::{GOOD_CARD, pay};
use ports::{KeptSubscription, PageAsk, SubscriptionFilter};
use service::subscription::{self, ChangeQuote, ChangeWanted, Pay, Standing, Wanted, begin, change, preview_change};
use service::{Context, Failure, Kept, Once};

use super::sale::{mailed_to, until};
use super::shop::{Shop, once};

/// What was subscribed to.
pub(crate) struct Subscribed {
    /// The subscription.
    pub(crate) kept: KeptSubscription,
    /// What was paid, tax included.
    pub(crate) paid: domain::Money,
    /// The number of the invoice.
    pub(crate) invoice: String,
    /// Who it was mailed to.
    pub(crate) mailed_to: String,
}

/// The smallest plan that gives so many credits, beyond the one that the customer is on.
pub(crate) async fn fitting<'s>(ctx: &Context, shop: &'s Shop, missing: Credits) -> Result<Option<&'s Plan>, Failure> {
    let now = current(ctx, shop).await?.map_or(0, |kept| kept.subscription.plan.credits);
    let extra = |plan: &&Plan| plan.credits > now && Credits::whole(plan.credits - now) >= missing;
    Ok(shop.catalog.public_plans().filter(extra).min_by_key(|plan| plan.credits))
}

/// Subscribes the shop's customer, or changes to this plan.
pub(crate) async fn subscribe(ctx: &Context, shop: &Shop, plan: &Plan) -> anyhow::Result<Subscribed> {
    let key = once(ctx);
    let render = |_: &Standing| (201, "{}".to_owned());
    let once = Once { key: key.text, fingerprint: key.fingerprint, render: &render };
    let by_checkout = Pay { way: PaymentWay::Checkout, method: None, return_url: None };
    let kept = match current(ctx, shop).await? {
        None => {
            let wanted = Wanted { plan: plan.code.clone(), quantity: 1, by_operator: true, seen: None };
            begin(ctx, &shop.tenant, shop.customer.id, &wanted, by_checkout, &once).await?
        }
        Some(kept) => change(ctx, &shop.tenant, kept.subscription.id, &to(plan), &by_checkout, &once).await?,
    };
    let Kept::Done(standing) = kept else { anyhow::bail!("a subscription with a fresh key was a replay") };
    let order = standing.order.ok_or_else(|| anyhow::anyhow!("a plan without a charge"))?.order.id;
    let page = service::order::order(ctx, shop.tenant.id, order).await?.attempt.and_then(|attempt| attempt.url);
    pay(&page.ok_or_else(|| anyhow::anyhow!("the checkout has no page"))?, GOOD_CARD).await?;
    let id = standing.kept.subscription.id;
    let paid = until("the payment", async || {
        let Standing { kept, order } = subscription::subscription(ctx, shop.tenant.id, id).await?;
        let settled = kept.subscription.plan.code == plan.code && kept.tasks.is_empty();
        Ok(order.filter(|_| settled).and_then(|order| Some((kept, order.order.gross, order.invoice?.to_string()))))
    });
    let (kept, paid, invoice) = paid.await?;
    let mailed_to = mailed_to(ctx, shop, &invoice).await?;
    Ok(Subscribed { kept, paid, invoice, mailed_to })
}

/// What the next larger plan would cost now, for a customer who is on one.
pub(crate) async fn upgrade(ctx: &Context, shop: &Shop) -> Result<Option<(Plan, ChangeQuote)>, Failure> {
    let (Some(kept), Some(plan)) = (current(ctx, shop).await?, fitting(ctx, shop, Credits::ZERO).await?) else {
        return Ok(None);
    };
    let quote = preview_change(ctx, shop.tenant.id, kept.subscription.id, &to(plan)).await?;
    Ok(Some((plan.clone(), quote)))
}

fn to(plan: &Plan) -> ChangeWanted {
    ChangeWanted { plan: Some(plan.code.clone()), quantity: None, at: ChangeAt::Usual, by_operator: true, seen: None }
}

async fn current(ctx: &Context, shop: &Shop) -> Result<Option<KeptSubscription>, Failure> {
    let filter = SubscriptionFilter { customer: Some(shop.customer.id), status: Some(SubscriptionStatus::Active) };
    let page = PageAsk { cursor: None, limit: 1, oldest_first: false };
    Ok(ctx.subscriptions.list_subscriptions(shop.tenant.id, filter, &page).await?.items.pop())
}
