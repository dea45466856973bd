//! What an order would come to, at the terms of the moment.

use chrono_tz::Tz;
use domain::{
    Catalog, Country, Customer, CustomerId, Instant, Locale, Money, NewLine, NewOrder, Order, OrderId, Pack, Party,
    PaymentWay, Sale, TaxTreatment, Taxed, Taxpayer, TenantId, Untaxable,
};
use ports::CustomerBook;

use crate::{Context, Failure, Priced};

/// What a customer wants to buy.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Packs, by code, and how many of each.
    pub packs: Vec<(String, u32)>,
    /// How it will be paid.
    pub way: PaymentWay,
    /// Whether the operator asks: that offers private packs (R24).
    pub by_operator: bool,
    /// What the customer agreed to pay, tax included; `None` where no preview was shown.
    pub seen: Option<Money>,
}

/// An order that could be placed now.
#[derive(Clone, Debug)]
pub struct Quote {
    /// The order.
    pub order: Order,
    /// Its lines with their tax.
    pub taxed: Taxed,
    /// The tax of each of those lines.
    pub taxes: Vec<Money>,
    /// Who would buy.
    pub buyer: Party,
    /// In which language its invoice would be.
    pub locale: Locale,
    /// The customer's own time zone.
    pub zone: Tz,
    /// Their test clock.
    pub clock: Option<domain::ClockId>,
    /// Where they come back to from the provider's page, unless they say.
    pub back: Option<String>,
}

/// What an order would come to. Nothing is written.
pub async fn preview(ctx: &Context, tenant: TenantId, customer: CustomerId, wanted: &Wanted) -> Result<Quote, Failure> {
    quote(ctx, tenant, customer, OrderId(uuid::Uuid::from_u128(ctx.ids.id())), wanted).await
}

pub(super) async fn quote(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    id: OrderId,
    wanted: &Wanted,
) -> Result<Quote, Failure> {
    let CustomerBook { customer, frozen_at, .. } =
        ctx.customers.get(tenant, customer).await?.ok_or(Failure::NotFound("customer"))?;
    let Priced { version, catalog } = ctx.catalog(tenant).await?;
    let seller = catalog.seller.as_ref().ok_or(Failure::NothingSold)?;
    let now = frozen_at.unwrap_or_else(|| ctx.clock.now());
    let home = seller.party.country;
    // Who gave no country is taken to be in the seller's, though in no region of it.
    let (buyer, taxpayer) = (customer.billing.buyer(&customer, home), customer.billing.taxpayer(home));
    let packs = packs(&catalog, &wanted.packs)?;
    let (taxed, lines) = tax(&catalog, home, &taxpayer, &packs, now)?;
    let new = NewOrder {
        id,
        customer: customer.id,
        zone: customer.zone,
        lines,
        way: wanted.way,
        offered: wanted.by_operator,
        seen: wanted.seen,
        catalog_version: version,
        terms: catalog.orders,
    };
    let taxes = new.lines.iter().map(|line| line.tax).collect();
    let order = Order::place(&new, now).map_err(Failure::Order)?;
    let locale = customer.billing.locale.unwrap_or(seller.locale);
    let back = catalog.links.top_up.clone().or_else(|| catalog.links.upgrade.clone());
    Ok(Quote { order, taxed, taxes, buyer, locale, zone: customer.zone, clock: customer.clock, back })
}

fn packs<'c>(catalog: &'c Catalog, wanted: &[(String, u32)]) -> Result<Vec<(&'c Pack, u32)>, Failure> {
    let unknown = |place: usize, code: &str| {
        Failure::invalid(format!("/packs/{place}/pack"), "unknown", format!("the catalog has no pack {code:?}"))
    };
    let found = wanted.iter().enumerate().map(|(place, (code, quantity))| {
        let pack = catalog.pack(code).ok_or_else(|| unknown(place, code))?;
        Ok((pack, *quantity))
    });
    found.collect()
}

/// The packs with their tax: together, as an invoice says them, and each for itself.
fn tax<'c>(
    catalog: &Catalog,
    home: Country,
    buyer: &Taxpayer,
    packs: &[(&'c Pack, u32)],
    now: Instant,
) -> Result<(Taxed, Vec<NewLine<'c>>), Failure> {
    if packs.iter().any(|(_, quantity)| *quantity == 0) || packs.is_empty() {
        return Err(Failure::Order(domain::OrderRefusal::NothingToBuy));
    }
    let sales =
        |treatment: &TaxTreatment| packs.iter().map(|(pack, quantity)| sale(pack, *quantity, treatment)).collect();
    let (taxed, taxes) = taxed(catalog, home, buyer, now, sales)?;
    let lines = packs.iter().zip(taxed.lines.iter().zip(taxes));
    let lines = lines
        .map(|((pack, quantity), (line, tax))| NewLine { pack, quantity: *quantity, net: line.net, tax })
        .collect();
    Ok((taxed, lines))
}

fn sale(pack: &Pack, quantity: u32, treatment: &TaxTreatment) -> Sale {
    let (description, treatment) = (pack.label.clone(), treatment.clone());
    Sale { description, quantity, unit_price: pack.price, treatment }
}

/// What a pack would cost this customer now, net of tax. Where the catalog names no seller, nothing is taxed.
pub(crate) fn net_price(catalog: &Catalog, customer: &Customer, pack: &Pack, now: Instant) -> Result<Money, Failure> {
    let Some(seller) = &catalog.seller else { return Ok(pack.price) };
    let home = seller.party.country;
    let sales = |treatment: &TaxTreatment| vec![sale(pack, 1, treatment)];
    let (taxed, _) = taxed(catalog, home, &customer.billing.taxpayer(home), now, sales)?;
    Ok(taxed.lines.first().map_or(pack.price, |line| line.net))
}

/// Sales with their tax at this instant: as an invoice says them, and the tax on each.
pub(crate) fn taxed(
    catalog: &Catalog,
    home: Country,
    buyer: &Taxpayer,
    now: Instant,
    sales: impl Fn(&TaxTreatment) -> Vec<Sale>,
) -> Result<(Taxed, Vec<Money>), Failure> {
    let treatment = catalog.tax.treatment(home, buyer, now.date_naive());
    let sales = sales(&treatment.map_err(|error| Failure::Untaxable(error.to_string()))?);
    let untaxable = |error: Untaxable| Failure::Untaxable(error.to_string());
    let taxed = catalog.tax.tax(&sales).map_err(untaxable)?;
    let taxes = catalog.tax.line_taxes(&sales).map_err(untaxable)?;
    Ok((taxed, taxes))
}
