//! The payment of an order at the provider: made once, asked about until it is decided (R33).

use chrono::TimeDelta;
use domain::{Decline, Instant, InvoiceLine, Order, OrderEvent, OrderStatus, PaymentWay, Tenant};
use ports::{
    Attempt, ChargeAsk, CheckoutAsk, Occasion, OutboxMail, PayerId, Payment, PaymentError, PaymentId, PaymentStatus,
    PlacedOrder, Presence, Reference,
};

use super::attend::again_at;
use super::stop::{Stopped, stop};
use super::{bill, keep, payer, save, settle, told};
use crate::issue::recipient;
use crate::{Context, Failure, Provider, subscription};

/// What the provider knows an order's payment by.
pub(super) fn reference(order: &Order) -> Reference {
    Reference::new(&order.id.to_string()).expect("an id is visible ASCII, and short")
}

/// Makes the payment, or asks how it stands, and acts on the answer. Where there is none, a worker asks again.
pub(super) async fn pursue(ctx: &Context, tenant: &Tenant, placed: PlacedOrder) -> Result<PlacedOrder, Failure> {
    if placed.order.gross.minor == 0 {
        return settle::settle(ctx, tenant, placed, "free of charge").await;
    }
    let Some(provider) = ctx.providers.of(tenant.mode) else {
        return later(ctx, tenant, placed, "no payment provider is configured").await;
    };
    if placed.order.way == PaymentWay::Saved && placed.method.is_none() {
        return fail(ctx, tenant, placed, Decline::Soft, "there is no saved payment method".to_owned(), NO_METHOD)
            .await;
    }
    match ask(ctx, tenant, provider, &placed).await {
        Ok(payment) => act(ctx, tenant, placed, payment).await,
        Err(Trouble::Failure(failure)) => Err(failure),
        // It did not happen, and will not.
        Err(Trouble::Payment(error @ (PaymentError::Refused { .. } | PaymentError::ReferenceReused))) => {
            fail(ctx, tenant, placed, Decline::Soft, error.to_string(), REFUSED).await
        }
        // The card is not there any more.
        Err(Trouble::Payment(PaymentError::NotFound)) if made_nothing(&placed) => {
            let why = "the payment provider does not know the payment method".to_owned();
            fail(ctx, tenant, placed, Decline::Soft, why, NO_METHOD).await
        }
        Err(Trouble::Payment(error)) => {
            tracing::warn!(order = %placed.order.id, "the payment is asked about again later: {error}");
            later(ctx, tenant, placed, &error.to_string()).await
        }
    }
}

/// Nobody is still waiting for an answer that was asked for before this.
const LONG_AGO: TimeDelta = TimeDelta::minutes(10);

/// What customers are told where the provider has no words for them.
const NO_METHOD: &str = "There is no saved payment method.";
const REFUSED: &str = "The payment provider did not take the payment.";

/// Whether no payment was made yet, as far as is known.
fn made_nothing(placed: &PlacedOrder) -> bool {
    placed.attempt.as_ref().is_none_or(|attempt| attempt.id.is_none())
}

/// Why the provider has not answered.
pub(super) enum Trouble {
    Payment(PaymentError),
    Failure(Failure),
}

