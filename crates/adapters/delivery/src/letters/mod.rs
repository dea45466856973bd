//! Letters: facts put into words, as plain text and as HTML that old mail programs can show too.
//!
//! Values reach a template only as [`Line`]s, [`Block`]s and [`Link`]s: whoever names a customer or a pack cannot add a
//! line, a link or markup. Askama escapes whatever stands in a `.html` template.

mod facts;
mod notice;
mod safe;

use askama::Template;
use domain::Locale;
use ports::{Letter, Letterhead, Letters, Written};

use facts::{Failure, Head, Invoice, Quote, Refund};
use notice::{Frame, Notice, Renewal, Tongue};

/// The letters that come with the program: in English, a subscription's in German too.
#[derive(Clone, Copy, Debug, Default)]
pub struct Templates;

impl Letters for Templates {
    fn write(&self, head: &Letterhead, letter: &Letter) -> Written {
        let (sender, head) = (head, &Head::of(head, &Frame::ENGLISH));
        match letter {
            Letter::Invoice { customer, invoice, paid } => {
                let it = &Invoice::of(customer.as_deref(), invoice, *paid);
                let subject = format!("Your invoice {} from {}", it.statement.number, head.operator);
                written(&InvoiceText { head, it }, |subject| InvoiceHtml { head, it, subject }, subject)
            }
            Letter::Refund { customer, credit_note, corrects, credits } => {
                let it = &Refund::of(customer.as_deref(), credit_note, corrects, *credits);
                let subject = format!("Your refund from {}: credit note {}", head.operator, it.statement.number);
                written(&RefundText { head, it }, |subject| RefundHtml { head, it, subject }, subject)
            }
            Letter::PaymentFailed { customer, amount, item, reason, again_at, pay } => {
                let texts = (item.as_str(), reason.as_deref(), pay.as_deref());
                let it = &Failure::of(customer.as_deref(), *amount, texts, *again_at);
                let subject = format!("Your payment to {} failed", head.operator);
                written(&FailureText { head, it }, |subject| FailureHtml { head, it, subject }, subject)
            }
            Letter::RenewalFailed { customer, locale, plan, amount, retry_on, ends_on, action_required, page } => {
                let (amount, retry_on, ends_on, action_required) = (*amount, *retry_on, *ends_on, *action_required);
                let renewal = Renewal { plan, amount, retry_on, ends_on, action_required };
                let told = Notice::renewal(Tongue::of(*locale), &head.operator, &renewal);
                notice(sender, *locale, told, (customer, page))
            }
            Letter::SubscriptionEnded { customer, locale, plan, unpaid, page } => {
                let told = Notice::ended(Tongue::of(*locale), &head.operator, plan, *unpaid);
                notice(sender, *locale, told, (customer, page))
            }
            Letter::SubscriptionChangeFailed { customer, locale, plan, reason, page } => {
                let told = Notice::unchanged(Tongue::of(*locale), &head.operator, plan, reason);
                notice(sender, *locale, told, (customer, page))
            }
            Letter::QuoteRequest { customer, address, credits, message } => {
                let it = &Quote::of(customer, address, *credits, message);
                let subject = format!("Quote wanted: {} credits for {}", it.credits, it.customer);
                written(&QuoteText { head, it }, |subject| QuoteHtml { head, it, subject }, subject)
            }
        }
    }
}

/// The letter to `customer`, with the `page` to go to.
fn notice(
    head: &Letterhead,
    locale: Locale,
    (notice, subject): (Notice, String),
    (customer, page): (&Option<String>, &Option<String>),
) -> Written {
    let head = &Head::of(head, Tongue::of(locale).frame());
    let it = &notice.to(customer.as_deref(), page.as_deref());
    written(&NoticeText { head, it }, |subject| NoticeHtml { head, it, subject }, subject)
}

fn written<H: Template>(text: &impl Template, html: impl FnOnce(String) -> H, subject: String) -> Written {
    Written { text: words(text), html: words(&html(subject.clone())), subject }
}

/// Writing into memory cannot fail, and the templates' own expressions do not.
fn words(template: &impl Template) -> String {
    template.render().expect("a template over values that can be shown")
}

#[derive(Template)]
#[template(path = "invoice.txt")]
struct InvoiceText<'l> {
    head: &'l Head,
    it: &'l Invoice,
}

#[derive(Template)]
#[template(path = "invoice.html")]
struct InvoiceHtml<'l> {
    head: &'l Head,
    it: &'l Invoice,
    subject: String,
}

#[derive(Template)]
#[template(path = "refund.txt")]
struct RefundText<'l> {
    head: &'l Head,
    it: &'l Refund,
}

#[derive(Template)]
#[template(path = "refund.html")]
struct RefundHtml<'l> {
    head: &'l Head,
    it: &'l Refund,
    subject: String,
}

#[derive(Template)]
#[template(path = "payment_failed.txt")]
struct FailureText<'l> {
    head: &'l Head,
    it: &'l Failure,
}

#[derive(Template)]
#[template(path = "payment_failed.html")]
struct FailureHtml<'l> {
    head: &'l Head,
    it: &'l Failure,
    subject: String,
}

#[derive(Template)]
#[template(path = "notice.txt")]
struct NoticeText<'l> {
    head: &'l Head,
    it: &'l Notice,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticeHtml<'l> {
    head: &'l Head,
    it: &'l Notice,
    subject: String,
}

#[derive(Template)]
#[template(path = "quote_request.txt")]
struct QuoteText<'l> {
    head: &'l Head,
    it: &'l Quote,
}

#[derive(Template)]
#[template(path = "quote_request.html")]
struct QuoteHtml<'l> {
    head: &'l Head,
    it: &'l Quote,
    subject: String,
}

#[cfg(test)]
mod tests;
