//! The free tier and plans: who is on a plan gets its credits in the free tier's place (R31).

use crate::{Detail, Draft, Kind, Refusal};

/// Nothing more is given until it is resumed; what was given stays. Without a free tier, or one that is paused already,
/// there is [nothing to do](Refusal::NothingToDo).
pub fn pause_free_tier(draft: &mut Draft) -> Result<(), Refusal> {
    let tier = draft.book_mut().free_tier.as_mut().filter(|tier| !tier.paused).ok_or(Refusal::NothingToDo)?;
    tier.paused = true;
    draft.write(Kind::PauseFreeTier, Vec::new(), Detail::None);
    Ok(())
}

/// The months go on as counted from signup (R26). The one that is running is given at once, unless it was before: who
/// subscribes for a day has gained nothing.
pub fn resume_free_tier(draft: &mut Draft) -> Result<(), Refusal> {
    let now = draft.now();
    let tier = draft.book_mut().free_tier.as_mut().filter(|tier| tier.paused).ok_or(Refusal::NothingToDo)?;
    *tier = tier.clone().resumed(now);
    let is_due = tier.renews_at().is_some_and(|at| at <= now);
    draft.write(Kind::ResumeFreeTier, Vec::new(), Detail::None);
    if is_due {
        draft.renew_free_tier(now);
    }
    Ok(())
}
