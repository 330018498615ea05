//! Reading NSS databases in every state, without NSS. What certutil does in each state is in
//! `docs/stores.md`; `tests/real_tools/certutil` checks that against the real one.

use crate::support::nssdb::{TestDb, copy_directory, fixture};
use crate::support::unsigned::{self, Spec};
use certposture::reason::Code;
use certposture::store::nss::{BAD_DATABASE, NssStore};
use certposture::store::{Contents, PrivateKey, Status};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

fn read(directory: &Path) -> Contents {
    let before = snapshot(directory);
    let contents = NssStore::new(directory).read();
    assert_eq!(snapshot(directory), before, "reading left a trace in {}", directory.display());
    contents
}

/// Every file's name, size and time of change.
fn snapshot(directory: &Path) -> Vec<(String, u64, std::time::SystemTime)> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut files: Vec<_> = entries
        .map(|entry| {
            let entry = entry.unwrap();
            let data = entry.metadata().unwrap();
            (entry.file_name().into_string().unwrap(), data.len(), data.modified().unwrap())
        })
        .collect();
    files.sort();
    files
}

fn labels(contents: &Contents) -> Vec<String> {
    let label =
        |label: &Option<Vec<u8>>| String::from_utf8_lossy(label.as_deref().unwrap_or(b"-")).into_owned();
    contents.certificates.iter().map(|stored| label(&stored.label)).collect()
}

#[track_caller]
fn assert_refused(contents: &Contents, status: Status, code: Code, words: &str) {
    let problem = contents.problem.as_ref().expect("a problem");
    assert_eq!((contents.status, problem.code), (status, code), "{}", problem.message);
    assert!(problem.message.contains(words), "{:?} is not in {:?}", words, problem.message);
    assert!(contents.certificates.is_empty());
    let printed = problem.message.contains(BAD_DATABASE);
    assert_eq!(printed, matches!(status, Status::Missing | Status::Corrupt), "{}", problem.message);
}

fn one_certificate() -> (TestDb, Spec) {
    let mut database = TestDb::new();
    let spec = Spec::new(unsigned::cn("device-042"), 1, 0, 4_000_000_000);
    database.add(b"device-042", None, &spec);
    (database, spec)
}

#[test]
fn lists_what_certutil_lists() {
    // `certutil -L` on the same directories prints these names and flags.
    let cases = [
        ("nssdb-failing", vec![("Jo's laptop", "u,u,u", true), ("Example CA 2", ",,", false)]),
        ("nssdb-passing", vec![("device-042", "u,u,u", true), ("Example CA 2", ",,", false)]),
        ("nssdb-password", vec![("device-042", "u,u,u", true), ("Example Root CA", "CT,C,C", false)]),
    ];
    for (name, expected) in cases {
        let contents = read(&fixture(name));
        assert_eq!(contents.status, Status::Read);
        assert_eq!(contents.problem, None);
        assert_eq!(contents.certificates.len(), expected.len());
        for (at, (stored, (label, trust, key))) in contents.certificates.iter().zip(expected).enumerate() {
            assert_eq!(stored.label.as_deref(), Some(label.as_bytes()));
            assert_eq!(stored.trust.as_deref(), Some(trust));
            assert_eq!(stored.private_key, if key { PrivateKey::Present } else { PrivateKey::Absent });
            assert_eq!(stored.position, at);
            assert!(stored.certificate.outline().is_ok());
        }
    }
}

#[test]
fn an_empty_database_is_read_and_says_so() {
    let contents = read(&fixture("nssdb-empty"));
    assert_eq!(contents.status, Status::Read);
    assert_eq!(contents.problem.unwrap().code, Code::StoreEmpty);
}

#[test]
fn broken_databases_name_the_file_and_what_certutil_prints() {
    use Code::{StoreCorrupt, StoreLegacyDbm, StoreMissing};
    for (name, status, code, words) in [
        ("no-such-directory", Status::Missing, StoreMissing, "no-such-directory does not exist"),
        ("README.md", Status::Missing, StoreMissing, "README.md is not a directory"),
        ("files", Status::Missing, StoreMissing, "cert9.db does not exist"),
        ("nssdb-no-keys", Status::Missing, StoreMissing, "key4.db does not exist"),
        ("nssdb-truncated", Status::Corrupt, StoreCorrupt, "cert9.db is damaged or cut short"),
        ("nssdb-not-sqlite", Status::Corrupt, StoreCorrupt, "cert9.db is not an SQLite database"),
        ("nssdb-legacy", Status::Unsupported, StoreLegacyDbm, "cert8.db is a database of the old dbm"),
    ] {
        assert_refused(&read(&fixture(name)), status, code, words);
    }
}

