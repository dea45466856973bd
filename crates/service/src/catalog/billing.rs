//! The catalog file's `[seller]` and `[tax]`.

use domain::{Country, Locale, Paper, Party, Prices, Seller, TaxRate, TaxRounding, TaxRow, TaxRule};

use super::section::Section;
use super::value;

/// What numbers begin with where the file does not say.
const INVOICE_SERIES: &str = "INV";
const CREDIT_NOTE_SERIES: &str = "CN";
/// What people call a tax where the file does not say.
const TAX_LABEL: &str = "VAT";

pub(super) fn seller(mut section: Section<'_>) -> Seller {
    let party = Party {
        name: section.required("name", value::text).unwrap_or_else(|| "?".to_owned()),
        address: section.short_list("address", Party::MAX_ADDRESS, value::text).unwrap_or_default(),
        postal_code: section.optional("postal_code", value::text),
        city: section.optional("city", value::text),
        region: section.optional("region", value::text),
        country: country(&mut section),
        tax_id: section.optional("tax_id", value::text),
        registration: section.optional("registration", value::text),
        email: section.optional("email", value::email),
    };
    let series = |text: Option<String>, usual: &str| text.unwrap_or_else(|| usual.to_owned());
    let seller = Seller {
        party,
        invoice_series: series(section.optional("invoice_series", value::text), INVOICE_SERIES),
        credit_note_series: series(section.optional("credit_note_series", value::text), CREDIT_NOTE_SERIES),
        locale: section.optional("locale", value::locale).unwrap_or(Locale::EnUs),
        paper: section.optional("paper", value::paper).unwrap_or(Paper::A4),
        note: section.optional("note", value::text),
    };
    section.finish();
    seller
}

pub(super) fn tax(mut section: Section<'_>) -> TaxRule {
    let rule = TaxRule {
        prices: section.optional("prices", value::prices).unwrap_or(Prices::Exclusive),
        rounding: section.optional("rounding", value::rounding).unwrap_or(TaxRounding::Invoice),
        seller_exempt: section.optional("exempt", value::text),
        rates: section.entries("rates", row),
    };
    section.finish();
    rule
}

fn row(code: &str, mut section: Section<'_>) -> TaxRow {
    let row = TaxRow {
        code: code.to_owned(),
        country: country(&mut section),
        region: section.optional("region", value::text),
        rate: section.required("rate", value::rate).unwrap_or(TaxRate::ZERO),
        label: section.optional("label", value::text).unwrap_or_else(|| TAX_LABEL.to_owned()),
        from: section.optional("from", value::day),
        until: section.optional("until", value::day),
    };
    section.finish();
    row
}

/// Any country stands in for one that is reported as missing or unknown.
fn country(section: &mut Section<'_>) -> Country {
    let country = section.required("country", value::country).or_else(|| Country::all().next());
    country.expect("there are countries")
}
