//! Databases in every state, read by certutil as root and by us.

use super::tool::certutil_lookup;
use crate::support::nssdb::{TestDb, copy_directory, fixture};
use crate::support::unsigned::{self, Spec};
use certposture::lookup::certutil;
use certposture::store::Status;
use certposture::store::nss::NssStore;
use jiff::Timestamp;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};

const NAME: &[u8] = b"device-042";

/// Brings a good database into a state.
pub type Change = fn(&Path);

pub const STATES: &[(&str, Status, Change)] = &[
    ("untouched", Status::Read, |_| {}),
    ("no directory", Status::Missing, |db| fs::remove_dir_all(db).unwrap()),
    ("a file for a directory", Status::Missing, |db| {
        fs::remove_dir_all(db).unwrap();
        fs::write(db, b"x").unwrap();
    }),
    ("empty directory", Status::Missing, |db| {
        fs::remove_dir_all(db).unwrap();
        fs::create_dir(db).unwrap();
    }),
    ("no cert9.db", Status::Missing, |db| fs::remove_file(db.join("cert9.db")).unwrap()),
    ("no key4.db", Status::Missing, |db| fs::remove_file(db.join("key4.db")).unwrap()),
    ("cert9.db empty", Status::Corrupt, |db| fs::write(db.join("cert9.db"), b"").unwrap()),
    ("key4.db empty", Status::Corrupt, |db| fs::write(db.join("key4.db"), b"").unwrap()),
    ("cert9.db junk", Status::Corrupt, |db| fs::write(db.join("cert9.db"), [0x5a; 9000]).unwrap()),
    ("key4.db junk", Status::Corrupt, |db| fs::write(db.join("key4.db"), [0x5a; 9000]).unwrap()),
    ("cert9.db cut in half", Status::Corrupt, |db| cut(&db.join("cert9.db"), 2, 1)),
    ("cert9.db without its last page", Status::Corrupt, |db| cut(&db.join("cert9.db"), 7, 6)),
    ("key4.db cut in half", Status::Corrupt, |db| cut(&db.join("key4.db"), 2, 1)),
    ("no nssPublic", Status::Corrupt, |db| sql(&db.join("cert9.db"), "DROP TABLE nssPublic")),
    ("no nssPrivate", Status::Corrupt, |db| sql(&db.join("key4.db"), "DROP TABLE nssPrivate")),
    ("hot journal of cert9.db", Status::Corrupt, |db| crash(db, "cert9.db")),
    ("hot journal of key4.db", Status::Corrupt, |db| crash(db, "key4.db")),
    ("spent journal", Status::Read, |db| {
        sql(&db.join("cert9.db"), "PRAGMA journal_mode = PERSIST; CREATE TABLE t (a)");
        assert!(db.join("cert9.db-journal").exists());
    }),
    ("WAL mode", Status::Read, |db| sql(&db.join("cert9.db"), "PRAGMA journal_mode = WAL")),
    ("WAL mode of key4.db", Status::Read, |db| sql(&db.join("key4.db"), "PRAGMA journal_mode = WAL")),
    ("WAL left by a crash", Status::Read, |db| leave_log(db, "cert9.db")),
    ("WAL of key4.db left by a crash", Status::Read, |db| leave_log(db, "key4.db")),
    ("WAL left beside a database that is no longer in WAL mode", Status::Read, |db| {
        leave_log(db, "cert9.db");
        let file = db.join("cert9.db");
        let mut bytes = fs::read(&file).unwrap();
        bytes[18..20].fill(1);
        fs::write(file, bytes).unwrap();
    }),
    ("WAL of junk beside cert9.db", Status::Read, |db| {
        fs::write(db.join("cert9.db-wal"), junk(5000)).unwrap()
    }),
    ("WAL of junk beside key4.db", Status::Read, |db| fs::write(db.join("key4.db-wal"), junk(5000)).unwrap()),
    ("empty WAL beside both", Status::Read, |db| {
        fs::write(db.join("cert9.db-wal"), b"").unwrap();
        fs::write(db.join("key4.db-wal"), b"").unwrap();
    }),
    ("shm of junk beside cert9.db", Status::Read, |db| {
        fs::write(db.join("cert9.db-shm"), junk(32_768)).unwrap();
    }),
    ("journal of junk beside cert9.db", Status::Corrupt, |db| {
        fs::write(db.join("cert9.db-journal"), junk(700)).unwrap();
    }),
    ("empty journal beside key4.db", Status::Read, |db| fs::write(db.join("key4.db-journal"), b"").unwrap()),
    ("WAL and journal of junk beside an empty cert9.db", Status::Corrupt, |db| {
        fs::write(db.join("cert9.db"), b"").unwrap();
        fs::write(db.join("cert9.db-wal"), junk(5000)).unwrap();
        fs::write(db.join("cert9.db-journal"), junk(700)).unwrap();
    }),
    ("pkcs11.txt empty", Status::Read, |db| fs::write(db.join("pkcs11.txt"), b"").unwrap()),
    ("pkcs11.txt garbage", Status::Read, |db| fs::write(db.join("pkcs11.txt"), b"\0\x01 = =\n\n==").unwrap()),
    ("pkcs11.txt of another directory", Status::Read, |db| {
        let list = "library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir='sql:/elsewhere' \
                    certPrefix='' keyPrefix=''\nNSS=Flags=internal,critical trustOrder=75\n";
        fs::write(db.join("pkcs11.txt"), list).unwrap();
    }),
];

