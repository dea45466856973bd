//! The operations, one file a resource.

mod auto_top_up;
mod balance;
mod catalog;
mod clocks;
mod customers;
mod estimates;
mod events;
mod freezes;
mod grants;
mod holds;
mod invoices;
mod keys;
mod ledger;
mod mails;
mod me;
mod orders;
mod paying;
mod payment_methods;
mod quotes;
mod reports;
mod subscriptions;
mod usage;

use poem_openapi::{Enum, OpenApi, Tags};

/// The groups of the reference.
#[derive(Tags)]
pub(crate) enum Tag {
    /// Estimate work, hold the credits, charge what was done.
    Meter,
    /// Balances, grants and the ledger.
    Ledger,
    /// Customers and keys.
    Customers,
    /// Prices, packs and plans, as data.
    Catalog,
    /// Buying credits: orders, payments, refunds, invoices.
    Sales,
    /// Plans that renew: beginning, changing, ending, paying.
    Subscriptions,
    /// What has happened, in order.
    Events,
    /// What a customer's own key sees.
    Account,
    /// Time under a test's control.
    Test,
}

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename = "Direction", rename_all = "lowercase")]
pub(crate) enum Order {
    /// Oldest first.
    Asc,
    /// Newest first.
    #[default]
    Desc,
}

impl Order {
    /// Whether the oldest comes first.
    pub(crate) fn oldest_first(order: Option<Self>) -> bool {
        order.unwrap_or_default() == Self::Asc
    }
}

/// Every operation.
pub(crate) fn all() -> impl OpenApi {
    (
        estimates::Estimates,
        holds::Holds,
        usage::Usages,
        balance::Balances,
        grants::Grants,
        ledger::Ledger,
        customers::Customers,
        freezes::Freezes,
        keys::Keys,
        catalog::Catalogs,
        (
            orders::Orders,
            payment_methods::PaymentMethods,
            auto_top_up::AutoTopUps,
            invoices::Invoices,
            mails::Mails,
            quotes::Quotes,
            reports::Reports,
        ),
        (subscriptions::Previews, subscriptions::Subscriptions, events::Events),
        me::Me,
        clocks::Clocks,
    )
}
