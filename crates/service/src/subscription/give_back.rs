//! Credits that are taken back in mid-period, and money that goes back for them (R30).

use domain::{
    Credits, CustomerId, Draft, GrantId, Money, OrderId, Prices, RefundAsk, Tenant, TenantId, portion, portion_half_up,
    rules,
};
use ports::{
    Command, Decide, GivenBack, GivenBackPart, GivenBackStatus, KeptSubscription, NumberedTask, OrderChange,
    PaymentError, PlacedOrder, Task,
};

use super::TURNS;
use super::change::available;
use super::deliver::task_key;
use crate::order::{SOON, attend, now_of, order, purchase, save};
use crate::{Context, Failure};

/// How often a provider is asked to give money back that it refuses to.
const TRIES: usize = 3;

/// What is still to be given back.
#[derive(Clone, Copy)]
struct Left {
    credits: Credits,
    /// As the price list says money.
    listed: i64,
    /// Of that, what no grant stands for.
    unassigned: i64,
}

/// Takes credits back, and gives money back from the orders that had paid for the period, the last of them first. What
/// cannot be given back, for the operator: its credits stay as they are.
pub(super) async fn give_back(
    ctx: &Context,
    tenant: &Tenant,
    kept: &KeptSubscription,
    numbered: &NumberedTask,
) -> Result<Option<String>, Failure> {
    let Task::GiveBack { credits, from, amount, unassigned, paid_by } = &numbered.task else { return Ok(None) };
    let mut left = Left { credits: *credits, listed: amount.minor, unassigned: *unassigned };
    for id in paid_by.iter().rev() {
        if left.listed == 0 {
            break;
        }
        left = match from_order(ctx, tenant, numbered.number, *id, from, left).await? {
            Given::Left(left) => left,
            Given::Refused(why) => return Ok(Some(why)),
        };
    }
    take_back(ctx, tenant.id, kept, numbered.number, left.credits, from).await?;
    Ok(None)
}

/// What came of giving back what an order bears.
enum Given {
    /// It was given; so much is left to be given.
    Left(Left),
    /// The provider does not give it back: why.
    Refused(String),
}

/// Gives back what one order bears, once; what is left then.
async fn from_order(
    ctx: &Context,
    tenant: &Tenant,
    task: u32,
    id: OrderId,
    from: &[GrantId],
    left: Left,
) -> Result<Given, Failure> {
    let mut tried = false;
    for _ in 0..TURNS {
        let placed = order(ctx, tenant.id, id).await?;
        let prices = ctx.catalog_of(tenant.id, placed.order.catalog_version).await?.catalog.tax.prices;
        if let Some(done) = placed.refunds.iter().find(|refund| refund.task == Some(task) && refund.counts()) {
            let listed = if prices == Prices::Inclusive { done.gross.minor } else { done.net() };
            let money = |part: &GivenBackPart| match prices {
                Prices::Inclusive => part.net.minor.saturating_add(part.tax.minor),
                Prices::Exclusive => part.net.minor,
            };
            let granted: i64 = done.parts.iter().map(money).sum();
            if done.status == GivenBackStatus::Pending {
                attend(ctx, tenant, id).await?;
            }
            return Ok(Given::Left(Left {
                credits: left.credits.saturating_sub(done.credits()),
                listed: left.listed.saturating_sub(listed).max(0),
                unassigned: left.unassigned.saturating_sub(listed.saturating_sub(granted)).max(0),
            }));
        }
        let failed = placed.refunds.iter().filter(|refund| refund.task == Some(task) && !refund.counts()).count();
        if failed >= TRIES {
            return Ok(Given::Refused(given_up(&placed)));
        }
        if tried && failed > 0 {
            return Err(again_later(&placed));
        }
        if placed.refund_under_way().is_some() {
            attend(ctx, tenant, id).await?;
            return Err(Failure::RefundUnderWay);
        }
        let left = left.of_what_is_there(ctx, tenant.id, placed.order.customer, from).await?;
        let Some(refund) = refund(ctx, tenant.id, &placed, prices, task, from, left).await? else {
            return Ok(Given::Left(left));
        };
        begin(ctx, tenant, placed, refund).await?;
        tried = true;
    }
    Err(Failure::Changed)
}

