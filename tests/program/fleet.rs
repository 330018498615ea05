//! Many devices at once: rows in lockstep with the input, and summaries whose truth is known.

use crate::support::run::{LIMIT, command, said};
use crate::support::schema::{assert_valid, validate_as};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc;
use tempfile::TempDir;

const AT: &str = "2025-06-01T12:00:00Z";

/// The lab's databases, and what the lab promises of each under the rule for Linux.
const CASES: [(&str, &str, Option<&str>); 5] = [
    ("good", "pass", None),
    ("nickname-differs", "pass", None),
    ("expired", "fail", Some("expired")),
    ("wrong-name", "fail", Some("not-found")),
    ("by-intermediate", "fail", Some("issued-by-intermediate")),
];

struct Lab {
    folder: TempDir,
    /// A capture of each case.
    captures: Vec<String>,
}

fn lab() -> &'static Lab {
    static LAB: OnceLock<Lab> = OnceLock::new();
    LAB.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| {
            let output = command(arguments).current_dir(folder.path()).output().unwrap();
            assert!(output.status.success(), "{}", said(&output));
            String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
        };
        run(&["lab", "lab", "-q", "--at", AT]);
        let captures = CASES
            .iter()
            .map(|(case, ..)| {
                run(&["capture", "--store", &format!("nss:lab/nss/{case}"), "--id", case, "--at", AT])
            })
            .collect();
        Lab { folder, captures }
    })
}

/// `fleet` with the lab's rule and CA.
fn fleet(arguments: &[&str]) -> Command {
    let given = ["fleet", "--rule", "lab/rules/linux.json", "--ca", "lab/ca/root-ca.pem", "--at", AT];
    let mut command = command(&[&given, arguments].concat());
    command.current_dir(lab().folder.path());
    command
}

