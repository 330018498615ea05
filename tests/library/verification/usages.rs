//! The usages and alternative names that a rule lists.

use super::{World, told};
use crate::support::forge::{
    self, ANY_USAGE, CLIENT_AUTH, SERVER_AUTH, Template, alternative_names, dns, email, ip, uri,
};
use certposture::certificate::Certificate;
use certposture::posture::Usage;
use certposture::reason::Finding;
use certposture::verification::Reading;

fn device(change: impl FnOnce(Template) -> Template) -> Certificate {
    let world = World::new();
    change(world.device()).sign(&world.issuing_key)
}

fn usages_held_against(certificate: &Certificate, wanted: &[Usage]) -> Vec<Finding> {
    Reading::of(certificate).unwrap().extended_key_usage(wanted)
}

fn held_against(certificate: &Certificate, wanted: &[String]) -> Vec<Finding> {
    Reading::of(certificate).unwrap().subject_alternative_name(wanted)
}

const NONE: [&str; 0] = [];

#[test]
fn usages_by_their_own_identifiers() {
    let with = |usages: &[&str]| device(|device| device.with(forge::extended_key_usage(usages)));
    let both = [Usage::ClientAuth, Usage::EmailProtection];
    assert_eq!(told(&usages_held_against(&with(&[SERVER_AUTH]), &[])), NONE);
    assert_eq!(told(&usages_held_against(&with(&[SERVER_AUTH, CLIENT_AUTH]), &[Usage::ClientAuth])), NONE);
    assert_eq!(
        told(&usages_held_against(&device(|device| device), &both)),
        ["eku-absent@0: The certificate has no extended key usage extension; the rule wants clientAuth \
          (1.3.6.1.5.5.7.3.2) and emailProtection (1.3.6.1.5.5.7.3.4) in it"]
    );
    assert_eq!(
        told(&usages_held_against(&with(&[CLIENT_AUTH]), &both)),
        [
            "eku-missing@0: The certificate's extended key usage lists clientAuth (1.3.6.1.5.5.7.3.2); the rule wants \
          emailProtection (1.3.6.1.5.5.7.3.4) too"
        ]
    );
    assert_eq!(
        told(&usages_held_against(&with(&[ANY_USAGE]), &[Usage::ClientAuth])),
        [
            "eku-missing@0: The certificate's extended key usage lists anyExtendedKeyUsage (2.5.29.37.0); the rule \
          wants clientAuth (1.3.6.1.5.5.7.3.2) too. anyExtendedKeyUsage does not stand in for it"
        ]
    );
}

#[test]
fn usages_by_their_names() {
    assert_eq!("clientAuth".parse::<Usage>().unwrap(), Usage::ClientAuth);
    assert_eq!(Usage::EmailProtection.to_string(), "emailProtection");
    assert_eq!(
        "serverAuth".parse::<Usage>().unwrap_err().to_string(),
        "\"serverAuth\" is not an extended key usage that a rule can ask for: clientAuth or emailProtection"
    );
}

#[test]
fn alternative_names_of_the_four_kinds_match() {
    let names = [
        dns("device-042.example.com"),
        email("Jo@example.com"),
        uri("urn:uuid:42"),
        ip(&[192, 0, 2, 7]),
        ip(&[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        forge::directory("CN=not looked at"),
    ];
    let device = device(|device| device.with(alternative_names(&names)));
    let told = |wanted: &[&str]| {
        let wanted: Vec<String> = wanted.iter().map(|value| (*value).to_owned()).collect();
        told(&held_against(&device, &wanted))
    };
    for value in [
        "DEVICE-042.example.com",
        "jo@EXAMPLE.com",
        "URN:uuid:42",
        "192.0.2.7",
        "2001:db8::1",
        "2001:DB8:0:0::1",
    ] {
        assert_eq!(told(&[value]), NONE, "{value}");
    }
    assert_eq!(told(&["other", "192.0.2.7"]), NONE);
    assert_eq!(told(&[]), NONE);
    assert_eq!(
        told(&["not looked at", "192.0.2.8"]),
        ["san-differs@0: The certificate's subject alternative names are DNS:device-042.example.com, \
          email:Jo@example.com, URI:urn:uuid:42, IP:192.0.2.7, IP:2001:db8::1, directory name:CN=not looked at; \
          the rule wants \"not looked at\" or \"192.0.2.8\""]
    );
}

#[test]
fn alternative_names_that_are_missing_or_of_the_wrong_kind() {
    let wanted = ["jo@example.com".to_owned()];
    assert_eq!(
        told(&held_against(&device(|device| device), &wanted)),
        ["san-absent@0: The certificate has no subject alternative name extension; the rule wants \
          \"jo@example.com\" in it"]
    );
    let principal = device(|device| device.with(alternative_names(&[forge::principal("JO@example.com")])));
    assert_eq!(
        told(&held_against(&principal, &wanted)),
        [
            "san-other-name-only@0: \"jo@example.com\" stands in the certificate's subject alternative names, but \
          only as an otherName (such as a user principal name), which the check does not look at"
        ]
    );
}

#[test]
fn outside_text_is_escaped() {
    let device = device(|device| device.with(alternative_names(&[dns("a\nb\u{1b}[2J")])));
    let told = told(&held_against(&device, &["x\u{202e}y".to_owned()]));
    assert!(told[0].contains(r"DNS:a\u{a}b\u{1b}[2J; the rule wants "), "{told:?}");
    assert!(told[0].contains(r"x\u{202e}y"), "{told:?}");
}
