//! What the program does to the files of a database: nothing.

use super::states::{Change, STATES, in_state};
use super::tool::{Answer, must, run, sql};
use crate::support::nssdb::{TestDb, copy_directory, fixture};
use certposture::store::Status;
use certposture::store::nss::NssStore;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_certposture");

fn check_arguments(database: &Path) -> Vec<String> {
    let ca = fixture("ca/root-ca.pem");
    let store = format!("nss:{}", database.display());
    [
        "check",
        "--cn",
        "device-042",
        "--ca",
        ca.to_str().unwrap(),
        "--store",
        &store,
        "--at",
        "2026-01-01T00:00:00Z",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Every system call that opens, makes or changes a file, as strace writes it.
fn trace(arguments: &[String]) -> (Answer, Vec<String>) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-qq", "-e", "trace=%file,%desc", "-o"]).arg(log.path());
    let answer = run(command.arg(PROGRAM).args(arguments));
    let lines = fs::read_to_string(log.path()).unwrap();
    (answer, lines.lines().map(str::to_owned).collect())
}

/// The calls that may name a file of a store. What opens one is looked at more closely.
const READING: [&str; 15] = [
    "open",
    "stat",
    "newfstatat",
    "statx",
    "lstat",
    "fstat",
    "access",
    "faccessat",
    "readlink",
    "getdents",
    "read",
    "pread",
    "lseek",
    "fcntl",
    "close",
];

/// Nothing at all is opened for writing, and what touches the store only reads.
fn assert_only_reads(what: &str, place: &Path, lines: &[String]) {
    let place = place.to_str().unwrap();
    let opens = lines.iter().filter(|line| line.contains("open") && line.contains(place)).count();
    let looks = lines.iter().filter(|line| line.contains("stat") && line.contains(place)).count();
    assert!(opens + looks >= 1, "{what}: strace saw nothing of the store:\n{}", lines.join("\n"));
    for line in lines {
        let call = line.split_once(' ').unwrap().1.trim_start();
        let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE"];
        assert!(!writes.iter().any(|flag| call.contains(flag)), "{what}: {line}");
        let is_output = call.starts_with("write(1<pipe:") || call.starts_with("write(2<pipe:");
        if line.contains(place) && !is_output {
            let begins = READING.iter().any(|name| call.starts_with(name));
            // The arguments of the program itself name the store.
            assert!(begins || call.starts_with("execve"), "{what}: {line}");
        }
    }
}

/// The name, size, time of change, owner and mode of everything in a folder.
fn everything_in(folder: &Path) -> Vec<(PathBuf, u64, i64, i64, u32, u32)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let data = fs::symlink_metadata(&path).unwrap();
            (path, data.size(), data.mtime(), data.mtime_nsec(), data.uid(), data.mode())
        })
        .collect();
    found.sort();
    found
}

#[track_caller]
fn assert_leaves_alone(what: &str, store: &Path) {
    for arguments in [check_arguments(store), list_arguments(store)] {
        let before = everything_in(store);
        let (answer, lines) = trace(&arguments);
        assert!([0, 1, 2, 3].contains(&answer.status), "{what}: {answer:?}");
        assert_only_reads(what, store, &lines);
        assert_eq!(everything_in(store), before, "{what}");
    }
}

fn list_arguments(database: &Path) -> Vec<String> {
    ["list".to_owned(), "--store".to_owned(), format!("nss:{}", database.display())].to_vec()
}

#[test]
fn nothing_is_written_in_any_state() {
    for (state, _, change) in STATES {
        let (_parent, directory) = in_state(*change);
        assert_leaves_alone(state, &directory);
    }
}

#[test]
fn nothing_is_written_to_any_fixture() {
    let fixtures = fs::read_dir(fixture("")).unwrap().map(|entry| entry.unwrap().path());
    let databases: Vec<PathBuf> =
        fixtures.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("nssdb")).collect();
    assert!(databases.len() >= 8, "{databases:?}");
    for database in databases {
        assert_leaves_alone(&database.display().to_string(), &database);
    }
}

/// Whatever bears the name of a file that SQLite keeps beside a database.
#[test]
fn nothing_is_written_whatever_lies_beside() {
    let odd: [(&str, Change); 5] = [
        ("a directory", |path| fs::create_dir(path).unwrap()),
        ("a pipe", |path| drop(must(Command::new("mkfifo").arg(path)))),
        ("a link to nowhere", |path| symlink("nowhere", path).unwrap()),
        ("a link to an endless device", |path| symlink("/dev/zero", path).unwrap()),
        ("a link to the database", |path| symlink("cert9.db", path).unwrap()),
    ];
    for suffix in ["-wal", "-shm", "-journal"] {
        for (what, make) in odd {
            let database = TestDb::copy_of(&fixture("nssdb-passing"));
            make(&database.path().join(format!("cert9.db{suffix}")));
            assert_leaves_alone(&format!("{what} named cert9.db{suffix}"), database.path());
        }
    }
}

