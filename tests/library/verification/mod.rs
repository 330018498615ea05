//! Each fault that verification knows: its code, the certificate it is put to, and its message.

mod anchors;
mod building;
mod constraints;
mod names;
mod path;
mod shared;
mod signatures;
mod structure;
mod usages;

use crate::support::forge::{Key, Template};
use certposture::certificate::Certificate;
use certposture::reason::Finding;
use certposture::verification::{Judgement, Path, Purpose, Verifier};
use jiff::Timestamp;

const ROOT: &str = "O=Example, CN=Root CA";
const ISSUING: &str = "O=Example, CN=Issuing CA";
const DEVICE: &str = "CN=device-042";

fn at() -> Timestamp {
    "2025-01-01T00:00:00Z".parse().unwrap()
}

/// A root, an issuing CA and their keys.
struct World {
    root_key: Key,
    issuing_key: Key,
    device_key: Key,
    root: Certificate,
    issuing: Certificate,
}

impl World {
    fn new() -> Self {
        let (root_key, issuing_key) = (Key::p256("root"), Key::p256("issuing"));
        Self {
            root: Template::ca(ROOT, &root_key, ROOT).sign(&root_key),
            issuing: Template::ca(ISSUING, &issuing_key, ROOT).sign(&root_key),
            device_key: Key::p256("device"),
            root_key,
            issuing_key,
        }
    }

    /// A device's certificate under the issuing CA.
    fn device(&self) -> Template {
        Template::new(DEVICE, &self.device_key, ISSUING)
    }

    /// Judges it under the root, with the issuing CA at hand.
    fn judge(&self, device: &Certificate) -> Judgement {
        judge(std::slice::from_ref(&self.root), std::slice::from_ref(&self.issuing), device)
    }

    /// The path of a device's certificate that this issuing CA signed.
    fn path_under(&self, issuing: Template) -> Path {
        let issuing = issuing.sign(&self.root_key);
        judge(std::slice::from_ref(&self.root), &[issuing], &self.device().sign(&self.issuing_key)).path
    }
}

fn judge(anchors: &[Certificate], pool: &[Certificate], certificate: &Certificate) -> Judgement {
    judge_for(Purpose::Any, anchors, pool, certificate)
}

fn judge_for(
    purpose: Purpose,
    anchors: &[Certificate],
    pool: &[Certificate],
    certificate: &Certificate,
) -> Judgement {
    Verifier::new(anchors, pool, at()).judge(certificate, purpose)
}

/// `code@depth: message` for each finding.
fn told(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{}@{}: {}", f.code, f.depth().unwrap(), f.message)).collect()
}

/// The codes alone.
fn codes(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{}@{}", f.code, f.depth().unwrap())).collect()
}

#[test]
fn a_clean_chain_passes_and_tells_nothing() {
    let world = World::new();
    let judgement = world.judge(&world.device().sign(&world.issuing_key));
    assert!(judgement.path.passes());
    assert_eq!(told(&judgement.path.findings), [] as [&str; 0]);
    assert_eq!(judgement.path.anchor, Some(0));
    assert_eq!(judgement.path.chain[1..], [world.issuing.clone(), world.root.clone()]);
    assert!(!judgement.direct.passes());
    assert!(judgement.is_by_intermediate());
}

#[test]
fn a_certificate_of_the_ca_itself_passes_both_ways() {
    let world = World::new();
    let device = Template::new(DEVICE, &world.device_key, ROOT).sign(&world.root_key);
    let judgement = world.judge(&device);
    assert!(judgement.path.passes() && judgement.direct.passes());
    assert_eq!(judgement.direct.issuer, Some(0));
    assert_eq!(judgement.path.chain, [device, world.root.clone()]);
    assert!(!judgement.is_by_intermediate());
}
