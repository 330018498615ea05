//! The file format of macOS keychains: the legacy CSSM database that begins with `kych`
//! (AppleFileDL's `AtomicFile`, `DbVersion` and `MetaRecord` in Apple's Security sources).
//!
//! Everything is made of big-endian 32-bit atoms. A schema section holds tables; a table holds
//! records one after another, in the order in which they were last written, and beside them an
//! array that finds a record by its number. Numbers are reused and say nothing about the order, so
//! records are read where they lie. A relation's columns are listed in a table too.
//!
//! Every offset comes from the file and is checked before it is used.

use std::ops::Range;

/// Which table is which (`CSSM_DB_RECORDTYPE`).
pub mod relation {
    pub const ATTRIBUTES: u32 = 2;
    pub const PRIVATE_KEY: u32 = 0x10;
    pub const X509_CERTIFICATE: u32 = 0x8000_1000;
}

const MAGIC: &[u8] = b"kych";
const VERSION: u32 = 0x0001_0000;

/// What goes before a record's column offsets: size, number, two versions, data size and semantic
/// information.
const RECORD_HEADER: usize = 0x18;

/// A keychain has a dozen tables.
const MAX_TABLES: usize = 1024;

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Corrupt(pub &'static str);

const CUT_OFF: Corrupt = Corrupt("is cut off or damaged: a part of it lies outside the file");

/// A keychain file whose tables have been found.
#[derive(Debug)]
pub struct KeychainFile<'a> {
    bytes: &'a [u8],
    /// Each table's number and place.
    tables: Vec<(u32, Range<usize>)>,
}

/// A record and the number of its columns.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    bytes: &'a [u8],
    columns: usize,
}

impl<'a> KeychainFile<'a> {
    /// Checks the header and finds the tables.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Corrupt> {
        if !bytes.starts_with(MAGIC) {
            return Err(foreign(bytes));
        }
        if atom(bytes, 4) != Some(VERSION) {
            return Err(Corrupt("is a keychain of an unknown version"));
        }
        let schema = offset(bytes, 0xc).ok_or(CUT_OFF)?;
        let section = part(bytes, schema, offset(bytes, schema).ok_or(CUT_OFF)?).ok_or(CUT_OFF)?;
        // A count of commits ends the file.
        atom(bytes, schema + section.len()).ok_or(CUT_OFF)?;
        let count = offset(section, 4).ok_or(CUT_OFF)?;
        if count > MAX_TABLES {
            return Err(Corrupt("is damaged: it claims to have too many tables"));
        }
        let tables = (0..count).map(|index| {
            let start = offset(section, 8 + 4 * index)?;
            let table = part(section, start, offset(section, start)?)?;
            Some((atom(table, 4)?, schema + start..schema + start + table.len()))
        });
        let tables = tables.collect::<Option<_>>().ok_or(CUT_OFF)?;
        Ok(Self { bytes, tables })
    }

    /// The records of a relation in the order in which they lie in the file; none when the file has
    /// no such table, for some are made with their first record.
    pub fn records(&self, relation: u32, columns: usize) -> Result<Vec<Record<'a>>, Corrupt> {
        let Some((_, place)) = self.tables.iter().find(|(id, _)| *id == relation) else {
            return Ok(Vec::new());
        };
        let table = &self.bytes[place.clone()];
        let count = offset(table, 8).ok_or(CUT_OFF)?;
        let mut next = offset(table, 0xc).ok_or(CUT_OFF)?;
        let mut records = Vec::new();
        for _ in 0..count {
            let bytes = offset(table, next).and_then(|size| part(table, next, size)).ok_or(CUT_OFF)?;
            if bytes.len() < RECORD_HEADER + 4 * columns {
                return Err(Corrupt("is damaged: a record is too short"));
            }
            next += bytes.len();
            records.push(Record { bytes, columns });
        }
        Ok(records)
    }

    /// The names of a relation's columns, in the order of a record's column offsets.
    pub fn columns(&self, relation: u32) -> Result<Vec<&'a [u8]>, Corrupt> {
        // RelationID, AttributeID, AttributeNameFormat, AttributeName, AttributeNameID,
        // AttributeFormat
        const COLUMNS: usize = 6;
        let mut names = Vec::new();
        for record in self.records(relation::ATTRIBUTES, COLUMNS)? {
            if record.number(0)? == Some(relation) {
                names.push(record.value(3)?.unwrap_or_default());
            }
        }
        Ok(names)
    }
}

impl<'a> Record<'a> {
    /// What the record keeps beside its columns: a certificate, an encrypted key.
    pub fn data(&self) -> Result<&'a [u8], Corrupt> {
        let size = offset(self.bytes, 0x10).ok_or(CUT_OFF)?;
        part(self.bytes, RECORD_HEADER + 4 * self.columns, size).ok_or(CUT_OFF)
    }

    /// A number in the column `index`.
    pub fn number(&self, index: usize) -> Result<Option<u32>, Corrupt> {
        let Some(at) = self.place(index)? else { return Ok(None) };
        atom(self.bytes, at).map(Some).ok_or(CUT_OFF)
    }

    /// A string or blob in the column `index`: a length, and as many bytes.
    pub fn value(&self, index: usize) -> Result<Option<&'a [u8]>, Corrupt> {
        let Some(at) = self.place(index)? else { return Ok(None) };
        let length = offset(self.bytes, at).ok_or(CUT_OFF)?;
        part(self.bytes, at + 4, length).map(Some).ok_or(CUT_OFF)
    }

    /// Where the (first) value of a column begins: 0 stands for no value; an odd offset is that of
    /// the only value, plus one; an even one is that of a count, with the values after it.
    fn place(&self, index: usize) -> Result<Option<usize>, Corrupt> {
        let at = offset(self.bytes, RECORD_HEADER + 4 * index).ok_or(CUT_OFF)?;
        Ok(match at {
            0 => None,
            _ if at % 2 == 1 => Some(at - 1),
            _ if atom(self.bytes, at).ok_or(CUT_OFF)? == 0 => None,
            _ => Some(at + 4),
        })
    }
}

/// What a file is that is not a keychain of this kind.
fn foreign(bytes: &[u8]) -> Corrupt {
    Corrupt(if bytes.is_empty() {
        "is empty"
    } else if bytes.starts_with(b"SQLite format 3\0") {
        "is an SQLite database: a data protection keychain, which security find-certificate cannot open as a file"
    } else {
        "is not a keychain file"
    })
}

fn atom(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    Some(u32::from_be_bytes(bytes.get(at..end)?.try_into().ok()?))
}

fn offset(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(atom(bytes, at)?).ok()
}

fn part(bytes: &[u8], start: usize, length: usize) -> Option<&[u8]> {
    bytes.get(start..start.checked_add(length)?)
}
