//! Opening a database: which one, how durable, how many connections.

use std::num::NonZeroUsize;
use std::ops::Deref;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{CustomerId, CustomerRef, TenantId};
use lru::LruCache;
use ports::{Clock, StoreError};
use sea_orm::sqlx::Connection as _;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _,
};
use sea_orm_migration::MigratorTrait as _;
use thiserror::Error;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

use crate::checkpoint::Checkpoints;
use crate::door::{Door, PostgresWriter, SqliteWriter, Writer};
use crate::lite::{self, BUSY, PRAGMAS};
use crate::migration::Migrator;

/// Why a database could not be used.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// Not a URL that Folio knows.
    #[error("{0:?} is neither sqlite://FILE nor postgres://…")]
    UnknownUrl(String),
    /// The database has a schema that this binary does not know: a newer one wrote it.
    #[error("the database was written by a newer folio (step {0} is not known here): upgrade this binary")]
    NewerSchema(String),
    /// R45 could not be kept.
    #[error("the database would not be durable: {0}")]
    NotDurable(String),
    /// The file cannot be written.
    #[error("the file cannot be opened for writing: {0}")]
    File(std::io::Error),
    /// It cannot be reached or migrated.
    #[error("the database cannot be used")]
    Database(#[from] DbErr),
}

/// Whose turn it is to write to SQLite, which has one writer at a time and lets others wait for it in no order.
pub(crate) type Turn = Arc<tokio::sync::Mutex<()>>;

/// A database, opened: every storage port in one. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    /// For writing; on SQLite a single connection, beside the door's.
    write: DatabaseConnection,
    /// For reading.
    pub(crate) read: DatabaseConnection,
    turn: Turn,
    checkpoints: Option<Arc<Checkpoints>>,
    pub(crate) door: Arc<Door>,
    /// Customers who were found: neither of their ids ever changes, or goes.
    pub(crate) known: Arc<Mutex<LruCache<(TenantId, CustomerRef), CustomerId>>>,
}

/// How long Postgres may say nothing before it is taken to be away: it, or the way to it, may be gone without a word.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Rows that a reader of SQLite may be ahead of who asked for them.
const ROWS: usize = 5_000;

/// External ids remembered.
const KNOWN: NonZeroUsize = NonZeroUsize::new(100_000).expect("not zero");

impl Store {
    /// Opens `sqlite://FILE` (made where it is missing) or `postgres://…`, and brings its schema up to date.
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self, ConnectError> {
        let turn = Turn::default();
        let Opened { write, read, writer, checkpoints } = if let Some(file) = url.strip_prefix("sqlite://") {
            open_sqlite(file, &turn).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url).await?
        } else {
            return Err(ConnectError::UnknownUrl(url.to_owned()));
        };
        let door = Arc::new(Door::start(read.clone(), writer, clock));
        Ok(Self { write, read, turn, checkpoints, door, known: Arc::new(Mutex::new(LruCache::new(KNOWN))) })
    }

    /// Which of the two it is.
    #[must_use]
    pub fn backend(&self) -> &'static str {
        match self.write.get_database_backend() {
            DbBackend::Sqlite => "sqlite",
            _ => "postgres",
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        in_time(self.read.ping()).await.map_err(fault)
    }

    /// Lets the commands that wait finish, and closes every connection.
    pub async fn close(&self) {
        self.door.finish().await;
        if let Some(checkpoints) = &self.checkpoints {
            checkpoints.finish().await;
        }
        // The writer last: SQLite then folds its log into the file, and one file is the whole database.
        let _ = in_time(self.read.clone().close()).await;
        let _ = in_time(self.write.clone().close()).await;
    }

    /// A write transaction, once it is its turn. On SQLite it takes the lock at once: one that upgraded later could
    /// only fail.
    pub(crate) async fn begin(&self) -> Result<Writing, DbErr> {
        let sqlite = self.write.get_database_backend() == DbBackend::Sqlite;
        let turn = if sqlite { Some(Arc::clone(&self.turn).lock_owned().await) } else { None };
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let transaction = self.write.begin_with_options(options).await?;
        Ok(Writing { transaction, _turn: turn })
    }
}

