//! Every recipe for jq in docs/json.md, as it stands there, on the answer to one rule and to several.

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

const AT: &str = "2026-06-01T12:00:00Z";

/// The recipes of the page, in its order.
fn recipes() -> Vec<String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once("## With jq\n").unwrap();
    let blocks = section.split("\n\n").filter(|block| block.starts_with("    "));
    blocks.map(|block| block.trim_end().to_owned()).collect()
}

/// A lab, a rule and a pair of rules, and a `certposture` that judges one of the lab's certificates.
fn lab(store: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_certposture");
    let made = Command::new(program)
        .args(["lab", ".", "-q", "--days", "20", "--at", AT])
        .current_dir(folder.path())
        .status();
    assert!(made.unwrap().success());
    let file = |name: &str| folder.path().join(name);
    fs::copy(file("ca/root-ca.pem"), file("root-ca.pem")).unwrap();
    fs::rename(file("der"), file("certificates")).unwrap();
    let own: Value = serde_json::from_slice(&fs::read(file("rules/linux.json")).unwrap()).unwrap();
    let mut others = own.clone();
    others["name"] = "Another's".into();
    others["input"]["cn"] = "somebody-else".into();
    fs::write(file("one.json"), own.to_string()).unwrap();
    fs::write(file("several.json"), json!([own, others]).to_string()).unwrap();
    let script = format!(
        "#!/bin/sh\ncase $1 in\n\
         check) exec {program} \"$@\" --at {AT} --hostname laptop-7 --ca root-ca.pem --store {store} ;;\n\
         list) exec {program} \"$@\" --at {AT} --store {store} ;;\n\
         *) exec {program} \"$@\" --at {AT} ;;\nesac\n"
    );
    fs::write(file("certposture"), script).unwrap();
    assert!(
        Command::new("chmod")
            .args(["755", "certposture"])
            .current_dir(folder.path())
            .status()
            .unwrap()
            .success()
    );
    folder
}

/// What a recipe prints. Nothing may stand on standard error.
fn run(folder: &Path, rule: &str, recipe: &str) -> String {
    fs::copy(folder.join(rule), folder.join("bundle.json")).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let output =
        Command::new("sh").args(["-c", recipe]).current_dir(folder).env("PATH", path).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{recipe}");
    assert!(output.status.success(), "{recipe}");
    String::from_utf8(output.stdout).unwrap()
}

/// What stands in the answers to one rule and to several, beside each other.
fn answers(store: &str) -> Vec<[String; 2]> {
    let folder = lab(store);
    let both = |recipe: String| ["one.json", "several.json"].map(|rule| run(folder.path(), rule, &recipe));
    recipes().into_iter().map(both).collect()
}

#[test]
fn every_recipe_holds_for_one_rule_and_for_several() {
    let told = answers("nss:nss/expired");
    let line = "Certposture lab (linux)\tfail\texpired\n";
    let log = |codes: &str| {
        format!(
            "{{\"evaluated_at\":\"{AT}\",\"host\":\"laptop-7\",\"verdict\":\"fail\",\"days_left\":-2,\
             \"reasons\":[{codes}]}}\n"
        )
    };
    let error = "::error title=expired::The certificate expired on 2026-05-30 12:00:00 UTC, 2 days ago\n";
    let other = "::error title=not-found::";
    assert_eq!(told.len(), 8);
    assert_eq!(told[0], ["fail expired\n", "fail expired\n"]);
    assert_eq!(told[1], ["", ""]);
    assert_eq!(told[2], [line, &format!("{line}Another's\tfail\tnot-found\n")]);
    assert_eq!(told[3], [log("\"expired\""), log("\"expired\",\"not-found\"")]);
    assert_eq!(told[4], ["", ""]);
    assert_eq!(told[5][0], error);
    assert!(told[5][1].starts_with(&format!("{error}{other}")), "{}", told[5][1]);
    assert_eq!(told[5][1].lines().count(), 2);
    assert_eq!(told[6][0], "-2\tdevice-042\tnss:nss/expired\n");
    let files = "certificates/by-intermediate.der\tintermediate-missing\ncertificates/expired.der\texpired\n\
                 certificates/wrong-issuer.der\tintermediate-missing\n";
    assert_eq!(told[7][0], files);
}

#[test]
fn what_passes_and_what_can_be_repaired() {
    let told = answers("nss:nss/good");
    assert_eq!(told[0], ["pass expires-soon\n", "fail not-found\n"]);
    assert!(told[3][0].contains("\"verdict\":\"pass\",\"days_left\":20,"), "{}", told[3][0]);
    for mail in &told[4] {
        assert_eq!(mail.lines().count(), 1, "{mail}");
        assert!(mail.contains("2026-06-21"), "{mail}");
    }
    assert!(told[5][1].contains("\n::warning title=expires-soon::"), "{}", told[5][1]);
    // The original type looks up by nickname; there the fix is a command.
    let folder = lab("nss:nss/nickname-differs");
    let rule = json!({"type": "client_certificate", "input": {"cn": "device-042"}});
    fs::write(folder.path().join("old.json"), rule.to_string()).unwrap();
    let commands = run(folder.path(), "old.json", &recipes()[1]);
    assert!(commands.starts_with("certutil --rename -d sql:"), "{commands}");
}
