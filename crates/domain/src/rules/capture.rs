//! Capturing: held credits turn into usage, for exactly what was done (R16–R18).

use super::release::{ReleaseReason, close, ensure_entry, give_back, lapse};
use crate::{Credits, Detail, Draft, Hold, HoldStatus, Instant, Kind, Line, Outcome, Posting, Refusal, Span, Usage};

/// What becomes of a capture above the hold (R17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overage {
    /// The extra is taken from what is available, as far as it goes; the rest is recorded as uncollected.
    #[default]
    Cap,
    /// The capture is refused.
    Reject,
}

/// One line of a hold whose work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptureItem {
    /// Which line, from 0.
    pub item: usize,
    /// How many units; all that are open where `None`.
    pub quantity: Option<u64>,
    /// How they ended.
    pub outcome: Outcome,
}

/// What a capture covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Everything still open, completed.
    Rest,
    /// So many units of a hold's only line, completed.
    Units(u64),
    /// These lines.
    Items(Vec<CaptureItem>),
}

/// A capture to be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// What it covers.
    pub what: What,
    /// Whether to give the rest back and close the hold.
    pub close: bool,
    /// What becomes of units above the hold.
    pub overage: Overage,
    /// Whether units that failed through the customer's fault are charged (R16).
    pub charge_customer_fault: bool,
    /// How long after its end a hold can still be captured (R18).
    pub late_for: Span,
    /// When the caller says it happened: information only (R7).
    pub occurred_at: Option<Instant>,
}

/// Books what was done for a hold. Each charged line is an entry of its own.
pub fn capture(draft: &mut Draft, capture: &Capture) -> Result<(), Refusal> {
    lapse(draft)?;
    let mut hold = draft.hold.take().ok_or(Refusal::HoldClosed)?;
    let before = draft.entries().len();
    capture_from(draft, &mut hold, capture)?;
    ensure_entry(draft, &hold, before, &ReleaseReason::Other("captured".to_owned()));
    draft.hold = Some(hold);
    Ok(())
}

fn capture_from(draft: &mut Draft, hold: &mut Hold, capture: &Capture) -> Result<(), Refusal> {
    let late = match hold.progress.status {
        HoldStatus::Open => false,
        HoldStatus::Captured | HoldStatus::Released => return Err(Refusal::HoldClosed),
        HoldStatus::Expired => {
            let latest = capture.late_for.after(hold.progress.expires_at);
            if latest.is_none_or(|latest| draft.now() >= latest) {
                return Err(Refusal::HoldExpired);
            }
            true
        }
    };
    let mut items = covered(hold, &capture.what)?;
    let is_charged = |item: &CaptureItem| match item.outcome {
        Outcome::Completed => true,
        Outcome::CustomerFault => capture.charge_customer_fault,
        Outcome::Failed | Outcome::Cancelled => false,
    };
    // What failed goes back first, so that each usage tells how many of its line's pages did.
    items.sort_by_key(is_charged);
    for item in items {
        match (is_charged(&item), late) {
            (false, _) => return_units(draft, hold, item, late)?,
            (true, false) => charge_held(draft, hold, item, capture)?,
            (true, true) => charge_late(draft, hold, item, capture)?,
        }
    }
    if !late && (capture.close || hold.is_used_up()) {
        close(draft, hold, &ReleaseReason::Other("closed".to_owned()))?;
    }
    Ok(())
}

/// The lines that a capture names, with how many units of each.
fn covered(hold: &Hold, what: &What) -> Result<Vec<CaptureItem>, Refusal> {
    let all = |item| CaptureItem { item, quantity: None, outcome: Outcome::Completed };
    match what {
        What::Rest => {
            let open: Vec<_> = (0..hold.lines.len()).filter(|item| hold.open_units(*item) > 0).map(all).collect();
            if open.is_empty() { Err(Refusal::HoldClosed) } else { Ok(open) }
        }
        What::Units(_) if hold.lines.len() != 1 => Err(Refusal::AmbiguousItem),
        What::Units(0) => Err(Refusal::NothingToDo),
        What::Units(quantity) => Ok(vec![CaptureItem { quantity: Some(*quantity), ..all(0) }]),
        What::Items(items) if items.is_empty() => Err(Refusal::NothingToDo),
        What::Items(items) => Ok(items.clone()),
    }
}

/// How many units an item means, how many of them are within the hold, and its line.
fn units<'h>(hold: &'h Hold, item: &CaptureItem) -> Result<(u64, u64, &'h Line), Refusal> {
    let line = hold.lines.get(item.item).ok_or(Refusal::NoSuchItem)?;
    let open = hold.open_units(item.item);
    let quantity = match item.quantity {
        Some(0) => return Err(Refusal::NothingToDo),
        Some(quantity) => quantity,
        None if open == 0 => return Err(Refusal::HoldClosed),
        None => open,
    };
    Ok((quantity, quantity.min(open), line))
}

