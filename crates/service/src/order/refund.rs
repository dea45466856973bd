//! Giving money back for credits that were not used (R35).

use domain::{
    Credits, GrantId, Instant, Money, Order, OrderId, OrderRefusal, OrderStatus, PaymentWay, Purchase, RefundAsk,
    RefundRefusal, Tenant, TenantId, portion,
};
use ports::{GivenBack, GivenBackPart, OrderChange, OrderFilter, PageAsk, PlacedOrder};

use super::place::SOON;
use super::{attend, bill, order, save};
use crate::balance::grant_state;
use crate::once::replay;
use crate::{Context, Failure, Kept, Once};

/// What is to be given back.
#[derive(Clone, Debug, Default)]
pub struct RefundWanted {
    /// So many credits; all that are neither used nor held where `None`.
    pub credits: Option<Credits>,
    /// Why.
    pub reason: Option<String>,
    /// Whether the operator asks, whom the catalog's terms do not bind.
    pub by_operator: bool,
}

/// What a refund would come to.
#[derive(Clone, Debug)]
pub struct Preview {
    /// By grant.
    pub parts: Vec<GivenBackPart>,
    /// The credits that would be taken back.
    pub credits: Credits,
    /// The money for them, net of tax.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
    /// What the customer would get.
    pub gross: Money,
}

/// What a refund would come to now. Nothing is written.
pub async fn refund_preview(
    ctx: &Context,
    tenant: TenantId,
    id: OrderId,
    wanted: &RefundWanted,
) -> Result<Preview, Failure> {
    let placed = order(ctx, tenant, id).await?;
    terms_of(ctx, tenant, &placed, wanted).await
}

/// Gives money back: the credits are taken back first, so that nobody spends them meanwhile; they come back if the
/// provider refuses. Where the provider takes its time, the refund stays pending and a worker goes on with it.
pub async fn refund(
    ctx: &Context,
    tenant: &Tenant,
    id: OrderId,
    wanted: &RefundWanted,
    once: &Once<'_, PlacedOrder>,
) -> Result<Kept<PlacedOrder>, Failure> {
    if let Some(reply) = replay(ctx, tenant.id, Some(once)).await? {
        return Ok(Kept::Before(reply));
    }
    let placed = order(ctx, tenant.id, id).await?;
    if placed.refund_under_way().is_some() {
        return Err(Failure::RefundUnderWay);
    }
    let preview = terms_of(ctx, tenant.id, &placed, wanted).await?;
    if placed.order.way != PaymentWay::Manual {
        ctx.providers.of(tenant.mode).ok_or(Failure::NoProvider)?;
    }
    let now = bill::now_of(ctx, tenant.id, placed.order.customer).await?;
    let refund =
        GivenBack { parts: preview.parts, reason: wanted.reason.clone(), ..placed.new_refund(preview.gross, now) };
    let begun = placed.refunding(refund, ctx.clock.now() + SOON);
    let reply = Some(once.reply(&begun));
    save(ctx, tenant.id, OrderChange { reply, ..OrderChange::untold(begun) }).await?;
    attend::answer(ctx, tenant, id, once).await
}

async fn terms_of(
    ctx: &Context,
    tenant: TenantId,
    placed: &PlacedOrder,
    wanted: &RefundWanted,
) -> Result<Preview, Failure> {
    if placed.order.charge.is_some() {
        return Err(Failure::Refund(RefundRefusal::Charge));
    }
    let status = placed.status();
    if !matches!(status, OrderStatus::Paid | OrderStatus::PartlyRefunded) {
        return Err(Failure::Order(OrderRefusal::NotPaid(status)));
    }
    // Only the catalog's terms ask for it.
    let first = !wanted.by_operator && is_first(ctx, tenant, placed).await?;
    let mut purchases = Vec::new();
    for grant in &placed.grants {
        purchases.push(purchase(ctx, tenant, placed, *grant, first).await?);
    }
    if !wanted.by_operator {
        let now = bill::now_of(ctx, tenant, placed.order.customer).await?;
        check(ctx, tenant, placed, &purchases, now).await?;
    }
    let parts = match (&purchases[..], wanted.credits) {
        ([only], Some(credits)) => vec![part(only, RefundAsk::Credits(credits))?],
        (several, Some(credits)) => spread(several, credits)?,
        (all, None) => rest(all)?,
    };
    Ok(sum(parts, placed.order.gross))
}