/// It is tried again after a while.
fn again_later(placed: &PlacedOrder) -> Failure {
    let why = placed.note.clone().unwrap_or_default();
    Failure::Payment(PaymentError::Unavailable(why.into()))
}

/// It was tried often enough: what the operator has to know.
fn given_up(placed: &PlacedOrder) -> String {
    let why = format!("{} gives nothing back: {}", placed.order.id, placed.note.as_deref().unwrap_or_default());
    tracing::error!("{why}");
    why
}

impl Left {
    /// Of credits that were spent since this was decided nothing goes back, and no money for them (R30).
    async fn of_what_is_there(
        self,
        ctx: &Context,
        tenant: TenantId,
        customer: CustomerId,
        from: &[GrantId],
    ) -> Result<Self, Failure> {
        let there = available(ctx, tenant, customer, from).await?;
        if there >= self.credits {
            return Ok(self);
        }
        let for_credits = self.listed.saturating_sub(self.unassigned).max(0);
        let for_these = portion(for_credits, there.micros(), self.credits.micros());
        Ok(Self { credits: there, listed: self.unassigned.min(self.listed).saturating_add(for_these), ..self })
    }
}

async fn begin(ctx: &Context, tenant: &Tenant, placed: PlacedOrder, refund: GivenBack) -> Result<(), Failure> {
    let id = placed.order.id;
    let placed = placed.refunding(refund, ctx.clock.now() + SOON);
    match save(ctx, tenant.id, OrderChange::untold(placed)).await {
        Err(Failure::Changed) => Ok(()),
        other => {
            other?;
            attend(ctx, tenant, id).await.map(drop)
        }
    }
}

/// The refund of what an order bears; none where all of it has gone back.
async fn refund(
    ctx: &Context,
    tenant: TenantId,
    placed: &PlacedOrder,
    prices: Prices,
    task: u32,
    from: &[GrantId],
    left: Left,
) -> Result<Option<GivenBack>, Failure> {
    let Some((net, tax)) = share(placed, prices, left.listed) else { return Ok(None) };
    let mut credits = left.credits;
    // Without tax; what no grant stands for is not theirs.
    let listed = if prices == Prices::Inclusive { net.saturating_add(tax) } else { net };
    let mut for_grants = portion(net, listed.saturating_sub(left.unassigned).max(0), listed);
    let mut parts = Vec::new();
    for grant in placed.grants.iter().rev().filter(|grant| from.contains(grant)) {
        let bought = purchase(ctx, tenant, placed, *grant, false).await?;
        let taken = bought.state.available.min(credits);
        if taken.is_zero() {
            continue;
        }
        let bears = bought.refund(RefundAsk::Credits(taken)).map_or(0, |refund| refund.net.minor);
        let part = bears.min(for_grants);
        credits = credits.saturating_sub(taken);
        for_grants = for_grants.saturating_sub(part);
        parts.push(part_of(*grant, taken, part, (net, tax), placed.order.gross));
    }
    let granted = |of: fn(&GivenBackPart) -> i64| parts.iter().map(of).fold(0_i64, i64::saturating_add);
    let money = |minor| Money { minor, ..placed.order.gross };
    let now = now_of(ctx, tenant, placed.order.customer).await?;
    let rest = (net.saturating_sub(granted(|part| part.net.minor)), tax.saturating_sub(granted(|part| part.tax.minor)));
    Ok(Some(GivenBack {
        task: Some(task),
        ungranted: (rest != (0, 0)).then_some((money(rest.0), money(rest.1))),
        parts,
        ..placed.new_refund(money(net.saturating_add(tax)), now)
    }))
}

