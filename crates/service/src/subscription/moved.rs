//! What a move of a subscription leads to, put together to be kept as one.

use domain::{Act, Charge, Credits, Money, Next, OrderId, Subscription, SubscriptionEvent};
use ports::{Event, Happening, KeptSubscription, NumberedTask, OutboxMail, PlacedOrder, Pot, SubscriptionChange, Task};
use uuid::Uuid;

use super::mails::{News, mail};
use crate::Context;
use crate::issue::Recipient;
use crate::order::SOON;

/// What leads to a move.
pub(super) enum Cause<'a> {
    /// Someone asks for it.
    Asked,
    /// The calendar.
    Calendar,
    /// This order was paid.
    Paid(&'a PlacedOrder),
    /// This order will not be paid: why, in words for the customer.
    Unpaid(&'a PlacedOrder, &'a str),
}

impl Cause<'_> {
    /// The order that will not be paid.
    pub(super) fn unpaid(&self) -> Option<&PlacedOrder> {
        if let Self::Unpaid(placed, _) = self { Some(placed) } else { None }
    }

    /// Why nothing came of a change, in words for the customer; who takes it back knows.
    pub(super) fn why_off(&self) -> Option<&str> {
        match self {
            Self::Unpaid(_, words) => Some(words),
            Self::Calendar => Some("It was not paid in time."),
            Self::Asked | Self::Paid(_) => None,
        }
    }
}

/// The subscription after a move, with its tasks, events and mails.
pub(super) fn moved(
    ctx: &Context,
    kept: KeptSubscription,
    next: Next,
    recipient: &Recipient,
    cause: &Cause<'_>,
) -> SubscriptionChange {
    let Next { subscription, acts } = next;
    let paid = if let Cause::Paid(placed) = cause { Some(*placed) } else { None };
    let before = kept.subscription.clone();
    let mut after = After {
        ctx,
        recipient,
        kept,
        before: &before,
        cause,
        events: Vec::new(),
        mails: Vec::new(),
        paid: paid.map(|it| it.order.id),
    };
    let charged = before.due.as_ref().map_or(0, |due| due.amount.minor);
    after.turn_to(subscription);
    if let Some(paid) = paid {
        after.kept.paid_by.push(paid.order.id);
        let Pot { listed, net } = &mut after.kept.pot;
        *listed = listed.saturating_add(charged);
        *net = net.saturating_add(paid.order.net.minor);
    }
    let mut take_back = Credits::ZERO;
    for act in acts {
        after.act(act, &mut take_back);
    }
    after.give_back(take_back, None);
    if let Some(paid) = after.paid {
        after.kept.add(Task::Invoice(paid));
    }
    after.finish()
}

struct After<'a> {
    ctx: &'a Context,
    recipient: &'a Recipient,
    kept: KeptSubscription,
    before: &'a Subscription,
    cause: &'a Cause<'a>,
    events: Vec<Event>,
    mails: Vec<OutboxMail>,
    paid: Option<OrderId>,
}

impl After<'_> {
    /// What belongs to a period ends with it.
    fn turn_to(&mut self, subscription: Subscription) {
        let kept = &mut self.kept;
        let (old, new) = (kept.subscription.period, subscription.period);
        if (old.number, old.start) != (new.number, new.start) {
            kept.paid_by.clear();
            kept.pot = Pot::default();
        }
        let (old, new) = (kept.subscription.grants, subscription.grants);
        if (old.number, old.start) != (new.number, new.start) {
            kept.granted.clear();
        }
        kept.subscription = subscription;
    }

    fn act(&mut self, act: Act, take_back: &mut Credits) {
        match act {
            Act::Charge(charge) => self.charge(charge),
            Act::Void(number) => self.void(number),
            Act::Grant(grant) => {
                let net = self.kept.pot.take(grant.value.minor);
                let order = self.paid.or_else(|| self.kept.paid_by.last().copied());
                self.kept.add(Task::Grant { grant, net, order });
            }
            Act::TakeBack(credits) => *take_back = credits,
            Act::Refund { amount, unassigned } => {
                self.kept.pot.take(unassigned);
                self.give_back(std::mem::take(take_back), Some((amount, unassigned)));
            }
            Act::Tell(event) => self.tell(event),
        }
    }

    fn charge(&mut self, charge: Charge) {
        let order = OrderId(Uuid::from_u128(self.ctx.ids.id()));
        self.kept.asked_by = Some(order);
        self.kept.add(Task::Ask { order, charge });
    }

    /// Nobody is asked for the charge, or its payment is stopped.
    fn void(&mut self, number: u32) {
        let asks = |task: &NumberedTask| matches!(&task.task, Task::Ask { charge, .. } if charge.number == number);
        self.kept.tasks.retain(|task| !asks(task));
        // Whoever was at it may have placed it already.
        if let Some(order) = self.kept.asked_by.take() {
            self.kept.add(Task::Stop(order));
        }
    }

    fn give_back(&mut self, credits: Credits, money: Option<(Money, i64)>) {
        if credits.is_zero() && money.is_none() {
            return;
        }
        let zero = Money { minor: 0, ..self.kept.subscription.plan.price };
        let (amount, unassigned) = money.unwrap_or((zero, 0));
        let (from, paid_by) = (self.kept.granted.clone(), self.kept.paid_by.clone());
        self.kept.add(Task::GiveBack { credits, from, amount, unassigned, paid_by });
    }

    fn tell(&mut self, event: SubscriptionEvent) {
        let subscription = &self.kept.subscription;
        let what = Happening::Subscription {
            event,
            subscription: subscription.id,
            plan: subscription.plan.code.clone(),
            quantity: subscription.plan.quantity,
            status: subscription.status,
        };
        let told = self.ctx.event(subscription.customer, self.recipient.now, what);
        let news = News { before: self.before, after: subscription, cause: self.cause };
        self.mails.extend(mail(&news, event, told.id, self.recipient, self.ctx.clock.now()));
        self.events.push(told);
        if event == SubscriptionEvent::Canceled {
            self.kept.add(Task::ResumeFreeTier);
        }
    }

    fn finish(self) -> SubscriptionChange {
        let Self { ctx, kept, events, mails, .. } = self;
        // Whoever has moved it does its tasks; a worker goes on with what is left after a while.
        let kept = KeptSubscription { failed: 0, ..kept }.waiting_until(ctx.clock.now() + SOON);
        SubscriptionChange { events, mails, ..SubscriptionChange::untold(kept) }
    }
}
