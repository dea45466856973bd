//! The facts of each letter, as its templates read them.

use domain::{Credits, Instant, Money};
use ports::{Letterhead, Statement};

use super::notice::Frame;
use super::safe::{Block, Line, Link};

/// Who writes.
pub(super) struct Head {
    pub(super) operator: Line,
    pub(super) account: Option<Link>,
    pub(super) support: Option<Link>,
    pub(super) frame: &'static Frame,
}

/// A line of a table: what, how many, how much.
pub(super) struct Row {
    pub(super) label: Line,
    pub(super) quantity: u32,
    pub(super) net: String,
}

/// An invoice or a credit note.
pub(super) struct Document {
    pub(super) number: Line,
    pub(super) date: Line,
    pub(super) rows: Vec<Row>,
    pub(super) net: String,
    pub(super) rates: Vec<(Line, String)>,
    pub(super) gross: String,
    pub(super) seller_id: Option<Line>,
    pub(super) buyer_id: Option<Line>,
    pub(super) note: Option<Line>,
}

pub(super) struct Invoice {
    pub(super) name: Option<Line>,
    pub(super) statement: Document,
    pub(super) paid: bool,
}

pub(super) struct Refund {
    pub(super) name: Option<Line>,
    pub(super) statement: Document,
    pub(super) corrects: Line,
    pub(super) credits: Credits,
}

pub(super) struct Failure {
    pub(super) name: Option<Line>,
    pub(super) amount: String,
    pub(super) item: Line,
    pub(super) reason: Option<Line>,
    pub(super) again_at: Option<String>,
    pub(super) pay: Option<Link>,
}

pub(super) struct Quote {
    pub(super) customer: Line,
    pub(super) address: Line,
    pub(super) credits: Credits,
    pub(super) message: Block,
}

impl Head {
    pub(super) fn of(head: &Letterhead, frame: &'static Frame) -> Self {
        Self {
            operator: Line::of(&head.operator),
            account: Link::of(head.account.as_deref()),
            support: Link::of(head.support.as_deref()),
            frame,
        }
    }
}

impl Document {
    fn of(statement: &Statement) -> Self {
        let rows = statement.lines.iter();
        let rows =
            rows.map(|line| Row { label: Line::of(&line.label), quantity: line.quantity, net: amount(line.net) });
        let tax = &statement.tax;
        let line = |text: &Option<String>| text.as_deref().map(Line::of);
        Self {
            number: Line::of(&statement.number),
            date: Line::of(&statement.date),
            rows: rows.collect(),
            net: amount(statement.net),
            rates: tax.rates.iter().map(|(rate, tax)| (Line::of(rate), amount(*tax))).collect(),
            gross: amount(statement.gross),
            seller_id: line(&tax.seller_id),
            buyer_id: line(&tax.buyer_id),
            note: line(&tax.note),
        }
    }
}

impl Invoice {
    pub(super) fn of(customer: Option<&str>, invoice: &Statement, paid: bool) -> Self {
        Self { name: Line::name(customer), statement: Document::of(invoice), paid }
    }
}

impl Refund {
    pub(super) fn of(customer: Option<&str>, note: &Statement, corrects: &str, credits: Credits) -> Self {
        Self { name: Line::name(customer), statement: Document::of(note), corrects: Line::of(corrects), credits }
    }
}

impl Failure {
    /// `texts` are the item, the reason and the page to pay on.
    pub(super) fn of(
        customer: Option<&str>,
        due: Money,
        texts: (&str, Option<&str>, Option<&str>),
        again_at: Option<Instant>,
    ) -> Self {
        let (item, reason, pay) = texts;
        Self {
            name: Line::name(customer),
            amount: amount(due),
            item: Line::of(item),
            reason: reason.map(Line::of),
            again_at: again_at.map(|at| at.format("%-d %B %Y, %H:%M UTC").to_string()),
            pay: Link::of(pay),
        }
    }
}

impl Quote {
    pub(super) fn of(customer: &str, address: &str, credits: Credits, message: &str) -> Self {
        let (customer, address) = (Line::of(customer), Line::of(address));
        Self { customer, address, credits, message: Block::of(message) }
    }
}

/// With the currency's code: a `$` alone is many currencies.
pub(super) fn amount(money: Money) -> String {
    format!("{money} {}", money.currency.code())
}
