//! Deciding a batch in memory: one command after another, each on what those before it left.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::{
    Book, Credits, Customer, CustomerId, Detail, Draft, Entry, Hold, HoldId, Instant, Kind, Posting, Reversed, Revoked,
    TenantId, UsageId, Written,
};
use ports::{Command, CommandKey, Decide, Opened, Opening, PostError, Posted};
use sea_orm::DbErr;

use super::cache::Owner;
use super::load::{KeyOf, Loaded, LoadedBook, Spent};
use super::write::Changes;
use super::{Answer, Work};
use crate::row::{book_row, entry_row, grant_row, hold_row};

pub(super) type Outcome = Result<Answer, PostError>;

/// A batch under decision.
pub(super) struct Batch {
    loaded: Loaded,
    now: Instant,
    /// How each touched book was read: its sequence, which the write checks, and when it was due.
    before: HashMap<Owner, (u64, Option<Instant>)>,
    /// Holds to write, and what usages have had given back.
    holds: HashMap<(TenantId, HoldId), Hold>,
    reversed: HashMap<(TenantId, UsageId), Reversed>,
    changes: Changes,
    error: Option<DbErr>,
}

impl Batch {
    pub(super) fn new(loaded: Loaded, now: Instant) -> Self {
        Self {
            loaded,
            now,
            before: HashMap::new(),
            holds: HashMap::new(),
            reversed: HashMap::new(),
            changes: Changes::default(),
            error: None,
        }
    }

    pub(super) fn decide(&mut self, work: &Work) -> Outcome {
        match work {
            Work::Post(command) => self.post(command).map(Answer::Posted),
            Work::Open(opening) => self.open(opening).map(Answer::Opened),
        }
    }

    fn post(&mut self, command: &Command) -> Result<Posted, PostError> {
        let owner = (command.tenant, command.customer);
        if let Some(spent) = self.spent(command.tenant, command.key.as_ref())? {
            return replay(spent, command);
        }
        let LoadedBook { book, frozen_at } = self.loaded.books.get(&owner).ok_or(PostError::CustomerNotFound)?;
        let hold = command.hold.map(|id| {
            let hold = self.loaded.holds.get(&(command.tenant, id)).filter(|_| id.customer == command.customer);
            hold.ok_or(PostError::HoldNotFound)
        });
        let past = command.usage.map(|id| {
            let past = self.loaded.usages.get(&(command.tenant, id)).filter(|_| id.customer == command.customer);
            past.ok_or(PostError::UsageNotFound)
        });
        let (hold, past) = (hold.transpose()?.cloned(), past.transpose()?.cloned());
        let revoked = self.revoked(command)?;
        let written = run(&command.decide, book.clone(), frozen_at.unwrap_or(self.now), |draft| {
            (draft.hold, draft.past, draft.revoked) = (hold, past, revoked);
        })?;
        Ok(self.take(owner, command.key.as_ref(), written))
    }

    /// The grants that a command puts credits back into.
    fn revoked(&self, command: &Command) -> Result<Vec<Revoked>, PostError> {
        let named = command.revoked.iter().map(|id| {
            let found = self.loaded.revoked.get(&(command.tenant, *id)).filter(|_| id.customer == command.customer);
            found.cloned().ok_or(PostError::GrantNotFound)
        });
        named.collect()
    }

    fn open(&mut self, opening: &Opening) -> Result<Opened, PostError> {
        let tenant = opening.tenant;
        let found = |batch: &Self, id: CustomerId, replayed| {
            let customer = batch.loaded.customers.get(&(tenant, id)).cloned().ok_or(PostError::CustomerNotFound)?;
            Ok(Opened { customer, created: false, replayed })
        };
        if let Some(spent) = self.spent(tenant, opening.key.as_ref())? {
            let id = spent.customer;
            return found(self, id, true);
        }
        let external_id = opening.customer.external_id.clone().map(|id| (tenant, id));
        if let Some(id) = external_id.as_ref().and_then(|key| self.loaded.external_ids.get(key)) {
            return found(self, *id, false);
        }
        let customer = opening.customer.clone();
        let owner = (tenant, customer.id);
        let book = Book::new(customer.id, customer.created_at);
        let written = run(&opening.decide, book, customer.created_at, |_| {})?;
        self.remember(owner, external_id, &customer);
        self.take(owner, opening.key.as_ref(), written);
        Ok(Opened { customer, created: true, replayed: false })
    }

