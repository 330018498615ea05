//! The lab keeps its promise: `check` says of each certificate what the lab says it will.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const AT: &str = "2025-06-01T12:00:00Z";

fn certposture(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_certposture")).args(arguments).current_dir(folder).output().unwrap()
}

fn make(folder: &Path, arguments: &[&str]) {
    let output = certposture(folder, &[&["lab", "lab", "--at", AT][..], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What is said of the certificate `name` in PEM under the rule of a system, and the exit status.
fn first_reason(folder: &Path, name: &str, system: &str) -> (Value, Option<i32>) {
    let role = match system {
        "linux" => "nss:/etc/pki/nssdb",
        "macos" => "keychain:system",
        _ => r"windows:LocalMachine\My",
    };
    let store = format!("{role}=pem/{name}");
    let rule = format!("rules/{system}.json");
    let lab = folder.join("lab");
    let arguments = ["check", "--rule", &rule, "--ca", "ca/root-ca.pem", "--store", &store];
    let output = certposture(&lab, &[&arguments[..], &["--at", AT, "--format", "json"]].concat());
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    (answer["reasons"][0]["code"].clone(), output.status.code())
}

const FAULTS: [(&str, &str, i32); 6] = [
    ("expired", "expired", 1),
    ("wrong-issuer", "issuer-differs", 1),
    ("by-intermediate", "issued-by-intermediate", 1),
    ("no-client-auth", "eku-missing", 1),
    ("wrong-name", "not-found", 1),
    // PEM files show the keys that lie beside them, and not that a device lacks one.
    ("key-missing", "private-key-unknown", 3),
];

#[test]
fn check_gives_each_certificate_the_fault_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), &[]);
    for system in ["linux", "macos", "windows"] {
        assert_eq!(first_reason(folder.path(), "good", system), (Value::Null, Some(0)), "{system}");
        for (name, code, status) in FAULTS {
            let expected = (Value::from(code), Some(status));
            assert_eq!(first_reason(folder.path(), name, system), expected, "{name} {system}");
        }
    }
}

#[test]
fn the_same_holds_for_rsa_keys_and_other_names() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), &["--key", "rsa2048", "--device", "Jo's 端末 $HOME", "--days", "3"]);
    assert_eq!(first_reason(folder.path(), "good", "linux"), (Value::from("expires-soon"), Some(0)));
    for (name, code, _) in FAULTS {
        assert_eq!(first_reason(folder.path(), name, "linux").0, code, "{name}");
    }
}

#[test]
fn a_pkcs_12_file_opens_with_the_printed_pass_phrase_only() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), &[]);
    let list = |pass_phrase: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
            .args(["list", "--store", "file:lab/pkcs12/good.p12", "--format", "json"])
            .env("CERTPOSTURE_P12_PASSWORD", pass_phrase)
            .current_dir(folder.path())
            .output()
            .unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let opened = list("certposture");
    assert_eq!(opened["certificates"][0]["label"], "device-042", "{opened}");
    assert_eq!(opened["certificates"][0]["private_key"], "present");
    assert_eq!(list("other")["certificates"].as_array().map(Vec::len), Some(0));
}

#[test]
fn nothing_is_ever_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("lab")).unwrap();
    let mine = folder.path().join("lab/mine.txt");
    fs::write(&mine, "mine").unwrap();
    let output = certposture(folder.path(), &["lab", "lab"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_dir(folder.path().join("lab")).unwrap().count(), 1);
    assert_eq!(fs::read(&mine).unwrap(), b"mine");
}

#[test]
fn names_that_no_certificate_can_have_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(65);
    for name in ["", " ", "a\u{202e}b", long.as_str()] {
        let output = certposture(folder.path(), &["lab", "lab", "--device", name]);
        assert_eq!(output.status.code(), Some(2), "{name:?}");
        assert!(!folder.path().join("lab").exists(), "{name:?}");
    }
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), &[]);
    for name in ["ca/root-ca.key", "pem/good/good.key", "pkcs12/good.p12"] {
        let mode = fs::metadata(folder.path().join("lab").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
