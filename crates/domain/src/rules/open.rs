//! Opening a book: the trial once (R25), the free tier's first month (R26).

use chrono_tz::Tz;

use super::grant::{NewGrant, grant};
use crate::{Anchor, Catalog, Detail, Draft, FreeTier, Grant, Kind, Refusal, Source};

/// Writes a new customer's first entries. A book is opened once, so a trial is given once (R25).
pub fn open(draft: &mut Draft, catalog: &Catalog, zone: Tz) -> Result<(), Refusal> {
    draft.write(Kind::Open, Vec::new(), Detail::None);
    if let Some(trial) = &catalog.trial {
        let new = NewGrant {
            source: Source::Trial,
            label: Source::Trial.word().to_owned(),
            amount: trial.credits,
            cost: None,
            priority: Grant::DEFAULT_PRIORITY,
            effective_at: None,
            expires_at: trial.validity.end(draft.now(), zone),
            reason: None,
        };
        grant(draft, new)?;
    }
    if let Some(terms) = &catalog.free_tier {
        let anchor = Anchor::at(draft.now(), zone);
        let tier = FreeTier { credits: terms.credits, anchor, next: 0, rollover: terms.rollover, paused: false };
        draft.book_mut().free_tier = Some(tier);
        draft.renew_free_tier(draft.now());
    }
    Ok(())
}