/// The catalog's terms, as they were when it was ordered (R21).
async fn check(
    ctx: &Context,
    tenant: TenantId,
    placed: &PlacedOrder,
    purchases: &[Purchase],
    now: Instant,
) -> Result<(), Failure> {
    let catalog = ctx.catalog_of(tenant, placed.order.catalog_version).await?.catalog;
    let terms = catalog.refunds.ok_or(Failure::Refund(RefundRefusal::NotOffered))?;
    purchases.iter().try_for_each(|purchase| terms.check(purchase, now)).map_err(Failure::Refund)
}

fn part(purchase: &Purchase, ask: RefundAsk) -> Result<GivenBackPart, Failure> {
    let refund = purchase.refund(ask).map_err(Failure::Refund)?;
    let grant = purchase.state.grant.id;
    Ok(GivenBackPart { grant, credits: refund.credits, net: refund.net, tax: refund.tax })
}

/// All that is left of each; what has nothing left is left out, unless that is all.
fn rest(purchases: &[Purchase]) -> Result<Vec<GivenBackPart>, Failure> {
    let mut parts = Vec::new();
    let mut refused = None;
    for purchase in purchases {
        match part(purchase, RefundAsk::Rest) {
            Ok(part) => parts.push(part),
            Err(failure) => refused = Some(failure),
        }
    }
    match refused {
        Some(failure) if parts.is_empty() => Err(failure),
        _ => Ok(parts),
    }
}

/// So many credits, from the order's grants in their order. One that cannot be refunded is passed over, as others may
/// cover them.
fn spread(purchases: &[Purchase], credits: Credits) -> Result<Vec<GivenBackPart>, Failure> {
    let mut missing = credits;
    let mut parts = Vec::new();
    for purchase in purchases {
        let take = purchase.state.available.min(missing);
        if let Ok(part) = part(purchase, RefundAsk::Credits(take)) {
            missing = missing.saturating_sub(part.credits);
            parts.push(part);
        }
    }
    if missing.is_zero() && !parts.is_empty() {
        return Ok(parts);
    }
    let most: Credits = rest(purchases)?.iter().map(|part| part.credits).sum();
    // There are enough of them: a share is worth no money.
    Err(Failure::Refund(if credits <= most { RefundRefusal::TooSmall } else { RefundRefusal::TooMuch(most) }))
}

fn sum(parts: Vec<GivenBackPart>, zero: Money) -> Preview {
    let credits = parts.iter().map(|part| part.credits).sum();
    let add = |money: fn(&GivenBackPart) -> i64| parts.iter().map(money).fold(0_i64, i64::saturating_add);
    let (net, tax) = (add(|part| part.net.minor), add(|part| part.tax.minor));
    let money = |minor| Money { minor, ..zero };
    let gross = money(net.saturating_add(tax));
    Preview { parts, credits, net: money(net), tax: money(tax), gross }
}

/// A grant of the order as a purchase.
pub(crate) async fn purchase(
    ctx: &Context,
    tenant: TenantId,
    placed: &PlacedOrder,
    grant: GrantId,
    first: bool,
) -> Result<Purchase, Failure> {
    let state = grant_state(ctx, tenant, grant).await?;
    let place = placed.grants.iter().position(|one| *one == grant).ok_or(Failure::NotFound("grant"))?;
    let tax = match placed.order.lines.get(place) {
        Some(line) => line.tax,
        None => share_of_tax(&placed.order, state.grant.cost),
    };
    let (refunded_net, refunded_tax) = placed.refunded(grant);
    Ok(Purchase { state, tax, refunded_net, refunded_tax, first })
}

/// The tax on what a plan has given for a charge.
fn share_of_tax(order: &Order, cost: Option<Money>) -> Money {
    let cost = cost.map_or(0, |cost| cost.minor);
    Money { minor: portion(order.tax.minor, cost, order.net.minor), ..order.tax }
}

/// Whether it was the first thing that the customer paid for, whatever became of it: when it was ordered says nothing.
async fn is_first(ctx: &Context, tenant: TenantId, placed: &PlacedOrder) -> Result<bool, Failure> {
    let filter = OrderFilter { customer: Some(placed.order.customer), status: None };
    let mut ask = PageAsk { cursor: None, limit: 100, oldest_first: true };
    let mut first = None;
    loop {
        let page = ctx.orders.list(tenant, filter, &ask).await?;
        let paid = page.items.iter().filter_map(|one| Some((one.order.payment.as_ref()?.at, one.order.id)));
        first = paid.chain(first).min();
        let Some(next) = page.next else { return Ok(first.is_none_or(|(_, id)| id == placed.order.id)) };
        ask.cursor = Some(next);
    }
}