fn part_of(grant: GrantId, credits: Credits, net: i64, all: (i64, i64), zero: Money) -> GivenBackPart {
    let tax = portion(all.1, net, all.0);
    let money = |minor| Money { minor, ..zero };
    GivenBackPart { grant, credits, net: money(net), tax: money(tax) }
}

/// The net amount and the tax of so much of the price list's money, at most what is left of the order.
fn share(placed: &PlacedOrder, prices: Prices, listed: i64) -> Option<(i64, i64)> {
    let counted = || placed.refunds.iter().filter(|refund| refund.counts());
    let gone_net = counted().map(GivenBack::net).fold(0, i64::saturating_add);
    let gone = counted().map(|refund| refund.gross.minor).fold(0, i64::saturating_add);
    let (net, gross) = (placed.order.net.minor, placed.order.gross.minor);
    let (left_net, left) = (net.saturating_sub(gone_net), gross.saturating_sub(gone));
    let (net, tax) = match prices {
        _ if left <= 0 || listed <= 0 => return None,
        Prices::Exclusive if listed >= left_net => (left_net, left.saturating_sub(left_net)),
        Prices::Inclusive if listed >= left => (left_net, left.saturating_sub(left_net)),
        // Rounded for itself each time, and never more than is left.
        Prices::Exclusive => {
            let tax = portion_half_up(placed.order.tax.minor, listed, net);
            (listed, tax.min(left.saturating_sub(left_net)))
        }
        Prices::Inclusive => {
            let net = portion_half_up(net, listed, gross);
            (net, listed.saturating_sub(net))
        }
    };
    Some((net, tax))
}

/// Takes back what no money goes back for.
async fn take_back(
    ctx: &Context,
    tenant: TenantId,
    kept: &KeptSubscription,
    task: u32,
    credits: Credits,
    from: &[GrantId],
) -> Result<(), Failure> {
    if credits.is_zero() {
        return Ok(());
    }
    let from = from.to_vec();
    let reason = Some(format!("subscription {}", kept.subscription.id));
    let decide: Decide = Box::new(move |draft: &mut Draft| {
        let mut left = credits;
        for grant in from.iter().rev() {
            let taken = draft.book().grant(grant.number).map_or(Credits::ZERO, |grant| grant.available).min(left);
            if !taken.is_zero() {
                rules::revoke_part(draft, *grant, taken, reason.clone())?;
                left = left.saturating_sub(taken);
            }
        }
        Ok(())
    });
    let key = Some(task_key(kept, task));
    Ok(ctx.ledger.post(Command::new(tenant, kept.subscription.customer, key, decide)).await.map(drop)?)
}

/// Sends all money of an order back: nothing was delivered for it. What cannot be sent back, for the operator.
pub(super) async fn all(ctx: &Context, tenant: &Tenant, id: OrderId) -> Result<Option<String>, Failure> {
    let is_settled = |placed: &PlacedOrder| placed.invoice.is_some() || placed.refunds.iter().any(GivenBack::counts);
    let mut placed = order(ctx, tenant.id, id).await?;
    if !is_settled(&placed) && placed.refunds.len() < TRIES {
        let now = now_of(ctx, tenant.id, placed.order.customer).await?;
        let refund = GivenBack {
            ungranted: Some((placed.order.net, placed.order.tax)),
            reason: Some("it was not due any more".to_owned()),
            ..placed.new_refund(placed.order.gross, now)
        };
        begin(ctx, tenant, placed, refund).await?;
        placed = order(ctx, tenant.id, id).await?;
    }
    if is_settled(&placed) {
        return attend(ctx, tenant, id).await.map(|_| None);
    }
    if placed.refunds.len() >= TRIES { Ok(Some(given_up(&placed))) } else { Err(again_later(&placed)) }
}
