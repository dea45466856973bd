//! Placing and extending holds (R14, R15).

use super::freeze::check_not_frozen;
use crate::{
    Credits, Detail, Draft, Estimate, Hold, HoldStatus, Instant, ItemProgress, Kind, Line, Progress, Refusal, Span,
};

/// A hold to be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHold {
    /// What it is for. Its prices are taken as they are.
    pub estimate: Estimate,
    /// Whether to start the longest affordable run of lines where not all are affordable (R14).
    pub partial: bool,
    /// How long it lives.
    pub ttl: Span,
    /// How long any hold may live (R15).
    pub max_ttl: Span,
    /// The host's own object.
    pub reference: Option<String>,
    /// The caller's own notes.
    pub metadata: Vec<(String, String)>,
}

/// Holds the whole estimate, or nothing (R14); nothing for a customer who is frozen (R35).
pub fn hold(draft: &mut Draft, new: NewHold) -> Result<(), Refusal> {
    check_not_frozen(draft)?;
    let NewHold { estimate, partial, ttl, max_ttl, reference, metadata } = new;
    if estimate.lines.is_empty() || estimate.lines.iter().any(|line| line.quantity == 0) {
        return Err(Refusal::NothingToDo);
    }
    if estimate.valid_until <= draft.now() {
        return Err(Refusal::EstimateExpired);
    }
    let expires_at = end_of_ttl(draft.now(), ttl, max_ttl)?;
    let balance = draft.balance();
    let (lines, left_out) =
        if partial { affordable(&estimate.lines, balance.available) } else { (estimate.lines.clone(), Vec::new()) };
    let amount: Credits = lines.iter().map(|line| line.cost).sum();
    let draws = draft.book().draw(amount).filter(|_| !lines.is_empty());
    let draws = draws.ok_or_else(|| Refusal::InsufficientCredits { required: estimate.total(), balance })?;

    let number = draft.book().holds_made.saturating_add(1);
    draft.book_mut().holds_made = number;
    let id = draft.book().hold_id(number);
    let progress = Progress {
        status: HoldStatus::Open,
        captured: Credits::ZERO,
        released: Credits::ZERO,
        expires_at,
        closed_at: None,
        items: vec![ItemProgress::default(); lines.len()],
    };
    draft.hold = Some(Hold {
        id,
        estimate: estimate.id,
        lines,
        left_out,
        mode: estimate.mode,
        amount,
        draws: draws.clone(),
        progress,
        created_at: draft.now(),
        catalog_version: estimate.catalog_version,
        reference,
        metadata,
    });
    draft.write(Kind::Hold, draws, Detail::Hold { hold: id, expires_at });
    Ok(())
}

/// Moves an open hold's end to `ttl` from now; an end that lies later already stays.
pub fn extend_hold(draft: &mut Draft, ttl: Span, max_ttl: Span) -> Result<(), Refusal> {
    let expires_at = end_of_ttl(draft.now(), ttl, max_ttl)?;
    let now = draft.now();
    let hold = draft.hold.as_mut().ok_or(Refusal::HoldClosed)?;
    match hold.progress.status {
        HoldStatus::Open if hold.progress.expires_at > now => {}
        HoldStatus::Open | HoldStatus::Expired => return Err(Refusal::HoldExpired),
        HoldStatus::Captured | HoldStatus::Released => return Err(Refusal::HoldClosed),
    }
    // Bounded from its birth, or a hold could be kept alive for ever.
    if max_ttl.after(hold.created_at).is_none_or(|latest| expires_at > latest) {
        return Err(Refusal::TtlTooLong(max_ttl));
    }
    let expires_at = expires_at.max(hold.progress.expires_at);
    hold.progress.expires_at = expires_at;
    let id = hold.id;
    draft.write(Kind::ExtendHold, Vec::new(), Detail::ExtendHold { hold: id, expires_at });
    Ok(())
}

fn end_of_ttl(now: Instant, ttl: Span, max_ttl: Span) -> Result<Instant, Refusal> {
    let (end, latest) = (ttl.after(now), max_ttl.after(now));
    match (end, latest) {
        (Some(end), Some(latest)) if end > latest => Err(Refusal::TtlTooLong(max_ttl)),
        (Some(end), _) if end <= now => Err(Refusal::BadInstant("ttl must be longer than zero")),
        (Some(end), _) => Ok(end),
        (None, _) => Err(Refusal::TtlTooLong(max_ttl)),
    }
}

/// The longest run of lines from the first on that `available` pays, and the names of the rest.
fn affordable(lines: &[Line], available: Credits) -> (Vec<Line>, Vec<String>) {
    let mut left = available;
    let mut count = 0_usize;
    for line in lines {
        let Some(rest) = left.checked_sub(line.cost) else { break };
        left = rest;
        count = count.saturating_add(1);
    }
    let (taken, rest) = lines.split_at(count);
    let name =
        |(place, line): (usize, &Line)| line.name.clone().unwrap_or_else(|| count.saturating_add(place).to_string());
    (taken.to_vec(), rest.iter().enumerate().map(name).collect())
}
