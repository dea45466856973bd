//! More credits for a customer who is short of them: packs are bought, plans subscribed to; what is not sold is granted.

use domain::{Credits, Source};
use service::grant::{Ask, End, Terms, grant};
use service::{Context, Insufficient};

use super::plan;
use super::sale::{self, Sale};
use super::shop::{Shop, once};
use super::show;
use crate::cli::output::data;

/// Buys what the advice names, subscribes to what gives enough, or grants what is missing, and shows it; the sale of
/// packs, if it was one.
pub(crate) async fn top_up(ctx: &Context, shop: &Shop, short: &Insufficient) -> anyhow::Result<Option<Sale>> {
    let sells = ctx.providers.of(shop.tenant.mode).is_some();
    if let Some(basket) = short.advice.best.as_ref().filter(|_| sells) {
        let sale = Box::pin(sale::sell(ctx, shop, basket.packs.clone())).await?;
        data(show::bought(&sale, shop.balance(ctx).await?))?;
        return Ok(Some(sale));
    }
    if let Some(plan) = plan::fitting(ctx, shop, short.shortfall()).await?.filter(|_| sells) {
        let subscribed = Box::pin(plan::subscribe(ctx, shop, plan)).await?;
        data(show::subscribed(&subscribed, shop.balance(ctx).await?))?;
        return Ok(None);
    }
    let terms = Terms::Credits { source: Source::Promotion, amount: short.shortfall(), cost: None, end: End::Never };
    let label = "Promotion".to_owned();
    let ask = Ask { terms, label: Some(label.clone()), priority: None, effective_at: None, reason: None };
    let posted = grant(ctx, shop.tenant.id, shop.customer.id, ask, once(ctx)).await?;
    let amount: Credits = posted.entries.iter().map(domain::Entry::amount).sum();
    data(show::granted(&format!("{label} ({amount} credits)"), shop.balance(ctx).await?))?;
    Ok(None)
}
