//! Refunds on their way, and money that the bank took back (R35).

use chrono::Datelike as _;
use domain::rules;
use domain::{
    Credits, Draft, GrantId, Invoice, InvoiceLine, InvoiceNumber, Kind, Money, OrderId, OrderStatus, PaymentWay,
    Seller, TaxTotal, Taxed, Tenant, TenantId,
};
use ports::{
    Command, CommandKey, Decide, DisputeStatus, GivenBack, GivenBackPart, GivenBackStatus, NewDocument, OrderChange,
    PaymentError, PlacedOrder, PostError, Posted, Reference, Refund, RefundAsk, RefundStatus,
};

use super::attend::{again_at, attend};
use super::pay::LONG_AGO;
use super::{bill, keep, refund, save};
use crate::{Context, Failure};

/// Takes the refund that is under way, if one is, as far as it goes now.
pub(super) async fn pursue(ctx: &Context, tenant: &Tenant, placed: PlacedOrder) -> Result<PlacedOrder, Failure> {
    let under_way = placed.refunds.iter().find(|refund| refund.status == GivenBackStatus::Pending);
    let Some(refund) = under_way.cloned() else {
        // Nothing is left to be asked about.
        let is_due = placed.ask_at.is_some();
        return if is_due { keep(ctx, tenant.id, PlacedOrder { ask_at: None, ..placed }).await } else { Ok(placed) };
    };
    match take_back(ctx, tenant.id, &placed, &refund).await {
        Ok(_) => {}
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

/// What the provider knows a refund by.
fn reference(id: OrderId, refund: &GivenBack) -> String {
    format!("{id}-r{}", refund.number)
}

/// A key of our own, by which the journal tells when it was (R37).
fn own_key(text: String) -> CommandKey {
    CommandKey { text, fingerprint: 0 }
}

async fn take_back(
    ctx: &Context,
    tenant: TenantId,
    placed: &PlacedOrder,
    refund: &GivenBack,
) -> Result<Posted, PostError> {
    let name = reference(placed.order.id, refund);
    let (parts, reason) = (refund.parts.clone(), Some(format!("refund {name}")));
    let decide: Decide = Box::new(move |draft: &mut Draft| {
        parts.iter().try_for_each(|part| rules::revoke_part(draft, part.grant, part.credits, reason.clone()))
    });
    let key = Some(own_key(refund.take_key(placed.order.id)));
    ctx.ledger.post(Command::new(tenant, placed.order.customer, key, decide)).await
}

async fn ask(ctx: &Context, tenant: &Tenant, placed: &PlacedOrder, refund: &GivenBack) -> Result<Refund, PaymentError> {
    let unavailable = |what: &str| PaymentError::Unavailable(what.to_owned().into());
    let provider = ctx.providers.of(tenant.mode).ok_or_else(|| unavailable("no payment provider is configured"))?;
    let reference = Reference::new(&reference(placed.order.id, refund)).ok_or(PaymentError::NotFound)?;
    let payment = placed.attempt.as_ref().and_then(|attempt| attempt.id.clone()).ok_or(PaymentError::NotFound)?;
    // It was asked for before, in vain or by a process that died: it may have been made all the same.
    if (placed.asked > 0 || refund.created_at + LONG_AGO < ctx.clock.now())
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
    let document = credit_note(ctx, tenant, &placed, &refund).await?;
    let placed = with_refund(placed, GivenBack { status: GivenBackStatus::Settled, ..refund });
    let placed = PlacedOrder { order, ask_at: None, asked: 0, note: None, ..placed };
    save(ctx, tenant, OrderChange { placed, document, reply: None }).await
}

/// It came to nothing after the credits were taken back: they come back.
async fn put_back(
    ctx: &Context,
    tenant: TenantId,
    placed: PlacedOrder,
    refund: &GivenBack,
    why: &str,
) -> Result<PlacedOrder, Failure> {
    let parts = refund.parts.clone();
    let revoked = parts.iter().map(|part| part.grant).collect();
    let name = reference(placed.order.id, refund);
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
    let failed = GivenBack { status: GivenBackStatus::Failed, ..refund.clone() };
    let note = Some(format!("refund {} came to nothing: {why}", refund.number));
    keep(ctx, tenant, PlacedOrder { note, ask_at: None, asked: 0, ..with_refund(placed, failed) }).await
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

fn with_refund(mut placed: PlacedOrder, refund: GivenBack) -> PlacedOrder {
    match placed.refunds.iter_mut().find(|one| one.number == refund.number) {
        Some(place) => *place = refund,
        None => placed.refunds.push(refund),
    }
    placed
}

/// The provider tells of a refund that we took for settled: a customer's bank may have sent it back. The operator has to
/// find another way; credits and credit note stay as they are.
pub(super) async fn look_again(ctx: &Context, tenant: &Tenant, id: OrderId) -> Result<(), Failure> {
    let placed = attend(ctx, tenant.id, id).await?;
    let Some(provider) = ctx.providers.of(tenant.mode) else { return Ok(()) };
    let payment = placed.attempt.as_ref().and_then(|attempt| attempt.id.clone());
    for refund in placed.refunds.iter().filter(|refund| refund.status == GivenBackStatus::Settled) {
        let (Some(payment), Some(name)) = (&payment, Reference::new(&reference(id, refund))) else { continue };
        let found = provider.payments.find_refund(payment, &name).await.map_err(Failure::Payment)?;
        if let Some(Refund { status: RefundStatus::Failed(why), .. }) = found {
            let note = format!("refund {} came back from the customer's bank: {why}", refund.number);
            tracing::error!(order = %id, "{note}");
            return keep(ctx, tenant.id, PlacedOrder { note: Some(note), ..placed }).await.map(drop);
        }
    }
    Ok(())
}

/// The bank disputes the payment of an order: what is left of its credits is taken back, what was used is owed, and the
/// customer starts nothing new until the operator lets them (R35). A dispute that was won is for the operator to judge.
pub(super) async fn dispute(
    ctx: &Context,
    tenant: TenantId,
    id: OrderId,
    status: DisputeStatus,
) -> Result<PlacedOrder, Failure> {
    // What is under way comes first: a payment that we have not heard of, credits on their way, a refund. The provider
    // tells of the dispute again until all of it is done.
    let placed = attend(ctx, tenant, id).await?;
    let refunding = placed.refunds.iter().any(|refund| refund.status == GivenBackStatus::Pending);
    let granting = placed.order.payment.is_some() && placed.grants.is_empty();
    if placed.order.status.awaits_payment() || granting || refunding {
        return Err(Failure::Changed);
    }
    if status == DisputeStatus::Won {
        let note = Some("the dispute was won: the credits can be granted again, and the customer unfrozen".to_owned());
        return keep(ctx, tenant, PlacedOrder { note, ..placed }).await;
    }
    let charged_back = placed.refunds.iter().any(|refund| refund.status == GivenBackStatus::ChargedBack);
    if charged_back || !matches!(placed.order.status, OrderStatus::Paid | OrderStatus::PartlyRefunded) {
        return Ok(placed);
    }
    let taken = seize(ctx, tenant, &placed).await?;
    let chargeback = charge_back(ctx, tenant, &placed, &taken).await?;
    let order = placed.order.dispute().map_err(Failure::Order)?;
    let document = credit_note(ctx, tenant, &placed, &chargeback).await?;
    let placed = with_refund(placed, chargeback);
    let note = Some("the bank has taken the payment back".to_owned());
    save(ctx, tenant, OrderChange { placed: PlacedOrder { order, note, ..placed }, document, reply: None }).await
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
    let back = parts.iter().map(|part| part.net.minor.saturating_add(part.tax.minor)).fold(0, i64::saturating_add);
    Ok(GivenBack {
        number: u32::try_from(placed.refunds.len()).unwrap_or(u32::MAX).saturating_add(1),
        status: GivenBackStatus::ChargedBack,
        parts,
        gross: Money { minor: back, ..placed.order.gross },
        receivable,
        reason: Some("chargeback".to_owned()),
        provider_id: None,
        credit_note: None,
        created_at: ctx.clock.now(),
    })
}

/// The credit note of a refund; none where no money went back, or nothing was invoiced.
async fn credit_note(
    ctx: &Context,
    tenant: TenantId,
    placed: &PlacedOrder,
    refund: &GivenBack,
) -> Result<Option<NewDocument>, Failure> {
    let Some(number) = placed.invoice.as_ref().filter(|_| refund.gross.minor > 0) else { return Ok(None) };
    let invoice = ctx.documents.issued(tenant, number).await?.ok_or(Failure::NotFound("invoice"))?.invoice;
    let mut earlier = Vec::new();
    for number in placed.refunds.iter().filter_map(|refund| refund.credit_note.as_ref()) {
        earlier.push(ctx.documents.issued(tenant, number).await?.ok_or(Failure::NotFound("credit note"))?.invoice);
    }
    let seller = bill::seller(ctx, tenant, placed).await?;
    let issued_at = bill::now_of(ctx, tenant, placed.order.customer).await?;
    let (series, taxed) = (seller.credit_note_series.clone(), taxed(placed, refund));
    let payment = reference(placed.order.id, refund);
    let (of, reason) = (placed.clone(), refund.reason.clone());
    let build = move |number: InvoiceNumber| {
        let facts = bill::facts(&Seller { ..seller.clone() }, &of, issued_at, number, &payment);
        Invoice::credit(&invoice, facts, reason.clone(), taxed.clone(), &earlier)
    };
    Ok(Some(NewDocument {
        series,
        year: issued_at.date_naive().year(),
        build: Box::new(build),
        refund: Some(refund.number),
        issued_at,
        to: bill::recipient(ctx, tenant, placed.order.customer).await?,
        mail_at: ctx.clock.now(),
    }))
}

/// The parts of a refund, as its credit note says them.
fn taxed(placed: &PlacedOrder, refund: &GivenBack) -> Taxed {
    let mut taxed = Taxed { lines: Vec::new(), totals: Vec::new() };
    for part in &refund.parts {
        let place = placed.grants.iter().position(|grant| *grant == part.grant);
        let Some(line) = place.and_then(|place| placed.taxed.lines.get(place)) else { continue };
        let description = format!("{}: {} credits", line.description, part.credits);
        let treatment = line.treatment.clone();
        taxed.lines.push(InvoiceLine { description, quantity: 1, net: part.net, treatment: treatment.clone() });
        match taxed.totals.iter_mut().find(|row| row.treatment.is_summed_with(&treatment)) {
            Some(row) => {
                row.net.minor = row.net.minor.saturating_add(part.net.minor);
                row.tax.minor = row.tax.minor.saturating_add(part.tax.minor);
            }
            None => taxed.totals.push(TaxTotal { treatment, net: part.net, tax: part.tax }),
        }
    }
    taxed
}
