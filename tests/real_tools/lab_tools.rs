//! The lab's files in OpenSSL's and NSS's hands.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, command: &str, arguments: &[&str]) -> Output {
    Command::new(command).args(arguments).current_dir(folder).output().unwrap()
}

fn succeed(folder: &Path, command: &str, arguments: &[&str]) -> String {
    let output = run(folder, command, arguments);
    assert!(output.status.success(), "{command} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn lab(key: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    succeed(folder.path(), env!("CARGO_BIN_EXE_certposture"), &["lab", ".", "--key", key]);
    folder
}

const NAMES: [&str; 7] =
    ["good", "expired", "wrong-issuer", "by-intermediate", "no-client-auth", "wrong-name", "key-missing"];

#[test]
fn openssl_says_the_same_of_each_certificate() {
    for key in ["p256", "rsa2048"] {
        let folder = lab(key);
        let verify = |name: &str| {
            let file = format!("pem/{name}/{name}.pem");
            let arguments = ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", "ca/root-ca.pem"];
            let untrusted = ["-untrusted", "ca/issuing-ca.pem", &file];
            let output = run(folder.path(), "openssl", &[&arguments[..], &untrusted].concat());
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
        };
        for name in ["good", "by-intermediate", "wrong-name", "key-missing"] {
            assert!(verify(name).ends_with("OK\n"), "{key} {name}: {}", verify(name));
        }
        assert!(verify("expired").contains("certificate has expired"));
        assert!(verify("wrong-issuer").contains("unable to get local issuer certificate"));
        assert!(verify("no-client-auth").contains("unsuitable certificate purpose"));
    }
}

#[test]
fn openssl_opens_each_pkcs_12_file_and_finds_key_and_certificate_to_match() {
    for key in ["p256", "rsa2048"] {
        let folder = lab(key);
        for name in NAMES {
            let file = format!("pkcs12/{name}.p12");
            let opened = succeed(
                folder.path(),
                "openssl",
                &["pkcs12", "-in", &file, "-passin", "pass:certposture", "-nodes", "-info"],
            );
            assert_eq!(opened.contains("PRIVATE KEY"), name != "key-missing", "{name}");
            let certificates = if name == "by-intermediate" { 2 } else { 1 };
            assert_eq!(opened.matches("BEGIN CERTIFICATE").count(), certificates, "{name}");
        }
        let of_certificate = ["x509", "-in", "pem/good/good.pem", "-noout", "-pubkey"];
        let of_key = ["pkey", "-in", "pem/good/good.key", "-pubout"];
        let openssl = |arguments: &[&str]| succeed(folder.path(), "openssl", arguments);
        assert_eq!(openssl(&of_certificate), openssl(&of_key));
    }
}

#[test]
fn nss_imports_each_file_and_the_ready_databases_give_the_promised_answers() {
    let folder = lab("p256");
    let expected = [
        ("good", Value::Null),
        ("expired", "expired".into()),
        ("wrong-issuer", "issuer-differs".into()),
        ("by-intermediate", "issued-by-intermediate".into()),
        ("no-client-auth", "eku-missing".into()),
        ("wrong-name", "not-found".into()),
        ("key-missing", "private-key-missing".into()),
    ];
    for (name, code) in expected {
        let store = format!("nss:nss/{name}");
        let arguments = ["check", "--rule", "rules/linux.json", "--ca", "ca/root-ca.pem", "--store", &store];
        let output = run(
            folder.path(),
            env!("CARGO_BIN_EXE_certposture"),
            &[&arguments[..], &["--format", "json"]].concat(),
        );
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["reasons"][0]["code"], code, "{name}: {answer:#}");
    }
    let arguments =
        ["check", "--cn", "device-042", "--ca", "ca/root-ca.pem", "--store", "nss:nss/nickname-differs"];
    let output = run(
        folder.path(),
        env!("CARGO_BIN_EXE_certposture"),
        &[&arguments[..], &["--format", "json"]].concat(),
    );
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["reasons"][0]["code"], "nickname-differs");

    let listed = succeed(folder.path(), "certutil", &["-L", "-d", "sql:nss/good", "-n", "device-042", "-r"]);
    assert!(!listed.is_empty());
    let keys = succeed(folder.path(), "certutil", &["-K", "-d", "sql:nss/good"]);
    assert!(keys.contains("device-042"), "{keys}");
}
