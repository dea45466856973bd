//! Reversing: consumed credits go back along the recorded draw-down (R19).

use super::grant::grant;
use super::release::{goodwill, take_from_end};
use crate::{Credits, Detail, Draft, Instant, Kind, PastUsage, Posting, Refusal, Span};

/// A reversal to be booked, of the usage that the command names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// How many units; all that are left where `None`.
    pub quantity: Option<u64>,
    /// Why.
    pub reason: Option<String>,
    /// The least validity of what comes back after its grant expired.
    pub goodwill_for: Span,
}

/// Gives consumed credits back to the grants they came from, the last drawn first. A part whose grant
/// has expired comes back as goodwill with the validity it had left when it was consumed (R19).
pub fn reverse(draft: &mut Draft, reversal: &Reversal) -> Result<(), Refusal> {
    let mut past = draft.past.take().ok_or(Refusal::AlreadyReversed)?;
    let (quantity, amount) = extent(&past, reversal.quantity)?;
    let postings = returned(&past, amount);
    for posting in &postings {
        let grant = past.grants.iter().find(|grant| grant.id == posting.grant).ok_or(Refusal::GrantClosed)?;
        draft.reopen(grant)?;
    }
    let usage = past.id.into();
    let reason = reversal.reason.clone();
    draft.write(Kind::Reverse, postings.clone(), Detail::Reverse { usage, quantity, reason });
    for posting in &postings {
        renew_expired(draft, &past, *posting, reversal)?;
    }
    past.reversed.quantity = past.reversed.quantity.saturating_add(quantity);
    past.reversed.amount = past.reversed.amount + amount;
    draft.past = Some(past);
    Ok(())
}

/// How many units and credits go back. Of a usage that was not paid in full, the unpaid part goes first:
/// what stays charged is what the remaining units cost, and never more than was paid.
fn extent(past: &PastUsage, wanted: Option<u64>) -> Result<(u64, Credits), Refusal> {
    let left = past.usage.quantity.saturating_sub(past.reversed.quantity);
    if left == 0 {
        return Err(Refusal::AlreadyReversed);
    }
    let quantity = match wanted {
        Some(0) => return Err(Refusal::NothingToDo),
        Some(quantity) if quantity > left => return Err(Refusal::ReverseTooMuch { left }),
        Some(quantity) => quantity,
        None => left,
    };
    let kept = past.usage.rate.times(left.saturating_sub(quantity)).ok_or(Refusal::AmountTooLarge)?;
    let charged = past.usage.cost - past.reversed.amount;
    Ok((quantity, charged.saturating_sub(kept)))
}

/// The legs of the draw-down that `amount` goes back along, after those that went back before.
fn returned(past: &PastUsage, amount: Credits) -> Vec<Posting> {
    let mut draws = past.draws.clone();
    take_from_end(&mut draws, past.reversed.amount);
    take_from_end(&mut draws, amount)
}

fn renew_expired(draft: &mut Draft, past: &PastUsage, posting: Posting, reversal: &Reversal) -> Result<(), Refusal> {
    let now = draft.now();
    let end: Option<Instant> = draft.book().grant(posting.grant.number).and_then(|grant| grant.expires_at);
    let Some(end) = end.filter(|end| *end <= now) else { return Ok(()) };
    draft.write(Kind::Expire, vec![posting], Detail::None);
    let had_left = now.checked_add_signed(end.signed_duration_since(past.at));
    let expires_at = had_left.max(reversal.goodwill_for.after(now));
    let reason = reversal.reason.clone().unwrap_or_else(|| "reversal".to_owned());
    grant(draft, goodwill(posting.amount, expires_at, reason))?;
    Ok(())
}
