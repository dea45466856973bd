//! Spending by the rules' text: usage, holds, captures, releases, reversals.

use super::{GOODWILL, HOLD_AT_MOST, Hold, LATE, Line, Lot, Model, No, Status, Terms, Usage};

/// One line of a capture: which, how many units (all that are left where `None`), and whether they are charged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) line: usize,
    pub(crate) units: Option<i128>,
    pub(crate) charged: bool,
}

impl Hold {
    fn left(&self, line: usize) -> i128 {
        let Some(of) = self.lines.get(line) else { return 0 };
        of.quantity - self.charged[line] - self.spared[line]
    }

    fn is_done(&self) -> bool {
        (0..self.lines.len()).all(|line| self.left(line) == 0)
    }

    pub(crate) fn held(&self) -> i128 {
        self.draws.iter().map(|(_, amount)| amount).sum()
    }
}

/// Cuts `amount` off a list of draws, from its first or from its last.
fn cut(draws: &mut Vec<(usize, i128)>, mut amount: i128, from_last: bool) -> Vec<(usize, i128)> {
    let mut taken = Vec::new();
    while amount > 0 {
        let place = if from_last { draws.len() - 1 } else { 0 };
        let (lot, there) = draws[place];
        let part = there.min(amount);
        amount -= part;
        taken.push((lot, part));
        if part == there {
            draws.remove(place);
        } else {
            draws[place].1 -= part;
        }
    }
    taken
}

impl Model {
    /// R5, as far as the credits go.
    fn draw(&self, amount: i128) -> (Vec<(usize, i128)>, i128) {
        let spendable = |place: &usize| {
            let lot = &self.lots[*place];
            lot.available > 0 && lot.from <= self.at && lot.until.is_none_or(|until| self.at < until)
        };
        let mut order: Vec<usize> = (0..self.lots.len()).filter(spendable).collect();
        order.sort_by(|a, b| {
            let (one, other) = (&self.lots[*a], &self.lots[*b]);
            let ends = |lot: &Lot| lot.until.unwrap_or(i64::MAX);
            let order = (one.priority, ends(one), one.cost > 0).cmp(&(other.priority, ends(other), other.cost > 0));
            let unit_cost = (one.cost * other.amount).cmp(&(other.cost * one.amount));
            order.then(unit_cost).then((one.from, a).cmp(&(other.from, b)))
        });
        let mut short = amount;
        let mut draws = Vec::new();
        for place in order {
            let part = self.lots[place].available.min(short);
            if part > 0 {
                draws.push((place, part));
                short -= part;
            }
        }
        (draws, short)
    }

    pub(crate) fn record(&mut self, line: Line) -> Result<(), No> {
        self.must_not_be_frozen()?;
        if line.quantity == 0 {
            return Err(No::NothingToDo);
        }
        let (_, short) = self.draw(line.rate * line.quantity);
        if short > 0 {
            return Err(No::InsufficientCredits);
        }
        self.charge(line, line.quantity, false, false);
        Ok(())
    }

    /// Charges what is available, as far as it goes.
    fn charge(&mut self, line: Line, quantity: i128, late: bool, above: bool) {
        let (draws, uncollected) = self.draw(line.rate * quantity);
        self.shift(self.at, "usage", draws.clone(), (|l| &mut l.available, |l| &mut l.consumed));
        self.remember(Line { quantity, ..line }, draws, uncollected, late, above);
    }

    fn remember(&mut self, line: Line, draws: Vec<(usize, i128)>, uncollected: i128, late: bool, above: bool) {
        let Line { rate, quantity } = line;
        let cost = rate * quantity - uncollected;
        let (place, at) = (self.journal.len(), self.at);
        let (units_back, back) = (0, 0);
        self.usages.push(Usage { place, at, rate, quantity, cost, uncollected, late, above, draws, units_back, back });
    }

