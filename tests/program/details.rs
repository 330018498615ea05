//! What tells one certificate from another: thumbprint, extensions, and the subject as the look-up sees it.

use crate::support::run::{certposture, said};
use serde_json::{Value, json};
use std::fs;

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/detailed/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The SHA-1 that OpenSSL printed, as Windows writes it.
fn sha1() -> String {
    let printed = fs::read_to_string(fixture("device.sha1")).unwrap();
    printed.trim().rsplit_once('=').unwrap().1.replace(':', "").to_lowercase()
}

/// As .NET's X500DistinguishedName writes it: last part first, quoted where a comma stands in it, and E for
/// the e-mail address.
const ON_WINDOWS: &str = "E=jo@corp.example, CN=Device 7, OU=\"Corp, EMEA\", DC=corp, DC=example";

const NAMES: [&str; 4] =
    ["DNS:device-7.corp.example", "email:jo@corp.example", "URI:IntuneDeviceId://6f1c", "IP:192.0.2.7"];

fn store() -> String {
    format!("file:{}", fixture("device.pem"))
}

#[test]
fn the_verbose_tables_and_the_page_show_them() {
    let (store, ca) = (store(), fixture("device.pem"));
    let check = ["check", "--cn", "Device 7", "--ca", &ca, "--store", &store, "--os", "windows"];
    let forms: [&[&str]; 3] = [
        &["list", "-v", "--store", &store, "--os", "windows"],
        &[&check[..], &["-v"]].concat(),
        &[&check[..], &["--format", "html"]].concat(),
    ];
    for arguments in forms {
        let text = said(&certposture(arguments)).replace("&quot;", "\"");
        for wanted in [&sha1(), ON_WINDOWS, "clientAuth, 1.3.6.1.4.1.55555.1"].into_iter().chain(NAMES) {
            assert!(text.contains(wanted), "{arguments:?} without {wanted}: {text}");
        }
    }
    // The short table has room for the answer alone.
    assert!(!said(&certposture(&check)).contains(&sha1()));
}

#[test]
fn the_documents_have_them() {
    let (store, ca) = (store(), fixture("device.pem"));
    for (system, compared) in
        [("windows", json!(ON_WINDOWS)), ("macos", json!("Device 7")), ("linux", Value::Null)]
    {
        let commands: [&[&str]; 2] = [&["list"], &["check", "--cn", "Device 7", "--ca", &ca]];
        for command in commands {
            let arguments = [command, &["--store", &store, "--os", system, "--json"]].concat();
            let output = certposture(&arguments);
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            let certificate = &document["certificates"][0];
            assert_eq!(certificate["sha1"], sha1(), "{arguments:?}");
            assert_eq!(certificate["subject_compared"], compared, "{arguments:?}");
            assert_eq!(certificate["subject_alternative_names"], json!(NAMES), "{arguments:?}");
            assert_eq!(certificate["extended_key_usage"], json!(["clientAuth", "1.3.6.1.4.1.55555.1"]));
            crate::support::schema::assert_valid(&document);
        }
    }
}

/// RFC 5280 §4.1.2.5: the value of certificates without a well-defined end.
#[test]
fn the_last_second_of_the_calendar_is_told_as_it_stands() {
    let (store, ca) = (format!("file:{}", fixture("endless.pem")), fixture("endless.pem"));
    let check = ["check", "--cn", "endless", "--ca", &ca, "--store", &store, "--os", "windows"];
    let verify = ["verify", "--ca", &ca, &ca];
    for arguments in [&["list", "--store", &store][..], &check, &verify] {
        let text = said(&certposture(arguments));
        assert!(text.contains("9999-12-31") && !text.contains("9999-12-30"), "{arguments:?}: {text}");
        let document: Value =
            serde_json::from_slice(&certposture(&[arguments, &["--json"]].concat()).stdout).unwrap();
        let told = ["certificates", "results"].map(|member| document[member][0]["not_after"].clone());
        assert!(told.contains(&"9999-12-31T23:59:59Z".into()), "{arguments:?}: {document:#}");
    }
}
