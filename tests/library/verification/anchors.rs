//! What is said of the uploaded CA itself.

use super::{DEVICE, ISSUING, ROOT, World, at, codes, judge, told};
use crate::support::forge::{self, Key, Template, basic_constraints, der, key_usage, name_constraints};
use certposture::certificate::Certificate;
use certposture::verification::{Reading, anchor};

fn root() -> (Template, Key) {
    let key = Key::p256("root");
    (Template::new(ROOT, &key, ROOT), key)
}

fn told_of(ca: &Certificate) -> Vec<String> {
    told(&anchor(&Reading::of(ca), at()))
}

#[test]
fn a_root_is_a_good_anchor() {
    let none: [&str; 0] = [];
    assert_eq!(told_of(&World::new().root), none);
}

#[test]
fn a_leaf_is_none() {
    let (plain, key) = root();
    assert_eq!(
        told_of(&plain.clone().sign(&key)),
        [
            "ca-not-a-ca@0: The uploaded certificate is not a CA certificate: it has no basic constraints. Upload \
          the certificate of the CA that issues the client certificates"
        ]
    );
    assert_eq!(
        told_of(&plain.with(basic_constraints(false, None)).sign(&key)),
        [
            "ca-not-a-ca@0: The uploaded certificate is not a CA certificate: its basic constraints say that it is \
          not a CA. Upload the certificate of the CA that issues the client certificates"
        ]
    );
}

#[test]
fn a_root_of_version_1_is_one_by_being_uploaded() {
    let (plain, key) = root();
    let none: [&str; 0] = [];
    assert_eq!(told_of(&Template { version: None, ..plain }.sign(&key)), none);
}

#[test]
fn its_dates_and_key_usage() {
    let (plain, key) = root();
    let ca = plain.with(basic_constraints(true, None));
    assert_eq!(
        told_of(&ca.clone().dates("200101000000Z", "241231000000Z").sign(&key)),
        ["ca-expired@0: The uploaded CA expired on 2024-12-31 00:00:00 UTC, 1 day ago"]
    );
    assert_eq!(
        told_of(&ca.clone().dates("250103000000Z", "300101000000Z").sign(&key)),
        ["ca-not-yet-valid@0: The uploaded CA is valid from 2025-01-03 00:00:00 UTC, 2 days from now"]
    );
    assert_eq!(
        told_of(&ca.with(key_usage(0x80, 7)).sign(&key)),
        ["ca-key-usage@0: The uploaded CA must not sign certificates: its key usage lacks keyCertSign"]
    );
}

#[test]
fn an_intermediate_is_told_to_be_one() {
    assert_eq!(
        told_of(&World::new().issuing),
        [
            "ca-not-self-signed@0: The uploaded CA is not self-signed: it is an intermediate, and not a root CA"
        ]
    );
}

#[test]
fn its_key_and_encoding() {
    let weak = Key::rsa("1024");
    assert_eq!(
        told_of(&Template::ca(ROOT, &weak, ROOT).sign(&weak)),
        ["algorithm-weak@0: The uploaded CA has an RSA key of 1024 bits; fewer than 2048 are weak"]
    );
    let (plain, key) = root();
    let mut dsa = plain.with(basic_constraints(true, None));
    dsa.spki = forge::spki(der::sequence(&[der::object("1.2.840.10040.4.1")]), &[2, 1, 5]);
    assert_eq!(
        told_of(&dsa.sign(&key)),
        [
            "algorithm-unsupported@0: Nothing signed by the uploaded CA can be checked here: the key algorithm DSA \
          (1.2.840.10040.4.1) is not supported"
        ]
    );
    assert_eq!(
        told_of(&Certificate::from_der(vec![0x30, 0x03, 1, 2, 3])),
        [
            "certificate-unparseable@0: The uploaded CA is malformed: it is not strict DER: the element at byte 2 is cut \
          short"
        ]
    );
}

#[test]
fn its_constraints_bind_what_is_below() {
    let world = World::new();
    let device = Template::new(DEVICE, &world.device_key, ISSUING).sign(&world.issuing_key);
    let judge = |root: Template| {
        judge(&[root.sign(&world.root_key)], std::slice::from_ref(&world.issuing), &device).path
    };
    let base = || Template::new(ROOT, &world.root_key, ROOT);
    let short = judge(base().with(basic_constraints(true, Some(0))));
    assert_eq!(
        told(&short.findings),
        [
            "path-length-exceeded@1: The intermediate \"CN=Issuing CA, O=Example\" stands too deep: the uploaded CA \
          \"CN=Root CA, O=Example\" allows no intermediate below it"
        ]
    );
    let elsewhere = judge(
        base()
            .with(basic_constraints(true, None))
            .with(name_constraints(&[forge::directory("O=Other")], &[])),
    );
    assert_eq!(codes(&elsewhere.findings), ["name-constraint-violated@0", "name-constraint-violated@1"]);
    let strange =
        judge(base().with(basic_constraints(true, None)).with(forge::extension("1.2.3.4", true, &[5, 0])));
    assert_eq!(codes(&strange.findings), ["unknown-critical-extension@2"]);
    let old = judge(base().with(basic_constraints(true, None)).dates("200101000000Z", "210101000000Z"));
    assert_eq!(codes(&old.findings), ["ca-expired@2"]);
    assert!(!old.passes());
    let leaf = judge(base());
    assert_eq!(codes(&leaf.findings), ["ca-not-a-ca@2"]);
}

#[test]
fn the_ca_itself_among_the_certificates() {
    let world = World::new();
    let judgement = world.judge(&world.root);
    assert_eq!(judgement.path.chain, std::slice::from_ref(&world.root));
    assert_eq!(judgement.path.anchor, Some(0));
    assert_eq!(
        told(&judgement.path.findings),
        ["is-the-ca@0: The certificate is the uploaded CA itself: it validates, and proves nothing about a \
          client certificate"]
    );
    assert!(judgement.path.passes() && judgement.direct.passes());
    // An intermediate as the CA: it validates as an anchor, but did not sign itself.
    let intermediate = judge(std::slice::from_ref(&world.issuing), &[], &world.issuing);
    assert_eq!(codes(&intermediate.path.findings), ["is-the-ca@0", "ca-not-self-signed@0"]);
    assert!(intermediate.path.passes() && !intermediate.direct.passes());
}
