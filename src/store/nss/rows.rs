//! The rows of `nssPublic` and `nssPrivate`.

use super::database::{Database, Fault, unreadable};
use super::trust::{Level, Trust, TrustTable};
use super::{Profile, Row};
use crate::certificate::Certificate;
use crate::certificate::tlv::{Reader, tag};
use rusqlite::OptionalExtension;
use rusqlite::types::ValueRef;
use std::collections::HashSet;
use std::time::Instant;

/// No value that matters is nearly as long.
const MAX_VALUE: usize = 4 << 20;

/// What is kept of a database in all.
const MAX_CERTIFICATES: usize = 200_000;
const MAX_KEPT: usize = 256 << 20;

/// PKCS #11 object classes (CKA_CLASS, column `a0`).
const CERTIFICATE: &[u8] = &[0, 0, 0, 1];
const PUBLIC_KEY: &[u8] = &[0, 0, 0, 2];
const PRIVATE_KEY: &[u8] = &[0, 0, 0, 3];
const TRUST: &[u8] = &[0, 0, 0, 0x0b];
const NSS_SMIME: &[u8] = &[0xce, 0x53, 0x43, 0x52];
const NSS_TRUST: &[u8] = &[0xce, 0x53, 0x43, 0x53];

/// NSS's mark for an attribute that is there and empty (`sdb.c`, SQLITE_EXPLICIT_NULL).
pub(crate) const EMPTY: &[u8] = &[0xa5, 0x00, 0x5a];

/// Everything taken from `nssPublic`.
#[derive(Debug, Default)]
pub(super) struct Public {
    pub(super) certificates: Vec<Entry>,
    pub(super) profiles: Vec<Profile>,
    /// CKA_ID of every public key.
    pub(super) key_ids: HashSet<Vec<u8>>,
    pub(super) trust: TrustTable,
}

/// A certificate's row and what is shown of it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) row: Row,
    pub(super) certificate: Certificate,
    pub(super) label: Option<Vec<u8>>,
}

/// The columns read from `nssPublic`, each under its place in the row.
const COLUMNS: [&str; 18] = [
    "a0",
    "a1",
    "a3",
    "a11",
    "a80",
    "a81",
    "a82",
    "a101",
    "a102",
    "ace534352",
    "ace536358",
    "ace536359",
    "ace53635b",
    "ace53635a",
    "a62c",
    "a62d",
    "a62f",
    "a62e",
];
const CLASS: usize = 0;
const IS_TOKEN: usize = 1;
const LABEL: usize = 2;
const VALUE: usize = 3;
const CERTIFICATE_TYPE: usize = 4;
const ISSUER: usize = 5;
const SERIAL: usize = 6;
const SUBJECT: usize = 7;
const ID: usize = 8;
const EMAIL: usize = 9;
/// Four columns each: server, client, e-mail and code.
const NSS_TRUST_LEVELS: usize = 10;
const TRUST_LEVELS: usize = 14;

/// Reads `nssPublic` from its first row to its last. The order is that of the hidden `rowid`: it decides
/// between certificates, and a query without it may follow an index.
pub(super) fn read_public(database: &Database) -> Result<Public, Fault> {
    let columns = database.columns("nssPublic")?;
    if let Some(absent) = ["a0", "a1", "a11"].iter().find(|name| !has(&columns, name)) {
        return Err(Fault::Unreadable(format!("has no column {absent} in its table nssPublic")));
    }
    let wanted: Vec<String> = COLUMNS.iter().map(|name| guarded(&columns, name)).collect();
    let query = format!("SELECT {} FROM nssPublic ORDER BY rowid", wanted.join(", "));
    let mut public = Public::default();
    let mut kept = 0;
    for_each_row(database, &query, |row| {
        kept += public.take(row);
        if public.certificates.len() > MAX_CERTIFICATES || kept > MAX_KEPT {
            return Err(Fault::Unreadable(format!(
                "holds more than {MAX_CERTIFICATES} certificates or {} MiB of them",
                MAX_KEPT >> 20
            )));
        }
        Ok(())
    })?;
    Ok(public)
}

