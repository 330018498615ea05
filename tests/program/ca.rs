//! `ca inspect` and `ca body` on files that OpenSSL made (`fixtures/make-upload.sh`).

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/upload")
}

/// Runs `certposture ca` in the fixtures' folder, at a fixed time.
fn ca(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_certposture"))
        .current_dir(folder())
        .arg("ca")
        .args(arguments)
        .args(["--at", "2026-01-01T00:00:00Z"])
        .output()
        .unwrap()
}

fn inspect(arguments: &[&str]) -> (Value, Option<i32>) {
    let output = ca(&[&["inspect", "--format", "json"], arguments].concat());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "certposture.ca/1");
    (document, output.status.code())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The fingerprint of a file's first certificate.
fn sha256(document: &Value, file: &str) -> String {
    let files = document["files"].as_array().unwrap();
    let found = files.iter().find(|f| f["file"] == file).unwrap();
    found["certificates"][0]["sha256"].as_str().unwrap().to_owned()
}

#[track_caller]
fn body(arguments: &[&str], golden: &str) -> String {
    let output = ca(&[&["body"], arguments].concat());
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert_eq!(text(&output.stdout), std::fs::read_to_string(folder().join(golden)).unwrap());
    stderr
}

#[test]
fn bodies_are_what_the_shell_makes_of_them() {
    assert_eq!(body(&["root.pem", "--name", "example-ca"], "body.json"), "");
    assert_eq!(body(&["root.der", "--name", "example-ca"], "body.json"), "");
    assert_eq!(body(&["root.pem"], "body-without-name.json"), "");
    // What a body holds can be read again, as the API's objects can.
    assert_eq!(body(&["body.json", "--name", "example-ca"], "body.json"), "");
}

#[test]
fn byte_order_marks_text_headers_and_line_ends_are_tidied_and_keys_left_behind() {
    let warned = body(&["untidy.pem", "--name", "example-ca"], "body.json");
    assert!(warned.contains("[ca-with-private-key]"), "{warned}");
}

#[test]
fn a_key_goes_along_only_when_it_is_asked_for_and_fits() {
    let with = |key| ["root.pem", "--name", "example-ca", "--with-key", key];
    body(&with("root.key"), "body-with-key.json");
    body(&with("untidy.pem"), "body-with-key.json");
    for (key, why) in [
        ("other.key", "[private-key-mismatch]"),
        ("root-encrypted.key", "is encrypted"),
        ("root.pem", "no private key"),
        ("absent.key", "does not exist"),
    ] {
        let output = ca(&[&["body"][..], &with(key)].concat());
        assert_eq!(output.status.code(), Some(1), "{key}");
        assert!(output.stdout.is_empty());
        assert!(text(&output.stderr).contains(why), "{key}: {}", text(&output.stderr));
    }
}

