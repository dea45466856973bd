//! More credits for a customer who is short of them: packs are bought; what is not sold yet is granted.

use domain::{Catalog, Credits, Source, Span};
use service::grant::{Ask, End, Terms, grant};
use service::{Context, Insufficient};

use super::sale::{self, Sale};
use super::shop::{Shop, once};
use super::show;
use crate::cli::output::data;

/// What to grant, and what to call it: the smallest plan, else just what is missing.
fn offer(catalog: &Catalog, short: &Insufficient) -> (String, Terms) {
    let missing = short.shortfall();
    let plans = catalog.public_plans().filter(|plan| Credits::whole(plan.credits) >= missing);
    if let Some(plan) = plans.min_by_key(|plan| plan.credits) {
        let end = End::After(Span { months: plan.months, ..Span::default() });
        let amount = Credits::whole(plan.credits);
        let terms = Terms::Credits { source: Source::Plan, amount, cost: Some(plan.price), end };
        return (plan.label.clone(), terms);
    }
    let terms = Terms::Credits { source: Source::Promotion, amount: missing, cost: None, end: End::Never };
    ("Promotion".to_owned(), terms)
}

/// Buys what the advice names, or grants what is missing, and shows it; the sale, if it was one.
pub(crate) async fn top_up(ctx: &Context, shop: &Shop, short: &Insufficient) -> anyhow::Result<Option<Sale>> {
    if let Some(basket) = &short.advice.best
        && ctx.providers.of(shop.tenant.mode).is_some()
    {
        let sale = Box::pin(sale::sell(ctx, shop, basket.packs.clone())).await?;
        data(show::bought(&sale, shop.balance(ctx).await?))?;
        return Ok(Some(sale));
    }
    let (label, terms) = offer(&shop.catalog, short);
    let ask = Ask { terms, label: Some(label.clone()), priority: None, effective_at: None, reason: None };
    let posted = grant(ctx, shop.tenant.id, shop.customer.id, ask, once(ctx)).await?;
    let amount: Credits = posted.entries.iter().map(domain::Entry::amount).sum();
    data(show::granted(&format!("{label} ({amount} credits)"), shop.balance(ctx).await?))?;
    Ok(None)
}
