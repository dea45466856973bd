//! What mails say: the facts of each letter, and who puts them into words.

use chrono::NaiveDate;
use domain::{Credits, Instant, Locale, Money};

/// Who writes: shown at the head and the foot of every letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letterhead {
    /// The operator's name.
    pub operator: String,
    /// Where customers see their invoices and their balance.
    pub account: Option<String>,
    /// Where they ask for help.
    pub support: Option<String>,
}

/// A line of an invoice or of a credit note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceLine {
    /// What.
    pub label: String,
    /// How many.
    pub quantity: u32,
    /// What they cost, without tax.
    pub net: Money,
}

/// What an invoice or a credit note says about tax (R36).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxDetails {
    /// The tax by rate: what it is called (`VAT 19 %`), and how much.
    pub rates: Vec<(String, Money)>,
    /// The seller's tax id.
    pub seller_id: Option<String>,
    /// The buyer's tax id.
    pub buyer_id: Option<String>,
    /// Reverse charge, exemption: the sentence that the law wants.
    pub note: Option<String>,
}

/// An invoice, or a credit note that corrects one (R36). The document itself is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its number.
    pub number: String,
    /// Its date, as it is written on it.
    pub date: String,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// Without tax.
    pub net: Money,
    /// Tax.
    pub tax: TaxDetails,
    /// Tax included.
    pub gross: Money,
}

/// A letter, by its occasion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Letter {
    /// An invoice for what was paid, or is to be.
    Invoice {
        /// Who it is for, by name.
        customer: Option<String>,
        /// The invoice.
        invoice: Statement,
        /// Whether it is paid already.
        paid: bool,
    },
    /// Money was given back.
    Refund {
        /// Who it is for, by name.
        customer: Option<String>,
        /// The credit note.
        credit_note: Statement,
        /// The number of the invoice that it corrects.
        corrects: String,
        /// The credits that were taken back.
        credits: Credits,
    },
    /// A payment was declined.
    PaymentFailed {
        /// Who it is for, by name.
        customer: Option<String>,
        /// What was to be paid.
        amount: Money,
        /// For what.
        item: String,
        /// Why, in words for the customer.
        reason: Option<String>,
        /// When it is tried again; `None`: not by itself.
        again_at: Option<Instant>,
        /// Where the customer can pay.
        pay: Option<String>,
    },
    /// A renewal was declined (R28).
    RenewalFailed {
        /// Who it is for, by name.
        customer: Option<String>,
        /// In which language.
        locale: Locale,
        /// The plan.
        plan: String,
        /// What was to be paid.
        amount: Money,
        /// The customer's day on which it is tried again; `None`: not by itself.
        retry_on: Option<NaiveDate>,
        /// The customer's day on which the subscription ends unless it is paid before.
        ends_on: NaiveDate,
        /// Whether the customer has to agree to the payment with the bank.
        action_required: bool,
        /// Where the customer can pay.
        page: Option<String>,
    },
    /// A subscription is over (R28, R31).
    SubscriptionEnded {
        /// Who it is for, by name.
        customer: Option<String>,
        /// In which language.
        locale: Locale,
        /// The plan.
        plan: String,
        /// Whether because it was not paid; as arranged otherwise.
        unpaid: bool,
        /// Where the customer can subscribe again.
        page: Option<String>,
    },
    /// A change of a subscription is off: it was not paid (R29).
    SubscriptionChangeFailed {
        /// Who it is for, by name.
        customer: Option<String>,
        /// In which language.
        locale: Locale,
        /// The plan that was asked for.
        plan: String,
        /// Why, in words for the customer.
        reason: String,
        /// Where the customer can try again.
        page: Option<String>,
    },
    /// A customer wants a quote; to the operator.
    QuoteRequest {
        /// Who asks.
        customer: String,
        /// Their address.
        address: String,
        /// The credits they need.
        credits: Credits,
        /// What they say, several lines perhaps.
        message: String,
    },
}

/// A letter in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The subject: one line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// Puts letters into words. Values from outside never become markup, headers or lines of their own.
pub trait Letters: Send + Sync {
    /// The letter, ready to be sent.
    fn write(&self, head: &Letterhead, letter: &Letter) -> Written;
}
