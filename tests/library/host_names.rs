//! Which form of the host name stands for `${hostname}` is undocumented: a certificate that fits
//! another form than the system's own passes, with a warning.

use crate::support::forge::{Key, Template, alternative_names, dns};
use certposture::ca::UploadedCas;
use certposture::certificate::Certificate;
use certposture::device::{Device, HostNames};
use certposture::diagnosis::{Case, Diagnosis, Judging, Verdict, diagnose};
use certposture::posture::RuleType;
use certposture::reason::Code;
use certposture::rule::Rule;
use certposture::store::{
    Contents, Evidence, Index, Place, PrivateKey, Status, StoreSpec, StoredCertificate,
};
use certposture::system::System;

const ROOT: &str = "CN=Root CA";

fn answer(rule: &Rule, subject: &str, names: &[&str]) -> Diagnosis {
    let key = Key::p256("root");
    let root = Template::ca(ROOT, &key, ROOT).sign(&key);
    let names: Vec<Vec<u8>> = names.iter().map(|name| dns(name)).collect();
    let device =
        Template::new(subject, &Key::p256("device"), ROOT).with(alternative_names(&names)).sign(&key);
    let mut cas = UploadedCas::default();
    cas.add_bytes(root.der(), None);
    diagnose(&Case {
        rule,
        cas: &cas,
        device: &Device::new(HostNames::new("jo.example.com"), Err(String::new())),
        client: None,
        intermediates: &[],
        places: &[place(device)],
        system: System::Linux,
        at: "2025-01-01T00:00:00Z".parse().unwrap(),
        expiry_warning_days: 0,
        working_directory: None,
        judging: &Judging::default(),
    })
}

fn place(certificate: Certificate) -> Place {
    let spec: StoreSpec = "nss:/etc/pki/nssdb".parse().unwrap();
    let stored = StoredCertificate {
        certificate,
        label: None,
        trust: None,
        location: "/device.pem".to_owned(),
        private_key: PrivateKey::Present,
        other_key_beside: false,
        position: 0,
    };
    let certificates = vec![stored];
    Place::new(
        Contents {
            evidence: Evidence::own(&spec),
            spec,
            status: Status::Read,
            problem: None,
            certificates,
            index: Index::None,
        },
        false,
        true,
    )
}

fn rule(common_name: Option<&str>, alternative_name: &str) -> Rule {
    let name = common_name.map(|name| name.as_bytes().to_vec());
    let mut rule = Rule::from_flags(name, Some(RuleType::ClientCertificateV2));
    rule.subject_alternative_names = vec![alternative_name.to_owned()];
    rule
}

fn told(answer: &Diagnosis) -> (Verdict, Vec<Code>) {
    (answer.verdict, answer.reasons.iter().map(|reason| reason.finding.code).collect())
}

#[test]
fn in_the_common_name() {
    let rule = rule(Some("${hostname}"), "x");
    assert_eq!(told(&answer(&rule, "CN=jo", &["x"])), (Verdict::Pass, vec![]));
    assert_eq!(told(&answer(&rule, "CN=JO.example.com", &["x"])), (Verdict::Pass, vec![Code::HostnameForm]));
    assert_eq!(told(&answer(&rule, "CN=jo.example.org", &["x"])), (Verdict::Fail, vec![Code::NotFound]));
}

#[test]
fn in_an_alternative_name() {
    let rule = rule(None, "${hostname}");
    assert_eq!(told(&answer(&rule, "CN=x", &["jo"])), (Verdict::Pass, vec![]));
    assert_eq!(told(&answer(&rule, "CN=x", &["jo.example.com"])), (Verdict::Pass, vec![Code::HostnameForm]));
    assert_eq!(told(&answer(&rule, "CN=x", &["jo.example.org"])), (Verdict::Fail, vec![Code::SanDiffers]));
}
