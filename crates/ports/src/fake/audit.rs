//! The whole ledger at one instant.

use std::vec::IntoIter;

use async_trait::async_trait;
use domain::{Entry, EntryId, Hold, TenantId};

use super::Memory;
use crate::{Audit, AuditedBook, Snapshot, StoreError};

/// A copy of the ledger, handed out bit by bit.
struct Copied {
    size: u64,
    entries: IntoIter<(TenantId, EntryId, Entry)>,
    books: IntoIter<AuditedBook>,
}

#[async_trait]
impl Audit for Memory {
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let state = self.lock();
        let mut entries = Vec::new();
        let mut books = Vec::new();
        for (tenant, records) in state.records() {
            entries.extend(records.journal.iter().map(|recorded| (tenant, recorded.id, recorded.entry.clone())));
            let held_by_holds = records.open_holds().map(Hold::held).sum();
            books.push(AuditedBook { tenant, book: records.book.clone(), held_by_holds });
        }
        let size = entries.len() as u64;
        Ok(Box::new(Copied { size, entries: entries.into_iter(), books: books.into_iter() }))
    }
}

#[async_trait]
impl Snapshot for Copied {
    async fn size(&mut self) -> Result<u64, StoreError> {
        Ok(self.size)
    }

    async fn entries(&mut self, limit: u32) -> Result<Vec<(TenantId, EntryId, Entry)>, StoreError> {
        Ok(next(&mut self.entries, limit))
    }

    async fn books(&mut self, limit: u32) -> Result<Vec<AuditedBook>, StoreError> {
        Ok(next(&mut self.books, limit))
    }
}

fn next<T>(items: &mut IntoIter<T>, limit: u32) -> Vec<T> {
    items.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect()
}
