//! Billing details of a customer, asked and told (R36).

use domain::{Billing, Locale, ParseVatIdError, Party};
use poem_openapi::Object;
use serde::Deserialize;

use crate::api::flaw::FieldCode;
use crate::api::problem::Problem;
use crate::api::wire::{CountryCode, Text, Word};

/// Who a customer is on an invoice.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct BillingRequest {
    /// The legal name; the customer's own where not said.
    name: Option<Text<255>>,
    /// Street and number, and what else stands above the city.
    #[oai(validator(max_items = "3"))]
    address: Option<Vec<Text<255>>>,
    /// The postal code.
    postal_code: Option<Text<32>>,
    /// The city.
    city: Option<Text<255>>,
    /// State or province, as the catalog's tax rates name it.
    region: Option<Text<255>>,
    /// ISO 3166-1 code of the country, which decides about tax; the seller's is taken where not said.
    country: Option<CountryCode>,
    /// The tax id. Of a country in the EU it is a VAT id with its prefix: `DE136695976`.
    tax_id: Option<Text<64>>,
    /// Why they are charged no tax, as invoices say it: `Exempt under certificate 4711`. Not said, they are charged it.
    tax_exempt: Option<Text<255>>,
    /// The language of invoices; the seller's where not said.
    locale: Option<Word<Locale>>,
}

impl BillingRequest {
    /// The details, if they can be.
    pub(crate) fn read(self) -> Result<Billing, Problem> {
        let address = self.address.unwrap_or_default();
        if address.len() > Party::MAX_ADDRESS {
            let detail = format!("At most {} lines.", Party::MAX_ADDRESS);
            return Err(Problem::field("/billing/address", FieldCode::TooLong, detail));
        }
        let billing = Billing {
            name: self.name.map(Text::into_text),
            address: address.into_iter().map(Text::into_text).collect(),
            postal_code: self.postal_code.map(Text::into_text),
            city: self.city.map(Text::into_text),
            region: self.region.map(Text::into_text),
            country: self.country.map(|country| country.0),
            tax_id: self.tax_id.map(Text::into_text),
            tax_exempt: self.tax_exempt.map(Text::into_text),
            locale: self.locale.map(|locale| locale.0),
        };
        billing.checked().map_err(|ParseVatIdError| {
            let detail = "A VAT id with the prefix of its country and right check digits, such as `DE136695976`.";
            Problem::field("/billing/tax_id", FieldCode::Malformed, detail)
        })
    }
}

/// Who a customer is on an invoice.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Billing", skip_serializing_if_is_none)]
pub(crate) struct BillingBody {
    /// The legal name, where it is not the customer's own.
    name: Option<String>,
    /// Street and number, and what else stands above the city.
    address: Option<Vec<String>>,
    /// The postal code.
    postal_code: Option<String>,
    /// The city.
    city: Option<String>,
    /// State or province.
    region: Option<String>,
    /// ISO 3166-1 code of the country.
    country: Option<CountryCode>,
    /// The tax id.
    tax_id: Option<String>,
    /// Why they are charged no tax.
    tax_exempt: Option<String>,
    /// The language of invoices.
    locale: Option<Word<Locale>>,
}

impl BillingBody {
    /// `None` where nothing is known.
    pub(crate) fn of(billing: Billing) -> Option<Self> {
        if billing.is_empty() {
            return None;
        }
        let Billing { name, address, postal_code, city, region, country, tax_id, tax_exempt, locale } = billing;
        let address = Some(address).filter(|lines| !lines.is_empty());
        let (country, locale) = (country.map(CountryCode), locale.map(Word));
        Some(Self { name, address, postal_code, city, region, country, tax_id, tax_exempt, locale })
    }
}