type Breakage = Box<dyn Fn(&Path)>;

#[test]
fn each_file_must_be_whole() {
    for file in ["cert9.db", "key4.db"] {
        let table = if file == "cert9.db" { "nssPublic" } else { "nssPrivate" };
        let breakages: [(&str, Breakage); 6] = [
            ("is empty", Box::new(|path| fs::write(path, b"").unwrap())),
            ("is not an SQLite database", Box::new(|path| fs::write(path, vec![0x5a; 9000]).unwrap())),
            ("is damaged or cut short", Box::new(|path| cut(path, 2))),
            (
                "is damaged or cut short",
                Box::new(|path| fs::write(path, &fs::read(path).unwrap()[..24]).unwrap()),
            ),
            (
                "is not a file",
                Box::new(|path| {
                    fs::remove_file(path).unwrap();
                    fs::create_dir(path).unwrap();
                }),
            ),
            (
                "has no table",
                Box::new(move |path| {
                    Connection::open(path).unwrap().execute_batch(&format!("DROP TABLE {table}")).unwrap();
                }),
            ),
        ];
        for (words, breakage) in breakages {
            let (database, _) = one_certificate();
            breakage(&database.path().join(file));
            let contents = read(database.path());
            assert_refused(&contents, Status::Corrupt, Code::StoreCorrupt, &format!("{file} {words}"));
        }
    }
}

fn cut(path: &Path, part: usize) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / part]).unwrap();
}

#[test]
fn the_meta_data_table_is_not_needed() {
    let (database, _) = one_certificate();
    database.keys().execute_batch("DROP TABLE metaData").unwrap();
    assert_eq!(labels(&read(database.path())), ["device-042"]);
}

#[test]
fn keys_are_matched_by_id() {
    let mut database = TestDb::new();
    let with_key = Spec::new(unsigned::cn("a"), 1, 0, 1);
    let without = Spec::new(unsigned::cn("b"), 2, 0, 1);
    database.add(b"a", None, &with_key);
    database.add(b"b", None, &without);
    database.add(b"c", None, &Spec::new(unsigned::cn("c"), 3, 0, 1));
    database.add_key(&with_key);
    // An identifier that is absent or empty ties nothing together.
    database.edit("UPDATE nssPublic SET a102 = x'a5005a' WHERE a3 = CAST('c' AS BLOB)");
    database
        .keys()
        .execute_batch("INSERT INTO nssPrivate (id, a0, a102) VALUES (77, x'00000003', x'a5005a')")
        .unwrap();
    let contents = read(database.path());
    let keys: Vec<_> = contents.certificates.iter().map(|stored| stored.private_key).collect();
    assert_eq!(keys, [PrivateKey::Present, PrivateKey::Absent, PrivateKey::Absent]);
}

/// Rows of the kind that NSS 3.114 and later write (CKO_TRUST, CKA_TRUST_* and CK_TRUST values).
#[test]
fn trust_of_newer_nss() {
    let (mut database, spec) = one_certificate();
    let connection = database.certificates();
    for column in ["a62c", "a62d", "a62e", "a62f"] {
        connection.execute_batch(&format!("ALTER TABLE nssPublic ADD COLUMN {column}")).unwrap();
    }
    let serial = unsigned::tlv(2, &spec.serial);
    let value = |number: u8| [0, 0, 0, number];
    database.insert(
        &connection,
        "nssPublic",
        &[
            ("a0", &value(0x0b)),
            ("a1", &[1]),
            ("a81", &spec.issuer),
            ("a82", &serial),
            ("a62c", &value(2)),
            ("a62d", &value(2)),
            ("a62e", &value(3)),
            ("a62f", &value(1)),
        ],
    );
    drop(connection);
    assert_eq!(read(database.path()).certificates[0].trust.as_deref(), Some("CT,P,p"));
}

