//! Refunds on their way (R35).

use domain::{Credits, Draft, OrderEvent, OrderId, PaymentWay, Tenant, TenantId, rules};
use ports::{
    Command, Decide, GivenBack, GivenBackStatus, OrderChange, PaymentError, PlacedOrder, PostError, Reference, Refund,
    RefundAsk, RefundId, RefundStatus,
};

use super::attend::{again_at, attend};
use super::{bill, keep, save, told};
use crate::once::own_key;
use crate::{Context, Failure};

/// Takes the refund that is under way, if one is, as far as it goes now.
pub(super) async fn pursue(ctx: &Context, tenant: &Tenant, placed: PlacedOrder) -> Result<PlacedOrder, Failure> {
    let Some(refund) = placed.refund_under_way().cloned() else {
        // Nothing is left to be asked about.
        let is_due = placed.ask_at.is_some();
        return if is_due { keep(ctx, tenant.id, PlacedOrder { ask_at: None, ..placed }).await } else { Ok(placed) };
    };
    match take_back(ctx, tenant.id, &placed, &refund).await {
        Ok(()) => {}
        // They were spent in between: nothing was taken back, and no money goes.
        Err(PostError::Refused(refusal)) => return end(ctx, tenant.id, placed, &refund, &refusal.to_string()).await,
        Err(error) => return Err(error.into()),
    }
    if placed.order.way == PaymentWay::Manual {
        return finish(ctx, tenant.id, placed, refund).await;
    }
    match ask(ctx, tenant, &placed, &refund).await {
        Ok(Refund { id, status: RefundStatus::Settled, .. }) => {
            finish(ctx, tenant.id, placed, GivenBack { provider_id: Some(id), ..refund }).await
        }
        Ok(Refund { status: RefundStatus::Failed(why), .. }) => put_back(ctx, tenant.id, placed, &refund, &why).await,
        Err(PaymentError::Refused { message, .. }) => put_back(ctx, tenant.id, placed, &refund, &message).await,
        Ok(Refund { status: RefundStatus::Pending, .. }) => later(ctx, tenant.id, placed, None).await,
        Err(error) => later(ctx, tenant.id, placed, Some(error.to_string())).await,
    }
}

async fn take_back(ctx: &Context, tenant: TenantId, placed: &PlacedOrder, refund: &GivenBack) -> Result<(), PostError> {
    if refund.parts.is_empty() {
        return Ok(());
    }
    let name = refund.name(placed.order.id);
    let (parts, reason) = (refund.parts.clone(), Some(format!("refund {name}")));
    let decide: Decide = Box::new(move |draft: &mut Draft| {
        parts.iter().try_for_each(|part| rules::revoke_part(draft, part.grant, part.credits, reason.clone()))
    });
    let key = Some(own_key(refund.take_key(placed.order.id)));
    ctx.ledger.post(Command::new(tenant, placed.order.customer, key, decide)).await.map(drop)
}

async fn ask(ctx: &Context, tenant: &Tenant, placed: &PlacedOrder, refund: &GivenBack) -> Result<Refund, PaymentError> {
    let unavailable = |what: &str| PaymentError::Unavailable(what.to_owned().into());
    let provider = ctx.providers.of(tenant.mode).ok_or_else(|| unavailable("no payment provider is configured"))?;
    let reference = Reference::new(&refund.name(placed.order.id)).ok_or(PaymentError::NotFound)?;
    let payment = placed.attempt.as_ref().and_then(|attempt| attempt.id.clone()).ok_or(PaymentError::NotFound)?;
    // It was asked for before, in vain or by a process that died: it may have been made all the same.
    let is_late = placed.ask_at.is_none_or(|at| at <= ctx.clock.now());
    if (placed.asked > 0 || is_late)
        && let Some(found) = provider.payments.find_refund(&payment, &reference).await?
    {
        return Ok(found);
    }
    provider.payments.refund(&RefundAsk { reference, payment, amount: refund.gross }).await
}

/// The money is on its way back.
async fn finish(
    ctx: &Context,
    tenant: TenantId,
    placed: PlacedOrder,
    refund: GivenBack,
) -> Result<PlacedOrder, Failure> {
    let order = placed.order.refund(refund.gross).map_err(Failure::Order)?;
    let document = bill::credit_note(ctx, tenant, &placed, &refund).await?;
    let now = bill::now_of(ctx, tenant, placed.order.customer).await?;
    let gone = (refund.gross, refund.credits());
    let placed = with_refund(placed, GivenBack { status: GivenBackStatus::Settled, ..refund });
    let placed = PlacedOrder { order, ask_at: None, asked: 0, note: None, ..placed };
    let change = told::back(ctx, OrderEvent::Refunded, placed, gone, now);
    save(ctx, tenant, OrderChange { document, ..change }).await
}

