//! Certificates that lie where the client does not look.

use super::harness::scenario;
use super::pki::{client, root};
use serde_json::json;

fn other() -> super::harness::Entry {
    client("other").nickname("other")
}

#[test]
fn in_the_users_database() {
    scenario()
        .nss(&[other()])
        .elsewhere(".pki/nssdb", &[client("device-042").nickname("Jo's laptop").with_key()])
        .cn("device-042")
        .run()
        .fails("found-elsewhere")
        .says(".pki/nssdb")
        .mended();
}

#[test]
fn in_a_firefox_profile() {
    scenario()
        .nss(&[other()])
        .elsewhere(".mozilla/firefox/ab.default-release", &[client("device-042").nickname("x")])
        .cn("device-042")
        .run()
        .fails("found-elsewhere")
        .mended();
}

#[test]
fn in_a_firefox_profile_under_snap() {
    scenario()
        .nss(&[other()])
        .elsewhere("snap/firefox/common/.mozilla/firefox/x", &[client("device-042").nickname("device-042")])
        .cn("device-042")
        .run()
        .fails("found-elsewhere")
        .mended();
}

#[test]
fn in_a_pem_file() {
    let device = client("device-042").mint();
    scenario()
        .nss(&[other()])
        .write("home/certs/device.pem", format!("{}{}", root().pem, device.pem))
        .arg("--elsewhere")
        .cn("device-042")
        .run()
        .fails("found-elsewhere")
        .says("device.pem")
        .mended();
}

#[test]
fn with_a_nickname_of_another_in_the_way() {
    let taken = client("printer").issued_by(super::pki::stranger()).nickname("device-042");
    scenario()
        .nss(&[taken])
        .elsewhere(".pki/nssdb", &[client("device-042").nickname("laptop")])
        .cn("device-042")
        .run()
        .fails("nickname-other-subject")
        .mended();
}

#[test]
fn expired_there_too() {
    scenario()
        .nss(&[other()])
        .elsewhere(".pki/nssdb", &[client("device-042").until("20250101000000Z").nickname("device-042")])
        .cn("device-042")
        .run()
        .fails("expired")
        .also(&["found-elsewhere"]);
}

#[test]
fn another_device_there_is_not_offered() {
    let scenario = scenario().nss(&[other()]).elsewhere(".pki/nssdb", &[client("device-043").nickname("x")]);
    scenario.cn("device-042").run().fails("not-found").by_hand("device-042");
}

fn rule() -> serde_json::Value {
    json!({"type": "client_certificate_v2", "input": {
        "cn": "device-042", "check_private_key": true, "operating_system": "linux",
        "locations": {"trust_stores": ["system"]}}})
}

#[test]
fn with_its_key_in_the_users_database() {
    scenario()
        .nss(&[other()])
        .elsewhere(".pki/nssdb", &[client("device-042").nickname("Jo's laptop").with_key()])
        .rule(rule())
        .run()
        .fails("found-elsewhere")
        .mended();
}

#[test]
fn with_its_key_in_one_pem_file() {
    let device = client("device-042").mint();
    scenario()
        .nss(&[other()])
        .write("home/.certs/device.pem", format!("{}{}", device.key, device.pem))
        .arg("--elsewhere")
        .rule(rule())
        .run()
        .fails("found-elsewhere")
        .mended();
}

#[test]
fn with_its_key_in_a_file_beside_it() {
    let device = client("device-042").mint();
    scenario()
        .nss(&[other()])
        .write("home/.certs/device.pem", &device.pem)
        .write("home/.certs/device.key", &device.key)
        .arg("--elsewhere")
        .rule(rule())
        .run()
        .fails("found-elsewhere");
}

#[test]
fn without_its_key() {
    scenario()
        .nss(&[other()])
        .elsewhere(".pki/nssdb", &[client("device-042").nickname("device-042")])
        .rule(rule())
        .run()
        .fails("private-key-missing")
        .also(&["found-elsewhere"]);
}

