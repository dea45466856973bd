//! What a catalog must not say of its seller and its taxes (R21, R36).

use crate::{Catalog, CatalogFlaw, InvoiceNumber, Seller, TaxRow};

/// The flaws of `[seller]` and `[tax]`.
pub(crate) fn flaws(catalog: &Catalog) -> Vec<CatalogFlaw> {
    let mut flaws = Vec::new();
    let taxes = !catalog.tax.rates.is_empty() || catalog.tax.seller_exempt.is_some();
    match &catalog.seller {
        Some(seller) => check_seller(&mut flaws, seller, taxes),
        None if taxes => flaws.push(CatalogFlaw::new("/seller", "missing", "who taxes is named on invoices")),
        None => {}
    }
    for (place, row) in catalog.tax.rates.iter().enumerate() {
        let at = format!("/tax/rates/{}", row.code);
        if row.from.zip(row.until).is_some_and(|(from, until)| until <= from) {
            flaws.push(CatalogFlaw::new(format!("{at}/until"), "too_small", "later than from"));
        }
        if let Some(other) = catalog.tax.rates.iter().take(place).find(|other| overlap(row, other)) {
            let detail = format!("on some days {} applies as well", other.code);
            flaws.push(CatalogFlaw::new(at, "duplicate", detail));
        }
    }
    flaws
}

fn check_seller(flaws: &mut Vec<CatalogFlaw>, seller: &Seller, taxes: bool) {
    if taxes && seller.party.tax_id.is_none() {
        flaws.push(CatalogFlaw::new("/seller/tax_id", "missing", "invoices with tax name the seller's tax id"));
    }
    let series = [("invoice_series", &seller.invoice_series), ("credit_note_series", &seller.credit_note_series)];
    for (key, text) in series {
        if !InvoiceNumber::is_series(text) {
            let detail = "1 to 12 of A-Z, 0-9 and -, a letter first, such as \"INV\"";
            flaws.push(CatalogFlaw::new(format!("/seller/{key}"), "malformed", detail));
        }
    }
    if seller.invoice_series == seller.credit_note_series {
        let detail = "invoices and credit notes are numbered apart";
        flaws.push(CatalogFlaw::new("/seller/credit_note_series", "duplicate", detail));
    }
}

/// Whether both are the rate of the same place on some day.
fn overlap(one: &TaxRow, other: &TaxRow) -> bool {
    let begins_in_time = |a: &TaxRow, b: &TaxRow| a.from.zip(b.until).is_none_or(|(from, until)| from < until);
    (one.country, &one.region) == (other.country, &other.region)
        && begins_in_time(one, other)
        && begins_in_time(other, one)
}
