//! Other PKCS #11 modules, FIPS mode, passwords and databases of the old format.

use super::harness::{scenario, tool};
use super::pki::client;
use serde_json::json;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

fn device() -> super::harness::Entry {
    client("device-042").nickname("device-042")
}

/// A v2 rule that asks for the key.
fn rule() -> serde_json::Value {
    json!({
        "type": "client_certificate_v2",
        "match": [{"platform": "linux"}],
        "input": {
            "operating_system": "linux",
            "certificate_id": "5f0c1a52-7e21-4a5e-9c55-0a1f5d3c9b10",
            "cn": "device-042",
            "check_private_key": true,
            "locations": {"trust_stores": ["system"]},
        },
    })
}

/// Names a module as `modutil -add` does.
fn add_module(folder: &Path) {
    let list = folder.join("db/pkcs11.txt");
    let mut list = OpenOptions::new().append(true).create(true).open(list).unwrap();
    write!(list, "\nlibrary=/usr/lib/pkcs11/libtpm2_pkcs11.so\nname=tpm2\n\n").unwrap();
}

fn certutil(arguments: &[&str]) {
    tool("certutil", &arguments.iter().map(OsStr::new).collect::<Vec<_>>());
}

#[test]
fn key_may_be_on_a_token() {
    let without = || scenario().nss(&[device()]).rule(rule());
    without().run().fails("private-key-missing");
    let outcome = without().change(add_module).run().cannot_tell("key-on-token");
    outcome.says("\"tpm2\"");
    // Where the key is in the database the module does not matter.
    scenario().nss(&[device().with_key()]).rule(rule()).change(add_module).run().passes();
}

#[test]
fn database_is_empty_beside_a_module() {
    let asked = || scenario().nss(&[]).change(add_module);
    asked().cn("device-042").run().fails("store-empty").says("\"tpm2\"").warns("module-not-read");
    asked().cn("token:device-042").run().cannot_tell("store-empty");
    asked().rule(rule()).run().cannot_tell("store-empty");
}

#[test]
fn what_a_token_holds_leaves_a_failure_open() {
    let expired = client("device-042").until("20260101000000Z");
    let asked = |module: bool| {
        let scenario = scenario().nss(&[expired.nickname("device-042")]).cn("device-042");
        if module { scenario.change(add_module).run() } else { scenario.run() }
    };
    asked(false).fails("expired");
    // certutil prints the certificates of the same subject on every token too.
    assert_eq!(asked(true).json()["verdict"], "unknown");
}

/// The roots module holds no client certificate.
#[test]
fn modules_of_roots_change_nothing() {
    let roots = |folder: &Path| {
        let list = "\nlibrary=/usr/lib/x86_64-linux-gnu/nss/libnssckbi.so\nname=Root Certs\n\n";
        fs::write(folder.join("db/pkcs11.txt"), list).unwrap();
    };
    scenario().nss(&[device()]).rule(rule()).change(roots).run().fails("private-key-missing");
}

#[test]
fn fips_mode_has_a_token_of_another_name() {
    let fips = |folder: &Path| {
        let database = format!("sql:{}", folder.join("db").display());
        let arguments = ["-force", "-fips", "true", "-dbdir", &database];
        tool("modutil", &arguments.map(OsStr::new));
    };
    let colon = "UPDATE nssPublic SET a3 = CAST('AA:BB' AS BLOB) WHERE a0 = x'00000001'";
    let asked = |name: &str| scenario().nss(&[device()]).sql(colon).change(fips).cn(name);
    asked("device-042").run().fails("nickname-differs").mended();
    asked("NSS FIPS 140-2 Certificate DB:AA:BB").run().passes_with(&["substring-only"]);
    let outcome = asked("NSS Certificate DB:AA:BB").run();
    assert_eq!(outcome.json()["lookups"][0]["returned"], json!([]));
}

