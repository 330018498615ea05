//! The repairs of the System keychain: what the commands do, and that the check passes after them.
//! A stand-in for `security` notes what it is asked for.

use crate::support::keychain::certificate::{common_name, name, named, short_lived, with_subject};
use crate::support::keychain::writer::Keychain;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/files");
const NAME: &str = "file-p256";

const RULE: &str = r#"{"type": "client_certificate_v2", "match": [{"platform": "mac"}], "input": {
    "certificate_id": "b14ddcc4-bcd2-4df4-bd4f-eb27d5a50c30", "operating_system": "mac", "cn": "file-p256",
    "check_private_key": true, "locations": {"trust_stores": ["system"]}}}"#;

/// Notes its arguments, a line each, and keeps a copy of the file that it is to add. The look-up comes
/// upon the certificates of the file `order` in turn.
const SECURITY: &str = r#"#!/bin/sh
cd "$(dirname "$0")" || exit
case $1 in
find-certificate) [ -s order ] && echo "SHA-1 hash: $(head -n 1 order)"; exit ;;
delete-certificate) sed -i "/$3/d" order ;;
add-certificates) cp "$4" added ;;
esac
printf '%s\n' "$*" >>log
"#;

/// Where the client looks on the Mac: a keychain that is given here is a copy of that.
const SYSTEM: &str = "/Library/Keychains/System.keychain";

fn fixture(name: &str) -> Vec<u8> {
    let bytes = fs::read(Path::new(FIXTURES).join(name)).unwrap();
    certposture::encoding::certificates(&bytes).unwrap().remove(0)
}

/// A folder with a keychain in it that holds these certificates.
fn folder(certificates: &[Vec<u8>]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Jo's.keychain");
    write(&path, certificates);
    for (name, text) in [("security", SECURITY), ("sudo", "#!/bin/sh\nexec \"$@\"\n")] {
        let program = folder.path().join(name);
        fs::write(&program, text).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    }
    let order: Vec<String> = certificates.iter().map(|der| sha1(der) + "\n").collect();
    fs::write(folder.path().join("order"), order.concat()).unwrap();
    (folder, path)
}

fn write(path: &Path, certificates: &[Vec<u8>]) {
    write_labelled(path, &certificates.iter().map(|der| (der.clone(), "label")).collect::<Vec<_>>());
}

fn write_labelled(path: &Path, certificates: &[(Vec<u8>, &str)]) {
    let mut keychain = Keychain::new();
    for (der, label) in certificates {
        keychain.add(der, label, None);
    }
    fs::write(path, keychain.bytes()).unwrap();
}

/// Puts these fixtures after one another into a file where people put certificates.
fn beside(folder: &Path, names: &[&str]) {
    let certs = folder.join("certs");
    fs::create_dir(&certs).unwrap();
    let bytes: Vec<u8> =
        names.iter().flat_map(|name| fs::read(Path::new(FIXTURES).join(name)).unwrap()).collect();
    fs::write(certs.join("device.pem"), bytes).unwrap();
}

