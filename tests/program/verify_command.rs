//! `certposture verify` as a program: what it prints and how it exits.

use crate::support::forge::{self, Key, Template};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

const ROOT: &str = "O=Example, CN=Root CA";
const ISSUING: &str = "O=Example, CN=Issuing CA";

/// A folder with a root, an issuing CA and certificates of all sorts.
fn world() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (root_key, issuing_key, key) = (Key::p256("root"), Key::p256("issuing"), Key::p256("device"));
    let write = |name: &str, certificates: &[certposture::certificate::Certificate]| {
        let pem = certificates
            .iter()
            .map(|c| pem::encode(&pem::Pem::new("CERTIFICATE", c.der())))
            .collect::<String>();
        std::fs::write(folder.path().join(name), pem).unwrap();
    };
    let root = Template::ca(ROOT, &root_key, ROOT).sign(&root_key);
    let issuing = Template::ca(ISSUING, &issuing_key, ROOT).sign(&root_key);
    let indirect = Template::new("CN=indirect", &key, ISSUING).sign(&issuing_key);
    let direct = Template::new("CN=direct", &key, ROOT)
        .with(forge::extended_key_usage(&[forge::SERVER_AUTH]))
        .sign(&root_key);
    let old = Template::new("CN=old", &key, ROOT).dates("200101000000Z", "210101000000Z").sign(&root_key);
    // A CA with a key for Ed448, which is not checked here, and what it issued.
    let mut odd = Template::ca(ROOT, &root_key, "CN=Somebody");
    odd.spki = forge::spki(forge::der::sequence(&[forge::der::object("1.3.101.113")]), &[7; 57]);
    write("odd.pem", &[odd.sign(&issuing_key)]);
    write("odd-child.pem", &[Template::new("CN=odd child", &key, ROOT).sign(&issuing_key)]);
    write("root.pem", std::slice::from_ref(&root));
    write("issuing.pem", std::slice::from_ref(&issuing));
    write("direct.pem", std::slice::from_ref(&direct));
    write("old.pem", std::slice::from_ref(&old));
    write("indirect.pem", std::slice::from_ref(&indirect));
    write("bundle.pem", &[indirect, issuing]);
    std::fs::write(folder.path().join("cut.der"), &direct.der()[..200]).unwrap();
    std::fs::create_dir(folder.path().join("several")).unwrap();
    for name in ["direct.pem", "old.pem"] {
        std::fs::copy(folder.path().join(name), folder.path().join("several").join(name)).unwrap();
    }
    std::fs::write(folder.path().join("several/README"), "no certificate").unwrap();
    folder
}

fn verify(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_certposture"))
        .args(["verify", "--at", "2025-01-01T00:00:00Z"])
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap()
}

/// The exit status, and of each result the source and the two answers.
fn verdicts(folder: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = verify(folder, &[arguments, &["--format", "json"]].concat());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "certposture.verify/1");
    let results = document["results"].as_array().unwrap().iter().map(|result| {
        json!([
            result["source"],
            result["direct"]["reason"],
            result["path"]["status"],
            result["path"]["reason"]
        ])
    });
    (output.status.code(), results.collect())
}

#[test]
fn each_certificate_is_judged_directly_and_along_its_path() {
    let world = world();
    let folder = world.path();
    assert_eq!(
        verdicts(folder, &["--ca", "root.pem", "direct.pem"]),
        (Some(0), json!([["direct.pem", null, "pass", null]]))
    );
    assert_eq!(
        verdicts(folder, &["--ca", "root.pem", "indirect.pem", "direct.pem"]),
        (
            Some(1),
            json!([
                ["indirect.pem", "issuer-differs", "fail", "intermediate-missing"],
                ["direct.pem", null, "pass", null]
            ])
        )
    );
    let whole = json!([["indirect.pem", "issued-by-intermediate", "pass", null]]);
    assert_eq!(
        verdicts(folder, &["--ca", "root.pem", "--intermediate", "issuing.pem", "indirect.pem"]),
        (Some(0), whole)
    );
    // Who issued it and who the CA is stand side by side.
    let arguments = ["--ca", "root.pem", "--intermediate", "issuing.pem", "indirect.pem"];
    let side_by_side = "The uploaded CA did not issue this certificate. Issuer named in it: CN=Issuing CA, O=Example; \
                        subject of the CA: CN=Root CA, O=Example. Its authority key identifier: none; subject key \
                        identifier of the CA: none.";
    let table = String::from_utf8(verify(folder, &arguments).stdout).unwrap();
    assert!(table.contains(&format!("{side_by_side} [issued-by-intermediate]")), "{table}");
    let table = String::from_utf8(verify(folder, &["--ca", "root.pem", "indirect.pem"]).stdout).unwrap();
    assert!(table.contains(&format!("{side_by_side} [issuer-differs]")), "{table}");
    // Several certificates in one file are candidates for each other's chains.
    assert_eq!(
        verdicts(folder, &["--ca", "root.pem", "bundle.pem"]),
        (
            Some(0),
            json!([
                ["bundle.pem", "issued-by-intermediate", "pass", null],
                ["bundle.pem", null, "pass", null]
            ])
        )
    );
    // Either of two CAs will do.
    assert_eq!(
        verdicts(folder, &["--ca", "root.pem", "--ca", "issuing.pem", "indirect.pem", "direct.pem"]).0,
        Some(0)
    );
}

