//! What a capture says is what `check` says on the device, to the byte.

use crate::support::keychain::certificate;
use crate::support::keychain::writer::Keychain;
use crate::support::nssdb::fixture;
use crate::support::run::{certposture, command, said};
use crate::support::schema::assert_valid;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const AT: &str = "2025-06-01T12:00:00Z";

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder)
}

/// Every store that the project has a fixture of: databases in each state, files in each form.
fn stores(scratch: &Path) -> Vec<String> {
    let mut stores: Vec<String> = Vec::new();
    let names = ["empty", "failing", "legacy", "no-keys", "not-sqlite", "passing", "password", "truncated"];
    stores.extend(names.iter().map(|name| format!("nss:{}", fixture(&format!("nssdb-{name}")).display())));
    for folder in ["files", "pkcs12", "serialized"] {
        stores.push(format!("file:{}", fixtures(folder).display()));
        let mut files: Vec<PathBuf> =
            fs::read_dir(fixtures(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        stores.extend(files.iter().map(|file| format!("file:{}", file.display())));
    }
    let mut keychain = Keychain::new();
    keychain.add(&certificate::named("device-042", 1), "Jo's \u{202e} laptop", [7; 20]);
    keychain.add(&certificate::named("device-042 (old)", 2), "old", None);
    keychain.add_key([7; 20]);
    fs::write(scratch.join("System.keychain"), keychain.bytes()).unwrap();
    stores.push(format!("keychain:{}", scratch.join("System.keychain").display()));
    stores.push(format!("keychain:login={}", scratch.join("System.keychain").display()));
    let blob = fixtures("serialized/with-key.blob");
    stores.push(format!(r"windows:CurrentUser\My={}", blob.display()));
    stores.push(format!(r"windows:LocalMachine\My={}", blob.display()));
    stores
}

fn check(store: &str, rule: &[&str]) -> (Vec<u8>, Option<i32>) {
    let ca = fixtures("files/ca.pem");
    let ca = ca.to_str().unwrap();
    let output = certposture(
        &[&["check", "--store", store, "--ca", ca, "--at", AT, "--format", "json"], rule].concat(),
    );
    (output.stdout, output.status.code())
}

#[test]
fn judging_a_capture_equals_check_on_the_device() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("capture.ndjson");
    let captured = format!("capture:{}", file.display());
    let mut compared = 0;
    for store in stores(scratch.path()) {
        // Only loose files leave open whose look-up applies to them.
        let systems: &[Option<&str>] =
            if store.starts_with("file:") { &[None, Some("windows"), Some("macos")] } else { &[None] };
        for system in systems {
            let os: Vec<&str> = system.iter().flat_map(|system| ["--os", system]).collect();
            let output = certposture(
                &[&["capture", "--store", &store, "--at", AT, "-o", file.to_str().unwrap()], &os[..]]
                    .concat(),
            );
            assert!(output.status.success(), "{store}: {}", said(&output));
            for rule in [
                &["--cn", "device-042"][..],
                &["--cn", "device-042", "--type", "client_certificate_v2"],
                &["--cn", "${serial_number}", "--type", "client_certificate_v2", "--hostname", "x"],
            ] {
                let live = check(&store, &[rule, &os].concat());
                let judged = check(&captured, rule);
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                assert!(
                    live == judged,
                    "{store} {system:?} {rule:?}\n{}\n{}",
                    text(&live.0),
                    text(&judged.0)
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

fn capture(arguments: &[&str]) -> Value {
    let output = certposture(&[&["capture", "--elsewhere", "none", "--at", AT], arguments].concat());
    assert!(output.status.success(), "{}", said(&output));
    let line = String::from_utf8(output.stdout).unwrap();
    assert_eq!(line.matches('\n').count(), 1);
    serde_json::from_str(&line).unwrap()
}

#[test]
fn a_capture_is_what_its_schema_says() {
    let scratch = tempfile::tempdir().unwrap();
    for store in stores(scratch.path()) {
        assert_valid(&capture(&["--store", &store, "--id", "device\u{202e}\n7"]));
    }
    assert_valid(&capture(&[]));
}

/// The fixtures' keys stand in PEM beside them: none of their lines may be in any capture.
#[test]
fn no_byte_of_a_key_is_captured() {
    let folder = fixtures("files");
    // The modulus of an RSA key, in its first lines, is public, and so is the end of one of a curve.
    let secrets: Vec<(&str, String)> = ["rsa.key", "pss.key", "p256.key", "p384.key", "p521.key"]
        .into_iter()
        .map(|key| {
            let pem = fs::read_to_string(folder.join(key)).unwrap();
            let lines: Vec<&str> = pem.lines().filter(|line| !line.contains('-')).collect();
            (key, lines[if key.starts_with('p') && key != "pss.key" { 0 } else { 12 }].to_owned())
        })
        .collect();
    let stores =
        [format!("file:{}", folder.display()), format!("nss:{}", fixture("nssdb-passing").display())];
    for store in stores {
        let line = capture(&["--store", &store]).to_string();
        for (key, part) in &secrets {
            assert!(!holds(&line, part), "{store} {key}");
        }
        assert!(!line.contains("PRIVATE"), "{store}");
    }
}

/// Whether some base64 string in `document` decodes to bytes that hold those of `part`.
fn holds(document: &str, part: &str) -> bool {
    use base64ct::{Base64, Encoding as _};
    let wanted = Base64::decode_vec(part).unwrap();
    let strings = document.split('"').filter(|text| text.len() >= 64);
    let decoded = strings.filter_map(|text| Base64::decode_vec(text).ok());
    decoded.into_iter().any(|bytes| memchr::memmem::find(&bytes, &wanted).is_some())
}

fn lab() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = command(&["lab", "lab", "-q", "--at", AT]).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    folder
}

#[test]
fn a_file_that_the_rule_names_and_the_capture_lacks_makes_the_verdict_unknown() {
    let folder = lab();
    let rule = serde_json::json!({
        "type": "client_certificate_v2",
        "input": {"certificate_id": "1", "cn": "device-042", "operating_system": "linux", "check_private_key": false,
                  "locations": {"paths": ["/etc/device/client.pem"]}},
    });
    fs::write(folder.path().join("rule.json"), rule.to_string()).unwrap();
    let said_by = |arguments: &[&str]| {
        let output = command(arguments).current_dir(folder.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(said_by(&["capture", "--elsewhere", "none", "-o", "without.ndjson"]).0, Some(0));
    let (status, document) = said_by(&[
        "check",
        "--store",
        "capture:without.ndjson",
        "--rule",
        "rule.json",
        "--ca",
        "lab/ca/root-ca.pem",
        "--format",
        "json",
        "--at",
        AT,
    ]);
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!((status, &document["verdict"]), (Some(3), &"unknown".into()), "{document:#}");
    assert_eq!(document["stores"][0]["status"], "not-captured");
}

#[cfg(unix)]
#[test]
fn a_capture_is_its_owners_alone_and_whole_or_not_there() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture.ndjson");
    let write = || certposture(&["capture", "--elsewhere", "none", "-o", file.to_str().unwrap()]);
    assert!(write().status.success());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(write().status.success(), "replaces the former one");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let output = certposture(&["capture", "--elsewhere", "none", "-o", "/nowhere/capture.ndjson"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
}

#[test]
fn one_of_several_captures_is_named() {
    let folder = lab();
    let run = |arguments: &[&str]| command(arguments).current_dir(folder.path()).output().unwrap();
    let mut lines = String::new();
    for (case, id) in [("good", "one"), ("expired", "two")] {
        let output = run(&["capture", "--store", &format!("nss:lab/nss/{case}"), "--id", id]);
        lines += &String::from_utf8(output.stdout).unwrap();
    }
    fs::write(folder.path().join("both.ndjson"), lines).unwrap();
    let check = |store: &str| {
        run(&["check", "--store", store, "--cn", "device-042", "--ca", "lab/ca/root-ca.pem", "--at", AT])
            .status
            .code()
    };
    assert_eq!(check("capture:both.ndjson#one"), Some(0));
    assert_eq!(check("capture:both.ndjson#two"), Some(1));
    assert_eq!(check("capture:both.ndjson#three"), Some(2));
    assert_eq!(check("capture:both.ndjson"), Some(2));
}

/// Without any store given: this machine's own, whatever they are.
#[test]
fn judging_a_capture_of_this_machine_equals_check_here() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture.ndjson");
    let captured = format!("capture:{}", file.display());
    let output = certposture(&["capture", "--elsewhere", "all", "--at", AT, "-o", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    let ca = fixtures("files/ca.pem");
    for rule_type in ["client_certificate", "client_certificate_v2"] {
        for name in ["device-042", "${hostname}", "${serial_number}"] {
            let rule = ["--cn", name, "--type", rule_type, "--ca", ca.to_str().unwrap(), "--at", AT];
            let check =
                |store: &[&str]| certposture(&[&["check", "--format", "json"], store, &rule].concat());
            let (live, judged) = (check(&[]), check(&["--store", &captured]));
            assert!(!live.stdout.is_empty(), "{}", said(&live));
            assert_eq!(said(&live), said(&judged), "{rule_type} {name}");
        }
    }
}
