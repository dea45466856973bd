//! What is asked of subscriptions.

use domain::{ChangeAt, Money};
use poem_openapi::{Enum, Object};
use serde::Deserialize;
use service::subscription::{ChangeWanted, EndAt, Pay, Wanted};

use super::super::paying::{self, PaymentWord, TotalRequest, paid_by, return_url};
use crate::api::flaw::FieldCode;
use crate::api::problem::Problem;
use crate::api::wire::{Text, Time};

/// A plan that is looked at.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct SubscriptionPreviewRequest {
    /// `cus_…` or your own id; a customer's own key need not say.
    pub(super) customer: Option<Text<255>>,
    /// A plan of the catalog.
    plan: Text<64>,
    /// How many of it: seats; 1 where not said.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
    quantity: Option<u32>,
}

impl SubscriptionPreviewRequest {
    pub(super) fn wanted(&self, by_operator: bool) -> Result<Wanted, Problem> {
        wanted(&self.plan, self.quantity, by_operator, None)
    }
}

/// A plan that is wanted.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct SubscriptionRequest {
    /// `cus_…` or your own id; a customer's own key need not say.
    pub(super) customer: Option<Text<255>>,
    /// A plan of the catalog.
    plan: Text<64>,
    /// How many of it: seats; 1 where not said.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
    quantity: Option<u32>,
    /// How it is paid; `checkout` where not said. What renews after a checkout is paid with the method left there.
    payment: Option<PaymentWord>,
    /// Which saved method pays, now and later; the newest where not said.
    payment_method: Option<Text<255>>,
    /// Where the customer comes back to after paying; the catalog's `upgrade` link where not said.
    return_url: Option<Text<2000>>,
    /// The `total` that was shown; the subscription is refused if it is another one now.
    expected_total: Option<TotalRequest>,
}

impl SubscriptionRequest {
    pub(super) fn wanted(&self, by_operator: bool) -> Result<Wanted, Problem> {
        wanted(&self.plan, self.quantity, by_operator, seen(self.expected_total)?)
    }

    pub(super) fn pay(&self, by_operator: bool) -> Result<Pay, Problem> {
        let word = self.payment.unwrap_or_default();
        pay(word, self.payment_method.as_ref(), self.return_url.as_ref(), by_operator)
    }
}

/// When a change is to be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub(crate) enum Effective {
    /// At once where it costs more and gives more, at the period's end otherwise.
    #[default]
    Auto,
    /// At once, or not at all.
    Now,
    /// At the period's end.
    PeriodEnd,
}

impl From<Effective> for ChangeAt {
    fn from(effective: Effective) -> Self {
        match effective {
            Effective::Auto => Self::Usual,
            Effective::Now => Self::Now,
            Effective::PeriodEnd => Self::PeriodEnd,
        }
    }
}

/// A change that is looked at: another `plan`, another `quantity`, or both.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ChangePreviewRequest {
    /// Another plan of the catalog.
    plan: Option<Text<64>>,
    /// How many of it: seats; as many as now where not said.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
    quantity: Option<u32>,
    /// When; `auto` where not said.
    effective: Option<Effective>,
}

impl ChangePreviewRequest {
    pub(super) fn wanted(&self, by_operator: bool) -> Result<ChangeWanted, Problem> {
        change(self.plan.as_ref(), self.quantity, self.effective, by_operator, None)
    }
}

/// A change that is wanted: another `plan`, another `quantity`, or both.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ChangeRequest {
    /// Another plan of the catalog.
    plan: Option<Text<64>>,
    /// How many of it: seats; as many as now where not said.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
    quantity: Option<u32>,
    /// When; `auto` where not said.
    effective: Option<Effective>,
    /// How it is paid; `saved` where not said.
    payment: Option<PaymentWord>,
    /// Which saved method pays, now and later; the one from before where not said.
    payment_method: Option<Text<255>>,
    /// Where the customer comes back to after paying. With `saved`, say it only if the customer is there to confirm.
    return_url: Option<Text<2000>>,
    /// The `total` that was shown; the change is refused if it is another one now.
    expected_total: Option<TotalRequest>,
}