#[test]
fn an_old_database_beside_the_new_one_is_told() {
    let both = |folder: &Path| old_database(folder, "db");
    scenario().nss(&[]).change(both).cn("device-042").run().fails("store-empty").says("cert8.db");
    let other = client("device-777").nickname("device-777");
    scenario().nss(&[other]).change(both).cn("device-042").run().fails("not-found").warns("store-legacy-dbm");
}

/// A database of the old format with the certificate and its key, as RHEL 7 made them.
fn old_database(folder: &Path, database: &str) {
    let wanted = client("device-042").mint();
    let (pem, key, p12) = (folder.join("old.pem"), folder.join("old.key"), folder.join("old.p12"));
    fs::write(&pem, &wanted.pem).unwrap();
    fs::write(&key, &wanted.key).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let export = [
        "pkcs12",
        "-export",
        "-in",
        &text(&pem),
        "-inkey",
        &text(&key),
        "-name",
        "device-042",
        "-passout",
        "pass:x",
        "-out",
        &text(&p12),
    ];
    tool("openssl", &export.map(OsStr::new));
    fs::create_dir_all(folder.join(database)).unwrap();
    let database = format!("dbm:{}", folder.join(database).display());
    certutil(&["-N", "-d", &database, "--empty-password"]);
    tool("pk12util", &["-i", &text(&p12), "-d", &database, "-W", "x", "-K", ""].map(OsStr::new));
}

#[test]
fn an_old_database_is_converted() {
    let alone = scenario().change(|folder| old_database(folder, "old"));
    let old = alone.path("old");
    let asked = alone.store("nss:", &old).cn("device-042").run().cannot_tell("store-legacy-dbm");
    asked.by_command().then("again").passes_then();
    let empty = scenario().nss(&[]).change(|folder| old_database(folder, "db"));
    empty.cn("device-042").run().fails("store-empty").by_command().then("again").passes_then();
    let other = client("device-777").nickname("device-777");
    let beside = scenario().nss(&[other]).change(|folder| old_database(folder, "db"));
    beside.cn("device-042").run().fails("not-found").by_command().then("again").passes_then();
}

/// certutil takes no Ed25519 certificate, so no command tries to give it one.
#[test]
fn an_ed25519_certificate_is_not_imported() {
    let folder = tempfile::tempdir().unwrap();
    let (root, key) = (folder.path().join("ca.pem"), folder.path().join("ca.key"));
    fs::write(&root, &super::pki::root().pem).unwrap();
    fs::write(&key, &super::pki::root().key).unwrap();
    let shell = "cd $0 && openssl genpkey -algorithm ed25519 -out k && openssl req -new -key k -subj /CN=device-042 -out r \
                 2>&- && openssl x509 -req -in r -CA ca.pem -CAkey ca.key -set_serial 77 -days 4000 -out c 2>&-";
    tool("sh", &["-c".as_ref(), shell.as_ref(), folder.path().as_os_str()]);
    let pem = fs::read(folder.path().join("c")).unwrap();
    let scenario = scenario().nss(&[]).write("home/certs/device.pem", pem).arg("--elsewhere");
    let outcome = scenario.at("2027-01-01T00:00:00Z").cn("device-042").run().fails("store-empty");
    outcome.by_hand("Ed25519").fixes(1);
}

#[test]
fn a_password_on_the_database_is_told_when_the_key_counts() {
    let lock = |folder: &Path| {
        let (old, new) = (folder.join("old"), folder.join("new"));
        fs::write(&old, "\n").unwrap();
        fs::write(&new, "Secret-1234\n").unwrap();
        let database = format!("sql:{}", folder.join("db").display());
        certutil(&["-W", "-d", &database, "-f", old.to_str().unwrap(), "-@", new.to_str().unwrap()]);
    };
    let asked = || scenario().nss(&[device().with_key()]);
    asked().rule(rule()).run().passes();
    asked().change(lock).rule(rule()).run().passes_with(&["key-needs-password"]);
    // The original type asks for no key.
    asked().change(lock).cn("device-042").run().passes();
}
