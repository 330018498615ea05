//! What Windows' `certutil -store` prints, as evidence: enough for the look-up, and never for a pass. The texts have
//! the layout that Microsoft documents for `certutil -store`, in the words of two languages.

use crate::support::run::certposture;
use crate::support::schema::assert_valid;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// `%` is a line of sixteen equals signs.
const ENGLISH: &str = "my \"Personal\"\r\n% Certificate 0 %\r\nSerial Number: 5a1f\r\n\
    Issuer: CN=P12 Test CA\r\n NotBefore: 1/1/2025 12:00 AM\r\n NotAfter: 3/4/2028 12:00 AM\r\n\
    Subject: CN=LAPTOP-7F3K2, OU=\"Devices, EMEA\", O=Acme\r\nNon-root Certificate\r\nTemplate: \r\n\
    Cert Hash(sha1): 9ec3fcb9274a228ac8d13f91b43f455fed1e850f\r\n  Key Container = te-x\r\n\
    \x20 Unique container name: 7b90a71b_e4c0ab3c\r\n  Provider = Microsoft Software Key Storage Provider\r\n\
    Encryption test passed\r\n\r\n% Certificate 1 %\r\nSerial Number: b3f33360411e2b8045cd75cf9588a23d\r\n\
    Issuer: CN=Other CA\r\n NotBefore: 7/1/2012 10:34 PM\r\n NotAfter: 12/31/2019 6:59 PM\r\n\
    Subject: EMPTY (DNS Name=x.example)\r\n\
    Cert Hash(sha1): 32 c6 b7 33 0f 30 64 41 f9 16 95 0d d5 65 a7 30 9c 50 b9 c2\r\nNo key provider information\r\n\
    CertUtil: -store command completed successfully.\r\n";

const GERMAN: &str = "my \"Eigene Zertifikate\"\n% Zertifikat 0 %\nSeriennummer: 5a1f\nAussteller: CN=P12 Test CA\n\
    \x20Nicht vor: 01.01.2025 00:00\n Nicht nach: 04.03.2028 00:00\nAntragsteller: CN=LAPTOP-7F3K2, OU=Geräte\n\
    Kein Stammzertifikat\nZertifikathash(sha1): 9ec3fcb9274a228ac8d13f91b43f455fed1e850f\n\
    \x20 Schlüsselcontainer = te-x\n  Anbieter = Microsoft Software Key Storage Provider\n\
    CertUtil: -store-Befehl wurde erfolgreich ausgeführt.\n";

fn written(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    fs::write(&file, text.replace('%', "================")).unwrap();
    file.to_str().unwrap().to_owned()
}

fn json(arguments: &[&str]) -> Value {
    let document = serde_json::from_slice(&certposture(arguments).stdout).unwrap();
    assert_valid(&document);
    document
}

fn check(store: &str, name: &str, more: &[&str]) -> Value {
    let ca = format!("{}/tests/fixtures/pkcs12/ca.der", env!("CARGO_MANIFEST_DIR"));
    let arguments = ["check", "--json", "--cn", name, "--ca", &ca, "--store", store];
    let at: &[&str] = if more.contains(&"--at") { &[] } else { &["--at", "2026-12-01"] };
    json(&[&arguments[..], at, more].concat())
}

fn told(answer: &Value) -> (&str, &str) {
    (answer["verdict"].as_str().unwrap(), answer["reasons"][0]["code"].as_str().unwrap())
}

#[test]
fn what_the_listing_says_is_read_in_any_language() {
    let folder = tempfile::tempdir().unwrap();
    for (text, subject, last) in [
        (ENGLISH, "CN=LAPTOP-7F3K2, OU=\"Devices, EMEA\", O=Acme", "2028-04-03T23:59:59Z"),
        (GERMAN, "CN=LAPTOP-7F3K2, OU=Geräte", "2028-03-04T23:59:59Z"),
    ] {
        let file = written(folder.path(), "store.txt", text);
        let listed = json(&["list", "--json", "--store", &format!("file:{file}")]);
        let certificate = &listed["certificates"][0];
        let facts = ["described", "sha1", "subject_compared", "serial", "private_key", "not_after", "key"];
        let facts: Vec<&Value> = facts.iter().map(|fact| &certificate[*fact]).collect();
        let sha1 = "9ec3fcb9274a228ac8d13f91b43f455fed1e850f";
        assert_eq!(json!(facts), json!([true, sha1, subject, "5a1f", "present", last, null]));
        assert_eq!(certificate["extended_key_usage"], Value::Null);
    }
    let file = written(folder.path(), "store.txt", ENGLISH);
    let listed = json(&["list", "--json", "--store", &format!("file:{file}")]);
    assert_eq!(listed["certificates"][1]["private_key"], "absent");
    assert_eq!(listed["certificates"][1]["common_name"], Value::Null);
}

#[test]
fn a_listing_is_enough_for_the_look_up_and_never_for_a_pass() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "store.txt", ENGLISH);
    let (user, machine) =
        (format!("windows:CurrentUser\\My={file}"), format!("windows:LocalMachine\\My={file}"));
    let found = check(&user, "LAPTOP-7F3K2", &[]);
    assert_eq!(told(&found), ("unknown", "evidence-partial"));
    let message = found["reasons"][0]["message"].as_str().unwrap();
    assert!(message.contains("cannot be seen") && message.contains("CN=P12 Test CA"), "{message}");
    let fix = &found["fixes"][0];
    assert!(fix["message"].as_str().unwrap().contains("Export-Certificate -Type SST"), "{fix}");
    assert_eq!(fix["command"], Value::Null);
    // The look-up of the original type searches the whole subject.
    assert_eq!(told(&check(&user, "Devices, EMEA", &[])).0, "unknown");
    assert_eq!(told(&check(&user, "LAPTOP-9", &[])), ("fail", "not-found"));
    assert_eq!(told(&check(&machine, "LAPTOP-7F3K2", &[])).0, "unknown");
    let rule = ["--type", "client_certificate_v2"];
    assert_eq!(told(&check(&machine, "LAPTOP-7F3K2", &rule)).0, "unknown");
}

#[test]
fn dates_are_certain_where_every_reading_of_them_is() {
    let folder = tempfile::tempdir().unwrap();
    let user = format!("windows:CurrentUser\\My={}", written(folder.path(), "store.txt", ENGLISH));
    let at = |moment: &str| {
        let answer = check(&user, "LAPTOP-7F3K2", &["--at", moment]);
        told(&answer).0.to_owned()
    };
    // 3/4/2028 may be in March or in April.
    assert_eq!(at("2028-03-20"), "unknown");
    assert_eq!(at("2028-04-05T12:00:00Z"), "fail");
}

#[test]
fn a_capture_keeps_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let user = format!("windows:CurrentUser\\My={}", written(folder.path(), "store.txt", ENGLISH));
    let line = certposture(&["capture", "--store", &user]).stdout;
    let file = folder.path().join("device.json");
    fs::write(&file, line).unwrap();
    let answer = check(&format!("capture:{}", file.display()), "LAPTOP-7F3K2", &[]);
    assert_eq!(told(&answer), ("unknown", "evidence-partial"));
    assert_eq!(answer["certificates"][0]["sha1"], "9ec3fcb9274a228ac8d13f91b43f455fed1e850f");
}
