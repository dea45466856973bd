//! What a subscription was bought at, and its periods, as JSON.

use chrono::NaiveDateTime;
use domain::{Anchor, AtPeriodEnd, Decline, Dunning, Period, PlanTerms, Slack};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::money::{MoneyText, money, money_text, parsed};
use super::{damaged, maybe_time, millis, time};

#[derive(Serialize, Deserialize)]
pub(super) struct PlanTermsText {
    code: String,
    label: String,
    price: MoneyText,
    months: u32,
    credits: u32,
    grants_every: u32,
    rollover: u8,
    quantity: u32,
}

pub(super) fn plan_terms_text(terms: &PlanTerms) -> PlanTermsText {
    let PlanTerms { code, label, price, months, credits, grants_every, rollover, quantity } = terms.clone();
    PlanTermsText { code, label, price: money_text(price), months, credits, grants_every, rollover, quantity }
}

pub(super) fn plan_terms(text: PlanTermsText) -> Result<PlanTerms, DbErr> {
    let PlanTermsText { code, label, price, months, credits, grants_every, rollover, quantity } = text;
    Ok(PlanTerms { code, label, price: money(price)?, months, credits, grants_every, rollover, quantity })
}

#[derive(Serialize, Deserialize)]
pub(super) struct AnchorText {
    local: NaiveDateTime,
    zone: String,
}

pub(super) fn anchor_text(anchor: Anchor) -> AnchorText {
    AnchorText { local: anchor.local, zone: anchor.zone.name().to_owned() }
}

pub(super) fn anchor(text: &AnchorText) -> Result<Anchor, DbErr> {
    Ok(Anchor { local: text.local, zone: parsed(&text.zone, "time zone")? })
}

/// Number, start, end, months to the end.
pub(super) type PeriodText = (u32, i64, i64, u32);

pub(super) fn period_text(period: Period) -> PeriodText {
    (period.number, millis(period.start), millis(period.end), period.end_month)
}

pub(super) fn period((number, start, end, end_month): PeriodText) -> Result<Period, DbErr> {
    Ok(Period { number, start: time(start)?, end: time(end)?, end_month })
}

/// Money, credits.
pub(super) type SlackText = (i64, i64);

pub(super) fn slack_text(slack: Slack) -> SlackText {
    (slack.money, slack.credits)
}

pub(super) fn slack((money, credits): SlackText) -> Slack {
    Slack { money, credits }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AtPeriodEndText {
    Renew,
    Change(Box<PlanTermsText>),
    Cancel,
    Pause { until: Option<i64> },
}

pub(super) fn at_period_end_text(end: &AtPeriodEnd) -> AtPeriodEndText {
    match end {
        AtPeriodEnd::Renew => AtPeriodEndText::Renew,
        AtPeriodEnd::Change(to) => AtPeriodEndText::Change(Box::new(plan_terms_text(to))),
        AtPeriodEnd::Cancel => AtPeriodEndText::Cancel,
        AtPeriodEnd::Pause { until } => AtPeriodEndText::Pause { until: until.map(millis) },
    }
}

pub(super) fn at_period_end(text: AtPeriodEndText) -> Result<AtPeriodEnd, DbErr> {
    Ok(match text {
        AtPeriodEndText::Renew => AtPeriodEnd::Renew,
        AtPeriodEndText::Change(to) => AtPeriodEnd::Change(Box::new(plan_terms(*to)?)),
        AtPeriodEndText::Cancel => AtPeriodEnd::Cancel,
        AtPeriodEndText::Pause { until } => AtPeriodEnd::Pause { until: maybe_time(until)? },
    })
}

#[derive(Serialize, Deserialize)]
pub(super) struct DunningText {
    since: i64,
    failures: u32,
    decline: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_at: Option<i64>,
    ends_at: i64,
}

pub(super) fn dunning_text(dunning: Dunning) -> DunningText {
    let Dunning { since, failures, decline, retry_at, ends_at } = dunning;
    let decline = decline.word().to_owned();
    DunningText { since: millis(since), failures, decline, retry_at: retry_at.map(millis), ends_at: millis(ends_at) }
}

pub(super) fn dunning(text: &DunningText) -> Result<Dunning, DbErr> {
    let decline = Decline::from_word(&text.decline).ok_or_else(|| damaged("decline"))?;
    let retry_at = maybe_time(text.retry_at)?;
    Ok(Dunning { since: time(text.since)?, failures: text.failures, decline, retry_at, ends_at: time(text.ends_at)? })
}
