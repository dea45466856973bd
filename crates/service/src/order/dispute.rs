//! Money that the bank took back (R35).

use domain::{Credits, Draft, GrantId, Kind, Money, OrderEvent, OrderId, OrderStatus, Tenant, TenantId, rules};
use ports::{Command, Decide, DisputeStatus, GivenBack, GivenBackPart, GivenBackStatus, OrderChange, PlacedOrder};

use super::attend::attend;
use super::refunded::with_refund;
use super::{bill, keep, refund, save, told};
use crate::once::own_key;
use crate::{Context, Failure, subscription};

/// The bank disputes the payment of an order: what is left of its credits is taken back, what was used is owed, and the
/// customer starts nothing new until the operator lets them (R35). A dispute that was won is for the operator to judge.
pub(super) async fn dispute(
    ctx: &Context,
    tenant: &Tenant,
    id: OrderId,
    status: DisputeStatus,
) -> Result<PlacedOrder, Failure> {
    // What is under way comes first: a payment that we have not heard of, credits on their way, a refund. The provider
    // tells of the dispute again until all of it is done.
    let placed = attend(ctx, tenant, id).await?;
    if placed.order.status.awaits_payment() || placed.is_undelivered() || placed.refund_under_way().is_some() {
        return Err(Failure::Changed);
    }
    if status == DisputeStatus::Won {
        let note = Some("the dispute was won: the credits can be granted again, and the customer unfrozen".to_owned());
        return keep(ctx, tenant.id, PlacedOrder { note, ..placed }).await;
    }
    let charged_back = placed.refunds.iter().any(|refund| refund.status == GivenBackStatus::ChargedBack);
    if charged_back || !matches!(placed.order.status, OrderStatus::Paid | OrderStatus::PartlyRefunded) {
        return Ok(placed);
    }
    let taken = seize(ctx, tenant.id, &placed).await?;
    let chargeback = charge_back(ctx, tenant.id, &placed, &taken).await?;
    let order = placed.order.dispute().map_err(Failure::Order)?;
    let document = bill::credit_note(ctx, tenant.id, &placed, &chargeback).await?;
    // Not only what is credited: what was used as well, and credits that were free.
    let gone = (order.left(), taken.iter().map(|(_, credits)| *credits).sum());
    let now = chargeback.created_at;
    let placed = with_refund(placed, chargeback);
    let note = Some("the bank has taken the payment back".to_owned());
    let placed = PlacedOrder { order, note, ..placed };
    subscription::disputed(ctx, tenant, &placed).await?;
    let change = told::back(ctx, OrderEvent::Disputed, placed, gone, now);
    save(ctx, tenant.id, OrderChange { document, ..change }).await
}

/// Takes back what is left of the order's grants and freezes the customer, once; how much of each.
async fn seize(ctx: &Context, tenant: TenantId, placed: &PlacedOrder) -> Result<Vec<(GrantId, Credits)>, Failure> {
    let (grants, reason) = (placed.grants.clone(), format!("chargeback {}", placed.order.id));
    let decide: Decide = Box::new(move |draft: &mut Draft| {
        for grant in &grants {
            let left = draft.book().grant(grant.number).map_or(Credits::ZERO, |grant| grant.available);
            if !left.is_zero() {
                rules::revoke_part(draft, *grant, left, Some(reason.clone()))?;
            }
        }
        if draft.book().frozen_since.is_none() { rules::freeze(draft, Some(reason.clone())) } else { Ok(()) }
    });
    let key = Some(own_key(GivenBack::chargeback_key(placed.order.id)));
    let posted = ctx.ledger.post(Command::new(tenant, placed.order.customer, key, decide)).await?;
    let revoked = posted.entries.iter().filter(|entry| entry.kind == Kind::Revoke);
    Ok(revoked.flat_map(|entry| &entry.postings).map(|posting| (posting.grant, posting.amount)).collect())
}

/// What the bank took, by grant.
async fn charge_back(
    ctx: &Context,
    tenant: TenantId,
    placed: &PlacedOrder,
    taken: &[(GrantId, Credits)],
) -> Result<GivenBack, Failure> {
    let mut parts = Vec::new();
    let mut receivable = 0_i64;
    for grant in &placed.grants {
        let mut purchase = refund::purchase(ctx, tenant, placed, *grant, false).await?;
        let credits = taken.iter().filter(|(of, _)| of == grant).map(|(_, credits)| *credits).sum();
        // As it was before they were taken.
        purchase.state.available = credits;
        purchase.state.revoked = purchase.state.revoked.saturating_sub(credits);
        // Free, or given back before: the bank has taken nothing for it.
        let Ok(lost) = purchase.charge_back() else { continue };
        receivable = receivable.saturating_add(lost.receivable.minor);
        parts.push(GivenBackPart { grant: *grant, credits, net: lost.net, tax: lost.tax });
    }
    let ungranted = ungranted(ctx, tenant, placed).await?;
    let back = parts.iter().map(|part| part.net.minor.saturating_add(part.tax.minor)).fold(0, i64::saturating_add);
    let back = ungranted.map_or(back, |(net, tax)| back.saturating_add(net.minor).saturating_add(tax.minor));
    let now = bill::now_of(ctx, tenant, placed.order.customer).await?;
    Ok(GivenBack {
        status: GivenBackStatus::ChargedBack,
        parts,
        ungranted,
        receivable,
        reason: Some("chargeback".to_owned()),
        ..placed.new_refund(Money { minor: back, ..placed.order.gross }, now)
    })
}

/// What a charge brought for credits that were still to come, net of tax and the tax: the bank has taken that as well.
async fn ungranted(ctx: &Context, tenant: TenantId, placed: &PlacedOrder) -> Result<Option<(Money, Money)>, Failure> {
    if placed.order.charge.is_none() {
        return Ok(None);
    }
    let order = &placed.order;
    let counted = placed.refunds.iter().filter(|refund| refund.counts()).filter_map(|refund| refund.ungranted);
    let (mut net, mut tax) = counted.fold((order.net.minor, order.tax.minor), |(net, tax), (back, of_it)| {
        (net.saturating_sub(back.minor), tax.saturating_sub(of_it.minor))
    });
    for grant in &placed.grants {
        let bought = refund::purchase(ctx, tenant, placed, *grant, false).await?;
        net = net.saturating_sub(bought.state.grant.cost.map_or(0, |cost| cost.minor));
        tax = tax.saturating_sub(bought.tax.minor);
    }
    let money = |minor: i64| Money { minor: minor.max(0), ..order.net };
    Ok((net > 0).then_some((money(net), money(tax))))
}
