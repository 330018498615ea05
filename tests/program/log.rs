//! `certposture log`, and the record beneath the answer of `check --log`.

use crate::support::schema::assert_valid;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

const NOW: &str = "2025-06-01T12:00:00Z";
const RULE: &str = "9d7b5f0e-1111-4222-8333-444455556666";

/// A folder with a CA, certificates, a rule, and a log of these records.
fn folder(records: &[Value]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(lab().path().join("lab"), folder.path().join("lab")).unwrap();
    let rule = json!({"id": RULE, "name": "Managed laptops", "type": "client_certificate_v2", "schedule": "5m",
        "expiration": "1h", "match": [{"platform": "windows"}], "input": input()});
    fs::write(folder.path().join("rule.json"), rule.to_string()).unwrap();
    let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
    fs::write(folder.path().join("log.ndjson"), lines.join("\n")).unwrap();
    folder
}

/// Making keys takes its time: once for all.
fn lab() -> &'static TempDir {
    static LAB: OnceLock<TempDir> = OnceLock::new();
    LAB.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let made = certposture(&folder, &["lab", "lab", "-q", "--at", NOW]);
        assert_eq!(made.status, 0, "{}", made.stderr);
        folder
    })
}

fn input() -> Value {
    json!({"certificate_id": "5f0c1a52-7e21-4a5e-9c55-0a1f5d3c9b10", "operating_system": "windows", "cn": "device-042",
        "check_private_key": false, "locations": {"trust_stores": ["system", "user"]}})
}