fn cut(path: &Path, parts: usize, keep: usize) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / parts * keep]).unwrap();
}

fn sql(path: &Path, statements: &str) {
    Connection::open(path).unwrap().execute_batch(statements).unwrap();
}

/// Bytes that are no SQLite file of any kind; the first is not zero.
fn junk(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * at % 251) as u8 | 1).collect()
}

/// Leaves the write-ahead log of a writer that was cut off.
fn leave_log(db: &Path, file: &str) {
    let crashed = tempfile::tempdir().unwrap();
    let writer = Connection::open(db.join(file)).unwrap();
    writer.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (a)").unwrap();
    copy_directory(db, crashed.path());
    drop(writer);
    copy_directory(crashed.path(), db);
    fs::remove_file(db.join(format!("{file}-shm"))).unwrap();
    assert!(db.join(format!("{file}-wal")).exists());
}

/// Leaves the journal of a writer that was cut off.
fn crash(db: &Path, file: &str) {
    let crashed = tempfile::tempdir().unwrap();
    let writer = Connection::open(db.join(file)).unwrap();
    let statements =
        "PRAGMA cache_size = 1; BEGIN; CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(99999))";
    writer.execute_batch(statements).unwrap();
    copy_directory(db, crashed.path());
    drop(writer);
    copy_directory(crashed.path(), db);
    assert!(db.join(format!("{file}-journal")).exists());
}

/// A database in a state, and the folder that it lies in.
pub fn in_state(change: Change) -> (tempfile::TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("db");
    fs::create_dir(&directory).unwrap();
    copy_directory(&fixture("nssdb-passing"), &directory);
    change(&directory);
    (parent, directory)
}

#[test]
fn every_state_is_judged_as_certutil_judges_it() {
    for (state, expected, change) in STATES {
        let (_parent, directory) = in_state(*change);
        // First ours, which leaves everything as it is; certutil may not.
        let contents = NssStore::new(&directory).read();
        let ours = certutil::lookup(&contents, NAME, Timestamp::now(), None);
        let theirs = certutil_lookup(&directory, NAME, Path::new("/"));
        assert_eq!(contents.status, *expected, "{state}: {:?}", contents.problem);
        assert_eq!(ours.exit_status, theirs.status, "{state}: {}", theirs.error);
        assert_eq!(ours.standard_error.trim_end(), theirs.error.trim_end(), "{state}");
        assert_eq!(ours.returned.is_empty(), theirs.output.is_empty(), "{state}");
    }
}

/// An exclusive lock: certutil gives up after a second, and so do we.
#[test]
fn an_exclusive_lock() {
    let database = TestDb::copy_of(&fixture("nssdb-passing"));
    let writer = database.certificates();
    writer.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let theirs = certutil_lookup(database.path(), NAME, Path::new("/"));
    let contents = NssStore::new(database.path()).read();
    assert_eq!(contents.status, Status::Locked);
    let ours = certutil::lookup(&contents, NAME, Timestamp::now(), None);
    assert_eq!((ours.exit_status, ours.standard_error.as_str()), (theirs.status, theirs.error.trim_end()));
}

/// certutil reads rows one by one through indexes, so it may find what lies outside a damaged part. Then
/// we must not say that the store is corrupt for certain, nor show a part of it.
#[test]
fn damage_in_the_middle_is_not_certain() {
    let mut database = TestDb::new();
    for serial in 1..=200 {
        let subject = unsigned::cn(&format!("device-{serial:03}"));
        let spec = Spec::new(subject, serial, 0, 4_000_000_000);
        database.add(format!("device-{serial:03}").as_bytes(), None, &spec);
    }
    let file = database.path().join("cert9.db");
    let mut bytes = fs::read(&file).unwrap();
    // A leaf of the table: its pages begin with 0x0d; the last such page is far from the first rows.
    let page = (1..bytes.len() / 4096).rev().find(|page| bytes[page * 4096] == 0x0d).unwrap();
    bytes[page * 4096..(page + 1) * 4096].fill(0xff);
    fs::write(&file, bytes).unwrap();
    let theirs = certutil_lookup(database.path(), b"device-001", Path::new("/"));
    assert_eq!(theirs.status, 0, "{}", theirs.error);
    let contents = NssStore::new(database.path()).read();
    assert_eq!((contents.status, contents.certificates.len()), (Status::Unsupported, 0));
}
