//! Checks of a database that certutil writes at the same time, and of one on a full or read-only
//! disk.

use crate::support::nssdb::{copy_directory, fixture};
use crate::support::run::{certposture, said};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const CHECKS: usize = 1_000;

fn certutil(directory: &Path, arguments: &[&str]) -> Output {
    let database = format!("sql:{}", directory.display());
    Command::new("certutil").args(["-d", &database]).args(arguments).output().expect("certutil")
}

fn passing(folder: &Path) -> String {
    copy_directory(&fixture("nssdb-passing"), folder);
    let root = certutil(folder, &["-L", "-n", "Example CA 2", "-a"]);
    assert!(root.status.success(), "{root:?}");
    fs::write(folder.join("other.pem"), root.stdout).unwrap();
    let ca = folder.join("ca.pem");
    fs::copy(fixture("ca/root-ca.pem"), &ca).unwrap();
    ca.to_str().unwrap().to_owned()
}

#[test]
fn a_thousand_checks_while_certutil_writes() {
    let folder = tempfile::tempdir().unwrap();
    let ca = passing(folder.path());
    let store = format!("nss:{}", folder.path().display());
    let (done, started, writes) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let outcomes: Mutex<BTreeMap<String, usize>> = Mutex::default();
    let check = || {
        while started.fetch_add(1, Ordering::Relaxed) < CHECKS {
            let arguments = ["check", "--cn", "device-042", "--ca", &ca, "--store", &store];
            let output = certposture(
                &[&arguments[..], &["--at", "2026-06-01T00:00:00Z", "--format", "json"]].concat(),
            );
            let report: serde_json::Value =
                serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
            let outcome = format!("{} {}", report["verdict"], report["reasons"][0]["code"]);
            *outcomes.lock().unwrap().entry(outcome).or_default() += 1;
        }
    };
    // The device's certificate is there all the time; others come and go around it.
    let write = || {
        let other = folder.path().join("other.pem");
        let other = other.to_str().unwrap();
        while !done.load(Ordering::Relaxed) {
            let n = writes.fetch_add(1, Ordering::Relaxed);
            let name = format!("other {n}");
            for arguments in [
                &["-M", "-n", "Example CA 2", "-t", if n % 2 == 0 { "CT,C,C" } else { ",," }][..],
                &["--rename", "-n", "Example CA 2", "--new-n", &name],
                &["--rename", "-n", &name, "--new-n", "Example CA 2"],
                &["-D", "-n", "Example CA 2"],
                &["-A", "-n", "Example CA 2", "-t", ",,", "-a", "-i", other],
            ] {
                let wrote = certutil(folder.path(), arguments);
                assert!(wrote.status.success(), "a reader stood in the way of {arguments:?}: {wrote:?}");
            }
        }
    };
    std::thread::scope(|scope| {
        let writer = scope.spawn(write);
        let readers = [scope.spawn(check), scope.spawn(check)];
        for reader in readers {
            reader.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        writer.join().unwrap();
    });
    let outcomes = outcomes.into_inner().unwrap();
    let writes = writes.into_inner() * 5;
    println!("{CHECKS} checks during {writes} writes: {outcomes:?}");
    assert!(writes > 50, "only {writes} writes: the checks were hardly disturbed");
    let honest =
        |outcome: &String| outcome.starts_with("\"pass\"") || outcome == "\"unknown\" \"store-locked\"";
    assert!(outcomes.keys().all(honest), "{outcomes:?}");
    let locked = outcomes.get("\"unknown\" \"store-locked\"").copied().unwrap_or(0);
    assert!(locked * 20 <= CHECKS, "{locked} of {CHECKS} found the database locked");
    // Nothing is left behind, and the database is whole.
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    // certutil makes its list of modules when it writes.
    assert_eq!(names, ["ca.pem", "cert9.db", "key4.db", "other.pem", "pkcs11.txt"]);
    assert!(certutil(folder.path(), &["-L", "-n", "device-042", "-r"]).status.success());
}

/// Runs a script in which `$1` is a folder with nothing in it and its own mounts.
fn with_mounts(script: &str, arguments: &[&str]) -> Output {
    let place = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-ec", script, "sh"]).arg(place.path());
    command.args(arguments).output().expect("unshare")
}

#[test]
fn a_full_disk_and_a_read_only_one() {
    let folder = tempfile::tempdir().unwrap();
    let ca = passing(folder.path());
    let source = folder.path().to_str().unwrap();
    for then in [
        "dd if=/dev/zero of=\"$1/filler\" bs=4k 2>/dev/null || true; ! touch \"$1/x\"",
        "mount -o remount,ro tmpfs \"$1\"",
    ] {
        let script = format!(
            "mount -t tmpfs -o size=400k,nr_inodes=8 tmpfs \"$1\"; cp \"$2\"/cert9.db \"$2\"/key4.db \"$1\"; {then}; \
             exec \"$4\" check --cn device-042 --ca \"$3\" --store \"nss:$1\" --at 2026-06-01T00:00:00Z"
        );
        let output = with_mounts(&script, &[source, &ca, env!("CARGO_BIN_EXE_certposture")]);
        assert!(output.status.success() && said(&output).contains("PASS"), "{then}: {}", said(&output));
    }
}
