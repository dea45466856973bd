//! Customers and their balances.

use domain::{Balance, Catalog, Customer, CustomerId, Expiring, GrantId, Standing};
use poem_openapi::Object;
use ports::Posted;
use service::balance::View;

use super::BillingBody;
use crate::api::wire::{CreditsText, Id, Metadata, Time};

/// Who holds credits.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Customer", skip_serializing_if_is_none)]
pub(crate) struct CustomerBody {
    /// Our id.
    pub(crate) id: Id<CustomerId>,
    /// The operator's own id; it never changes.
    pub(crate) external_id: Option<String>,
    /// What they are called.
    pub(crate) name: Option<String>,
    /// Where mail goes.
    pub(crate) email: Option<String>,
    /// IANA time zone in which their days end.
    pub(crate) time_zone: String,
    /// The test clock that they live by.
    pub(crate) test_clock: Option<String>,
    /// When they signed up.
    pub(crate) created_at: Time,
    /// The operator's own notes.
    pub(crate) metadata: Metadata,
    /// Who they are on an invoice, where that is known.
    pub(crate) billing: Option<BillingBody>,
}

impl From<Customer> for CustomerBody {
    fn from(customer: Customer) -> Self {
        Self {
            id: customer.id.into(),
            external_id: customer.external_id,
            name: customer.name,
            email: customer.email,
            time_zone: customer.zone.name().to_owned(),
            test_clock: customer.clock.map(|clock| clock.to_string()),
            created_at: customer.created_at.into(),
            metadata: customer.metadata.into(),
            billing: BillingBody::of(customer.billing),
        }
    }
}

/// What a customer can spend, and what is promised to jobs.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Balance")]
pub(crate) struct BalanceBody {
    /// Credits to spend.
    pub(crate) available: CreditsText,
    /// Credits promised to open holds.
    pub(crate) held: CreditsText,
}

impl From<Balance> for BalanceBody {
    fn from(balance: Balance) -> Self {
        Self { available: balance.available.into(), held: balance.held.into() }
    }
}

/// Credits that will expire unless they are used.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Expiring")]
pub(crate) struct ExpiringBody {
    /// Whose credits.
    pub(crate) grant: Id<GrantId>,
    /// How many are left.
    pub(crate) amount: CreditsText,
    /// When they go.
    pub(crate) expires_at: Time,
}

impl From<Expiring> for ExpiringBody {
    fn from(expiring: Expiring) -> Self {
        let Expiring { grant, amount, expires_at } = expiring;
        Self { grant: grant.into(), amount: amount.into(), expires_at: expires_at.into() }
    }
}

/// A customer's balance, now or at an instant.
#[derive(Clone, Debug, Object)]
#[oai(rename = "BalanceView", skip_serializing_if_is_none)]
pub(crate) struct BalanceView {
    /// Whose.
    pub(crate) customer: Id<CustomerId>,
    /// Credits to spend.
    pub(crate) available: CreditsText,
    /// Credits promised to open holds.
    pub(crate) held: CreditsText,
    /// `ok`, `low`, `zero` or `frozen`; only of now, and after a freeze.
    pub(crate) state: Option<String>,
    /// Credits that will expire, the soonest first; only of now.
    pub(crate) expiring: Option<Vec<ExpiringBody>>,
    /// The journal's length; only of now, and after a command. It is the `ETag`.
    pub(crate) sequence: Option<u64>,
    /// The instant that this is of.
    pub(crate) at: Time,
}

impl BalanceView {
    /// The balance of now.
    pub(crate) fn now(view: &View, catalog: &Catalog) -> Self {
        let balance = view.book.balance();
        let standing = Standing::of(&view.book, catalog.low_percents.iter().copied().max());
        Self {
            customer: view.customer.id.into(),
            available: balance.available.into(),
            held: balance.held.into(),
            state: Some(standing.word().to_owned()),
            expiring: Some(view.book.expiring().into_iter().map(ExpiringBody::from).collect()),
            sequence: Some(view.book.sequence),
            at: view.now.into(),
        }
    }

    /// The balance after a command, so that a replay tells the same (R40): a standing that the command did not make
    /// is not in it. `None` where it wrote nothing.
    pub(crate) fn after(customer: CustomerId, posted: &Posted, standing: Option<Standing>) -> Option<Self> {
        let at = posted.entries.last()?.at.into();
        Some(Self {
            state: standing.map(|standing| standing.word().to_owned()),
            sequence: Some(posted.sequence),
            ..Self::past(customer, posted.balance, at)
        })
    }

    /// The balance of a past instant.
    pub(crate) fn past(customer: CustomerId, balance: Balance, at: Time) -> Self {
        Self {
            customer: customer.into(),
            available: balance.available.into(),
            held: balance.held.into(),
            state: None,
            expiring: None,
            sequence: None,
            at,
        }
    }
}