    pub(crate) fn hold(&mut self, lines: &[Line], partial: bool, ttl: i64) -> Result<(), No> {
        self.must_not_be_frozen()?;
        if lines.is_empty() || lines.iter().any(|line| line.quantity == 0) {
            return Err(No::NothingToDo);
        }
        live_for(ttl)?;
        let available = self.available();
        let mut count = lines.len();
        let cost = |count: usize| -> i128 { lines[..count].iter().map(|line| line.rate * line.quantity).sum() };
        while partial && count > 0 && cost(count) > available {
            count -= 1;
        }
        if count == 0 || cost(count) > available {
            return Err(No::InsufficientCredits);
        }
        let (draws, amount) = (self.draw(cost(count)).0, cost(count));
        self.shift(self.at, "hold", draws.clone(), (|l| &mut l.available, |l| &mut l.held));
        let (charged, spared) = (vec![0; count], vec![0; count]);
        let (captured, released, status) = (0, 0, Status::Open);
        let (born, until, lines) = (self.at, self.at + ttl, lines[..count].to_vec());
        self.holds.push(Hold { lines, charged, spared, draws, amount, captured, released, status, born, until });
        Ok(())
    }

    pub(crate) fn extend_hold(&mut self, hold: usize, ttl: i64) -> Result<(), No> {
        live_for(ttl)?;
        self.must_be_open(hold)?;
        let (at, hold) = (self.at, &mut self.holds[hold]);
        if at + ttl > hold.born + HOLD_AT_MOST {
            return Err(No::TtlTooLong);
        }
        hold.until = hold.until.max(at + ttl);
        self.note("extend_hold");
        Ok(())
    }

    fn must_be_open(&self, hold: usize) -> Result<(), No> {
        match self.holds[hold].status {
            Status::Captured | Status::Released => Err(No::HoldClosed),
            Status::Expired => Err(No::HoldExpired),
            Status::Open if self.at >= self.holds[hold].until => Err(No::HoldExpired),
            Status::Open => Ok(()),
        }
    }

    pub(crate) fn release(&mut self, hold: usize, vendor_fault: bool) -> Result<(), No> {
        self.must_be_open(hold)?;
        let before = self.journal.len();
        self.close(hold, vendor_fault);
        self.note_if_silent(before);
        Ok(())
    }

    pub(crate) fn lapse(&mut self, hold: usize) {
        let of = &self.holds[hold];
        if of.status == Status::Open && of.until <= self.at {
            let (before, held) = (self.journal.len(), of.held());
            self.give_back(hold, held, false);
            self.note_if_silent(before);
            self.holds[hold].status = Status::Expired;
        }
    }

    fn close(&mut self, hold: usize, vendor_fault: bool) {
        let held = self.holds[hold].held();
        self.give_back(hold, held, vendor_fault);
        let of = &mut self.holds[hold];
        of.status = if of.charged.iter().any(|units| *units > 0) { Status::Captured } else { Status::Released };
        for line in 0..of.lines.len() {
            of.spared[line] += of.left(line);
        }
    }

    fn note_if_silent(&mut self, before: usize) {
        if self.journal.len() == before {
            self.note("release");
        }
    }

    /// R12: what goes back to an expired lot expires at once; through the vendor's fault it comes back as goodwill.
    fn give_back(&mut self, hold: usize, amount: i128, vendor_fault: bool) {
        if amount == 0 {
            return;
        }
        let legs = cut(&mut self.holds[hold].draws, amount, true);
        self.holds[hold].released += amount;
        self.shift(self.at, "release", legs.clone(), (|l| &mut l.held, |l| &mut l.available));
        let gone: Vec<_> = legs.into_iter().rev().filter(|(lot, _)| self.has_ended(*lot)).collect();
        for (lot, part) in &gone {
            self.expire(self.at, *lot, *part);
        }
        let amount: i128 = gone.iter().map(|(_, part)| part).sum();
        if vendor_fault && amount > 0 {
            self.goodwill(amount, self.at + GOODWILL);
        }
    }

    fn goodwill(&mut self, amount: i128, until: i64) {
        self.add(self.at, Terms { amount, cost: 0, priority: 100, from: self.at, until: Some(until) });
    }

    fn has_ended(&self, lot: usize) -> bool {
        self.lots[lot].until.is_some_and(|until| until <= self.at)
    }

