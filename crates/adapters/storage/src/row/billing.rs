//! Billing details, as JSON.

use domain::{Billing, Country, Locale};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::{damaged, from_text, to_text};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct BillingText {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    address: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_exempt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
}

/// `None` where nothing is known.
pub(crate) fn billing_to_text(billing: &Billing) -> Result<Option<String>, DbErr> {
    if billing.is_empty() {
        return Ok(None);
    }
    let Billing { name, address, postal_code, city, region, country, tax_id, tax_exempt, locale } = billing.clone();
    let (country, locale) = (country.map(|it| it.code().to_owned()), locale.map(|it| it.tag().to_owned()));
    to_text(&BillingText { name, address, postal_code, city, region, country, tax_id, tax_exempt, locale }).map(Some)
}

pub(crate) fn billing_from_text(text: Option<&str>) -> Result<Billing, DbErr> {
    let Some(text) = text else { return Ok(Billing::default()) };
    let BillingText { name, address, postal_code, city, region, country, tax_id, tax_exempt, locale } =
        from_text(text, "billing")?;
    let country = country.map(|code| Country::from_code(&code).ok_or_else(|| damaged("country"))).transpose()?;
    let locale = locale.map(|tag| Locale::from_tag(&tag).ok_or_else(|| damaged("locale"))).transpose()?;
    Ok(Billing { name, address, postal_code, city, region, country, tax_id, tax_exempt, locale })
}