/// Units that cost nothing: their credits go back.
fn return_units(draft: &mut Draft, hold: &mut Hold, item: CaptureItem, late: bool) -> Result<(), Refusal> {
    let (quantity, within, line) = units(hold, &item)?;
    if quantity > within {
        return Err(Refusal::AboveHold);
    }
    let amount = line.rate.times(within).ok_or(Refusal::AmountTooLarge)?;
    if let Some(progress) = hold.progress.items.get_mut(item.item) {
        let counter = if item.outcome == Outcome::Failed { &mut progress.failed } else { &mut progress.free };
        *counter = counter.saturating_add(within);
    }
    if late || amount.is_zero() {
        return Ok(());
    }
    give_back(draft, hold, amount, &ReleaseReason::Other(item.outcome.word().to_owned()))
}

fn charge_held(draft: &mut Draft, hold: &mut Hold, item: CaptureItem, capture: &Capture) -> Result<(), Refusal> {
    let (quantity, within, line) = units(hold, &item)?;
    let above = quantity.saturating_sub(within);
    if above > 0 && capture.overage == Overage::Reject {
        return Err(Refusal::AboveHold);
    }
    if within > 0 {
        let cost = line.rate.times(within).ok_or(Refusal::AmountTooLarge)?;
        let usage = usage_of(hold, item, within, cost, capture);
        let postings = take_from_start(&mut hold.draws, cost);
        hold.progress.captured = hold.progress.captured + cost;
        if let Some(progress) = hold.progress.items.get_mut(item.item) {
            progress.captured = progress.captured.saturating_add(within);
        }
        draft.write(Kind::Capture, postings, Detail::Usage(Box::new(usage)));
    }
    if above > 0 {
        charge_available(draft, hold, item, above, capture, |usage| usage.above_hold = true)?;
    }
    Ok(())
}

/// After the hold lapsed: from what is available, as far as it goes (R18).
fn charge_late(draft: &mut Draft, hold: &mut Hold, item: CaptureItem, capture: &Capture) -> Result<(), Refusal> {
    let (quantity, within, _) = units(hold, &item)?;
    if quantity > within && capture.overage == Overage::Reject {
        return Err(Refusal::AboveHold);
    }
    charge_available(draft, hold, item, quantity, capture, |usage| {
        usage.late = true;
        usage.above_hold = quantity > within;
    })?;
    if let Some(progress) = hold.progress.items.get_mut(item.item) {
        progress.captured = progress.captured.saturating_add(within);
    }
    Ok(())
}

/// Charges units that nothing is held for; what the balance cannot pay is recorded as uncollected, never below zero.
fn charge_available(
    draft: &mut Draft,
    hold: &Hold,
    item: CaptureItem,
    quantity: u64,
    capture: &Capture,
    mark: impl FnOnce(&mut Usage),
) -> Result<(), Refusal> {
    let line = hold.lines.get(item.item).ok_or(Refusal::NoSuchItem)?;
    let wanted = line.rate.times(quantity).ok_or(Refusal::AmountTooLarge)?;
    let (postings, uncollected) = draft.book().draw_up_to(wanted);
    let mut usage = usage_of(hold, item, quantity, wanted - uncollected, capture);
    usage.uncollected = uncollected;
    mark(&mut usage);
    draft.write(Kind::Usage, postings, Detail::Usage(Box::new(usage)));
    Ok(())
}

fn usage_of(hold: &Hold, item: CaptureItem, quantity: u64, cost: Credits, capture: &Capture) -> Usage {
    let line = hold.lines.get(item.item).expect("the caller looked the line up");
    let progress = hold.progress.items.get(item.item).copied().unwrap_or_default();
    Usage {
        operation: line.operation.clone(),
        quantity,
        rate: line.rate,
        cost,
        uncollected: Credits::ZERO,
        outcome: item.outcome,
        hold: Some(hold.id),
        item: u32::try_from(item.item).ok(),
        name: line.name.clone(),
        document: line.document.clone(),
        free: progress.free,
        failed: progress.failed,
        late: false,
        above_hold: false,
        reference: hold.reference.clone(),
        occurred_at: capture.occurred_at,
        catalog_version: hold.catalog_version,
        metadata: hold.metadata.clone(),
    }
}

/// Takes `amount` off the start of a draw-down: what expires first is used first.
fn take_from_start(draws: &mut Vec<Posting>, amount: Credits) -> Vec<Posting> {
    draws.reverse();
    let mut taken = super::release::take_from_end(draws, amount);
    draws.reverse();
    taken.reverse();
    taken
}
