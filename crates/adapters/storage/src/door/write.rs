//! Writing a decided batch: everything or nothing, on disk once it is said to be (R45).

mod postgres;
mod sqlite;
mod step;
mod words;

use std::collections::{HashMap, HashSet};

use domain::{Customer, Instant, Reversed, TenantId, UsageId};

use super::batch::Ended;
use super::cache::Owner;
use super::committer::Failed;
use crate::customers::customer_row;
use crate::row::{big, millis};
use crate::sql::Row;
pub(crate) use postgres::PostgresWriter;
pub(crate) use sqlite::SqliteWriter;
use step::Step;

/// Everything that a batch changes.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) opened: HashMap<Owner, Customer>,
    pub(super) new_books: Vec<(Owner, Row)>,
    pub(super) books: Vec<(Owner, Row)>,
    /// Those of them that are due when they were due before.
    pub(super) due_as_before: HashSet<Owner>,
    pub(super) entries: Vec<Row>,
    pub(super) grants: Vec<Row>,
    pub(super) extended: HashMap<(Owner, u32), Instant>,
    pub(super) ended: HashMap<(Owner, u32), Ended>,
    pub(super) holds: Vec<Row>,
    pub(super) reversed: Vec<((TenantId, UsageId), Reversed)>,
    /// Books that were looked at and not changed, each with its sequence: answers rest on them all the same.
    pub(super) untouched: Vec<(Owner, u64)>,
}

/// The way into a database.
pub(crate) enum Writer {
    Sqlite(Box<SqliteWriter>),
    Postgres(PostgresWriter),
}

impl Writer {
    /// Writes everything, or nothing: nothing as well where what was only looked at is out of date. That a changed
    /// book is out of date shows in its entries: their sequences are taken.
    pub(super) async fn write(&mut self, mut changes: Changes) -> Result<(), Failed> {
        let untouched = std::mem::take(&mut changes.untouched).into_iter().map(seen).collect();
        match self {
            // SQLite writes the index of a column anew whenever the column is named, whatever its value.
            Self::Sqlite(writer) => {
                let as_before = books_as_before(&mut changes);
                let mut steps = steps(changes);
                steps.extend(Some((Step::BooksDueAsBefore, as_before)).filter(|(_, rows)| !rows.is_empty()));
                writer.write(untouched, steps).await
            }
            Self::Postgres(writer) => writer.write(untouched, steps(changes)).await,
        }
    }
}

/// Takes out the books whose place among those that are due stays as it is, without it.
fn books_as_before(changes: &mut Changes) -> Vec<Row> {
    let is_as_before = |(owner, _): &mut (Owner, Row)| changes.due_as_before.contains(owner);
    let taken = changes.books.extract_if(.., is_as_before);
    taken
        .map(|(_, mut row)| {
            row.pop();
            row
        })
        .collect()
}

fn seen(((tenant, customer), sequence): (Owner, u64)) -> Row {
    vec![tenant.0.into(), customer.0.into(), big(sequence).into()]
}

/// What to do, in order; nothing that has no rows. Books and entries are sorted, so that every process takes its locks
/// in one order: Postgres does the steps of one statement in an order of its own.
fn steps(mut changes: Changes) -> Vec<(Step, Vec<Row>)> {
    changes.books.sort_unstable_by_key(|(owner, _)| *owner);
    changes.entries.sort_unstable_by(|one, other| one[..3].cmp(&other[..3]));
    let books = changes.books.into_iter().map(|(_, row)| row).collect();
    let customers = changes.opened.iter().map(|((tenant, _), customer)| customer_row(*tenant, customer)).collect();
    let new_book = |(owner, mut row): (Owner, Row)| {
        let clock = changes.opened.get(&owner).and_then(|customer| customer.clock);
        row.push(clock.map(|clock| clock.0).into());
        row
    };
    let new_books = changes.new_books.into_iter().map(new_book).collect();
    let reversed = |((tenant, usage), total): ((TenantId, UsageId), Reversed)| {
        let (quantity, amount) = (big(total.quantity).into(), total.amount.micros().into());
        vec![tenant.0.into(), usage.customer.0.into(), big(usage.sequence).into(), quantity, amount]
    };
    // One row a grant: an update takes only one of several rows for the same.
    let extended = |(((tenant, customer), number), expires_at): ((Owner, u32), Instant)| {
        vec![tenant.0.into(), customer.0.into(), number.into(), millis(expires_at).into()]
    };
    let ended = |(((tenant, customer), number), ended): ((Owner, u32), Ended)| {
        let (expired, revoked) = (ended.expired.micros().into(), ended.revoked.into());
        vec![tenant.0.into(), customer.0.into(), number.into(), expired, revoked]
    };
    let mut steps = vec![
        (Step::Books, books),
        (Step::Customers, customers),
        (Step::NewBooks, new_books),
        (Step::Entries, changes.entries),
        (Step::Grants, changes.grants),
        (Step::Holds, changes.holds),
        (Step::Reversed, changes.reversed.into_iter().map(reversed).collect()),
        (Step::Extended, changes.extended.into_iter().map(extended).collect()),
        (Step::Ended, changes.ended.into_iter().map(ended).collect()),
    ];
    steps.retain(|(_, rows)| !rows.is_empty());
    steps
}
