//! SQLite without sea-orm, for the few places where every microsecond counts.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use sea_orm::{DbErr, RuntimeErr};

use crate::connect::passes;

/// How long a connection waits for another process to finish writing.
pub(crate) const BUSY: Duration = Duration::from_secs(10);

/// How every connection to SQLite works.
pub(crate) const PRAGMAS: [(&str, &str); 5] = [
    ("foreign_keys", "ON"),
    ("cache_size", "-8192"),
    ("temp_store", "memory"),
    // Or an acknowledged commit may be lost with the power (R45).
    ("synchronous", "FULL"),
    // Only a log that grows too fast for those who fold it beside the writers.
    ("wal_autocheckpoint", "200000"),
];

/// Opens a file that is there and has its schema, for writing.
pub(crate) fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY)?;
    for (name, value) in PRAGMAS {
        connection.pragma_update(None, name, value)?;
    }
    Ok(connection)
}

/// The error, as the rest of the store speaks of it: of the database's surroundings, or of what was asked of it.
pub(crate) fn told(error: &rusqlite::Error) -> DbErr {
    let text = RuntimeErr::Internal(error.to_string());
    let surroundings = error.sqlite_error().is_some_and(|error| passes(&error.extended_code.to_string()));
    if surroundings { DbErr::Conn(text) } else { DbErr::Exec(text) }
}
