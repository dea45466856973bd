//! What a customer agrees to have bought when credits run low (R34).

use domain::{BadConsent, Consent, Credits, CustomerId, Money, NoTopUp, OrderId, PaymentWay, Tenant, TenantId, TopUp};
use ports::{PayerRecord, StoreError};
use uuid::Uuid;

use super::quote::{Quote, Wanted, quote};
use super::{TURNS, payer};
use crate::balance::{View, view};
use crate::{Context, Failure};

/// What is agreed to.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The pack to buy, by code.
    pub pack: String,
    /// What one purchase costs, tax included: exactly this.
    pub amount: Money,
    /// Bought when fewer credits than this are available.
    pub below: Credits,
    /// The most that is charged in a calendar month.
    pub monthly_cap: Money,
    /// Whether the operator agrees for the customer: that offers private packs (R24).
    pub by_operator: bool,
}

/// How a customer's auto top-up stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// It; `None` where the customer never agreed to one.
    pub top_up: Option<TopUp>,
    /// What keeps it from buying, where credits run low.
    pub waits: Option<NoTopUp>,
    /// Charged in this calendar month; a purchase under way counts.
    pub charged: Option<Money>,
}

/// Switches auto top-up on. The amount has to be what the pack costs at this moment, and a payment method on file.
pub async fn agree(ctx: &Context, tenant: &Tenant, customer: CustomerId, terms: Terms) -> Result<Standing, Failure> {
    let Terms { pack, amount, below, monthly_cap, by_operator } = terms;
    if ctx.catalog(tenant.id).await?.catalog.pack(&pack).is_none() {
        return Err(Failure::invalid("/pack", "unknown", format!("the catalog has no pack {pack:?}")));
    }
    if below.is_zero() {
        return Err(Failure::invalid("/below", "out_of_range", "nobody has fewer than no credits"));
    }
    let id = OrderId(Uuid::from_u128(ctx.ids.id()));
    let quoted = quote(ctx, tenant.id, customer, id, &wanted(&pack, by_operator, Some(amount))).await?;
    payer::usable_method(ctx, tenant, customer, None).await?;
    let (zone, agreed_at) = (quoted.zone, quoted.order.created_at);
    let consent = Consent { pack, amount, below, monthly_cap, zone, agreed_at };
    change(ctx, tenant.id, customer, |before| TopUp::agree(before, consent.clone()).map(Some).map_err(refused)).await?;
    standing(ctx, tenant.id, customer).await
}

fn refused(bad: BadConsent) -> Failure {
    let pointer = match bad {
        BadConsent::NoAmount => "/amount",
        BadConsent::CapTooLow => "/monthly_cap",
    };
    Failure::invalid(pointer, "out_of_range", bad.to_string())
}

/// Switches auto top-up off. A purchase under way goes on.
pub async fn withdraw(ctx: &Context, tenant: TenantId, customer: CustomerId) -> Result<Standing, Failure> {
    if ctx.payers.payer_record(tenant, customer).await?.top_up.is_some() {
        change(ctx, tenant, customer, |before| Ok(before.map(TopUp::withdraw))).await?;
    }
    standing(ctx, tenant, customer).await
}

/// How a customer's auto top-up stands now.
pub async fn standing(ctx: &Context, tenant: TenantId, customer: CustomerId) -> Result<Standing, Failure> {
    let View { book, now, .. } = view(ctx, tenant, customer).await?;
    let Some(top_up) = ctx.payers.payer_record(tenant, customer).await?.top_up else {
        return Ok(Standing { top_up: None, waits: None, charged: None });
    };
    let id = OrderId(Uuid::from_u128(ctx.ids.id()));
    let price = offer(ctx, tenant, customer, id, &top_up).await?.map(|offer| offer.order.gross);
    let waits = top_up.begin_by(&book, price, id, now).err();
    let waits = waits.filter(|why| !matches!(why, NoTopUp::Off | NoTopUp::NotLow));
    let charged = Some(Money { minor: top_up.charged_by(now), ..top_up.consent.amount });
    Ok(Standing { top_up: Some(top_up), waits, charged })
}

/// The agreed pack as it could be ordered at this moment; `None` where it is no longer sold. Whoever agreed to a private
/// pack was offered it then.
pub(super) async fn offer(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    id: OrderId,
    top_up: &TopUp,
) -> Result<Option<Quote>, Failure> {
    match quote(ctx, tenant, customer, id, &wanted(&top_up.consent.pack, true, None)).await {
        Ok(offer) => Ok(Some(offer)),
        Err(Failure::Invalid(_) | Failure::NothingSold | Failure::Untaxable(_) | Failure::Order(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn wanted(pack: &str, by_operator: bool, seen: Option<Money>) -> Wanted {
    Wanted { packs: vec![(pack.to_owned(), 1)], way: PaymentWay::Saved, by_operator, seen }
}

/// Changes what is kept of a customer's auto top-up, which is looked at anew then.
async fn change(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    change: impl Fn(Option<TopUp>) -> Result<Option<TopUp>, Failure>,
) -> Result<(), Failure> {
    for _ in 0..TURNS {
        let record = ctx.payers.payer_record(tenant, customer).await?;
        let changed = PayerRecord { top_up: change(record.top_up.clone())?, look_at: None, ..record };
        match ctx.payers.keep_payer(tenant, customer, &changed).await {
            Err(StoreError::Conflict) => {}
            other => return other.map_err(Failure::from),
        }
    }
    Err(Failure::Changed)
}
