//! What the program does to the files of a database: nothing.

use crate::support::nssdb::{TestDb, copy_directory, fixture};
use crate::tool::{Answer, must, run, sql};
use certposture::store::nss::NssStore;
use certposture::store::{Status, Store};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
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

/// Every system call that opens or changes files, as strace writes it.
fn trace(database: &Path) -> (Answer, Vec<String>) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-e", "trace=%file,ftruncate,fchmod,fchown,pwrite64", "-o"]).arg(log.path());
    let answer = run(command.arg(PROGRAM).args(check_arguments(database)));
    let lines = fs::read_to_string(log.path()).unwrap();
    (answer, lines.lines().map(str::to_owned).collect())
}

#[test]
fn nothing_is_opened_for_writing_and_nothing_made() {
    let log_left = TestDb::copy_of(&fixture("nssdb-passing"));
    log_left.edit("PRAGMA journal_mode = WAL");
    let hot = TestDb::copy_of(&fixture("nssdb-passing"));
    fs::write(hot.path().join("cert9.db-journal"), fs::read(hot.path().join("cert9.db")).unwrap()).unwrap();
    let plain = TestDb::copy_of(&fixture("nssdb-passing"));
    for database in [&plain, &log_left, &hot] {
        let (answer, lines) = trace(database.path());
        assert!(answer.status == 0 || answer.status == 1, "{}", answer.error);
        let place = database.path().to_str().unwrap();
        let opened = lines.iter().filter(|line| line.contains(place) && line.contains("open")).count();
        assert!(opened >= 2, "strace saw nothing of the store:\n{}", lines.join("\n"));
        for line in lines.iter().filter(|line| line.contains(place)) {
            let (_, call) = line.split_once(' ').unwrap();
            let reads = [
                "open",
                "stat",
                "newfstatat",
                "statx",
                "lstat",
                "access",
                "faccessat",
                "readlink",
                "getcwd",
                "chdir",
                "execve",
            ];
            assert!(reads.iter().any(|name| call.trim_start().starts_with(name)), "{line}");
            let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"];
            assert!(!writes.iter().any(|flag| line.contains(flag)), "{line}");
        }
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