/// The same answer where nothing can be written: no state needs more than reading.
#[test]
fn a_read_only_mount_changes_no_answer() {
    for (state, _, change) in STATES {
        let (_parent, directory) = in_state(*change);
        let arguments = check_arguments(&directory);
        let writable = run(Command::new(PROGRAM).args(&arguments).args(["--format", "json"]));
        if !directory.is_dir() {
            continue;
        }
        let mount = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && ! touch \"$0/x\" 2>&- && \
                     exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", mount]).arg(&directory).arg(PROGRAM);
        let read_only = run(command.args(&arguments).args(["--format", "json"]));
        assert_eq!(read_only.status, writable.status, "{state}: {read_only:?}");
        if writable.status == 2 {
            // Nothing there is a database: wrong usage, and no document.
            assert!(read_only.output.is_empty(), "{state}: {read_only:?}");
            continue;
        }
        let without_place = |answer: &Answer| {
            let mut document: serde_json::Value = serde_json::from_slice(&answer.output).unwrap();
            // What a fix would have to do there is another matter.
            document["fixes"].take();
            document
        };
        assert_eq!(without_place(&read_only), without_place(&writable), "{state}");
        assert_eq!(read_only.status, writable.status, "{state}");
    }
}

/// Runs the program as a user without any rights; a copy of it, which that user can reach.
fn as_nobody(scratch: &Path, arguments: &[String]) -> Answer {
    let program = scratch.join("certposture");
    if !program.exists() {
        fs::copy(PROGRAM, &program).unwrap();
    }
    let root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = Command::new(if root { "setpriv".into() } else { program.clone() });
    if root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
    }
    run(command.args(arguments).current_dir("/"))
}

/// A copy of the passing database that nobody may write, in a directory of the same kind.
fn read_only_copy(scratch: &Path) -> PathBuf {
    let directory = scratch.join("db");
    fs::create_dir(&directory).unwrap();
    copy_directory(&fixture("nssdb-passing"), &directory);
    for file in ["cert9.db", "key4.db"] {
        fs::set_permissions(directory.join(file), fs::Permissions::from_mode(0o444)).unwrap();
    }
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o555)).unwrap();
    fs::set_permissions(scratch, fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

#[test]
fn a_user_without_rights_reads_a_read_only_directory() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = read_only_copy(scratch.path());
    let mut arguments = check_arguments(&directory);
    // The fixtures may lie where that user cannot go.
    let ca = scratch.path().join("ca.pem");
    fs::copy(fixture("ca/root-ca.pem"), &ca).unwrap();
    arguments[4] = ca.display().to_string();
    let answer = as_nobody(scratch.path(), &arguments);
    assert_eq!(answer.status, 0, "{}", answer.error);

    for file in ["cert9.db", "key4.db"] {
        let path = directory.join(file);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        let json = [&arguments[..], &["--format".to_owned(), "json".to_owned()]].concat();
        let answer = as_nobody(scratch.path(), &json);
        let document: serde_json::Value = serde_json::from_slice(&answer.output).unwrap();
        assert_eq!(answer.status, 3, "{document:#}");
        assert_eq!(document["stores"][0]["status"], "denied");
        assert_eq!(document["stores"][0]["code"], "store-denied");
        assert!(document["stores"][0]["message"].as_str().unwrap().contains(file));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    }
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
}

/// certutil adds and deletes certificates all the time; what is read meanwhile is always a whole database.
#[test]
fn reading_while_certutil_writes() {
    let database = TestDb::copy_of(&fixture("nssdb-passing"));
    let stop = AtomicBool::new(false);
    let (mut reads, mut seen_with, mut seen_without, mut locked) = (0, 0, 0, 0);
    std::thread::scope(|scope| {
        let (stop, database) = (&stop, &database);
        let writer = scope.spawn(move || {
            let place = sql(database.path());
            let ca = fixture("ca/root-ca.pem");
            let mut rounds = 0;
            while !stop.load(Ordering::Relaxed) {
                must(
                    Command::new("certutil")
                        .args(["-A", "-d", &place, "-n", "passing by", "-t", "C,,", "-i"])
                        .arg(&ca),
                );
                must(Command::new("certutil").args(["-D", "-d", &place, "-n", "passing by"]));
                rounds += 1;
            }
            rounds
        });
        let end = Instant::now() + Duration::from_secs(6);
        while Instant::now() < end {
            let contents = NssStore::new(database.path()).read();
            if contents.status == Status::Locked {
                locked += 1;
                continue;
            }
            let problem = contents.problem.map(|problem| problem.message);
            assert_eq!((contents.status, problem), (Status::Read, None));
            let label = |position: usize| contents.certificates[position].label.as_deref();
            assert_eq!(label(0), Some(&b"device-042"[..]));
            assert!((2..=3).contains(&contents.certificates.len()));
            reads += 1;
            if contents.certificates.len() == 3 { seen_with += 1 } else { seen_without += 1 }
        }
        stop.store(true, Ordering::Relaxed);
        let rounds = writer.join().unwrap();
        println!("{reads} reads and {locked} locks in {rounds} rounds of writing");
        assert!(rounds > 5);
    });
    assert!(seen_with > 0 && seen_without > 0 && locked * 10 < reads);
}