impl From<PaymentError> for Trouble {
    fn from(error: PaymentError) -> Self {
        Self::Payment(error)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

async fn ask(ctx: &Context, tenant: &Tenant, provider: &Provider, placed: &PlacedOrder) -> Result<Payment, Trouble> {
    let attempt = placed.attempt.as_ref();
    if let Some(id) = attempt.and_then(|attempt| attempt.id.as_ref()) {
        return Ok(provider.payments.payment(id).await?);
    }
    let (order, reference) = (&placed.order, reference(&placed.order));
    // It was asked for before, in vain or by a process that died: it may have been made all the same.
    if let Some(attempt) = attempt
        && (placed.asked > 0 || attempt.begun_at + LONG_AGO < ctx.clock.now())
        && let Some(payment) = search(ctx, tenant, provider, order, attempt).await?
    {
        return Ok(payment);
    }
    let make = async |payer| make(provider, placed, reference.clone(), payer).await;
    payer::asking(ctx, tenant, provider, order.customer, make).await
}

/// The payment that carries the order's reference, if there is one: it may have been asked for without an answer (R33).
pub(super) async fn search(
    ctx: &Context,
    tenant: &Tenant,
    provider: &Provider,
    order: &Order,
    attempt: &Attempt,
) -> Result<Option<Payment>, Trouble> {
    let payer = payer::known(ctx, tenant, provider, order.customer).await?;
    Ok(provider.payments.find_payment(&payer, &reference(order), attempt.begun_at).await?)
}

async fn make(
    provider: &Provider,
    placed: &PlacedOrder,
    reference: Reference,
    payer: PayerId,
) -> Result<Payment, PaymentError> {
    let (order, back) = (&placed.order, placed.return_url.clone());
    if order.way == PaymentWay::Saved {
        let method = placed.method.clone().ok_or(PaymentError::NotFound)?;
        let presence = back.map_or(Presence::Absent, Presence::Present);
        return provider.payments.charge(&ChargeAsk { reference, payer, method, amount: order.gross, presence }).await;
    }
    let (title, back) = (title(placed), back.unwrap_or_default());
    let (success_url, cancel_url) = (back.clone(), back);
    let amount = order.gross;
    let ask =
        CheckoutAsk { reference, payer, amount, title, save_method: order.charge.is_some(), success_url, cancel_url };
    provider.payments.open_checkout(&ask).await
}

/// What the payer reads on the provider's page: `2 × Starter, Small`; what is taken off is not named.
pub(crate) fn title(placed: &PlacedOrder) -> String {
    const LONGEST: usize = 250;
    let line = |line: &InvoiceLine| match line.quantity {
        1 => line.description.clone(),
        many => format!("{many} × {}", line.description),
    };
    let lines: Vec<_> = placed.taxed.lines.iter().filter(|line| line.net.minor >= 0).map(line).collect();
    lines.join(", ").chars().take(LONGEST).collect()
}

/// Does what a payment's standing asks for.
pub(super) async fn act(
    ctx: &Context,
    tenant: &Tenant,
    placed: PlacedOrder,
    payment: Payment,
) -> Result<PlacedOrder, Failure> {
    let url = match &payment.status {
        PaymentStatus::RequiresAction(url) => url.clone(),
        _ => None,
    };
    let placed = knowing(ctx, placed, &payment.id, url);
    match payment.status {
        PaymentStatus::Settled => settle::settle_with(ctx, tenant, placed, &payment.id.0, payment.amount).await,
        PaymentStatus::Declined(declined) => {
            let decline = if declined.hard { Decline::Hard } else { Decline::Soft };
            fail(ctx, tenant, placed, decline, declined.message.clone(), &declined.message).await
        }
        PaymentStatus::Canceled => ended(ctx, tenant, placed).await,
        // The bank asks, and nobody is there to answer.
        PaymentStatus::RequiresAction(None) if placed.order.way == PaymentWay::Saved && placed.return_url.is_none() => {
            give_up(ctx, tenant, placed, &payment.id).await
        }
        PaymentStatus::RequiresAction(_) | PaymentStatus::Pending => {
            wait(ctx, tenant, PlacedOrder { note: None, ..placed }).await
        }
    }
}

/// The order, which knows its payment at the provider now.
pub(super) fn knowing(ctx: &Context, placed: PlacedOrder, payment: &PaymentId, url: Option<String>) -> PlacedOrder {
    let begun_at = placed.attempt.as_ref().map_or_else(|| ctx.clock.now(), |attempt| attempt.begun_at);
    PlacedOrder { attempt: Some(Attempt { id: Some(payment.clone()), url, begun_at }), ..placed }
}

/// The payment has ended at the provider, unpaid: it may be that the order's time is over, and someone is ending it.
async fn ended(ctx: &Context, tenant: &Tenant, placed: PlacedOrder) -> Result<PlacedOrder, Failure> {
    subscription::unpaid(ctx, tenant, &placed, Decline::Soft, "The payment was not completed.").await?;
    let now = bill::now_of(ctx, tenant.id, placed.order.customer).await?;
    let (order, event) = match placed.order.expire(now) {
        Ok(order) => (order, OrderEvent::Expired),
        Err(_) => (placed.order.cancel().map_err(Failure::Order)?, OrderEvent::Canceled),
    };
    let note = Some("the payment ended at the provider".to_owned());
    let placed = PlacedOrder { order, note, ask_at: None, ..placed };
    save(ctx, tenant.id, told::step(ctx, event, placed, now)).await
}

async fn give_up(
    ctx: &Context,
    tenant: &Tenant,
    placed: PlacedOrder,
    payment: &PaymentId,
) -> Result<PlacedOrder, Failure> {
    const BANK_ASKS: &str = "Your bank wants you to confirm this payment.";
    match stop(ctx, tenant, placed, payment).await? {
        Stopped::Settled(placed) => Ok(placed),
        // Money may still come of it: it is asked about again.
        Stopped::UnderWay(placed) => wait(ctx, tenant, placed).await,
        Stopped::Ended(placed) => {
            let why = "the bank wants the customer to confirm the payment".to_owned();
            fail(ctx, tenant, placed, Decline::ActionRequired, why, BANK_ASKS).await
        }
    }
}

/// The payment was refused for good: nothing was taken. A customer who was not there to see it is mailed `words`.
async fn fail(
    ctx: &Context,
    tenant: &Tenant,
    placed: PlacedOrder,
    decline: Decline,
    why: String,
    words: &str,
) -> Result<PlacedOrder, Failure> {
    let order = placed.order.fail().map_err(Failure::Order)?;
    if order.charge.is_some() {
        subscription::unpaid(ctx, tenant, &placed, decline, words).await?;
    } else if order.way == PaymentWay::Saved && placed.return_url.is_none() {
        mail(ctx, tenant, &placed, words).await?;
    }
    let now = bill::now_of(ctx, tenant.id, order.customer).await?;
    let placed = PlacedOrder { order, note: Some(why), ask_at: None, ..placed };
    save(ctx, tenant.id, told::step(ctx, OrderEvent::Failed, placed, now)).await
}

/// Mails the customer that their payment failed, once: it is queued before that is written down, and the provider's no is
/// final whoever writes it.
async fn mail(ctx: &Context, tenant: &Tenant, placed: &PlacedOrder, words: &str) -> Result<(), Failure> {
    let (customer, order) = (placed.order.customer, placed.order.id);
    let Some(to) = recipient(ctx, tenant.id, customer).await?.mailbox else { return Ok(()) };
    let occasion = Occasion::PaymentFailed { order, reason: words.to_owned() };
    let mail = OutboxMail::new(order.to_string(), customer, to, occasion, ctx.clock.now());
    Ok(ctx.outbox.queue(tenant.id, &mail, None, None).await?)
}

/// Nothing is decided; the provider is asked again, if it does not tell before.
async fn wait(ctx: &Context, tenant: &Tenant, placed: PlacedOrder) -> Result<PlacedOrder, Failure> {
    let ask_at = asked_next(ctx.clock.now(), &placed);
    keep(ctx, tenant.id, PlacedOrder { ask_at, asked: placed.asked.saturating_add(1), ..placed }).await
}

/// There was no answer.
async fn later(ctx: &Context, tenant: &Tenant, placed: PlacedOrder, why: &str) -> Result<PlacedOrder, Failure> {
    wait(ctx, tenant, PlacedOrder { note: Some(why.to_owned()), ..placed }).await
}

fn asked_next(now: Instant, placed: &PlacedOrder) -> Option<Instant> {
    (placed.order.status == OrderStatus::Pending).then(|| again_at(now, placed.asked))
}
