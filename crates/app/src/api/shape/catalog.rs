//! The catalog and its offers.

use domain::{Catalog, Operation, Pack, Plan, UnitPrice};
use poem_openapi::Object;
use ports::Published;
use service::catalog::Change;

use super::{OrderTermsBody, RefundTermsBody, SellerBody, TaxBody};
use crate::api::wire::{CreditsText, MoneyBody, SpanText, Time};

/// A priced kind of work.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Operation")]
pub(crate) struct OperationBody {
    /// What calls name it.
    pub(crate) code: String,
    /// What people call it.
    pub(crate) label: String,
    /// `page` or `change_page`.
    pub(crate) per: String,
    /// Credits per unit; `"0"` for a free one.
    pub(crate) unit_cost: CreditsText,
}

impl From<&Operation> for OperationBody {
    fn from(operation: &Operation) -> Self {
        Self {
            code: operation.code.clone(),
            label: operation.label.clone(),
            per: operation.per.word().to_owned(),
            unit_cost: operation.rate.into(),
        }
    }
}

/// What one credit of a pack costs: for showing, never for billing.
#[derive(Clone, Debug, Object)]
#[oai(rename = "UnitPrice")]
pub(crate) struct UnitPriceBody {
    /// Floored to 3 decimals, with the currency's sign: `$0.075`.
    pub(crate) display: String,
    /// The same without the sign.
    pub(crate) shown: String,
    /// The value itself, to 12 decimals.
    pub(crate) exact: String,
}

impl From<UnitPrice> for UnitPriceBody {
    fn from(price: UnitPrice) -> Self {
        Self { display: price.display(), shown: price.shown(), exact: price.exact() }
    }
}

/// Credits sold once.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Pack", skip_serializing_if_is_none)]
pub(crate) struct PackBody {
    /// What calls name it.
    pub(crate) code: String,
    /// What people call it.
    pub(crate) label: String,
    /// Credits that it brings.
    pub(crate) credits: u32,
    /// What it costs.
    pub(crate) price: MoneyBody,
    /// What one credit of it costs.
    pub(crate) unit_price: Option<UnitPriceBody>,
    /// How long its credits last, as an ISO 8601 duration; absent where for ever.
    pub(crate) expires_after: Option<String>,
    /// Not listed: offered to single customers.
    pub(crate) private: bool,
}

impl From<&Pack> for PackBody {
    fn from(pack: &Pack) -> Self {
        Self {
            code: pack.code.clone(),
            label: pack.label.clone(),
            credits: pack.credits,
            price: pack.price.into(),
            unit_price: pack.unit_price().map(UnitPriceBody::from),
            expires_after: pack.validity.0.map(|span| span.to_string()),
            private: pack.private,
        }
    }
}

/// A recurring offer.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Plan", skip_serializing_if_is_none)]
pub(crate) struct PlanBody {
    /// What calls name it.
    pub(crate) code: String,
    /// What people call it.
    pub(crate) label: String,
    /// Credits each time that it gives some: see `grants_every`.
    pub(crate) credits: u32,
    /// Money a period.
    pub(crate) price: MoneyBody,
    /// Months in a period.
    pub(crate) months: u32,
    /// How long a period is, as an ISO 8601 duration.
    pub(crate) every: SpanText,
    /// How often it gives its credits: once a period, or oftener.
    pub(crate) grants_every: SpanText,
    /// How many further times for which what is left of its credits stays; 0: none.
    pub(crate) rollover: u8,
    /// How long it can be tried for nothing, once a customer.
    pub(crate) trial_for: Option<SpanText>,
    /// Not listed: offered to single customers.
    pub(crate) private: bool,
}

impl From<&Plan> for PlanBody {
    fn from(plan: &Plan) -> Self {
        Self {
            code: plan.code.clone(),
            label: plan.label.clone(),
            credits: plan.credits,
            price: plan.price.into(),
            months: plan.months,
            every: SpanText::months(plan.months),
            grants_every: SpanText::months(plan.grants_every),
            rollover: plan.rollover,
            trial_for: plan.trial_for.map(SpanText::from),
            private: plan.private,
        }
    }
}

/// A version of the catalog.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Catalog", skip_serializing_if_is_none)]
pub(crate) struct CatalogBody {
    /// Which version; it is the `ETag`.
    pub(crate) version: u32,
    /// When it was applied.
    pub(crate) applied_at: Time,
    /// The product's name.
    pub(crate) name: String,
    /// What money is counted in.
    pub(crate) currency: String,
    /// The price list.
    pub(crate) operations: Vec<OperationBody>,
    /// The packs, private ones too.
    pub(crate) packs: Vec<PackBody>,
    /// The plans.
    pub(crate) plans: Vec<PlanBody>,
    /// Credits at signup.
    pub(crate) trial_credits: Option<CreditsText>,
    /// Credits every month.
    pub(crate) free_tier_credits: Option<CreditsText>,
    /// Who issues invoices.
    pub(crate) seller: Option<SellerBody>,
    /// How sales are taxed.
    pub(crate) tax: TaxBody,
    /// How long orders wait for their payment.
    pub(crate) orders: OrderTermsBody,
    /// When customers can have their money back by themselves; absent where never.
    pub(crate) refunds: Option<RefundTermsBody>,
    /// The catalog file, to the letter.
    pub(crate) toml: String,
}

impl CatalogBody {
    /// A published catalog.
    pub(crate) fn of(published: &Published, catalog: &Catalog) -> Self {
        Self {
            version: published.version,
            applied_at: published.applied_at.into(),
            name: catalog.name.clone(),
            currency: catalog.currency.code().to_owned(),
            operations: catalog.operations.iter().map(OperationBody::from).collect(),
            packs: catalog.packs.iter().map(PackBody::from).collect(),
            plans: catalog.plans.iter().map(PlanBody::from).collect(),
            trial_credits: catalog.trial.as_ref().map(|trial| trial.credits.into()),
            free_tier_credits: catalog.free_tier.as_ref().map(|tier| tier.credits.into()),
            seller: catalog.seller.as_ref().map(SellerBody::from),
            tax: TaxBody::from(&catalog.tax),
            orders: catalog.orders.into(),
            refunds: catalog.refunds.map(RefundTermsBody::from),
            toml: published.text.clone(),
        }
    }
}

/// A catalog, put in force.
#[derive(Clone, Debug, Object)]
pub(crate) struct AppliedBody {
    /// Its version.
    pub(crate) version: u32,
    /// When it was applied.
    pub(crate) applied_at: Time,
}

impl From<&Published> for AppliedBody {
    fn from(published: &Published) -> Self {
        Self { version: published.version, applied_at: published.applied_at.into() }
    }
}

/// One difference between two catalogs.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Change", skip_serializing_if_is_none)]
pub(crate) struct ChangeBody {
    /// Where: a JSON pointer.
    pub(crate) pointer: String,
    /// `added`, `removed` or `changed`.
    pub(crate) kind: String,
    /// What it was.
    pub(crate) before: Option<String>,
    /// What it becomes.
    pub(crate) after: Option<String>,
}

impl From<&Change> for ChangeBody {
    fn from(change: &Change) -> Self {
        Self {
            pointer: change.pointer.clone(),
            kind: change.kind.word().to_owned(),
            before: change.before.clone(),
            after: change.after.clone(),
        }
    }
}

/// What a catalog would change.
#[derive(Clone, Debug, Object)]
pub(crate) struct DiffBody {
    /// The version in force.
    pub(crate) base: u32,
    /// The differences; none where the catalogs say the same.
    pub(crate) changes: Vec<ChangeBody>,
}
