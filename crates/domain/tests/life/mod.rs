//! A customer's life: the same random commands to the domain and to the model, which must agree all along.

mod check;
mod command;
mod obey;

use std::collections::BTreeMap;

use chrono::DateTime;
use folio_domain::{
    Catalog, Credits, Currency, FreeTierTerms, Instant, Links, Operation, OrderTerms, Per, Policies, Refusal, Span,
    SubscriptionTerms, TaxRule, Trial, Validity, rules,
};

use crate::ledger::{Ledger, Names};
use crate::model::{CREDIT, DAY, HOUR, Model, No};

pub(crate) use command::{Command, Signup, commands, signups};

/// 2026-01-15T10:00:00Z: a day that every month has.
const SIGNUP: i64 = 1_768_471_200_000;

/// A ledger and its model, with what was told about past instants.
pub(crate) struct Life {
    ledger: Ledger,
    model: Model,
    clock: i64,
    /// Balances (available, held) as they were told at these instants.
    told: BTreeMap<i64, (i128, i128)>,
    /// Where the credits of each grant were told to be at these instants.
    grants: BTreeMap<i64, Vec<[i128; 5]>>,
}

impl Life {
    pub(crate) fn begin(signup: Signup) -> Self {
        let mut ledger = Ledger::new(instant(SIGNUP));
        let catalog = catalog(signup);
        ledger.post(Names::default(), |draft| rules::open(draft, &catalog, chrono_tz::UTC)).expect("an opening");

        let trial = signup.trial.then(|| (20 * CREDIT, signup.trial_hours.map(|hours| SIGNUP + hours_long(hours))));
        let tier = signup.rollover.map(|rollover| (7 * CREDIT, months(), usize::from(rollover)));
        let (model, told, grants) = (Model::open(SIGNUP, trial, tier), BTreeMap::new(), BTreeMap::new());
        let life = Self { ledger, model, clock: SIGNUP, told, grants };
        life.check_entries(0);
        life
    }

    /// All that was told on the way is still the answer.
    pub(crate) fn end(mut self) {
        self.ledger.post(Names::default(), |_| Ok(())).expect("the clock's doings are written");
        self.check_past();
    }

    /// One command to both, and every rule checked after it.
    pub(crate) fn step(&mut self, command: &Command) {
        let written = self.ledger.journal.len();
        let Some((answer, expected)) = self.obey(command) else { return };
        assert_eq!(answer.as_ref().map_err(kind).copied(), expected, "{answer:?}");
        self.check_entries(written);
        self.check_grants();
        assert_eq!(self.ledger.book.frozen_since.is_some(), self.model.frozen);
        self.check_holds();
        self.check_usages();
        self.check_balances();
    }
}

fn catalog(signup: Signup) -> Catalog {
    let validity = Validity(signup.trial_hours.map(Span::hours));
    Catalog {
        name: "life".into(),
        currency: Currency::USD,
        operations: vec![Operation { code: "work".into(), label: "Work".into(), per: Per::Page, rate: Credits::ZERO }],
        packs: Vec::new(),
        plans: Vec::new(),
        trial: signup.trial.then(|| Trial { credits: Credits::whole(20), validity }),
        free_tier: signup.rollover.map(|rollover| FreeTierTerms { credits: Credits::whole(7), rollover }),
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

/// The 15th of every month from the signup on, told from a table of month lengths.
fn months() -> Vec<i64> {
    let mut at = SIGNUP;
    let mut months = vec![at];
    for year in 2026..2050 {
        let february = if year % 4 == 0 { 29 } else { 28 };
        for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
            at += days * DAY;
            months.push(at);
        }
    }
    months
}

fn hours_long(hours: u32) -> i64 {
    i64::from(hours) * HOUR
}

fn instant(millis: i64) -> Instant {
    DateTime::from_timestamp_millis(millis).expect("an instant")
}

/// A refusal in the model's words.
fn kind(refusal: &Refusal) -> No {
    match refusal {
        Refusal::InsufficientCredits { .. } => No::InsufficientCredits,
        Refusal::NothingToDo => No::NothingToDo,
        Refusal::HoldClosed => No::HoldClosed,
        Refusal::HoldExpired => No::HoldExpired,
        Refusal::NoSuchItem => No::UnknownItem,
        Refusal::AmbiguousItem => No::AmbiguousItem,
        Refusal::AboveHold => No::AboveHold,
        Refusal::TtlTooLong(_) => No::TtlTooLong,
        Refusal::AlreadyReversed => No::AlreadyReversed,
        Refusal::ReverseTooMuch { .. } => No::ReverseTooMuch,
        Refusal::GrantClosed => No::GrantClosed,
        Refusal::BadInstant(_) => No::BadInstant,
        Refusal::ReinstateTooMuch { .. } => No::ReinstateTooMuch,
        Refusal::Frozen => No::Frozen,
        Refusal::AlreadyFrozen => No::AlreadyFrozen,
        Refusal::NotFrozen => No::NotFrozen,
        other => panic!("a refusal that no life meets: {other}"),
    }
}
