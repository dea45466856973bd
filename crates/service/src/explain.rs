//! "Why was I charged?" in one call (R20).

use std::fmt::Write as _;

use domain::{Credits, Grant, GrantId, Per, TenantId, Usage, UsageId};
use ports::Recorded;

use crate::{Context, Failure};

/// A usage with everything that made its cost.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The entry that recorded it.
    pub recorded: Recorded,
    /// What it was for.
    pub usage: Usage,
    /// The grants drawn on, with how much of each.
    pub draws: Vec<(Grant, Credits)>,
    /// The same, told in a sentence.
    pub text: String,
}

/// A recorded usage.
pub async fn usage(ctx: &Context, tenant: TenantId, id: UsageId) -> Result<(Recorded, Usage), Failure> {
    let recorded = ctx.journal.entry(tenant, id.into()).await?.ok_or(Failure::NotFound("usage"))?;
    let usage = recorded.entry.usage().cloned().ok_or(Failure::NotFound("usage"))?;
    Ok((recorded, usage))
}

/// Explains a usage.
pub async fn explain(ctx: &Context, tenant: TenantId, id: UsageId) -> Result<Explanation, Failure> {
    let (recorded, usage) = self::usage(ctx, tenant, id).await?;
    let mut draws = Vec::new();
    for posting in &recorded.entry.postings {
        draws.push((grant(ctx, tenant, posting.grant).await?, posting.amount));
    }
    let catalog = ctx.catalog_of(tenant, usage.catalog_version).await?.catalog;
    let per = catalog.operation(&usage.operation).map_or(Per::Page, |known| known.per);
    let text = tell(&usage, per, &draws);
    Ok(Explanation { recorded, usage, draws, text })
}

async fn grant(ctx: &Context, tenant: TenantId, id: GrantId) -> Result<Grant, Failure> {
    ctx.journal.grant(tenant, id).await?.ok_or(Failure::NotFound("grant"))
}

fn tell(usage: &Usage, per: Per, draws: &[(Grant, Credits)]) -> String {
    let unit = match per {
        Per::Page => "page",
        Per::ChangePage => "change × page",
    };
    let plural = if usage.quantity == 1 { "" } else { "s" };
    let mut text = format!(
        "{} {unit}{plural} × {} credits ({}, catalog version {}) = {} credits",
        usage.quantity, usage.rate, usage.operation, usage.catalog_version, usage.cost
    );
    if !usage.uncollected.is_zero() {
        let _ = write!(text, ", {} not collected", usage.uncollected);
    }
    if let Some(document) = &usage.document {
        let name = usage.name.as_deref().unwrap_or("the document");
        let counted = document.rule.map_or_else(|| "as its sender counted".to_owned(), |rule| format!("by {rule}"));
        let _ = write!(text, "; {name} has {} pages, {counted}", document.pages);
    }
    if usage.failed > 0 || usage.free > 0 {
        let _ = write!(text, "; {} failed and {} uncharged units cost nothing", usage.failed, usage.free);
    }
    let from: Vec<_> = draws.iter().map(|(grant, amount)| format!("{} ({amount})", grant.label)).collect();
    if !from.is_empty() {
        let _ = write!(text, "; taken from {}", from.join(", "));
    }
    text.push('.');
    text
}
