//! Each command, given to the domain's rules and to the model.

use folio_domain::rules::{
    self, Capture, CaptureItem, NewGrant, NewHold, NewUsage, Overage, ReleaseReason, Reversal, What,
};
use folio_domain::{
    Credits, Currency, Draft, Estimate, EstimateId, Line, Money, Outcome, Refusal, ResultMode, Source, Span,
};

use super::command::{Command, Covers};
use super::{Life, hours_long, instant};
use crate::ledger::Names;
use crate::model::{self, CREDIT, HOUR, Model, No, Part, Terms};

/// What the domain answered, and what the model did.
type Answers = (Result<(), Refusal>, Result<(), No>);

const OUTCOMES: [Outcome; 4] = [Outcome::Completed, Outcome::Failed, Outcome::Cancelled, Outcome::CustomerFault];

impl Life {
    /// `None` where there is no such grant, hold or usage yet.
    pub(super) fn obey(&mut self, command: &Command) -> Option<Answers> {
        Some(match command {
            Command::Pass { ms } => self.set_clock(self.clock + ms),
            Command::Back { ms } => self.set_clock(self.clock - ms),
            Command::Settle => self.both(Names::default(), |_| Ok(()), |_| Ok(())),
            Command::Grant { .. } => self.grant(command),
            Command::Revoke { grant } => {
                let lot = back_from_newest(self.model.lots.len(), *grant)?;
                let id = self.ledger.book.grant_id(number(lot));
                let revoke = |draft: &mut Draft| rules::revoke(draft, id, None).map(drop);
                self.both(Names::default(), revoke, |model| model.revoke(lot))
            }
            Command::Reinstate { grant, tenths } => self.reinstate(*grant, *tenths)?,
            Command::Freeze => self.both(Names::default(), |draft| rules::freeze(draft, None), Model::freeze),
            Command::Unfreeze => self.both(Names::default(), |draft| rules::unfreeze(draft, None), Model::unfreeze),
            Command::ExtendGrant { grant, by } => {
                let lot = back_from_newest(self.model.lots.len(), *grant)?;
                let id = self.ledger.book.grant_id(number(lot));
                let to = self.model.lots[lot].until.unwrap_or(self.clock) + by;
                let extend = |draft: &mut Draft| rules::extend_grant(draft, id, instant(to));
                self.both(Names::default(), extend, |model| model.extend(lot, to))
            }
            Command::Hold { lines, partial, ttl } => self.hold(lines, *partial, *ttl),
            Command::ExtendHold { hold, ttl } => {
                let hold = back_from_newest(self.model.holds.len(), *hold)?;
                let extend = |draft: &mut Draft| rules::extend_hold(draft, Span::hours(*ttl), Span::days(7));
                self.both(of_hold(hold), extend, |model| model.extend_hold(hold, hours_long(*ttl)))
            }
            Command::Capture { hold, .. } => {
                let hold = back_from_newest(self.model.holds.len(), *hold)?;
                self.capture(hold, command)
            }
            Command::Release { hold, vendor_fault } => {
                let hold = back_from_newest(self.model.holds.len(), *hold)?;
                let reason = if *vendor_fault {
                    ReleaseReason::VendorFault(Span::days(7))
                } else {
                    ReleaseReason::Other("cancelled".into())
                };
                let release = |draft: &mut Draft| rules::release(draft, &reason);
                self.both(of_hold(hold), release, |model| model.release(hold, *vendor_fault))
            }
            Command::Lapse { hold } => {
                let hold = back_from_newest(self.model.holds.len(), *hold)?;
                let lapse = |model: &mut Model| {
                    model.lapse(hold);
                    Ok(())
                };
                self.both(of_hold(hold), rules::lapse, lapse)
            }
            Command::Record { rate, quantity } => self.record(*rate, *quantity),
            Command::Reverse { usage, quantity } => {
                let usage = back_from_newest(self.model.usages.len(), *usage)?;
                let place = u64::try_from(self.model.usages[usage].place).expect("a place");
                let reversal = Reversal { quantity: *quantity, reason: None, goodwill_for: Span::days(7) };
                let reverse = |draft: &mut Draft| rules::reverse(draft, &reversal);
                let names = Names { usage: Some(place), ..Names::default() };
                self.both(names, reverse, |model| model.reverse(usage, quantity.map(i128::from)))
            }
        })
    }

    fn both(
        &mut self,
        names: Names,
        decide: impl FnOnce(&mut Draft) -> Result<(), Refusal>,
        expect: impl FnOnce(&mut Model) -> Result<(), No>,
    ) -> Answers {
        (self.ledger.post(names, decide), self.model.run(self.clock, expect))
    }

    /// Moves the clock; what was told of instants that are to come again is forgotten.
    fn set_clock(&mut self, to: i64) -> Answers {
        self.clock = to;
        self.ledger.now = instant(to);
        let told_for_good = to.max(self.model.at);
        self.told.retain(|at, _| *at <= told_for_good);
        self.grants.retain(|at, _| *at <= told_for_good);
        (Ok(()), Ok(()))
    }

    fn grant(&mut self, command: &Command) -> Answers {
        let Command::Grant { tenths, cost, priority, delay, lasts } = command else { unreachable!("a grant") };
        let from = self.clock + hours_long(*delay);
        let until = lasts.map(|hours| from + hours_long(hours));
        let amount = i128::from(*tenths) * CREDIT / 10;
        let new = NewGrant {
            source: Source::Adjustment,
            label: "given".into(),
            amount: credits(amount),
            cost: Some(Money { minor: *cost, currency: Currency::USD }),
            priority: *priority,
            effective_at: (*delay > 0).then(|| instant(from)),
            expires_at: until.map(instant),
            reason: None,
        };
        let terms = Terms { amount, cost: i128::from(*cost), priority: *priority, from, until };
        let grant = |draft: &mut Draft| rules::grant(draft, new).map(drop);
        self.both(Names::default(), grant, |model| model.grant(terms))
    }

