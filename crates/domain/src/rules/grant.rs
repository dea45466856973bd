//! Making, extending, revoking and reinstating grants (R2, R35).

use super::release::expire_ended;
use crate::{Balance, Credits, Detail, Draft, Grant, GrantId, Instant, Kind, Money, Posting, Refusal, Source};

/// The terms of a grant to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// Where its credits come from.
    pub source: Source,
    /// What the customer knows it by.
    pub label: String,
    /// How many credits.
    pub amount: Credits,
    /// What was paid for it.
    pub cost: Option<Money>,
    /// Lower burns first.
    pub priority: u16,
    /// When its credits become spendable; now where `None`. A past instant counts as now (R7).
    pub effective_at: Option<Instant>,
    /// When they stop being spendable: exclusive. `None`: never.
    pub expires_at: Option<Instant>,
    /// Why.
    pub reason: Option<String>,
}

/// Makes a grant.
pub fn grant(draft: &mut Draft, new: NewGrant) -> Result<GrantId, Refusal> {
    let now = draft.now();
    let effective_at = new.effective_at.map_or(now, crate::instant).max(now);
    if new.amount.is_zero() {
        return Err(Refusal::NothingToDo);
    }
    let expires_at = new.expires_at.map(crate::instant);
    if expires_at.is_some_and(|end| end <= effective_at) {
        return Err(Refusal::BadInstant("expires_at must lie after now and after effective_at"));
    }
    draft.check_room(new.amount)?;
    let id = draft.next_grant_id();
    let grant = Grant {
        id,
        source: new.source,
        label: new.label,
        amount: new.amount,
        cost: new.cost,
        priority: new.priority,
        effective_at,
        expires_at,
        granted_at: now,
        reason: new.reason,
    };
    draft.write_grant(now, grant);
    Ok(id)
}

/// Moves a grant's end to a later instant. Ends are never moved forward: that would shorten a promise (R9).
pub fn extend_grant(draft: &mut Draft, id: GrantId, expires_at: Instant) -> Result<(), Refusal> {
    let expires_at = crate::instant(expires_at);
    let grant = draft.book().grant(id.number).ok_or(Refusal::GrantClosed)?;
    // Expired with credits still held: those are the hold's affair now (R11).
    if grant.expires_at.is_some_and(|end| end <= draft.now()) {
        return Err(Refusal::GrantClosed);
    }
    if grant.expires_at.is_none_or(|end| expires_at <= end) {
        return Err(Refusal::BadInstant("expires_at must lie after the grant's present end"));
    }
    draft.book_mut().move_end(id.number, expires_at);
    draft.write(Kind::Extend, Vec::new(), Detail::Extend { grant: id, expires_at });
    Ok(())
}

/// Takes back what is left in a grant; what is held or consumed stays.
pub fn revoke(draft: &mut Draft, id: GrantId, reason: Option<String>) -> Result<Credits, Refusal> {
    let left = draft.book().grant(id.number).map_or(Credits::ZERO, |grant| grant.available);
    revoke_part(draft, id, left, reason)?;
    Ok(left)
}

/// Takes back so many of what is left in a grant: the credits of a refund (R35).
/// Where there are fewer, the refusal bears the grant's own balance.
pub fn revoke_part(draft: &mut Draft, id: GrantId, amount: Credits, reason: Option<String>) -> Result<(), Refusal> {
    let grant = draft.book().grant(id.number).filter(|grant| !grant.available.is_zero()).ok_or(Refusal::GrantClosed)?;
    if amount.is_zero() {
        return Err(Refusal::NothingToDo);
    }
    if amount > grant.available {
        let balance = Balance { available: grant.available, held: grant.held };
        return Err(Refusal::InsufficientCredits { required: amount, balance });
    }
    draft.write(Kind::Revoke, vec![Posting { grant: id, amount }], Detail::Revoke { reason });
    Ok(())
}

/// Puts so many of a grant's revoked credits back into it, open or not: the refund that they were taken for came to
/// nothing (R35). The command names the grant, so that no more comes back than was revoked (R3). Credits of a grant
/// that has ended meanwhile expire at once.
pub fn reinstate(draft: &mut Draft, id: GrantId, amount: Credits, reason: Option<String>) -> Result<(), Refusal> {
    if amount.is_zero() {
        return Err(Refusal::NothingToDo);
    }
    let mut named = std::mem::take(&mut draft.revoked);
    let revoked = named.iter_mut().find(|revoked| revoked.grant.id == id);
    let left = revoked.as_ref().map_or(Credits::ZERO, |revoked| revoked.amount);
    let revoked = revoked.filter(|_| amount <= left).ok_or(Refusal::ReinstateTooMuch { left })?;
    draft.reopen(&revoked.grant)?;
    revoked.amount = left - amount;
    draft.revoked = named;
    let postings = vec![Posting { grant: id, amount }];
    draft.write(Kind::Reinstate, postings.clone(), Detail::Reinstate { reason });
    expire_ended(draft, &postings);
    Ok(())
}
