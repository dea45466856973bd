//! Subscriptions.

use domain::{
    AtPeriodEnd, Charge, ChargeFor, CustomerId, Dunning, Instant, OrderId, Period, PlanTerms, Subscription,
    SubscriptionId, SubscriptionStatus,
};
use poem_openapi::Object;
use ports::PlacedOrder;
use service::subscription::Standing;

use super::order::page;
use crate::api::wire::{Id, MoneyBody, SpanText, Time};

/// A plan at the terms that it was bought at: later catalogs do not change them.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PlanTerms")]
pub(crate) struct PlanTermsBody {
    /// The plan's code.
    code: String,
    /// What people call it.
    label: String,
    /// Credits that one seat gives each time.
    credits: u32,
    /// What one seat costs a period, on the price list.
    price: MoneyBody,
    /// How long a period is, as an ISO 8601 duration.
    every: SpanText,
    /// How often it gives its credits: once a period, or oftener.
    grants_every: SpanText,
    /// How many of it: seats.
    quantity: u32,
}

impl From<&PlanTerms> for PlanTermsBody {
    fn from(terms: &PlanTerms) -> Self {
        Self {
            code: terms.code.clone(),
            label: terms.label.clone(),
            credits: terms.credits,
            price: terms.price.into(),
            every: SpanText::months(terms.months),
            grants_every: SpanText::months(terms.grants_every),
            quantity: terms.quantity,
        }
    }
}

/// From `start` to just before `end`.
#[derive(Clone, Copy, Debug, Object)]
#[oai(rename = "Period")]
pub(crate) struct PeriodBody {
    /// Its beginning.
    start: Time,
    /// Its end: exclusive.
    end: Time,
}

impl From<Period> for PeriodBody {
    fn from(period: Period) -> Self {
        Self { start: period.start.into(), end: period.end.into() }
    }
}

/// A charge that has not been paid.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DueCharge")]
pub(crate) struct DueBody {
    /// Counted from 1 within the subscription.
    number: u32,
    /// How often it was tried.
    attempt: u32,
    /// How much, as the price list says money: with tax or without.
    amount: MoneyBody,
    /// `start`, `renewal` or `change`.
    reason: String,
    /// Whether a payment is under way, or its outcome not known yet.
    under_way: bool,
}

impl From<&Charge> for DueBody {
    fn from(charge: &Charge) -> Self {
        let reason = match charge.reason {
            ChargeFor::Start => "start",
            ChargeFor::Renewal => "renewal",
            ChargeFor::Change(_) => "change",
        };
        Self {
            number: charge.number,
            attempt: charge.attempt,
            amount: charge.amount.into(),
            reason: reason.to_owned(),
            under_way: charge.under_way,
        }
    }
}

/// Where a renewal stands that was declined.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Dunning", skip_serializing_if_is_none)]
pub(crate) struct DunningBody {
    /// The first failure.
    since: Time,
    /// How often it has failed.
    failures: u32,
    /// Why, the last time: `soft` (it may go through another time), `hard` (it never will with this card) or
    /// `action_required` (the customer has to agree with the bank).
    decline: String,
    /// When it is tried again by itself; absent where it waits for the customer.
    retry_at: Option<Time>,
    /// When the subscription ends unless it is paid before.
    ends_at: Time,
}

impl From<Dunning> for DunningBody {
    fn from(dunning: Dunning) -> Self {
        Self {
            since: dunning.since.into(),
            failures: dunning.failures,
            decline: dunning.decline.word().to_owned(),
            retry_at: dunning.retry_at.map(Time::from),
            ends_at: dunning.ends_at.into(),
        }
    }
}

/// The order of the last charge that was asked for.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ChargeOrder", skip_serializing_if_is_none)]
pub(crate) struct ChargeOrderBody {
    /// Its id.
    id: Id<OrderId>,
    /// Its status.
    status: String,
    /// Where the customer pays, or confirms the payment.
    payment_url: Option<String>,
}

impl From<&PlacedOrder> for ChargeOrderBody {
    fn from(placed: &PlacedOrder) -> Self {
        Self { id: placed.order.id.into(), status: placed.status().word().to_owned(), payment_url: page(placed) }
    }
}

