//! The shell parts of docs/automation, run.

use std::fs;
use std::path::Path;
use std::process::Command;

fn lab() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_certposture"));
    let made = program.args(["lab", ".", "-q"]).current_dir(folder.path()).status().unwrap();
    assert!(made.success());
    folder
}

/// A stand-in for the program that judges one certificate of the lab.
fn program(folder: &Path, case: &str) -> String {
    let file = folder.join("certposture");
    let lab = folder.display();
    let script = format!(
        "#!/bin/sh\nexec {} \"$@\" --ca {lab}/ca/root-ca.pem --store nss:/etc/pki/nssdb={lab}/pem/{case}\n",
        env!("CARGO_BIN_EXE_certposture")
    );
    fs::write(&file, script).unwrap();
    assert!(Command::new("chmod").arg("755").arg(&file).status().unwrap().success());
    file.display().to_string()
}

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/automation").join(name)).unwrap()
}

#[test]
fn the_extension_attribute_tells_verdict_and_code() {
    let folder = lab();
    let said = |case: &str, rule: &str| {
        let script = read("jamf-extension-attribute.sh")
            .replace("/usr/local/bin/certposture", &program(folder.path(), case))
            .replace("/Library/Management/certposture/bundle.json", rule);
        let output = Command::new("sh").arg("-c").arg(script).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        String::from_utf8(output.stdout).unwrap()
    };
    let rule = folder.path().join("rules/linux.json").display().to_string();
    assert_eq!(said("good", &rule), "<result>pass</result>\n");
    assert_eq!(said("expired", &rule), "<result>fail expired</result>\n");
    assert_eq!(said("key-missing", &rule), "<result>unknown private-key-unknown</result>\n");
    assert_eq!(said("good", "/nowhere"), "<result>not installed</result>\n");
    let faulty = folder.path().join("faulty.json");
    fs::write(&faulty, "{}").unwrap();
    assert_eq!(said("good", &faulty.display().to_string()), "<result>unknown rule-malformed</result>\n");
}

#[test]
fn the_step_of_the_workflow_fails_with_the_check_and_keeps_its_report() {
    let folder = lab();
    fs::create_dir(folder.path().join("posture")).unwrap();
    fs::copy(folder.path().join("rules/linux.json"), folder.path().join("posture/bundle.json")).unwrap();
    let workflow = read("github-actions.yml");
    let step = workflow.split("run: |\n").nth(1).unwrap().split("\n      - ").next().unwrap();
    for (case, status) in [("good", 0), ("expired", 1)] {
        program(folder.path(), case);
        let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
        let summary = folder.path().join("summary");
        let mut shell = Command::new("sh");
        shell.args(["-e", "-c", step]).env("PATH", path).env("GITHUB_STEP_SUMMARY", &summary);
        assert_eq!(shell.current_dir(folder.path()).status().unwrap().code(), Some(status), "{case}");
        let page = fs::read_to_string(folder.path().join("posture.html")).unwrap();
        assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
        assert!(fs::read_to_string(&summary).unwrap().contains("device-042"));
    }
}
