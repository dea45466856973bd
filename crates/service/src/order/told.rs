//! What is told of orders (R39). A change is put together right before it is written: later events have later ids.

use std::iter;

use domain::{Credits, Instant, Money, OrderEvent, OrderStatus};
use ports::{Happening, NewDocument, OrderChange, PlacedOrder};

use crate::Context;

/// A step that an order has taken, at its customer's time.
pub(super) fn step(ctx: &Context, event: OrderEvent, placed: PlacedOrder, at: Instant) -> OrderChange {
    let total = placed.order.gross;
    back(ctx, event, placed, (total, Credits::ZERO), at)
}

/// What was bought is there, and this is its invoice: nothing is left to be done for it.
pub(crate) fn delivered(ctx: &Context, placed: PlacedOrder, invoice: NewDocument) -> OrderChange {
    let placed = PlacedOrder { ask_at: None, asked: 0, note: None, ..placed };
    let at = invoice.issued_at;
    OrderChange { document: Some(invoice), ..step(ctx, OrderEvent::Paid, placed, at) }
}

/// So much money of an order went back, or did not; so many credits were taken back for good.
pub(super) fn back(
    ctx: &Context,
    event: OrderEvent,
    placed: PlacedOrder,
    (amount, taken): (Money, Credits),
    at: Instant,
) -> OrderChange {
    let (order, customer) = (placed.order.id, placed.order.customer);
    // It is pending as long as it has no invoice, which comes with this change.
    let status = if event == OrderEvent::Paid { OrderStatus::Paid } else { placed.status() };
    let step = Happening::Order { event, order, status, amount };
    let revoked = (!taken.is_zero()).then_some(Happening::CreditsRevoked { order, credits: taken });
    let events = iter::once(step).chain(revoked).map(|what| ctx.event(customer, at, what)).collect();
    OrderChange { events, ..OrderChange::untold(placed) }
}
