//! What is sold, with its tax: whole minor units, rounded half away from zero (R36).

use thiserror::Error;

use crate::{Currency, Money, Prices, TaxRate, TaxRounding, TaxRule, TaxTreatment};

/// Something sold, at the price that the price list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// What it is.
    pub description: String,
    /// How many.
    pub quantity: u32,
    /// For one; with or without tax as the rule's [`Prices`] say. Below zero for what is credited on the same invoice,
    /// such as the unused rest of the plan before (R29).
    pub unit_price: Money,
    /// How it is taxed.
    pub treatment: TaxTreatment,
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceLine {
    /// What was sold.
    pub description: String,
    /// How many.
    pub quantity: u32,
    /// All of them, without tax; below zero for what is credited.
    pub net: Money,
    /// How it is taxed.
    pub treatment: TaxTreatment,
}

impl InvoiceLine {
    /// One of them without tax, rounded half away from zero: for showing.
    #[must_use]
    pub fn unit_net(&self) -> Money {
        Money { minor: rounded(self.net.minor.into(), self.quantity.max(1).into()).unwrap_or(0), ..self.net }
    }
}

/// A row of the tax summary: everything taxed alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxTotal {
    /// How it is taxed.
    pub treatment: TaxTreatment,
    /// The amount without tax.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
}

impl TaxTotal {
    /// With tax.
    #[must_use]
    pub fn gross(&self) -> Money {
        Money { minor: self.net.minor.saturating_add(self.tax.minor), ..self.net }
    }
}

/// Lines and their tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxed {
    /// What was sold.
    pub lines: Vec<InvoiceLine>,
    /// The tax, per category and rate, in the order of the lines.
    pub totals: Vec<TaxTotal>,
}

/// Why sales cannot be taxed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Untaxable {
    /// Not all in one currency, or nothing at all.
    #[error("sales of one invoice are one or more, in one currency")]
    Currency,
    /// A quantity of zero, or more credited at one rate than sold.
    #[error("a sale has a quantity of 1 or more, and the sales of each tax rate come to 0 or more")]
    Negative,
    /// More than can be counted.
    #[error("the amount is more than can be counted")]
    TooLarge,
}

impl TaxRule {
    /// The sales with their tax: with [`TaxRounding::Invoice`], each row of the summary is rounded once; with
    /// [`TaxRounding::Line`], each line is and the rows are their sums. No row comes to less than zero.
    pub fn tax(&self, sales: &[Sale]) -> Result<Taxed, Untaxable> {
        self.taxed(sales).map(|(taxed, _)| taxed)
    }

    /// The tax of each line of [`TaxRule::tax`], below zero for what is credited: the taxes of a row's lines sum to the
    /// row's, and a listed price with tax is the line's net amount and this.
    pub fn line_taxes(&self, sales: &[Sale]) -> Result<Vec<Money>, Untaxable> {
        self.taxed(sales).map(|(_, taxes)| taxes)
    }

    fn taxed(&self, sales: &[Sale]) -> Result<(Taxed, Vec<Money>), Untaxable> {
        let currency = sales.first().ok_or(Untaxable::Currency)?.unit_price.currency;
        let mut taxed = Taxed { lines: Vec::new(), totals: Vec::new() };
        let mut taxes = Vec::new();
        for sale in sales {
            if sale.unit_price.currency != currency {
                return Err(Untaxable::Currency);
            }
            if sale.quantity == 0 {
                return Err(Untaxable::Negative);
            }
            let listed = sale.unit_price.minor.checked_mul(sale.quantity.into()).ok_or(Untaxable::TooLarge)?;
            let (net, tax) =
                self.add(&mut taxed.totals, &sale.treatment, listed, currency).ok_or(Untaxable::TooLarge)?;
            taxed.lines.push(InvoiceLine {
                description: sale.description.clone(),
                quantity: sale.quantity,
                net: Money { minor: net, currency },
                treatment: sale.treatment.clone(),
            });
            taxes.push(Money { minor: tax, currency });
        }
        if taxed.totals.iter().any(|row| row.net.minor < 0 || row.tax.minor < 0) {
            return Err(Untaxable::Negative);
        }
        // Every sum over rows stays countable.
        taxed
            .totals
            .iter()
            .try_fold(0_i64, |sum, row| sum.checked_add(row.net.minor)?.checked_add(row.tax.minor))
            .ok_or(Untaxable::TooLarge)?;
        Ok((taxed, taxes))
    }

    /// Adds a line to its row, and answers the line's net amount and its tax.
    fn add(
        &self,
        rows: &mut Vec<TaxTotal>,
        treatment: &TaxTreatment,
        listed: i64,
        currency: Currency,
    ) -> Option<(i64, i64)> {
        let place = rows.iter().position(|row| row.treatment.is_summed_with(treatment)).unwrap_or_else(|| {
            let zero = Money { minor: 0, currency };
            rows.push(TaxTotal { treatment: treatment.clone(), net: zero, tax: zero });
            rows.len().saturating_sub(1)
        });
        let row = rows.get_mut(place)?;
        let before = match (self.rounding, self.prices) {
            // What is rounded once is rounded as a whole; the line gets what the whole grows by.
            (TaxRounding::Invoice, Prices::Exclusive) => row.net.minor,
            (TaxRounding::Invoice, Prices::Inclusive) => row.gross().minor,
            (TaxRounding::Line, _) => 0,
        };
        let (net, tax) = split(before.checked_add(listed)?, treatment.rate, self.prices)?;
        if self.rounding == TaxRounding::Line {
            row.net.minor = row.net.minor.checked_add(net)?;
            row.tax.minor = row.tax.minor.checked_add(tax)?;
            return Some((net, tax));
        }
        let grown = (net.checked_sub(row.net.minor)?, tax.checked_sub(row.tax.minor)?);
        (row.net.minor, row.tax.minor) = (net, tax);
        row.net.minor.checked_add(row.tax.minor)?;
        Some(grown)
    }
}

/// The net amount and the tax of a listed amount, which sum to it where it holds the tax.
fn split(listed: i64, rate: TaxRate, prices: Prices) -> Option<(i64, i64)> {
    let (whole, rate) = (i128::from(TaxRate::WHOLE), i128::from(rate.millionths()));
    match prices {
        Prices::Exclusive => Some((listed, rounded(i128::from(listed).checked_mul(rate)?, whole)?)),
        Prices::Inclusive => {
            let net = rounded(i128::from(listed).checked_mul(whole)?, whole.checked_add(rate)?)?;
            Some((net, listed.checked_sub(net)?))
        }
    }
}

/// `amount / divisor` for a divisor above 0, rounded half away from zero: an amount below zero like its positive twin.
pub(crate) fn rounded(amount: i128, divisor: i128) -> Option<i64> {
    let doubled = amount.checked_mul(2)?.checked_add(divisor.checked_mul(amount.signum())?)?;
    i64::try_from(doubled.checked_div(divisor.checked_mul(2)?)?).ok()
}
