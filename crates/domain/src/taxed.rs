//! What is sold, with its tax: whole minor units, rounded half up (R36).

use thiserror::Error;

use crate::{Currency, Money, Prices, TaxRate, TaxRounding, TaxRule, TaxTreatment};

/// Something sold, at the price that the price list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// What it is.
    pub description: String,
    /// How many.
    pub quantity: u32,
    /// For one; with or without tax as the rule's [`Prices`] say.
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
    /// All of them, without tax.
    pub net: Money,
    /// How it is taxed.
    pub treatment: TaxTreatment,
}

impl InvoiceLine {
    /// One of them without tax, rounded half up: for showing.
    #[must_use]
    pub fn unit_net(&self) -> Money {
        Money { minor: half_up(self.net.minor.into(), self.quantity.max(1).into()).unwrap_or(0), ..self.net }
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

impl Taxed {
    /// The tax of each line: its share of its row of the summary, rounded so that the shares sum to the row.
    #[must_use]
    pub fn line_taxes(&self) -> Vec<Money> {
        let mut before = vec![(0_i64, 0_i64); self.totals.len()];
        let share = |line: &InvoiceLine| {
            let place = self.totals.iter().position(|row| row.treatment.is_summed_with(&line.treatment));
            let row = place.and_then(|place| Some((self.totals.get(place)?, before.get_mut(place)?)));
            let minor = row.map_or(0, |(row, (net, tax))| {
                *net = net.saturating_add(line.net.minor);
                let until = i128::from(row.tax.minor).saturating_mul((*net).into());
                let until = half_up(until, row.net.minor.max(1).into()).unwrap_or(row.tax.minor);
                let share = until.saturating_sub(*tax);
                *tax = until;
                share
            });
            Money { minor, ..line.net }
        };
        self.lines.iter().map(share).collect()
    }
}

/// Why sales cannot be taxed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Untaxable {
    /// Not all in one currency, or nothing at all.
    #[error("sales of one invoice are one or more, in one currency")]
    Currency,
    /// A price below zero, or a quantity of zero.
    #[error("a sale has a quantity of 1 or more and a price of 0 or more")]
    Negative,
    /// More than can be counted.
    #[error("the amount is more than can be counted")]
    TooLarge,
}

impl TaxRule {
    /// The sales with their tax: with [`TaxRounding::Invoice`], each row of the summary is rounded once; with
    /// [`TaxRounding::Line`], each line is and the rows are their sums.
    pub fn tax(&self, sales: &[Sale]) -> Result<Taxed, Untaxable> {
        let currency = sales.first().ok_or(Untaxable::Currency)?.unit_price.currency;
        let mut taxed = Taxed { lines: Vec::new(), totals: Vec::new() };
        for sale in sales {
            if sale.unit_price.currency != currency {
                return Err(Untaxable::Currency);
            }
            if sale.quantity == 0 || sale.unit_price.minor < 0 {
                return Err(Untaxable::Negative);
            }
            let listed = sale.unit_price.minor.checked_mul(sale.quantity.into()).ok_or(Untaxable::TooLarge)?;
            let net = self.add(&mut taxed.totals, &sale.treatment, listed, currency).ok_or(Untaxable::TooLarge)?;
            taxed.lines.push(InvoiceLine {
                description: sale.description.clone(),
                quantity: sale.quantity,
                net: Money { minor: net, currency },
                treatment: sale.treatment.clone(),
            });
        }
        // Every sum over rows stays countable.
        taxed
            .totals
            .iter()
            .try_fold(0_i64, |sum, row| sum.checked_add(row.net.minor)?.checked_add(row.tax.minor))
            .ok_or(Untaxable::TooLarge)?;
        Ok(taxed)
    }

    /// Adds a line to its row, and answers the line's net amount.
    fn add(&self, rows: &mut Vec<TaxTotal>, treatment: &TaxTreatment, listed: i64, currency: Currency) -> Option<i64> {
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
            return Some(net);
        }
        let grown = net.checked_sub(row.net.minor)?;
        (row.net.minor, row.tax.minor) = (net, tax);
        row.net.minor.checked_add(row.tax.minor)?;
        Some(grown)
    }
}

/// The net amount and the tax of a listed amount, which sum to it where it holds the tax.
fn split(listed: i64, rate: TaxRate, prices: Prices) -> Option<(i64, i64)> {
    let (whole, rate) = (i128::from(TaxRate::WHOLE), i128::from(rate.millionths()));
    match prices {
        Prices::Exclusive => Some((listed, half_up(i128::from(listed).checked_mul(rate)?, whole)?)),
        Prices::Inclusive => {
            let net = half_up(i128::from(listed).checked_mul(whole)?, whole.checked_add(rate)?)?;
            Some((net, listed.checked_sub(net)?))
        }
    }
}

/// `amount / divisor` for an amount of 0 or more, rounded half up.
pub(crate) fn half_up(amount: i128, divisor: i128) -> Option<i64> {
    let doubled = amount.checked_mul(2)?.checked_add(divisor)?;
    i64::try_from(doubled.checked_div(divisor.checked_mul(2)?)?).ok()
}
