//! The lines of an invoice and what they come to.

use domain::{InvoiceLine, Money, Settlement, TaxCategory, TaxTreatment};

use crate::letter::{LABEL, Letter, TEXT};
use crate::sheet::{DARK, MARGIN, PALE, Sheet, Style};
use crate::words::filled;

const FIGURE: Style = TEXT.column();
const HEADING: Style = Style::new(8.0).ink(LABEL.ink);
/// Above and below the text of a row.
const PADDING: f32 = 6.0;
/// Between columns.
const GAP: f32 = 18.0;

/// Between the lines and the totals.
const AFTER_LINES: f32 = 10.0;
/// How high a row of the totals is.
const ROW: f32 = 20.0;

/// Where the columns of figures end, and how wide the description may be.
struct Columns {
    quantity: f32,
    unit: f32,
    tax: f32,
    amount: f32,
    description: f32,
}

/// The figures of a line, as they are printed.
struct Figures {
    quantity: String,
    unit: String,
    tax: String,
    amount: String,
}

/// All lines, with the headings again on each page.
pub(crate) fn lines(sheet: &mut Sheet<'_>, letter: &Letter<'_>) {
    let rows: Vec<_> = letter.invoice.lines().iter().map(|line| (line, figures(line, letter))).collect();
    let columns = columns(sheet, letter, &rows);
    headings(sheet, letter, &columns);
    let last = rows.len().saturating_sub(1);
    for (place, (line, figures)) in rows.iter().enumerate() {
        let text = sheet.wrap(&line.description, TEXT, columns.description);
        let height = text.iter().map(|_| TEXT.leading()).sum::<f32>() + 2.0 * PADDING;
        // The totals are not left alone on a page.
        let kept = if place == last { height + AFTER_LINES + totals_height(letter) } else { height };
        if !sheet.has_room(kept) {
            sheet.turn();
            headings(sheet, letter, &columns);
        }
        let first = sheet.y + PADDING + TEXT.size;
        for (place, right) in [
            (&figures.quantity, columns.quantity),
            (&figures.unit, columns.unit),
            (&figures.tax, columns.tax),
            (&figures.amount, columns.amount),
        ] {
            sheet.text_to(right, first, FIGURE, place);
        }
        let mut base = first;
        for one in &text {
            sheet.text(MARGIN, base, TEXT, one);
            base += TEXT.leading();
        }
        sheet.y += height;
        sheet.rule(MARGIN, sheet.y, sheet.right(), PALE);
    }
    sheet.y += AFTER_LINES;
}

fn figures(line: &InvoiceLine, letter: &Letter<'_>) -> Figures {
    let locale = letter.locale;
    let tax = match line.treatment.category {
        TaxCategory::Outside | TaxCategory::Exempt => "–".to_owned(),
        _ => locale.percent(line.treatment.rate),
    };
    // As the e-invoice says it: so many less, at a price above zero.
    let credited = line.net.minor < 0;
    let (minus, unit) = (if credited { "-" } else { "" }, line.unit_net());
    let unit = if credited { Money { minor: unit.minor.saturating_neg(), ..unit } } else { unit };
    Figures {
        quantity: format!("{minus}{}", locale.number(line.quantity)),
        unit: locale.money(unit),
        tax,
        amount: locale.money(line.net),
    }
}

/// Columns as wide as their widest figure; the rest is the description's.
fn columns(sheet: &Sheet<'_>, letter: &Letter<'_>, rows: &[(&InvoiceLine, Figures)]) -> Columns {
    let widest = |heading: &str, figure: fn(&Figures) -> &str| {
        let figures = rows.iter().map(|(_, row)| sheet.measure(figure(row), FIGURE));
        figures.fold(sheet.measure(heading, HEADING), f32::max)
    };
    let words = letter.words;
    let amount = sheet.right();
    let tax = amount - widest(words.amount, |row| &row.amount) - GAP;
    let unit = tax - widest(words.tax, |row| &row.tax) - GAP;
    let quantity = unit - widest(words.unit_price, |row| &row.unit) - GAP;
    let description = quantity - widest(words.quantity, |row| &row.quantity) - GAP - MARGIN;
    Columns { quantity, unit, tax, amount, description }
}

fn headings(sheet: &mut Sheet<'_>, letter: &Letter<'_>, columns: &Columns) {
    let words = letter.words;
    let base = sheet.y + HEADING.size;
    sheet.text(MARGIN, base, HEADING, words.description);
    for (word, right) in [
        (words.quantity, columns.quantity),
        (words.unit_price, columns.unit),
        (words.tax, columns.tax),
        (words.amount, columns.amount),
    ] {
        sheet.text_to(right, base, HEADING, word);
    }
    sheet.y = base + 7.0;
    sheet.rule(MARGIN, sheet.y, sheet.right(), DARK);
}

/// The tax summary and the totals, never torn apart.
pub(crate) fn totals(sheet: &mut Sheet<'_>, letter: &Letter<'_>) {
    let rows = sums(letter);
    sheet.make_room(totals_height(letter));
    let width = rows.iter().map(|(label, _, style)| sheet.measure(label, *style)).fold(0.0, f32::max);
    let left = (sheet.right() - 250.0).min(sheet.right() - width - 110.0).max(MARGIN);
    let last = rows.len().saturating_sub(1);
    for (place, (label, amount, style)) in rows.iter().enumerate() {
        let base = sheet.y + ROW - 6.0;
        sheet.text(left, base, *style, label);
        sheet.text_to(sheet.right(), base, style.column(), &letter.locale.money(*amount));
        sheet.y += ROW;
        if place < last {
            sheet.rule(left, sheet.y, sheet.right(), PALE);
        }
    }
}

fn totals_height(letter: &Letter<'_>) -> f32 {
    sums(letter).iter().map(|_| ROW).sum()
}

/// The rows below the lines.
fn sums(letter: &Letter<'_>) -> Vec<(String, Money, Style)> {
    let (invoice, words) = (letter.invoice, letter.words);
    let mut rows = vec![(words.net.to_owned(), invoice.net(), TEXT)];
    for row in invoice.totals() {
        if let Some(name) = tax_name(&row.treatment, letter) {
            let on = filled(words.tax_on, &[&name, &letter.locale.money(row.net)]);
            rows.push((on, row.tax, TEXT));
        }
    }
    rows.push((words.total.to_owned(), invoice.gross(), TEXT.bold()));
    let back = letter.is_credit_note();
    let none = Money { minor: 0, ..invoice.gross() };
    let open = if back { words.still_refunded } else { words.still_due };
    let currency = invoice.currency().code();
    let (moved, left) = match invoice.facts().settlement {
        Settlement::Paid { .. } => (Some(invoice.gross()), none),
        Settlement::Due { .. } => (None, invoice.gross()),
    };
    if let Some(moved) = moved {
        rows.push(((if back { words.refunded } else { words.paid }).to_owned(), moved, TEXT));
    }
    rows.push((format!("{open} ({currency})"), left, TEXT.bold()));
    rows
}

/// The tax and its rate; `None` where there is none to be summed up.
fn tax_name(treatment: &TaxTreatment, letter: &Letter<'_>) -> Option<String> {
    let named = || format!("{} {}", treatment.label, letter.locale.percent(treatment.rate));
    match treatment.category {
        TaxCategory::Standard | TaxCategory::Zero | TaxCategory::ReverseCharge => Some(named()),
        TaxCategory::Exempt | TaxCategory::Outside => None,
    }
}