    fn reinstate(&mut self, pick: usize, tenths: Option<i64>) -> Option<Answers> {
        let lots = self.model.lots.iter().enumerate();
        let revoked: Vec<usize> = lots.filter(|(_, lot)| lot.revoked > 0).map(|(place, _)| place).collect();
        let lot = revoked[back_from_newest(revoked.len(), pick)?];
        let amount = tenths.map_or(self.model.lots[lot].revoked, |tenths| i128::from(tenths) * CREDIT / 10);
        let id = self.ledger.book.grant_id(number(lot));
        let reinstate = |draft: &mut Draft| rules::reinstate(draft, id, credits(amount), None);
        let names = Names { revoked: Some(number(lot)), ..Names::default() };
        Some(self.both(names, reinstate, |model| model.reinstate(lot, amount)))
    }

    fn hold(&mut self, lines: &[(i64, u64)], partial: bool, ttl: u32) -> Answers {
        let at = instant(self.clock.max(self.model.at));
        let estimate = Estimate {
            id: EstimateId(uuid::Uuid::nil()),
            customer: self.ledger.book.customer,
            lines: lines.iter().map(|(rate, quantity)| line(*rate, *quantity)).collect(),
            mode: ResultMode::OnePerFile,
            created_at: at,
            valid_until: at + chrono::TimeDelta::days(1),
            catalog_version: 1,
        };
        let (reference, metadata) = (None, Vec::new());
        let new = NewHold { estimate, partial, ttl: Span::hours(ttl), max_ttl: Span::days(7), reference, metadata };
        let asked: Vec<_> = lines.iter().map(|(rate, quantity)| modelled(*rate, *quantity)).collect();
        let hold = |draft: &mut Draft| rules::hold(draft, new);
        self.both(Names::default(), hold, |model| model.hold(&asked, partial, i64::from(ttl) * HOUR))
    }

    fn capture(&mut self, hold: usize, command: &Command) -> Answers {
        let Command::Capture { covers, close, reject, charge_fault, .. } = command else { unreachable!("a capture") };
        let capture = Capture {
            what: what(covers),
            close: *close,
            overage: if *reject { Overage::Reject } else { Overage::Cap },
            charge_customer_fault: *charge_fault,
            late_for: Span::hours(24),
            occurred_at: None,
        };
        let capture_held = |draft: &mut Draft| rules::capture(draft, &capture);
        let expected = |model: &mut Model| {
            let lines = model.holds[hold].lines.len();
            let parts = parts(covers, lines, *charge_fault);
            model.capture(hold, parts, *close, *reject)
        };
        self.both(of_hold(hold), capture_held, expected)
    }

    fn record(&mut self, rate: i64, quantity: u64) -> Answers {
        let (reference, occurred_at, metadata) = (None, None, Vec::new());
        let new = NewUsage { line: line(rate, quantity), reference, occurred_at, catalog_version: 1, metadata };
        let record = |draft: &mut Draft| rules::record(draft, new);
        self.both(Names::default(), record, |model| model.record(modelled(rate, quantity)))
    }
}

fn back_from_newest(count: usize, pick: usize) -> Option<usize> {
    (count > 0).then(|| count - 1 - pick % count)
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("a number") + 1
}

fn of_hold(place: usize) -> Names {
    Names { hold: Some(number(place)), ..Names::default() }
}

fn credits(micros: i128) -> Credits {
    Credits::from_micros(i64::try_from(micros).expect("an amount")).expect("an amount")
}

fn line(rate: i64, quantity: u64) -> Line {
    let rate = credits(i128::from(rate));
    let cost = rate.times(quantity).expect("a cost");
    Line { name: None, operation: "work".into(), quantity, rate, cost, records: 1, document: None }
}

fn modelled(rate: i64, quantity: u64) -> model::Line {
    model::Line { rate: i128::from(rate), quantity: i128::from(quantity) }
}

fn what(covers: &Covers) -> What {
    match covers {
        Covers::Rest => What::Rest,
        Covers::Units(units) => What::Units(*units),
        Covers::Items(items) => {
            let item = |(item, quantity, outcome): &(usize, Option<u64>, usize)| CaptureItem {
                item: *item,
                quantity: *quantity,
                outcome: OUTCOMES[*outcome],
            };
            What::Items(items.iter().map(item).collect())
        }
    }
}

/// The same for the model: nothing for the rest; a refusal where units do not say of which line.
fn parts(covers: &Covers, lines: usize, charge_fault: bool) -> Result<Option<Vec<Part>>, No> {
    match covers {
        Covers::Rest => Ok(None),
        Covers::Units(_) if lines != 1 => Err(No::AmbiguousItem),
        Covers::Units(units) => Ok(Some(vec![Part { line: 0, units: Some(i128::from(*units)), charged: true }])),
        Covers::Items(items) if items.is_empty() => Err(No::NothingToDo),
        Covers::Items(items) => {
            let charged = |outcome: usize| outcome == 0 || (outcome == 3 && charge_fault);
            let part = |(line, units, outcome): &(usize, Option<u64>, usize)| Part {
                line: *line,
                units: units.map(i128::from),
                charged: charged(*outcome),
            };
            Ok(Some(items.iter().map(part).collect()))
        }
    }
}
