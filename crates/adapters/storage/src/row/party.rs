//! Who sells or buys, as JSON.

use domain::{Country, Party};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::damaged;

#[derive(Serialize, Deserialize)]
pub(super) struct PartyText {
    name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    address: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    country: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tax_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    registration: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

impl From<&Party> for PartyText {
    fn from(party: &Party) -> Self {
        Self {
            name: party.name.clone(),
            address: party.address.clone(),
            postal_code: party.postal_code.clone(),
            city: party.city.clone(),
            region: party.region.clone(),
            country: party.country.code().to_owned(),
            tax_id: party.tax_id.clone(),
            registration: party.registration.clone(),
            email: party.email.clone(),
        }
    }
}

impl TryFrom<PartyText> for Party {
    type Error = DbErr;

    fn try_from(text: PartyText) -> Result<Self, DbErr> {
        Ok(Self {
            name: text.name,
            address: text.address,
            postal_code: text.postal_code,
            city: text.city,
            region: text.region,
            country: Country::from_code(&text.country).ok_or_else(|| damaged("country"))?,
            tax_id: text.tax_id,
            registration: text.registration,
            email: text.email,
        })
    }
}
