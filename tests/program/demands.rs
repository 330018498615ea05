//! What `--fail-on-expiry` and `--require-client` ask of a device beyond the check itself.

use crate::support::nssdb::fixture;
use crate::support::run;
use serde_json::Value;

/// A check of the passing database so many days before its certificate ends.
fn days_before_the_end(days: i64, arguments: &[&str]) -> Value {
    let store = format!("nss:{}", fixture("nssdb-passing").display());
    let ca = fixture("ca/root-ca.pem");
    let common = ["check", "--json", "--cn", "device-042", "--store", &store, "--ca", ca.to_str().unwrap()];
    let judge = |more: &[&str]| -> Value {
        let output = run::certposture(&[&common[..], more].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {output:?}"))
    };
    let first = judge(&["--at", "2026-01-01"]);
    let own = |c: &&Value| c["common_name"] == "device-042" && c["passes"] == true;
    let end =
        first["certificates"].as_array().unwrap().iter().find(own).unwrap()["not_after"].as_str().unwrap();
    let end: jiff::Timestamp = end.parse().unwrap();
    let at = (end - jiff::SignedDuration::from_hours(24 * days)).to_string();
    judge(&[&["--at", &at], arguments].concat())
}

#[test]
fn a_certificate_that_ends_too_soon_fails_where_that_is_asked_for() {
    let outcome = |days, arguments: &[&str]| {
        let document = days_before_the_end(days, arguments);
        let code = document["reasons"][0]["code"].as_str().unwrap_or("none").to_owned();
        (document["verdict"].as_str().unwrap().to_owned(), code, document["other_type"]["verdict"].clone())
    };
    let asked = ["--fail-on-expiry", "45"];
    let failing = ("fail".to_owned(), "expires-soon".to_owned(), Value::from("fail"));
    assert_eq!(outcome(45, &asked), failing);
    assert_eq!(outcome(45, &["--fail-on-expiry", "45", "--expiry-warning", "0"]), failing);
    assert_eq!(outcome(46, &asked).0, "pass");
    assert_eq!(outcome(20, &[]).0, "pass");
    assert_eq!(outcome(20, &["--fail-on-expiry", "10"]).0, "pass");
    let fixes = &days_before_the_end(45, &asked)["fixes"];
    assert_eq!((fixes[0]["code"].as_str(), fixes.as_array().unwrap().len()), (Some("expires-soon"), 1));
}

/// A capture of a device without a client, whose database holds the certificate.
fn without_client(arguments: &[&str]) -> std::process::Output {
    let store = format!("nss:/etc/pki/nssdb={}", fixture("nssdb-passing").display());
    let captured = run::certposture(&["capture", "--store", &store]);
    let mut capture: Value = serde_json::from_slice(&captured.stdout).unwrap();
    capture["client"] = serde_json::json!({"installed": false, "version": null});
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("without-client-{}.json", arguments.len()));
    std::fs::write(&file, capture.to_string()).unwrap();
    let store = format!("capture:{}", file.display());
    let ca = fixture("ca/root-ca.pem");
    let common = [
        "check",
        "--cn",
        "device-042",
        "--at",
        "2026-01-01",
        "--store",
        &store,
        "--ca",
        ca.to_str().unwrap(),
    ];
    run::certposture(&[&common[..], arguments].concat())
}

#[test]
fn a_missing_client_is_a_note_and_a_fault_where_one_is_required() {
    let output = without_client(&["-q"]);
    assert_eq!((run::said(&output).as_str(), output.status.code()), ("PASS client-missing\n", Some(0)));
    let output = without_client(&["-q", "--require-client"]);
    assert_eq!((run::said(&output).as_str(), output.status.code()), ("FAIL client-missing\n", Some(1)));
}

#[test]
fn no_client_is_required_of_a_store_that_tells_of_none() {
    let store = format!("nss:{}", fixture("nssdb-passing").display());
    let output = run::certposture(&["check", "--cn", "device-042", "--store", &store, "--require-client"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(run::said(&output).contains("--require-client"), "{output:?}");
}
