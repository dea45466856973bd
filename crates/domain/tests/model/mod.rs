//! A naive model of one customer's credits, written from the text of the rules. It shares no code with the domain:
//! amounts are `i128` micro-credits, instants `i64` milliseconds, and nothing is ever thrown away.

mod spend;

pub(crate) use spend::Part;

pub(crate) const HOUR: i64 = 3_600_000;
pub(crate) const DAY: i64 = 24 * HOUR;
pub(crate) const CREDIT: i128 = 1_000_000;
/// The catalog's numbers: how long goodwill lasts, a hold may live, a capture may be late.
pub(crate) const GOODWILL: i64 = 7 * DAY;
pub(crate) const HOLD_AT_MOST: i64 = 7 * DAY;
pub(crate) const LATE: i64 = DAY;

/// Why the model says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum No {
    InsufficientCredits,
    NothingToDo,
    HoldClosed,
    HoldExpired,
    UnknownItem,
    AmbiguousItem,
    AboveHold,
    TtlTooLong,
    AlreadyReversed,
    ReverseTooMuch,
    GrantClosed,
    BadInstant,
    ReinstateTooMuch,
    Frozen,
    AlreadyFrozen,
    NotFrozen,
}

/// A grant, with every credit of it in one of five places.
#[derive(Clone, Debug)]
pub(crate) struct Lot {
    pub(crate) amount: i128,
    pub(crate) cost: i128,
    pub(crate) priority: u16,
    pub(crate) from: i64,
    pub(crate) until: Option<i64>,
    pub(crate) available: i128,
    pub(crate) held: i128,
    pub(crate) consumed: i128,
    pub(crate) expired: i128,
    pub(crate) revoked: i128,
    /// Its beginning stands in the journal.
    begun: bool,
}

/// The terms of a grant to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) amount: i128,
    pub(crate) cost: i128,
    pub(crate) priority: u16,
    pub(crate) from: i64,
    pub(crate) until: Option<i64>,
}

/// A line of a job: micro-credits a unit, units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) rate: i128,
    pub(crate) quantity: i128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Open,
    Captured,
    Released,
    Expired,
}

#[derive(Clone, Debug)]
pub(crate) struct Hold {
    pub(crate) lines: Vec<Line>,
    /// Units of each line: charged, and not charged.
    pub(crate) charged: Vec<i128>,
    pub(crate) spared: Vec<i128>,
    /// What is still held: lot and amount, first drawn first.
    pub(crate) draws: Vec<(usize, i128)>,
    pub(crate) amount: i128,
    pub(crate) captured: i128,
    pub(crate) released: i128,
    pub(crate) status: Status,
    pub(crate) born: i64,
    pub(crate) until: i64,
}

/// A charge, named by its place in the journal.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    pub(crate) place: usize,
    pub(crate) at: i64,
    pub(crate) rate: i128,
    pub(crate) quantity: i128,
    pub(crate) cost: i128,
    pub(crate) uncollected: i128,
    pub(crate) late: bool,
    pub(crate) above: bool,
    pub(crate) draws: Vec<(usize, i128)>,
    pub(crate) units_back: i128,
    pub(crate) back: i128,
}

/// One line of the journal: what happened, to how much of which lots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) kind: &'static str,
    pub(crate) effective: i64,
    pub(crate) legs: Vec<(usize, i128)>,
}

/// Monthly free credits: the months' beginnings are told, none is computed.
#[derive(Clone, Debug)]
pub(crate) struct Tier {
    pub(crate) amount: i128,
    pub(crate) boundaries: Vec<i64>,
    pub(crate) rollover: usize,
    next: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// Ledger time: of the last entry, and while a command runs, of the command.
    pub(crate) at: i64,
    pub(crate) lots: Vec<Lot>,
    pub(crate) holds: Vec<Hold>,
    pub(crate) usages: Vec<Usage>,
    pub(crate) journal: Vec<Step>,
    pub(crate) frozen: bool,
    tier: Option<Tier>,
}

/// The two places that a movement goes between.
type Flow = (fn(&mut Lot) -> &mut i128, fn(&mut Lot) -> &mut i128);

impl Model {
    /// A customer who signs up at `at`, with a trial of so much until then, and free credits every month.
    pub(crate) fn open(at: i64, trial: Option<(i128, Option<i64>)>, tier: Option<(i128, Vec<i64>, usize)>) -> Self {
        let (lots, holds, usages, journal) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut model = Self { at, lots, holds, usages, journal, frozen: false, tier: None };
        model.note("open");
        if let Some((amount, until)) = trial {
            model.grant(Terms { amount, cost: 0, priority: 100, from: at, until }).expect("a trial");
        }
        model.tier = tier.map(|(amount, boundaries, rollover)| Tier { amount, boundaries, rollover, next: 0 });
        model.pass();
        model
    }

    /// Runs a command at `now`: the clock's own doings first; all of it, or nothing.
    pub(crate) fn run(&mut self, now: i64, command: impl FnOnce(&mut Self) -> Result<(), No>) -> Result<(), No> {
        let before = self.clone();
        self.at = now.max(before.at);
        self.pass();
        let answer = command(self);
        if answer.is_err() {
            *self = before;
        } else if self.journal.len() == before.journal.len() {
            self.at = before.at;
        }
        answer
    }

    /// The model as it is at `now`, if nothing else happens.
    pub(crate) fn then(&self, now: i64) -> Self {
        let mut then = self.clone();
        then.at = now.max(self.at);
        then.pass();
        then
    }