/// A line of Logpush with the fields that its documentation lists; `change` replaces some.
fn record(change: Value) -> Value {
    let mut record = json!({"ClientVersion": "2026.2.0.1", "DeviceID": "d", "DeviceManufacturer": "Example",
        "DeviceModel": "T1", "DeviceName": "laptop-7", "DeviceSerialNumber": "PF-4711", "DeviceType": "windows",
        "Email": "jo@example.com", "OSVersion": "10.0.22631", "PolicyID": RULE, "PostureCheckName": "Managed laptops",
        "PostureCheckType": "client_certificate_v2", "PostureEvaluatedResult": false, "PostureExpectedJSON": input(),
        "PostureReceivedJSON": {"odd\u{202e}": "value\u{1b}[31m"}, "Timestamp": "2025-06-01T11:58:00Z", "UserUID": "u"});
    for (name, value) in change.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

fn certposture(folder: &TempDir, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

const HERE: [&str; 8] = [
    "--rule=rule.json",
    "--ca=lab/ca/root-ca.pem",
    "--os=windows",
    "--hostname=LAPTOP-7.example.com",
    "--serial-number=pf-4711",
    "--at",
    NOW,
    "--format=json",
];

fn compared(records: &[Value], case: &str) -> (Value, i32) {
    let folder = folder(records);
    // Copies of both stores that the rule names: from them alone a verdict is certain.
    let [machine, user] = ["LocalMachine", "CurrentUser"]
        .map(|location| format!(r"--store=windows:{location}\My=lab/pem/{case}"));
    let run = certposture(&folder, &[&["log", "log.ndjson", &machine, &user][..], &HERE].concat());
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    assert_valid(&document);
    (document["comparisons"][0].clone(), run.status)
}

fn kinds(comparison: &Value) -> Vec<&str> {
    comparison["meanings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|meaning| meaning["kind"].as_str().unwrap())
        .collect()
}

fn row<'a>(comparison: &'a Value, what: &str) -> &'a Value {
    comparison["rows"].as_array().unwrap().iter().find(|row| row["what"] == what).unwrap()
}

#[test]
fn agrees() {
    let (failed, status) = compared(&[record(json!({}))], "expired");
    assert_eq!((&failed["agrees"], status), (&json!(true), 0));
    assert_eq!(kinds(&failed), [""; 0]);
    let (passed, status) = compared(&[record(json!({"PostureEvaluatedResult": true}))], "good");
    assert_eq!((&passed["agrees"], status), (&json!(true), 0));
    for what in [
        "rule ID",
        "serial number",
        "system",
        "expected cn",
        "expected locations",
        "expected check_private_key",
    ] {
        assert_eq!(row(&passed, what)["agrees"], true, "{what}");
    }
}

#[test]
fn differs_and_says_what_that_means() {
    let meaning = |change: Value, case: &str| {
        let (comparison, status) = compared(&[record(change)], case);
        assert_eq!((&comparison["agrees"], status), (&json!(false), 1));
        kinds(&comparison).first().map(|kind| (*kind).to_owned()).unwrap()
    };
    assert_eq!(meaning(json!({}), "good"), "unexplained");
    assert_eq!(meaning(json!({"PolicyID": "another", "PostureCheckName": "Another"}), "good"), "other-rule");
    assert_eq!(meaning(json!({"DeviceSerialNumber": "PF-4712"}), "good"), "other-device");
    assert_eq!(meaning(json!({"DeviceSerialNumber": "", "DeviceName": "laptop-8"}), "good"), "other-device");
    assert_eq!(meaning(json!({"ClientVersion": "2024.3.1.0"}), "good"), "older-client");
    assert_eq!(meaning(json!({"ClientVersion": "2025.10.186.0"}), "good"), "before-log-in");
    assert_eq!(meaning(json!({"Timestamp": "2025-06-01T10:00:00Z"}), "good"), "expired-result");
    assert_eq!(meaning(json!({"Timestamp": "2025-06-01T11:30:00Z"}), "good"), "older-result");
    assert_eq!(meaning(json!({"Timestamp": 1_577_880_000}), "good"), "expired-result");
    let mut other = input();
    other["cn"] = json!("device-041");
    assert_eq!(meaning(json!({"PostureExpectedJSON": other}), "good"), "rule-changed");
    // The certificate of this case expired on the day before.
    let before = json!({"Timestamp": "2025-05-01T00:00:00Z", "PostureEvaluatedResult": true});
    let (comparison, _) = compared(&[record(before)], "expired");
    assert!(kinds(&comparison).contains(&"other-certificate"), "{comparison}");
}

#[test]
fn what_is_not_set_does_not_differ() {
    let mut same = input();
    same["extended_key_usage"] = json!([]);
    same["subject_alternative_names"] = Value::Null;
    same["cn"] = json!("DEVICE-042");
    same["locations"] = json!({"trust_stores": ["user", "system"], "paths": []});
    let (comparison, _) = compared(&[record(json!({"PostureExpectedJSON": same}))], "good");
    assert_eq!(kinds(&comparison), ["unexplained"]);
}

#[test]
fn picks_the_latest_of_this_rule_and_device() {
    let records = [
        record(json!({"Timestamp": "2025-06-01T11:50:00Z"})),
        record(json!({"Timestamp": "2025-06-01T11:55:00Z", "PostureEvaluatedResult": true})),
        record(json!({"Timestamp": "2025-06-01T11:59:00Z", "DeviceSerialNumber": "PF-4712"})),
        record(json!({"Timestamp": "2025-06-01T11:59:30Z", "PolicyID": "another"})),
        record(json!({"Timestamp": "2025-06-01T11:59:30Z", "PostureCheckType": "firewall"})),
    ];
    let (comparison, status) = compared(&records, "good");
    assert_eq!(status, 0);
    assert_eq!(comparison["record"]["time"], "2025-06-01T11:55:00Z");
    assert_eq!((&comparison["older_records"], &comparison["other_records"]), (&json!(1), &json!(2)));
}

#[test]
fn without_a_rule_the_record_has_it() {
    let folder =
        folder(&[record(json!({})), record(json!({"PolicyID": "another", "PostureCheckName": "Another"}))]);
    let judged =
        &["log", "log.ndjson", "--ca=lab/ca/root-ca.pem", "--store=file:lab/pem/good", "--os=windows"];
    let device = &["--serial-number=PF-4711", "--at", NOW, "--format=json"];
    let run = certposture(&folder, &[&judged[..], device].concat());
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_valid(&document);
    assert_eq!(document["comparisons"].as_array().unwrap().len(), 2);
    assert_eq!(document["comparisons"][0]["verdict"], "pass");
    assert_eq!(run.status, 1);
    // And without a CA there are the records alone.
    let alone = certposture(&folder, &["log", "log.ndjson", "--at", NOW]);
    assert_eq!(alone.status, 0);
    assert!(alone.stdout.contains("Give the rule and the CA"), "{}", alone.stdout);
    assert!(!alone.stdout.contains('\u{1b}') && !alone.stdout.contains('\u{202e}'), "{}", alone.stdout);
}

#[test]
fn stands_beneath_the_verdict() {
    let folder = folder(&[record(json!({"ClientVersion": "2024.3.1.0"}))]);
    let ask = |format: &str, more: &[&str]| {
        let arguments = ["check", "--store=file:lab/pem/good", "--log=log.ndjson"];
        certposture(&folder, &[&arguments[..], &HERE[..7], &[format], more].concat())
    };
    let document: Value = serde_json::from_str(&ask("--format=json", &[]).stdout).unwrap();
    assert_valid(&document);
    assert_eq!(document["verdict"], "pass");
    assert_eq!(document["log"]["agrees"], false);
    let codes = document["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap());
    assert!(codes.collect::<Vec<_>>().contains(&"log-differs"));
    let table = ask("--format=table", &[]);
    assert_eq!(table.status, 0);
    let (verdict, record) = (table.stdout.find("PASS  ").unwrap(), table.stdout.find("DIFFER  ").unwrap());
    assert!(verdict < record);
    let quiet = ask("--format=table", &["-q"]);
    assert!(quiet.stdout.starts_with("PASS"), "{}", quiet.stdout);
    assert!(!quiet.stdout.contains("Recorded"));
}

#[test]
fn a_file_that_is_no_log_is_named() {
    let folder = folder(&[record(json!({"PostureCheckType": "firewall"}))]);
    fs::write(folder.path().join("log.gz"), [0x1f, 0x8b, 8, 0]).unwrap();
    for (file, words) in
        [("log.gz", "gunzip"), ("log.ndjson", "none that looks for a client certificate"), ("no", "exist")]
    {
        let run = certposture(&folder, &["log", file]);
        assert_eq!(run.status, 3);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}
