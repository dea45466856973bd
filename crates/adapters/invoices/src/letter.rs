//! What stands where on an invoice, from the letterhead down to the footers.

use domain::{Invoice, InvoiceKind, Locale, Party, Settlement, TaxCategory, TaxTreatment};

use crate::sheet::{ACCENT, BOTTOM, Fonts, GREY, MARGIN, PALE, Sheet, Style};
use crate::table;
use crate::words::{Words, filled, title, words};

const TITLE: Style = Style::new(22.0).bold();
const NAME: Style = Style::new(12.0).bold().ink(ACCENT);
const HEADLINE: Style = Style::new(14.0).bold();
pub(crate) const TEXT: Style = Style::new(9.0);
pub(crate) const LABEL: Style = Style::new(9.0).ink(GREY);
const SMALL: Style = Style::new(7.5).ink(GREY);
/// Between the parties.
const GUTTER: f32 = 24.0;

/// All that is asked while a letter is written.
pub(crate) struct Letter<'i> {
    pub(crate) invoice: &'i Invoice,
    pub(crate) words: &'static Words,
    pub(crate) locale: Locale,
}

impl Letter<'_> {
    /// Whether money goes back.
    pub(crate) fn is_credit_note(&self) -> bool {
        matches!(self.invoice.kind(), InvoiceKind::CreditNote { .. })
    }
}

/// The pages of an invoice.
pub(crate) fn write<'f>(fonts: &'f Fonts, invoice: &Invoice) -> Sheet<'f> {
    let locale = invoice.facts().locale;
    let letter = Letter { invoice, words: words(locale), locale };
    let mut sheet = Sheet::new(fonts, invoice.facts().paper);
    head(&mut sheet, &letter);
    parties(&mut sheet, &letter);
    headline(&mut sheet, &letter);
    table::lines(&mut sheet, &letter);
    table::totals(&mut sheet, &letter);
    remarks(&mut sheet, &letter);
    footers(&mut sheet, &letter);
    sheet
}

/// The title, the seller's name, and the numbers and days.
fn head(sheet: &mut Sheet<'_>, letter: &Letter<'_>) {
    let top = sheet.y;
    let title = title(letter.invoice);
    sheet.text(MARGIN, top + 14.0, TITLE, title);
    let title_end = MARGIN + sheet.measure(title, TITLE) + GUTTER;
    let mut base = top + 10.0;
    for line in sheet.wrap(&letter.invoice.facts().seller.name, NAME, sheet.right() - title_end) {
        sheet.text_to(sheet.right(), base, NAME, &line);
        base += NAME.leading();
    }
    let mut y = (top + 42.0).max(base + 8.0);
    let facts = facts(letter);
    let labels = facts.iter().map(|(label, _)| sheet.measure(label, LABEL)).fold(0.0, f32::max);
    for (label, value) in &facts {
        sheet.text(MARGIN, y, LABEL, label);
        sheet.text(MARGIN + labels + 16.0, y, TEXT.bold(), value);
        y += TEXT.leading() + 1.5;
    }
    sheet.y = y + 8.0;
}

/// The numbers and days, by their labels.
fn facts(letter: &Letter<'_>) -> Vec<(&'static str, String)> {
    let (facts, words) = (letter.invoice.facts(), letter.words);
    let date = |day| letter.locale.date(day);
    let back = letter.is_credit_note();
    let number = if back { words.credit_note_number } else { words.invoice_number };
    let mut rows = vec![(number, facts.number.to_string())];
    if let InvoiceKind::CreditNote { corrects, issued_on, .. } = letter.invoice.kind() {
        rows.push((words.corrects, format!("{corrects} ({})", date(*issued_on))));
    }
    rows.push((words.issued, date(facts.issued_on)));
    rows.push((words.supplied, date(facts.supplied_on)));
    let period = facts.period.map(|(first, last)| (words.period, format!("{} – {}", date(first), date(last))));
    rows.extend(period);
    rows.push(match facts.settlement {
        Settlement::Paid { on, .. } if back => (words.refunded_on, date(on)),
        Settlement::Paid { on, .. } => (words.paid_on, date(on)),
        Settlement::Due { by } => (words.due, date(by)),
    });
    rows
}

/// Seller and buyer, side by side.
fn parties(sheet: &mut Sheet<'_>, letter: &Letter<'_>) {
    let (facts, words) = (letter.invoice.facts(), letter.words);
    let width = (sheet.right() - MARGIN - GUTTER) / 2.0;
    let top = sheet.y;
    let mut end = top;
    let columns = [(MARGIN, words.from, &facts.seller), (MARGIN + width + GUTTER, words.bill_to, &facts.buyer)];
    for (left, label, party) in columns {
        let mut y = sheet.block(left, top, width, LABEL, label) + 2.0;
        y = sheet.block(left, y, width, TEXT.bold(), &party.name);
        for line in address(party) {
            y = sheet.block(left, y, width, TEXT, &line);
        }
        for line in party.email.iter().cloned().chain(ids(party, words)) {
            y = sheet.block(left, y, width, TEXT, &line);
        }
        end = end.max(y);
    }
    sheet.y = end + 26.0;
}

