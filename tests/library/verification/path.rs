//! Dates, flags, lengths and critical extensions along a path (RFC 5280 §6.1).

use super::{DEVICE, ISSUING, ROOT, World, judge, judge_for, told};
use crate::support::forge::{
    self, ANY_USAGE, CLIENT_AUTH, EMAIL_PROTECTION, SERVER_AUTH, Template, basic_constraints, der,
    extended_key_usage, key_usage,
};
use certposture::verification::{Purpose, Reading};

#[test]
fn dates_of_the_certificate_and_of_the_intermediate() {
    let world = World::new();
    let device = world.device().dates("200101000000Z", "241220000000Z").sign(&world.issuing_key);
    let path = world.judge(&device).path;
    assert!(!path.passes());
    assert_eq!(
        told(&path.findings),
        ["expired@0: The certificate expired on 2024-12-20 00:00:00 UTC, 12 days ago"]
    );
    let device = world.device().dates("250101000001Z", "300101000000Z").sign(&world.issuing_key);
    assert_eq!(
        told(&world.judge(&device).path.findings),
        [
            "not-yet-valid@0: The certificate is not valid before 2025-01-01 00:00:01 UTC, 1 second from now; check \
          this machine's clock"
        ]
    );
    let issuing = Template::ca(ISSUING, &world.issuing_key, ROOT).dates("200101000000Z", "241231225900Z");
    assert_eq!(
        told(&world.path_under(issuing).findings),
        [
            "expired@1: The intermediate \"CN=Issuing CA, O=Example\" expired on 2024-12-31 22:59:00 UTC, 1 hour ago"
        ]
    );
}

#[test]
fn both_ends_of_the_validity_period_belong_to_it() {
    let world = World::new();
    for (not_before, not_after) in [("250101000000Z", "300101000000Z"), ("200101000000Z", "250101000000Z")] {
        let device = world.device().dates(not_before, not_after).sign(&world.issuing_key);
        assert!(world.judge(&device).path.passes(), "{not_before} {not_after}");
    }
}

#[test]
fn the_last_second_of_9999_means_no_expiration() {
    let world = World::new();
    let mut device = world.device();
    device.not_after = der::generalized_time("99991231235959Z");
    let device = device.sign(&world.issuing_key);
    assert!(world.judge(&device).path.passes());
    assert_eq!(Reading::of(&device).unwrap().validity(super::at(), 30), []);
}

#[test]
fn expiry_is_announced() {
    let world = World::new();
    let device = world.device().dates("200101000000Z", "250113000000Z").sign(&world.issuing_key);
    assert_eq!(
        told(&Reading::of(&device).unwrap().validity(super::at(), 30)),
        ["expires-soon@0: Passes now; the certificate expires on 2025-01-13 00:00:00 UTC, in 12 days"]
    );
    assert_eq!(Reading::of(&device).unwrap().validity(super::at(), 11), []);
    let gone = world.device().dates("200101000000Z", "241231235959Z").sign(&world.issuing_key);
    assert_eq!(
        told(&Reading::of(&gone).unwrap().validity(super::at(), 30)),
        ["expired@0: The certificate expired on 2024-12-31 23:59:59 UTC, 1 second ago"]
    );
}

#[test]
fn an_intermediate_must_be_a_ca() {
    let world = World::new();
    let plain = Template::new(ISSUING, &world.issuing_key, ROOT);
    let absent = "issuer-not-a-ca@1: The intermediate \"CN=Issuing CA, O=Example\" issued a certificate but is \
                  not a CA: it has no basic constraints";
    assert_eq!(told(&world.path_under(plain.clone()).findings), [absent]);
    let denied = plain.clone().with(basic_constraints(false, None));
    assert_eq!(
        told(&world.path_under(denied).findings),
        [
            "issuer-not-a-ca@1: The intermediate \"CN=Issuing CA, O=Example\" issued a certificate but is not a \
          CA: its basic constraints say that it is not a CA"
        ]
    );
    // RFC 5280 §6.1.4 (k): version 1 has no way to say so.
    let old = Template { version: None, ..plain };
    assert_eq!(told(&world.path_under(old).findings), [absent]);
}

