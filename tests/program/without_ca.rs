//! `check` asks for no more than the answer needs: what no CA could change is told without one.

use crate::support::nssdb::fixture;
use crate::support::run;
use serde_json::Value;

/// Verdict and codes of a check of a database at a fixed time.
fn check(database: &str, arguments: &[&str]) -> (String, Vec<String>) {
    let store = format!("nss:{}", fixture(database).display());
    let at: &[&str] = if arguments.contains(&"--at") { &[] } else { &["--at", "2026-01-01"] };
    let output = run::certposture(&[&["check", "--json", "--store", &store], at, arguments].concat());
    let document: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {output:?}"));
    let codes = document["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| reason["code"].as_str().unwrap().to_owned());
    (document["verdict"].as_str().unwrap().to_owned(), codes.collect())
}

#[track_caller]
fn assert_leads(answer: &(String, Vec<String>), verdict: &str, first: &str) {
    assert_eq!((answer.0.as_str(), answer.1[0].as_str()), (verdict, first), "{answer:?}");
}

#[test]
fn a_certain_fault_leads_without_a_ca() {
    for (database, code) in [
        ("nssdb-failing", "nickname-differs"),
        ("nssdb-empty", "store-empty"),
        ("nssdb-no-keys", "store-missing"),
        ("nssdb-truncated", "store-corrupt"),
    ] {
        assert_leads(&check(database, &["--cn", "device-042"]), "fail", code);
    }
    assert_leads(&check("nssdb-passing", &["--cn", "device-043"]), "fail", "not-found");
    assert_leads(&check("nssdb-passing", &["--cn", "device-042", "--at", "2099-01-01"]), "fail", "expired");
}

#[test]
fn where_the_ca_decides_the_verdict_is_unknown() {
    assert_leads(&check("nssdb-passing", &["--cn", "device-042"]), "unknown", "ca-not-given");
    // The look-up of this type finds it whatever its nickname.
    assert_leads(&check("nssdb-failing", &["--cn", "device-042", "--type", "v2"]), "unknown", "ca-not-given");
    // One that is found has expired, and another one is good: which of them fits depends on the CA.
    assert_leads(&check("nssdb-passing", &["--type", "v2"]), "unknown", "ca-not-given");
}

/// What was given and cannot be read is told first where it decides, and hides nothing where it does not.
#[test]
fn an_unreadable_ca_hides_no_certain_fault() {
    let file = fixture("README.md");
    let unreadable = ["--cn", "device-042", "--ca", file.to_str().unwrap()];
    assert_leads(&check("nssdb-failing", &unreadable), "fail", "nickname-differs");
    assert_leads(&check("nssdb-passing", &unreadable), "unknown", "ca-unreadable");
}

/// With a CA that can be read beside one that cannot, a fault of the chain is not certain.
#[test]
fn a_fault_under_one_ca_is_uncertain_while_another_is_unreadable() {
    let (unreadable, other) = (fixture("README.md"), fixture("files/ca.pem"));
    let cas = ["--cn", "device-042", "--ca", other.to_str().unwrap(), "--ca", unreadable.to_str().unwrap()];
    assert_leads(&check("nssdb-passing", &cas[..4]), "fail", "intermediate-missing");
    assert_leads(&check("nssdb-passing", &cas), "unknown", "ca-unreadable");
    let answer = check("nssdb-failing", &cas);
    assert_leads(&answer, "fail", "nickname-differs");
    assert!(!answer.1.contains(&"intermediate-missing".to_owned()), "{answer:?}");
}
