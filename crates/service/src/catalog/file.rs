//! The catalog file: its sections and keys, and the catalog they make.

use domain::{
    Catalog, CatalogFlaw, Credits, Currency, DunningTerms, FreeTierTerms, Links, Money, Operation, OrderTerms, Pack,
    Per, Plan, Policies, RefundTerms, Span, SubscriptionTerms, Trial, Validity,
};
use toml::de::DeTable;

use super::billing;
use super::section::{Flaws, MAX_FLAWS, Section};
use super::value;

/// Size of the largest catalog file.
pub const MAX_BYTES: usize = 256 * 1024;
/// How long the credits of a pack last that does not say (R9).
const PACK_VALIDITY: Validity = Validity(Some(Span { months: 12, days: 0, seconds: 0 }));
/// When a balance is low, where the file does not say (R38).
const LOW_PERCENTS: [u8; 2] = [20, 5];

/// The catalog that a file describes, or everything that is wrong with it (R21).
///
/// A file that is not TOML is reported as such, line by line; what it means is looked at once it can be read.
pub fn parse(text: &str) -> Result<Catalog, Vec<CatalogFlaw>> {
    if text.len() > MAX_BYTES {
        return Err(vec![CatalogFlaw::new("", "too_large", format!("a catalog file has at most {MAX_BYTES} bytes"))]);
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().take(MAX_FLAWS).map(|error| syntax(text, error)).collect());
    }
    let flaws = Flaws::default();
    let catalog = catalog(Section::root(document.get_ref(), &flaws));
    let mut flaws = flaws.into_vec();
    for flaw in catalog.flaws() {
        if !flaws.iter().any(|known| is_within(&known.pointer, &flaw.pointer)) {
            flaws.push(flaw);
        }
    }
    if flaws.is_empty() { Ok(catalog) } else { Err(flaws) }
}

/// Where the text stops being TOML. There is no pointer to a place in what cannot be read.
fn syntax(text: &str, error: &toml::de::Error) -> CatalogFlaw {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count().saturating_add(1);
    CatalogFlaw::new("", "syntax", format!("line {line}: {}", error.message()))
}

