//! What people type instead of a file's name or a long form: `-`, process substitution, a day, `v2`, `--json`.

use crate::support::run;
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_certposture");

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program with the contents of a fixture on standard input.
fn with_input(input: &str, arguments: &[&str]) -> Output {
    let mut child = run::command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&std::fs::read(fixture(input)).unwrap()).unwrap();
    child.wait_with_output().unwrap()
}

fn verdict(output: &Output) -> Value {
    let document: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {output:?}"));
    document["verdict"].clone()
}

const CHECK: [&str; 7] = ["check", "--json", "--at", "2026-01-01", "--cn", "device-042", "--ca"];

fn store() -> String {
    format!("nss:{}", fixture("nssdb-passing"))
}

#[test]
fn a_dash_is_standard_input() {
    let store = store();
    let output = with_input("ca/root-ca.pem", &[&CHECK[..], &["-", "--store", &store]].concat());
    assert_eq!(verdict(&output), "pass");
    let with_intermediate = ["--intermediate", "-", "--store", &store];
    let ca = fixture("ca/root-ca.pem");
    let output = with_input("ca/root-ca.pem", &[&CHECK[..], &[&ca], &with_intermediate].concat());
    assert_eq!(verdict(&output), "pass");
    let output = with_input("files/p256.pem", &["verify", "--json", "--ca", &fixture("files/ca.pem"), "-"]);
    assert_eq!(verdict(&output), "pass", "{output:?}");
    let output = with_input("ca/root-ca.pem", &["ca", "inspect", "-", "--at", "2026-01-01"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn a_rule_comes_from_standard_input() {
    let rule = r#"{"type":"client_certificate","input":{"certificate_id":"a","cn":"device-042"}}"#;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rule.json"), rule).unwrap();
    let arguments = [
        "check",
        "--json",
        "--at",
        "2026-01-01",
        "--rule",
        "-",
        "--ca",
        &fixture("ca/root-ca.pem"),
        "--store",
        &store(),
    ];
    let input = std::fs::File::open(folder.path().join("rule.json")).unwrap();
    assert_eq!(verdict(&run::command(&arguments).stdin(input).output().unwrap()), "pass");
}

#[test]
fn two_dashes_are_a_mistake() {
    let output = with_input("ca/root-ca.pem", &["verify", "--ca", "-", "-"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(run::said(&output).contains("standard input (-) can stand for one file only"), "{output:?}");
}

/// The writer may end long before the program reads, or write more than a pipe holds while it does.
#[cfg(unix)]
#[test]
fn a_process_substitution_is_read_to_its_end() {
    let script = r#"exec "$0" verify --json --ca <(cat "$1") <(sleep 0.2; seq 1 40000; cat "$2")"#;
    let output = Command::new("bash")
        .args(["-c", script, PROGRAM, &fixture("files/ca.pem"), &fixture("files/p256.pem")])
        .output()
        .unwrap();
    assert_eq!(verdict(&output), "pass", "{output:?}");
}

#[test]
fn a_day_a_short_type_and_a_short_format() {
    let (ca, store) = (fixture("ca/root-ca.pem"), store());
    let arguments = [&CHECK[..], &[&ca, "--store", &store, "--type", "v2"]].concat();
    let document: Value = serde_json::from_slice(&run::certposture(&arguments).stdout).unwrap();
    assert_eq!(document["rule"]["type"], "client_certificate_v2");
    assert!(document["evaluated_at"].as_str().unwrap().starts_with("2026-01-01T00:00:00"), "{document:#}");
    for wrong in ["2026-01-01T10:00:00", "2026-13-01", "tomorrow"] {
        let output = run::certposture(&["list", "--at", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}
