//! More credits for a customer who is short of them, as the catalog sells them. In the demo nobody pays.

use domain::{Catalog, Credits, Source, Span};
use service::grant::{Ask, End, Terms, grant};
use service::{Context, Insufficient};

use super::shop::{Shop, once};

/// What to grant, and what to call it: the cheapest packs, else the smallest plan, else just what is missing.
fn offers(catalog: &Catalog, short: &Insufficient) -> Vec<(String, Terms)> {
    if let Some(basket) = &short.advice.best {
        let label = |code: &String| catalog.pack(code).map_or_else(|| code.clone(), |pack| pack.label.clone());
        let each = |(code, count): &(String, u32)| vec![(label(code), Terms::Pack(code.clone())); *count as usize];
        return basket.packs.iter().flat_map(each).collect();
    }
    let missing = short.shortfall();
    let plans = catalog.public_plans().filter(|plan| Credits::whole(plan.credits) >= missing);
    if let Some(plan) = plans.min_by_key(|plan| plan.credits) {
        let end = End::After(Span { months: plan.months, ..Span::default() });
        let amount = Credits::whole(plan.credits);
        let terms = Terms::Credits { source: Source::Plan, amount, cost: Some(plan.price), end };
        return vec![(plan.label.clone(), terms)];
    }
    let terms = Terms::Credits { source: Source::Promotion, amount: missing, cost: None, end: End::Never };
    vec![("Promotion".to_owned(), terms)]
}

/// Grants what is missing, and says what that was.
pub(crate) async fn top_up(ctx: &Context, shop: &Shop, short: &Insufficient) -> anyhow::Result<String> {
    let mut granted = Vec::new();
    for (label, terms) in offers(&shop.catalog, short) {
        let ask = Ask { terms, label: Some(label.clone()), priority: None, effective_at: None, reason: None };
        let posted = grant(ctx, shop.tenant.id, shop.customer.id, ask, once(ctx)).await?;
        let amount: Credits = posted.entries.iter().map(domain::Entry::amount).sum();
        granted.push(format!("{label} ({amount} credits)"));
    }
    Ok(granted.join(" + "))
}
