//! Verdicts on NSS databases that certutil may read and certposture does not.

use crate::support::nssdb::{TestDb, fixture};
use crate::support::run;

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