    /// `parts`: `None` for all that is left; a refusal is answered once the hold is known to be open or not long
    /// lapsed. `reject`: refuse what goes beyond the hold.
    pub(crate) fn capture(
        &mut self,
        hold: usize,
        parts: Result<Option<Vec<Part>>, No>,
        close: bool,
        reject: bool,
    ) -> Result<(), No> {
        self.lapse(hold);
        let before = self.journal.len();
        let of = &self.holds[hold];
        let late = match of.status {
            Status::Captured | Status::Released => return Err(No::HoldClosed),
            Status::Expired if self.at >= of.until + LATE => return Err(No::HoldExpired),
            Status::Expired => true,
            Status::Open => false,
        };
        let all = (0..of.lines.len()).filter(|line| of.left(*line) > 0);
        let all: Vec<Part> = all.map(|line| Part { line, units: None, charged: true }).collect();
        let parts = parts?.unwrap_or(all);
        if parts.is_empty() && of.is_done() {
            return Err(No::HoldClosed);
        }
        // What is not charged is told first, whatever the order given.
        for part in parts.iter().filter(|part| !part.charged) {
            self.spare(hold, *part, late)?;
        }
        for part in parts.iter().filter(|part| part.charged) {
            self.capture_part(hold, *part, late, reject)?;
        }
        if !late && (close || self.holds[hold].is_done()) {
            self.close(hold, false);
        }
        self.note_if_silent(before);
        Ok(())
    }

    /// The units that a part means, and how many of them are within the hold.
    fn units(&self, hold: usize, part: Part) -> Result<(i128, i128), No> {
        let hold = &self.holds[hold];
        let left = hold.left(part.line);
        match part.units {
            _ if part.line >= hold.lines.len() => Err(No::UnknownItem),
            Some(0) => Err(No::NothingToDo),
            Some(units) => Ok((units, units.min(left))),
            None if left == 0 => Err(No::HoldClosed),
            None => Ok((left, left)),
        }
    }

    fn spare(&mut self, hold: usize, part: Part, late: bool) -> Result<(), No> {
        let (units, within) = self.units(hold, part)?;
        if units > within {
            return Err(No::AboveHold);
        }
        self.holds[hold].spared[part.line] += units;
        let amount = self.holds[hold].lines[part.line].rate * units;
        if !late {
            self.give_back(hold, amount, false);
        }
        Ok(())
    }

    fn capture_part(&mut self, hold: usize, part: Part, late: bool, reject: bool) -> Result<(), No> {
        let (units, within) = self.units(hold, part)?;
        if units > within && reject {
            return Err(No::AboveHold);
        }
        let line = self.holds[hold].lines[part.line];
        self.holds[hold].charged[part.line] += within;
        if late {
            self.charge(line, units, true, units > within);
            return Ok(());
        }
        if within > 0 {
            let cost = line.rate * within;
            let draws = cut(&mut self.holds[hold].draws, cost, false);
            self.holds[hold].captured += cost;
            self.shift(self.at, "capture", draws.clone(), (|l| &mut l.held, |l| &mut l.consumed));
            self.remember(Line { quantity: within, ..line }, draws, 0, false, false);
        }
        if units > within {
            self.charge(line, units - within, false, true);
        }
        Ok(())
    }

    /// R19. Of a usage that was paid in part, the unpaid units go back first, for nothing.
    pub(crate) fn reverse(&mut self, usage: usize, units: Option<i128>) -> Result<(), No> {
        let of = self.usages[usage].clone();
        let left = of.quantity - of.units_back;
        let units = match units {
            _ if left == 0 => return Err(No::AlreadyReversed),
            Some(0) => return Err(No::NothingToDo),
            Some(units) if units > left => return Err(No::ReverseTooMuch),
            units => units.unwrap_or(left),
        };
        let stays = (of.cost - of.back).min((left - units) * of.rate);
        let amount = of.cost - of.back - stays;
        let mut draws = of.draws.clone();
        cut(&mut draws, of.back, true);
        let mut legs = cut(&mut draws, amount, true);
        legs.reverse();
        self.shift(self.at, "reverse", legs.clone(), (|l| &mut l.consumed, |l| &mut l.available));
        for (lot, part) in legs.into_iter().filter(|(_, part)| *part > 0) {
            if self.has_ended(lot) {
                self.expire(self.at, lot, part);
                let had_left = self.lots[lot].until.unwrap_or(i64::MAX) - of.at;
                self.goodwill(part, self.at + had_left.max(GOODWILL));
            }
        }
        self.usages[usage].units_back += units;
        self.usages[usage].back += amount;
        Ok(())
    }
}

fn live_for(ttl: i64) -> Result<(), No> {
    match ttl {
        _ if ttl > HOLD_AT_MOST => Err(No::TtlTooLong),
        0 => Err(No::BadInstant),
        _ => Ok(()),
    }
}