#[test]
fn an_intermediate_must_be_allowed_to_sign_certificates() {
    let world = World::new();
    let issuing = Template::new(ISSUING, &world.issuing_key, ROOT)
        .with(basic_constraints(true, None))
        .with(key_usage(0x02, 1));
    assert_eq!(
        told(&world.path_under(issuing).findings),
        [
            "issuer-key-usage@1: The intermediate \"CN=Issuing CA, O=Example\" must not sign certificates: its key \
          usage lacks keyCertSign"
        ]
    );
}

#[test]
fn path_lengths_count_intermediates_that_are_not_self_issued() {
    let world = World::new();
    let policy = "O=Example, CN=Policy CA";
    let policy_key = forge::Key::p256("policy");
    let limited = |limit| {
        Template::new(policy, &policy_key, ROOT)
            .with(basic_constraints(true, Some(limit)))
            .sign(&world.root_key)
    };
    let issuing = Template::ca(ISSUING, &world.issuing_key, policy).sign(&policy_key);
    let device = world.device().sign(&world.issuing_key);
    let judge = |pool: &[_], device: &_| judge(std::slice::from_ref(&world.root), pool, device).path;
    assert!(judge(&[limited(1), issuing.clone()], &device).passes());
    assert_eq!(
        told(&judge(&[limited(0), issuing.clone()], &device).findings),
        ["path-length-exceeded@1: The intermediate \"CN=Issuing CA, O=Example\" stands too deep: the \
          intermediate \"CN=Policy CA, O=Example\" allows no intermediate below it"]
    );
    // A certificate by which the issuing CA changes its key is self-issued and does not count.
    let new_key = forge::Key::p256("issuing, new");
    let rollover = Template::ca(ISSUING, &new_key, ISSUING).sign(&world.issuing_key);
    let newer = world.device().sign(&new_key);
    let path = judge(&[limited(1), issuing, rollover], &newer);
    assert!(path.passes(), "{:?}", path.findings);
    assert_eq!(path.chain.len(), 5);
    // The certificate judged does not count either, be it a CA (RFC 5280 §4.2.1.9).
    let last = Template::ca(ISSUING, &world.issuing_key, policy).sign(&policy_key);
    assert!(judge(&[limited(0)], &last).passes());
}

#[test]
fn critical_extensions_that_are_not_processed() {
    let world = World::new();
    let strange = world.device().with(forge::extension("1.3.6.1.4.1.99999.1", true, &[5, 0]));
    assert_eq!(
        told(&world.judge(&strange.sign(&world.issuing_key)).path.findings),
        [
            "unknown-critical-extension@0: The certificate has the critical extension 1.3.6.1.4.1.99999.1, which is \
          not processed here: a certificate with a critical extension that is not understood must be refused"
        ]
    );
    let harmless = world.device().with(forge::extension("1.3.6.1.4.1.99999.1", false, &[5, 0]));
    assert!(world.judge(&harmless.sign(&world.issuing_key)).path.passes());
    let require_policy = der::sequence(&[der::context(0, &[0])]);
    let issuing = Template::ca(ISSUING, &world.issuing_key, ROOT).with(forge::extension(
        "2.5.29.36",
        true,
        &require_policy,
    ));
    assert_eq!(
        told(&world.path_under(issuing).findings),
        [
            "unknown-critical-extension@1: The intermediate \"CN=Issuing CA, O=Example\" has the critical extension \
          policyConstraints (2.5.29.36), which is not processed here: a certificate with a critical extension \
          that is not understood must be refused"
        ]
    );
}

#[test]
fn any_policy_will_do() {
    let world = World::new();
    let policies = der::sequence(&[der::sequence(&[der::object("1.3.6.1.4.1.99999.2")])]);
    let device = world.device().with(forge::extension("2.5.29.32", true, &policies));
    assert!(world.judge(&device.sign(&world.issuing_key)).path.passes());
}