impl Public {
    /// Adds a row; returns how many bytes were kept.
    fn take(&mut self, row: &rusqlite::Row<'_>) -> usize {
        if blob(row, IS_TOKEN) != Some(&[1]) {
            return 0;
        }
        match blob(row, CLASS) {
            Some(CERTIFICATE) => self.take_certificate(row),
            Some(PUBLIC_KEY) => {
                let id = blob(row, ID).filter(|id| is_id(id)).map(<[u8]>::to_vec);
                let kept = length(&id);
                self.key_ids.extend(id);
                kept
            }
            Some(NSS_SMIME) => {
                let profile = Profile { subject: owned(row, SUBJECT), email: owned(row, EMAIL) };
                let kept = length(&profile.subject) + length(&profile.email);
                self.profiles.push(profile);
                kept
            }
            Some(NSS_TRUST) => self.take_trust(row, NSS_TRUST_LEVELS, Level::from_nss),
            Some(TRUST) => self.take_trust(row, TRUST_LEVELS, Level::from_pkcs11),
            _ => 0,
        }
    }

    fn take_certificate(&mut self, row: &rusqlite::Row<'_>) -> usize {
        let (der, issuer, serial) = (bytes(row, VALUE), bytes(row, ISSUER), bytes(row, SERIAL));
        let present = |value: &[u8]| !value.is_empty() && value != EMPTY;
        let well_formed = present(&der) && present(&issuer) && present(&serial);
        let certificate_type = bytes(row, CERTIFICATE_TYPE);
        let is_x509 = certificate_type.is_empty() || certificate_type == [0, 0, 0, 0];
        let label = match row.get_ref(LABEL) {
            Ok(ValueRef::Null) | Err(_) => None,
            Ok(_) => Some(bytes(row, LABEL)).map(|label| if label == EMPTY { Vec::new() } else { label }),
        };
        let row = Row {
            label: owned(row, LABEL),
            email: owned(row, EMAIL),
            subject: owned(row, SUBJECT),
            id: owned(row, ID),
            issuer,
            serial,
            well_formed,
            is_x509,
        };
        let optional = [&label, &row.label, &row.email, &row.subject, &row.id];
        let kept =
            der.len() + row.issuer.len() + row.serial.len() + optional.map(length).iter().sum::<usize>();
        // Taken apart while its bytes are still at hand: later they would have to be fetched again.
        self.certificates.push(Entry { row, certificate: Certificate::from_der(der), label });
        kept
    }

    fn take_trust(&mut self, row: &rusqlite::Row<'_>, first: usize, level: fn(u32) -> Level) -> usize {
        let level = |offset| blob(row, first + offset).and_then(number).map_or(Level::None, level);
        let trust = Trust {
            server: level(0),
            client: level(1),
            email: level(2),
            code: level(3),
            newer: first == TRUST_LEVELS,
        };
        let (issuer, serial) = (bytes(row, ISSUER), bytes(row, SERIAL));
        self.trust.add(&issuer, &serial, trust);
        issuer.len() + serial.len()
    }
}

/// The private keys of a database, as far as they can be seen without its password.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// CKA_ID of every private key.
    ids: HashSet<Vec<u8>>,
    has_password: bool,
}

impl Keys {
    /// Whether there is a private key with the CKA_ID `id`.
    pub(super) fn hold(&self, id: Option<&[u8]>) -> bool {
        id.is_some_and(|id| self.ids.contains(id))
    }

    /// Whether certutil shows `u`. When a password locks the private keys away it goes by the public
    /// keys instead.
    pub(super) fn user_flag(&self, id: Option<&[u8]>, public_keys: &HashSet<Vec<u8>>) -> bool {
        let ids = if self.has_password { public_keys } else { &self.ids };
        id.is_some_and(|id| ids.contains(id))
    }
}

/// Reads from `nssPrivate` which keys there are. Nothing of the keys themselves is read.
pub(super) fn read_private(database: &Database) -> Result<Keys, Fault> {
    let columns = database.columns("nssPrivate")?;
    let mut keys = Keys { has_password: has_password(database), ..Keys::default() };
    if !has(&columns, "a0") || !has(&columns, "a102") {
        return Ok(keys);
    }
    let query = format!("SELECT {}, {} FROM nssPrivate", guarded(&columns, "a0"), guarded(&columns, "a102"));
    for_each_row(database, &query, |row| {
        if blob(row, 0) == Some(PRIVATE_KEY) {
            keys.ids.extend(blob(row, 1).filter(|id| is_id(id)).map(<[u8]>::to_vec));
        }
        if keys.ids.len() > MAX_CERTIFICATES {
            return Err(Fault::Unreadable(format!("holds more than {MAX_CERTIFICATES} private keys")));
        }
        Ok(())
    })?;
    Ok(keys)
}

