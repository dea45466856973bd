//! What the promises ask for: instants, amounts, lines, and decisions made of the domain's rules.

use chrono::{DateTime, TimeDelta};
use domain::rules::{self, Capture, NewGrant, NewHold, NewUsage, Overage, ReleaseReason, Reversal, What};
use domain::{
    Catalog, Credits, Currency, CustomerId, Draft, Estimate, EstimateId, FreeTierTerms, Grant, Instant, Line, Links,
    OrderTerms, Policies, Refusal, ResultMode, Source, Span, SubscriptionTerms, TaxRule, Trial, Validity,
};
use uuid::Uuid;

use crate::{Decide, PageAsk};

/// When every promise begins: 2026-06-01T12:00:00Z.
pub(crate) fn start() -> Instant {
    DateTime::from_timestamp(1_780_315_200, 0).expect("an instant")
}

/// So many days after the start.
pub(crate) fn day(days: i64) -> Instant {
    start() + TimeDelta::days(days)
}

/// The last instant before `at`.
pub(crate) fn just_before(at: Instant) -> Instant {
    at - TimeDelta::milliseconds(1)
}

pub(crate) fn credits(text: &str) -> Credits {
    text.parse().expect("an amount of credits")
}

/// The first page of a list, newest first.
pub(crate) const fn newest(limit: u32) -> PageAsk {
    PageAsk { cursor: None, limit, oldest_first: false }
}

/// A grant for ever.
pub(crate) fn terms(amount: &str) -> NewGrant {
    NewGrant {
        source: Source::Adjustment,
        label: "credits".to_owned(),
        amount: credits(amount),
        cost: None,
        priority: Grant::DEFAULT_PRIORITY,
        effective_at: None,
        expires_at: None,
        reason: None,
    }
}

/// A grant with an end.
pub(crate) fn terms_until(amount: &str, expires_at: Instant) -> NewGrant {
    NewGrant { expires_at: Some(expires_at), ..terms(amount) }
}

/// So many units at this rate.
pub(crate) fn line(quantity: u64, rate: &str) -> Line {
    let rate = credits(rate);
    let cost = rate.times(quantity).expect("a cost");
    Line { name: None, operation: "extract".to_owned(), quantity, rate, cost, records: 1, document: None }
}

pub(crate) fn estimate(lines: Vec<Line>) -> Estimate {
    Estimate {
        id: EstimateId(Uuid::from_u128(1)),
        customer: CustomerId(Uuid::from_u128(2)),
        lines,
        mode: ResultMode::OnePerFile,
        created_at: start(),
        valid_until: day(10_000),
        catalog_version: 1,
    }
}

/// A catalog that gives nothing at signup.
pub(crate) fn bare_catalog() -> Catalog {
    Catalog {
        name: "bare".to_owned(),
        currency: Currency::USD,
        operations: Vec::new(),
        packs: Vec::new(),
        plans: Vec::new(),
        trial: None,
        free_tier: None,
        low_percents: Vec::new(),
        policies: Policies::default(),
        orders: OrderTerms::default(),
        subscriptions: SubscriptionTerms::default(),
        refunds: None,
        links: Links::default(),
        seller: None,
        tax: TaxRule::default(),
    }
}

/// A catalog that gives 20 credits once.
pub(crate) fn trial_catalog() -> Catalog {
    Catalog { trial: Some(Trial { credits: credits("20"), validity: Validity(None) }), ..bare_catalog() }
}

/// A catalog that gives 20 credits a month.
pub(crate) fn free_tier_catalog() -> Catalog {
    Catalog { free_tier: Some(FreeTierTerms { credits: credits("20"), rollover: 0 }), ..bare_catalog() }
}

pub(crate) fn opening(catalog: Catalog) -> Decide {
    Box::new(move |draft| rules::open(draft, &catalog, chrono_tz::UTC))
}

pub(crate) fn granting(terms: NewGrant) -> Decide {
    Box::new(move |draft| rules::grant(draft, terms.clone()).map(drop))
}

pub(crate) fn giving(amount: &str) -> Decide {
    granting(terms(amount))
}

pub(crate) fn extending_grant(number: u32, expires_at: Instant) -> Decide {
    Box::new(move |draft| rules::extend_grant(draft, draft.book().grant_id(number), expires_at))
}

pub(crate) fn revoking(number: u32) -> Decide {
    Box::new(move |draft| rules::revoke(draft, draft.book().grant_id(number), None).map(drop))
}

pub(crate) fn reinstating(number: u32, amount: &str) -> Decide {
    let amount = credits(amount);
    Box::new(move |draft| rules::reinstate(draft, draft.book().grant_id(number), amount, None))
}

pub(crate) fn freezing() -> Decide {
    Box::new(|draft| rules::freeze(draft, None))
}

pub(crate) fn unfreezing() -> Decide {
    Box::new(|draft| rules::unfreeze(draft, None))
}

pub(crate) fn recording(new: NewUsage) -> Decide {
    Box::new(move |draft| rules::record(draft, new.clone()))
}

pub(crate) fn usage_of(line: Line) -> NewUsage {
    NewUsage { line, reference: None, occurred_at: None, catalog_version: 1, metadata: Vec::new() }
}

/// A usage of one unit that costs `amount`.
pub(crate) fn spending(amount: &str) -> Decide {
    recording(usage_of(line(1, amount)))
}

/// A usage of so many units of one credit each.
pub(crate) fn spending_units(quantity: u64) -> Decide {
    recording(usage_of(line(quantity, "1")))
}

pub(crate) fn new_hold(lines: Vec<Line>) -> NewHold {
    NewHold {
        estimate: estimate(lines),
        partial: false,
        ttl: Span::hours(1),
        max_ttl: Span::days(7),
        reference: None,
        metadata: Vec::new(),
    }
}

pub(crate) fn placing(hold: NewHold) -> Decide {
    Box::new(move |draft| rules::hold(draft, hold.clone()))
}

/// A hold of one line of so many units of one credit, for an hour.
pub(crate) fn holding(quantity: u64) -> Decide {
    placing(new_hold(vec![line(quantity, "1")]))
}

pub(crate) fn extending_hold(ttl: Span) -> Decide {
    Box::new(move |draft| rules::extend_hold(draft, ttl, Span::days(7)))
}

pub(crate) fn capture(what: What, close: bool) -> Capture {
    Capture {
        what,
        close,
        overage: Overage::Cap,
        charge_customer_fault: false,
        late_for: Span::hours(24),
        occurred_at: None,
    }
}

pub(crate) fn capturing(what: What) -> Decide {
    capturing_as(capture(what, false))
}

pub(crate) fn capturing_as(capture: Capture) -> Decide {
    Box::new(move |draft| rules::capture(draft, &capture))
}

pub(crate) fn releasing() -> Decide {
    Box::new(|draft| rules::release(draft, &ReleaseReason::Other("cancelled".to_owned())))
}

pub(crate) fn lapsing() -> Decide {
    Box::new(rules::lapse)
}

pub(crate) fn reversing(quantity: Option<u64>) -> Decide {
    let reversal = Reversal { quantity, reason: None, goodwill_for: Span::days(7) };
    Box::new(move |draft| rules::reverse(draft, &reversal))
}

/// A decision that writes nothing: what the clock did is written all the same.
pub(crate) fn nothing() -> Decide {
    Box::new(|_: &mut Draft| Ok(()))
}

/// A decision that says no.
pub(crate) fn refusing() -> Decide {
    Box::new(|_: &mut Draft| Err(Refusal::NothingToDo))
}
