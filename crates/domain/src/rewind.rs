//! Where grants were in the past: their journal, taken back entry by entry (R4, R7).

use crate::{Grant, GrantState, Instant, Kind, Posting};

/// A customer's grants, as they were before ever earlier entries. What the clock has done since and what was never
/// written down yet are both left out until someone asks for an instant.
#[derive(Clone, Debug)]
pub struct Rewind(Vec<GrantState>);

impl Rewind {
    /// From where the grants' credits are after the last entry, before [`GrantState::at`] was asked.
    #[must_use]
    pub const fn new(written: Vec<GrantState>) -> Self {
        Self(written)
    }

    /// Takes back the entry before which the journal is to end now.
    pub fn undo(&mut self, kind: Kind, postings: &[Posting]) {
        for posting in postings {
            if let Some(state) = self.0.iter_mut().find(|state| state.grant.id == posting.grant) {
                state.undo(kind, posting.amount);
            }
        }
    }

    /// The grants that had been made by `at`, with where their credits were, if what is left of the journal is what was
    /// effective at or before it. Their terms are those of today: an end may have been another one then.
    #[must_use]
    pub fn at(&self, at: Instant) -> Vec<GrantState> {
        // An end that was moved since lay after `at`: whoever moved it wrote down first what had expired by then.
        let made = |grant: &Grant| grant.granted_at <= at;
        self.0.iter().filter(|state| made(&state.grant)).map(|state| state.clone().at(at)).collect()
    }
}
