//! Signing customers up: the book is opened, and the trial given, exactly once (R25).

use chrono_tz::Tz;
use domain::{Billing, ClockId, Customer, CustomerId, Draft, Mode, Tenant, rules};
use ports::{CommandKey, Decide, Opened, Opening};
use uuid::Uuid;

use crate::{Context, Failure};

/// A customer to be signed up.
#[derive(Clone, Debug, Default)]
pub struct SignUp {
    /// The operator's own id.
    pub external_id: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// Where mail goes.
    pub email: Option<String>,
    /// Where their days end; UTC where `None`.
    pub zone: Option<Tz>,
    /// The test clock that they live by.
    pub clock: Option<ClockId>,
    /// The operator's own notes.
    pub metadata: Vec<(String, String)>,
    /// Who they are on an invoice.
    pub billing: Billing,
}

/// Signs a customer up, or finds the one with the same external id.
pub async fn sign_up(
    ctx: &Context,
    tenant: &Tenant,
    sign_up: SignUp,
    key: Option<CommandKey>,
) -> Result<Opened, Failure> {
    let now = match sign_up.clock {
        Some(_) if tenant.mode == Mode::Live => return Err(Failure::TestModeOnly),
        Some(clock) => ctx.clocks.get(tenant.id, clock).await?.ok_or(Failure::NotFound("clock"))?.frozen_at,
        None => ctx.clock.now(),
    };
    let zone = sign_up.zone.unwrap_or(Tz::UTC);
    let customer = Customer {
        id: CustomerId(Uuid::from_u128(ctx.ids.id())),
        external_id: sign_up.external_id,
        name: sign_up.name,
        email: sign_up.email,
        zone,
        clock: sign_up.clock,
        created_at: now,
        metadata: sign_up.metadata,
        billing: sign_up.billing,
    };
    let catalog = ctx.catalog(tenant.id).await?.catalog;
    let decide: Decide = Box::new(move |draft: &mut Draft| rules::open(draft, &catalog, zone));
    let asked = customer.clone();
    let mut opened = ctx.ledger.open(Opening { tenant: tenant.id, customer, key, decide }).await?;
    if opened.replayed {
        // The answer given then (R40), whatever has been changed since.
        opened.customer = Customer { id: opened.customer.id, created_at: opened.customer.created_at, ..asked };
    }
    Ok(opened)
}