    /// A new customer, for the commands of the batch that come after.
    fn remember(&mut self, owner: Owner, external_id: Option<KeyOf>, customer: &Customer) {
        if let Some(key) = external_id {
            self.loaded.external_ids.insert(key, customer.id);
        }
        self.loaded.customers.insert(owner, customer.clone());
        self.changes.opened.insert(owner, customer.clone());
    }

    fn spent(&self, tenant: TenantId, key: Option<&CommandKey>) -> Result<Option<&Spent>, PostError> {
        let Some(key) = key else { return Ok(None) };
        match self.loaded.spent.get(&(tenant, key.text.clone())) {
            Some(spent) if spent.fingerprint == key.fingerprint => Ok(Some(spent)),
            Some(_) => Err(PostError::KeyReused),
            None => Ok(None),
        }
    }

    /// Takes what a decision wrote into the batch.
    fn take(&mut self, owner: Owner, key: Option<&CommandKey>, written: Written) -> Posted {
        let Written { book, settled, entries, hold } = written;
        let posted = Posted { balance: book.balance(), sequence: book.sequence, entries, hold, replayed: false };
        if settled.is_empty() && posted.entries.is_empty() {
            return posted;
        }
        let first = settled.first().or(posted.entries.first()).map_or(0, |entry| entry.sequence);
        let loaded = &self.loaded.books;
        self.before.entry(owner).or_insert_with(|| {
            let due_at = loaded.get(&owner).and_then(|read| read.book.due_at());
            (first.saturating_sub(1), due_at)
        });
        for entry in &settled {
            self.record(owner, entry, None, None);
        }
        for (part, entry) in posted.entries.iter().enumerate() {
            let after = posted.hold.as_ref().filter(|_| part == 0);
            self.record(owner, entry, key.map(|key| (key, part)), after);
        }
        if let Some(hold) = &posted.hold {
            self.loaded.holds.insert((owner.0, hold.id), hold.clone());
            self.holds.insert((owner.0, hold.id), hold.clone());
        }
        if let Some(key) = key {
            let spent = Spent {
                fingerprint: key.fingerprint,
                customer: owner.1,
                entries: posted.entries.clone(),
                hold: posted.hold.clone(),
            };
            self.loaded.spent.insert((owner.0, key.text.clone()), spent);
        }
        let frozen_at = self.loaded.books.get(&owner).and_then(|loaded| loaded.frozen_at);
        self.loaded.books.insert(owner, LoadedBook { book, frozen_at });
        posted
    }

    fn record(&mut self, owner: Owner, entry: &Entry, command: Option<(&CommandKey, usize)>, hold: Option<&Hold>) {
        match entry_row(owner, entry, command, hold) {
            Ok(row) => self.changes.entries.push(row),
            Err(error) => self.error = Some(error),
        }
        self.project(owner, entry);
    }

    /// What other tables keep of an entry.
    fn project(&mut self, owner: Owner, entry: &Entry) {
        match (&entry.detail, entry.kind) {
            (Detail::Grant(grant), _) => self.changes.grants.push(grant_row(owner.0, grant)),
            (Detail::Extend { grant, expires_at }, _) => {
                self.changes.extended.insert((owner, grant.number), *expires_at);
            }
            (Detail::Reverse { usage, quantity, .. }, _) => {
                self.add_reversed(owner.0, *usage, *quantity, entry.amount());
            }
            (_, Kind::Expire | Kind::Revoke | Kind::Reinstate) => self.add_ended(owner, entry),
            _ => {}
        }
    }