    /// What can be spent, straight from R3 and R8: effective, and not expired.
    pub(crate) fn available(&self) -> i128 {
        let spendable = |lot: &&Lot| lot.from <= self.at && lot.until.is_none_or(|until| self.at < until);
        self.lots.iter().filter(spendable).map(|lot| lot.available).sum()
    }

    /// What the clock does by itself up to now, in the order of its happening: expiries before
    /// beginnings, and both before a new month.
    fn pass(&mut self) {
        loop {
            let mut due: Vec<(i64, u8, usize)> = Vec::new();
            for (place, lot) in self.lots.iter().enumerate() {
                match lot.until {
                    Some(until) if lot.available > 0 => due.push((until, 0, place)),
                    _ => {}
                }
                if !lot.begun && lot.amount > lot.revoked {
                    due.push((lot.from, 1, place));
                }
            }
            if let Some(tier) = &self.tier {
                due.push((tier.boundaries[tier.next], 2, 0));
            }
            let Some((effective, what, place)) = due.into_iter().min().filter(|(at, ..)| *at <= self.at) else {
                return;
            };
            match what {
                0 => self.expire(effective, place, self.lots[place].available),
                1 => {
                    self.lots[place].begun = true;
                    self.journal.push(Step { kind: "activate", effective, legs: Vec::new() });
                }
                _ => self.renew(effective),
            }
        }
    }

    fn renew(&mut self, from: i64) {
        let Some(tier) = &mut self.tier else { return };
        tier.next += 1;
        let until = Some(tier.boundaries[tier.next + tier.rollover]);
        let terms = Terms { amount: tier.amount, cost: 0, priority: 100, from, until };
        self.add(from, terms);
    }

    fn expire(&mut self, effective: i64, lot: usize, amount: i128) {
        self.shift(effective, "expire", vec![(lot, amount)], (|l| &mut l.available, |l| &mut l.expired));
    }

    fn add(&mut self, effective: i64, terms: Terms) {
        let Terms { amount, cost, priority, from, until } = terms;
        let begun = from <= self.at;
        let (held, consumed, expired, revoked) = (0, 0, 0, 0);
        let lot =
            Lot { amount, cost, priority, from, until, available: amount, held, consumed, expired, revoked, begun };
        self.journal.push(Step { kind: "grant", effective, legs: vec![(self.lots.len(), amount)] });
        self.lots.push(lot);
    }

    fn shift(&mut self, effective: i64, kind: &'static str, legs: Vec<(usize, i128)>, (from, to): Flow) {
        for (lot, amount) in &legs {
            *from(&mut self.lots[*lot]) -= amount;
            *to(&mut self.lots[*lot]) += amount;
        }
        self.journal.push(Step { kind, effective, legs });
    }

    fn note(&mut self, kind: &'static str) {
        self.journal.push(Step { kind, effective: self.at, legs: Vec::new() });
    }

    pub(crate) fn grant(&mut self, terms: Terms) -> Result<(), No> {
        let from = terms.from.max(self.at);
        if terms.amount == 0 {
            return Err(No::NothingToDo);
        }
        if terms.until.is_some_and(|until| until <= from) {
            return Err(No::BadInstant);
        }
        self.add(self.at, Terms { from, ..terms });
        Ok(())
    }

    pub(crate) fn revoke(&mut self, lot: usize) -> Result<(), No> {
        let left = self.lots[lot].available;
        if left == 0 {
            return Err(No::GrantClosed);
        }
        self.shift(self.at, "revoke", vec![(lot, left)], (|l| &mut l.available, |l| &mut l.revoked));
        Ok(())
    }

    pub(crate) fn extend(&mut self, lot: usize, to: i64) -> Result<(), No> {
        let at = self.at;
        let lot = &mut self.lots[lot];
        if lot.available + lot.held == 0 || lot.until.is_some_and(|until| until <= at) {
            return Err(No::GrantClosed);
        }
        if lot.until.is_none_or(|until| to <= until) {
            return Err(No::BadInstant);
        }
        lot.until = Some(to);
        self.note("extend");
        Ok(())
    }

    /// R35: some of what was revoked is available again, or expires at once where the lot has ended.
    pub(crate) fn reinstate(&mut self, lot: usize, amount: i128) -> Result<(), No> {
        if amount == 0 {
            return Err(No::NothingToDo);
        }
        if amount > self.lots[lot].revoked {
            return Err(No::ReinstateTooMuch);
        }
        self.shift(self.at, "reinstate", vec![(lot, amount)], (|l| &mut l.revoked, |l| &mut l.available));
        let at = self.at;
        self.lots[lot].begun |= self.lots[lot].from <= at;
        if self.lots[lot].until.is_some_and(|until| until <= at) {
            self.expire(at, lot, amount);
        }
        Ok(())
    }

    pub(crate) fn freeze(&mut self) -> Result<(), No> {
        if self.frozen {
            return Err(No::AlreadyFrozen);
        }
        self.frozen = true;
        self.note("freeze");
        Ok(())
    }

    pub(crate) fn unfreeze(&mut self) -> Result<(), No> {
        if !self.frozen {
            return Err(No::NotFrozen);
        }
        self.frozen = false;
        self.note("unfreeze");
        Ok(())
    }

    /// R35: who is frozen starts nothing.
    fn must_not_be_frozen(&self) -> Result<(), No> {
        if self.frozen { Err(No::Frozen) } else { Ok(()) }
    }
}