/// Whether `pointer` leads to `place` or to something in it.
fn is_within(pointer: &str, place: &str) -> bool {
    pointer.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Where a value is missing or unreadable, and so reported, a harmless one stands in: the rest is still checked.
fn catalog(mut file: Section<'_>) -> Catalog {
    let name = file.required("name", value::text).unwrap_or_default();
    let currency = file.required("currency", value::currency).unwrap_or(Currency::XXX);
    let catalog = Catalog {
        name,
        currency,
        operations: file.entries("operations", operation),
        packs: file.entries("packs", |code, section| pack(code, section, currency)),
        plans: file.entries("plans", |code, section| plan(code, section, currency)),
        trial: file.section("trial").map(trial),
        free_tier: file.section("free_tier").map(free_tier),
        low_percents: low_percents(file.section_or_empty("alerts")),
        policies: policies(file.section_or_empty("policies")),
        orders: orders(file.section_or_empty("orders")),
        subscriptions: subscriptions(file.section_or_empty("subscriptions")),
        refunds: file.section("refunds").map(refunds),
        links: links(file.section_or_empty("links")),
        seller: file.section("seller").map(billing::seller),
        tax: billing::tax(file.section_or_empty("tax")),
    };
    file.finish();
    catalog
}

fn operation(code: &str, mut section: Section<'_>) -> Operation {
    let operation = Operation {
        code: code.to_owned(),
        label: label(code, &mut section),
        per: section.required("per", value::per).unwrap_or(Per::Page),
        rate: section.required("rate", value::credits).unwrap_or_default(),
    };
    section.finish();
    operation
}

fn pack(code: &str, mut section: Section<'_>, currency: Currency) -> Pack {
    let pack = Pack {
        code: code.to_owned(),
        label: label(code, &mut section),
        credits: section.required("credits", value::whole_credits).unwrap_or(1),
        price: price(&mut section, currency),
        validity: section.optional("expires_after", value::validity).unwrap_or(PACK_VALIDITY),
        private: section.optional("private", value::boolean).unwrap_or(false),
    };
    section.finish();
    pack
}

fn plan(code: &str, mut section: Section<'_>, currency: Currency) -> Plan {
    let months = section.required("every", value::months).unwrap_or(1);
    let plan = Plan {
        code: code.to_owned(),
        label: label(code, &mut section),
        credits: section.required("credits", value::whole_credits).unwrap_or(1),
        price: price(&mut section, currency),
        months,
        grants_every: section.optional("grants_every", value::months).unwrap_or(months),
        rollover: section.optional("rollover", value::small).unwrap_or(0),
        trial_for: section.optional("trial_for", value::span),
        private: section.optional("private", value::boolean).unwrap_or(false),
    };
    section.finish();
    plan
}

fn trial(mut section: Section<'_>) -> Trial {
    let trial = Trial {
        credits: section.required("credits", value::credits).unwrap_or(Credits::whole(1)),
        validity: section.optional("expires_after", value::validity).unwrap_or(Validity(None)),
    };
    section.finish();
    trial
}

fn free_tier(mut section: Section<'_>) -> FreeTierTerms {
    let terms = FreeTierTerms {
        credits: section.required("credits", value::credits).unwrap_or(Credits::whole(1)),
        rollover: section.optional("rollover", value::small).unwrap_or(0),
    };
    section.finish();
    terms
}

fn low_percents(mut section: Section<'_>) -> Vec<u8> {
    let percents = section.list("low_percents", value::small).unwrap_or_else(|| LOW_PERCENTS.to_vec());
    section.finish();
    percents
}

fn policies(mut section: Section<'_>) -> Policies {
    let usual = Policies::default();
    let policies = Policies {
        estimate_for: section.optional("estimate_for", value::span).unwrap_or(usual.estimate_for),
        hold_for: section.optional("hold_for", value::span).unwrap_or(usual.hold_for),
        hold_at_most: section.optional("hold_at_most", value::span).unwrap_or(usual.hold_at_most),
        late_capture_for: section.optional("late_capture_for", value::span).unwrap_or(usual.late_capture_for),
        goodwill_for: section.optional("goodwill_for", value::span).unwrap_or(usual.goodwill_for),
        charge_customer_fault: section
            .optional("charge_customer_fault", value::boolean)
            .unwrap_or(usual.charge_customer_fault),
        overage: section.optional("overage", value::overage).unwrap_or(usual.overage),
    };
    section.finish();
    policies
}

fn orders(mut section: Section<'_>) -> OrderTerms {
    let usual = OrderTerms::default();
    let terms = OrderTerms {
        unpaid_for: section.optional("unpaid_for", value::span).unwrap_or(usual.unpaid_for),
        manual_for: section.optional("manual_for", value::span).unwrap_or(usual.manual_for),
    };
    section.finish();
    terms
}

fn subscriptions(mut section: Section<'_>) -> SubscriptionTerms {
    let SubscriptionTerms { incomplete_for, dunning: DunningTerms { retry_after, end_after } } =
        SubscriptionTerms::default();
    let terms = SubscriptionTerms {
        incomplete_for: section.optional("incomplete_for", value::span).unwrap_or(incomplete_for),
        dunning: DunningTerms {
            retry_after: section.list("retry_after", value::span).unwrap_or(retry_after),
            end_after: section.optional("end_after", value::span).unwrap_or(end_after),
        },
    };
    section.finish();
    terms
}

/// A section without keys offers refunds without limits.
fn refunds(mut section: Section<'_>) -> RefundTerms {
    let terms = RefundTerms {
        first_purchase_only: section.optional("first_purchase_only", value::boolean).unwrap_or(false),
        within: section.optional("within", value::span),
        used_under_percent: section.optional("used_under_percent", value::small),
    };
    section.finish();
    terms
}

fn links(mut section: Section<'_>) -> Links {
    let links = Links {
        top_up: section.optional("top_up", value::link),
        upgrade: section.optional("upgrade", value::link),
        support: section.optional("support", value::link),
    };
    section.finish();
    links
}

/// What people call it; its code where the file does not say.
fn label(code: &str, section: &mut Section<'_>) -> String {
    section.optional("label", value::text).unwrap_or_else(|| code.to_owned())
}

fn price(section: &mut Section<'_>, currency: Currency) -> Money {
    let price = section.required("price", |price| value::price(price, currency));
    price.unwrap_or(Money { minor: 0, currency })
}

#[cfg(test)]
mod tests;
