//! Booking what was done for a hold (R16–R18).

use domain::rules::{self, Capture, Overage, What};
use domain::{HoldId, Instant, TenantId};
use ports::{CommandKey, Posted};

use crate::hold::post_on_hold;
use crate::{Context, Failure};

/// What to capture.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What it covers.
    pub what: What,
    /// Give the rest back and close the hold.
    pub close: bool,
    /// What becomes of units above the hold; the catalog's choice where `None`.
    pub overage: Option<Overage>,
    /// When the caller says it happened.
    pub occurred_at: Option<Instant>,
}

/// Captures from a hold: each charged line is a usage of its own.
pub async fn capture(
    ctx: &Context,
    tenant: TenantId,
    hold: HoldId,
    ask: Ask,
    key: CommandKey,
) -> Result<Posted, Failure> {
    let policies = ctx.catalog(tenant).await?.catalog.policies;
    let capture = Capture {
        what: ask.what,
        close: ask.close,
        overage: ask.overage.unwrap_or(policies.overage),
        charge_customer_fault: policies.charge_customer_fault,
        late_for: policies.late_capture_for,
        occurred_at: ask.occurred_at,
    };
    let decide = Box::new(move |draft: &mut domain::Draft| rules::capture(draft, &capture));
    post_on_hold(ctx, tenant, hold, key, decide).await
}