#[test]
fn the_document_has_the_chain_and_every_reason() {
    let world = world();
    let arguments = ["--ca", "root.pem", "old.pem", "--format", "json"];
    let document: Value = serde_json::from_slice(&verify(world.path(), &arguments).stdout).unwrap();
    let result = &document["results"][0];
    assert_eq!(result["direct"], json!({"status": "pass", "reason": null}));
    assert_eq!(result["path"]["chain"].as_array().unwrap().len(), 2);
    assert_eq!(result["path"]["chain"][0], result["sha256"]);
    assert_eq!(
        result["reasons"],
        json!([{
            "code": "expired",
            "severity": "fault",
            "message": "The certificate expired on 2021-01-01 00:00:00 UTC, 1461 days ago",
            "url": "docs/reasons.md#expired",
            "certificate": result["sha256"],
        }])
    );
}

#[test]
fn folders_stores_and_purposes() {
    let world = world();
    let folder = world.path();
    let expected =
        json!([["several/direct.pem", null, "pass", null], ["several/old.pem", null, "fail", "expired"]]);
    let (status, results) = verdicts(folder, &["--ca", "root.pem", "several"]);
    let slashes: Value = serde_json::from_str(&results.to_string().replace(r"\\", "/")).unwrap();
    assert_eq!((status, slashes), (Some(1), expected));
    assert_eq!(
        verdicts(folder, &["--ca", "root.pem", "--store", "file:direct.pem"]),
        (Some(0), json!([["direct.pem", null, "pass", null]]))
    );
    assert_eq!(
        verdicts(folder, &["--ca", "root.pem", "--purpose", "client-auth", "direct.pem"]),
        (Some(1), json!([["direct.pem", null, "fail", "eku-missing"]]))
    );
}

#[test]
fn what_cannot_be_read() {
    let world = world();
    let folder = world.path();
    let empty = (Some(3), json!([]));
    assert_eq!(verdicts(folder, &["--ca", "none.pem", "direct.pem"]), empty);
    assert_eq!(verdicts(folder, &["--ca", "root.pem", "--intermediate", "none.pem", "direct.pem"]), empty);
    assert_eq!(verdicts(folder, &["--ca", "root.pem", "none.pem"]), empty);
    assert_eq!(verdicts(folder, &["--ca", "root.pem", "none.pem", "direct.pem"]).0, Some(3));
    assert_eq!(verdicts(folder, &["--ca", "root.pem", "none.pem", "old.pem"]).0, Some(1));
    assert_eq!(
        verdicts(folder, &["--ca", "root.pem", "cut.der"]),
        (Some(1), json!([["cut.der", "certificate-unparseable", "fail", "certificate-unparseable"]]))
    );
    let output = verify(folder, &["--ca", "root.pem", "none.pem"]);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "certposture: none.pem: does not exist\n");
    assert!(String::from_utf8(output.stdout).unwrap().contains("CANNOT TELL"));
    assert_eq!(
        verify(folder, &["-q", "--ca", "root.pem", "none.pem", "direct.pem"]).stdout,
        b"CANNOT TELL\n"
    );
    assert_eq!(verify(folder, &["-q", "--ca", "root.pem", "none.pem", "old.pem"]).stdout, b"FAIL\n");
    let output = verify(folder, &["--ca", "none.pem", "direct.pem", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["error"].as_str().unwrap().contains("[ca-unreadable]"));
    assert_eq!(verify(folder, &["direct.pem"]).status.code(), Some(2));
}

#[test]
fn a_tree_and_a_table_for_people() {
    let world = world();
    let output = verify(world.path(), &["--ca", "root.pem", "bundle.pem", "old.pem"]);
    let text = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!(text);
    assert_eq!(output.status.code(), Some(1));
    let quiet = verify(world.path(), &["--ca", "root.pem", "-q", "old.pem"]);
    assert_eq!(String::from_utf8(quiet.stdout).unwrap(), "FAIL\n");
}

/// The verdict of the table, the page, the document and the exit status.
fn told_everywhere(folder: &Path, arguments: &[&str]) -> [String; 4] {
    let run = |more: &[&str]| verify(folder, &[arguments, more].concat());
    let text = |output: Output| String::from_utf8(output.stdout).unwrap();
    let document: Value = serde_json::from_str(&text(run(&["--format", "json"]))).unwrap();
    let page = text(run(&["--format", "html"]));
    let title = page.split("<title>").nth(1).unwrap().split(" · ").next().unwrap().to_owned();
    let quiet = text(run(&["-q"])).trim_end().to_owned();
    let table = run(&[]);
    let last = String::from_utf8(table.stdout).unwrap().lines().last().unwrap_or_default().to_owned();
    assert!(last.starts_with(&quiet), "{last} {quiet}");
    [quiet, title, document["verdict"].as_str().unwrap().to_owned(), table.status.code().unwrap().to_string()]
}

