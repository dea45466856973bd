//! Subscribing.

use domain::{
    Act, Catalog, Charge, CustomerId, Instant, Money, NewSubscription, Next, OrderId, OrderRefusal, PaymentWay, Plan,
    Subscription, SubscriptionId, Tenant, TenantId,
};
use ports::{CustomerBook, KeptSubscription, MethodId, Pot, StoreError};
use uuid::Uuid;

use super::ask::bill;
use super::moved::{Cause, moved};
use super::standing::{Standing, history};
use super::turn::finish;
use crate::issue::Recipient;
use crate::once::{or_heard, or_replay, replay};
use crate::order::{self, Quote};
use crate::{Context, Failure, Kept, Once};

/// What a customer wants to subscribe to.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The plan's code.
    pub plan: String,
    /// How many of it: seats.
    pub quantity: u32,
    /// Whether the operator asks: that offers private plans (R24).
    pub by_operator: bool,
    /// What the customer agreed to pay now, tax included; `None` where no preview was shown.
    pub seen: Option<Money>,
}

/// How charges are paid.
#[derive(Clone, Debug)]
pub struct Pay {
    /// How this one is. What renews after a checkout is paid with the method that the customer has left there.
    pub way: PaymentWay,
    /// The saved method; the newest where `None`.
    pub method: Option<MethodId>,
    /// Where the payer lands after the provider's page.
    pub return_url: Option<String>,
}

/// What subscribing would come to.
#[derive(Clone, Debug)]
pub struct StartQuote {
    /// The subscription as it would begin now.
    pub subscription: Subscription,
    /// What is to be paid now, with its tax; `None`: nothing.
    pub bill: Option<Quote>,
}

/// What subscribing would come to now. Nothing is written.
pub async fn preview_start(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    wanted: &Wanted,
) -> Result<StartQuote, Failure> {
    let found = ctx.customers.get(tenant, customer).await?.ok_or(Failure::NotFound("customer"))?;
    let next = start(ctx, tenant, &found, wanted, PaymentWay::Checkout).await?;
    let bill = billed(ctx, tenant, &next, PaymentWay::Checkout).await?;
    Ok(StartQuote { subscription: next.subscription, bill })
}

/// Subscribes a customer. The subscription is kept before anyone is asked for money.
pub async fn begin(
    ctx: &Context,
    tenant: &Tenant,
    customer: CustomerId,
    wanted: &Wanted,
    pay: Pay,
    once: &Once<'_, Standing>,
) -> Result<Kept<Standing>, Failure> {
    if let Some(reply) = replay(ctx, tenant.id, Some(once)).await? {
        return Ok(Kept::Before(reply));
    }
    let way = pay.way;
    let found = ctx.customers.get(tenant.id, customer).await?.ok_or(Failure::NotFound("customer"))?;
    let next = match start(ctx, tenant.id, &found, wanted, way).await {
        Ok(next) => next,
        Err(refused) => return or_heard(ctx, tenant.id, Some(once), refused).await.map(Kept::Before),
    };
    check_bill(ctx, tenant, &next, &pay, wanted.seen).await?;
    let id = next.subscription.id;
    let kept = fresh(&next.subscription, pay, &found);
    let recipient = Recipient::of(found.clone(), ctx.clock.now());
    let mut change = moved(ctx, kept, next, &recipient, &Cause::Asked);
    let standing = Standing { kept: change.kept.clone(), order: None };
    change.reply = Some(once.reply(&standing));
    match ctx.subscriptions.begin_subscription(tenant.id, change).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => {
            // Theirs is the answer, or the customer has subscribed meanwhile.
            if let Err(refused) = start(ctx, tenant.id, &found, wanted, way).await {
                return or_heard(ctx, tenant.id, Some(once), refused).await.map(Kept::Before);
            }
            return or_replay(ctx, tenant.id, Some(once), StoreError::Conflict).await.map(Kept::Before);
        }
        Err(error) => return Err(error.into()),
    }
    finish(ctx, tenant, id, Some(once)).await.map(Kept::Done)
}

