//! `folio keys`.

use clap::{Args, Subcommand};
use domain::{CustomerId, Instant, KeyId, Span, Tenant};
use ports::{ApiKey, PageAsk};
use serde_json::json;
use service::{Context, key};
use uuid::Uuid;

use super::database::{self, Database};
use super::exit::{Exit, usage};
use super::output::{self, Column, Format};
use super::value;
use crate::http::key::{Secret, mint};
use crate::http::scope::Scope;

/// Make, list and revoke API keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a key, which is shown once.
    Create {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        new: New,
    },
    /// List a tenant's keys.
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Stop a key for good.
    Revoke {
        #[command(flatten)]
        of: Of,
        /// The key's id, as `folio keys list` shows it.
        id: KeyId,
    },
}

/// Whose keys.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The tenant, by name or id.
    #[arg(long, env = "FOLIO_TENANT", value_name = "TENANT")]
    tenant: String,
    #[command(flatten)]
    database: Database,
}

/// A key to be made.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The customer whose own key it is, by id or external id; an operator's where none is named.
    #[arg(long, env = "FOLIO_KEYS_CUSTOMER", value_name = "CUSTOMER")]
    customer: Option<String>,
    /// What it may do: by default everything, with a customer's own key only read.
    #[arg(long, env = "FOLIO_KEYS_SCOPES", value_delimiter = ',', value_parser = value::scope, value_name = "SCOPE,…")]
    scopes: Vec<Scope>,
    /// What to call it.
    #[arg(long, env = "FOLIO_KEYS_NAME", default_value = "key", value_parser = value::name)]
    name: String,
    /// How long it works: P30D, PT12H; for good where nothing is said.
    #[arg(long, env = "FOLIO_KEYS_EXPIRES_IN", value_parser = value::span, value_name = "DURATION")]
    expires_in: Option<Span>,
}

impl Keys {
    pub(crate) async fn run(self, format: Format) -> anyhow::Result<Exit> {
        match self {
            Self::Create { of: Of { tenant, database }, new } => {
                let create = async |ctx: &Context| create(ctx, &database::tenant(ctx, &tenant).await?, new).await;
                let (key, secret) = database.with(create).await?;
                show_created(&key, &secret, format)
            }
            Self::List { of: Of { tenant, database } } => {
                let read = async |ctx: &Context| {
                    let tenant = database::tenant(ctx, &tenant).await?;
                    Ok((all(ctx, &tenant).await?, ctx.clock.now()))
                };
                let (keys, now) = database.with(read).await?;
                list(&keys, now, format)
            }
            Self::Revoke { of: Of { tenant, database }, id } => {
                let revoke = async |ctx: &Context| {
                    let tenant = database::tenant(ctx, &tenant).await?;
                    let revoked = ctx.keys.revoke(tenant.id, id, ctx.clock.now()).await?;
                    revoked.ok_or_else(|| anyhow::anyhow!("tenant {} has no key {id}", tenant.name))
                };
                let key = database.with(revoke).await?;
                match format {
                    Format::Json => output::json(&shown(&key, key.created_at))?,
                    Format::Table => output::data(format_args!("{id} is revoked"))?,
                }
                Ok(Exit::Done)
            }
        }
    }
}

/// Makes a key of a tenant.
async fn create(ctx: &Context, tenant: &Tenant, new: New) -> anyhow::Result<(ApiKey, Secret)> {
    let customer = match &new.customer {
        Some(named) => Some(database::customer(ctx, tenant, named).await?),
        None => None,
    };
    let end = |span: Span| span.after(ctx.clock.now()).ok_or_else(|| usage("--expires-in: past the calendar's end"));
    let expires_at = new.expires_in.map(end).transpose()?;
    let scopes = if new.scopes.is_empty() { Scope::defaults(customer.is_some()) } else { &new.scopes };
    let (mut key, secret) = minted(ctx, tenant, customer, scopes, new.name);
    key.expires_at = expires_at;
    key::create(ctx, key.clone(), None).await?;
    Ok((key, secret))
}

/// A fresh key of a tenant, not kept yet.
pub(crate) fn minted(
    ctx: &Context,
    tenant: &Tenant,
    customer: Option<CustomerId>,
    scopes: &[Scope],
    name: String,
) -> (ApiKey, Secret) {
    let minted = mint(tenant.mode, customer.is_some(), ctx.ids.as_ref());
    let key = ApiKey {
        id: KeyId(Uuid::from_u128(ctx.ids.id())),
        tenant: tenant.id,
        customer,
        name,
        scopes: scopes.iter().map(|scope| scope.word().to_owned()).collect(),
        hash: minted.hash,
        hint: minted.hint,
        created_at: ctx.clock.now(),
        expires_at: None,
        revoked_at: None,
    };
    (key, minted.secret)
}

async fn all(ctx: &Context, tenant: &Tenant) -> anyhow::Result<Vec<ApiKey>> {
    let mut ask = PageAsk { cursor: None, limit: 100, oldest_first: true };
    let mut keys = Vec::new();
    loop {
        let page = ctx.keys.list(tenant.id, &ask).await?;
        keys.extend(page.items);
        if page.next.is_none() {
            return Ok(keys);
        }
        ask.cursor = page.next;
    }
}

fn show_created(key: &ApiKey, secret: &Secret, format: Format) -> anyhow::Result<Exit> {
    let secret = secret.reveal();
    match format {
        Format::Json => output::json(&json!({"id": key.id.to_string(), "key": secret}))?,
        Format::Table => {
            output::data(format_args!("Id   {}\nKey  {secret}", key.id))?;
            output::note("The key is shown only now: keep it.");
        }
    }
    Ok(Exit::Done)
}

fn list(keys: &[ApiKey], now: Instant, format: Format) -> anyhow::Result<Exit> {
    if format == Format::Json {
        output::json(&keys.iter().map(|key| shown(key, now)).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let rows = keys.iter().map(|key| {
        let owner = key.customer.map_or_else(|| "operator".to_owned(), |customer| customer.to_string());
        let all = key.scopes.len() == Scope::ALL.len();
        let scopes = if all { "all".to_owned() } else { key.scopes.join(",") };
        let (made, state) = (output::minute(key.created_at), state(key, now).to_owned());
        [key.id.to_string(), key.name.clone(), format!("…{}", key.hint), owner, scopes, made, state]
    });
    let columns = ["Id", "Name", "Key", "Whose", "Scopes", "Made", "State"].map(Column::Left);
    output::data(output::table(&columns, rows))?;
    Ok(Exit::Done)
}

fn shown(key: &ApiKey, now: Instant) -> serde_json::Value {
    json!({
        "id": key.id.to_string(), "name": key.name, "hint": key.hint, "scopes": key.scopes,
        "customer": key.customer.map(|customer| customer.to_string()), "state": state(key, now),
        "created_at": output::time(key.created_at), "expires_at": key.expires_at.map(output::time),
        "revoked_at": key.revoked_at.map(output::time),
    })
}

fn state(key: &ApiKey, now: Instant) -> &'static str {
    match (key.revoked_at, key.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        (None, _) => "active",
    }
}
