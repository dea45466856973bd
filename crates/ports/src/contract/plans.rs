//! Subscriptions and what goes with them, for promises about plans.

use domain::{
    Anchor, AtPeriodEnd, Charge, ChargeFor, ClockId, Credits, Currency, CustomerId, Decline, Dunning, EventId, GrantId,
    Instant, Money, OrderId, PaymentWay, PendingChange, Period, PlanGrant, PlanTerms, Slack, Subscription,
    SubscriptionEvent, SubscriptionId, SubscriptionStatus, TenantId,
};

use super::Subject;
use super::asks::{credits, day, start};
use super::sales::{mailbox, money};
use crate::{
    Event, Happening, KeptSubscription, MailStatus, MethodId, NumberedTask, Occasion, OutboxMail, Pot,
    SubscriptionChange, Task,
};

/// A subscription that runs from the start to `end`, as it is begun.
pub(crate) fn ending(subject: &Subject, end: Instant) -> KeptSubscription {
    let period = Period { number: 0, start: start(), end, end_month: 1 };
    let plan = PlanTerms {
        code: "basic".to_owned(),
        label: "Basic".to_owned(),
        price: money(1_900),
        months: 1,
        credits: 100,
        grants_every: 1,
        rollover: 0,
        quantity: 1,
    };
    let subscription = Subscription {
        id: SubscriptionId(subject.uuid()),
        customer: CustomerId(subject.uuid()),
        plan,
        status: SubscriptionStatus::Active,
        anchor: Anchor::at(start(), chrono_tz::UTC),
        period,
        grants: period,
        at_period_end: AtPeriodEnd::Renew,
        due: None,
        charges_made: 1,
        dunning: None,
        slack: Slack::default(),
        unassigned: 0,
        created_at: start(),
        incomplete_until: day(1),
        ended_at: None,
    };
    KeptSubscription {
        subscription,
        way: PaymentWay::Checkout,
        method: None,
        return_url: None,
        clock: None,
        tried: false,
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

/// The same with everything that a subscription can have, this text wherever one can be, and what is one of several in
/// turn: every one of them has come after 15.
pub(crate) fn odd(subject: &Subject, turn: usize, text: &str) -> KeptSubscription {
    let plain = ending(subject, day(30));
    let (order, customer) = (OrderId(subject.uuid()), plain.subscription.customer);
    let tasks = every_task(subject, customer, turn, text).into_iter().zip(u32::MAX - 10..);
    let dunning = Dunning {
        since: day(-3),
        failures: u32::MAX,
        decline: Decline::ALL[turn % 3],
        retry_at: turn.is_multiple_of(2).then(|| day(-1)),
        ends_at: Instant::MAX_UTC,
    };
    let subscription = Subscription {
        plan: odd_terms(text),
        status: SubscriptionStatus::ALL[turn % 6],
        anchor: Anchor::at(day(-77), chrono_tz::America::Argentina::Buenos_Aires),
        period: odd_period(),
        grants: Period { end: Instant::MAX_UTC, ..odd_period() },
        at_period_end: ends(text)[turn % 5].clone(),
        due: Some(odd_charge(turn, text)),
        charges_made: u32::MAX,
        dunning: Some(dunning),
        slack: odd_slack(),
        unassigned: i64::MIN,
        incomplete_until: Instant::MAX_UTC,
        ended_at: Some(day(77)),
        ..plain.subscription.clone()
    };
    KeptSubscription {
        subscription,
        way: PaymentWay::ALL[turn % PaymentWay::ALL.len()],
        method: Some(MethodId(text.to_owned())),
        return_url: Some(text.to_owned()),
        clock: Some(ClockId(subject.uuid())),
        tried: true,
        tasks: tasks.map(|(task, number)| NumberedTask { number, task }).collect(),
        tasks_made: u32::MAX,
        asked_by: Some(order),
        paid_by: vec![order, OrderId(subject.uuid())],
        pot: Pot { listed: i64::MAX, net: -1 },
        granted: vec![GrantId { customer, number: 1 }, GrantId { customer, number: u32::MAX }],
        note: Some(text.to_owned()),
        work_at: Some(day(-7)),
        failed: u32::MAX,
        ..plain
    }
}

fn odd_terms(text: &str) -> PlanTerms {
    PlanTerms {
        code: text.to_owned(),
        label: text.to_owned(),
        price: Money { minor: i64::MAX, currency: Currency::BHD },
        months: u32::MAX,
        credits: u32::MAX - 1,
        grants_every: u32::MAX - 2,
        rollover: u8::MAX,
        quantity: u32::MAX - 3,
    }
}

fn odd_period() -> Period {
    Period { number: u32::MAX, start: day(-5), end: day(400), end_month: u32::MAX - 1 }
}

fn odd_slack() -> Slack {
    Slack { money: i64::MIN, credits: i64::MAX }
}

/// Everything that can happen at a period's end.
fn ends(text: &str) -> [AtPeriodEnd; 5] {
    [
        AtPeriodEnd::Renew,
        AtPeriodEnd::Change(Box::new(odd_terms(text))),
        AtPeriodEnd::Cancel,
        AtPeriodEnd::Pause { until: None },
        AtPeriodEnd::Pause { until: Some(day(99)) },
    ]
}

fn odd_charge(turn: usize, text: &str) -> Charge {
    let change = PendingChange {
        to: odd_terms(text),
        period: odd_period(),
        credits: credits("0.000001"),
        slack: odd_slack(),
        credit: i64::MAX,
        unassigned: i64::MIN,
        renews: turn.is_multiple_of(2),
    };
    let reasons = [ChargeFor::Start, ChargeFor::Renewal, ChargeFor::Change(Box::new(change))];
    let reason = reasons[turn % 3].clone();
    Charge {
        number: u32::MAX,
        attempt: u32::MAX - 1,
        under_way: turn.is_multiple_of(2),
        amount: money(i64::MAX),
        reason,
    }
}

/// One task of each kind; their order is part of what is kept.
fn every_task(subject: &Subject, customer: CustomerId, turn: usize, text: &str) -> Vec<Task> {
    let order = || OrderId(subject.uuid());
    let grant = PlanGrant {
        label: text.to_owned(),
        amount: Credits::MAX,
        value: Money { minor: i64::MAX, currency: Currency::JPY },
        effective_at: day(-1),
        expires_at: Instant::MAX_UTC,
    };
    let mut tasks = vec![
        Task::Ask { order: order(), charge: odd_charge(turn, text) },
        Task::Stop(order()),
        Task::Grant { grant: grant.clone(), net: i64::MAX, order: Some(order()) },
        Task::Grant { grant, net: 0, order: None },
        Task::Invoice(order()),
        Task::GiveBack {
            credits: credits("0.000001"),
            from: vec![GrantId { customer, number: 7 }, GrantId { customer, number: 1 }],
            amount: money(i64::MAX),
            unassigned: i64::MIN,
            paid_by: vec![order(), order()],
        },
        Task::Return(order()),
        Task::ResumeFreeTier,
    ];
    let count = tasks.len();
    tasks.rotate_left(turn % count);
    tasks
}

/// A change that tells nobody.
pub(crate) fn change(kept: &KeptSubscription) -> SubscriptionChange {
    SubscriptionChange { kept: kept.clone(), events: Vec::new(), mails: Vec::new(), reply: None }
}

/// What is told of a subscription.
pub(crate) fn told(subject: &Subject, kept: &KeptSubscription, event: SubscriptionEvent) -> Event {
    let Subscription { id, customer, plan, status, .. } = &kept.subscription;
    let what = Happening::Subscription {
        event,
        subscription: *id,
        plan: plan.code.clone(),
        quantity: plan.quantity,
        status: *status,
    };
    Event { id: EventId(subject.uuid()), customer: *customer, at: day(1), what }
}

/// A mail to whoever has the subscription.
pub(crate) fn mailed(kept: &KeptSubscription, id: &str) -> OutboxMail {
    OutboxMail {
        id: id.to_owned(),
        customer: kept.subscription.customer,
        to: mailbox(),
        occasion: Occasion::QuoteRequest { credits: credits("1"), message: "hello".to_owned() },
        status: MailStatus::Queued,
        written_at: start(),
        due_at: Some(day(1)),
        tries: 0,
        error: None,
    }
}

impl Subject {
    /// Begins a subscription, and answers it as it can be changed.
    pub(crate) async fn begin(&self, tenant: TenantId, kept: KeptSubscription) -> KeptSubscription {
        self.subscriptions.begin_subscription(tenant, change(&kept)).await.expect("begun");
        KeptSubscription { version: 1, ..kept }
    }

    /// The subscription as it is kept.
    pub(crate) async fn kept(&self, tenant: TenantId, id: SubscriptionId) -> KeptSubscription {
        self.subscriptions.subscription(tenant, id).await.expect("a read").expect("the subscription")
    }
}
