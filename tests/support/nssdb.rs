//! NSS databases: copies of an empty one that certutil made, with rows written here.

use super::unsigned::{Spec, tlv};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::fs;
use std::path::{Path, PathBuf};

/// NSS's mark for an attribute that is there and empty.
pub const EMPTY: &[u8] = &[0xa5, 0x00, 0x5a];

/// A database directory that is deleted in the end.
pub struct TestDb {
    pub directory: tempfile::TempDir,
    next_id: i64,
}

/// A fixture's directory.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub fn copy_directory(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

impl TestDb {
    /// An empty database without a password.
    pub fn new() -> Self {
        Self::copy_of(&fixture("nssdb-empty"))
    }

    pub fn copy_of(from: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        copy_directory(from, directory.path());
        Self { directory, next_id: 1 }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn certificates(&self) -> Connection {
        Connection::open(self.path().join("cert9.db")).unwrap()
    }

    pub fn keys(&self) -> Connection {
        Connection::open(self.path().join("key4.db")).unwrap()
    }

    /// Runs one statement on `cert9.db`.
    pub fn edit(&self, sql: &str) {
        self.certificates().execute_batch(sql).unwrap();
    }

    /// Inserts a row of BLOBs into a table of `connection`.
    pub fn insert(&mut self, connection: &Connection, table: &str, columns: &[(&str, &[u8])]) {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let marks = vec!["?"; columns.len()].join(", ");
        let sql =
            format!("INSERT INTO {table} (id, {}) VALUES ({}, {marks})", names.join(", "), self.next_id);
        self.next_id += 1;
        let values = columns.iter().map(|(_, value)| Value::Blob(value.to_vec()));
        connection.execute(&sql, params_from_iter(values)).unwrap();
    }

    /// Adds a certificate as NSS would, with the nickname `label` and the address `email`.
    pub fn add(&mut self, label: &[u8], email: Option<&str>, spec: &Spec) {
        let connection = self.certificates();
        self.add_to(&connection, label, email, spec, &spec.der());
    }

    /// The same with other bytes in place of the certificate.
    pub fn add_value(&mut self, label: &[u8], email: Option<&str>, spec: &Spec, der: &[u8]) {
        let connection = self.certificates();
        self.add_to(&connection, label, email, spec, der);
    }

    fn add_to(
        &mut self,
        connection: &Connection,
        label: &[u8],
        email: Option<&str>,
        spec: &Spec,
        der: &[u8],
    ) {
        let serial = tlv(2, &spec.serial);
        let id = key_id(spec);
        let mut columns: Vec<(&str, &[u8])> = vec![
            ("a0", &[0, 0, 0, 1]),
            ("a1", &[1]),
            ("a2", &[0]),
            ("a3", if label.is_empty() { EMPTY } else { label }),
            ("a11", der),
            ("a80", &[0, 0, 0, 0]),
            ("a81", &spec.issuer),
            ("a82", &serial),
            ("a101", &spec.subject),
            ("a102", &id),
        ];
        if let Some(email) = email {
            columns.push(("ace534352", email.as_bytes()));
        }
        self.insert(connection, "nssPublic", &columns);
    }

    /// Adds a private key that belongs to the certificate.
    pub fn add_key(&mut self, spec: &Spec) {
        let connection = self.keys();
        self.insert(
            &connection,
            "nssPrivate",
            &[("a0", &[0, 0, 0, 3]), ("a1", &[1]), ("a102", &key_id(spec))],
        );
    }
}

/// CKA_ID: SHA-1 of the key's point.
pub fn key_id(spec: &Spec) -> Vec<u8> {
    use sha1::{Digest, Sha1};
    let point = &spec.spki[spec.spki.len() - 65..];
    Sha1::digest(point).to_vec()
}
