//! What a subscription asks for, as JSON.

use domain::{Charge, ChargeFor, PendingChange};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::credits;
use super::money::{MoneyText, money, money_text};
use super::plan::{
    PeriodText, PlanTermsText, SlackText, period, period_text, plan_terms, plan_terms_text, slack, slack_text,
};

#[derive(Serialize, Deserialize)]
pub(super) struct ChargeText {
    number: u32,
    attempt: u32,
    under_way: bool,
    amount: MoneyText,
    reason: ChargeForText,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChargeForText {
    Start,
    Renewal,
    Change(Box<PendingChangeText>),
}

#[derive(Serialize, Deserialize)]
struct PendingChangeText {
    to: PlanTermsText,
    period: PeriodText,
    credits: i64,
    slack: SlackText,
    credit: i64,
    unassigned: i64,
    renews: bool,
}

pub(super) fn charge_text(charge: &Charge) -> ChargeText {
    let Charge { number, attempt, under_way, amount, ref reason } = *charge;
    let reason = match reason {
        ChargeFor::Start => ChargeForText::Start,
        ChargeFor::Renewal => ChargeForText::Renewal,
        ChargeFor::Change(change) => ChargeForText::Change(Box::new(change_text(change))),
    };
    ChargeText { number, attempt, under_way, amount: money_text(amount), reason }
}

fn change_text(change: &PendingChange) -> PendingChangeText {
    PendingChangeText {
        to: plan_terms_text(&change.to),
        period: period_text(change.period),
        credits: change.credits.micros(),
        slack: slack_text(change.slack),
        credit: change.credit,
        unassigned: change.unassigned,
        renews: change.renews,
    }
}

pub(super) fn charge(text: ChargeText) -> Result<Charge, DbErr> {
    let ChargeText { number, attempt, under_way, amount, reason } = text;
    let reason = match reason {
        ChargeForText::Start => ChargeFor::Start,
        ChargeForText::Renewal => ChargeFor::Renewal,
        ChargeForText::Change(text) => ChargeFor::Change(Box::new(change(*text)?)),
    };
    Ok(Charge { number, attempt, under_way, amount: money(amount)?, reason })
}

fn change(text: PendingChangeText) -> Result<PendingChange, DbErr> {
    Ok(PendingChange {
        to: plan_terms(text.to)?,
        period: period(text.period)?,
        credits: credits(text.credits)?,
        slack: slack(text.slack),
        credit: text.credit,
        unassigned: text.unassigned,
        renews: text.renews,
    })
}