#[test]
fn a_lock_is_waited_for_one_second_in_all() {
    let (database, _) = one_certificate();
    let certificates = database.certificates();
    let keys = database.keys();
    for connection in [&certificates, &keys] {
        connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
    }
    let start = Instant::now();
    assert_refused(
        &NssStore::new(database.path()).read(),
        Status::Locked,
        Code::StoreLocked,
        "cert9.db has been locked",
    );
    certificates.execute_batch("ROLLBACK").unwrap();
    assert_refused(
        &NssStore::new(database.path()).read(),
        Status::Locked,
        Code::StoreLocked,
        "key4.db has been locked",
    );
    let waited = start.elapsed();
    assert!(waited > Duration::from_millis(1900) && waited < Duration::from_millis(2900), "{waited:?}");
    keys.execute_batch("ROLLBACK").unwrap();
    assert_eq!(labels(&read(database.path())), ["device-042"]);
}

#[test]
fn a_writer_that_has_not_committed_is_no_hindrance() {
    let (database, _) = one_certificate();
    let writer = database.certificates();
    writer.execute_batch("BEGIN IMMEDIATE; UPDATE nssPublic SET a3 = x'6e6577'").unwrap();
    assert_eq!(labels(&read(database.path())), ["device-042"]);
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(labels(&read(database.path())), ["new"]);
}

/// A journal that a crashed writer left: certutil fails on it, even as root.
#[test]
fn a_hot_journal_is_a_broken_database() {
    for file in ["cert9.db", "key4.db"] {
        let (database, _) = one_certificate();
        let writer = Connection::open(database.path().join(file)).unwrap();
        writer
            .execute_batch(
                "PRAGMA cache_size = 1; BEGIN; CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(99999))",
            )
            .unwrap();
        let crashed = tempfile::tempdir().unwrap();
        copy_directory(database.path(), crashed.path());
        assert!(crashed.path().join(format!("{file}-journal")).exists());
        let contents = read(crashed.path());
        assert_refused(
            &contents,
            Status::Corrupt,
            Code::StoreCorrupt,
            &format!("{file} has a journal beside it"),
        );
    }
}

/// A journal with a zeroed header, as journal_mode=PERSIST leaves it, is none.
#[test]
fn a_spent_journal_is_no_hindrance() {
    let (database, _) = one_certificate();
    database.edit("PRAGMA journal_mode = PERSIST; UPDATE nssPublic SET a3 = x'6e6577'");
    assert!(database.path().join("cert9.db-journal").exists());
    assert_eq!(labels(&read(database.path())), ["new"]);
}

/// certutil, as root, reads a database in WAL mode; so do we, but leave nothing beside it.
#[test]
fn write_ahead_logs_are_read_and_left_alone() {
    for big_endian in [false, true] {
        let (database, spec) = one_certificate();
        database.edit("PRAGMA journal_mode = WAL");
        assert_eq!(labels(&read(database.path())), ["device-042"], "no log yet");
        let writer = database.certificates();
        writer.execute_batch("PRAGMA wal_autocheckpoint = 0; UPDATE nssPublic SET a3 = x'6e6577'").unwrap();
        // More pages than before, in two transactions, and one that is never committed.
        writer.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(50000))").unwrap();
        writer
            .execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE nssPublic SET a3 = x'78'; UPDATE t SET a = randomblob(50000)")
            .unwrap();
        assert_eq!(labels(&read(database.path())), ["new"], "with the writer still there");
        let crashed = tempfile::tempdir().unwrap();
        copy_directory(database.path(), crashed.path());
        fs::remove_file(crashed.path().join("cert9.db-shm")).unwrap();
        if big_endian {
            rewrite_checksums(&crashed.path().join("cert9.db-wal"));
        }
        let contents = read(crashed.path());
        assert_eq!(labels(&contents), ["new"], "after a crash");
        assert_eq!(contents.certificates[0].certificate.der(), spec.der());
        cut(&crashed.path().join("cert9.db-wal"), 100);
        assert_eq!(labels(&read(crashed.path())), ["device-042"], "with no whole transaction in the log");
        fs::write(crashed.path().join("cert9.db-wal"), b"junk").unwrap();
        assert_eq!(labels(&read(crashed.path())), ["device-042"], "with a log that is none");
    }
}

