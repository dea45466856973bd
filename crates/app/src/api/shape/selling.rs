//! What the catalog says of selling: who sells, tax, orders, refunds.

use domain::{OrderTerms, RefundTerms, Seller, TaxRow, TaxRule};
use poem_openapi::Object;

use crate::api::wire::CountryCode;

/// Who issues invoices, and how they look.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Seller", skip_serializing_if_is_none)]
pub(crate) struct SellerBody {
    /// The legal name.
    name: String,
    /// Street and number, and what else stands above the city.
    address: Vec<String>,
    /// The postal code.
    postal_code: Option<String>,
    /// The city.
    city: Option<String>,
    /// State or province.
    region: Option<String>,
    /// ISO 3166-1 code of the country.
    country: CountryCode,
    /// The VAT id, or the tax number where there is none.
    tax_id: Option<String>,
    /// The number in a register of companies.
    registration: Option<String>,
    /// Where the seller is written to.
    email: Option<String>,
    /// What invoice numbers begin with.
    invoice_series: String,
    /// What numbers of credit notes begin with.
    credit_note_series: String,
    /// The language of invoices whose buyer has none: `en-US`.
    locale: String,
    /// The size of their pages: `a4` or `letter`.
    paper: String,
    /// A sentence below the totals of each.
    note: Option<String>,
}

impl From<&Seller> for SellerBody {
    fn from(seller: &Seller) -> Self {
        let party = seller.party.clone();
        Self {
            name: party.name,
            address: party.address,
            postal_code: party.postal_code,
            city: party.city,
            region: party.region,
            country: CountryCode(party.country),
            tax_id: party.tax_id,
            registration: party.registration,
            email: party.email,
            invoice_series: seller.invoice_series.clone(),
            credit_note_series: seller.credit_note_series.clone(),
            locale: seller.locale.tag().to_owned(),
            paper: seller.paper.word().to_owned(),
            note: seller.note.clone(),
        }
    }
}

/// A tax rate.
#[derive(Clone, Debug, Object)]
#[oai(rename = "TaxRate", skip_serializing_if_is_none)]
pub(crate) struct TaxRateBody {
    /// Its name in the catalog.
    code: String,
    /// Where it applies: ISO 3166-1.
    country: CountryCode,
    /// Only in this region, where one is named.
    region: Option<String>,
    /// In percent: `"8.875"`.
    rate: String,
    /// What people call the tax.
    label: String,
    /// The first day, `2026-07-01`; absent where it always was.
    from: Option<String>,
    /// The first day after the last; absent where none is fixed.
    until: Option<String>,
}

impl From<&TaxRow> for TaxRateBody {
    fn from(row: &TaxRow) -> Self {
        Self {
            code: row.code.clone(),
            country: CountryCode(row.country),
            region: row.region.clone(),
            rate: row.rate.to_string(),
            label: row.label.clone(),
            from: row.from.map(|day| day.to_string()),
            until: row.until.map(|day| day.to_string()),
        }
    }
}

/// How sales are taxed.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Tax", skip_serializing_if_is_none)]
pub(crate) struct TaxBody {
    /// What prices are: `exclusive` (tax is added) or `inclusive` (it is in them).
    prices: String,
    /// Where tax is rounded: once per rate and `invoice`, or on each `line`.
    rounding: String,
    /// Why the seller charges no tax at all, where that is so.
    exempt: Option<String>,
    /// The rates, in the catalog's order.
    rates: Vec<TaxRateBody>,
}

impl From<&TaxRule> for TaxBody {
    fn from(tax: &TaxRule) -> Self {
        Self {
            prices: tax.prices.word().to_owned(),
            rounding: tax.rounding.word().to_owned(),
            exempt: tax.seller_exempt.clone(),
            rates: tax.rates.iter().map(TaxRateBody::from).collect(),
        }
    }
}

/// How long orders wait for their payment, as ISO 8601 durations.
#[derive(Clone, Debug, Object)]
#[oai(rename = "OrderTerms")]
pub(crate) struct OrderTermsBody {
    /// For one at the provider.
    unpaid_for: String,
    /// For one that the operator books by hand.
    manual_for: String,
}

impl From<OrderTerms> for OrderTermsBody {
    fn from(terms: OrderTerms) -> Self {
        Self { unpaid_for: terms.unpaid_for.to_string(), manual_for: terms.manual_for.to_string() }
    }
}

/// When customers can have their money back by themselves.
#[derive(Clone, Debug, Object)]
#[oai(rename = "RefundTerms", skip_serializing_if_is_none)]
pub(crate) struct RefundTermsBody {
    /// Only for a customer's first purchase.
    first_purchase_only: bool,
    /// For so long after the purchase, as an ISO 8601 duration; absent where as long as there are credits.
    within: Option<String>,
    /// While less than so many percent are used; absent where however many.
    used_under_percent: Option<u8>,
}

impl From<RefundTerms> for RefundTermsBody {
    fn from(terms: RefundTerms) -> Self {
        Self {
            first_purchase_only: terms.first_purchase_only,
            within: terms.within.map(|span| span.to_string()),
            used_under_percent: terms.used_under_percent,
        }
    }
}