impl ChangeRequest {
    pub(super) fn wanted(&self, by_operator: bool) -> Result<ChangeWanted, Problem> {
        change(self.plan.as_ref(), self.quantity, self.effective, by_operator, seen(self.expected_total)?)
    }

    pub(super) fn pay(&self, by_operator: bool) -> Result<Pay, Problem> {
        let word = self.payment.unwrap_or(PaymentWord::Saved);
        pay(word, self.payment_method.as_ref(), self.return_url.as_ref(), by_operator)
    }
}

/// When a subscription is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "CancelAt", rename_all = "snake_case")]
pub(crate) enum CancelWord {
    /// With the period that is paid.
    #[default]
    PeriodEnd,
    /// Now.
    Now,
}

/// How a subscription is to end.
#[derive(Clone, Copy, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct CancelRequest {
    /// When; `period_end` where not said.
    at: Option<CancelWord>,
    /// Only with `at: now`: whether money and credits that are not used go back. Otherwise the credits stay to the end
    /// that they were given with.
    refund: Option<bool>,
}

impl CancelRequest {
    pub(super) fn at(self) -> Result<EndAt, Problem> {
        match (self.at.unwrap_or_default(), self.refund.unwrap_or(false)) {
            (CancelWord::PeriodEnd, false) => Ok(EndAt::PeriodEnd),
            (CancelWord::PeriodEnd, true) => {
                Err(Problem::field("/refund", FieldCode::Malformed, "Only with `at: now`."))
            }
            (CancelWord::Now, false) => Ok(EndAt::Now),
            (CancelWord::Now, true) => Ok(EndAt::NowWithRefund),
        }
    }
}

/// How long a subscription is to be paused.
#[derive(Clone, Copy, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct PauseRequest {
    /// When it is resumed by itself; never where not said.
    pub(super) until: Option<Time>,
}

/// How the charge that is due is paid.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct PayRequest {
    /// How it is paid.
    payment: PaymentWord,
    /// Which saved method pays, now and later; the one from before where not said.
    payment_method: Option<Text<255>>,
    /// Where the customer comes back to after paying. With `saved`, say it only if the customer is there to confirm.
    return_url: Option<Text<2000>>,
}

impl PayRequest {
    pub(super) fn pay(&self, by_operator: bool) -> Result<Pay, Problem> {
        pay(self.payment, self.payment_method.as_ref(), self.return_url.as_ref(), by_operator)
    }
}

fn wanted(plan: &Text<64>, quantity: Option<u32>, by_operator: bool, seen: Option<Money>) -> Result<Wanted, Problem> {
    let quantity = seats(quantity)?.unwrap_or(1);
    Ok(Wanted { plan: plan.as_str().to_owned(), quantity, by_operator, seen })
}

fn change(
    plan: Option<&Text<64>>,
    quantity: Option<u32>,
    effective: Option<Effective>,
    by_operator: bool,
    seen: Option<Money>,
) -> Result<ChangeWanted, Problem> {
    if plan.is_none() && quantity.is_none() {
        return Err(Problem::field("/plan", FieldCode::Missing, "Name a `plan`, a `quantity`, or both."));
    }
    let plan = plan.map(|plan| plan.as_str().to_owned());
    let at = effective.unwrap_or_default().into();
    Ok(ChangeWanted { plan, quantity: seats(quantity)?, at, by_operator, seen })
}

fn seats(quantity: Option<u32>) -> Result<Option<u32>, Problem> {
    quantity.map(|seats| paying::quantity(seats, "/quantity")).transpose()
}

fn seen(total: Option<TotalRequest>) -> Result<Option<Money>, Problem> {
    total.map(|total| total.money("/expected_total")).transpose()
}

fn pay(
    word: PaymentWord,
    method: Option<&Text<255>>,
    back: Option<&Text<2000>>,
    by_operator: bool,
) -> Result<Pay, Problem> {
    let (way, method) = paid_by(word, method, by_operator)?;
    let return_url = back.map(return_url).transpose()?;
    Ok(Pay { way, method, return_url })
}