/// It came to nothing after the credits were taken back: they come back.
async fn put_back(
    ctx: &Context,
    tenant: TenantId,
    placed: PlacedOrder,
    refund: &GivenBack,
    why: &str,
) -> Result<PlacedOrder, Failure> {
    if refund.parts.is_empty() {
        return end(ctx, tenant, placed, refund, why).await;
    }
    let parts = refund.parts.clone();
    let revoked = parts.iter().map(|part| part.grant).collect();
    let name = refund.name(placed.order.id);
    let reason = Some(format!("refund {name} failed"));
    let decide: Decide = Box::new(move |draft: &mut Draft| {
        parts.iter().try_for_each(|part| rules::reinstate(draft, part.grant, part.credits, reason.clone()))
    });
    let key = Some(own_key(refund.return_key(placed.order.id)));
    let command = Command { revoked, ..Command::new(tenant, placed.order.customer, key, decide) };
    match ctx.ledger.post(command).await {
        Ok(_) => end(ctx, tenant, placed, refund, why).await,
        // There is no room for them in the book: they come back when there is.
        Err(PostError::Refused(refusal)) => later(ctx, tenant, placed, Some(refusal.to_string())).await,
        Err(error) => Err(error.into()),
    }
}

async fn end(
    ctx: &Context,
    tenant: TenantId,
    placed: PlacedOrder,
    refund: &GivenBack,
    why: &str,
) -> Result<PlacedOrder, Failure> {
    let now = bill::now_of(ctx, tenant, placed.order.customer).await?;
    let failed = GivenBack { status: GivenBackStatus::Failed, failed_at: Some(now), ..refund.clone() };
    let note = Some(format!("refund {} came to nothing: {why}", refund.number));
    let placed = PlacedOrder { note, ask_at: None, asked: 0, ..with_refund(placed, failed) };
    save(ctx, tenant, told::back(ctx, OrderEvent::RefundFailed, placed, (refund.gross, Credits::ZERO), now)).await
}

async fn later(
    ctx: &Context,
    tenant: TenantId,
    placed: PlacedOrder,
    note: Option<String>,
) -> Result<PlacedOrder, Failure> {
    let ask_at = Some(again_at(ctx.clock.now(), placed.asked));
    keep(ctx, tenant, PlacedOrder { ask_at, asked: placed.asked.saturating_add(1), note, ..placed }).await
}

pub(super) fn with_refund(mut placed: PlacedOrder, refund: GivenBack) -> PlacedOrder {
    match placed.refunds.iter_mut().find(|one| one.number == refund.number) {
        Some(place) => *place = refund,
        None => placed.refunds.push(refund),
    }
    placed
}

/// The provider tells of a refund that we took for settled: a customer's bank may have sent it back. The operator has to
/// find another way; credits and credit note stay as they are.
pub(super) async fn look_again(ctx: &Context, tenant: &Tenant, id: OrderId) -> Result<(), Failure> {
    let placed = attend(ctx, tenant, id).await?;
    let Some(provider) = ctx.providers.of(tenant.mode) else { return Ok(()) };
    let payment = placed.attempt.as_ref().and_then(|attempt| attempt.id.clone());
    for refund in placed.refunds.iter().filter(|refund| refund.status == GivenBackStatus::Settled) {
        let (Some(payment), Some(name)) = (&payment, Reference::new(&refund.name(id))) else { continue };
        let found = provider.payments.find_refund(payment, &name).await.map_err(Failure::Payment)?;
        if let Some(Refund { status: RefundStatus::Failed(why), .. }) = found {
            let note = format!("refund {} came back from the customer's bank: {why}", refund.number);
            tracing::error!(order = %id, "{note}");
            return keep(ctx, tenant.id, PlacedOrder { note: Some(note), ..placed }).await.map(drop);
        }
    }
    Ok(())
}

/// The provider tells of a refund that is none of ours: the operator has made it there. Credits and books know nothing of
/// it, and whether they are to follow is the operator's to say.
pub(super) async fn note_strange(
    ctx: &Context,
    tenant: &Tenant,
    id: OrderId,
    refund: &RefundId,
) -> Result<(), Failure> {
    let placed = attend(ctx, tenant, id).await?;
    let note = format!(
        "refund {} was made at the provider: no credits were taken back, and no credit note was written",
        refund.0
    );
    if placed.note.as_ref() == Some(&note) {
        return Ok(());
    }
    tracing::error!(order = %id, "{note}");
    keep(ctx, tenant.id, PlacedOrder { note: Some(note), ..placed }).await.map(drop)
}