#[test]
fn purposes_along_the_path() {
    let world = World::new();
    let judge = |purpose, usages: Option<&[&str]>, issuing_usages: Option<&[&str]>| {
        let with = |template: Template, usages: Option<&[&str]>| match usages {
            Some(usages) => template.with(extended_key_usage(usages)),
            None => template,
        };
        let issuing =
            with(Template::ca(ISSUING, &world.issuing_key, ROOT), issuing_usages).sign(&world.root_key);
        let device = with(world.device(), usages).sign(&world.issuing_key);
        let path = judge_for(purpose, std::slice::from_ref(&world.root), &[issuing], &device).path;
        told(&path.findings)
    };
    let none: [&str; 0] = [];
    assert_eq!(judge(Purpose::ClientAuth, None, None), none);
    assert_eq!(judge(Purpose::ClientAuth, Some(&[SERVER_AUTH, CLIENT_AUTH]), Some(&[ANY_USAGE])), none);
    assert_eq!(judge(Purpose::Any, Some(&[SERVER_AUTH]), Some(&[SERVER_AUTH])), none);
    assert_eq!(
        judge(Purpose::ClientAuth, Some(&[CLIENT_AUTH]), Some(&[SERVER_AUTH, EMAIL_PROTECTION])),
        ["eku-missing@1: The intermediate \"CN=Issuing CA, O=Example\" is not for clientAuth \
          (1.3.6.1.5.5.7.3.2): its extended key usage lists serverAuth (1.3.6.1.5.5.7.3.1), emailProtection \
          (1.3.6.1.5.5.7.3.4)"]
    );
    assert_eq!(
        judge(Purpose::Email, Some(&[CLIENT_AUTH]), None),
        [
            "eku-missing@0: The certificate is not for emailProtection (1.3.6.1.5.5.7.3.4): its extended key usage \
          lists clientAuth (1.3.6.1.5.5.7.3.2)"
        ]
    );
}

#[test]
fn all_faults_are_told_in_order() {
    let world = World::new();
    let issuing = Template::new(ISSUING, &world.issuing_key, ROOT)
        .dates("200101000000Z", "210101000000Z")
        .with(key_usage(0x02, 1))
        .sign(&world.root_key);
    let device = Template::new(DEVICE, &world.device_key, ISSUING)
        .dates("200101000000Z", "220101000000Z")
        .with(forge::extension("1.3.6.1.4.1.99999.1", true, &[5, 0]))
        .sign(&world.issuing_key);
    let path = judge(std::slice::from_ref(&world.root), &[issuing], &device).path;
    assert_eq!(
        super::codes(&path.findings),
        ["issuer-not-a-ca@1", "issuer-key-usage@1", "unknown-critical-extension@0", "expired@0", "expired@1"]
    );
    assert_eq!(path.anchor, Some(0));
}

#[test]
fn the_key_usage_must_be_consistent_with_the_purpose() {
    let world = World::new();
    let told_for = |purpose, bits, unused| {
        let device = world.device().with(key_usage(bits, unused)).sign(&world.issuing_key);
        let (anchors, pool) = ([world.root.clone()], [world.issuing.clone()]);
        told(&judge_for(purpose, &anchors, &pool, &device).path.findings)
    };
    let none: [&str; 0] = [];
    assert_eq!(told_for(Purpose::Any, 0x20, 5), none);
    assert_eq!(told_for(Purpose::Email, 0x20, 5), none);
    assert_eq!(told_for(Purpose::ClientAuth, 0x80, 7), none);
    assert_eq!(told_for(Purpose::ClientAuth, 0x08, 3), none);
    assert_eq!(
        told_for(Purpose::ClientAuth, 0x20, 5),
        [
            "eku-missing@0: The certificate is not for clientAuth (1.3.6.1.5.5.7.3.2): its key usage allows neither \
          digitalSignature nor keyAgreement"
        ]
    );
    assert_eq!(
        told_for(Purpose::Email, 0x02, 1),
        [
            "eku-missing@0: The certificate is not for emailProtection (1.3.6.1.5.5.7.3.4): its key usage allows \
          neither digitalSignature, nonRepudiation, keyEncipherment nor keyAgreement"
        ]
    );
}
