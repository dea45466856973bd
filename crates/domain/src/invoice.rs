//! Invoices and credit notes: complete, consistent, and never changed (R36).

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use thiserror::Error;

use crate::taxed::rounded;
use crate::{Currency, InvoiceLine, Locale, Money, Paper, Party, TaxCategory, TaxRate, TaxTotal, Taxed};

/// A number in a series that has no gaps: `INV-2026-000123`. Each year of a prefix counts from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvoiceNumber {
    /// What it begins with; see [`InvoiceNumber::is_series`].
    pub series: String,
    /// The year of the issue date.
    pub year: i32,
    /// Its place in the year, from 1.
    pub sequence: u64,
}

/// The text is not an invoice number.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not an invoice number such as INV-2026-000123")]
pub struct ParseInvoiceNumberError;

impl InvoiceNumber {
    /// Whether numbers can begin with this: 1 to 12 of A–Z, 0–9 and -, with a letter first and no - last.
    #[must_use]
    pub fn is_series(text: &str) -> bool {
        let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
        let first = text.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        first && text.len() <= 12 && text.bytes().all(fits) && !text.ends_with('-')
    }
}

impl fmt::Display for InvoiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}-{:04}-{:06}", self.series, self.year, self.sequence))
    }
}

impl FromStr for InvoiceNumber {
    type Err = ParseInvoiceNumberError;

    fn from_str(text: &str) -> Result<Self, ParseInvoiceNumberError> {
        let mut parts = text.rsplitn(3, '-');
        let (sequence, year, series) = (parts.next(), parts.next(), parts.next());
        let number = (|| {
            Some(Self { series: series?.to_owned(), year: year?.parse().ok()?, sequence: sequence?.parse().ok()? })
        })();
        // One way to write each, so that a text is as good as a number.
        number
            .filter(|number| Self::is_series(&number.series) && number.sequence > 0 && number.to_string() == text)
            .ok_or(ParseInvoiceNumberError)
    }
}

/// What an invoice says about its payment, a credit note about its refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The money has moved.
    Paid {
        /// When.
        on: NaiveDate,
        /// How: `Visa ···· 4242`.
        method: Option<String>,
        /// The provider's reference.
        reference: String,
    },
    /// It has not yet.
    Due {
        /// The last day to pay.
        by: NaiveDate,
    },
}

/// What kind of document it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvoiceKind {
    /// An invoice.
    Invoice,
    /// A credit note, which takes back an invoice or a part of it. Its totals are positive.
    CreditNote {
        /// The invoice it corrects.
        corrects: InvoiceNumber,
        /// When that was issued.
        issued_on: NaiveDate,
        /// Why.
        reason: Option<String>,
    },
}

/// What an invoice says besides its amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceFacts {
    /// Its number.
    pub number: InvoiceNumber,
    /// Its date.
    pub issued_on: NaiveDate,
    /// When what it bills was supplied.
    pub supplied_on: NaiveDate,
    /// The first and the last day of the period that it bills, both inclusive.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// Who sells.
    pub seller: Party,
    /// Who buys.
    pub buyer: Party,
    /// Whether it is paid.
    pub settlement: Settlement,
    /// In which language it is written.
    pub locale: Locale,
    /// On which paper.
    pub paper: Paper,
    /// A sentence below the totals.
    pub note: Option<String>,
}

/// What is wrong with an invoice.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum InvoiceFlaw {
    /// Without lines.
    #[error("an invoice has 1 to 1000 lines")]
    Lines,
    /// A seller or a buyer without a name, or with too much address.
    #[error("both parties have a name and at most 3 address lines")]
    Party,
    /// A taxable sale by a seller, or a reverse charge to a buyer, without a tax id.
    #[error("the seller of a taxable sale, and the buyer of a reverse charge, have a tax id")]
    TaxId,
    /// A number of another year, or of a malformed series.
    #[error("the number has a series and the year of the issue date")]
    Number,
    /// A period that ends before it begins.
    #[error("the period billed ends on its first day or later")]
    Period,
    /// Amounts in more than one currency, or totals below zero.
    #[error("all amounts are in one currency, and no total is negative")]
    Amount,
    /// Lines that do not add up to the tax summary, or a summary with the same rate twice.
    #[error("the lines add up to the tax summary")]
    Sum,
    /// A tax that its rate does not explain.
    #[error("each tax is its rate of its net amount")]
    Rate,
    /// A treatment without tax that has a rate, or the other way round.
    #[error("only a standard treatment has a rate")]
    Treatment,
    /// A credit note for more than is left of its invoice, or against a credit note.
    #[error("a credit note takes back at most what is left of its invoice")]
    Credit,
}

/// An invoice or a credit note. Once built, it is right and stays as it is (R36).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    kind: InvoiceKind,
    facts: InvoiceFacts,
    taxed: Taxed,
    net: Money,
    tax: Money,
}

