//! Giving held credits back: on request, by outcome, or because a hold lapsed (R12, R16, R18).

use super::grant::{NewGrant, grant};
use crate::{Credits, Detail, Draft, Grant, Hold, HoldStatus, Kind, Posting, Refusal, Source, Span};

/// Why held credits are given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReleaseReason {
    /// The host's own fault: credits that expired meanwhile come back as goodwill for this long (R12).
    VendorFault(Span),
    /// Any other, in a word or a sentence.
    Other(String),
}

impl ReleaseReason {
    /// The word that makes a release the vendor's fault.
    pub const VENDOR_FAULT: &'static str = "vendor_fault";

    fn word(&self) -> String {
        match self {
            Self::VendorFault(_) => Self::VENDOR_FAULT.to_owned(),
            Self::Other(reason) => reason.clone(),
        }
    }
}

/// Gives back all that an open hold still holds, and closes it.
pub fn release(draft: &mut Draft, reason: &ReleaseReason) -> Result<(), Refusal> {
    let mut hold = draft.hold.take().ok_or(Refusal::HoldClosed)?;
    match hold.progress.status {
        HoldStatus::Open if hold.progress.expires_at > draft.now() => {}
        HoldStatus::Open | HoldStatus::Expired => return Err(Refusal::HoldExpired),
        HoldStatus::Captured | HoldStatus::Released => return Err(Refusal::HoldClosed),
    }
    let before = draft.entries().len();
    close(draft, &mut hold, reason)?;
    ensure_entry(draft, &hold, before, reason);
    draft.hold = Some(hold);
    Ok(())
}

/// Books that an open hold lapsed, if it has: what is left goes back (R18). Once: a second call changes nothing.
pub fn lapse(draft: &mut Draft) -> Result<(), Refusal> {
    let Some(mut hold) = draft.hold.take() else { return Ok(()) };
    let due = hold.progress.status == HoldStatus::Open && hold.progress.expires_at <= draft.now();
    if due {
        let (before, held) = (draft.entries().len(), hold.held());
        let reason = ReleaseReason::Other(HoldStatus::Expired.word().to_owned());
        give_back(draft, &mut hold, held, &reason)?;
        ensure_entry(draft, &hold, before, &reason);
        hold.progress.status = HoldStatus::Expired;
        hold.progress.closed_at = Some(draft.now());
    }
    draft.hold = Some(hold);
    Ok(())
}

/// A change of a hold that moved no credits still is an entry, or it would leave no trace.
pub(super) fn ensure_entry(draft: &mut Draft, hold: &Hold, before: usize, reason: &ReleaseReason) {
    if draft.entries().len() == before {
        draft.write(Kind::Release, Vec::new(), Detail::Release { hold: hold.id, reason: reason.word() });
    }
}

/// Gives back the rest of a hold and closes it as what it came to.
pub(super) fn close(draft: &mut Draft, hold: &mut Hold, reason: &ReleaseReason) -> Result<(), Refusal> {
    let held = hold.held();
    give_back(draft, hold, held, reason)?;
    hold.progress.status = if hold.progress.items.iter().all(|item| item.captured == 0) {
        HoldStatus::Released
    } else {
        HoldStatus::Captured
    };
    hold.progress.closed_at = Some(draft.now());
    // Units that were never decided were called off.
    for item in 0..hold.lines.len() {
        let open = hold.open_units(item);
        if let Some(progress) = hold.progress.items.get_mut(item) {
            progress.free = progress.free.saturating_add(open);
        }
    }
    Ok(())
}

/// Moves `amount` of a hold back to the grants it came from, the last drawn first. What returns to a
/// grant that has expired meanwhile expires at once, or comes back as goodwill (R12).
pub(super) fn give_back(
    draft: &mut Draft,
    hold: &mut Hold,
    amount: Credits,
    reason: &ReleaseReason,
) -> Result<(), Refusal> {
    if amount.is_zero() {
        return Ok(());
    }
    let postings = take_from_end(&mut hold.draws, amount);
    hold.progress.released = hold.progress.released + amount;
    draft.write(Kind::Release, postings.clone(), Detail::Release { hold: hold.id, reason: reason.word() });
    let ended = expire_ended(draft, &postings);
    match reason {
        ReleaseReason::VendorFault(validity) if !ended.is_zero() => {
            grant(draft, goodwill(ended, validity.after(draft.now()), reason.word())).map(drop)
        }
        _ => Ok(()),
    }
}

/// Credits that returned to a grant which has ended meanwhile expire at once; how many did.
pub(super) fn expire_ended(draft: &mut Draft, returned: &[Posting]) -> Credits {
    let now = draft.now();
    let has_ended = |posting: &&Posting| {
        let grant = draft.book().grant(posting.grant.number);
        grant.and_then(|grant| grant.expires_at).is_some_and(|end| end <= now)
    };
    let ended: Vec<Posting> = returned.iter().filter(has_ended).copied().collect();
    for posting in &ended {
        draft.write(Kind::Expire, vec![*posting], Detail::None);
    }
    ended.iter().map(|posting| posting.amount).sum()
}

/// Credits that come back after their own grant has expired.
pub(super) fn goodwill(amount: Credits, expires_at: Option<crate::Instant>, reason: String) -> NewGrant {
    NewGrant {
        source: Source::Goodwill,
        label: Source::Goodwill.word().to_owned(),
        amount,
        cost: None,
        priority: Grant::DEFAULT_PRIORITY,
        effective_at: None,
        expires_at,
        reason: Some(reason),
    }
}

/// Takes `amount` off the end of a draw-down; the legs taken, in its order.
pub(super) fn take_from_end(draws: &mut Vec<Posting>, amount: Credits) -> Vec<Posting> {
    let mut missing = amount;
    let mut taken = Vec::new();
    while let Some(draw) = draws.last_mut().filter(|_| !missing.is_zero()) {
        let part = draw.amount.min(missing);
        missing = missing - part;
        taken.push(Posting { grant: draw.grant, amount: part });
        draw.amount = draw.amount - part;
        if draw.amount.is_zero() {
            draws.pop();
        }
    }
    taken.reverse();
    taken
}
