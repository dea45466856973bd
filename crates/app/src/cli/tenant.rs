//! `folio tenant`.

use clap::Subcommand;
use domain::{Mode, Tenant as Made, TenantId};
use ports::StoreError;
use serde_json::json;
use service::Context;
use uuid::Uuid;

use super::database::Database;
use super::exit::Exit;
use super::output::{self, Column, Format};
use super::{catalog, keys, value};
use crate::http::key::Secret;
use crate::http::scope::Scope;

/// Make and list tenants.
#[derive(Debug, Subcommand)]
pub(crate) enum Tenant {
    /// Make a tenant with its catalog and its first operator key, which is shown once.
    Create {
        /// What to call it.
        #[arg(value_parser = value::name)]
        name: String,
        /// Its catalog: perfectparser, flexocr, or a file.
        #[arg(long, env = "FOLIO_TENANT_CATALOG", value_name = "CATALOG")]
        catalog: String,
        /// test, for trying, with clocks that can be moved; or live.
        #[arg(long, env = "FOLIO_TENANT_MODE", value_parser = value::mode, value_name = "MODE")]
        mode: Mode,
        #[command(flatten)]
        database: Database,
    },
    /// List the tenants.
    List {
        #[command(flatten)]
        database: Database,
    },
}

impl Tenant {
    pub(crate) async fn run(self, format: Format) -> anyhow::Result<Exit> {
        match self {
            Self::Create { name, catalog, mode, database } => {
                let text = catalog::valid(&catalog)?;
                let (made, secret) = database.open_with(async |ctx| create(ctx, &name, mode, &text).await).await?;
                show_created(&made, &secret, format)
            }
            Self::List { database } => {
                let tenants = database.with(async |ctx| Ok(ctx.tenants.all().await?)).await?;
                list(&tenants, format)
            }
        }
    }
}

/// Makes a tenant with an operator key that may do everything.
pub(crate) async fn create(ctx: &Context, name: &str, mode: Mode, catalog: &str) -> anyhow::Result<(Made, Secret)> {
    let created_at = ctx.clock.now();
    let tenant = Made { id: TenantId(Uuid::from_u128(ctx.ids.id())), name: name.to_owned(), mode, created_at };
    let (key, secret) = keys::minted(ctx, &tenant, None, &Scope::ALL, "first key".to_owned());
    match ctx.tenants.create(&tenant, catalog, &key).await {
        Ok(()) => Ok((tenant, secret)),
        Err(StoreError::Conflict) => anyhow::bail!("there is a tenant {name:?} already"),
        Err(error) => Err(error.into()),
    }
}

fn show_created(tenant: &Made, secret: &Secret, format: Format) -> anyhow::Result<Exit> {
    let (name, mode, key) = (&tenant.name, tenant.mode.word(), secret.reveal());
    match format {
        Format::Json => output::json(&json!({"tenant": name, "id": tenant.id.to_string(), "mode": mode, "key": key}))?,
        Format::Table => {
            output::data(format_args!("Tenant  {name} ({mode} mode)\nKey     {key}"))?;
            output::note("The key is shown only now: keep it.");
        }
    }
    Ok(Exit::Done)
}

fn list(tenants: &[Made], format: Format) -> anyhow::Result<Exit> {
    if format == Format::Json {
        let tenant = |tenant: &Made| {
            json!({
                "id": tenant.id.to_string(), "name": tenant.name, "mode": tenant.mode.word(),
                "created_at": output::time(tenant.created_at),
            })
        };
        output::json(&tenants.iter().map(tenant).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let rows = tenants.iter().map(|tenant| {
        let made = output::minute(tenant.created_at);
        [tenant.name.clone(), tenant.mode.word().to_owned(), made, tenant.id.to_string()]
    });
    let columns = [Column::Left("Name"), Column::Left("Mode"), Column::Left("Made"), Column::Left("Id")];
    output::data(output::table(&columns, rows))?;
    Ok(Exit::Done)
}
