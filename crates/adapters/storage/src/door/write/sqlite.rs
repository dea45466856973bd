//! Into SQLite: on a connection of its own, a prepared statement a row. They block, so whoever calls has a thread for
//! it; in return nothing is handed over between threads but the batch.

use std::path::Path;
use std::sync::Arc;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement, TransactionBehavior, params_from_iter};
use sea_orm::DbErr;

use super::step::Step;
use crate::connect::Turn;
use crate::door::committer::Failed;
use crate::lite::{self, told};
use crate::sql::{Cell, Row, spell};

const SEEN: &str = "SELECT 1 FROM books WHERE tenant = ?1 AND customer = ?2 AND sequence = ?3";

/// 64 MB, in SQLite's spelling. Not more: a commit that has split a page walks the whole table of its cache.
const CACHE: &str = "-65536";

pub(crate) struct SqliteWriter {
    connection: Connection,
    /// Whose turn it is to write, among the connections of this process.
    turn: Turn,
    texts: [String; Step::ALL.len()],
}

impl SqliteWriter {
    /// Opens a file that is there and has its schema.
    pub(crate) fn open(file: &Path, turn: Turn) -> Result<Self, DbErr> {
        let texts = Step::ALL.map(|step| spell(step.template(), spelled));
        let connection = lite::connect(file).map_err(|error| told(&error))?;
        connection.pragma_update(None, "cache_size", CACHE).map_err(|error| told(&error))?;
        connection.set_prepared_statement_cache_capacity(Step::ALL.len() + 1);
        Ok(Self { connection, turn, texts })
    }

    /// Whether a commit waits for the disk (R45).
    pub(crate) fn is_durable(&self) -> Result<bool, DbErr> {
        const FULL: i64 = 2;
        let level = self.connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0));
        level.map(|level| level == FULL).map_err(|error| told(&error))
    }

    pub(super) async fn write(&mut self, untouched: Vec<Row>, steps: Vec<(Step, Vec<Row>)>) -> Result<(), Failed> {
        let turn = Arc::clone(&self.turn);
        let _turn = turn.lock().await;
        self.check(untouched)?;
        if steps.is_empty() { Ok(()) } else { self.write_all(steps) }
    }

    /// What was refused is checked by no write: another process may have written since the book was remembered.
    fn check(&self, untouched: Vec<Row>) -> Result<(), Failed> {
        let mut statement = self.connection.prepare_cached(SEEN)?;
        for row in untouched {
            if !statement.exists(params_from_iter(row))? {
                return Err(Failed::Conflict);
            }
        }
        Ok(())
    }

    fn write_all(&mut self, steps: Vec<(Step, Vec<Row>)>) -> Result<(), Failed> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (step, rows) in steps {
            let mut statement = transaction.prepare_cached(&self.texts[step as usize])?;
            for row in rows {
                execute(&mut statement, row)?;
            }
        }
        transaction.commit().map_err(|error| Failed::During(told(&error)))
    }
}

fn execute(statement: &mut Statement<'_>, row: Row) -> rusqlite::Result<()> {
    for (place, cell) in row.into_iter().enumerate() {
        statement.raw_bind_parameter(place + 1, cell)?;
    }
    statement.raw_execute().map(drop)
}

/// A statement of one row takes its values by place, and has no other rows to come from.
fn spelled(mark: &str) -> String {
    match mark.split_at(1) {
        _ if mark == "select" => "VALUES (".to_owned(),
        _ if mark == "rows" => ")".to_owned(),
        ("u" | "i" | "t", place) => format!("?{}", place.parse::<u32>().expect("a mark ends in a place") + 1),
        _ => String::new(),
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Self::Null => ValueRef::Null,
            Self::Id(id) => ValueRef::Blob(id.as_bytes()),
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
        let is_conflict = error.sqlite_error().is_some_and(|error| match error.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => true,
            _ => [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE].contains(&error.extended_code),
        });
        if is_conflict { Self::Conflict } else { Self::Before(told(&error)) }
    }
}