#[test]
fn a_leaf_is_refused_unless_forced() {
    let refused = ca(&["body", "of-root.pem"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.is_empty());
    assert!(text(&refused.stderr).contains("[ca-not-a-ca]"));
    let forced = ca(&["body", "of-root.pem", "--force"]);
    assert_eq!(forced.status.code(), Some(0));
    assert!(text(&forced.stderr).contains("[ca-not-a-ca]"));
    assert!(text(&forced.stdout).starts_with("{\"certificates\":\"-----BEGIN CERTIFICATE-----\\n"));
}

#[test]
fn of_a_chain_the_ca_is_pointed_out() {
    let refused = ca(&["body", "chain.pem"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("--certificate 2"), "{}", text(&refused.stderr));
    let chosen = ca(&["body", "chain.pem", "--certificate", "2"]);
    let alone = ca(&["body", "intermediate.pem"]);
    assert_eq!(chosen.status.code(), Some(0));
    assert_eq!(chosen.stdout, alone.stdout);
    assert_eq!(ca(&["body", "chain.pem", "--certificate", "3"]).status.code(), Some(3));
}

#[test]
fn a_file_that_is_none_is_no_body() {
    for file in ["absent.pem", "root.key", "../make-upload.sh"] {
        let output = ca(&["body", file]);
        assert_eq!(output.status.code(), Some(3), "{file}");
        assert!(text(&output.stderr).contains("[ca-unreadable]"), "{file}");
    }
}

#[test]
fn roots_intermediates_and_leaves_are_told_apart() {
    let (document, exit) = inspect(&["root.pem", "intermediate.pem", "of-root.pem", "expired.pem"]);
    assert_eq!(exit, Some(1));
    let told: Vec<[&str; 3]> = document["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let ca = &file["certificates"][0];
            let fit = &ca["upload_for"];
            [
                ca["kind"].as_str().unwrap(),
                fit["client_certificate"].as_str().unwrap(),
                fit["client_certificate_v2"].as_str().unwrap(),
            ]
        })
        .collect();
    assert_eq!(
        told,
        [
            ["root", "yes", "yes"],
            ["intermediate", "yes", "yes"],
            ["leaf", "no", "no"],
            ["root", "no", "undocumented"]
        ]
    );
    let intermediate = &document["files"][1]["certificates"][0];
    assert_eq!(intermediate["path_length"], 0);
    assert_eq!(intermediate["key_usage"], serde_json::json!(["keyCertSign", "cRLSign"]));
    assert_eq!(intermediate["signature"], "ECDSA with SHA-256");
    assert_eq!(intermediate["key"], "EC P-256");
    assert_eq!(document["files"][3]["certificates"][0]["reasons"][0]["code"], "ca-expired");
}

#[test]
fn a_key_that_travels_along_is_told() {
    let (document, exit) = inspect(&["untidy.pem"]);
    assert_eq!(exit, Some(0));
    assert_eq!(document["files"][0]["private_keys"], 1);
    assert_eq!(document["files"][0]["certificates"][0]["private_key"], "present");
    let table = text(&ca(&["inspect", "untidy.pem"]).stdout);
    assert!(
        table.contains("[ca-with-private-key]") && table.contains("It belongs to the certificate"),
        "{table}"
    );
    let key = std::fs::read_to_string(folder().join("root.key")).unwrap();
    let line = key.lines().nth(1).unwrap();
    assert!(!table.contains(line));
}

#[test]
fn the_direct_issuer_is_the_one_to_upload() {
    let (_, exit) = inspect(&["root.pem", "--for", "of-root.pem"]);
    assert_eq!(exit, Some(0));
    // The root stands above the intermediate that signed: good for the original type alone.
    let (document, exit) = inspect(&["root.pem", "--for", "chain.pem"]);
    assert_eq!(exit, Some(1));
    let client = &document["clients"][0];
    assert_eq!(client["signed_by"][0]["direct"], false);
    assert_eq!(client["signed_by"][0]["path"], true);
    assert_eq!(client["signed_by"][0]["reason"], "issued-by-intermediate");
    assert_eq!(client["upload"][0]["source"], "chain.pem");
    let typed = |name| inspect(&["root.pem", "--for", "chain.pem", "--type", name]).1;
    assert_eq!(typed("client_certificate"), Some(0));
    assert_eq!(typed("client_certificate_v2"), Some(1));
    let (document, exit) = inspect(&["root.pem", "--for", "of-other.pem"]);
    assert_eq!(exit, Some(1));
    assert_eq!(document["clients"][0]["signed_by"][0]["reason"], "issuer-differs");
    assert_eq!(document["clients"][0]["upload"], serde_json::json!([]));
}

#[test]
fn of_several_files_the_right_one_is_named() {
    let (document, exit) = inspect(&["root.pem", "intermediate.pem", "--for", "of-intermediate.pem"]);
    assert_eq!(exit, Some(0));
    assert_eq!(document["clients"][0]["upload"][0]["source"], "intermediate.pem");
    let table =
        text(&ca(&["inspect", "root.pem", "intermediate.pem", "--for", "of-intermediate.pem"]).stdout);
    assert!(table.contains("intermediate.pem signed 1 of 1"), "{table}");
    assert!(table.contains("root.pem signed 0 of 1"), "{table}");
    // What is said of a file beneath is what is said of it above.
    let (root, intermediate) = table.split_once("\nintermediate.pem\n").expect("a block for each file");
    assert!(
        root.contains("NO    client_certificate_v2:") && root.contains("?     client_certificate:"),
        "{table}"
    );
    assert!(intermediate.contains("OK    client_certificate_v2:"), "{table}");
    let quiet = text(&ca(&["inspect", "root.pem", "--for", "of-intermediate.pem", "-q"]).stdout);
    assert_eq!(quiet, "NO\n");
}

#[test]
fn the_issuer_in_the_clients_own_file_is_found() {
    let (document, exit) = inspect(&["chain.pem", "--for", "chain.pem"]);
    assert_eq!(exit, Some(0));
    let client = &document["clients"][0];
    let issuer = &document["files"][0]["certificates"][1]["sha256"];
    assert_eq!(client["upload"], serde_json::json!([{"sha256": issuer, "source": "chain.pem"}]));
}

#[test]
fn both_of_a_cross_signed_pair_signed_the_client() {
    let (document, exit) = inspect(&["root.pem", "cross.pem", "--for", "of-root.pem"]);
    assert_eq!(exit, Some(0));
    let kinds: Vec<&Value> = (0..2).map(|i| &document["files"][i]["certificates"][0]["kind"]).collect();
    assert_eq!(kinds, ["root", "intermediate"]);
    let (root, cross) = (sha256(&document, "root.pem"), sha256(&document, "cross.pem"));
    assert_eq!(document["files"][0]["certificates"][0]["same_name_and_key"], serde_json::json!([cross]));
    assert_eq!(document["files"][1]["certificates"][0]["same_name_and_key"], serde_json::json!([root]));
    let client = &document["clients"][0];
    assert!(client["signed_by"].as_array().unwrap().iter().all(|one| one["direct"] == true));
    assert_eq!(client["upload"].as_array().unwrap().len(), 2);
    // The twin alone will do too.
    assert_eq!(inspect(&["cross.pem", "--for", "of-root.pem"]).1, Some(0));
    assert_eq!(inspect(&["other.pem", "--for", "of-root.pem"]).1, Some(1));
}

#[test]
fn a_store_is_asked_about_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["of-root.pem", "of-intermediate.pem", "intermediate.pem"] {
        std::fs::copy(self::folder().join(name), folder.path().join(name)).unwrap();
    }
    let spec = format!("file:{}", folder.path().display());
    let (document, exit) = inspect(&["root.pem", "--store", &spec]);
    assert_eq!(exit, Some(1));
    let clients = document["clients"].as_array().unwrap();
    let direct: Vec<&Value> = clients.iter().map(|client| &client["signed_by"][0]["direct"]).collect();
    assert_eq!(direct, [false, true]);
    assert_eq!(clients[0]["upload"][0]["source"], spec);
}

#[test]
fn what_cannot_be_read_ends_with_3_and_a_document() {
    let (document, exit) = inspect(&["root.pem", "root.key"]);
    assert_eq!(exit, Some(3));
    assert_eq!(document["files"][1]["unreadable"], "holds a private key but no certificate");
    let (document, exit) = inspect(&["root.pem", "--for", "absent.pem"]);
    assert_eq!(exit, Some(3));
    assert!(document["error"].as_str().unwrap().contains("absent.pem"), "{document}");
}
