//! One SQLite file of an NSS database, opened so that nothing is written and nothing left beside it.

use super::{image, locks};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, Error, ErrorCode, OpenFlags, ffi};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

/// A database of ten thousand certificates has about 50 MB.
const MAX_BYTES: u64 = 1 << 30;

/// Longer than any honest database takes; a hostile one must not hang us.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Tables, indexes and the like; NSS makes ten.
const MAX_SCHEMA: i32 = 1000;

/// How often a journal is looked at again: it may have belonged to a writer that just ended.
const JOURNAL_LOOKS: u32 = 5;

/// What keeps a file from being read.
#[derive(Debug)]
pub(super) enum Fault {
    Missing,
    Denied,
    Locked,
    /// certutil, run as root, cannot use it either.
    Broken(String),
    /// certutil may read more of it than we dare to or can.
    Unreadable(String),
    /// A value is longer than the limit on values.
    TooLong,
}

impl Fault {
    pub(super) fn too_slow() -> Self {
        Self::Unreadable(format!("takes longer than {} seconds to read", TIME_LIMIT.as_secs()))
    }
}

/// A database inside one read transaction: a snapshot that no writer changes.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) connection: Connection,
    pub(super) give_up_at: Instant,
}

impl Database {
    /// Opens `path`; a lock is waited for until `wait_until`.
    pub(super) fn open(path: &Path, wait_until: Instant) -> Result<Self, Fault> {
        let mut looks = 0;
        loop {
            let opened = match what_lies_beside(path)? {
                Beside::Nothing => Self::open_file(path, wait_until),
                Beside::Log => {
                    image::read(path, "-wal", wait_until).and_then(|image| Self::from_image(&image))
                }
                Beside::SpentJournal => {
                    image::read(path, "-journal", wait_until).and_then(|image| Self::from_image(&image))
                }
                Beside::HotJournal => Err(Fault::Broken(HOT_JOURNAL.to_owned())),
            };
            match opened.and_then(Self::begin) {
                Err(Fault::Broken(what)) if what == HOT_JOURNAL && looks < JOURNAL_LOOKS => {
                    looks += 1;
                    std::thread::sleep(Duration::from_millis(20));
                }
                outcome => return outcome,
            }
        }
    }

    fn open_file(path: &Path, wait_until: Instant) -> Result<Self, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
        connection.busy_timeout(wait_until.saturating_duration_since(Instant::now())).map_err(fault)?;
        Self::guarded(connection)
    }

    fn from_image(image: &[u8]) -> Result<Self, Fault> {
        let mut connection = Connection::open_in_memory().map_err(fault)?;
        connection.deserialize_read_exact("main", image, image.len(), true).map_err(fault)?;
        Self::guarded(connection)
    }

    /// Takes away what a hostile schema could use: views, triggers, functions with side effects,
    /// temporary files and endless statements.
    fn guarded(mut connection: Connection) -> Result<Self, Fault> {
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
        Ok(Self { connection, give_up_at })
    }

    /// Begins the read transaction and takes the lock.
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

/// What SQLite would touch besides the database itself.
enum Beside {
    Nothing,
    /// The database is in WAL mode. SQLite would make `-wal` and `-shm` files.
    Log,
    /// A rollback journal that nobody is using. SQLite, run by root, would set its owner.
    SpentJournal,
    /// The same, but with a transaction that was never finished.
    HotJournal,
}

/// Looks before SQLite does. Also sees to it that SQLite is only given a plain file: it would wait on a
/// pipe, and delete the journal of an empty file.
fn what_lies_beside(path: &Path) -> Result<Beside, Fault> {
    let found = fs::metadata(path).map_err(|error| io_fault(&error))?;
    if !found.is_file() {
        return Err(Fault::Broken("is not a file".to_owned()));
    }
    if found.len() == 0 {
        return Err(Fault::Broken("is empty".to_owned()));
    }
    if found.len() > MAX_BYTES {
        return Err(Fault::Unreadable(format!("is larger than {} MiB", MAX_BYTES >> 20)));
    }
    let file = File::open(path).map_err(|error| io_fault(&error))?;
    let header = image::first_bytes(&file, 20).map_err(|error| io_fault(&error))?;
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(Fault::Broken("is not an SQLite database".to_owned()));
    }
    // The read version of the file format (SQLite's "Database File Format", §1.3.3).
    if header.get(19) == Some(&2) {
        return Ok(Beside::Log);
    }
    // A journal that this user may not read is left to SQLite, which takes it for a hot one.
    let Ok(journal) = File::open(image::companion(path, "-journal")) else { return Ok(Beside::Nothing) };
    if locks::has_writer(&file) {
        return Ok(Beside::Nothing);
    }
    match image::first_bytes(&journal, 1).map_err(|error| io_fault(&error))?[..] {
        [first] if first != 0 => Ok(Beside::HotJournal),
        _ => Ok(Beside::SpentJournal),
    }
}

pub(super) fn io_fault(error: &std::io::Error) -> Fault {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Fault::Missing,
        ErrorKind::PermissionDenied => Fault::Denied,
        _ => Fault::Unreadable(format!("could not be read ({error})")),
    }
}

const HOT_JOURNAL: &str = "has a journal beside it: a program that was writing did not end its work, and \
     certutil does not settle that while it only reads (`certutil -L -X` does)";

/// What an error means while the file is being opened.
pub(super) fn fault(error: Error) -> Fault {
    let Error::SqliteFailure(failure, _) = &error else { return unreadable(error) };
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Fault::Locked,
        ErrorCode::PermissionDenied => Fault::Denied,
        ErrorCode::ReadOnly if failure.extended_code == ffi::SQLITE_READONLY_ROLLBACK => {
            Fault::Broken(HOT_JOURNAL.to_owned())
        }
        ErrorCode::NotADatabase => Fault::Broken("is not an SQLite database".to_owned()),
        ErrorCode::DatabaseCorrupt => Fault::Broken("is damaged or cut short".to_owned()),
        _ => unreadable(error),
    }
}

/// What an error means once certutil would already have opened the file: it may come further.
pub(super) fn unreadable(error: Error) -> Fault {
    match error {
        Error::SqliteFailure(failure, _) if failure.code == ErrorCode::OperationInterrupted => {
            Fault::too_slow()
        }
        Error::SqliteFailure(failure, _) if failure.code == ErrorCode::DatabaseBusy => Fault::Locked,
        Error::SqliteFailure(failure, _) if failure.code == ErrorCode::TooBig => Fault::TooLong,
        other => {
            Fault::Unreadable(format!("cannot be read in full ({})", crate::text::shown(&other.to_string())))
        }
    }
}
