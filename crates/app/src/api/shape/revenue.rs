//! Revenue reports (R37).

use domain::{CustomerId, Money, Revenue, RevenueTotals};
use poem_openapi::Object;
use service::report::CustomerRevenue;

use super::list::Nullable;
use crate::api::wire::{Id, MoneyBody, Time};

/// Where prices are, net of tax: `recognised + breakage + refunded + deferred = price`, always.
#[derive(Clone, Copy, Debug, Object)]
#[oai(rename = "Revenue")]
pub(crate) struct RevenueBody {
    /// What was paid for credits.
    price: MoneyBody,
    /// Earned by work.
    recognised: MoneyBody,
    /// Earned because credits expired unused.
    breakage: MoneyBody,
    /// Given back.
    refunded: MoneyBody,
    /// Owed as work: what the credits that are left can still earn.
    deferred: MoneyBody,
}

impl From<&Revenue> for RevenueBody {
    fn from(revenue: &Revenue) -> Self {
        let money = |minor| Money { minor, ..revenue.price }.into();
        Self {
            price: revenue.price.into(),
            recognised: money(revenue.recognised),
            breakage: money(revenue.breakage),
            refunded: money(revenue.refunded),
            deferred: money(revenue.deferred),
        }
    }
}

/// By currency.
pub(crate) fn by_currency(totals: &RevenueTotals) -> Vec<RevenueBody> {
    totals.rows().iter().map(Into::into).collect()
}

/// A customer's part of a report.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CustomerRevenue")]
pub(crate) struct CustomerRevenueBody {
    /// Whose.
    customer: Id<CustomerId>,
    /// By currency.
    revenue: Vec<RevenueBody>,
}

impl From<CustomerRevenue> for CustomerRevenueBody {
    fn from(one: CustomerRevenue) -> Self {
        Self { customer: one.customer.into(), revenue: by_currency(&one.revenue) }
    }
}

/// Where all prices stand at an instant.
#[derive(Clone, Debug, Object)]
#[oai(rename = "RevenueAt", skip_serializing_if_is_none)]
pub(crate) struct RevenueAtBody {
    /// The instant that was asked for, with all that was effective at it.
    pub(crate) at: Option<Time>,
    /// Of all customers of the report, by currency; only with its first page.
    pub(crate) totals: Option<Vec<RevenueBody>>,
    /// By customer.
    pub(crate) data: Vec<CustomerRevenueBody>,
    /// Pass it as `cursor` for the next page; `null` at the end.
    pub(crate) next_cursor: Nullable<String>,
}

/// What has come about in a time: each figure at its end less what it was at its beginning. `price` is what was sold in
/// it, and `deferred` can be negative.
#[derive(Clone, Debug, Object)]
#[oai(rename = "RevenueDuring", skip_serializing_if_is_none)]
pub(crate) struct RevenueDuringBody {
    /// From when: inclusive.
    pub(crate) from: Time,
    /// Until when: exclusive.
    pub(crate) until: Time,
    /// Of all customers of the report, by currency; only with its first page.
    pub(crate) totals: Option<Vec<RevenueBody>>,
    /// By customer.
    pub(crate) data: Vec<CustomerRevenueBody>,
    /// Pass it as `cursor` for the next page; `null` at the end.
    pub(crate) next_cursor: Nullable<String>,
}
