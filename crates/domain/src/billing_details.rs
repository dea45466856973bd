//! Who a customer is on an invoice (R36).

use crate::{Country, Customer, Locale, ParseVatIdError, Party, Taxpayer, VatId};

/// Billing details of a customer. Nothing of it is needed to buy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Billing {
    /// The legal name, where it is not the customer's.
    pub name: Option<String>,
    /// Street and number, and what else stands above the city; at most [`Party::MAX_ADDRESS`] lines.
    pub address: Vec<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// State or province.
    pub region: Option<String>,
    /// The country, which decides about tax.
    pub country: Option<Country>,
    /// The VAT id, or the tax number where there is none.
    pub tax_id: Option<String>,
    /// Why they are charged no tax, wherever they are, as invoices say it: a certificate. `None`: they are.
    pub tax_exempt: Option<String>,
    /// The language of invoices; the seller's where `None`.
    pub locale: Option<Locale>,
}

impl Billing {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same with a VAT id in its one spelling. In the EU a tax id must be one: whoever has it there is charged
    /// no tax, so a typing error would cost the seller.
    pub fn checked(self) -> Result<Self, ParseVatIdError> {
        if !self.country.is_some_and(Country::is_in_eu) {
            return Ok(self);
        }
        let tax_id = self.tax_id.as_deref().map(str::parse::<VatId>).transpose()?;
        Ok(Self { tax_id: tax_id.map(|id| id.to_string()), ..self })
    }

    /// The buyer on an invoice; `None` while the country is not known.
    #[must_use]
    pub fn party(&self, customer: &Customer) -> Option<Party> {
        self.country.map(|country| self.party_in(customer, country))
    }

    /// The buyer on an invoice from a seller in `home`. Who does not say where they are is taken to be there too: an
    /// order needs no billing details, and tax is charged at the rate of that country rather than not at all. They are
    /// taken to be in none of its regions: a rate for a region alone is for buyers who name it.
    #[must_use]
    pub fn buyer(&self, customer: &Customer, home: Country) -> Party {
        self.party_in(customer, self.country.unwrap_or(home))
    }

    /// Who is taxed when a seller in `home` sells to them; see [`Billing::buyer`].
    #[must_use]
    pub fn taxpayer(&self, home: Country) -> Taxpayer {
        Taxpayer {
            country: self.country.unwrap_or(home),
            region: self.region.clone(),
            tax_id: self.tax_id.clone(),
            exempt: self.tax_exempt.clone(),
        }
    }

    fn party_in(&self, customer: &Customer, country: Country) -> Party {
        let names = [&self.name, &customer.name, &customer.email, &customer.external_id];
        let name = names.into_iter().flatten().find(|name| !name.trim().is_empty());
        Party {
            name: name.cloned().unwrap_or_else(|| customer.id.to_string()),
            address: self.address.clone(),
            postal_code: self.postal_code.clone(),
            city: self.city.clone(),
            region: self.region.clone(),
            country,
            tax_id: self.tax_id.clone(),
            registration: None,
            email: customer.email.clone(),
        }
    }
}
