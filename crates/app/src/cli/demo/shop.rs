//! A tenant of the demo, with its one customer.

use domain::{Catalog, Customer, Mode, Tenant};
use ports::CommandKey;
use service::customer::{SignUp, sign_up};
use service::{Context, balance, key};

use crate::cli::{keys, tenant};
use crate::http::key::Secret;
use crate::http::scope::Scope;

/// The customer's external id in every tenant.
pub(crate) const CUSTOMER: &str = "ada";

/// A tenant of the demo.
pub(crate) struct Shop {
    /// The tenant.
    pub(crate) tenant: Tenant,
    /// Its catalog in force.
    pub(crate) catalog: std::sync::Arc<Catalog>,
    /// Its customer.
    pub(crate) customer: Customer,
    /// How long the customer's journal was when the show began.
    pub(crate) from: u64,
    /// A key to try.
    pub(crate) secret: Secret,
}

impl Shop {
    /// Makes the tenant and its customer, or finds them from an earlier show; then the key is a new one.
    pub(crate) async fn open(ctx: &Context, name: &str, catalog: &str) -> anyhow::Result<Self> {
        let (tenant, secret) = match ctx.tenants.find(name).await? {
            None => tenant::create(ctx, name, Mode::Test, catalog).await?,
            Some(tenant) => {
                anyhow::ensure!(tenant.mode == Mode::Test, "tenant {name} is live: the demo leaves it alone");
                let secret = another_key(ctx, &tenant).await?;
                (tenant, secret)
            }
        };
        let catalog = ctx.catalog(tenant.id).await?.catalog;
        let known = ctx.customers.resolve(tenant.id, &domain::CustomerRef::parse(CUSTOMER)).await?;
        let from = match known {
            Some(customer) => balance::view(ctx, tenant.id, customer).await?.book.sequence,
            None => 0,
        };
        let who = SignUp {
            external_id: Some(CUSTOMER.to_owned()),
            name: Some("Ada".to_owned()),
            email: Some("ada@example.com".to_owned()),
            ..SignUp::default()
        };
        let customer = sign_up(ctx, &tenant, who, None).await?.customer;
        Ok(Self { tenant, catalog, customer, from, secret })
    }

    /// What the customer has now.
    pub(crate) async fn balance(&self, ctx: &Context) -> anyhow::Result<domain::Balance> {
        Ok(balance::view(ctx, self.tenant.id, self.customer.id).await?.book.balance())
    }
}

async fn another_key(ctx: &Context, tenant: &Tenant) -> anyhow::Result<Secret> {
    let (key, secret) = keys::minted(ctx, tenant, None, &Scope::ALL, "demo".to_owned());
    key::create(ctx, key, None).await?;
    Ok(secret)
}

/// A key for a command that happens once.
pub(crate) fn once(ctx: &Context) -> CommandKey {
    CommandKey { text: format!("demo-{:032x}", ctx.ids.id()), fingerprint: 0 }
}
