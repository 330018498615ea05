//! The rows of `nssPublic` and `nssPrivate`.

use super::database::SqliteFile;
use super::fault::{Fault, unreadable};
use super::trust::{Level, Trust, TrustTable};
use super::{Part, Profile, Row, password};
use crate::certificate::Certificate;
use rusqlite::types::ValueRef;
use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Instant;

/// No value that matters is nearly as long.
const MAX_VALUE: i32 = 4 << 20;

/// SQLite's own.
const NO_LIMIT: i32 = 1_000_000_000;

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
    pub(super) certificates: Vec<CertificateObject>,
    pub(super) profiles: Vec<Profile>,
    /// CKA_ID of every public key.
    pub(super) key_ids: HashSet<Vec<u8>>,
    pub(super) trust: TrustTable,
    /// Roughly the memory that all this takes.
    kept: usize,
}

/// A certificate's row and what is shown of it.
#[derive(Debug)]
pub(super) struct CertificateObject {
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
pub(super) fn read_public(database: &SqliteFile) -> Result<Public, Fault> {
    let columns = database.columns("nssPublic")?;
    if let Some(absent) = ["a0", "a1", "a11"].iter().find(|name| !has(&columns, name)) {
        return Err(Fault::Unreadable(format!("has no column {absent} in its table nssPublic")));
    }
    select(database, &columns, &COLUMNS, "nssPublic ORDER BY rowid", |public: &mut Public, row| {
        public.take(row);
        if public.certificates.len() > MAX_CERTIFICATES || public.kept > MAX_KEPT {
            return Err(Fault::Unreadable(format!(
                "holds more than {MAX_CERTIFICATES} certificates or {} MiB of them",
                MAX_KEPT >> 20
            )));
        }
        Ok(())
    })
}

impl Public {
    fn take(&mut self, row: &rusqlite::Row<'_>) {
        if blob(row, IS_TOKEN) != Some(&[1]) {
            return;
        }
        match blob(row, CLASS) {
            Some(CERTIFICATE) => self.take_certificate(row),
            Some(PUBLIC_KEY) => self.key_ids.extend(blob(row, ID).filter(|id| is_id(id)).map(<[u8]>::to_vec)),
            Some(NSS_SMIME) => {
                let profile = Profile { subject: owned(row, SUBJECT), email: owned(row, EMAIL) };
                self.kept += profile.subject.as_ref().map_or(0, Vec::len) + 64;
                self.profiles.push(profile);
            }
            Some(NSS_TRUST) => self.take_trust(row, NSS_TRUST_LEVELS, Level::from_nss),
            Some(TRUST) => self.take_trust(row, TRUST_LEVELS, Level::from_pkcs11),
            _ => {}
        }
    }

    fn take_certificate(&mut self, row: &rusqlite::Row<'_>) {
        let certificate = Certificate::from_der(bytes(row, VALUE).into_owned());
        let (issuer, serial) = (bytes(row, ISSUER), bytes(row, SERIAL));
        let present = |value: &[u8]| !value.is_empty() && value != EMPTY;
        let well_formed = present(certificate.der()) && present(&issuer) && present(&serial);
        let certificate_type = bytes(row, CERTIFICATE_TYPE);
        let outline = certificate.outline().ok();
        let entry = CertificateObject {
            label: label(row),
            row: Row {
                label_is_blob: blob(row, LABEL).is_some(),
                email: owned(row, EMAIL),
                subject: blob(row, SUBJECT).map(|subject| {
                    Part::new(subject, &certificate, outline.map(|parts| parts.subject.clone()))
                }),
                id: owned(row, ID),
                issuer: Part::new(&issuer, &certificate, outline.map(|parts| parts.issuer.clone())),
                serial: Part::new(&serial, &certificate, outline.map(|parts| parts.serial_element())),
                well_formed,
                is_x509: certificate_type.is_empty() || certificate_type[..] == [0, 0, 0, 0],
            },
            certificate,
        };
        self.kept += entry.certificate.der().len() + entry.label.as_ref().map_or(0, Vec::len) + 500;
        self.kept += entry.row.own_bytes();
        self.certificates.push(entry);
    }

