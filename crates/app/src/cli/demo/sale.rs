//! A sale: packs are ordered, paid at the stub's checkout with a test card, invoiced and mailed.

use std::time::{Duration, Instant};

use domain::{Order, OrderId, OrderStatus, PaymentWay};
use payments::stub::visit::{GOOD_CARD, pay};
use ports::{MailStatus, PageAsk, PlacedOrder};
use service::order::{self, RefundWanted, Wanted};
use service::{Context, Failure, Kept, Once};

use super::shop::{Shop, once};

/// How long what comes by itself may take: the provider's word, the mail.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What was sold.
pub(crate) struct Sale {
    /// The order, paid.
    pub(crate) order: Order,
    /// The number of its invoice.
    pub(crate) invoice: String,
    /// Who the invoice was mailed to.
    pub(crate) mailed_to: String,
}

/// Sells these packs to the shop's customer.
pub(crate) async fn sell(ctx: &Context, shop: &Shop, packs: Vec<(String, u32)>) -> anyhow::Result<Sale> {
    let wanted = Wanted { packs, way: PaymentWay::Checkout, by_operator: true, seen: None };
    let key = once(ctx);
    let render = |_: &PlacedOrder| (201, "{}".to_owned());
    let once = Once { key: key.text, fingerprint: key.fingerprint, render: &render };
    let placed = order::place(ctx, &shop.tenant, shop.customer.id, &wanted, None, None, &once).await?;
    let Kept::Done(placed) = placed else { anyhow::bail!("an order with a fresh key was a replay") };
    let page = placed.attempt.as_ref().and_then(|attempt| attempt.url.as_deref());
    pay(page.ok_or_else(|| anyhow::anyhow!("the checkout has no page"))?, GOOD_CARD).await?;
    let id = placed.order.id;
    let paid = until("the payment", async || {
        let placed = order::order(ctx, shop.tenant.id, id).await?;
        Ok((placed.status() == OrderStatus::Paid).then_some(placed))
    });
    let paid = paid.await?;
    let invoice = paid.invoice.as_ref().ok_or_else(|| anyhow::anyhow!("a sale without an invoice"))?.to_string();
    let mailed_to = mailed_to(ctx, shop, &invoice).await?;
    Ok(Sale { order: paid.order, invoice, mailed_to })
}

/// Who an invoice was mailed to, once it was.
pub(super) async fn mailed_to(ctx: &Context, shop: &Shop, invoice: &str) -> anyhow::Result<String> {
    let mailed_to = until("the mail", async || {
        let page = PageAsk { cursor: None, limit: 10, oldest_first: false };
        let mails = ctx.outbox.mails(shop.tenant.id, shop.customer.id, &page).await?.items;
        let sent = mails.into_iter().find(|mail| mail.id == invoice && mail.status == MailStatus::Sent);
        Ok(sent.map(|mail| mail.to.address))
    });
    mailed_to.await
}

/// What the operator would give back of it now.
pub(crate) async fn refund(ctx: &Context, shop: &Shop, id: OrderId) -> Result<order::Preview, Failure> {
    let wanted = RefundWanted { by_operator: true, ..RefundWanted::default() };
    order::refund_preview(ctx, shop.tenant.id, id, &wanted).await
}

/// Looks until there is something, for a while.
pub(super) async fn until<T>(what: &str, look: impl AsyncFn() -> Result<Option<T>, Failure>) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        anyhow::ensure!(begun.elapsed() < PATIENCE, "{what} does not come");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
