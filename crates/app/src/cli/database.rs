//! The database that a command works on.

use std::fmt;
use std::path::Path;

use anyhow::bail;
use clap::Args;
use domain::{CustomerId, CustomerRef, Tenant};
use service::Context;
use storage::ConnectError;

use crate::wire::{Wired, wire, without_password};

/// The database that a command works on.
#[derive(Debug, Args)]
pub(crate) struct Database {
    #[arg(
        long,
        help = "The database: sqlite://FILE or postgres://…",
        env = "FOLIO_DATABASE",
        hide_env_values = true,
        default_value = "sqlite://folio.db",
        value_name = "URL"
    )]
    pub(crate) database: String,
}

/// The database server does not answer.
#[derive(Debug)]
pub(crate) struct Unreachable {
    place: String,
    cause: String,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database server does not answer at {}: {}", self.place, self.cause)
    }
}

impl Database {
    /// Opens it; a file that is not there is made.
    pub(crate) async fn open(&self) -> anyhow::Result<Wired> {
        wire(&self.database).await.map_err(|error| match error.downcast_ref() {
            Some(ConnectError::Database(_)) if self.file().is_none() => {
                let (place, cause) = (without_password(&self.database), error.root_cause().to_string());
                anyhow::Error::msg(Unreachable { place, cause })
            }
            _ => error,
        })
    }

    /// Works on a database that is there already, and closes it.
    pub(crate) async fn with<T>(&self, work: impl AsyncFnOnce(&Context) -> anyhow::Result<T>) -> anyhow::Result<T> {
        if let Some(file) = self.file().filter(|file| !file.exists()) {
            bail!("there is no database at {}: `folio tenant create` makes one", file.display());
        }
        self.open_with(work).await
    }

    /// The same; a file that is not there is made.
    pub(crate) async fn open_with<T>(
        &self,
        work: impl AsyncFnOnce(&Context) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let Wired { ctx, store, .. } = self.open().await?;
        let done = work(&ctx).await;
        store.close().await;
        done
    }

    /// The file behind it, where that is what it is.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.database.strip_prefix("sqlite://").map(Path::new)
    }
}

/// The tenant with this name or id.
pub(crate) async fn tenant(ctx: &Context, name_or_id: &str) -> anyhow::Result<Tenant> {
    if let Some(tenant) = ctx.tenants.find(name_or_id).await? {
        return Ok(tenant);
    }
    let names: Vec<_> = ctx.tenants.all().await?.into_iter().map(|tenant| tenant.name).take(10).collect();
    match names.as_slice() {
        [] => bail!("there is no tenant yet: `folio tenant create` makes one"),
        names => bail!("there is no tenant {name_or_id:?}; there is {}", names.join(", ")),
    }
}

/// The customer with this id or external id.
pub(crate) async fn customer(ctx: &Context, tenant: &Tenant, named: &str) -> anyhow::Result<CustomerId> {
    let found = ctx.customers.resolve(tenant.id, &CustomerRef::parse(named)).await?;
    found.ok_or_else(|| anyhow::anyhow!("tenant {} has no customer {named:?}", tenant.name))
}
