//! Subscriptions: columns for what is looked for, JSON for the rest.

use domain::{ClockId, CustomerId, GrantId, PaymentWay, Subscription, SubscriptionId, SubscriptionStatus, TenantId};
use ports::{KeptSubscription, MethodId, Pot};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::charge::{ChargeText, charge, charge_text};
use super::plan::{
    AnchorText, AtPeriodEndText, DunningText, PeriodText, PlanTermsText, SlackText, anchor, anchor_text, at_period_end,
    at_period_end_text, dunning, dunning_text, period, period_text, plan_terms, plan_terms_text, slack, slack_text,
};
use super::task::{NumberedTaskText, order, order_texts, orders, task, task_text};
use super::{big, damaged, from_text, maybe_time, millis, number, time, to_text};
use crate::entity::subscription::Model;

#[derive(Serialize, Deserialize)]
struct StateText {
    plan: PlanTermsText,
    anchor: AnchorText,
    period: PeriodText,
    grants: PeriodText,
    at_period_end: AtPeriodEndText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<ChargeText>,
    charges_made: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dunning: Option<DunningText>,
    slack: SlackText,
    unassigned: i64,
    created_at: i64,
    incomplete_until: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct KeptText {
    state: StateText,
    way: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    return_url: Option<String>,
    tried: bool,
    tasks: Vec<NumberedTaskText>,
    tasks_made: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_by: Option<String>,
    paid_by: Vec<String>,
    /// As listed, and without tax.
    pot: (i64, i64),
    /// Numbers of the customer's grants.
    granted: Vec<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    failed: u32,
}

/// A subscription to be written, at the version that it has; claimed by nobody.
pub(crate) fn subscription_row(tenant: TenantId, kept: &KeptSubscription) -> Result<Model, DbErr> {
    let subscription = &kept.subscription;
    Ok(Model {
        tenant: tenant.0,
        id: subscription.id.0,
        customer: subscription.customer.0,
        status: subscription.status.word().to_owned(),
        version: big(kept.version),
        clock: kept.clock.map(|clock| clock.0),
        due_at: subscription.due_at().map(millis),
        work_at: kept.work_at.map(millis),
        claimed_until: None,
        body: to_text(&kept_text(kept))?,
    })
}

fn kept_text(kept: &KeptSubscription) -> KeptText {
    KeptText {
        state: state_text(&kept.subscription),
        way: kept.way.word().to_owned(),
        method: kept.method.as_ref().map(|method| method.0.clone()),
        return_url: kept.return_url.clone(),
        tried: kept.tried,
        tasks: kept.tasks.iter().map(task_text).collect(),
        tasks_made: kept.tasks_made,
        asked_by: kept.asked_by.map(|order| order.to_string()),
        paid_by: order_texts(&kept.paid_by),
        pot: (kept.pot.listed, kept.pot.net),
        granted: kept.granted.iter().map(|grant| grant.number).collect(),
        note: kept.note.clone(),
        failed: kept.failed,
    }
}

fn state_text(subscription: &Subscription) -> StateText {
    StateText {
        plan: plan_terms_text(&subscription.plan),
        anchor: anchor_text(subscription.anchor),
        period: period_text(subscription.period),
        grants: period_text(subscription.grants),
        at_period_end: at_period_end_text(&subscription.at_period_end),
        due: subscription.due.as_ref().map(charge_text),
        charges_made: subscription.charges_made,
        dunning: subscription.dunning.map(dunning_text),
        slack: slack_text(subscription.slack),
        unassigned: subscription.unassigned,
        created_at: millis(subscription.created_at),
        incomplete_until: millis(subscription.incomplete_until),
        ended_at: subscription.ended_at.map(millis),
    }
}

/// Reads a subscription back.
pub(crate) fn subscription(row: &Model) -> Result<KeptSubscription, DbErr> {
    let text: KeptText = from_text(&row.body, "subscription")?;
    let customer = CustomerId(row.customer);
    Ok(KeptSubscription {
        subscription: state(row, text.state)?,
        way: PaymentWay::from_word(&text.way).ok_or_else(|| damaged("way to pay"))?,
        method: text.method.map(MethodId),
        return_url: text.return_url,
        clock: row.clock.map(ClockId),
        tried: text.tried,
        tasks: text.tasks.into_iter().map(|text| task(customer, text)).collect::<Result<_, _>>()?,
        tasks_made: text.tasks_made,
        asked_by: text.asked_by.as_deref().map(order).transpose()?,
        paid_by: orders(&text.paid_by)?,
        pot: Pot { listed: text.pot.0, net: text.pot.1 },
        granted: text.granted.into_iter().map(|number| GrantId { customer, number }).collect(),
        note: text.note,
        work_at: maybe_time(row.work_at)?,
        failed: text.failed,
        version: number(row.version)?,
    })
}

fn state(row: &Model, text: StateText) -> Result<Subscription, DbErr> {
    Ok(Subscription {
        id: SubscriptionId(row.id),
        customer: CustomerId(row.customer),
        plan: plan_terms(text.plan)?,
        status: SubscriptionStatus::from_word(&row.status).ok_or_else(|| damaged("subscription's status"))?,
        anchor: anchor(&text.anchor)?,
        period: period(text.period)?,
        grants: period(text.grants)?,
        at_period_end: at_period_end(text.at_period_end)?,
        due: text.due.map(charge).transpose()?,
        charges_made: text.charges_made,
        dunning: text.dunning.as_ref().map(dunning).transpose()?,
        slack: slack(text.slack),
        unassigned: text.unassigned,
        created_at: time(text.created_at)?,
        incomplete_until: time(text.incomplete_until)?,
        ended_at: maybe_time(text.ended_at)?,
    })
}
