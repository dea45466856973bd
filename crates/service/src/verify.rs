//! Recomputing every balance from the journal (R4).

use domain::{CustomerId, Discrepancy, EntryId, Recount, TenantId};
use ports::{AuditedBook, Snapshot, StoreError};

use crate::{Context, Failure};

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Entries read.
    pub entries: u64,
    /// Customers whose books were compared.
    pub customers: u64,
    /// The first thing wrong, if anything is.
    pub wrong: Option<Wrong>,
}

/// The first discrepancy of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Whose customer.
    pub tenant: TenantId,
    /// Which entry.
    pub entry: EntryId,
    /// What is wrong with it.
    pub what: Discrepancy,
}

const BATCH: u32 = 5_000;

/// Reads the whole journal in order, adds it up, and compares it with every book. `progress` is told
/// how many entries there are, and after each batch how many have been read.
pub async fn verify(ctx: &Context, mut progress: impl FnMut(u64, u64) + Send) -> Result<Verdict, Failure> {
    let mut snapshot = ctx.audit.snapshot().await?;
    let size = snapshot.size().await?;
    let mut books = Books::new();
    let mut verdict = Verdict::default();
    let mut current: Option<(TenantId, CustomerId, Recount)> = None;
    loop {
        let entries = match snapshot.entries(BATCH).await {
            Err(StoreError::Damaged { tenant, entry, what }) => {
                let what = Discrepancy { sequence: entry.sequence, what };
                verdict.wrong = Some(Wrong { tenant, entry, what });
                return Ok(verdict);
            }
            read => read?,
        };
        if entries.is_empty() {
            break;
        }
        for (tenant, id, entry) in &entries {
            let owner = (*tenant, id.customer);
            if current.as_ref().map(|(tenant, customer, _)| (*tenant, *customer)) != Some(owner) {
                if let Some(done) = current.take() {
                    verdict.wrong = books.compare(snapshot.as_mut(), done).await?;
                }
                current = Some((owner.0, owner.1, Recount::default()));
            }
            if let (None, Some((_, _, recount))) = (&verdict.wrong, current.as_mut()) {
                let added = recount.add(entry);
                verdict.wrong = added.err().map(|what| Wrong { tenant: *tenant, entry: *id, what });
            }
            if verdict.wrong.is_some() {
                return Ok(verdict);
            }
            verdict.entries += 1;
        }
        progress(size, verdict.entries);
    }
    if let Some(done) = current.take() {
        verdict.wrong = books.compare(snapshot.as_mut(), done).await?;
    }
    if verdict.wrong.is_none() {
        verdict.wrong = books.rest(snapshot.as_mut()).await?;
    }
    verdict.customers = books.compared;
    Ok(verdict)
}

/// The books of a snapshot, read along with the journal: both come in the same order.
struct Books {
    waiting: std::vec::IntoIter<AuditedBook>,
    compared: u64,
}

impl Books {
    fn new() -> Self {
        Self { waiting: Vec::new().into_iter(), compared: 0 }
    }

    async fn next(&mut self, snapshot: &mut dyn Snapshot) -> Result<Option<AuditedBook>, Failure> {
        if self.waiting.len() == 0 {
            self.waiting = snapshot.books(BATCH).await?.into_iter();
        }
        let next = self.waiting.next();
        self.compared += u64::from(next.is_some());
        Ok(next)
    }

    /// Compares a recounted customer with the next book, which must be theirs.
    async fn compare(
        &mut self,
        snapshot: &mut dyn Snapshot,
        (tenant, customer, recount): (TenantId, CustomerId, Recount),
    ) -> Result<Option<Wrong>, Failure> {
        while let Some(audited) = self.next(snapshot).await? {
            if (audited.tenant, audited.book.customer) != (tenant, customer) {
                // A book before it that has no journal.
                if let Some(wrong) = judge(&audited, &Recount::default()) {
                    return Ok(Some(wrong));
                }
                continue;
            }
            return Ok(judge(&audited, &recount));
        }
        let entry = EntryId { customer, sequence: 1 };
        let what = Discrepancy { sequence: 1, what: "has a journal, but no book".to_owned() };
        Ok(Some(Wrong { tenant, entry, what }))
    }

    async fn rest(&mut self, snapshot: &mut dyn Snapshot) -> Result<Option<Wrong>, Failure> {
        while let Some(audited) = self.next(snapshot).await? {
            if let Some(wrong) = judge(&audited, &Recount::default()) {
                return Ok(Some(wrong));
            }
        }
        Ok(None)
    }
}

fn judge(audited: &AuditedBook, recount: &Recount) -> Option<Wrong> {
    let book = &audited.book;
    let held = book.balance().held;
    let compared = recount.compare(book).and_then(|()| {
        if held == audited.held_by_holds {
            return Ok(());
        }
        let what = format!("the book holds {held}, the open holds {}", audited.held_by_holds);
        Err(Discrepancy { sequence: book.sequence, what })
    });
    let entry = EntryId { customer: book.customer, sequence: book.sequence };
    compared.err().map(|what| Wrong { tenant: audited.tenant, entry, what })
}
