//! What must hold after every command.

use std::collections::BTreeSet;

use folio_domain::{Credits, Draft, Entry, GrantState, HoldStatus, Posting, Rewind};

use super::Life;
use crate::model::Status;

impl Life {
    /// R4, R5: every new entry is the model's, leg by leg, with one leg per grant.
    pub(super) fn check_entries(&self, written: usize) {
        assert_eq!(self.ledger.journal.len(), self.model.journal.len(), "entries: {:?}", self.model.journal);
        for (entry, expected) in self.ledger.journal.iter().zip(&self.model.journal).skip(written) {
            assert_eq!(entry.kind.word(), expected.kind, "entry {}", entry.sequence);
            assert_eq!(entry.effective_at.timestamp_millis(), expected.effective, "entry {}", entry.sequence);
            let mut expected = expected.legs.clone();
            expected.sort_unstable();
            assert_eq!(legs(&entry.postings), expected, "legs of entry {}, a {}", entry.sequence, entry.kind.word());
            let grants: BTreeSet<_> = entry.postings.iter().map(|posting| posting.grant).collect();
            assert_eq!(grants.len(), entry.postings.len(), "one leg per grant");
            assert!(entry.postings.iter().all(|posting| !posting.amount.is_zero()));
        }
    }

    /// R3: every grant's credits are where the model has them, and none is lost.
    pub(super) fn check_grants(&mut self) {
        let then = self.model.then(self.clock);
        // With what the clock has done by now, written or not.
        let lots = then.lots.iter().map(|lot| [lot.available, lot.held, lot.consumed, lot.expired, lot.revoked]);
        self.grants.insert(then.at, lots.collect());
        for (place, number) in (0..self.model.lots.len()).zip(1..) {
            let (lot, state) = (&then.lots[place], self.ledger.state(number));
            let buckets = [lot.available, lot.held, lot.consumed, lot.expired, lot.revoked];
            let found = [state.available, state.held, state.consumed, state.expired, state.revoked].map(micros);
            assert_eq!(found, buckets, "grant {number}");
            let (from, until) = (state.grant.effective_at, state.grant.expires_at);
            let found = (from.timestamp_millis(), until.map(|until| until.timestamp_millis()));
            assert_eq!(found, (lot.from, lot.until), "grant {number}");
            assert_eq!(buckets.iter().sum::<i128>(), lot.amount, "grant {number}");
            assert!(buckets.iter().all(|bucket| *bucket >= 0), "grant {number}: {buckets:?}");
        }
    }

    /// R7: the journal, taken back entry by entry, leads to what was told at each instant of the past.
    pub(super) fn check_past(&self) {
        let states = (1..=self.ledger.book.grants_made).map(|number| self.ledger.state(number));
        let mut rewind = Rewind::new(states.collect());
        let mut journal = self.ledger.journal.iter().rev().peekable();
        for (at, told) in self.grants.iter().rev() {
            while let Some(entry) = journal.next_if(|entry| entry.effective_at.timestamp_millis() > *at) {
                rewind.undo(entry.kind, &entry.postings);
            }
            let buckets = |state: GrantState| {
                [state.available, state.held, state.consumed, state.expired, state.revoked].map(micros)
            };
            let found: Vec<_> = rewind.at(super::instant(*at)).into_iter().map(buckets).collect();
            assert_eq!(found, *told, "the grants at {at}");
        }
    }

    /// R15, R16: each hold stands as the model has it; what was promised is captured, released or still held.
    pub(super) fn check_holds(&self) {
        let mut held = 0;
        for (expected, number) in self.model.holds.iter().zip(1..) {
            let hold = &self.ledger.holds[&number];
            assert_eq!(status(hold.progress.status), expected.status, "hold {number}");
            assert_eq!(hold.progress.expires_at.timestamp_millis(), expected.until, "hold {number}");
            let mut draws = expected.draws.clone();
            draws.sort_unstable();
            assert_eq!(legs(&hold.draws), draws, "hold {number}");
            let [captured, released, left] = [hold.progress.captured, hold.progress.released, hold.held()].map(micros);
            assert_eq!((captured, released), (expected.captured, expected.released), "hold {number}");
            assert_eq!(captured + released + left, micros(hold.amount), "hold {number}");
            assert_eq!(micros(hold.amount), expected.amount, "hold {number}");
            assert!(left == 0 || expected.status == Status::Open, "hold {number}");
            for (line, progress) in hold.progress.items.iter().enumerate() {
                let units = [progress.captured, progress.failed + progress.free].map(i128::from);
                assert_eq!(units, [expected.charged[line], expected.spared[line]], "hold {number}, line {line}");
                assert!(units.iter().sum::<i128>() <= expected.lines[line].quantity, "hold {number}, line {line}");
            }
            held += left;
        }
        assert_eq!(micros(self.ledger.book.balance().held), held);
    }

    /// R17–R19: each usage costs what the model says; what came back of it is no more than that.
    pub(super) fn check_usages(&self) {
        for expected in &self.model.usages {
            let usage = self.ledger.journal[expected.place - 1].usage().expect("a usage");
            assert_eq!(i128::from(usage.quantity), expected.quantity);
            assert_eq!([usage.cost, usage.uncollected].map(micros), [expected.cost, expected.uncollected]);
            assert_eq!((usage.late, usage.above_hold), (expected.late, expected.above));
            assert_eq!(micros(usage.cost) + micros(usage.uncollected), micros(usage.rate) * expected.quantity);
            assert!(expected.back <= expected.cost);
        }
    }

    /// R6, R7, R10: the balance is right before the clock's doings are written, and what was told of a past
    /// instant still is the journal's answer.
    pub(super) fn check_balances(&mut self) {
        let draft = Draft::open(self.ledger.book.clone(), self.ledger.now);
        let (balance, then) = (draft.balance(), self.model.then(self.clock));
        let expected = (then.available(), then.lots.iter().map(|lot| lot.held).sum());
        assert_eq!((micros(balance.available), micros(balance.held)), expected);
        self.told.insert(then.at, expected);

        let journal: Vec<&Entry> = self.ledger.journal.iter().chain(draft.entries()).collect();
        for (at, told) in &self.told {
            let after = journal.partition_point(|entry| entry.effective_at.timestamp_millis() <= *at);
            let answer = journal[after - 1].balance;
            assert_eq!((micros(answer.available), micros(answer.held)), *told, "the balance at {at}");
        }
    }
}

fn micros(credits: Credits) -> i128 {
    credits.micros().into()
}

/// Legs as the model has them, by place of the grant.
fn legs(postings: &[Posting]) -> Vec<(usize, i128)> {
    let place = |number: u32| usize::try_from(number).expect("a place") - 1;
    let mut legs: Vec<_> =
        postings.iter().map(|posting| (place(posting.grant.number), micros(posting.amount))).collect();
    legs.sort_unstable();
    legs
}

fn status(status: HoldStatus) -> Status {
    match status {
        HoldStatus::Open => Status::Open,
        HoldStatus::Captured => Status::Captured,
        HoldStatus::Released => Status::Released,
        HoldStatus::Expired => Status::Expired,
    }
}
