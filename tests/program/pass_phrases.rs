//! PKCS #12 files: their pass phrase comes from a file or the environment, never from a command line or a prompt.

use crate::support::run::{command, said};
use serde_json::Value;
use std::fs;
use std::process::Stdio;

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/pkcs12/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn json(arguments: &[&str]) -> Value {
    let output = command(arguments).stdin(Stdio::null()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {}", said(&output)))
}

fn list(file: &str, more: &[&str]) -> Value {
    json(&[&["list", "--json", "--store", &format!("file:{}", fixture(file))], more].concat())
}

#[test]
fn the_first_line_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("phrase");
    for (archive, phrase) in
        [("aes.p12", "secret"), ("legacy.p12", "secret\n"), ("triple-des.p12", "pässwörd\r\nanother line\n")]
    {
        fs::write(&file, phrase).unwrap();
        let answer = list(archive, &["--p12-pass-file", file.to_str().unwrap()]);
        let certificate = &answer["certificates"][0];
        assert_eq!(
            (&certificate["common_name"], &certificate["private_key"]),
            (&"device-7".into(), &"present".into())
        );
    }
}

#[test]
fn without_it_the_option_is_named() {
    let answer = list("aes.p12", &[]);
    let message = answer["stores"][0]["message"].as_str().unwrap();
    assert!(message.contains("another pass phrase") && message.contains("--p12-pass-file FILE"), "{message}");
}

#[test]
fn a_file_that_is_not_there_is_wrong_usage() {
    let store = format!("file:{}", fixture("aes.p12"));
    let output = command(&["list", "--store", &store, "--p12-pass-file", "absent"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("--p12-pass-file names absent, which does not exist"),
        "{}",
        said(&output)
    );
}

#[test]
fn everywhere_a_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("phrase");
    fs::write(&file, "secret").unwrap();
    let (phrase, archive, ca) = (file.to_str().unwrap(), fixture("aes.p12"), fixture("ca.der"));
    let verified = json(&["verify", "--json", "--ca", &ca, &archive, "--p12-pass-file", phrase]);
    assert_eq!(verified["results"][0]["path"]["status"], "pass", "{verified:#}");
    let uploaded =
        ["check", "--json", "--cn", "device-7", "--ca", &archive, "--store", &format!("file:{archive}")];
    let checked = json(&[&uploaded[..], &["--os", "windows", "--p12-pass-file", phrase]].concat());
    assert_eq!(checked["certificates"][0]["common_name"], "device-7", "{checked:#}");
}

/// What OpenSSL 3 writes by default, against what importers read.
#[test]
fn importers_that_refuse_it_are_warned_of() {
    let warns = |archive: &str, system: &str| {
        let store = format!("file:{}", fixture(archive));
        let ca = fixture("ca.der");
        let checked =
            json(&["check", "--json", "--cn", "device-7", "--ca", &ca, "--store", &store, "--os", system]);
        let reasons = checked["reasons"].as_array().unwrap().clone();
        let mut told = reasons.iter().filter(|reason| reason["code"] == "import-refused");
        told.next().map(|reason| reason["message"].as_str().unwrap().to_owned())
    };
    for (system, importer) in [("macos", "security import"), ("windows", "Windows Server 2016")] {
        let message = warns("no-pass-phrase.p12", system).expect("a warning");
        assert!(
            message.contains(importer) && message.contains("openssl pkcs12 -export -legacy"),
            "{message}"
        );
        assert_eq!(warns("no-pass-phrase-legacy.p12", system), None);
    }
    assert_eq!(warns("no-pass-phrase.p12", "linux"), None);
}
