//! What the README shows is what the program prints.

use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Where the README's reader keeps the sources.
const SHOWN_ROOT: &str = "/home/jo/certposture";

fn check(database: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certposture"));
    command.current_dir(ROOT).env("LC_ALL", "C.UTF-8");
    command.args(["check", "--cn", "device-042", "--ca", "tests/fixtures/ca/root-ca.pem"]);
    command.args(["--store", database, "--at", "2026-01-01T00:00:00Z"]);
    command.output().unwrap()
}

fn readme() -> String {
    std::fs::read_to_string(format!("{ROOT}/README.md")).unwrap()
}

/// As the README shows it: indented by four spaces, with the reader's path for ours.
fn as_shown(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap().replace(ROOT, SHOWN_ROOT);
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!("    {line}") });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn shows_the_failing_check() {
    let output = check("nss:tests/fixtures/nssdb-failing");
    assert_eq!(output.status.code(), Some(1));
    assert!(readme().contains(&as_shown(&output)), "the README should show:\n{}", as_shown(&output));
}

#[test]
fn shows_the_passing_check() {
    let output = check("nss:tests/fixtures/nssdb-passing");
    assert_eq!(output.status.code(), Some(0));
    assert!(readme().contains(&as_shown(&output)), "the README should show:\n{}", as_shown(&output));
}