    fn add_ended(&mut self, owner: Owner, entry: &Entry) {
        for Posting { grant, amount } in &entry.postings {
            let ended = self.changes.ended.entry((owner, grant.number)).or_default();
            match entry.kind {
                Kind::Expire => ended.expired = ended.expired + *amount,
                Kind::Revoke => ended.revoked = ended.revoked.saturating_add(amount.micros()),
                _ => ended.revoked = ended.revoked.saturating_sub(amount.micros()),
            }
        }
    }

    fn add_reversed(&mut self, tenant: TenantId, usage: UsageId, quantity: u64, amount: Credits) {
        let before = self.loaded.usages.get(&(tenant, usage)).map(|past| past.reversed).unwrap_or_default();
        let total = self.reversed.entry((tenant, usage)).or_insert(before);
        total.quantity = total.quantity.saturating_add(quantity);
        total.amount = total.amount + amount;
    }

    /// What is to be written, and what may be remembered after it.
    pub(super) fn finish(mut self) -> (Result<Changes, DbErr>, After) {
        let mut after = After { books: Vec::new(), holds: std::mem::take(&mut self.loaded.holds) };
        for (owner, LoadedBook { book, frozen_at }) in std::mem::take(&mut self.loaded.books) {
            let is_new = self.changes.opened.contains_key(&owner);
            let before = self.before.get(&owner);
            if before.is_some_and(|(_, due_at)| *due_at == book.due_at()) {
                self.changes.due_as_before.insert(owner);
            }
            match before.map(|(sequence, _)| book_row(owner.0, &book, *sequence)) {
                Some(Ok(row)) if is_new => self.changes.new_books.push((owner, row)),
                Some(Ok(row)) => self.changes.books.push((owner, row)),
                Some(Err(error)) => self.error = Some(error),
                None => self.changes.untouched.push((owner, book.sequence)),
            }
            // The time of customers with a test clock is read each time, and a new one's clock is not known here.
            if frozen_at.is_none() && !is_new {
                after.books.push((owner, book));
            }
        }
        let holds: Result<Vec<_>, _> = self.holds.iter().map(|((tenant, _), hold)| hold_row(*tenant, hold)).collect();
        self.changes.reversed = self.reversed.into_iter().collect();
        let changes = match (self.error, holds) {
            (None, Ok(holds)) => Ok(Changes { holds, ..self.changes }),
            (Some(error), _) | (_, Err(error)) => Err(error),
        };
        (changes, after)
    }
}

/// What is true once a batch is written.
pub(super) struct After {
    pub(super) books: Vec<(Owner, Book)>,
    pub(super) holds: HashMap<(TenantId, HoldId), Hold>,
}

/// What a batch took out of a grant.
#[derive(Default)]
pub(super) struct Ended {
    pub(super) expired: Credits,
    /// Micro-credits; below zero where more was given back.
    pub(super) revoked: i64,
}

/// Decides on a book. A rule that panics is a fault of that command alone.
fn run(decide: &Decide, book: Book, now: Instant, equip: impl FnOnce(&mut Draft)) -> Result<Written, PostError> {
    let decided = catch_unwind(AssertUnwindSafe(|| {
        let mut draft = Draft::open(book, now);
        equip(&mut draft);
        decide(&mut draft).map(|()| draft.finish())
    }));
    match decided {
        Ok(decided) => decided.map_err(PostError::from),
        Err(_) => Err(PostError::Fault("a rule stopped".into())),
    }
}

fn replay(spent: &Spent, command: &Command) -> Result<Posted, PostError> {
    let last = spent.entries.last().ok_or_else(|| PostError::Fault("a key without entries".into()))?;
    if spent.customer != command.customer {
        return Err(PostError::KeyReused);
    }
    Ok(Posted {
        entries: spent.entries.clone(),
        hold: spent.hold.clone(),
        balance: last.balance,
        sequence: last.sequence,
        replayed: true,
    })
}