#[test]
fn every_form_tells_the_same_verdict() {
    let world = world();
    let folder = world.path();
    let pass = ["PASS", "PASS", "pass", "0"];
    let fail = ["FAIL", "FAIL", "fail", "1"];
    let unknown = ["CANNOT TELL", "CANNOT TELL", "unknown", "3"];
    for (arguments, expected) in [
        (&["--ca", "root.pem", "direct.pem"][..], pass),
        (&["--ca", "root.pem", "direct.pem", "old.pem"], fail),
        (&["--ca", "root.pem", "direct.pem", "none.pem"], unknown),
        (&["--ca", "root.pem", "old.pem", "none.pem"], fail),
        (&["--ca", "root.pem", "none.pem"], unknown),
        (&["--ca", "none.pem", "direct.pem"], unknown),
        (&["--ca", "root.pem", "--intermediate", "none.pem", "direct.pem"], unknown),
        // An algorithm that cannot be checked here; beside a certificate that passes, and one that fails for certain.
        (&["--ca", "odd.pem", "direct.pem"], unknown),
        (&["--ca", "odd.pem", "--ca", "root.pem", "direct.pem"], pass),
        (&["--ca", "odd.pem", "--ca", "root.pem", "direct.pem", "odd-child.pem"], unknown),
        (&["--ca", "odd.pem", "--ca", "root.pem", "old.pem", "odd-child.pem"], fail),
    ] {
        assert_eq!(told_everywhere(folder, arguments), expected, "{arguments:?}");
    }
}

#[test]
fn the_document_names_the_moment_the_ca_and_what_was_not_read() {
    let world = world();
    let arguments = ["--ca", "root.pem", "direct.pem", "none.pem", "--format", "json"];
    let document: Value = serde_json::from_slice(&verify(world.path(), &arguments).stdout).unwrap();
    assert_eq!(document["evaluated_at"], "2025-01-01T00:00:00Z");
    assert_eq!(document["ca"][0]["subject"], "CN=Root CA, O=Example");
    assert_eq!(document["unread"], json!([{"source": "none.pem", "message": "does not exist"}]));
    let arguments = ["--ca", "none.pem", "direct.pem", "--format", "json"];
    let document: Value = serde_json::from_slice(&verify(world.path(), &arguments).stdout).unwrap();
    assert_eq!(document["unread"][0]["source"], "none.pem");
}

/// Whoever reads the first lines alone still learns from the exit status how it ended.
#[cfg(unix)]
#[test]
fn a_closed_pipe_does_not_turn_a_fail_into_a_pass() {
    let world = world();
    for (arguments, status) in [
        (&["verify", "--ca", "root.pem", "old.pem"][..], 1),
        (&["verify", "--ca", "root.pem", "direct.pem", "none.pem"], 3),
        (&["verify", "--ca", "root.pem", "direct.pem"], 0),
        // One file is a part of a store: another certificate may pass.
        (&["check", "--cn", "old", "--type", "v2", "--ca", "root.pem", "--store", "file:old.pem"], 3),
        (&["ca", "inspect", "direct.pem"], 1),
    ] {
        for format in ["table", "json", "html"] {
            if format == "html" && arguments[0] == "ca" {
                continue;
            }
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let ended = Command::new(env!("CARGO_BIN_EXE_certposture"))
                .args(arguments)
                .args(["--at", "2025-01-01T00:00:00Z", "--format", format])
                .current_dir(world.path())
                .stdout(writer)
                .stderr(std::process::Stdio::null())
                .status()
                .unwrap();
            assert_eq!(ended.code(), Some(status), "{arguments:?} {format}");
        }
    }
}

/// What was typed is shown with everything deceptive escaped.
#[test]
fn usage_errors_hide_nothing() {
    let world = world();
    for arguments in [
        &["verify", "--ca", "root.pem", "--os", "lin\u{202e}ux"][..],
        &["verify", "--ca", "root.pem", "--\u{202e}x"],
        &["verify", "--ca", "root.pem", "--at", "2025\u{200b}"],
        &["check", "--store", "win\u{1b}[2Jdows:x", "--cn", "x", "--ca", "root.pem"],
        &["ver\u{202e}ify"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
            .args(arguments)
            .env("CLICOLOR_FORCE", "1")
            .current_dir(world.path())
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(!told.contains(['\u{202e}', '\u{200b}', '\u{1b}']), "{told:?}");
        assert!(told.contains("\\u{"), "{told:?}");
    }
}