/// The address as the country's post writes it.
fn address(party: &Party) -> Vec<String> {
    let part = |one: &Option<String>| one.clone().unwrap_or_default();
    let (code, city, region) = (part(&party.postal_code), part(&party.city), part(&party.region));
    let joined = |parts: &[&str], between: &str| {
        parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(between)
    };
    let place = match party.country.code() {
        "US" | "CA" | "AU" => vec![joined(&[&city, &joined(&[&region, &code], " ")], ", ")],
        "GB" | "IE" => vec![city, region, code],
        _ => vec![joined(&[&code, &city], " "), region],
    };
    let lines = party.address.iter().cloned().chain(place).chain([party.country.name().to_owned()]);
    lines.filter(|line| !line.is_empty()).collect()
}

fn ids(party: &Party, words: &Words) -> impl Iterator<Item = String> {
    let line = |label: &str, id: &Option<String>| id.as_ref().map(|id| format!("{label}: {id}"));
    [line(words.tax_id, &party.tax_id), line(words.registration, &party.registration)].into_iter().flatten()
}

/// The amount, and what becomes of it.
fn headline(sheet: &mut Sheet<'_>, letter: &Letter<'_>) {
    let words = letter.words;
    let (text, day) = match (&letter.invoice.facts().settlement, letter.is_credit_note()) {
        (Settlement::Paid { on, .. }, false) => (words.paid_headline, *on),
        (Settlement::Due { by }, false) => (words.due_headline, *by),
        (Settlement::Paid { on, .. }, true) => (words.refunded_headline, *on),
        (Settlement::Due { by }, true) => (words.refund_headline, *by),
    };
    let amount = letter.locale.money(letter.invoice.gross());
    let text = filled(text, &[&amount, &letter.locale.date(day)]);
    let width = sheet.right() - MARGIN;
    sheet.y = sheet.block(MARGIN, sheet.y - HEADLINE.leading() / 2.0, width, HEADLINE, &text) + 20.0;
}

/// Why no tax is charged, how it was paid, why it was corrected, and what the seller adds.
fn remarks(sheet: &mut Sheet<'_>, letter: &Letter<'_>) {
    let words = letter.words;
    let facts = letter.invoice.facts();
    let mut remarks: Vec<String> =
        letter.invoice.totals().iter().filter_map(|row| untaxed(&row.treatment, words)).collect();
    if let InvoiceKind::CreditNote { reason: Some(reason), .. } = letter.invoice.kind() {
        remarks.push(filled(words.reason, &[reason]));
    }
    if let Settlement::Paid { method, reference, .. } = &facts.settlement {
        let method = method.as_ref().filter(|_| !letter.is_credit_note());
        let method = method.map(|method| filled(words.method, &[method]));
        let parts: Vec<_> = method.into_iter().chain([filled(words.reference, &[reference])]).collect();
        remarks.push(format!("{}: {}", words.payment, parts.join(" · ")));
    }
    remarks.extend(facts.note.clone());
    let width = sheet.right() - MARGIN;
    sheet.y += 14.0;
    for remark in remarks {
        let lines = sheet.wrap(&remark, TEXT, width).len();
        sheet.make_room(f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * TEXT.leading());
        sheet.y = sheet.block(MARGIN, sheet.y, width, TEXT, &remark) + 4.0;
    }
}

/// Why this is not taxed.
fn untaxed(treatment: &TaxTreatment, words: &Words) -> Option<String> {
    match treatment.category {
        TaxCategory::Standard | TaxCategory::Zero => None,
        TaxCategory::ReverseCharge => Some(words.reverse_charge.to_owned()),
        TaxCategory::Outside => Some(words.outside.to_owned()),
        TaxCategory::Exempt => Some(filled(words.exempt, &[treatment.reason.as_deref().unwrap_or(words.tax)])),
    }
}

/// The seller, the number and the page, below each page.
fn footers(sheet: &mut Sheet<'_>, letter: &Letter<'_>) {
    let facts = letter.invoice.facts();
    let pages = std::mem::take(&mut sheet.pages);
    let count = pages.len();
    let base = sheet.height - BOTTOM + 38.0;
    for (place, page) in pages.into_iter().enumerate() {
        sheet.pages.push(page);
        let number = filled(letter.words.page, &[&(place + 1).to_string(), &count.to_string()]);
        sheet.rule(MARGIN, base - 14.0, sheet.right(), PALE);
        sheet.text_to(sheet.right(), base, SMALL, &number);
        let room = sheet.right() - MARGIN - sheet.measure(&number, SMALL) - GUTTER;
        let left = format!("{} · {} · {}", title(letter.invoice), facts.number, facts.seller.name);
        if let Some(line) = sheet.wrap(&left, SMALL, room).first() {
            sheet.text(MARGIN, base, SMALL, line);
        }
    }
}
