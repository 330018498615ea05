//! As much of the ZIP format (APPNOTE.TXT 6.3.10) as one needs to read a few small files where they lie: the central
//! directory (§4.3.12, §4.3.16), stored and deflated data. Archives beyond 4 GiB (ZIP64) and encrypted files are left
//! alone.

use crate::input::Unreadable;
use flate2::Crc;
use flate2::read::DeflateDecoder;
use std::io::{self, Read, Seek, SeekFrom};

/// The longest central directory that is read, and the most files in it.
const MAX_DIRECTORY: u64 = 8 << 20;
const MAX_ENTRIES: usize = 20_000;

/// The end record is this long, and a comment of up to 65,535 octets may follow it.
const END: usize = 22;
const MAX_COMMENT: u64 = 65_535;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;

/// A file in the archive.
pub struct Entry {
    name: String,
    method: u16,
    crc: u32,
    compressed: u64,
    offset: u64,
}

impl Entry {
    /// Whether it has this name, in whichever folder.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.rsplit(['/', '\\']).next() == Some(name)
    }
}

/// The files of the archive; `None` where it is not an archive.
pub fn entries<R: Read + Seek>(file: &mut R) -> Result<Option<Vec<Entry>>, Unreadable> {
    let length = file.seek(SeekFrom::End(0))?;
    let tail = length.min(END as u64 + MAX_COMMENT);
    let Some(tail) = part(file, length - tail, tail)? else { return Ok(None) };
    let ends = (0..tail.len().saturating_sub(END - 1)).rev();
    let is_end = |at: &usize| tail[*at..].starts_with(b"PK\x05\x06");
    let Some(end) = ends.into_iter().find(is_end) else { return Ok(None) };
    let (size, start) = (u64::from(u32_at(&tail, end + 12)), u64::from(u32_at(&tail, end + 16)));
    if size > MAX_DIRECTORY || start + size > length {
        return Ok(None);
    }
    Ok(part(file, start, size)?.map(|directory| directory_entries(&directory)))
}

fn directory_entries(directory: &[u8]) -> Vec<Entry> {
    const FIXED: usize = 46;
    let mut entries = Vec::new();
    let mut rest = directory;
    while rest.len() >= FIXED && rest.starts_with(b"PK\x01\x02") && entries.len() < MAX_ENTRIES {
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(rest, at)));
        let Some(name) = rest.get(FIXED..FIXED + lengths[0]) else { break };
        if u16_at(rest, 8) & ENCRYPTED == 0 {
            entries.push(Entry {
                name: String::from_utf8_lossy(name).into_owned(),
                method: u16_at(rest, 10),
                crc: u32_at(rest, 16),
                compressed: u32_at(rest, 20).into(),
                offset: u32_at(rest, 42).into(),
            });
        }
        rest = rest.get(FIXED + lengths.iter().sum::<usize>()..).unwrap_or_default();
    }
    entries
}

/// What the entry holds; `None` where it is damaged, of another method or longer than `most`.
pub fn contents<R: Read + Seek>(
    file: &mut R,
    entry: &Entry,
    most: u64,
) -> Result<Option<Vec<u8>>, Unreadable> {
    const FIXED: u64 = 30;
    let Some(head) = part(file, entry.offset, FIXED)?.filter(|head| head.starts_with(b"PK\x03\x04")) else {
        return Ok(None);
    };
    let skipped = u64::from(u16_at(&head, 26)) + u64::from(u16_at(&head, 28));
    file.seek(SeekFrom::Start(entry.offset + FIXED + skipped))?;
    let data = file.take(entry.compressed);
    let mut bytes = Vec::new();
    let read = match entry.method {
        STORED => data.take(most + 1).read_to_end(&mut bytes),
        DEFLATED => DeflateDecoder::new(data).take(most + 1).read_to_end(&mut bytes),
        _ => return Ok(None),
    };
    let mut crc = Crc::new();
    crc.update(&bytes);
    Ok((read.is_ok() && bytes.len() as u64 <= most && crc.sum() == entry.crc).then_some(bytes))
}

/// `length` octets from `start`; `None` where there are fewer.
fn part<R: Read + Seek>(file: &mut R, start: u64, length: u64) -> Result<Option<Vec<u8>>, Unreadable> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    let read: io::Result<usize> = file.take(length).read_to_end(&mut bytes);
    read?;
    Ok((bytes.len() as u64 == length).then_some(bytes))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |octets| u16::from_le_bytes([octets[0], octets[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}