/// Whether the database has a password: NSS derives the key from an empty one with a single iteration
/// and from any other with more (`sftkdb_ChangePassword` in `lib/softoken/sftkpwd.c`). Databases from
/// before PBES2 do not tell; they count as open.
fn has_password(database: &Database) -> bool {
    let query = "SELECT item2 FROM metaData WHERE id = 'password' AND octet_length(item2) < 4096";
    let check = database.connection.query_row(query, [], |row| Ok(bytes(row, 0))).optional();
    check.ok().flatten().is_some_and(|check| iterations(&check).is_some_and(|count| count != [1]))
}

/// The iteration count in `SEQUENCE { AlgorithmIdentifier { PBES2, { AlgorithmIdentifier { PBKDF2,
/// { salt OCTET STRING, iterationCount INTEGER, … } }, … } }, … }` (RFC 8018 appendix A).
fn iterations(check: &[u8]) -> Option<&[u8]> {
    let open = |reader: &mut Reader<'_>| {
        reader.expect(tag::SEQUENCE).map(|sequence| Reader::within(check, &sequence.content))
    };
    let mut algorithm = open(&mut open(&mut Reader::new(check))?)?;
    algorithm.expect(tag::OBJECT_IDENTIFIER)?;
    let mut derivation = open(&mut open(&mut algorithm)?)?;
    derivation.expect(tag::OBJECT_IDENTIFIER)?;
    let mut parameters = open(&mut derivation)?;
    parameters.expect(tag::OCTET_STRING)?;
    parameters.expect(tag::INTEGER).map(|count| &check[count.content])
}

fn for_each_row(
    database: &Database,
    query: &str,
    mut take: impl FnMut(&rusqlite::Row<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut statement = database.connection.prepare(query).map_err(unreadable)?;
    let mut rows = statement.query([]).map_err(unreadable)?;
    while let Some(row) = rows.next().map_err(unreadable)? {
        take(row)?;
        if Instant::now() > database.give_up_at {
            return Err(Fault::too_slow());
        }
    }
    Ok(())
}

fn has(columns: &[String], name: &str) -> bool {
    columns.iter().any(|column| column == name)
}

/// The expression for a column: NULL when the database's NSS did not know it yet, or when its value is
/// absurdly long, lest SQLite load it.
fn guarded(columns: &[String], name: &str) -> String {
    if has(columns, name) {
        format!("iif(octet_length({name}) <= {MAX_VALUE}, {name}, NULL)")
    } else {
        "NULL".to_owned()
    }
}

/// The value of a column if it is a BLOB.
fn blob<'a>(row: &'a rusqlite::Row<'_>, column: usize) -> Option<&'a [u8]> {
    match row.get_ref(column) {
        Ok(ValueRef::Blob(bytes)) => Some(bytes),
        _ => None,
    }
}

fn owned(row: &rusqlite::Row<'_>, column: usize) -> Option<Vec<u8>> {
    blob(row, column).map(<[u8]>::to_vec)
}

/// The value of a column as NSS reads it once it has the row: whatever its type, as bytes.
fn bytes(row: &rusqlite::Row<'_>, column: usize) -> Vec<u8> {
    match row.get_ref(column) {
        Ok(ValueRef::Blob(bytes) | ValueRef::Text(bytes)) => bytes.to_vec(),
        Ok(ValueRef::Integer(number)) => number.to_string().into_bytes(),
        Ok(ValueRef::Real(number)) => number.to_string().into_bytes(),
        Ok(ValueRef::Null) | Err(_) => Vec::new(),
    }
}

fn length(bytes: &Option<Vec<u8>>) -> usize {
    bytes.as_ref().map_or(0, Vec::len)
}

/// A CKA_ID that can tie a certificate to a key.
fn is_id(id: &[u8]) -> bool {
    !id.is_empty() && id != EMPTY
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