#[test]
fn with_its_key_while_the_database_has_a_password() {
    scenario()
        .nss(&[other()])
        .change(super::nickname::set_password)
        .elsewhere(".pki/nssdb", &[client("device-042").nickname("device-042").with_key()])
        .rule(rule())
        .run()
        .fails("found-elsewhere")
        .by_hand("password");
}

#[test]
fn in_a_store_that_the_rule_does_not_list() {
    let device = client("device-042").mint();
    let rule = json!({"type": "client_certificate_v2", "input": {
        "cn": "device-042", "check_private_key": false, "operating_system": "linux",
        "locations": {"paths": ["$DIR/client.pem"]}}});
    let scenario = scenario().nss(&[device.nickname("device-042")]).file("client.pem").rule(rule);
    scenario.run().fails("store-missing").also(&["found-elsewhere"]).mended();
}

#[test]
fn users_database_and_a_closed_system_database() {
    scenario()
        .nss(&[other()])
        .elsewhere(".pki/nssdb", &[client("device-042").nickname("laptop")])
        .owned_by_user("home")
        .change(|folder| {
            use std::os::unix::fs::PermissionsExt as _;
            for file in ["cert9.db", "key4.db", "pkcs11.txt"] {
                let path = folder.join("db").join(file);
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o444)).unwrap();
            }
        })
        .cn("device-042")
        .unprivileged()
        .run()
        .fails("found-elsewhere")
        .mended()
        .used_sudo(super::harness::is_root());
}

#[test]
fn with_its_key_for_a_file_that_the_rule_names() {
    let rule = json!({"type": "client_certificate_v2", "input": {
        "cn": "device-042", "check_private_key": true, "operating_system": "linux",
        "locations": {"paths": ["$DIR/new folder/client.pem"]}}});
    let scenario = scenario()
        .file("new folder/client.pem")
        .elsewhere(".pki/nssdb", &[client("device-042").nickname("Jo's laptop").with_key()])
        .rule(rule);
    scenario.run().fails("store-missing").also(&["found-elsewhere"]).mended();
}

#[test]
fn with_its_key_in_two_files_for_a_file_that_the_rule_names() {
    let device = client("device-042").mint();
    let rule = json!({"type": "client_certificate_v2", "input": {
        "cn": "device-042", "check_private_key": true, "operating_system": "linux",
        "locations": {"paths": ["$DIR/client.pem"]}}});
    scenario()
        .file("client.pem")
        .write("home/.certs/device.pem", &device.pem)
        .write("home/.certs/device.key", &device.key)
        .arg("--elsewhere")
        .rule(rule)
        .run()
        .fails("store-missing")
        .mended();
}

/// An expired certificate in the database, the renewed one where it was put by mistake.
#[test]
fn renewed_there() {
    let old = client("device-042").until("20250101000000Z").nickname("device-042");
    let new = || client("device-042").nickname("device-042").with_key();
    let original =
        scenario().nss(std::slice::from_ref(&old)).elsewhere(".pki/nssdb", &[new()]).cn("device-042").run();
    original.fails("expired").mended();
    let second = scenario().nss(&[old]).elsewhere(".pki/nssdb", &[new()]).rule(rule()).run();
    second.fails("expired").mended();
}

/// Somebody copied the file into the folder of the database. It need not be asked for.
#[test]
fn a_file_in_the_folder_of_the_database_is_noticed() {
    let device = client("device-042").mint();
    let (pem, key) = (device.pem.clone(), device.key.clone());
    let asked = || scenario().nss(&[]).write("db/device.pem", &pem);
    asked().cn("device-042").run().fails("store-empty").also(&["found-elsewhere"]).mended();
    // A key beside it changes nothing for a database that is in order.
    let in_order = scenario().nss(&[device.nickname("device-042")]).write("db/device.pem", &pem);
    in_order.write("db/device.key", &key).cn("device-042").run().passes();
}
