//! Freezing a customer: no work starts, and what is under way goes on (R35).

use crate::{Detail, Draft, Kind, Refusal};

/// Freezes the customer: no new hold, and no usage without one, not even a free one. Captures, releases, reversals
/// and grants go on.
pub fn freeze(draft: &mut Draft, reason: Option<String>) -> Result<(), Refusal> {
    if draft.book().frozen_since.is_some() {
        return Err(Refusal::AlreadyFrozen);
    }
    draft.book_mut().frozen_since = Some(draft.now());
    draft.write(Kind::Freeze, Vec::new(), Detail::Freeze { reason });
    Ok(())
}

/// Lets the customer start work again.
pub fn unfreeze(draft: &mut Draft, reason: Option<String>) -> Result<(), Refusal> {
    if draft.book_mut().frozen_since.take().is_none() {
        return Err(Refusal::NotFrozen);
    }
    draft.write(Kind::Unfreeze, Vec::new(), Detail::Unfreeze { reason });
    Ok(())
}

/// Whether the customer may start work. Asked before anything else: nobody who is frozen is told what to buy.
pub(super) fn check_not_frozen(draft: &Draft) -> Result<(), Refusal> {
    if draft.book().frozen_since.is_some() { Err(Refusal::Frozen) } else { Ok(()) }
}
