//! The Windows program itself, from the command line to its exit status, against the stores of the
//! Wine prefix that the tests run in. `CERTPOSTURE_EXE` names the program to test, such as the one
//! that is shipped; otherwise it is the one just built.
//!
//! Wine lists the machine's Personal store inside the user's, so only the user's is filled here; what
//! lies elsewhere is put into the machine's Root store.

use crate::registry::{Root, TestStore, friendly_name, key_reference};
use crate::support::forge::{Key, Template, alternative_names, dns, extended_key_usage};
use certposture::certificate::Certificate;
use serde_json::Value;
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

const ROOT: &str = "CN=Root CA";
const DEVICE: &str = "O=Acme, CN=device-042";
const NOW: &str = "2025-01-01T00:00:00Z";

/// There is one Personal store, and tests run side by side.
static STORES: Mutex<()> = Mutex::new(());

fn root_key() -> Key {
    Key::p256("root")
}

fn root() -> Certificate {
    Template::ca(ROOT, &root_key(), ROOT).sign(&root_key())
}

fn device(subject: &str) -> Template {
    Template::new(subject, &Key::p256("device"), ROOT)
}

fn issued(subject: &str) -> Certificate {
    device(subject).sign(&root_key())
}

/// A device whose stores hold what a test puts there, and a folder with the CA's certificate. Its
/// name is one that a user's folder may have.
struct Machine {
    folder: TempDir,
    stores: Vec<TestStore>,
    _alone: MutexGuard<'static, ()>,
}

impl Machine {
    fn new() -> Self {
        let _alone = STORES.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::Builder::new().prefix("Zoë’s 日本 files ").tempdir().unwrap();
        let machine = Self { folder, stores: Vec::new(), _alone };
        machine.write("ca.der", root().der());
        machine
    }

    /// With certificates in the user's Personal store, without keys.
    fn holding(certificates: &[Certificate]) -> Self {
        Self::new().with(Root::CurrentUser, "My", certificates, &[])
    }

    fn with(mut self, place: Root, name: &str, certificates: &[Certificate], properties: &[Vec<u8>]) -> Self {
        let entries: Vec<_> = certificates.iter().map(|c| (c.der(), properties.to_vec())).collect();
        self.stores.push(TestStore::new(place, name, &entries));
        self
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.run_at(NOW, arguments)
    }

    fn run_at(&self, at: &str, arguments: &[&str]) -> Output {
        let program =
            std::env::var_os("CERTPOSTURE_EXE").unwrap_or_else(|| env!("CARGO_BIN_EXE_certposture").into());
        Command::new(program)
            .args(["--at", at])
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    /// Runs `check` and expects this exit status; the answer as JSON.
    fn check(&self, status: i32, arguments: &[&str]) -> Value {
        let output = self.run(&[&["check", "--format", "json"], arguments].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{text}{error}");
        assert_eq!(error, "");
        serde_json::from_str(&text).unwrap()
    }

    fn check_name(&self, status: i32, name: &str) -> Value {
        self.check(status, &["--cn", name, "--ca", "ca.der"])
    }

    /// Runs `check` with a rule of the second type, which has these members in its input.
    fn check_v2(&self, status: i32, members: &str) -> Value {
        let rule = format!(
            r#"{{"type":"client_certificate_v2","input":{{"certificate_id":"8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a",
            "operating_system":"windows","cn":"device-042","locations":{{"trust_stores":["user"],"paths":[]}}{members}}}}}"#
        );
        self.write("rule.json", rule.as_bytes());
        self.check(status, &["--rule", "rule.json", "--ca", "ca.der"])
    }
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

/// Expects a failed check with this answer to the question why.
fn expect(answer: &Value, code: &str) {
    assert_eq!(answer["verdict"], "fail", "{answer:#}");
    assert_eq!(codes(answer)[0], code, "{answer:#}");
}