fn answer(mut command: Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // A child that ends early closes the pipe.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}

fn rows(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// `count` devices, case after case.
fn captures(count: usize) -> String {
    lab().captures.iter().cycle().take(count).flat_map(|line| [line.as_str(), "\n"]).collect()
}

#[test]
fn each_line_has_its_verdict() {
    let output = answer(fleet(&["--rows"]), captures(CASES.len()).as_bytes());
    assert!(output.status.success(), "{}", said(&output));
    let rows = rows(&output);
    assert_eq!(rows.len(), CASES.len());
    for (position, (row, (case, verdict, code))) in rows.iter().zip(CASES).enumerate() {
        assert_valid(row);
        assert_eq!(row["line"], position + 1);
        assert_eq!(row["device"], case);
        assert_eq!((&row["verdict"], &row["code"]), (&json!(verdict), &json!(code)), "{row:#}");
    }
}

#[test]
fn a_line_that_is_no_capture_has_a_row_all_the_same() {
    let good = &lab().captures[0];
    let deep = "[".repeat(1000);
    let other = good.replacen("certposture.capture/1", "certposture.capture/2", 1);
    let lines = ["", "{}", "null", "\u{feff}", &deep, &other, "\u{202e}", good, "{\"schema\":7}"];
    let output = answer(fleet(&["--rows"]), lines.join("\n").as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let rows = rows(&output);
    let verdicts: Vec<&str> = rows.iter().map(|row| row["verdict"].as_str().unwrap()).collect();
    let mut expected = vec!["rejected"; lines.len()];
    expected[7] = "pass";
    assert_eq!(verdicts, expected);
    rows.iter().for_each(assert_valid);
    assert!(rows.iter().all(|row| row.get("error").is_some() == (row["verdict"] == "rejected")));
}

#[test]
fn several_rules_are_a_list_in_the_one_line() {
    let output = answer(fleet(&["--rows", "--rule", "lab/rules/linux.json"]), captures(2).as_bytes());
    let rows = rows(&output);
    assert_eq!(rows.len(), 2, "{}", said(&output));
    for row in &rows {
        assert_eq!(row.as_array().unwrap().len(), 2);
        validate_as("verdict", row).unwrap();
    }
}

#[test]
fn a_line_longer_than_the_limit_is_passed_over_and_counted() {
    let good = &lab().captures[0];
    let mut input = vec![b' '; (16 << 20) + 1];
    input.extend_from_slice(format!("\n{good}{}\n{good}\n", " ".repeat((16 << 20) - good.len())).as_bytes());
    let output = answer(fleet(&["--rows"]), &input);
    let verdicts: Vec<String> = rows(&output).iter().map(|row| row["verdict"].to_string()).collect();
    assert_eq!(verdicts, [r#""rejected""#, r#""pass""#, r#""pass""#], "{}", said(&output));
}

#[test]
fn whoever_waits_gets_each_answer_before_the_next_line() {
    let mut child =
        fleet(&["--rows"]).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let (sender, replies) = mpsc::channel();
    let reader = std::thread::spawn(move || stdout.lines().try_for_each(|line| sender.send(line.unwrap())));
    for (position, line) in lab().captures.iter().enumerate() {
        stdin.write_all(line.as_bytes()).unwrap();
        stdin.write_all(b"\n").unwrap();
        let reply = replies.recv_timeout(LIMIT).expect("an answer before the input ends");
        let row: Value = serde_json::from_str(&reply).unwrap();
        assert_eq!((&row["line"], &row["device"]), (&json!(position + 1), &json!(CASES[position].0)));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
    reader.join().unwrap().unwrap();
}

#[test]
fn a_reader_that_stops_ends_the_work_without_a_word() {
    let mut child = fleet(&["--rows"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let writer = std::thread::spawn(move || drop(stdin.write_all(captures(4000).as_bytes())));
    let mut first = [0; 16];
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.stderr.is_empty(), "{}", said(&output));
}

#[test]
fn the_bytes_are_the_same_for_one_to_eight_threads() {
    let input = captures(300);
    let one = answer(fleet(&["--rows", "--threads", "1"]), input.as_bytes()).stdout;
    for threads in ["2", "3", "8"] {
        assert!(
            answer(fleet(&["--rows", "--threads", threads]), input.as_bytes()).stdout == one,
            "{threads}"
        );
    }
}

#[test]
fn a_summary_counts_what_is_known() {
    const DEVICES: usize = 1000;
    let output = answer(fleet(&["--format", "json"]), captures(DEVICES).as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_valid(&document);
    let each = DEVICES / CASES.len();
    let rule = &document["rules"][0];
    assert_eq!(rule["verdicts"], json!({"pass": 2 * each, "fail": 3 * each, "unknown": 0}));
    let causes: BTreeMap<String, u64> = rule["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| (cause["code"].as_str().unwrap_or("pass").to_owned(), cause["count"].as_u64().unwrap()))
        .collect();
    let expected =
        [("expired", each), ("issued-by-intermediate", each), ("not-found", each), ("pass", 2 * each)];
    assert_eq!(causes, expected.map(|(code, count)| (code.to_owned(), count as u64)).into());
    assert!(
        rule["causes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|cause| cause["devices"].as_array().unwrap().len() == 10)
    );
}

/// The certificates of "by-intermediate" have the issuing CA as their issuer, the others the root.
#[test]
fn what_if_another_ca_were_uploaded() {
    let change = ["--against-ca", "lab/ca/issuing-ca.pem"];
    let output = answer(fleet(&[&["--format", "json"], &change[..]].concat()), captures(100).as_bytes());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_valid(&document);
    let mut changes: BTreeMap<&str, u64> = BTreeMap::new();
    for transition in document["rules"][0]["transitions"].as_array().unwrap() {
        *changes.entry(transition["change"].as_str().unwrap()).or_default() +=
            transition["count"].as_u64().unwrap();
    }
    assert_eq!(changes, BTreeMap::from([("breaks", 40), ("repairs", 20), ("same", 40)]));

    let output = answer(
        fleet(&[&["--format", "ndjson", "--only", "changed"], &change[..]].concat()),
        captures(5).as_bytes(),
    );
    let told: Vec<(String, String)> = rows(&output)
        .iter()
        .map(|row| {
            (
                row["device"].as_str().unwrap().to_owned(),
                row["against"]["change"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = [("good", "breaks"), ("nickname-differs", "breaks"), ("by-intermediate", "repairs")];
    assert_eq!(told, expected.map(|(device, change)| (device.to_owned(), change.to_owned())));

    let status = |on: &str| {
        answer(fleet(&[&["--fail-on", on], &change[..]].concat()), captures(5).as_bytes()).status.code()
    };
    assert_eq!((status("breaks"), status("unknown"), status("fail")), (Some(1), Some(0), Some(1)));
}

/// Only the expired certificate has failed by then; all of them do once they have expired.
#[test]
fn what_if_somebody_waited() {
    let output = answer(fleet(&["--format", "json", "--against-at", "2099-01-01"]), captures(5).as_bytes());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let changes: Vec<(&Value, &Value)> = document["rules"][0]["transitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|transition| (&transition["change"], &transition["against"]["code"]))
        .collect();
    assert!(changes.contains(&(&json!("breaks"), &json!("expired"))), "{changes:?}");
    assert!(changes.iter().all(|(change, _)| **change != json!("repairs")), "{changes:?}");
}

#[test]
fn rejected_lines_are_kept_with_their_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let (rejects, summary) = (folder.path().join("rejects.ndjson"), folder.path().join("summary.json"));
    let input = format!("not json\n{}\n\n", lab().captures[0]);
    let arguments = ["--rejects", rejects.to_str().unwrap(), "--summary", summary.to_str().unwrap()];
    let output = answer(fleet(&arguments), input.as_bytes());
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let kept: Vec<Value> = fs::read_to_string(&rejects)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(kept.len(), 1);
    assert_eq!((&kept[0]["line"], &kept[0]["raw"]), (&json!(1), &json!("not json")));
    let summary: Value = serde_json::from_slice(&fs::read(&summary).unwrap()).unwrap();
    assert_valid(&summary);
    assert_eq!(
        (&summary["rejected"]["count"], &summary["blank"], &summary["lines"]),
        (&json!(1), &json!(1), &json!(3))
    );
}

#[test]
fn events_are_what_the_framework_publishes() {
    let output = answer(fleet(&["--format", "ocsf"]), captures(CASES.len()).as_bytes());
    let events = rows(&output);
    assert_eq!(events.len(), CASES.len(), "{}", said(&output));
    let file = "tests/fixtures/ocsf/compliance_finding.schema.json";
    let schema = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("ocsf.json", serde_json::from_slice(&schema).unwrap()).unwrap();
    let mut schemas = boon::Schemas::new();
    let index = compiler.compile("ocsf.json", &mut schemas).unwrap();
    for (event, (_, verdict, code)) in events.iter().zip(CASES) {
        if let Err(why) = schemas.validate(event, index) {
            panic!("{why:#}\n{event:#}");
        }
        let status = if verdict == "pass" { 1 } else { 3 };
        assert_eq!(event["compliance"]["status_id"], status);
        assert_eq!(event["compliance"]["status_code"], code.unwrap_or("pass"));
    }
    let mut broken = events[0].clone();
    broken["compliance"]["status_id"] = json!(77);
    assert!(schemas.validate(&broken, index).is_err(), "the schema refuses what it should");
}

#[test]
fn compressed_input_is_read_and_a_torn_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(captures(5).as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    let file = folder.path().join("fleet.ndjson.gz");
    let judge = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        answer(fleet(&[file.to_str().unwrap(), "--format", "ndjson"]), b"")
    };
    let output = judge(&whole);
    assert_eq!((output.status.code(), rows(&output).len()), (Some(0), 5), "{}", said(&output));
    let output = judge(&whole[..whole.len() - 9]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(!output.stderr.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn as_many_rows_as_lines_whatever_they_hold(
        lines in proptest::collection::vec(proptest::collection::vec(any::<u8>().prop_filter("a line", |b| *b != b'\n'), 0..60), 1..30),
    ) {
        let input = lines.join(&b'\n');
        let expected = BufRead::split(&input[..], b'\n').count();
        let output = answer(fleet(&["--rows"]), &input);
        prop_assert!(output.status.success());
        prop_assert_eq!(rows(&output).len(), expected);
    }
}

/// A record of Logpush's dataset, of the lab's rule for Linux.
fn record(rule: &Value, serial: &str, id: &str, at: &str, passed: bool) -> String {
    let record = json!({
        "Timestamp": at, "PolicyID": rule["id"], "PostureCheckName": rule["name"],
        "PostureCheckType": rule["type"], "PostureEvaluatedResult": passed,
        "DeviceID": id, "DeviceSerialNumber": serial, "DeviceName": "somebody", "Email": "jo@example.com",
    });
    format!("{record}\n")
}

fn rule_of_the_lab() -> Value {
    let file = lab().folder.path().join("lab/rules/linux.json");
    let rule: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let rule = rule.get("result").cloned().unwrap_or(rule);
    let rule = rule.get("rules").map_or(rule.clone(), |rules| rules[0].clone());
    rule.as_array().map_or(rule.clone(), |rules| rules[0].clone())
}

/// A capture of a case by another name and with a serial number of its own.
fn named_capture(case: usize, id: &str, serial: Option<&str>) -> String {
    let mut capture: Value = serde_json::from_str(&lab().captures[case]).unwrap();
    capture["device"]["id"] = json!(id);
    capture["device"]["serial_number"] = json!(serial);
    format!("{capture}\n")
}

#[test]
fn records_stand_beside_the_verdicts() {
    let (good, expired) = (0, 2);
    let rule = rule_of_the_lab();
    let input = [
        named_capture(good, "a", Some("SER-A")),
        named_capture(good, "b", Some("SER-B")),
        named_capture(expired, "device-c", None),
        named_capture(expired, "d", Some("SER-D")),
        named_capture(good, "e", Some("SER-E")),
        named_capture(good, "f", Some("Default string")),
    ]
    .concat();
    let mut other_rule = rule.clone();
    other_rule["id"] = json!("00000000-0000-4000-8000-00000000ffff");
    other_rule["name"] = json!("another");
    let records = [
        record(&rule, "ser-a", "x1", "2025-05-01T00:00:00Z", false),
        record(&rule, "ser-a", "x1", "2025-05-02T00:00:00Z", true),
        record(&rule, "SER-B", "x2", "2025-05-03T00:00:00Z", false),
        record(&rule, "", "device-C", "2025-05-04T00:00:00Z", true),
        record(&rule, "SER-D", "x4", "2025-05-05T00:00:00Z", false),
        record(&rule, "SER-NOBODY", "x9", "2025-05-05T00:00:00Z", false),
        record(&rule, "Default string", "", "2025-05-05T00:00:00Z", false),
        record(&other_rule, "SER-E", "x5", "2025-05-06T00:00:00Z", false),
        "{\"torn\n".to_owned(),
    ]
    .concat();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("posture.ndjson.gz");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(records.as_bytes()).unwrap();
    fs::write(&file, gzip.finish().unwrap()).unwrap();
    let log = ["--log", file.to_str().unwrap()];
    let judged = |arguments: &[&str]| answer(fleet(&[&log, arguments].concat()), input.as_bytes());

    let output = judged(&["--rows"]);
    let rows_found = rows(&output);
    assert_eq!(rows_found.len(), 6, "{}", said(&output));
    rows_found.iter().for_each(assert_valid);
    let recorded: Vec<&Value> = rows_found.iter().map(|row| &row["recorded"]).collect();
    let result = |at: &str, result: &str, agrees: bool| json!({"at": at, "result": result, "agrees": agrees});
    assert_eq!(
        recorded,
        [
            &result("2025-05-02T00:00:00Z", "pass", true),
            &result("2025-05-03T00:00:00Z", "fail", false),
            &result("2025-05-04T00:00:00Z", "pass", false),
            &result("2025-05-05T00:00:00Z", "fail", true),
            &Value::Null,
            &Value::Null,
        ]
    );

    let document: Value = serde_json::from_slice(&judged(&["--format", "json"]).stdout).unwrap();
    assert_valid(&document);
    let beside = &document["rules"][0]["recorded"];
    let counted = ["agree", "differ", "open", "no_record"].map(|name| beside[name].as_u64().unwrap());
    assert_eq!(counted, [2, 2, 0, 2]);
    let differences: Vec<[&Value; 4]> = beside["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| [&one["recorded"], &one["verdict"], &one["count"], &one["devices"][0]["device"]])
        .collect();
    let expected = [
        [json!("fail"), json!("pass"), json!(1), json!("b")],
        [json!("pass"), json!("fail"), json!(1), json!("device-c")],
    ];
    assert_eq!(differences, expected.each_ref().map(|one| one.each_ref()));
    let counts = json!({"records": 6, "other_rules": 1, "other_types": 0, "no_device": 1, "unreadable": 1,
                        "left_out": 0, "devices_not_captured": 1});
    assert_eq!(document["log"], counts);

    let output = judged(&["--format", "ndjson", "--only", "differs"]);
    let told: Vec<Value> = rows(&output).iter().map(|row| row["device"].clone()).collect();
    assert_eq!(told, ["b", "device-c"]);
    assert_eq!(judged(&["--fail-on", "differs"]).status.code(), Some(1));
    for (format, wanted) in
        [("table", "1 recorded as fail, here pass: b"), ("html", "recorded as fail, here")]
    {
        let text = String::from_utf8(judged(&["--format", format]).stdout).unwrap();
        assert!(text.contains(wanted), "{text}");
    }
}

#[test]
fn what_is_no_log_is_an_error_and_not_silence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let status = |bytes: &[u8], arguments: &[&str]| {
        fs::write(&file, bytes).unwrap();
        let log = ["--log", file.to_str().unwrap()];
        answer(fleet(&[&log, arguments].concat()), captures(1).as_bytes()).status.code()
    };
    assert_eq!(status(b"", &[]), Some(3));
    assert_eq!(status(b"no record\n{}\n", &[]), Some(3));
    let other = br#"{"PostureCheckType":"firewall","PostureEvaluatedResult":true}"#;
    assert_eq!(status(other, &[]), Some(0));
    let without = |arguments: &[&str]| answer(fleet(arguments), b"").status.code();
    assert_eq!(without(&["--only", "differs", "--format", "ndjson"]), Some(2));
    assert_eq!(without(&["--fail-on", "differs"]), Some(2));
    assert_eq!(without(&["--log", "/nowhere"]), Some(3));
}

/// With --detail a row says what `check` says of the same capture, and without it only the short form.
#[test]
fn detail_is_what_check_says() {
    let folder = lab().folder.path();
    let output = answer(fleet(&["--rows", "--detail"]), captures(CASES.len()).as_bytes());
    for (row, (case, ..)) in rows(&output).iter().zip(CASES) {
        assert_valid(row);
        let line = &lab().captures[row["line"].as_u64().unwrap() as usize - 1];
        let file = tempfile::NamedTempFile::new_in(folder).unwrap();
        fs::write(file.path(), line).unwrap();
        let store = format!("capture:{}", file.path().display());
        let given = ["check", "--rule", "lab/rules/linux.json", "--ca", "lab/ca/root-ca.pem", "--at", AT];
        let arguments = [&given[..], &["--format", "json", "--store", &store]].concat();
        let check = command(&arguments).current_dir(folder).output().unwrap();
        let check: Value = serde_json::from_slice(&check.stdout).unwrap();
        for member in ["reasons", "fixes"] {
            assert_eq!(row[member], check[member], "{case} {member}");
        }
        assert_eq!(row["other_type"]["reasons"], check["other_type"]["reasons"], "{case}");
    }
    let short = rows(&answer(fleet(&["--rows"]), captures(3).as_bytes()));
    assert!(
        short.iter().all(|row| row.get("reasons").is_none() && row["other_type"].get("reasons").is_none())
    );
    assert_eq!(answer(fleet(&["--detail"]), b"").status.code(), Some(2));
    assert_eq!(answer(fleet(&["--detail", "--format", "ocsf"]), b"").status.code(), Some(2));
}

#[test]
fn a_device_without_a_client_is_told() {
    let with = |client: Value| {
        let mut capture: Value = serde_json::from_str(&lab().captures[0]).unwrap();
        capture["client"] = client;
        let output = answer(fleet(&["--rows"]), capture.to_string().as_bytes());
        rows(&output)[0].clone()
    };
    let missing = with(json!({"installed": false, "version": null}));
    assert_valid(&missing);
    assert_eq!((&missing["verdict"], &missing["code"]), (&json!("pass"), &json!("client-missing")));
    let installed = with(json!({"installed": true, "version": "2025.1.861.0"}));
    assert_eq!((&installed["verdict"], &installed["code"]), (&json!("pass"), &Value::Null));
}

/// The commands of docs/fleet.md, in a folder where what they name is there. (Those that need the API,
/// other programs or other systems are tested elsewhere.)
#[test]
fn the_page_shows_commands_that_work() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fleet.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let lab = lab().folder.path().join("lab");
    let place = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    for (name, file) in [
        ("root-ca.pem", "ca/root-ca.pem"),
        ("new-ca.pem", "ca/issuing-ca.pem"),
        ("rule-v2.json", "rules/linux.json"),
    ] {
        place(name, &fs::read(lab.join(file)).unwrap());
    }
    let rule: Value = serde_json::from_slice(&fs::read(lab.join("rules/linux.json")).unwrap()).unwrap();
    let rule = rule.get("rules").map_or(rule.clone(), |rules| rules[0].clone());
    let ca = fs::read_to_string(lab.join("ca/root-ca.pem")).unwrap();
    let bundle =
        json!({"schema": "certposture.bundle/1", "rules": [rule], "certificates": [{"certificates": ca}]});
    place("rule.json", bundle.to_string().as_bytes());
    place("fleet.ndjson", named_capture(0, "device-0042", None).as_bytes());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let records = ["good", "device-0042"].map(|id| record(&rule_of_the_lab(), "", id, AT, false)).concat();
    place("posture-results.ndjson", records.as_bytes());
    gzip.write_all(records.as_bytes()).unwrap();
    place("posture-results.ndjson.gz", &gzip.finish().unwrap());
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    place("fleet.ndjson.zst", &ruzstd::encoding::compress_to_vec(captures(10).as_bytes(), level));
    place(
        "osqueryd.snapshots.log",
        br#"{"snapshot":[{"certificates":"0","keys":"0"}],"hostIdentifier":"h","unixTime":1}"#,
    );
    let mut run = 0;
    for line in page.lines().map(str::trim_start).filter(|line| line.starts_with("certposture ")) {
        if line.contains("pull ") || line.contains("/var/lib/") || line.contains(['|', '>']) {
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().skip(1).chain(["--at", AT]).collect();
        let output = command(&words).current_dir(folder.path()).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{line}: {}", said(&output));
        assert!(!output.stdout.is_empty(), "{line}");
        run += 1;
    }
    assert!(run >= 6, "{run}");
}