/// Turns a log's checksums into those of the other byte order; SQLite must still read it.
fn rewrite_checksums(path: &Path) {
    let mut log = fs::read(path).unwrap();
    let word = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap());
    let add = |mut sum: (u32, u32), bytes: &[u8]| {
        for pair in bytes.chunks(8) {
            sum.0 = sum.0.wrapping_add(word(&pair[..4])).wrapping_add(sum.1);
            sum.1 = sum.1.wrapping_add(word(&pair[4..])).wrapping_add(sum.0);
        }
        sum
    };
    log[3] = 0x83;
    let page = word(&log[8..12]) as usize;
    let mut sum = add((0, 0), &log[..24]);
    let put = |log: &mut Vec<u8>, at: usize, sum: (u32, u32)| {
        log[at..at + 4].copy_from_slice(&sum.0.to_be_bytes());
        log[at + 4..at + 8].copy_from_slice(&sum.1.to_be_bytes());
    };
    put(&mut log, 24, sum);
    let mut at = 32;
    while at + 24 + page <= log.len() {
        sum = add(add(sum, &log[at..at + 8]), &log[at + 24..at + 24 + page]);
        put(&mut log, at + 16, sum);
        at += 24 + page;
    }
    fs::write(path, log).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    copy_directory(path.parent().unwrap(), scratch.path());
    let read = Connection::open(scratch.path().join("cert9.db")).unwrap();
    let label: Vec<u8> = read.query_row("SELECT a3 FROM nssPublic", [], |row| row.get(0)).unwrap();
    assert_eq!(label, b"new", "the log as rewritten here is not one that SQLite takes");
}

#[cfg(unix)]
#[test]
fn special_files_do_not_hang() {
    for target in ["/dev/zero", "/dev/null"] {
        let (database, _) = one_certificate();
        let file = database.path().join("cert9.db");
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink(target, &file).unwrap();
        assert_refused(&read(database.path()), Status::Corrupt, Code::StoreCorrupt, "is not a file");
    }
}