/// A customer on a plan.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Subscription", skip_serializing_if_is_none)]
pub(crate) struct SubscriptionBody {
    /// Its id.
    id: Id<SubscriptionId>,
    /// Whose.
    customer: Id<CustomerId>,
    /// `incomplete`, `trialing`, `active`, `past_due`, `paused` or `canceled`.
    status: String,
    /// The plan.
    plan: PlanTermsBody,
    /// How many of it: seats.
    quantity: u32,
    /// What is, or was last, paid for. Of an `incomplete` one: what would be if it were paid at its beginning.
    current_period: PeriodBody,
    /// The part of it that the last credits were for; the same where credits come once a period.
    grants_period: PeriodBody,
    /// Where its months are counted.
    time_zone: String,
    /// What happens when the period ends: `renew`, `change`, `pause` or `cancel`.
    at_period_end: String,
    /// What the plan becomes then.
    next_plan: Option<PlanTermsBody>,
    /// When a pause ends by itself.
    resumes_at: Option<Time>,
    /// When the next period is charged; absent where none will be by itself.
    renews_at: Option<Time>,
    /// The charge that has not been paid.
    due: Option<DueBody>,
    /// Where a renewal stands that was declined.
    dunning: Option<DunningBody>,
    /// How the last charge was paid, or is to be: `checkout`, `saved` or `manual`. After a checkout, what renews is paid
    /// with the method that the customer has left there.
    payment: String,
    /// The saved method that is charged; the newest where absent.
    payment_method: Option<String>,
    /// The order of the last charge that was asked for.
    order: Option<ChargeOrderBody>,
    /// What you have to look at; customers' keys are not told.
    note: Option<String>,
    /// When it was begun.
    created_at: Time,
    /// When it ended.
    ended_at: Option<Time>,
}

impl SubscriptionBody {
    /// A subscription as an operator or its customer sees it.
    pub(crate) fn of(standing: &Standing, for_operator: bool) -> Self {
        let kept = &standing.kept;
        let subscription = &kept.subscription;
        let (at_period_end, next_plan, resumes_at) = match &subscription.at_period_end {
            AtPeriodEnd::Renew => ("renew", None, None),
            AtPeriodEnd::Change(to) => ("change", Some(PlanTermsBody::from(&**to)), None),
            AtPeriodEnd::Cancel => ("cancel", None, None),
            AtPeriodEnd::Pause { until } => ("pause", None, *until),
        };
        Self {
            id: subscription.id.into(),
            customer: subscription.customer.into(),
            status: subscription.status.word().to_owned(),
            plan: (&subscription.plan).into(),
            quantity: subscription.plan.quantity,
            current_period: subscription.period.into(),
            grants_period: subscription.grants.into(),
            time_zone: subscription.anchor.zone.name().to_owned(),
            at_period_end: at_period_end.to_owned(),
            next_plan,
            resumes_at: resumes_at.map(Time::from),
            renews_at: renews_at(subscription).map(Time::from),
            due: subscription.due.as_ref().map(DueBody::from),
            dunning: subscription.dunning.map(DunningBody::from),
            payment: kept.way.word().to_owned(),
            payment_method: kept.method.as_ref().map(|method| method.0.clone()),
            order: standing.order.as_ref().map(ChargeOrderBody::from),
            note: kept.note.clone().filter(|_| for_operator),
            created_at: subscription.created_at.into(),
            ended_at: subscription.ended_at.map(Time::from),
        }
    }
}

fn renews_at(subscription: &Subscription) -> Option<Instant> {
    match (subscription.status, &subscription.at_period_end) {
        (SubscriptionStatus::Paused, AtPeriodEnd::Pause { until }) => *until,
        (SubscriptionStatus::Incomplete | SubscriptionStatus::Canceled | SubscriptionStatus::Paused, _)
        | (_, AtPeriodEnd::Cancel | AtPeriodEnd::Pause { .. }) => None,
        (_, AtPeriodEnd::Renew | AtPeriodEnd::Change(_)) => Some(subscription.period.end),
    }
}
