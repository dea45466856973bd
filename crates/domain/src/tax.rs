//! The tax rule: whose tax, at which rate, as data (R21, R36).

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use thiserror::Error;

use crate::{Country, Prices, TaxRounding, VatId};

/// A tax rate in millionths: 19 % is 190 000, 8.875 % is 88 750. At most 100 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaxRate(u32);

/// The text is not a rate.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a percentage from 0 to 100, with at most 4 decimals, such as 19 or 8.875")]
pub struct ParseTaxRateError;

impl TaxRate {
    /// No tax.
    pub const ZERO: Self = Self(0);
    /// Millionths in one.
    pub(crate) const WHOLE: u32 = 1_000_000;

    /// How many millionths.
    #[must_use]
    pub const fn millionths(self) -> u32 {
        self.0
    }
}

/// In percent: `8.875`.
impl fmt::Display for TaxRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:04}", self.0.div_euclid(10_000), self.0.rem_euclid(10_000));
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl FromStr for TaxRate {
    type Err = ParseTaxRateError;

    fn from_str(text: &str) -> Result<Self, ParseTaxRateError> {
        let (units, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, most| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(units, 3) || !digits(decimals, 4) {
            return Err(ParseTaxRateError);
        }
        let millionths = format!("{units}{decimals:0<4}").parse().map_err(|_| ParseTaxRateError)?;
        if millionths > Self::WHOLE { Err(ParseTaxRateError) } else { Ok(Self(millionths)) }
    }
}

/// Why tax is charged, or is not: the categories of EN 16931 (UNCL 5305).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaxCategory {
    /// Taxed, at a rate above zero.
    Standard,
    /// Taxed at zero.
    Zero,
    /// Exempt, for a reason that the invoice states.
    Exempt,
    /// The buyer, in another state of the EU, owes the tax.
    ReverseCharge,
    /// Not subject to tax where it is sold.
    Outside,
}

impl TaxCategory {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Standard, Self::Zero, Self::Exempt, Self::ReverseCharge, Self::Outside];

    /// Its code in e-invoices.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standard => "S",
            Self::Zero => "Z",
            Self::Exempt => "E",
            Self::ReverseCharge => "AE",
            Self::Outside => "O",
        }
    }

    /// The category with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.code() == code)
    }
}

/// How one line is taxed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxTreatment {
    /// Why tax is charged, or is not.
    pub category: TaxCategory,
    /// The rate; zero except for [`TaxCategory::Standard`].
    pub rate: TaxRate,
    /// What people call the tax: `VAT`.
    pub label: String,
    /// Why it is exempt.
    pub reason: Option<String>,
}

impl TaxTreatment {
    /// A treatment without tax.
    #[must_use]
    pub fn without_tax(category: TaxCategory, reason: Option<String>) -> Self {
        Self { category, rate: TaxRate::ZERO, label: USUAL_LABEL.to_owned(), reason }
    }

    /// Taxed at this rate.
    #[must_use]
    pub fn at(rate: TaxRate, label: &str) -> Self {
        let category = if rate == TaxRate::ZERO { TaxCategory::Zero } else { TaxCategory::Standard };
        Self { category, rate, label: label.to_owned(), reason: None }
    }

    /// Whether the two stand in one row of a tax summary.
    #[must_use]
    pub fn is_summed_with(&self, other: &Self) -> bool {
        (self.category, self.rate) == (other.category, other.rate)
    }
}

/// What the tax is called where nobody says.
const USUAL_LABEL: &str = "VAT";

/// A rate of a country or of one of its regions, on the days from `from` until before `until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxRow {
    /// Its name in the catalog.
    pub code: String,
    /// Where it applies.
    pub country: Country,
    /// Only in this region, where one is named.
    pub region: Option<String>,
    /// The rate.
    pub rate: TaxRate,
    /// What people call the tax.
    pub label: String,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The first day after the last.
    pub until: Option<NaiveDate>,
}

impl TaxRow {
    /// Whether it applies on this day.
    #[must_use]
    pub fn is_valid_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// Who is taxed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxpayer {
    /// Where they are.
    pub country: Country,
    /// Their state or province, where that matters.
    pub region: Option<String>,
    /// Their tax id, as they gave it; a business where it is a VAT id.
    pub tax_id: Option<String>,
    /// Why they are exempt, where they are.
    pub exempt: Option<String>,
}

/// How sales are taxed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxRule {
    /// What prices say.
    pub prices: Prices,
    /// Where tax is rounded.
    pub rounding: TaxRounding,
    /// Why the seller charges no tax at all, where that is so.
    pub seller_exempt: Option<String>,
    /// The rates, in the catalog's order.
    pub rates: Vec<TaxRow>,
}

/// A country has rates in the catalog, but none for the day.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the catalog has no tax rate for {country} on {day}")]
pub struct NoTaxRate {
    /// Whose rate.
    pub country: Country,
    /// For which day.
    pub day: NaiveDate,
}

impl TaxRule {
    /// How a sale from `home` to `buyer` is taxed on a day (R36).
    ///
    /// In this order: an exempt seller or buyer; reverse charge between two states of the EU; the rate of the
    /// buyer's country; inside the EU the seller's own rate; no tax outside.
    pub fn treatment(&self, home: Country, buyer: &Taxpayer, day: NaiveDate) -> Result<TaxTreatment, NoTaxRate> {
        if let Some(reason) = self.seller_exempt.as_ref().or(buyer.exempt.as_ref()) {
            return Ok(TaxTreatment::without_tax(TaxCategory::Exempt, Some(reason.clone())));
        }
        let within_eu = home.is_in_eu() && buyer.country.is_in_eu();
        if within_eu && home != buyer.country && self.is_business(buyer) {
            return Ok(TaxTreatment::without_tax(TaxCategory::ReverseCharge, None));
        }
        if let Some(taxed) = self.rate(buyer.country, buyer.region.as_deref(), day)? {
            return Ok(taxed);
        }
        let own = if within_eu { self.rate(home, None, day)? } else { None };
        Ok(own.unwrap_or_else(|| TaxTreatment::without_tax(TaxCategory::Outside, None)))
    }

    /// A seller without any rate charges nobody, and so shifts no charge either.
    fn is_business(&self, buyer: &Taxpayer) -> bool {
        let vat_id = buyer.tax_id.as_deref().and_then(|id| id.parse::<VatId>().ok());
        !self.rates.is_empty() && vat_id.is_some_and(|id| id.country() == buyer.country)
    }

    /// The rate of a region before that of its country; `None` where the catalog taxes neither.
    fn rate(&self, country: Country, region: Option<&str>, day: NaiveDate) -> Result<Option<TaxTreatment>, NoTaxRate> {
        let here = |row: &&TaxRow| row.country == country && (row.region.is_none() || row.region.as_deref() == region);
        let rows: Vec<_> = self.rates.iter().filter(here).collect();
        let valid = rows.iter().filter(|row| row.is_valid_on(day));
        match valid.max_by_key(|row| row.region.is_some()) {
            Some(row) => Ok(Some(TaxTreatment::at(row.rate, &row.label))),
            None if rows.is_empty() => Ok(None),
            None => Err(NoTaxRate { country, day }),
        }
    }
}
