//! Putting a catalog in force (R21).

use domain::TenantId;
use ports::{Applied, Published};

use crate::catalog::{self, Change};
use crate::once::{Kept, or_replay, replay};
use crate::{Context, Failure, Once};

/// What a new catalog would change.
pub async fn diff(ctx: &Context, tenant: TenantId, text: &str) -> Result<(u32, Vec<Change>), Failure> {
    let new = catalog::parse(text).map_err(Failure::CatalogInvalid)?;
    let old = ctx.catalog(tenant).await?;
    Ok((old.version, catalog::diff(&old.catalog, &new)))
}

/// Validates a catalog as a whole and puts it in force, if `base` still is (the one now in force where `None`).
pub async fn apply(
    ctx: &Context,
    tenant: TenantId,
    base: Option<u32>,
    text: &str,
    once: Option<Once<'_, Published>>,
) -> Result<Kept<Published>, Failure> {
    if let Some(reply) = replay(ctx, tenant, once.as_ref()).await? {
        return Ok(Kept::Before(reply));
    }
    catalog::parse(text).map_err(Failure::CatalogInvalid)?;
    let base = match base {
        Some(base) => base,
        None => ctx.catalogs.version(tenant).await?.ok_or(Failure::NotFound("catalog"))?,
    };
    let published = Published { version: base.saturating_add(1), text: text.to_owned(), applied_at: ctx.clock.now() };
    let reply = once.as_ref().map(|once| once.reply(&published));
    let applied = ctx.catalogs.apply(tenant, base, text, published.applied_at, reply.as_ref()).await;
    ctx.in_force.forget(tenant);
    match applied {
        Ok(Applied::Version(_)) => Ok(Kept::Done(published)),
        Ok(Applied::Stale(version)) => Err(Failure::Stale(version)),
        Err(error) => or_replay(ctx, tenant, once.as_ref(), error).await.map(Kept::Before),
    }
}