#[test]
fn huge_files_are_refused_unread() {
    let (database, _) = one_certificate();
    let file = fs::OpenOptions::new().write(true).open(database.path().join("cert9.db")).unwrap();
    file.set_len(3 << 30).unwrap();
    let start = Instant::now();
    assert_refused(
        &read(database.path()),
        Status::Unsupported,
        Code::StoreCorrupt,
        "is larger than 1024 MiB",
    );
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[test]
fn hostile_schemas_end_in_a_status() {
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS a0, i AS a1, i AS a11 FROM n";
    for (schema, words) in [
        (format!("DROP TABLE nssPublic; CREATE VIEW nssPublic AS {endless}"), "has no ordinary table nssPublic"),
        // Written into the schema by hand: the SQLite that is built in has no module for such a table.
        (
            "DROP TABLE nssPublic; PRAGMA writable_schema = ON;
             INSERT INTO sqlite_master VALUES ('table', 'nssPublic', 'nssPublic', 0,
                 'CREATE VIRTUAL TABLE nssPublic USING fts5(a0, a1, a11)')"
                .to_owned(),
            "has no ordinary table",
        ),
        ("DROP TABLE nssPublic; CREATE TABLE nssPublic (id PRIMARY KEY, a0, a1, a11) WITHOUT ROWID".to_owned(), "cannot be read in full"),
        ("DROP TABLE nssPublic; CREATE TABLE nssPublic (id PRIMARY KEY, a3)".to_owned(), "has no column a0"),
        (
            "DROP TABLE nssPublic; CREATE TABLE nssPublic (id PRIMARY KEY, a0, a1, a11 AS (replace(hex(zeroblob(99999999)), '0', 'x')))"
                .to_owned(),
            "has no ordinary table",
        ),
        (format!("BEGIN; {} COMMIT", (0..2000).map(|n| format!("CREATE TABLE t{n} (a);")).collect::<String>()), "cannot be read in full"),
    ] {
        let (database, _) = one_certificate();
        database.edit(&schema);
        assert_refused(&read(database.path()), Status::Unsupported, Code::StoreCorrupt, words);
    }
}

#[test]
fn hostile_rows_stay_single() {
    let (database, _) = one_certificate();
    database.edit(
        "CREATE TRIGGER t BEFORE INSERT ON nssPublic BEGIN SELECT RAISE(ABORT, 'no'); END;
         DROP TRIGGER t;
         INSERT INTO nssPublic (id, a0, a1, a3, a11) VALUES (91, x'00000001', x'01', zeroblob(90000000), zeroblob(90000000));
         INSERT INTO nssPublic (id, a0, a1, a3, a11) VALUES (92, x'00000001', x'01', 'text', 4711);
         INSERT INTO nssPublic (id, a0, a1, a3, a11) VALUES (93, x'00000001', x'01', NULL, NULL);
         INSERT INTO nssPublic (id, a0, a1, a3, a11) VALUES (94, '1', 1, x'78', x'3000');
         INSERT INTO nssPublic (id, a0, a1, a3, a11) VALUES (95, x'00000001', x'00', x'78', x'3000');
         INSERT INTO nssPublic (id, a0, a1, a3, a11) VALUES (96, x'00000001', x'01', x'a5005a', x'3000');",
    );
    let start = Instant::now();
    let contents = read(database.path());
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(labels(&contents), ["device-042", "-", "text", "-", ""]);
    assert!(contents.certificates[1..].iter().all(|stored| stored.certificate.outline().is_err()));
}

#[test]
fn the_order_is_that_of_the_rows_whatever_the_indexes_say() {
    let mut database = TestDb::new();
    for (serial, label) in [(1, "z"), (2, "m"), (3, "a")] {
        database.add(label.as_bytes(), None, &Spec::new(unsigned::cn(label), serial, 0, 1));
    }
    database
        .edit("UPDATE nssPublic SET id = 1000 - id; CREATE INDEX everything ON nssPublic (a3, a0, a1, a11)");
    assert_eq!(labels(&read(database.path())), ["z", "m", "a"]);
}

fn with_modules(list: &str) -> Contents {
    let (database, _) = one_certificate();
    let list = list.replace("DIR", &database.path().display().to_string());
    fs::write(database.path().join("pkcs11.txt"), list).unwrap();
    read(database.path())
}

const INTERNAL: &str = "NSS=Flags=internal,critical trustOrder=75 cipherOrder=100";

#[test]
fn lists_of_modules_that_change_nothing() {
    for list in [
        String::new(),
        "\0\u{1}garbage = = =\n".repeat(1000),
        format!(
            "library=\nname=x\nparameters=configdir='sql:/elsewhere' certPrefix='' keyPrefix=''\n{INTERNAL}\n"
        ),
        format!("library=\nname=x\nparameters='configdir=sql:/elsewhere'\n{INTERNAL}\n"),
        format!(
            "library=\nname=x\nparameters=\"configdir='sql:DIR' certPrefix='' keyPrefix=''\"\n{INTERNAL}\n"
        ),
        format!(
            "library=\nname=x\n{INTERNAL}\n\nlibrary=/usr/lib/other.so\nname=y\nparameters=\"configdir='sql:/elsewhere'\"\n"
        ),
    ] {
        assert_eq!(labels(&with_modules(&list)), ["device-042"], "{list}");
    }
}

#[test]
fn lists_of_modules_that_send_certutil_elsewhere() {
    for (parameters, words) in [
        ("configdir='sql:/elsewhere'", "sends certutil to /elsewhere"),
        ("configdir=/elsewhere flags=", "sends certutil to /elsewhere"),
        ("configdir='sql:DIR' certPrefix='other-'", "sends certutil to"),
        ("dbTokenDescription='x'", "sends certutil to another database"),
    ] {
        for list in [
            format!("library=\nname=x\n\nparameters=\"{parameters}\"\n{INTERNAL}\n"),
            format!(
                "library=\nname=x\n{INTERNAL}\n\nlibrary=\nname=y\nparameters=\"{parameters}\"\n{INTERNAL}\n"
            ),
        ] {
            assert_refused(&with_modules(&list), Status::Unsupported, Code::StoreRedirected, words);
        }
    }
}
