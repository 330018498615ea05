//! Real documents against the published schemas.

use crate::support::schema::{assert_valid, validate};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

fn run(folder: &Path, arguments: &[&str]) -> (Value, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
        .args(arguments)
        .args(["--format", "json", "--at", "2025-06-01T12:00:00Z"])
        .current_dir(folder)
        .output()
        .unwrap();
    let document = serde_json::from_slice(&output.stdout);
    let document = document
        .unwrap_or_else(|why| panic!("{arguments:?}: {why}: {}", String::from_utf8_lossy(&output.stderr)));
    (document, output.status.code())
}

fn lab() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_certposture"))
        .args(["lab", ".", "-q", "--at", "2025-06-01T12:00:00Z"])
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(status.success());
    fs::write(
        folder.path().join("broken.pem"),
        "-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    folder
}

/// This machine's own stores, whatever is in them.
#[test]
fn without_a_command() {
    let output = Command::new(env!("CARGO_BIN_EXE_certposture")).args(["--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "certposture.survey/1");
    assert_valid(&document);
}

#[test]
fn explain() {
    let folder = tempfile::tempdir().unwrap();
    for code in [&["explain"][..], &["explain", "expired"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
            .args(code)
            .args(["--format", "json"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_valid(&serde_json::from_slice(&output.stdout).unwrap());
    }
}

#[test]
fn check_one_rule() {
    let folder = lab();
    let cases =
        ["good", "expired", "wrong-issuer", "by-intermediate", "no-client-auth", "wrong-name", "key-missing"];
    for case in cases {
        let store = format!("file:pem/{case}");
        for rule in [
            &["--rule", "rules/windows.json"][..],
            &["--cn", "device-042", "--os", "macos"],
            &["--cn", "${user}", "--type", "client_certificate_v2"],
        ] {
            let (document, _) =
                run(folder.path(), &[&["check", "--ca", "ca/root-ca.pem", "--store", &store], rule].concat());
            assert_eq!(document["schema"], "certposture.check/1");
            assert_valid(&document);
        }
    }
    // Where the CA decides, and where it does not.
    let stores = [("file:pem/good", "device-042", Some(3)), ("nss:nss/expired", "device-042", Some(1))];
    for (store, name, expected) in stores {
        for ca in [&["--ca", "none.pem"][..], &[]] {
            let check = ["check", "--cn", name, "--store", store];
            let (document, status) = run(folder.path(), &[&check[..], ca].concat());
            assert_eq!(status, expected, "{store} {ca:?}");
            assert_valid(&document);
        }
    }
    assert_valid(&run(folder.path(), &["check", "--rule", "none.json", "--ca", "ca/root-ca.pem"]).0);
    fs::create_dir(folder.path().join("broken")).unwrap();
    fs::write(folder.path().join("broken/cert9.db"), "garbage").unwrap();
    assert_valid(
        &run(
            folder.path(),
            &["check", "--cn", "x", "--ca", "ca/root-ca.pem", "--store", "nss:broken", "--elsewhere"],
        )
        .0,
    );
}

#[test]
fn check_several_rules() {
    let folder = lab();
    let read = |system: &str| -> Value {
        serde_json::from_slice(&fs::read(folder.path().join(format!("rules/{system}.json"))).unwrap())
            .unwrap()
    };
    let mut other = read("linux");
    other["input"]["cn"] = "somebody-elses-device".into();
    fs::write(folder.path().join("two.json"), json!([read("linux"), other]).to_string()).unwrap();
    let arguments = [
        "check",
        "--rule",
        "two.json",
        "--ca",
        "ca/root-ca.pem",
        "--store",
        "file:pem/good",
        "--os",
        "linux",
    ];
    let (document, _) = run(folder.path(), &arguments);
    assert_eq!(document["schema"], "certposture.checks/1", "{document:#}");
    assert_valid(&document);
}

#[test]
fn list_verify_and_ca() {
    let folder = lab();
    assert_valid(&run(folder.path(), &["list", "--store", "file:pem/good", "--store", "file:none"]).0);
    assert_valid(&run(folder.path(), &["list", "--cn", "device-042", "--store", "file:pem/good"]).0);
    assert_valid(&run(folder.path(), &["verify", "--ca", "ca/root-ca.pem", "der", "broken.pem"]).0);
    assert_valid(&run(folder.path(), &["verify", "--ca", "none.pem", "der"]).0);
    let inspect = [
        "ca",
        "inspect",
        "ca/root-ca.pem",
        "pem/good/good.pem",
        "none.pem",
        "--for",
        "pem/by-intermediate/by-intermediate.pem",
    ];
    assert_valid(&run(folder.path(), &inspect).0);
    assert_valid(&run(folder.path(), &["ca", "inspect", "ca/root-ca.pem", "--for", "none.pem"]).0);
}

/// The schemas are strict: a field that is missing, new, or of another type is noticed.
#[test]
fn the_schemas_notice_changes() {
    let folder = lab();
    let (document, _) = run(
        folder.path(),
        &[
            "check",
            "--cn",
            "device-042",
            "--ca",
            "ca/root-ca.pem",
            "--store",
            "file:pem/expired",
            "--os",
            "macos",
        ],
    );
    assert_valid(&document);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut document = document.clone();
        change(&mut document);
        validate(&document)
    };
    assert!(changed(&|d| d["verdict"] = "maybe".into()).is_err());
    assert!(changed(&|d| d["new"] = 1.into()).is_err());
    assert!(changed(&|d| d["certificates"][0]["steps"][0]["status"] = 1.into()).is_err());
    assert!(changed(&|d| d["reasons"][0]["code"] = "Expired".into()).is_err());
    assert!(changed(&|d| _ = d.as_object_mut().unwrap().remove("fixes")).is_err());
    assert!(changed(&|d| d["certificates"][0]["sha256"] = "ABC".into()).is_err());
}

/// Every file that is named is there, and `check` says of each certificate what is announced.
#[test]
fn a_lab_and_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let (document, status) = run(folder.path(), &["lab", "new/folder"]);
    assert_eq!(status, Some(0));
    assert_valid(&document);
    let inside = folder.path().join(document["directory"].as_str().unwrap());
    let file = |value: &Value| inside.join(value.as_str().unwrap());
    assert!(file(&document["ca"]).is_file());
    for rule in document["rules"].as_array().unwrap() {
        assert!(file(rule).is_file(), "{rule}");
    }
    for certificate in document["certificates"].as_array().unwrap() {
        for form in ["pem", "der", "pkcs12"] {
            assert!(file(&certificate[form]).is_file(), "{certificate}");
        }
        // From loose files alone nobody can tell that a name is nowhere.
        let folder = file(&certificate["pem"]).parent().unwrap().to_owned();
        let database = inside.join("nss").join(folder.file_name().unwrap());
        let store = match database.is_dir() {
            true => format!("nss:{}", database.display()),
            false => format!("file:{}", folder.display()),
        };
        let check = [
            "check",
            "--rule",
            "rules/linux.json",
            "--ca",
            "ca/root-ca.pem",
            "--os",
            "linux",
            "--store",
            &store,
        ];
        let (answer, _) = run(&inside, &check);
        let first = answer["reasons"].as_array().unwrap().iter().find(|reason| reason["severity"] == "fault");
        assert_eq!(first.map_or(&Value::Null, |reason| &reason["code"]), &certificate["code"], "{answer:#}");
    }
    let (document, status) = run(folder.path(), &["lab", "/proc/nothing"]);
    assert_eq!(status, Some(3));
    assert_valid(&document);
}
