//! Verdicts and repairs for Windows stores, on every system: the stores are given as Windows would
//! have answered.

use certposture::ca::UploadedCas;
use certposture::certificate::Certificate;
use certposture::device::{Device, HostNames};
use certposture::diagnosis::{Case, Diagnosis, Judging, Verdict, diagnose};
use certposture::lookup::powershell::subject;
use certposture::posture::RuleType;
use certposture::reason::{Code, Finding};
use certposture::rule::Rule;
use certposture::store::{
    Contents, Evidence, Index, Place, PrivateKey, Status, StoreSpec, StoredCertificate,
};
use certposture::system::System;
use std::path::PathBuf;

const DEVICE: &[u8] = include_bytes!("../fixtures/pkcs12/device.der");
const CA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pkcs12/ca.der");

fn device() -> Certificate {
    Certificate::from_der(DEVICE.to_vec())
}

/// A certificate that no rule here means.
fn other() -> Certificate {
    Certificate::from_der(std::fs::read(CA).unwrap())
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
        evidence: Evidence::own(&spec),
        status: Status::Read,
        problem: problem.map(|code| Finding::new(code, String::new())),
        certificates: stored.collect(),
        index: Index::Windows { subjects: certificates.iter().map(subject).collect(), account: None },
        spec,
    };
    Place::new(contents, false, true)
}

fn answer(rule: &Rule, places: &[Place]) -> Diagnosis {
    let cas = UploadedCas::read(&[PathBuf::from(CA)]);
    let device = Device::new(HostNames::default(), Err(String::new()));
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
        judging: &Judging::default(),
    })
}

fn original(name: &str) -> Rule {
    Rule::from_flags(Some(name.as_bytes().to_vec()), Some(RuleType::ClientCertificate))
}

fn first_reason(answer: &Diagnosis) -> Option<Code> {
    answer.reasons.first().map(|reason| reason.finding.code)
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
    assert!(
        answer.reasons.iter().any(|reason| reason.finding.code == Code::FoundElsewhere),
        "{:?}",
        answer.reasons
    );
    let command = first_command(&answer);
    assert!(command.contains(r"(Get-Item -LiteralPath 'Cert:\LocalMachine\My\"), "{command}");
    assert!(command.contains("X509Store]::new('My', 'CurrentUser')"), "{command}");
    assert_eq!(answer.fixes[0].then, None);
}

fn elsewhere(place: Place) -> Place {
    Place { elsewhere: true, ..place }
}

/// A rule that asks for the private key and names the machine's store.
fn with_key_of_the_system() -> Rule {
    let json =
        br#"{"type":"client_certificate_v2","input":{"certificate_id":"8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a",
        "operating_system":"windows","cn":"device-7","check_private_key":true,
        "locations":{"trust_stores":["system"],"paths":[]}}}"#;
    certposture::rule::read_rules(json).unwrap().rules.remove(0)
}