/// Most lines of one invoice.
const MAX_LINES: usize = 1_000;

impl Invoice {
    /// The only way to one: everything about it is checked here. What a credit note owes to its invoice,
    /// [`Invoice::credit`] checks besides.
    pub fn new(kind: InvoiceKind, facts: InvoiceFacts, taxed: Taxed) -> Result<Self, InvoiceFlaw> {
        if taxed.lines.is_empty() || taxed.lines.len() > MAX_LINES {
            return Err(InvoiceFlaw::Lines);
        }
        if !facts.seller.is_complete() || !facts.buyer.is_complete() {
            return Err(InvoiceFlaw::Party);
        }
        let year = chrono::Datelike::year(&facts.issued_on);
        if facts.number.year != year || facts.number.to_string().parse() != Ok(facts.number.clone()) {
            return Err(InvoiceFlaw::Number);
        }
        if facts.period.is_some_and(|(first, last)| last < first) {
            return Err(InvoiceFlaw::Period);
        }
        check_tax_ids(&facts, &taxed)?;
        check_amounts(&taxed)?;
        check_sums(&taxed)?;
        if matches!(kind, InvoiceKind::Invoice) {
            taxed.totals.iter().try_for_each(|row| check_rate(row, taxed.lines.len()))?;
        }
        let net = sum(taxed.totals.iter().map(|row| row.net)).ok_or(InvoiceFlaw::Amount)?;
        let tax = sum(taxed.totals.iter().map(|row| row.tax)).ok_or(InvoiceFlaw::Amount)?;
        net.minor.checked_add(tax.minor).ok_or(InvoiceFlaw::Amount)?;
        Ok(Self { kind, facts, taxed, net, tax })
    }

    /// A credit note for a part of this invoice, or for all of it, of which `earlier` ones have taken back some.
    pub fn credit(
        &self,
        facts: InvoiceFacts,
        reason: Option<String>,
        taxed: Taxed,
        earlier: &[Self],
    ) -> Result<Self, InvoiceFlaw> {
        if self.kind != InvoiceKind::Invoice || facts.seller != self.facts.seller || facts.buyer != self.facts.buyer {
            return Err(InvoiceFlaw::Credit);
        }
        let corrects = self.facts.number.clone();
        let kind = InvoiceKind::CreditNote { corrects, issued_on: self.facts.issued_on, reason };
        let note = Self::new(kind, facts, taxed)?;
        if note.currency() != self.currency() || earlier.iter().any(|one| !one.is_credit_of(self)) {
            return Err(InvoiceFlaw::Credit);
        }
        for row in note.totals() {
            let billed = self.totals().iter().find(|billed| billed.treatment.is_summed_with(&row.treatment));
            let billed = billed.ok_or(InvoiceFlaw::Credit)?;
            let credited = earlier.iter().chain([&note]).flat_map(Self::totals);
            let credited: Vec<_> = credited.filter(|one| one.treatment.is_summed_with(&row.treatment)).collect();
            let within = |part: fn(&TaxTotal) -> Money| {
                sum(credited.iter().map(|one| part(one))).is_some_and(|sum| sum.minor <= part(billed).minor)
            };
            if !within(|row| row.net) || !within(|row| row.tax) {
                return Err(InvoiceFlaw::Credit);
            }
        }
        Ok(note)
    }

    /// Net and tax of the next `gross` to take back, after `credited` (with tax): one line per tax rate, which is
    /// used up before the next is touched. All parts of an invoice together are exactly the invoice.
    ///
    /// `None` where less than that is left, or nothing is asked for.
    #[must_use]
    pub fn part(&self, credited: i64, gross: i64, description: &str) -> Option<Taxed> {
        let end = credited.checked_add(gross)?;
        if gross <= 0 || credited < 0 || end > self.gross().minor {
            return None;
        }
        let mut part = Taxed { lines: Vec::new(), totals: Vec::new() };
        let mut start_of_row = 0_i64;
        for row in self.totals() {
            let inside = |place: i64| place.saturating_sub(start_of_row).clamp(0, row.gross().minor);
            let (from, to) = (inside(credited), inside(end));
            if from < to {
                let net = net_of(row, to)?.checked_sub(net_of(row, from)?)?;
                let tax = to.checked_sub(from)?.checked_sub(net)?;
                let (net, tax) = (Money { minor: net, ..row.net }, Money { minor: tax, ..row.tax });
                let treatment = row.treatment.clone();
                let description = description.to_owned();
                part.lines.push(InvoiceLine { description, quantity: 1, net, treatment: treatment.clone() });
                part.totals.push(TaxTotal { treatment, net, tax });
            }
            start_of_row = start_of_row.checked_add(row.gross().minor)?;
        }
        Some(part)
    }

