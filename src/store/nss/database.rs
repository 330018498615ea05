//! One SQLite file of an NSS database, opened so that nothing in it can do harm.

use super::fault::{Fault, fault, unreadable};
use super::open::{self, Source};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, Error, OpenFlags};
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

/// Longer than any honest database takes; a hostile one must not hang us.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Tables, indexes and the like; NSS makes ten.
const MAX_SCHEMA: i32 = 1000;

/// A database inside one read transaction: a snapshot that no writer changes.
#[derive(Debug)]
pub(super) struct SqliteFile {
    pub(super) connection: Connection,
    pub(super) give_up_at: Instant,
    /// Holds writers off; let go of after the connection.
    _lock: Option<File>,
}

impl SqliteFile {
    /// Opens `path`; a lock is waited for until `wait_until`.
    pub(super) fn open(path: &Path, wait_until: Instant) -> Result<Self, Fault> {
        let opened = match open::open(path, wait_until)? {
            Source::File(lock) => Self::from_file(path, lock),
            Source::Image(image) => Self::from_image(&image),
        };
        opened?.begin()
    }

    /// `immutable` keeps SQLite from everything but reading this one file: it takes no lock (ours is
    /// taken), looks for no journal and no log, and makes nothing.
    fn from_file(path: &Path, lock: File) -> Result<Self, Fault> {
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(immutable(path), flags).map_err(fault)?;
        Self::guarded(connection, Some(lock))
    }

    fn from_image(image: &[u8]) -> Result<Self, Fault> {
        let mut connection = Connection::open_in_memory().map_err(fault)?;
        connection.deserialize_read_exact("main", image, image.len(), true).map_err(fault)?;
        Self::guarded(connection, None)
    }

    /// Takes away what a hostile schema could use: views, triggers, functions with side effects,
    /// temporary files and endless statements.
    fn guarded(mut connection: Connection, lock: Option<File>) -> Result<Self, Fault> {
        let give_up_at = Instant::now() + TIME_LIMIT;
        for (setting, on) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        ] {
            connection.set_db_config(setting, on).map_err(fault)?;
        }
        connection.set_limit(Limit::SQLITE_LIMIT_SCHEMA, MAX_SCHEMA).map_err(fault)?;
        connection.progress_handler(10_000, Some(move || Instant::now() > give_up_at)).map_err(fault)?;
        Ok(Self { connection, give_up_at, _lock: lock })
    }

    /// Begins the read transaction.
    fn begin(self) -> Result<Self, Fault> {
        self.connection.execute_batch("PRAGMA temp_store=MEMORY; BEGIN").map_err(fault)?;
        self.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(fault)?;
        Ok(self)
    }

    /// Makes SQLite refuse values of more than `limit` bytes.
    pub(super) fn limit_values(&self, limit: i32) -> rusqlite::Result<i32> {
        self.connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, limit)
    }

    /// The columns of `table`, in lower case; `Broken` when there is no such table.
    pub(super) fn columns(&self, table: &str) -> Result<Vec<String>, Fault> {
        let found = self.connection.query_row(
            "SELECT type = 'table' AND rootpage > 0 FROM sqlite_schema \
             WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')",
            [table],
            |row| row.get::<_, bool>(0),
        );
        match found {
            Ok(true) => {}
            Ok(false) => return Err(Fault::Unreadable(format!("has no ordinary table {table}"))),
            Err(Error::QueryReturnedNoRows) => {
                return Err(Fault::Broken(format!("has no table {table}")));
            }
            Err(error) => return Err(fault(error)),
        }
        let mut statement = self
            .connection
            .prepare("SELECT lower(name), hidden FROM pragma_table_xinfo(?1)")
            .map_err(unreadable)?;
        let columns = statement
            .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))
            .and_then(Iterator::collect::<rusqlite::Result<Vec<(String, i64)>>>)
            .map_err(unreadable)?;
        if columns.iter().any(|(_, hidden)| *hidden != 0) {
            return Err(Fault::Unreadable(format!("has no ordinary table {table}")));
        }
        Ok(columns.into_iter().map(|(name, _)| name).collect())
    }
}

/// `path` as an SQLite URI. Every byte that could mean something in one is escaped.
fn immutable(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut uri = "file:".to_owned();
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri + "?immutable=1"
}