#[test]
fn a_key_that_is_needed_moves_with_its_certificate() {
    let rule = with_key_of_the_system();
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
fn the_right_certificate_elsewhere_settles_the_fault_of_another() {
    let damaged = with_common_name(b"device-7");
    let damaged = Certificate::from_der([&damaged.der()[..damaged.der().len() - 1], b"\0"].concat());
    let places = [
        place(r"windows:CurrentUser\My", &[damaged], None),
        elsewhere(place(r"windows:LocalMachine\My", &[device()], None)),
    ];
    let answer = answer(&original("device-7"), &places);
    assert_eq!((answer.verdict, first_reason(&answer)), (Verdict::Fail, Some(Code::SignatureInvalid)));
    let command = first_command(&answer);
    assert!(command.contains(r"(Get-Item -LiteralPath 'Cert:\LocalMachine\My\"), "{command}");
    assert_eq!(answer.fixes[0].then, None);
}

#[test]
fn a_missing_key_comes_with_the_certificate_from_the_other_location() {
    let mut without_key = place(r"windows:LocalMachine\My", &[device()], None);
    without_key.contents.certificates[0].private_key = PrivateKey::Absent;
    let others = elsewhere(place(r"windows:CurrentUser\My", &[device()], None));
    let both = answer(&with_key_of_the_system(), &[without_key.clone(), others]);
    assert_eq!(first_reason(&both), Some(Code::PrivateKeyMissing));
    assert!(first_command(&both).contains("Export-PfxCertificate"), "{}", first_command(&both));
    let alone = answer(&with_key_of_the_system(), &[without_key]);
    let message = &alone.fixes[0].message;
    let repair = "certutil -repairstore My A0B8326DA3CAFF40428C1B67B609071A0E4EF03F ";
    assert!(message.contains(repair), "{message}");
}

#[test]
fn the_machines_store_alone_is_still_not_the_users() {
    let machines = || place(r"windows:LocalMachine\My", &[device()], None);
    let alone = answer(&original("device-7"), &[machines()]);
    assert_eq!((alone.verdict, first_reason(&alone)), (Verdict::Unknown, Some(Code::RoleNotSearched)));
    let users = place(r"windows:CurrentUser\My", &[other()], None);
    let answer = answer(&original("device-7"), &[machines(), users]);
    assert_eq!((answer.verdict, first_reason(&answer)), (Verdict::Fail, Some(Code::FoundElsewhere)));
    assert!(first_command(&answer).contains("::new('My', 'CurrentUser')"), "{}", first_command(&answer));
}

#[test]
fn a_rule_may_name_the_place_instead() {
    let users = place(r"windows:CurrentUser\My", &[device()], None);
    let answer = answer(&with_key_of_the_system(), &[users]);
    assert_eq!((answer.verdict, first_reason(&answer)), (Verdict::Unknown, Some(Code::RoleNotSearched)));
    assert!(answer.fixes[0].message.contains("trust store \"user\""), "{}", answer.fixes[0].message);
}

#[test]
fn a_friendly_name_makes_no_candidate_of_another_devices_certificate() {
    let mut place = place(r"windows:CurrentUser\My", &[device()], None);
    place.contents.certificates[0].label = Some(b"LAPTOP-9".to_vec());
    let answer = answer(&original("laptop-9"), &[place]);
    assert_eq!((answer.verdict, first_reason(&answer)), (Verdict::Fail, Some(Code::NotFound)));
}

#[cfg(not(windows))]
#[test]
fn a_store_of_windows_leaves_the_question_open_on_another_system() {
    for spec in [r"windows:CurrentUser\My", r"windows:LocalMachine\My"] {
        let place = Place::read(&spec.parse().unwrap(), &[]);
        assert_eq!(place.contents.status, Status::Unsupported);
        let answer = answer(&original("device-7"), &[place]);
        assert_eq!((answer.verdict, first_reason(&answer)), (Verdict::Unknown, Some(Code::StoreDenied)));
        let message = &answer.fixes[0].message;
        assert!(message.contains("--os windows") && message.contains(&spec[8..]), "{message}");
    }
}

#[test]
fn says_how_to_write_a_name_that_powershell_reads_otherwise() {
    let certificate = with_common_name(b"srv[a]x1");
    let answer = answer(&original("srv[a]x1"), &[place(r"windows:CurrentUser\My", &[certificate], None)]);
    assert_eq!(answer.verdict, Verdict::Fail);
    assert!(
        answer.reasons.iter().any(|reason| reason.finding.code == Code::CnShellSpecial),
        "{:?}",
        answer.reasons
    );
    let fix = answer.fixes.iter().find(|fix| fix.code == Code::CnShellSpecial).unwrap();
    assert!(fix.message.contains(" srv``[a``]x1 "), "{}", fix.message);
}

/// The device's certificate under another name of the same length; its signature is then wrong.
fn with_common_name(name: &[u8; 8]) -> Certificate {
    let at = DEVICE.windows(8).position(|window| window == b"device-7").unwrap();
    Certificate::from_der([&DEVICE[..at], name, &DEVICE[at + 8..]].concat())
}
