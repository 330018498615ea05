//! Verdicts and repairs for Windows stores, on every system: the stores are given as Windows would
//! have answered.

use certposture::ca::UploadedCas;
use certposture::certificate::Certificate;
use certposture::device::{Device, HostNames};
use certposture::diagnosis::{Case, Diagnosis, Verdict, diagnose};
use certposture::lookup::powershell::subject;
use certposture::reason::Code;
use certposture::rule::{Rule, RuleType};
use certposture::store::{Contents, Index, Place, PrivateKey, Problem, Status, StoreSpec, StoredCertificate};
use certposture::system::System;
use std::path::PathBuf;

const DEVICE: &[u8] = include_bytes!("fixtures/pkcs12/device.der");
const CA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pkcs12/ca.der");

fn device() -> Certificate {
    Certificate::from_der(DEVICE.to_vec())
}

/// A store that holds these certificates, each with its private key.
fn place(spec: &str, certificates: &[Certificate], problem: Option<Code>) -> Place {
    let spec: StoreSpec = spec.parse().unwrap();
    let stored = certificates.iter().enumerate().map(|(position, certificate)| StoredCertificate {
        certificate: certificate.clone(),
        label: None,
        trust: None,
        location: spec.to_string(),
        private_key: PrivateKey::Present,
        other_key_beside: false,
        position,
    });
    let contents = Contents {
        status: Status::Read,
        problem: problem.map(|code| Problem { code, message: String::new(), file: None }),
        certificates: stored.collect(),
        index: Index::Windows { subjects: certificates.iter().map(subject).collect(), account: None },
        spec,
    };
    Place::new(contents, false, true)
}

fn answer(rule: &Rule, places: &[Place]) -> Diagnosis {
    let cas = UploadedCas::read(&[PathBuf::from(CA)]);
    let device = Device { host_names: HostNames::default(), serial_number: Err(String::new()) };
    diagnose(&Case {
        rule,
        cas: &cas,
        device: &device,
        client: None,
        intermediates: &[],
        places,
        system: System::Windows,
        at: "2027-01-01T00:00:00Z".parse().unwrap(),
        expiry_warning_days: 30,
        working_directory: None,
    })
}

fn original(name: &str) -> Rule {
    Rule::from_flags(Some(name.as_bytes().to_vec()), Some(RuleType::ClientCertificate))
}

fn first_reason(answer: &Diagnosis) -> Option<Code> {
    answer.reasons.first().map(|reason| reason.code)
}

fn first_command(answer: &Diagnosis) -> &str {
    answer.fixes[0].command.as_deref().unwrap()
}

#[test]
fn a_certificate_in_the_users_store_passes() {
    let answer = answer(&original("DEVICE-7"), &[place(r"windows:CurrentUser\My", &[device()], None)]);
    assert_eq!((answer.verdict, first_reason(&answer)), (Verdict::Pass, None));
}

#[test]
fn nothing_in_another_users_store_proves_anything() {
    for certificates in [vec![device()], vec![]] {
        let other = place(r"windows:CurrentUser\My", &certificates, Some(Code::StoreOtherUser));
        let answer = answer(&original("device-7"), &[other]);
        assert_eq!((answer.verdict, first_reason(&answer)), (Verdict::Unknown, Some(Code::StoreOtherUser)));
        assert_eq!(answer.fixes[0].command, None);
    }
}

#[test]
fn the_machines_store_is_elsewhere_for_the_original_type() {
    let places =
        [place(r"windows:CurrentUser\My", &[], None), place(r"windows:LocalMachine\My", &[device()], None)];
    let answer = answer(&original("device-7"), &places);
    assert_eq!(answer.verdict, Verdict::Fail);
    assert!(answer.reasons.iter().any(|reason| reason.code == Code::FoundElsewhere), "{:?}", answer.reasons);
    let command = first_command(&answer);
    assert!(command.contains(r"(Get-Item -LiteralPath 'Cert:\LocalMachine\My\"), "{command}");
    assert!(command.contains("X509Store]::new('My', 'CurrentUser')"), "{command}");
    assert_eq!(answer.fixes[0].then, None);
}

#[test]
fn a_key_that_is_needed_moves_with_its_certificate() {
    let json =
        br#"{"type":"client_certificate_v2","input":{"certificate_id":"8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a",
        "operating_system":"windows","cn":"device-7","check_private_key":true,
        "locations":{"trust_stores":["system"],"paths":[]}}}"#;
    let rule = certposture::rule::read_rules(json).unwrap().rules.remove(0);
    let places =
        [place(r"windows:LocalMachine\My", &[], None), place(r"windows:CurrentUser\My", &[device()], None)];
    let answer = answer(&rule, &places);
    assert_eq!(answer.verdict, Verdict::Fail);
    let command = first_command(&answer);
    assert!(
        command.contains("Export-PfxCertificate") && command.contains("Import-PfxCertificate"),
        "{command}"
    );
    assert!(answer.fixes[0].message.contains("not marked as exportable"), "{}", answer.fixes[0].message);
}

#[test]
fn says_how_to_write_a_name_that_powershell_reads_otherwise() {
    let certificate = with_common_name(b"srv[a]x1");
    let answer = answer(&original("srv[a]x1"), &[place(r"windows:CurrentUser\My", &[certificate], None)]);
    assert_eq!(answer.verdict, Verdict::Fail);
    assert!(answer.reasons.iter().any(|reason| reason.code == Code::CnShellSpecial), "{:?}", answer.reasons);
    let fix = answer.fixes.iter().find(|fix| fix.code == Code::CnShellSpecial).unwrap();
    assert!(fix.message.ends_with("srv``[a``]x1"), "{}", fix.message);
}

/// The device's certificate under another name of the same length; its signature is then wrong.
fn with_common_name(name: &[u8; 8]) -> Certificate {
    let at = DEVICE.windows(8).position(|window| window == b"device-7").unwrap();
    Certificate::from_der([&DEVICE[..at], name, &DEVICE[at + 8..]].concat())
}