#[test]
fn a_certificate_of_the_ca_passes() {
    let answer = Machine::holding(&[issued(DEVICE)]).check_name(0, "device-042");
    // Wine has no device client, which is told beside the verdict.
    assert_eq!((answer["verdict"].as_str(), codes(&answer)), (Some("pass"), vec!["client-missing"]));
    let store = &answer["stores"][0];
    assert_eq!(
        (store["spec"].as_str(), store["searched"].as_bool()),
        (Some(r"windows:CurrentUser\My"), Some(true))
    );
    assert!(store["account"].as_str().unwrap().contains('\\'), "{store}");
    let command = r#"Get-ChildItem Cert:\CurrentUser\My\ | where{$_.Subject -like "*device-042*"}"#;
    assert_eq!(answer["lookups"][0]["command"], command);
    assert_eq!(answer["lookups"][0]["returned"], serde_json::json!([issued(DEVICE).sha256()]));
}

#[test]
fn the_look_up_ignores_case_and_takes_wildcards() {
    let machine = Machine::holding(&[issued(DEVICE)]);
    machine.check_name(0, "DEVICE-042");
    machine.check_name(0, "acme");
    let answer = machine.check_name(0, "device-0?2");
    assert!(codes(&answer).contains(&"cn-shell-special"), "{answer:#}");
}

#[test]
fn a_chain_passes_with_a_warning() {
    let key = Key::p256("issuing");
    let issuing = Template::ca("CN=Issuing CA", &key, ROOT).sign(&root_key());
    let client = Template::new(DEVICE, &Key::p256("device"), "CN=Issuing CA").sign(&key);
    let answer = Machine::holding(&[client, issuing]).check_name(0, "device-042");
    assert!(codes(&answer).contains(&"chain-undocumented"), "{answer:#}");
}

#[test]
fn the_second_type_passes_with_key_usage_and_name() {
    let client = device(DEVICE)
        .with(extended_key_usage(&["1.3.6.1.5.5.7.3.2"]))
        .with(alternative_names(&[dns("device-042.example.test")]))
        .sign(&root_key());
    let machine = Machine::new().with(Root::CurrentUser, "My", &[client], &[key_reference()]);
    machine.check_v2(
        0,
        r#","check_private_key":true,"extended_key_usage":["clientAuth"],
        "subject_alternative_names":["device-042.example.test"]"#,
    );
}

#[test]
fn a_missing_or_empty_store_fails() {
    expect(&Machine::holding(&[]).check_name(1, "device-042"), "store-empty");
}

#[test]
fn another_device_is_not_the_one_meant() {
    expect(&Machine::holding(&[issued("CN=device-043")]).check_name(1, "device-042"), "not-found");
}

