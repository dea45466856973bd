//! Selling credits over the wire: the order, the provider's page, its events, refunds and what goes wrong with them.

mod buying;
mod doubt;
mod events;
mod previews;
mod refunds;
mod subscriptions;
mod top_ups;