async fn start(
    ctx: &Context,
    tenant: TenantId,
    found: &CustomerBook,
    wanted: &Wanted,
    way: PaymentWay,
) -> Result<Next, Failure> {
    let catalog = ctx.catalog(tenant).await?.catalog;
    let before = history(ctx, tenant, found.customer.id).await?;
    let now = found.now(ctx.clock.now());
    let mut terms = catalog.subscriptions.clone();
    // A bank transfer is awaited as long as its order is.
    if way == PaymentWay::Manual && catalog.orders.manual_for.after(now) > terms.incomplete_for.after(now) {
        terms.incomplete_for = catalog.orders.manual_for;
    }
    let new = NewSubscription {
        id: SubscriptionId(Uuid::from_u128(ctx.ids.id())),
        customer: found.customer.id,
        zone: found.customer.zone,
        plan: plan(&catalog, &wanted.plan)?,
        quantity: wanted.quantity,
        offered: wanted.by_operator,
        tried: before.iter().any(|kept| kept.tried),
        given_until: before.iter().filter_map(given_until).max(),
        terms: &terms,
    };
    let current = before.first().map(|kept| &kept.subscription);
    Subscription::start(&new, current, now).map_err(Failure::Subscription)
}

/// Until when a subscription that costs nothing has given its credits.
fn given_until(kept: &KeptSubscription) -> Option<Instant> {
    let subscription = &kept.subscription;
    (subscription.plan.amount().minor == 0).then_some(subscription.grants.end)
}

/// A plan of the catalog.
pub(super) fn plan<'c>(catalog: &'c Catalog, code: &str) -> Result<&'c Plan, Failure> {
    let unknown = || Failure::invalid("/plan", "unknown", format!("the catalog has no plan {code:?}"));
    catalog.plan(code).ok_or_else(unknown)
}

fn fresh(subscription: &Subscription, pay: Pay, found: &CustomerBook) -> KeptSubscription {
    KeptSubscription {
        tried: subscription.status == domain::SubscriptionStatus::Trialing,
        subscription: subscription.clone(),
        way: pay.way,
        method: pay.method,
        return_url: pay.return_url,
        clock: found.customer.clock,
        tasks: Vec::new(),
        tasks_made: 0,
        asked_by: None,
        paid_by: Vec::new(),
        pot: Pot::default(),
        granted: Vec::new(),
        note: None,
        work_at: None,
        failed: 0,
        version: 0,
    }
}

/// What a move asks the customer for, with its tax.
pub(super) async fn billed(
    ctx: &Context,
    tenant: TenantId,
    next: &Next,
    way: PaymentWay,
) -> Result<Option<Quote>, Failure> {
    let charge = next.acts.iter().find_map(|act| match act {
        Act::Charge(charge) => Some(charge),
        _ => None,
    });
    let Some(charge): Option<&Charge> = charge else { return Ok(None) };
    let id = OrderId(Uuid::from_u128(ctx.ids.id()));
    bill(ctx, tenant, &next.subscription, charge, way, id).await.map(Some)
}

/// Whether a move can be paid: it is what the customer saw, its invoice can be written, and there is a way to pay.
pub(super) async fn check_bill(
    ctx: &Context,
    tenant: &Tenant,
    next: &Next,
    pay: &Pay,
    seen: Option<Money>,
) -> Result<(), Failure> {
    let customer = next.subscription.customer;
    if let Some(named) = &pay.method {
        order::usable_method(ctx, tenant, customer, Some(named.clone())).await?;
    }
    let Some(quote) = billed(ctx, tenant.id, next, pay.way).await? else {
        let nothing = |seen: Money| Money { minor: 0, ..seen };
        return match seen.filter(|seen| seen.minor != 0) {
            Some(seen) => Err(Failure::Order(OrderRefusal::PriceChanged { seen, now: nothing(seen) })),
            None => Ok(()),
        };
    };
    let now = quote.order.gross;
    if let Some(seen) = seen.filter(|seen| *seen != now) {
        return Err(Failure::Order(OrderRefusal::PriceChanged { seen, now }));
    }
    if pay.way == PaymentWay::Saved && pay.method.is_none() {
        order::usable_method(ctx, tenant, customer, None).await?;
    }
    if pay.way != PaymentWay::Manual {
        ctx.providers.of(tenant.mode).ok_or(Failure::NoProvider)?;
    }
    let back = pay.return_url.clone().or_else(|| quote.back.clone());
    let placed = order::fresh(ctx, quote, None, back)?;
    order::check(ctx, tenant.id, &placed).await
}