#[test]
fn a_certificate_in_another_store_is_found_elsewhere() {
    let machine =
        Machine::holding(&[issued("CN=other")]).with(Root::LocalMachine, "Root", &[issued(DEVICE)], &[]);
    let answer = machine.check_name(1, "device-042");
    expect(&answer, "found-elsewhere");
    let command = answer["fixes"][0]["command"].as_str().unwrap();
    assert!(command.contains(r"Get-Item -LiteralPath 'Cert:\LocalMachine\Root\"), "{command}");
}

#[test]
fn dates_decide() {
    let of = |from, to| device(DEVICE).dates(from, to).sign(&root_key());
    let expired = of("200101000000Z", "240101000000Z");
    expect(&Machine::holding(&[expired]).check_name(1, "device-042"), "expired");
    let early = of("260101000000Z", "300101000000Z");
    expect(&Machine::holding(&[early]).check_name(1, "device-042"), "not-yet-valid");
}

#[test]
fn another_cas_certificate_fails() {
    let other = Key::p256("other");
    let stranger = Template::new(DEVICE, &Key::p256("device"), "CN=Other CA").sign(&other);
    let other_root = Template::ca("CN=Other CA", &other, "CN=Other CA").sign(&other);
    expect(&Machine::holding(&[stranger.clone(), other_root]).check_name(1, "device-042"), "issuer-differs");
    expect(&Machine::holding(&[stranger]).check_name(1, "device-042"), "intermediate-missing");
    let rekeyed = device(DEVICE).sign(&other);
    expect(&Machine::holding(&[rekeyed]).check_name(1, "device-042"), "signature-invalid");
    let own = Key::p256("device");
    let self_signed = Template::new(DEVICE, &own, DEVICE).sign(&own);
    expect(&Machine::holding(&[self_signed]).check_name(1, "device-042"), "self-signed");
}

#[test]
fn near_names_are_told() {
    let machine = Machine::holding(&[issued("CN=device 042")]);
    expect(&machine.check_name(1, "device042"), "whitespace-differs");
    drop(machine);
    let machine = Machine::holding(&[issued("CN=device\u{2010}042")]);
    expect(&machine.check_name(1, "device-042"), "unicode-differs");
    drop(machine);
    let machine = Machine::holding(&[issued("CN=srv[old]")]);
    expect(&machine.check_name(1, "srv[old]"), "cn-shell-special");
    machine.check_name(0, "srv``[old``]");
}

#[test]
fn the_second_type_asks_for_more() {
    let machine = Machine::holding(&[issued(DEVICE)]);
    expect(&machine.check_v2(1, r#","extended_key_usage":["clientAuth"]"#), "eku-absent");
    expect(&machine.check_v2(1, r#","check_private_key":true"#), "private-key-missing");
    expect(&machine.check_v2(1, r#","subject_alternative_names":["a.example"]"#), "san-absent");
    drop(machine);
    let client = device(DEVICE)
        .with(extended_key_usage(&["1.3.6.1.5.5.7.3.4"]))
        .with(alternative_names(&[dns("b.example")]))
        .sign(&root_key());
    let machine = Machine::holding(&[client]);
    expect(&machine.check_v2(1, r#","extended_key_usage":["clientAuth"]"#), "eku-missing");
    expect(&machine.check_v2(1, r#","subject_alternative_names":["a.example"]"#), "san-differs");
    drop(machine);
    let key = Key::p256("issuing");
    let issuing = Template::ca("CN=Issuing CA", &key, ROOT).sign(&root_key());
    let client = Template::new(DEVICE, &Key::p256("device"), "CN=Issuing CA").sign(&key);
    expect(&Machine::holding(&[client, issuing]).check_v2(1, ""), "issued-by-intermediate");
}

#[test]
fn lists_what_the_store_holds_as_utf8() {
    let label = friendly_name("Jö's 日本 laptop");
    let machine = Machine::new().with(Root::CurrentUser, "My", &[issued(DEVICE)], &[label, key_reference()]);
    let output = machine.run(&["list", "--store", r"windows:CurrentUser\My"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("Jö's 日本 laptop") && text.contains("device-042"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");

    let json = machine.run(&[
        "list",
        "--format",
        "json",
        "--cn",
        "DEVICE-042",
        "--store",
        r"windows:CurrentUser\My",
    ]);
    let answer: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(answer["certificates"][0]["label"], "Jö's 日本 laptop");
    assert_eq!(answer["certificates"][0]["private_key"], "present");
    assert_eq!(answer["lookups"][0]["returned"].as_array().unwrap().len(), 1);

    let none = machine.run(&["list", "--cn", "nobody", "--store", r"windows:CurrentUser\My"]);
    assert_eq!(none.status.code(), Some(1));
    let missing = machine.run(&["list", "--store", r"windows:LocalMachine\NoSuchStore"]);
    assert_eq!(missing.status.code(), Some(3));
}

#[test]
fn exit_statuses_tell_usage_from_doubt() {
    let machine = Machine::holding(&[issued(DEVICE)]);
    // Without the CA everything else is judged, and what the CA decides stays open.
    assert_eq!(machine.run(&["check", "--cn", "device-042"]).status.code(), Some(3));
    assert_eq!(machine.run(&["check", "--no-such-option"]).status.code(), Some(2));
    machine.write("ca.der", b"not a certificate");
    let output = machine.run(&["check", "--format", "json", "--cn", "device-042", "--ca", "ca.der"]);
    assert_eq!(output.status.code(), Some(3));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((answer["verdict"].as_str(), codes(&answer)[0]), (Some("unknown"), "ca-unreadable"));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("ca.der") && error.trim_end().ends_with("[ca-unreadable]"), "{error}");
}

#[test]
fn fills_in_this_computers_names() {
    let output = Command::new("hostname").output().unwrap();
    let name = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    let machine = Machine::holding(&[issued(&format!("CN={name}"))]);
    let rule = r#"{"type":"client_certificate_v2","input":{"certificate_id":"8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a",
        "operating_system":"windows","cn":"${hostname}","locations":{"trust_stores":["user"],"paths":[]}}}"#;
    machine.write("rule.json", rule.as_bytes());
    let answer = machine.check(0, &["--rule", "rule.json", "--ca", "ca.der"]);
    assert!(answer["rule"]["cn_resolved"].as_str().unwrap().eq_ignore_ascii_case(&name), "{answer:#}");
}

#[test]
fn reads_exported_files_too() {
    let machine = Machine::new();
    machine.write("p12-ca.der", include_bytes!("../fixtures/pkcs12/ca.der"));
    machine.write("user.p12", include_bytes!("../fixtures/pkcs12/no-pass-phrase-legacy.p12"));
    machine.write("user.sst", include_bytes!("../fixtures/serialized/store.sst"));
    for file in ["file:user.p12", "file:user.sst"] {
        let output = machine.run_at(
            "2027-01-01T00:00:00Z",
            &["check", "--cn", "device-7", "--ca", "p12-ca.der", "--store", file],
        );
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{text}");
    }
}

/// What a capture says is what `check` says on the device, to the byte: `check --store capture:` against `check`.
#[test]
fn judging_a_capture_equals_check_on_the_device() {
    let named = [friendly_name("Zoë’s certificate"), key_reference()];
    // The user's store is there from the beginning: Wine makes it when somebody opens the machine's Root.
    let machines: [fn(&[Vec<u8>]) -> Machine; 5] = [
        |_| Machine::holding(&[]),
        |_| Machine::holding(&[issued(DEVICE), issued("CN=device-042 (old)")]),
        |named| Machine::new().with(Root::CurrentUser, "My", &[issued(DEVICE)], named),
        |_| Machine::holding(&[]).with(Root::LocalMachine, "Root", &[issued(DEVICE)], &[]),
        |_| Machine::holding(&[device(DEVICE).sign(&Key::p256("another"))]),
    ];
    for (position, machine) in machines.iter().enumerate() {
        let machine = machine(&named);
        let captured = machine.run(&["capture", "--elsewhere", "all", "-o", "capture.ndjson"]);
        assert!(captured.status.success(), "{}", String::from_utf8_lossy(&captured.stderr));
        for rule_type in ["client_certificate", "client_certificate_v2"] {
            for name in ["device-042", "${hostname}"] {
                let rule = ["--cn", name, "--type", rule_type, "--ca", "ca.der", "--format", "json"];
                let live = machine.run(&[&["check"], &rule[..]].concat());
                let judged =
                    machine.run(&[&["check", "--store", "capture:capture.ndjson"], &rule[..]].concat());
                assert!(!live.stdout.is_empty());
                assert_eq!(
                    (String::from_utf8_lossy(&live.stdout), live.status.code()),
                    (String::from_utf8_lossy(&judged.stdout), judged.status.code()),
                    "{position} {rule_type} {name}"
                );
            }
        }
    }
}
