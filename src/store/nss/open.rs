//! How a file of a database is opened, so that nothing is written and nothing left beside it whatever
//! lies there.
//!
//! SQLite, given a path, looks at what lies beside it: it opens a `-wal` for writing, makes a `-shm`,
//! deletes the journal of an empty file. So that is looked at here, with SQLite's own locks and in its
//! own order (`sqlite3PagerSharedLock` in its `pager.c`), and SQLite is given what is left to read.

use super::fault::{Fault, io_fault};
use super::image;
use crate::input::{self, Unreadable};
use crate::os;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// A database of ten thousand certificates has about 50 MB.
const MAX_BYTES: u64 = 1 << 30;

/// How long is waited between looks at a lock, and how often a journal is looked at again: it may have
/// belonged to a writer that just ended.
const PAUSE: Duration = Duration::from_millis(10);
const JOURNAL_LOOKS: u32 = 10;

/// What SQLite may read.
pub(super) enum Source {
    /// The file itself, while this one, which holds a shared lock on it, is open.
    File(File),
    /// A copy in memory.
    Image(Zeroizing<Vec<u8>>),
}

/// Opens `path`; a lock is waited for until `wait_until`.
pub(super) fn open(path: &Path, wait_until: Instant) -> Result<Source, Fault> {
    let mut looks = 0;
    loop {
        let file = open_file(path)?;
        let header = header(&file)?;
        wait_for_lock(&file, wait_until)?;
        match journal(path, &file)? {
            Journal::Hot if looks < JOURNAL_LOOKS => looks += 1,
            Journal::Hot => return Err(Fault::Broken(HOT_JOURNAL.to_owned())),
            Journal::None if has_log(path, &header) => {
                drop(file);
                return image::read(path, wait_until).map(Source::Image);
            }
            Journal::None => return Ok(Source::File(file)),
        }
        drop(file);
        std::thread::sleep(PAUSE);
    }
}

/// Only a plain file will do: SQLite would wait on a pipe.
fn open_file(path: &Path) -> Result<File, Fault> {
    let file = input::open(path).map_err(|error| match error {
        Unreadable::Directory | Unreadable::NotAFile => Fault::Broken("is not a file".to_owned()),
        Unreadable::Missing => Fault::Missing,
        Unreadable::Denied => Fault::Denied,
        Unreadable::TooLarge(_) => too_large(),
        Unreadable::Other(error) => io_fault(&error),
    })?;
    match file.metadata().map_err(|error| io_fault(&error))?.len() {
        0 => Err(Fault::Broken("is empty".to_owned())),
        length if length > MAX_BYTES => Err(too_large()),
        _ => Ok(file),
    }
}

fn too_large() -> Fault {
    Fault::Unreadable(format!("is larger than {} MiB", MAX_BYTES >> 20))
}

fn header(file: &File) -> Result<Vec<u8>, Fault> {
    let header = image::first_bytes(file, 20).map_err(|error| io_fault(&error))?;
    if header.starts_with(b"SQLite format 3\0") {
        return Ok(header);
    }
    Err(Fault::Broken("is not an SQLite database".to_owned()))
}

fn wait_for_lock(file: &File, wait_until: Instant) -> Result<(), Fault> {
    while !os::share_lock(file).map_err(|error| io_fault(&error))? {
        if Instant::now() > wait_until {
            return Err(Fault::Locked);
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

enum Journal {
    /// There is none, it is spent, or its writer is still at work.
    None,
    /// It holds a transaction that was never finished.
    Hot,
}

/// SQLite's `hasHotJournal`. While a shared lock is held no writer changes the database, and one that
/// is at work holds a lock of its own.
fn journal(path: &Path, file: &File) -> Result<Journal, Fault> {
    let journal = match input::open(&image::companion(path, "-journal")) {
        Ok(journal) => journal,
        Err(Unreadable::Missing) => return Ok(Journal::None),
        Err(why) => return Err(image::companion_fault(&why)),
    };
    if os::has_writer(file) {
        return Ok(Journal::None);
    }
    let first = image::first_bytes(&journal, 1).map_err(|error| io_fault(&error))?;
    Ok(if matches!(first[..], [first] if first != 0) { Journal::Hot } else { Journal::None })
}

/// Whether SQLite would read a write-ahead log: it does so when there is one, whatever the database's
/// header says, and makes one when only the header says so. (The header's octet 19 is the read version
/// of the file format: SQLite's "Database File Format", §1.3.3.)
fn has_log(path: &Path, header: &[u8]) -> bool {
    header.get(19) == Some(&2) || image::companion(path, "-wal").exists()
}

const HOT_JOURNAL: &str = "has a journal beside it: a program that was writing did not end its work, and \
     certutil does not settle that while it only reads (certutil -L -X does)";
