//! Short words for telling rules: amounts as text, days counted from the first of 2026.

use chrono::TimeDelta;
use folio_domain::rules::{
    self, Capture, CaptureItem, NewGrant, NewHold, NewUsage, Overage, ReleaseReason, Reversal, What,
};
use folio_domain::{
    Catalog, Credits, Currency, Estimate, EstimateId, Grant, GrantId, Instant, Line, Links, Money, Operation,
    OrderTerms, Outcome, Per, Policies, Refusal, ResultMode, Source, Span, SubscriptionTerms, TaxRule,
};

use crate::ledger::{Ledger, Names};

pub(crate) fn credits(text: &str) -> Credits {
    text.parse().expect("an amount")
}

/// Noon of a day; day 0 is 1 January 2026.
pub(crate) fn day(number: i64) -> Instant {
    "2026-01-01T12:00:00Z".parse::<Instant>().expect("an instant") + TimeDelta::days(number)
}

pub(crate) const MILLISECOND: TimeDelta = TimeDelta::milliseconds(1);
pub(crate) const HOUR: TimeDelta = TimeDelta::hours(1);

/// A catalog that prices an extraction at one credit a page, and gives nothing away.
pub(crate) fn catalog() -> Catalog {
    let operation = |code: &str, rate: &str| Operation {
        code: code.into(),
        label: code.into(),
        per: Per::Page,
        rate: credits(rate),
    };
    Catalog {
        name: "test".into(),
        currency: Currency::USD,
        operations: vec![operation("extract", "1"), operation("create_schema", "0.5"), operation("preview", "0")],
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

/// Pages of one extraction.
pub(crate) fn pages(quantity: u64) -> Line {
    line("extract", quantity)
}

pub(crate) fn line(operation: &str, quantity: u64) -> Line {
    let name = Some(format!("{quantity}-{operation}.pdf"));
    catalog().line(operation, quantity, ResultMode::OnePerFile, name, None).expect("a price")
}

/// A grant of these terms, to be made.
pub(crate) fn terms(amount: &str, expires_at: Option<Instant>) -> NewGrant {
    NewGrant {
        source: Source::Adjustment,
        label: "given".into(),
        amount: credits(amount),
        cost: None,
        priority: Grant::DEFAULT_PRIORITY,
        effective_at: None,
        expires_at,
        reason: None,
    }
}

pub(crate) fn paid(minor: i64, grant: NewGrant) -> NewGrant {
    NewGrant { cost: Some(Money { minor, currency: Currency::USD }), ..grant }
}

/// The whole rest of a hold, as the catalog's defaults have it.
pub(crate) fn rest() -> Capture {
    Capture {
        what: What::Rest,
        close: false,
        overage: Overage::Cap,
        charge_customer_fault: false,
        late_for: Span::hours(24),
        occurred_at: None,
    }
}

pub(crate) fn units(quantity: u64) -> Capture {
    Capture { what: What::Units(quantity), ..rest() }
}

pub(crate) fn items(items: &[(usize, u64, Outcome)]) -> Capture {
    let item = |(item, quantity, outcome): &(usize, u64, Outcome)| CaptureItem {
        item: *item,
        quantity: Some(*quantity),
        outcome: *outcome,
    };
    Capture { what: What::Items(items.iter().map(item).collect()), ..rest() }
}

/// The kind of a refusal, without what it carries.
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> String {
    let refusal = format!("{:?}", answer.expect_err("a refusal"));
    refusal.split([' ', '(']).next().unwrap_or_default().to_owned()
}

impl Ledger {
    /// A new customer's ledger at day 0, without a credit.
    pub(crate) fn opened() -> Self {
        Self::opened_with(&catalog(), day(0))
    }

    pub(crate) fn opened_with(catalog: &Catalog, at: Instant) -> Self {
        let mut ledger = Self::new(at);
        ledger.post(Names::default(), |draft| rules::open(draft, catalog, chrono_tz::UTC)).expect("an opening");
        ledger
    }

    /// A ledger with these grants: amount and last day.
    pub(crate) fn with(grants: &[(&str, Option<Instant>)]) -> Self {
        let mut ledger = Self::opened();
        for (amount, expires_at) in grants {
            ledger.give(terms(amount, *expires_at));
        }
        ledger
    }

    pub(crate) fn go(&mut self, to: Instant) -> &mut Self {
        self.now = to;
        self
    }

    /// Writes down what the clock did, as a worker's nudge does.
    pub(crate) fn settle(&mut self) {
        self.post(Names::default(), |_| Ok(())).expect("a nudge is never refused");
    }

    pub(crate) fn give(&mut self, new: NewGrant) -> u32 {
        self.try_give(new).expect("a grant")
    }

    pub(crate) fn try_give(&mut self, new: NewGrant) -> Result<u32, Refusal> {
        self.post(Names::default(), |draft| rules::grant(draft, new)).map(|id| id.number)
    }

    pub(crate) fn grant_id(&self, number: u32) -> GrantId {
        self.book.grant_id(number)
    }

    pub(crate) fn record(&mut self, line: Line) -> Result<u64, Refusal> {
        let new = NewUsage { line, reference: None, occurred_at: None, catalog_version: 1, metadata: Vec::new() };
        self.post(Names::default(), |draft| rules::record(draft, new)).map(|()| self.book.sequence)
    }

    /// A hold of these lines for one hour.
    pub(crate) fn hold(&mut self, lines: Vec<Line>) -> Result<u32, Refusal> {
        self.place(lines, |_| {})
    }

    /// A hold that differs from the usual one.
    pub(crate) fn place(&mut self, lines: Vec<Line>, but: impl FnOnce(&mut NewHold)) -> Result<u32, Refusal> {
        let mut new = NewHold {
            estimate: Estimate {
                id: EstimateId(uuid::Uuid::nil()),
                customer: self.book.customer,
                lines,
                mode: ResultMode::OnePerFile,
                created_at: self.now,
                valid_until: self.now + TimeDelta::days(1),
                catalog_version: 1,
            },
            partial: false,
            ttl: Span::hours(1),
            max_ttl: Span::days(7),
            reference: Some("job-1".into()),
            metadata: Vec::new(),
        };
        but(&mut new);
        self.post(Names::default(), |draft| rules::hold(draft, new))?;
        Ok(self.book.holds_made)
    }

    pub(crate) fn extend_hold(&mut self, hold: u32, ttl: Span) -> Result<(), Refusal> {
        self.with_hold(hold, |draft| rules::extend_hold(draft, ttl, Span::days(7)))
    }

    pub(crate) fn capture(&mut self, hold: u32, capture: &Capture) -> Result<(), Refusal> {
        self.with_hold(hold, |draft| rules::capture(draft, capture))
    }

    pub(crate) fn release(&mut self, hold: u32) -> Result<(), Refusal> {
        self.with_hold(hold, |draft| rules::release(draft, &ReleaseReason::Other("cancelled".into())))
    }

    pub(crate) fn release_for_vendor_fault(&mut self, hold: u32) -> Result<(), Refusal> {
        self.with_hold(hold, |draft| rules::release(draft, &ReleaseReason::VendorFault(Span::days(7))))
    }

    pub(crate) fn lapse(&mut self, hold: u32) {
        self.with_hold(hold, rules::lapse).expect("a nudge is never refused");
    }

    fn with_hold(
        &mut self,
        hold: u32,
        decide: impl FnOnce(&mut folio_domain::Draft) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.post(Names { hold: Some(hold), ..Names::default() }, decide)
    }

    pub(crate) fn reverse(&mut self, usage: u64, quantity: Option<u64>) -> Result<(), Refusal> {
        let reversal = Reversal { quantity, reason: None, goodwill_for: Span::days(7) };
        self.post(Names { usage: Some(usage), ..Names::default() }, |draft| rules::reverse(draft, &reversal))
    }

    /// What can be spent now, whether or not the clock's doings are written down.
    pub(crate) fn available(&self) -> Credits {
        self.book.settled(self.now).balance().available
    }

    pub(crate) fn held(&self) -> Credits {
        self.book.balance().held
    }

    /// The last entry's legs: grant and amount.
    pub(crate) fn drawn(&self) -> Vec<(u32, String)> {
        let last = self.journal.last().expect("an entry");
        last.postings.iter().map(|posting| (posting.grant.number, posting.amount.to_string())).collect()
    }

    /// Kinds and amounts of the entries after `sequence`.
    pub(crate) fn since(&self, sequence: u64) -> Vec<(&'static str, String)> {
        let new = self.journal.iter().filter(|entry| entry.sequence > sequence);
        new.map(|entry| (entry.kind.word(), entry.amount().to_string())).collect()
    }
}

/// Legs as [`Ledger::drawn`] tells them.
pub(crate) fn legs(legs: &[(u32, &str)]) -> Vec<(u32, String)> {
    legs.iter().map(|(grant, amount)| (*grant, (*amount).to_owned())).collect()
}

/// Entries as [`Ledger::since`] tells them.
pub(crate) fn entries(entries: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    entries.iter().map(|(kind, amount)| (*kind, (*amount).to_owned())).collect()
}
