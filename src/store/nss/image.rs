//! Databases with a write-ahead log, read into memory.
//!
//! For such a one SQLite opens the log for writing and makes a `-shm` file (certutil, run as root, does
//! so). Here the log's pages are put in their places in a copy. Format: SQLite's "Database File Format",
//! §4.

use super::fault::{Fault, io_fault};
use crate::input::{self, Unreadable};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// A whole database held in memory, with what lies beside it and SQLite's own copy, must be smaller
/// than one that SQLite pages in. Ten thousand certificates take 20 MiB.
const MAX_BYTES: u64 = 64 << 20;

const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// The part of a database's header that every change alters (the file change counter).
const HEADER: usize = 100;

/// The database at `path` as its last whole transaction left it, and no longer in WAL mode. Zeroed when
/// dropped: `key4.db` holds encrypted keys.
pub(super) fn read(path: &Path, wait_until: Instant) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let beside = companion(path, "-wal");
    loop {
        // With both unchanged the pair is consistent. (What a checkpoint copied meanwhile from the
        // log into the database is still in the log, and overrides it.)
        let before = read_companion(&beside)?;
        let database = read_all(path)?;
        let after = File::open(path).and_then(|file| first_bytes(&file, HEADER));
        let header_now = after.map_err(|error| io_fault(&error))?;
        if database.starts_with(&header_now) && read_companion(&beside)? == before {
            return apply(database, &before);
        }
        if Instant::now() > wait_until {
            return Err(Fault::Locked);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The file that SQLite keeps beside `path`.
pub(super) fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// At most the first `count` bytes of a file.
pub(super) fn first_bytes(file: &File, count: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(count);
    file.take(count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_companion(path: &Path) -> Result<Zeroizing<Vec<u8>>, Fault> {
    match input::read(path, MAX_BYTES) {
        Err(Unreadable::Missing) => Ok(Zeroizing::default()),
        outcome => outcome.map_err(|why| companion_fault(&why)),
    }
}

/// What it means that a file beside the database cannot be read. root may read it.
pub(super) fn companion_fault(why: &Unreadable) -> Fault {
    match why {
        Unreadable::Denied => Fault::Denied,
        why => Fault::Unreadable(format!("has a log or a journal beside it that {why}")),
    }
}

fn read_all(path: &Path) -> Result<Zeroizing<Vec<u8>>, Fault> {
    input::read(path, MAX_BYTES).map_err(|why| match why {
        Unreadable::Missing => Fault::Missing,
        Unreadable::Denied => Fault::Denied,
        Unreadable::Directory | Unreadable::NotAFile => Fault::Broken("is not a file".to_owned()),
        Unreadable::TooLarge(_) => too_large(),
        Unreadable::Other(error) => io_fault(&error),
    })
}

fn too_large() -> Fault {
    Fault::Unreadable(format!("is larger than {} MiB and has a write-ahead log", MAX_BYTES >> 20))
}

fn apply(mut database: Zeroizing<Vec<u8>>, log: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let page_size = match number16(&database, 16) {
        Some(1) => 65_536,
        Some(size) => usize::from(size),
        None => return Err(Fault::Broken("is damaged or cut short".to_owned())),
    };
    let mut pages = 0;
    if let Some(frames) = Frames::open(log) {
        if frames.page_size != page_size {
            return Err(Fault::Unreadable("has a write-ahead log of another page size".to_owned()));
        }
        let mut transaction = Vec::new();
        for frame in frames {
            transaction.push((frame.page, frame.data));
            if frame.committed_pages > 0 {
                pages = frame.committed_pages;
                for (page, data) in transaction.drain(..) {
                    place(&mut database, page, data)?;
                }
            }
        }
    }
    if pages > 0 {
        database.truncate(pages.saturating_mul(page_size));
    }
    if let Some(versions) = database.get_mut(18..20) {
        versions.fill(1);
    }
    Ok(database)
}

fn place(database: &mut Vec<u8>, page: usize, data: &[u8]) -> Result<(), Fault> {
    let start = (page - 1).saturating_mul(data.len());
    let end = start.saturating_add(data.len());
    if end as u64 > MAX_BYTES {
        return Err(too_large());
    }
    if database.len() < end {
        database.resize(end, 0);
    }
    database[start..end].copy_from_slice(data);
    Ok(())
}

/// The valid frames of a log, in order.
struct Frames<'a> {
    rest: &'a [u8],
    page_size: usize,
    salt: [u8; 8],
    big_endian: bool,
    sum: (u32, u32),
}

struct Frame<'a> {
    /// Its page number, from 1.
    page: usize,
    data: &'a [u8],
    /// Size of the database in pages when the frame ends a transaction, otherwise 0.
    committed_pages: usize,
}

impl<'a> Frames<'a> {
    /// `None` when the log's header is not valid; then SQLite ignores the log.
    fn open(log: &'a [u8]) -> Option<Self> {
        let (header, rest) = log.split_at_checked(LOG_HEADER)?;
        let big_endian = match number32(header, 0)? {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return None,
        };
        let page_size = usize::try_from(number32(header, 8)?).ok()?;
        let sum = checksum((0, 0), &header[..24], big_endian);
        let recorded = (number32(header, 24)?, number32(header, 28)?);
        let valid = number32(header, 4)? == 3_007_000
            && page_size.is_power_of_two()
            && (512..=65_536).contains(&page_size)
            && sum == recorded;
        let salt = header[16..24].try_into().ok()?;
        valid.then_some(Self { rest, page_size, salt, big_endian, sum })
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Frame<'a>;

    fn next(&mut self) -> Option<Frame<'a>> {
        let (frame, rest) = self.rest.split_at_checked(FRAME_HEADER + self.page_size)?;
        let (header, data) = frame.split_at(FRAME_HEADER);
        let page = usize::try_from(number32(header, 0)?).ok()?;
        let sum = checksum(checksum(self.sum, &header[..8], self.big_endian), data, self.big_endian);
        let recorded = (number32(header, 16)?, number32(header, 20)?);
        if page == 0 || header[8..16] != self.salt || sum != recorded {
            return None;
        }
        (self.rest, self.sum) = (rest, sum);
        let committed_pages = usize::try_from(number32(header, 4)?).ok()?;
        Some(Frame { page, data, committed_pages })
    }
}

/// The log's running checksum over `bytes`, whose length is a multiple of 8.
fn checksum((mut first, mut second): (u32, u32), bytes: &[u8], big_endian: bool) -> (u32, u32) {
    let word = |four: &[u8]| {
        let four = four.try_into().unwrap_or_default();
        if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    };
    for pair in bytes.chunks_exact(8) {
        first = first.wrapping_add(word(&pair[..4])).wrapping_add(second);
        second = second.wrapping_add(word(&pair[4..])).wrapping_add(first);
    }
    (first, second)
}

fn number16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
