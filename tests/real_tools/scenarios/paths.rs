//! Paths of files in a `client_certificate_v2` rule, where the documentation wants PEM. Each repair is run with the
//! real OpenSSL.

use super::harness::{Outcome, Scenario, scenario, tool};
use super::pki::{Minted, client};
use serde_json::json;
use std::ffi::OsString;
use std::fs;

/// A scenario's folder with the device's certificate and key as PEM, and a rule that lists `paths`.
fn listing(device: &Minted, paths: &[&str]) -> Scenario {
    let listed: Vec<String> = paths.iter().map(|path| format!("$DIR/{path}")).collect();
    let rule = json!({
        "type": "client_certificate_v2", "schedule": "5m", "match": [{"platform": "linux"}],
        "input": {"cn": "device-042", "operating_system": "linux", "check_private_key": true,
                  "locations": {"paths": listed}}});
    scenario().write("device.pem", &device.pem).write("device.key", &device.key).rule(rule)
}

/// Runs openssl in the scenario's folder.
fn openssl(scenario: Scenario, lines: &[&str]) -> Scenario {
    scenario.change(|folder| {
        for line in lines {
            let in_folder = |word: &str| match word.strip_prefix('@') {
                Some(name) => folder.join(name).into_os_string(),
                None => OsString::from(word),
            };
            let words: Vec<OsString> = line.split(' ').map(in_folder).collect();
            tool("openssl", &words.iter().map(AsRef::as_ref).collect::<Vec<_>>());
        }
    })
}

fn device() -> Minted {
    client("device-042").mint()
}

const DER: &str = "x509 -in @device.pem -outform DER -out @device.der";
const DER_KEY: &str = "pkey -in @device.key -outform DER -out @key.der";

/// What was there is still beside it.
fn keeps_what_was_there(outcome: &Outcome, name: &str) {
    let beside = fs::read_dir(outcome.scenario().path(".")).unwrap();
    let prefix = format!("{name}.before-");
    let kept = beside.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix));
    assert_eq!(kept.count(), 1);
}

#[test]
fn pem_in_two_files() {
    listing(&device(), &["device.pem", "device.key"]).run().passes_with(&["client-missing"]);
}

#[test]
fn a_certificate_in_der() {
    let scenario = openssl(listing(&device(), &["device.der", "device.key"]), &[DER]);
    let outcome = scenario.run().fails("path-not-pem").mended().passes_then();
    keeps_what_was_there(&outcome, "device.der");
}

#[test]
fn a_key_in_der() {
    let scenario = openssl(listing(&device(), &["device.pem", "key.der"]), &[DER_KEY]);
    let outcome = scenario.run().fails("path-not-pem").says("key.der").mended().passes_then();
    keeps_what_was_there(&outcome, "key.der");
}

#[test]
fn certificate_and_key_in_der() {
    let scenario = openssl(listing(&device(), &["device.der", "key.der"]), &[DER, DER_KEY]);
    scenario.run().fails("path-not-pem").also(&["path-not-pem"]).fixes(2).then("[path-not-pem]");
}

#[test]
fn a_pkcs12_file() {
    for legacy in ["", " -legacy"] {
        let export = format!(
            "pkcs12 -export -in @device.pem -inkey @device.key -passout pass:{legacy} -out @device.p12"
        );
        let scenario = openssl(listing(&device(), &["device.p12"]), &[&export]);
        scenario.run().fails("path-not-pem").says("PKCS #12").mended().passes_then();
    }
}

#[test]
fn a_pkcs12_file_with_a_pass_phrase() {
    let export = "pkcs12 -export -in @device.pem -inkey @device.key -passout pass:secret -out @device.p12";
    let locked = || openssl(listing(&device(), &["device.p12"]), &[export]).write("phrase", "secret\n");
    locked().run().fails("path-not-pem").by_hand("--p12-pass-file");
    let opened = locked();
    let phrase = opened.path("phrase");
    opened.arg("--p12-pass-file").arg(phrase).run().fails("path-not-pem").mended().passes_then();
}

#[test]
fn a_pkcs7_file() {
    for form in ["PEM", "DER"] {
        let make = format!("crl2pkcs7 -nocrl -certfile @device.pem -outform {form} -out @device.p7b");
        let scenario = openssl(listing(&device(), &["device.p7b", "device.key"]), &[&make]);
        scenario.run().fails("path-not-pem").says("PKCS #7").mended().passes_then();
    }
}

#[test]
fn a_folder() {
    let device = device();
    let scenario = listing(&device, &["folder"]).write("folder/device.pem", &device.pem);
    let outcome = scenario.write("folder/device.key", &device.key).run();
    outcome.fails("path-not-pem").by_hand("in place of the folder");
}

#[test]
fn text_in_utf16() {
    let device = device();
    let text: Vec<u8> = device.pem.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let scenario = listing(&device, &["utf16.pem", "device.key"]);
    let utf16 = [&b"\xff\xfe"[..], &text].concat();
    scenario.write("utf16.pem", utf16).run().fails("path-not-pem").mended().passes_then();
}

#[test]
fn keys_that_nobody_can_look_into() {
    let encrypted = openssl(
        listing(&device(), &["device.pem", "encrypted.key"]),
        &["pkcs8 -topk8 -in @device.key -passout pass:x -out @encrypted.key"],
    );
    encrypted.run().cannot_tell("key-encrypted").says("is encrypted").by_hand("openssl pkey -in");
    let traditional = openssl(
        listing(&device(), &["device.pem", "encrypted.key"]),
        &["ec -in @device.key -aes128 -passout pass:x -out @encrypted.key"],
    );
    traditional.run().cannot_tell("key-encrypted").says("is encrypted");
    let ssh =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n";
    let ssh = listing(&device(), &["device.pem", "ssh.key"]).write("ssh.key", ssh);
    ssh.run().cannot_tell("key-encrypted").says("OpenSSH private key").by_hand("ssh-keygen -p -m PKCS8");
    let tpm = "-----BEGIN TSS2 PRIVATE KEY-----\nMAA=\n-----END TSS2 PRIVATE KEY-----\n";
    let tpm = listing(&device(), &["device.pem", "tpm.key"]).write("tpm.key", tpm);
    tpm.run().cannot_tell("key-on-token").says("TSS2 PRIVATE KEY").by_hand("tpm2");
}

#[test]
fn the_key_is_there_and_the_certificate_is_not() {
    let outcome = listing(&device(), &["absent.pem", "device.key"]).run();
    outcome.fails("store-missing").also(&[]).by_hand("its private key is in");
    let outcome = listing(&device(), &["device.key"]).run();
    outcome.fails("store-empty").says("holds a private key and no certificate");
    let request = openssl(
        listing(&device(), &["request.pem", "device.key"]),
        &["req -new -key @device.key -subj /CN=device-042 -out @request.pem"],
    );
    request.run().fails("store-empty").also(&[]).says("certificate request");
}

#[test]
fn a_variable_in_a_path() {
    for path in ["${hostname}.pem", "$USER/device.pem", "$(hostname).pem"] {
        let outcome = listing(&device(), &[path]).run();
        outcome.cannot_tell("variable-not-filled").says(path).by_hand("the same on every device");
    }
    // A file of that very name is one.
    let device = device();
    let both = format!("{}{}", device.pem, device.key);
    listing(&device, &["${hostname}.pem"])
        .write("${hostname}.pem", both)
        .run()
        .passes_with(&["client-missing"]);
}
