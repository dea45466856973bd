//! Asking for charges: each try is an order.

use domain::{
    Catalog, Charge, ChargeFor, ChargeTry, Instant, NewChargeOrder, Order, OrderId, OrderTerms, PaymentWay,
    Subscription, TaxTotal, TaxTreatment, Tenant, TenantId,
};
use ports::{KeptSubscription, StoreError};

use super::lines::sales;
use crate::order::{self, Quote};
use crate::{Context, Failure, Priced};

/// What a charge comes to with its tax, for the customer and at the catalog of the moment.
pub(super) async fn bill(
    ctx: &Context,
    tenant: TenantId,
    subscription: &Subscription,
    charge: &Charge,
    way: PaymentWay,
    id: OrderId,
) -> Result<Quote, Failure> {
    let found = ctx.customers.get(tenant, subscription.customer).await?.ok_or(Failure::NotFound("customer"))?;
    let now = found.now(ctx.clock.now());
    let customer = found.customer;
    let Priced { version, catalog } = ctx.catalog(tenant).await?;
    let seller = catalog.seller.as_ref().ok_or(Failure::NothingSold)?;
    let home = seller.party.country;
    let locale = customer.billing.locale.unwrap_or(seller.locale);
    let sales = |treatment: &TaxTreatment| sales(subscription, charge, treatment, locale, now);
    let (taxed, taxes) = order::taxed(&catalog, home, &customer.billing.taxpayer(home), now, sales)?;
    let sum = |of: fn(&TaxTotal) -> i64| taxed.totals.iter().map(of).fold(0_i64, i64::saturating_add);
    let money = |minor| domain::Money { minor, ..charge.amount };
    let new = NewChargeOrder {
        id,
        customer: customer.id,
        charge: ChargeTry { subscription: subscription.id, number: charge.number, attempt: charge.attempt },
        net: money(sum(|row| row.net.minor)),
        tax: money(sum(|row| row.tax.minor)),
        way,
        catalog_version: version,
        terms: terms(&catalog, charge, now),
    };
    Ok(Quote {
        order: Order::for_charge(&new, now).map_err(Failure::Order)?,
        taxed,
        taxes,
        buyer: customer.billing.buyer(&customer, home),
        locale,
        zone: customer.zone,
        clock: customer.clock,
        back: catalog.links.upgrade.clone().or_else(|| catalog.links.top_up.clone()),
    })
}

/// How long the order of a charge may wait. One that is booked by hand waits for as long as a declined one would be tried
/// again: after that it counts as declined (R28).
fn terms(catalog: &Catalog, charge: &Charge, now: Instant) -> OrderTerms {
    let (orders, dunned) = (catalog.orders, catalog.subscriptions.dunning.end_after);
    let shorter = charge.reason != ChargeFor::Start && dunned.after(now) < orders.manual_for.after(now);
    if shorter { OrderTerms { manual_for: dunned, ..orders } } else { orders }
}

/// Places the order of a charge, once.
pub(super) async fn place(
    ctx: &Context,
    tenant: &Tenant,
    kept: &KeptSubscription,
    id: OrderId,
    charge: &Charge,
) -> Result<(), Failure> {
    let bill = bill(ctx, tenant.id, &kept.subscription, charge, kept.way, id).await?;
    let method = match kept.way {
        PaymentWay::Saved => {
            order::method_to_charge(ctx, tenant, kept.subscription.customer, kept.method.clone()).await?
        }
        PaymentWay::Checkout | PaymentWay::Manual => None,
    };
    let back = kept.return_url.clone().or_else(|| bill.back.clone().filter(|_| kept.way == PaymentWay::Checkout));
    let placed = order::fresh(ctx, bill, method, back)?;
    match ctx.orders.place(tenant.id, &placed, None).await {
        Ok(()) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