/// A write transaction. Nothing is written unless it is committed.
pub(crate) struct Writing {
    transaction: DatabaseTransaction,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Writing {
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await
    }
}

impl Deref for Writing {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

struct Opened {
    write: DatabaseConnection,
    read: DatabaseConnection,
    writer: Writer,
    checkpoints: Option<Arc<Checkpoints>>,
}

/// Several readers beside those who write: WAL lets them go on.
async fn open_sqlite(file: &str, turn: &Turn) -> Result<Opened, ConnectError> {
    let write = Database::connect(sqlite(file, "rwc", 1)).await.map_err(|error| why_not(file, error))?;
    make_ready(&write).await?;
    let read = Database::connect(sqlite(file, "ro", 4)).await?;
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{file}"))
        .map_err(|error| DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))?;
    let file = options.get_filename();
    let writer = SqliteWriter::open(file, Arc::clone(turn))?;
    if !writer.is_durable()? {
        return Err(ConnectError::NotDurable("a commit does not wait for the disk".to_owned()));
    }
    let checkpoints = Checkpoints::start(file, Arc::clone(turn)).map_err(|error| lite::told(&error))?;
    Ok(Opened { write, read, writer: Writer::Sqlite(Box::new(writer)), checkpoints: Some(Arc::new(checkpoints)) })
}

async fn open_postgres(url: &str) -> Result<Opened, ConnectError> {
    let pool = Database::connect(postgres(url)).await?;
    make_ready(&pool).await?;
    let writer = PostgresWriter::new(pool.get_postgres_connection_pool().clone());
    Ok(Opened { write: pool.clone(), read: pool, writer: Writer::Postgres(writer), checkpoints: None })
}

async fn make_ready(connection: &DatabaseConnection) -> Result<(), ConnectError> {
    migrate(connection).await?;
    assert_durable(connection).await
}

/// SQLite says that it cannot open a file, the system says why. It is asked only then: to open and close a file that
/// SQLite works with would drop its locks.
fn why_not(file: &str, error: DbErr) -> ConnectError {
    match std::fs::OpenOptions::new().append(true).create(true).open(file) {
        Ok(_) => error.into(),
        Err(reason) => ConnectError::File(reason),
    }
}

fn sqlite(file: &str, mode: &'static str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite://{file}?mode={mode}"));
    options
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .acquire_timeout(Duration::from_mins(1))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_pool_opts(|options| {
            // A commit that the disk fails leaves sqlx and SQLite at odds about what is open: what was committed
            // afterwards on that connection would be told as done and never be written.
            options.before_acquire(|connection, _| {
                let is_clean = !connection.is_in_transaction();
                Box::pin(async move { Ok(is_clean) })
            })
        })
        .map_sqlx_sqlite_opts(move |options| {
            // Rows are read on a thread apart. With room for a whole page of them it never waits, nor is it waited for.
            let options = options.busy_timeout(BUSY).statement_cache_capacity(256).row_buffer_size(ROWS);
            let options = PRAGMAS.iter().fold(options, |options, (name, value)| options.pragma(*name, *value));
            if mode == "ro" { options } else { options.page_size(4_096).journal_mode(SqliteJournalMode::Wal) }
        });
    options
}

