//! Every command of docs/fleet.md, one after the other as they stand there, with 10,000 devices.

use crate::cloudflare_server::{Reply, Server};
use crate::support::schema::assert_valid;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_certposture");
const AT: &str = "2025-06-01T12:00:00Z";
/// Devices that the first question is about; the others are about the first of them.
const DEVICES: usize = 10_000;
const FEWER: usize = 1000;
const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";
const RULE: &str = "11111111-2222-3333-4444-555555555555";
const CA: &str = "2458ce5a-0c35-4c7f-82c7-8e9487d3ff60";

/// Databases of the lab and what the lab promises of each; the first issued by another CA than the others.
const CASES: [(&str, &str, Option<&str>); 4] = [
    ("by-intermediate", "fail", Some("issued-by-intermediate")),
    ("good", "pass", None),
    ("expired", "fail", Some("expired")),
    ("wrong-name", "fail", Some("not-found")),
];

/// The commands of the page: indented blocks whose first word is a program, without the indent.
fn commands() -> Vec<String> {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/fleet.md")).unwrap();
    let blocks = page.split("\n\n").filter(|block| block.starts_with("    "));
    let programs = ["certposture", "find", "gunzip", "zstd"];
    blocks
        .filter(|block| programs.contains(&block.split_whitespace().next().unwrap()))
        .map(str::to_owned)
        .collect()
}

fn in_folder(folder: &Path, script: &str) -> Output {
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(folder)
        .env("PATH", path)
        .output()
        .unwrap()
}

/// Captures of so many devices, one file each, and the program under its name.
fn prepare(folder: &Path, base: &str) {
    let program = format!(
        "#!/bin/sh\n\
         case $1 in\n\
         pull) CLOUDFLARE_API_TOKEN=token CLOUDFLARE_BASE_URL={base} exec {PROGRAM} \"$@\" ;;\n\
         *) exec {PROGRAM} \"$@\" --at {AT} ;;\n\
         esac\n"
    );
    fs::write(folder.join("certposture"), program).unwrap();
    let made = in_folder(folder, "chmod 755 certposture; mkdir captures");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let captured = |case: &str| {
        let script = format!(
            "certposture capture --store nss:lab/nss/{case} --id device-0000 --serial-number SER-0000"
        );
        let output = in_folder(folder, &script);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let captures = CASES.map(|(case, ..)| captured(case));
    for number in 0..DEVICES {
        let line = captures[number % CASES.len()]
            .replace("device-0000", &format!("device-{number:04}"))
            .replace("SER-0000", &format!("SER-{number:04}"));
        fs::write(folder.join(format!("captures/{number:04}.ndjson")), line).unwrap();
    }
    fs::copy(folder.join("lab/ca/issuing-ca.pem"), folder.join("new-ca.pem")).unwrap();
    fs::copy(folder.join("lab/rules/linux.json"), folder.join("rule-v2.json")).unwrap();
    let record = json!({"PolicyID": RULE, "PostureCheckType": "client_certificate_v2", "PostureEvaluatedResult": true,
                        "DeviceSerialNumber": "SER-0042", "Timestamp": AT});
    fs::write(folder.join("records"), format!("{record}\n")).unwrap();
    let osquery = r#"{"snapshot":[{"certificates":"0","keys":"0"}],"hostIdentifier":"h","unixTime":1}"#;
    fs::write(folder.join("osqueryd.snapshots.log"), osquery).unwrap();
    assert!(in_folder(folder, "gzip -c records > posture-results.ndjson.gz").status.success());
}

fn api(lab: &Path) -> Server {
    let mut rule: Value = serde_json::from_slice(&fs::read(lab.join("rules/linux.json")).unwrap()).unwrap();
    rule["id"] = json!(RULE);
    rule["input"]["certificate_id"] = json!(CA);
    let certificate = json!({"id": CA, "name": "root", "ca": true, "type": "custom",
                             "certificates": fs::read_to_string(lab.join("ca/root-ca.pem")).unwrap()});
    Server::start(move |request, _| {
        let found = if request.line.contains("/devices/posture") { &rule } else { &certificate };
        Reply::new(200, json!({"success": true, "errors": [], "messages": [], "result": found}))
    })
}

fn lines(folder: &Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn counted(values: impl Iterator<Item = (Value, Value)>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (verdict, code) in values {
        *counts.entry(format!("{verdict} {code}")).or_default() += 1;
    }
    counts
}

#[test]
fn every_command_of_the_page_answers_for_ten_thousand_devices() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let made = Command::new(PROGRAM).args(["lab", "lab", "-q", "--at", AT]).current_dir(folder).status();
    assert!(made.unwrap().success());
    let server = api(&folder.join("lab"));
    prepare(folder, &server.url());

    let commands = commands();
    assert!(commands.len() >= 12, "{commands:#?}");
    let mut asked = false;
    for command in &commands {
        let command = command
            .replace("$CLOUDFLARE_ACCOUNT_ID", ACCOUNT)
            .replace("$RULE_ID", RULE)
            .replace("/var/lib/certposture/", "");
        let output = in_folder(folder, &command);
        // 1: the check fails, or record and verdict differ.
        let is_answer =
            output.status.success() || command.contains("#device-") && output.status.code() == Some(1);
        assert!(is_answer, "{command}\n{}", String::from_utf8_lossy(&output.stderr));
        if let Some(table) =
            String::from_utf8_lossy(&output.stdout).lines().find(|line| line.contains("of 10,000"))
        {
            assert!(table.contains("PASS 2,500 (25 %)  FAIL 7,500 (75 %)"), "{table}");
            // Devices 0000 to 0999, in whatever order find came upon them.
            let script = r#"zstd -q -d -c fleet.ndjson.zst | grep '"id":"device-0' | zstd -q -o fewer; mv fewer fleet.ndjson.zst"#;
            assert!(in_folder(folder, script).status.success());
            asked = true;
        }
    }

    assert!(asked);
    let truth: BTreeMap<String, usize> = CASES
        .iter()
        .map(|(_, verdict, code)| (format!("{} {}", json!(verdict), json!(code)), FEWER / CASES.len()))
        .collect();
    let rows = lines(folder, "verdicts.ndjson");
    assert_eq!(counted(rows.iter().map(|row| (row["verdict"].clone(), row["code"].clone()))), truth);
    rows.iter().step_by(97).for_each(assert_valid);
    assert_eq!(lines(folder, "findings.ndjson").len(), FEWER);
    let documents = lines(folder, "ecs.ndjson");
    let spoken = |outcome: &Value| match outcome.as_str().unwrap() {
        "success" => json!("pass"),
        "failure" => json!("fail"),
        other => panic!("{other}"),
    };
    let found = documents.iter().map(|one| (spoken(&one["event"]["outcome"]), one["event"]["code"].clone()));
    assert_eq!(counted(found), truth);
    for document in documents.iter().take(CASES.len()) {
        let event = &document["event"];
        assert_eq!((&event["kind"], &event["category"][0]), (&json!("state"), &json!("configuration")));
        let has_certificate = event["code"] != "not-found";
        let digest = document["tls"]["client"]["hash"]["sha256"].as_str();
        assert_eq!(digest.map(str::len), has_certificate.then_some(64), "{document:#}");
        assert_eq!(digest.map(str::to_uppercase).as_deref(), digest);
        assert_eq!(document["rule"]["id"], RULE);
        assert!(!document.to_string().contains("null"), "{document}");
    }
    assert!(fs::read_to_string(folder.join("fleet.html")).unwrap().contains("750 of 1,000 devices fail"));
}
