//! The scripts of docs/automation with what they call: ansible-playbook, curl, systemd.

use crate::cloudflare_server::{Reply, Server};
use crate::support::schema::assert_valid;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_certposture");
const AT: &str = "2025-06-01T12:00:00Z";

fn automation(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/automation").join(name)
}

fn told(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

fn lab() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(PROGRAM);
    assert!(
        program.args(["lab", "lab", "-q", "--at", AT]).current_dir(folder.path()).status().unwrap().success()
    );
    folder
}

/// The program of a host whose database is one of the lab's.
fn program(folder: &Path, case: &str) -> String {
    let file = folder.join(format!("certposture-{case}"));
    let script = format!(
        "#!/bin/sh\n\
         case $1 in\n\
         capture) exec {PROGRAM} \"$@\" --store nss:{}/lab/nss/{case} ;;\n\
         *) exec {PROGRAM} \"$@\" --at {AT} ;;\n\
         esac\n",
        folder.display()
    );
    fs::write(&file, script).unwrap();
    assert!(Command::new("chmod").arg("755").arg(&file).status().unwrap().success());
    file.display().to_string()
}

fn bundle(folder: &Path) {
    let rule: Value =
        serde_json::from_slice(&fs::read(folder.join("lab/rules/linux.json")).unwrap()).unwrap();
    let ca = fs::read_to_string(folder.join("lab/ca/root-ca.pem")).unwrap();
    let bundle =
        json!({"schema": "certposture.bundle/1", "rules": [rule], "certificates": [{"certificates": ca}]});
    fs::write(folder.join("bundle.json"), bundle.to_string()).unwrap();
}

#[test]
fn the_play_captures_every_host_and_judges_them_together() {
    for (cases, fails) in [(&["good", "nickname-differs"][..], false), (&["good", "expired"], true)] {
        let folder = lab();
        let here = folder.path();
        bundle(here);
        fs::create_dir(here.join("captures")).unwrap();
        fs::copy(automation("ansible.yml"), here.join("ansible.yml")).unwrap();
        let host = |case: &&str| {
            let (program, folder) = (program(here, case), here.join(case));
            format!("{case} certposture={program} folder={}\n", folder.display())
        };
        let hosts: String = cases.iter().map(host).collect();
        let inventory = format!(
            "{hosts}localhost certposture={}\n[all:vars]\nansible_connection=local\n",
            program(here, "good")
        );
        fs::write(here.join("inventory"), inventory).unwrap();
        let output = Command::new("ansible-playbook")
            .args(["-i", "inventory", "ansible.yml", "-e", "rule=bundle.json", "-e", "ansible_become=false"])
            .args([
                "-e",
                "ansible_python_interpreter=/usr/bin/python3",
                "--limit",
                &format!("{},localhost", cases.join(",")),
            ])
            .current_dir(here)
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        assert_eq!(output.status.success(), !fails, "{}", told(&output));
        let summary: Value = serde_json::from_slice(&fs::read(here.join("fleet.json")).unwrap()).unwrap();
        assert_valid(&summary);
        let verdicts = &summary["rules"][0]["verdicts"];
        let (pass, fail) = if fails { (2, 1) } else { (3, 0) };
        assert_eq!(*verdicts, json!({"pass": pass, "fail": fail, "unknown": 0}), "{}", told(&output));
        let line = fs::read_to_string(here.join("captures/good.ndjson")).unwrap();
        let capture: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((line.matches('\n').count(), &capture["device"]["id"]), (1, &json!("good")));
    }
}

#[test]
fn the_collecting_script_sends_the_line_under_the_devices_name() {
    let folder = lab();
    let here = folder.path();
    bundle(here);
    let script = fs::read_to_string(automation("collect.sh"))
        .unwrap()
        .replace("/usr/local/bin/certposture", &program(here, "good"))
        .replace("/Library/Management/certposture", here.to_str().unwrap());
    let run = |server: Option<&Server>| {
        let address = server.map(|server| format!("{}/captures/{{}}.ndjson?sas=1&x=2", server.url()));
        let mut shell = Command::new("sh");
        // What Jamf gives: mount point, computer's name, user, and the parameters of the policy.
        shell.args(["-c", &script, "collect.sh", "/", "computer", "jo"]).args(address);
        shell.current_dir(here).output().unwrap()
    };
    let server = Server::start(|_, _| Reply::new(201, ""));
    let output = run(Some(&server));
    assert!(output.status.success(), "{}", told(&output));
    let [request] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    let name = String::from_utf8(Command::new("hostname").output().unwrap().stdout).unwrap();
    assert_eq!(request.line, format!("PUT /captures/{}.ndjson?sas=1&x=2", name.trim()));
    assert_eq!(request.header("x-ms-blob-type"), Some("BlockBlob"));
    let capture: Value = serde_json::from_str(&request.body).unwrap();
    assert_valid(&capture);
    assert_eq!(capture["device"]["id"], name.trim());

    let refuses = Server::start(|_, _| Reply::new(403, ""));
    assert!(!run(Some(&refuses)).status.success());
    fs::remove_file(here.join("capture.ndjson")).unwrap();
    assert!(run(None).status.success());
    assert!(here.join("capture.ndjson").exists(), "without an address the line stays here");
}

#[test]
fn the_timer_and_its_service_are_what_systemd_wants() {
    let folder = lab();
    let here = folder.path();
    let service = fs::read_to_string(automation("certposture-capture.service")).unwrap();
    let program = program(here, "good");
    let service = service
        .replace("/usr/bin/certposture", &program)
        .replace("/var/lib/certposture", here.to_str().unwrap())
        .replace("Documentation=man:certposture-capture(1)\n", "");
    fs::write(here.join("certposture-capture.service"), &service).unwrap();
    fs::copy(automation("certposture-capture.timer"), here.join("certposture-capture.timer")).unwrap();
    let verify =
        |name: &str| Command::new("systemd-analyze").arg("verify").arg(here.join(name)).output().unwrap();
    for name in ["certposture-capture.service", "certposture-capture.timer"] {
        let output = verify(name);
        assert!(output.status.success() && output.stderr.is_empty(), "{}", told(&output));
    }
    let command =
        service.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap().replace("%H", "host-7");
    let output = Command::new("sh").args(["-c", &command]).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let capture: Value = serde_json::from_slice(&fs::read(here.join("capture.ndjson")).unwrap()).unwrap();
    assert_eq!(capture["device"]["id"], "host-7");
    fs::write(here.join("certposture-capture.service"), service.replace("Type=oneshot", "Type=nonsense"))
        .unwrap();
    assert!(!verify("certposture-capture.service").stderr.is_empty(), "systemd notices what is wrong");
}
