//! Recording usage in one shot, without a hold.

use super::freeze::check_not_frozen;
use crate::{Credits, Detail, Draft, Instant, Kind, Line, Outcome, Refusal, Usage};

/// A usage to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUsage {
    /// What was done, priced.
    pub line: Line,
    /// The host's own object.
    pub reference: Option<String>,
    /// When the caller says it happened: information only (R7).
    pub occurred_at: Option<Instant>,
    /// The catalog that priced it.
    pub catalog_version: u32,
    /// The caller's own notes.
    pub metadata: Vec<(String, String)>,
}

/// Charges a finished piece of work, whole or not at all (R6). One that costs nothing needs no balance (R24),
/// and none is for a customer who is frozen (R35).
pub fn record(draft: &mut Draft, new: NewUsage) -> Result<(), Refusal> {
    check_not_frozen(draft)?;
    if new.line.quantity == 0 {
        return Err(Refusal::NothingToDo);
    }
    let cost = new.line.cost;
    let draws = draft
        .book()
        .draw(cost)
        .ok_or_else(|| Refusal::InsufficientCredits { required: cost, balance: draft.balance() })?;
    let usage = Usage {
        operation: new.line.operation,
        quantity: new.line.quantity,
        rate: new.line.rate,
        cost,
        uncollected: Credits::ZERO,
        outcome: Outcome::Completed,
        hold: None,
        item: None,
        name: new.line.name,
        document: new.line.document,
        free: 0,
        failed: 0,
        late: false,
        above_hold: false,
        reference: new.reference,
        occurred_at: new.occurred_at,
        catalog_version: new.catalog_version,
        metadata: new.metadata,
    };
    draft.write(Kind::Usage, draws, Detail::Usage(Box::new(usage)));
    Ok(())
}