fn postgres(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(12)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_postgres_pool_opts(|options| {
            // A connection that a restart of the server has cut is noticed before it is used; under load that would
            // be a round trip more for each statement, and one that has just answered is there.
            options.before_acquire(|connection, seen| {
                Box::pin(async move {
                    if seen.idle_for > Duration::from_secs(1) {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
        });
    options
}

async fn migrate(connection: &DatabaseConnection) -> Result<(), ConnectError> {
    Migrator::install(connection).await?;
    let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    let applied = Migrator::get_migration_models(connection).await?;
    if let Some(stranger) = applied.into_iter().find(|step| !known.contains(&step.version)) {
        return Err(ConnectError::NewerSchema(stranger.version));
    }
    match Migrator::up(connection, None).await {
        Ok(()) => Ok(()),
        // Another process was migrating at the same moment; by now it is done, or this tells why not.
        Err(_) => Ok(Migrator::up(connection, None).await?),
    }
}

/// R45: what durability rests on is asked of the database, not assumed.
async fn assert_durable(connection: &DatabaseConnection) -> Result<(), ConnectError> {
    let backend = connection.get_database_backend();
    let wanted: &[(&str, &[&str])] = match backend {
        DbBackend::Sqlite => &[("PRAGMA journal_mode", &["wal"]), ("PRAGMA synchronous", &["2"])],
        _ => &[("SHOW fsync", &["on"]), ("SHOW synchronous_commit", &["on", "remote_apply"])],
    };
    for (question, good) in wanted {
        let row = connection.query_one_raw(Statement::from_string(backend, *question)).await?;
        let row = row.ok_or_else(|| ConnectError::NotDurable(format!("{question} has no answer")))?;
        let answer =
            row.try_get_by_index::<String>(0).or_else(|_| row.try_get_by_index::<i32>(0).map(|n| n.to_string()))?;
        if !good.contains(&answer.as_str()) {
            return Err(ConnectError::NotDurable(format!("{question} is {answer}, not {}", good.join(" or "))));
        }
    }
    Ok(())
}

/// What the database says, if it says anything.
pub(crate) async fn in_time<T>(asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    timeout(PATIENCE, asked).await.unwrap_or_else(|_| Err(silence()))
}

pub(crate) fn silence() -> DbErr {
    DbErr::Conn(sea_orm::RuntimeErr::Internal("the database does not answer".to_owned()))
}

/// The store's own failure, as the ports tell of it.
pub(crate) fn fault(error: DbErr) -> StoreError {
    if is_unreachable(&error) { StoreError::Unavailable(error.into()) } else { StoreError::Fault(error.into()) }
}

/// Whether nothing is wrong but the database's surroundings: it is gone, starting or stopping, or has no connection
/// or no disk left.
pub(crate) fn is_unreachable(error: &DbErr) -> bool {
    use sea_orm::{RuntimeErr, sqlx};
    let runtime = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(RuntimeErr::Internal(_)) => return true,
        DbErr::Conn(runtime) | DbErr::Exec(runtime) | DbErr::Query(runtime) => runtime,
        _ => return false,
    };
    let RuntimeErr::SqlxError(error) = runtime else { return false };
    match error.as_ref() {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| passes(&code)),
        _ => false,
    }
}

/// Whether an error with this code is nobody's fault and passes. Postgres has five characters, whose first two are a
/// class; SQLite has a number, whose last byte is one.
pub(crate) fn passes(code: &str) -> bool {
    // The connection broke; out of disk, memory or connections; the server stops or starts; the disk fails.
    const POSTGRES: [&str; 4] = ["08", "53", "57P", "58"];
    // Read-only; the disk fails; is full; the file cannot be opened.
    const SQLITE: [u32; 4] = [8, 10, 13, 14];
    match code.len() {
        5 => POSTGRES.iter().any(|class| code.starts_with(class)),
        _ => code.parse().is_ok_and(|code: u32| SQLITE.contains(&(code & 0xFF))),
    }
}

/// The same for writes, where "taken already" is an answer.
pub(crate) fn conflict_or_fault(error: DbErr) -> StoreError {
    if is_unique_violation(&error) { StoreError::Conflict } else { fault(error) }
}

pub(crate) fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_is_wrong() {
        // Shutting down, disk full, too many connections; disk full, a failed write, a read-only file.
        for code in ["57P01", "53100", "53300", "13", "778", "1032"] {
            assert!(passes(code), "{code}");
        }
        // A unique key, a statement cancelled; a constraint, a unique key, a damaged file.
        for code in ["23505", "57014", "19", "2067", "11", ""] {
            assert!(!passes(code), "{code}");
        }
    }
}
