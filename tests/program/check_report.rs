//! What `check` prints for people, on the databases and files under `tests/fixtures`.

use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const AT: &str = "2026-01-01T00:00:00Z";

/// The report, with this checkout's path replaced. `arguments` are separated by blanks.
fn report(arguments: &str) -> String {
    report_with(arguments, &[])
}

fn report_with(arguments: &str, further: &[&str]) -> String {
    report_in("C.UTF-8", arguments, further)
}

fn report_in(locale: &str, arguments: &str, further: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
        .current_dir(ROOT)
        .env("LC_ALL", locale)
        .arg("check")
        .args((!arguments.contains("--at ")).then_some(["--at", AT]).into_iter().flatten())
        .args(arguments.split_whitespace())
        .args(further)
        .output()
        .unwrap();
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let status = output.status.code().unwrap();
    format!("{}exit status {status}\n", told.replace(ROOT, "/home/jo/certposture"))
}

const CA: &str = "--ca tests/fixtures/ca/root-ca.pem";

fn of_database(database: &str, arguments: &str) -> String {
    report(&format!("{CA} --store nss:tests/fixtures/nssdb-{database} {arguments}"))
}

#[test]
fn nickname_differs() {
    insta::assert_snapshot!(of_database("failing", "--cn device-042"));
}

/// No text of the program's own needs more than ASCII, and names from outside stay as they are.
#[test]
fn a_locale_without_unicode_gets_ascii() {
    for (rule_type, name) in [("client_certificate", "device-042"), ("client_certificate_v2", "Jo\u{2013}1")]
    {
        let arguments =
            format!("{CA} --store nss:tests/fixtures/nssdb-failing --elsewhere --type {rule_type}");
        let told = report_in("C", &arguments, &["-v", "--cn", name]);
        assert!(told.contains(name), "{told}");
        assert!(told.replace(name, "").is_ascii(), "{told}");
    }
}

#[test]
fn passes() {
    insta::assert_snapshot!(of_database("passing", "--cn device-042"));
}

#[test]
fn passes_as_version_two() {
    insta::assert_snapshot!(of_database("failing", "--cn DEVICE-042 --type client_certificate_v2"));
}

#[test]
fn another_device() {
    insta::assert_snapshot!(of_database("passing", "--cn device-043"));
}

#[test]
fn name_of_the_ca() {
    let name = ["--cn", "Example Root CA"];
    insta::assert_snapshot!(report_with(&format!("{CA} --store nss:tests/fixtures/nssdb-password"), &name));
}

#[test]
fn case_differs() {
    insta::assert_snapshot!(of_database("passing", "--cn Device-042"));
}

#[test]
fn forged_lines_are_escaped() {
    let name = ["--cn", "device-042\n\u{1b}[2KPASS  \u{202e}240-ecived"];
    insta::assert_snapshot!(report_with(&format!("{CA} --store nss:tests/fixtures/nssdb-passing"), &name));
}

#[test]
fn expired() {
    let arguments = "--cn device-042 --at 2034-12-02T00:00:00Z";
    insta::assert_snapshot!(of_database("passing", arguments));
}

#[test]
fn database_is_empty() {
    insta::assert_snapshot!(of_database("empty", "--cn device-042"));
}

#[test]
fn database_is_damaged() {
    insta::assert_snapshot!(of_database("truncated", "--cn device-042"));
}

#[test]
fn key_database_is_missing() {
    insta::assert_snapshot!(of_database("no-keys", "--cn device-042"));
}

#[test]
fn database_of_the_old_format() {
    insta::assert_snapshot!(of_database("legacy", "--cn device-042"));
}

#[test]
fn another_ca() {
    let arguments =
        "--ca tests/fixtures/files/ca.pem --cn device-042 --store nss:tests/fixtures/nssdb-passing";
    insta::assert_snapshot!(report(arguments));
}

#[test]
fn ca_cannot_be_read() {
    let arguments = "--ca tests/fixtures/README.md --cn device-042 --store nss:tests/fixtures/nssdb-passing";
    insta::assert_snapshot!(report(arguments));
}

/// Everything that a rule may ask for, not met.
#[test]
fn rule_with_every_demand() {
    let folder = tempfile::tempdir().unwrap();
    let rule = folder.path().join("rule.json");
    let json = r#"{"id": "8f0cb5f5-0000-4000-8000-000000000001", "name": "Managed laptops",
        "type": "client_certificate_v2", "schedule": "15m", "expiration": "1h",
        "input": {"certificate_id": "2f9c41d0-0000-4000-8000-000000000001", "cn": "${hostname}",
            "check_private_key": true, "operating_system": "linux",
            "extended_key_usage": ["clientAuth", "emailProtection"],
            "locations": {"trust_stores": ["system", "user"]},
            "subject_alternative_names": ["device-042.example.com"]}}"#;
    std::fs::write(&rule, json).unwrap();
    let arguments = format!("{CA} --store nss:tests/fixtures/nssdb-failing --hostname device-042");
    insta::assert_snapshot!(report_with(&arguments, &["--rule", rule.to_str().unwrap()]));
}

#[test]
fn files_judged_as_on_windows() {
    let arguments = format!("{CA} --store file:tests/fixtures/ca --os windows --cn CA*2");
    insta::assert_snapshot!(report(&arguments));
}