    fn take_trust(&mut self, row: &rusqlite::Row<'_>, first: usize, level: fn(u32) -> Level) {
        let level = |offset| blob(row, first + offset).and_then(number).map_or(Level::None, level);
        let trust = Trust {
            server: level(0),
            client: level(1),
            email: level(2),
            code: level(3),
            newer: first == TRUST_LEVELS,
        };
        let (issuer, serial) = (bytes(row, ISSUER), bytes(row, SERIAL));
        self.kept += issuer.len() + serial.len() + 64;
        self.trust.add(&issuer, &serial, trust);
    }
}

/// The private keys of a database, as far as they can be seen without its password.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// CKA_ID of every private key.
    ids: HashSet<Vec<u8>>,
    pub(super) has_password: bool,
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
pub(super) fn read_private(database: &SqliteFile) -> Result<Keys, Fault> {
    let columns = database.columns("nssPrivate")?;
    let mut keys = select(database, &columns, &["a0", "a102"], "nssPrivate", |keys: &mut Keys, row| {
        if blob(row, 0) == Some(PRIVATE_KEY) {
            keys.ids.extend(blob(row, 1).filter(|id| is_id(id)).map(<[u8]>::to_vec));
        }
        if keys.ids.len() > MAX_CERTIFICATES {
            return Err(Fault::Unreadable(format!("holds more than {MAX_CERTIFICATES} private keys")));
        }
        Ok(())
    })?;
    keys.has_password = password::is_set(database);
    Ok(keys)
}

/// Gathers what `take` makes of each row. A row with an absurdly long value makes SQLite refuse; only then
/// does the statement itself leave out such values, for that takes time on every row.
fn select<T: Default>(
    database: &SqliteFile,
    columns: &[String],
    wanted: &[&str],
    from: &str,
    take: impl Fn(&mut T, &rusqlite::Row<'_>) -> Result<(), Fault>,
) -> Result<T, Fault> {
    let query = |guarded: bool| {
        let expressions: Vec<String> = wanted
            .iter()
            .map(|&name| match (has(columns, name), guarded) {
                (false, _) => "NULL".to_owned(),
                (true, false) => name.to_owned(),
                (true, true) => format!("iif(octet_length({name}) <= {MAX_VALUE}, {name}, NULL)"),
            })
            .collect();
        format!("SELECT {} FROM {from}", expressions.join(", "))
    };
    database.limit_values(MAX_VALUE).map_err(unreadable)?;
    let gathered = gather(database, &query(false), &take);
    if !matches!(gathered, Err(Fault::TooLong)) {
        return gathered;
    }
    database.limit_values(NO_LIMIT).map_err(unreadable)?;
    gather(database, &query(true), &take)
}

fn gather<T: Default>(
    database: &SqliteFile,
    query: &str,
    take: impl Fn(&mut T, &rusqlite::Row<'_>) -> Result<(), Fault>,
) -> Result<T, Fault> {
    let mut gathered = T::default();
    let mut statement = database.connection.prepare(query).map_err(unreadable)?;
    let mut rows = statement.query([]).map_err(unreadable)?;
    while let Some(row) = rows.next().map_err(unreadable)? {
        take(&mut gathered, row)?;
        if Instant::now() > database.give_up_at {
            return Err(Fault::too_slow());
        }
    }
    Ok(gathered)
}

fn has(columns: &[String], name: &str) -> bool {
    columns.iter().any(|column| column == name)
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
fn bytes<'a>(row: &'a rusqlite::Row<'_>, column: usize) -> Cow<'a, [u8]> {
    match row.get_ref(column) {
        Ok(ValueRef::Blob(bytes) | ValueRef::Text(bytes)) => Cow::Borrowed(bytes),
        Ok(ValueRef::Integer(number)) => Cow::Owned(number.to_string().into_bytes()),
        Ok(ValueRef::Real(number)) => Cow::Owned(number.to_string().into_bytes()),
        Ok(ValueRef::Null) | Err(_) => Cow::Borrowed(&[]),
    }
}

/// The nickname as it is shown; `None` also for bytes that mean nothing to NSS, namely none.
fn label(row: &rusqlite::Row<'_>) -> Option<Vec<u8>> {
    match &*bytes(row, LABEL) {
        [] => None,
        label if label == EMPTY => Some(Vec::new()),
        label => Some(label.to_vec()),
    }
}

/// A CKA_ID that can tie a certificate to a key.
fn is_id(id: &[u8]) -> bool {
    !id.is_empty() && id != EMPTY
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
