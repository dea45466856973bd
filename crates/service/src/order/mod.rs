//! Selling: an order is placed, paid at the provider or by hand, and settled, which grants the credits, numbers the
//! invoice and mails it.
//!
//! Every step can be taken again (R32, R33). An order remembers how far it is, and `attend` takes it on from there:
//! when someone asks, when the provider tells of it, and when a worker finds it due.

mod attend;
mod bill;
mod consent;
mod dispute;
mod end;
mod heed;
mod mark;
mod pay;
mod payer;
mod place;
mod quote;
mod refund;
mod refunded;
mod settle;
mod stop;
mod told;
mod top_up;

pub use attend::{attend_due, end_due};
pub use consent::{Standing, Terms, agree, standing, withdraw};
pub use end::cancel;
pub use heed::{Heard, HeedError, heed};
pub use mark::mark_paid;
pub use payer::{forget_method, methods, save_method};
pub use place::place;
pub use quote::{Quote, Wanted, preview};
pub use refund::{Preview, RefundWanted, refund, refund_preview};
pub use top_up::top_up_due;

use domain::{OrderId, TenantId};
use ports::{OrderChange, PlacedOrder, StoreError};

use crate::{Context, Failure};

pub(crate) use attend::{again_at, attend, end_clock, tenant_of};
pub(crate) use bill::{check, invoice as bill_of, now_of};
pub(crate) use end::stop_order;
pub(crate) use pay::title;
pub(crate) use payer::{method_to_charge, usable_method};
pub(crate) use place::{SOON, fresh};
pub(crate) use quote::{net_price, taxed};
pub(crate) use refund::purchase;
pub(crate) use settle::granted;
pub(crate) use told::delivered;
pub(crate) use top_up::top_up_clock;

/// Someone else has changed it meanwhile: it is looked at again, so often at most.
const TURNS: u32 = 8;

/// One order.
pub async fn order(ctx: &Context, tenant: TenantId, id: OrderId) -> Result<PlacedOrder, Failure> {
    ctx.orders.get(tenant, id).await?.ok_or(Failure::NotFound("order"))
}

/// Writes an order down with what goes with it.
pub(crate) async fn save(ctx: &Context, tenant: TenantId, change: OrderChange) -> Result<PlacedOrder, Failure> {
    ctx.orders.save(tenant, change).await.map_err(|error| match error {
        StoreError::Conflict => Failure::Changed,
        other => other.into(),
    })
}

/// Writes an order down; nobody is told.
async fn keep(ctx: &Context, tenant: TenantId, placed: PlacedOrder) -> Result<PlacedOrder, Failure> {
    save(ctx, tenant, OrderChange::untold(placed)).await
}

/// Writes an order down, unless it has changed meanwhile: then it comes again, if it still has to.
async fn saved_or_changed(ctx: &Context, tenant: TenantId, change: OrderChange) -> Result<(), Failure> {
    match save(ctx, tenant, change).await {
        Ok(_) | Err(Failure::Changed) => Ok(()),
        Err(failure) => Err(failure),
    }
}
