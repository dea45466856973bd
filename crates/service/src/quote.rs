//! Asking the operator for a quote (A45).

use domain::{Credits, CustomerId, TenantId};
use ports::{Happening, Mailbox, Occasion, OutboxMail};
use uuid::Uuid;

use crate::once::{or_replay, replay};
use crate::order::now_of;
use crate::{Context, Failure, Kept, Once};

/// Tells the operator, by mail and as an event, that a customer needs so many credits.
pub async fn request(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    credits: Credits,
    message: String,
    once: &Once<'_, (CustomerId, Credits)>,
) -> Result<Kept<(CustomerId, Credits)>, Failure> {
    if let Some(reply) = replay(ctx, tenant, Some(once)).await? {
        return Ok(Kept::Before(reply));
    }
    let catalog = ctx.catalog(tenant).await?.catalog;
    let seller = catalog.seller.as_ref().ok_or(Failure::NothingSold)?;
    let address = seller.party.email.clone().ok_or(Failure::NothingSold)?;
    let id = format!("quote-{}", Uuid::from_u128(ctx.ids.id()).simple());
    let to = Mailbox { name: Some(seller.party.name.clone()), address };
    let at = now_of(ctx, tenant, customer).await?;
    let what = Happening::QuoteRequested { credits, message: message.clone() };
    let event = ctx.event(customer, at, what);
    let occasion = Occasion::QuoteRequest { credits, message };
    let mail = OutboxMail::new(id, customer, to, occasion, ctx.clock.now());
    let asked = (customer, credits);
    match ctx.outbox.queue(tenant, &mail, Some(&event), Some(&once.reply(&asked))).await {
        Ok(()) => Ok(Kept::Done(asked)),
        Err(error) => or_replay(ctx, tenant, Some(once), error).await.map(Kept::Before),
    }
}
