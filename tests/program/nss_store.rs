//! Verdicts on NSS databases that certutil may read and certposture does not.

use crate::support::forge::{Key, Template};
use crate::support::nssdb::{TestDb, fixture};
use crate::support::run;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use std::fs;

/// certutil reads through a view; we do not run a file's SQL.
#[test]
fn the_verdict_on_what_only_certutil_may_read_is_unknown() {
    let database = TestDb::copy_of(&fixture("nssdb-passing"));
    database.edit("ALTER TABLE nssPublic RENAME TO rows; CREATE VIEW nssPublic AS SELECT * FROM rows");
    let output = run::command(&[
        "check",
        "--cn",
        "device-042",
        "--format",
        "json",
        "--at",
        "2026-01-01T00:00:00Z",
        "--ca",
    ])
    .arg(fixture("ca/root-ca.pem"))
    .arg("--store")
    .arg(format!("nss:{}", database.path().display()))
    .output()
    .unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{document:#}");
    assert_eq!(document["verdict"], "unknown");
    assert_eq!(document["stores"][0]["status"], "unsupported");
    assert_eq!(document["reasons"][0]["code"], "store-corrupt");
}

/// Seventy certificates and their seventy keys, each in a file of its own, lie in the folder of the database:
/// the fix names the key that belongs to the certificate, whichever it is.
#[test]
fn the_fix_finds_the_key_among_seventy_files() {
    let database = TestDb::copy_of(&fixture("nssdb-failing"));
    let folder = database.path();
    let pem = |der: &[u8]| pem::encode(&pem::Pem::new("CERTIFICATE", der));
    let issuer = Key::p256("root");
    let root = folder.join("root.pem");
    fs::write(&root, pem(Template::ca("CN=Root", &issuer, "CN=Root").sign(&issuer).der())).unwrap();
    for number in 0..70 {
        let key = Key::p256(&format!("device {number}"));
        let certificate = Template::new(&format!("CN=device-{number:03}"), &key, "CN=Root").sign(&issuer);
        fs::write(folder.join(format!("certificate-{number:03}.pem")), pem(certificate.der())).unwrap();
        let Key::P256(secret) = &key else { unreachable!() };
        let secret = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
        fs::write(folder.join(format!("key-of-{number:03}.pem")), secret).unwrap();
    }
    let rule = folder.join("rule.json");
    for number in ["000", "066", "069"] {
        let text = format!(
            r#"{{"type": "client_certificate_v2", "input": {{"certificate_id": "1", "cn": "device-{number}",
                "operating_system": "linux", "check_private_key": true}}}}"#
        );
        fs::write(&rule, text).unwrap();
        let output = run::command(&["check", "--json", "--at", "2026-01-01", "--os", "linux"])
            .args(["--rule".as_ref(), rule.as_os_str(), "--ca".as_ref(), root.as_os_str()])
            .args(["--store", &format!("nss:{}", folder.display())])
            .output()
            .unwrap();
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["reasons"][0]["code"], "found-elsewhere", "{document:#}");
        let command = document["fixes"][0]["command"].as_str().unwrap();
        let name = |what: &str| format!("{}/{what}-{number}.pem", folder.display());
        let expected = format!("-in {} -inkey {} ", name("certificate"), name("key-of"));
        assert!(command.contains(&expected), "{command}");
    }
}
