//! Into Postgres: a batch is one statement, which commits itself, and so one round trip.

use sea_orm::sqlx::postgres::{PgPool, Postgres};
use sea_orm::sqlx::{self, Executor};
use sea_orm::{DbErr, RuntimeErr};

use super::step::Step;
use super::words::Words;
use crate::door::committer::Failed;
use crate::sql::Row;

const SEEN: &str = "SELECT 1 {from} JOIN books ON books.tenant = {u0} AND books.customer = {u1} \
                    AND books.sequence = {i2}";

pub(crate) struct PostgresWriter {
    pool: PgPool,
}

impl PostgresWriter {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    pub(super) async fn write(&self, untouched: Vec<Row>, steps: Vec<(Step, Vec<Row>)>) -> Result<(), Failed> {
        self.check(untouched).await?;
        let mut together = Words::default();
        let mut alone = Vec::new();
        for (step, rows) in steps {
            if step.goes_alone() {
                alone.push(Words::of(step.template(), rows)?);
            } else {
                together.add(step.template(), rows)?;
            }
        }
        match (together.is_empty(), alone.is_empty()) {
            (true, true) => Ok(()),
            (false, true) => self.write_at_once(together).await,
            _ => self.write_in_order([together].into_iter().chain(alone)).await,
        }
    }

    /// What was refused is checked by no write: another process may have written since the book was remembered.
    async fn check(&self, untouched: Vec<Row>) -> Result<(), Failed> {
        if untouched.is_empty() {
            return Ok(());
        }
        let wanted = untouched.len() as u64;
        let found = run(Words::of(SEEN, untouched)?, &self.pool).await?;
        if found == wanted { Ok(()) } else { Err(Failed::Conflict) }
    }

    async fn write_at_once(&self, words: Words) -> Result<(), Failed> {
        match run(words, &self.pool).await {
            Ok(_) => Ok(()),
            Err(error) if is_refusal(&error) => Err(told(error).into()),
            Err(error) => Err(Failed::During(told(error))),
        }
    }

    async fn write_in_order(&self, statements: impl Iterator<Item = Words>) -> Result<(), Failed> {
        let mut transaction = self.pool.begin().await?;
        for words in statements.filter(|words| !words.is_empty()) {
            run(words, &mut *transaction).await?;
        }
        transaction.commit().await.map_err(|error| Failed::During(told(error)))
    }
}

async fn run<'c>(words: Words, on: impl Executor<'c, Database = Postgres>) -> sqlx::Result<u64> {
    let (text, values) = words.finish();
    // The text is put together from templates of ours alone; everything else is a value.
    let query = sqlx::query_with(sqlx::AssertSqlSafe(text), values);
    Ok(query.execute(on).await?.rows_affected())
}

/// Whether the server has refused a statement and so undone it. One that stops, or loses its connection, may have
/// committed before.
fn is_refusal(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| !code.starts_with("57P") && !code.starts_with("08"))
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        told(error).into()
    }
}

fn told(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}