/// The answer of `check` at a time when the fixtures are valid, for a user at home in `home`.
fn check(home: &Path, keychain: &Path, options: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
        .args(["check", "--format", "json", "--at", "2026-01-01T00:00:00Z", "--os", "macos"])
        .args(["--ca", &format!("{FIXTURES}/ca.pem"), "--store", &format!("keychain:{}", keychain.display())])
        .args(options)
        .env("HOME", home)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// Runs the first fix; the lines that the stand-in noted.
fn run_first_fix(folder: &Path, answer: &Value) -> Vec<String> {
    let command = answer["fixes"][0]["command"].as_str().unwrap_or_else(|| panic!("{answer:#}"));
    assert!(paste(folder, command).success(), "{command}");
    let log = fs::read_to_string(folder.join("log")).unwrap();
    log.lines().map(str::to_owned).collect()
}

fn paste(folder: &Path, command: &str) -> std::process::ExitStatus {
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    Command::new("sh").args(["-c", command]).env("PATH", path).status().unwrap()
}

fn sha1(der: &[u8]) -> String {
    use sha1::Digest as _;
    sha1::Sha1::digest(der).iter().map(|octet| format!("{octet:02X}")).collect()
}

#[test]
fn puts_a_valid_certificate_in_the_way_behind_the_right_one() {
    let (other, right) = (named("my file-p256 of old", 7), fixture("p256.pem"));
    let (folder, keychain) = folder(&[other.clone(), right.clone()]);
    // Of this name there is none, so a rule of the newer type would not pass.
    let answer = check(folder.path(), &keychain, &["--cn", "ile-p256"]);
    // The issuer of the one in the way may lie in a keychain that was not given.
    assert_eq!(answer["verdict"], "unknown", "{answer:#}");
    let log = run_first_fix(folder.path(), &answer);
    assert_eq!(log[0], format!("delete-certificate -Z {} {SYSTEM}", sha1(&other)));
    assert!(log[1].starts_with(&format!("add-certificates -k {SYSTEM} ")), "{log:?}");
    assert_eq!(log.len(), 2);
    assert_eq!(fs::read(folder.path().join("added")).unwrap(), other);
    write(&keychain, &[right, other]);
    assert_eq!(check(folder.path(), &keychain, &["--cn", "ile-p256"])["verdict"], "pass");
}

#[test]
fn leaves_a_valid_certificate_alone_where_the_newer_type_passes() {
    let (folder, keychain) = folder(&[named("my file-p256 of old", 7), fixture("p256.pem")]);
    let answer = check(folder.path(), &keychain, &["--cn", NAME]);
    assert_eq!((&answer["verdict"], &answer["other_type"]["verdict"]), (&"unknown".into(), &"pass".into()));
    let fix = &answer["fixes"][0];
    assert_eq!(fix["command"], Value::Null, "{fix:#}");
    let message = fix["message"].as_str().unwrap();
    assert!(
        message.contains("client_certificate_v2") && message.contains("my file-p256 of old"),
        "{message}"
    );
}

/// On a Mac where something else comes first by now, the command changes nothing.
#[test]
fn proves_what_comes_first_before_it_deletes() {
    let (old, right) = (short_lived(NAME, 7), fixture("p256.pem"));
    let (folder, keychain) = folder(&[old, right.clone()]);
    let answer = check(folder.path(), &keychain, &["--cn", NAME]);
    fs::write(folder.path().join("order"), sha1(&right) + "\n").unwrap();
    let command = answer["fixes"][0]["command"].as_str().unwrap();
    assert!(!paste(folder.path(), command).success(), "{command}");
    assert!(!folder.path().join("log").exists());
}

#[test]
fn deletes_an_expired_certificate_in_the_way() {
    let (old, right, behind) = (short_lived(NAME, 7), fixture("p256.pem"), short_lived(NAME, 8));
    let (folder, keychain) = folder(&[old.clone(), right.clone(), behind.clone()]);
    let answer = check(folder.path(), &keychain, &["--cn", NAME]);
    assert_eq!(answer["verdict"], "fail");
    let message = answer["reasons"][0]["message"].as_str().unwrap();
    assert!(message.ends_with("(serial number 07, valid until 2025-01-01)"), "{message}");
    let log = run_first_fix(folder.path(), &answer);
    assert_eq!(log, [format!("delete-certificate -Z {} {}", sha1(&old), SYSTEM)]);
    write(&keychain, &[right, behind]);
    assert_eq!(check(folder.path(), &keychain, &["--cn", NAME])["verdict"], "pass");
}

#[test]
fn installs_a_certificate_found_in_a_file() {
    let (folder, keychain) = folder(&[]);
    beside(folder.path(), &["p256.pem"]);
    let answer = check(folder.path(), &keychain, &["--cn", NAME, "--elsewhere"]);
    let log = run_first_fix(folder.path(), &answer);
    assert!(log[0].starts_with(&format!("add-certificates -k {SYSTEM} ")), "{log:?}");
    assert_eq!(log.len(), 1);
    assert_eq!(fs::read(folder.path().join("added")).unwrap(), fixture("p256.pem"));
}

#[test]
fn installs_the_right_certificate_in_place_of_one_that_cannot_pass() {
    let old = short_lived(NAME, 7);
    let (folder, keychain) = folder(std::slice::from_ref(&old));
    beside(folder.path(), &["p256.pem"]);
    let answer = check(folder.path(), &keychain, &["--cn", NAME, "--elsewhere"]);
    assert_eq!(answer["reasons"][0]["code"], "expired", "{answer:#}");
    assert!(answer["fixes"][0]["message"].as_str().unwrap().contains("delete the expired"), "{answer:#}");
    let log = run_first_fix(folder.path(), &answer);
    assert!(log[0].starts_with("add-certificates"), "{log:?}");
    assert_eq!(log[1..], [format!("delete-certificate -Z {} {}", sha1(&old), SYSTEM)]);
    assert_eq!(fs::read(folder.path().join("added")).unwrap(), fixture("p256.pem"));
}

/// The answer under the rule that asks for the key.
fn check_rule(folder: &Path, keychain: &Path) -> Value {
    let rule = folder.join("rule.json");
    fs::write(&rule, RULE).unwrap();
    check(folder, keychain, &["--rule", rule.to_str().unwrap(), "--elsewhere"])
}

#[test]
fn imports_the_key_where_the_rule_asks_for_it() {
    let (folder, keychain) = folder(&[]);
    beside(folder.path(), &["p256.pem", "p256.key"]);
    let answer = check_rule(folder.path(), &keychain);
    let command = answer["fixes"][0]["command"].as_str().unwrap_or_else(|| panic!("{answer:#}"));
    let parts = [
        "/usr/bin/openssl pkcs12 -export -in ",
        "/certs/device.pem -name file-p256 ",
        "security import \"$t/c.p12\" -k /Library/Keychains/System.keychain ",
        "security set-key-partition-list -S apple-tool:,apple:,teamid:68WVV388M8 -l file-p256 -k '' /Library/",
    ];
    for part in parts {
        assert!(command.contains(part), "{part} in {command}");
    }
    assert!(Command::new("sh").args(["-n", "-c", command]).status().unwrap().success());
}

#[test]
fn takes_the_key_from_the_file_that_it_is_in() {
    let (folder, keychain) = folder(&[]);
    beside(folder.path(), &["p256.pem"]);
    let key = folder.path().join("certs/device key.pem");
    fs::copy(Path::new(FIXTURES).join("p256.key"), &key).unwrap();
    let command = check_rule(folder.path(), &keychain)["fixes"][0]["command"].as_str().unwrap().to_owned();
    assert!(command.contains(&format!(" -inkey '{}' ", key.display())), "{command}");
}

#[test]
fn a_certificate_without_its_key_is_imported_again_with_it() {
    let right = fixture("p256.pem");
    let (folder, keychain) = folder(std::slice::from_ref(&right));
    beside(folder.path(), &["p256.pem", "p256.key"]);
    let answer = check_rule(folder.path(), &keychain);
    assert_eq!(answer["reasons"][0]["code"], "private-key-missing", "{answer:#}");
    let command = answer["fixes"][0]["command"].as_str().unwrap();
    let delete = format!("sudo security delete-certificate -Z {} {SYSTEM} && {{ ", sha1(&right));
    assert!(command.starts_with(&delete) && command.contains("&& sudo security import "), "{command}");
    // When the import fails, the certificate is put back.
    assert!(command.contains(" || { (umask 077; ") && command.ends_with("; false; }; }"), "{command}");
}

#[test]
fn what_is_in_a_pkcs_12_file_is_imported_by_hand() {
    let (folder, keychain) = folder(&[]);
    fs::create_dir(folder.path().join("certs")).unwrap();
    let p12 = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pkcs12");
    fs::copy(Path::new(p12).join("no-pass-phrase-legacy.p12"), folder.path().join("certs/d.p12")).unwrap();
    let rule = folder.path().join("rule.json");
    fs::write(&rule, RULE.replace(NAME, "device-7")).unwrap();
    let ca = format!("{p12}/ca.der");
    let options =
        ["--rule", rule.to_str().unwrap(), "--elsewhere", "--ca", &ca, "--at", "2027-01-01T00:00:00Z"];
    let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
        .args(["check", "--format", "json", "--store", &format!("keychain:{}", keychain.display())])
        .args(options)
        .env("HOME", folder.path())
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let fix = &answer["fixes"][0];
    assert_eq!(fix["command"], Value::Null, "{answer:#}");
    assert!(fix["message"].as_str().unwrap().contains("certs/d.p12"), "{answer:#}");
}

#[test]
fn a_label_makes_no_candidate_of_another_devices_certificate() {
    let (folder, keychain) = folder(&[]);
    write_labelled(&keychain, &[(named("laptop-7", 7), "FILE-P256")]);
    let answer = check(folder.path(), &keychain, &["--cn", NAME]);
    assert_eq!((&answer["verdict"], &answer["reasons"][0]["code"]), (&"fail".into(), &"not-found".into()));
}

#[test]
fn of_several_common_names_the_rule_has_to_give_the_last() {
    let both = with_subject(name(&[vec![common_name(0x0c, b"first")], vec![common_name(0x0c, b"last")]]), 7);
    let (folder, keychain) = folder(&[both]);
    let answer = check(folder.path(), &keychain, &["--cn", "first"]);
    let told = answer["certificates"][0]["steps"][0]["message"].as_str().unwrap();
    assert!(told.contains("the last one alone, which is \"last\""), "{told}");
}

#[cfg(not(target_os = "macos"))]
#[test]
fn a_macs_own_keychain_is_not_missing_on_another_system() {
    let folder = tempfile::tempdir().unwrap();
    let system = Path::new("/Library/Keychains/System.keychain");
    let answer = check(folder.path(), system, &["--cn", NAME]);
    let store = &answer["stores"][0];
    assert_eq!((&store["status"], &store["code"]), (&"unsupported".into(), &"store-denied".into()));
    assert_eq!(answer["verdict"], "unknown");
    assert!(answer["fixes"][0]["message"].as_str().unwrap().contains("keychain:FILE"), "{answer:#}");
}