    fn is_credit_of(&self, invoice: &Self) -> bool {
        matches!(&self.kind, InvoiceKind::CreditNote { corrects, .. } if *corrects == invoice.facts.number)
    }

    /// What kind of document it is.
    #[must_use]
    pub const fn kind(&self) -> &InvoiceKind {
        &self.kind
    }

    /// What it says besides its amounts.
    #[must_use]
    pub const fn facts(&self) -> &InvoiceFacts {
        &self.facts
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> &[InvoiceLine] {
        &self.taxed.lines
    }

    /// Its tax summary, one row per category and rate.
    #[must_use]
    pub fn totals(&self) -> &[TaxTotal] {
        &self.taxed.totals
    }

    /// What all its amounts are in.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.net.currency
    }

    /// Without tax.
    #[must_use]
    pub const fn net(&self) -> Money {
        self.net
    }

    /// The tax.
    #[must_use]
    pub const fn tax(&self) -> Money {
        self.tax
    }

    /// With tax.
    #[must_use]
    pub fn gross(&self) -> Money {
        Money { minor: self.net.minor.saturating_add(self.tax.minor), ..self.net }
    }
}

/// The net amount in the first `gross` of a row, rounded half up.
fn net_of(row: &TaxTotal, gross: i64) -> Option<i64> {
    rounded(i128::from(gross).checked_mul(row.net.minor.into())?, row.gross().minor.into())
}

/// `None` where they differ in currency, are none, or more than can be counted.
fn sum(mut amounts: impl Iterator<Item = Money>) -> Option<Money> {
    let first = amounts.next()?;
    amounts.try_fold(first, |sum, one| {
        (one.currency == sum.currency).then_some(())?;
        Some(Money { minor: sum.minor.checked_add(one.minor)?, ..sum })
    })
}

fn check_tax_ids(facts: &InvoiceFacts, taxed: &Taxed) -> Result<(), InvoiceFlaw> {
    let mut categories = taxed.totals.iter().map(|row| row.treatment.category);
    let good = categories.all(|category| match category {
        TaxCategory::Outside => true,
        TaxCategory::ReverseCharge => facts.seller.tax_id.is_some() && facts.buyer.tax_id.is_some(),
        TaxCategory::Standard | TaxCategory::Zero | TaxCategory::Exempt => facts.seller.tax_id.is_some(),
    });
    if good { Ok(()) } else { Err(InvoiceFlaw::TaxId) }
}

fn check_amounts(taxed: &Taxed) -> Result<(), InvoiceFlaw> {
    let currency = taxed.lines.first().ok_or(InvoiceFlaw::Lines)?.net.currency;
    let lines = taxed.lines.iter().all(|line| line.net.currency == currency && line.quantity > 0);
    let mut totals = taxed.totals.iter().flat_map(|row| [row.net, row.tax]);
    let totals = totals.all(|amount| amount.currency == currency && amount.minor >= 0);
    if lines && totals { Ok(()) } else { Err(InvoiceFlaw::Amount) }
}

fn check_sums(taxed: &Taxed) -> Result<(), InvoiceFlaw> {
    for (place, row) in taxed.totals.iter().enumerate() {
        let alike = |line: &&InvoiceLine| line.treatment.is_summed_with(&row.treatment);
        let lines = sum(taxed.lines.iter().filter(alike).map(|line| line.net));
        let again = taxed.totals.iter().take(place).any(|earlier| earlier.treatment.is_summed_with(&row.treatment));
        if lines != Some(row.net) || again {
            return Err(InvoiceFlaw::Sum);
        }
        let standard = row.treatment.category == TaxCategory::Standard;
        if standard != (row.treatment.rate > TaxRate::ZERO) || !standard && row.tax.minor != 0 {
            return Err(InvoiceFlaw::Treatment);
        }
    }
    let summed = |line: &InvoiceLine| taxed.totals.iter().any(|row| row.treatment.is_summed_with(&line.treatment));
    if taxed.lines.iter().all(summed) { Ok(()) } else { Err(InvoiceFlaw::Sum) }
}

/// The tax is the rate of the net amount, to one minor unit per line: each may have been rounded.
fn check_rate(row: &TaxTotal, lines: usize) -> Result<(), InvoiceFlaw> {
    let exact = i128::from(row.net.minor).saturating_mul(row.treatment.rate.millionths().into());
    let told = i128::from(row.tax.minor).saturating_mul(TaxRate::WHOLE.into());
    let slack = i128::try_from(lines).unwrap_or(0).saturating_mul(TaxRate::WHOLE.into());
    if exact.abs_diff(told) <= slack.unsigned_abs() { Ok(()) } else { Err(InvoiceFlaw::Rate) }
}
