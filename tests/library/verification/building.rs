//! Finding the chain (RFC 4158), and the nearest one where there is none.

use super::{DEVICE, ISSUING, ROOT, World, codes, judge, told};
use crate::support::forge::{self, Key, Template, authority_key_id, subject_key_id};

#[test]
fn the_intermediate_is_missing() {
    let world = World::new();
    let device = world.device().sign(&world.issuing_key);
    let judgement = judge(std::slice::from_ref(&world.root), &[], &device);
    assert_eq!(judgement.path.chain, [device]);
    assert_eq!(judgement.path.anchor, None);
    assert_eq!(
        told(&judgement.path.findings),
        ["intermediate-missing@0: Issued by \"CN=Issuing CA, O=Example\"; the uploaded CA is \"CN=Root CA, \
          O=Example\"; the certificate of \"CN=Issuing CA, O=Example\" is not here: it is an intermediate of \
          \"CN=Root CA, O=Example\", or another CA"]
    );
    assert_eq!(
        told(&judgement.direct.findings),
        [
            "issuer-differs@0: The uploaded CA did not issue this certificate. Issuer named in it: CN=Issuing CA, \
          O=Example; subject of the CA: CN=Root CA, O=Example. Its authority key identifier: none; subject key \
          identifier of the CA: none"
        ]
    );
}

#[test]
fn a_higher_intermediate_is_missing() {
    let world = World::new();
    let policy_key = Key::p256("policy");
    let issuing = Template::ca(ISSUING, &world.issuing_key, "CN=Policy CA").sign(&policy_key);
    let device = world.device().sign(&world.issuing_key);
    let path = judge(std::slice::from_ref(&world.root), std::slice::from_ref(&issuing), &device).path;
    assert_eq!(path.chain, [device, issuing]);
    assert_eq!(codes(&path.findings), ["intermediate-missing@1"]);
}

#[test]
fn another_root_issued_it() {
    let world = World::new();
    let other_key = Key::p256("other");
    let other = Template::ca("CN=Other Root", &other_key, "CN=Other Root").sign(&other_key);
    let device = Template::new(DEVICE, &world.device_key, "CN=Other Root").sign(&other_key);
    let path = judge(std::slice::from_ref(&world.root), std::slice::from_ref(&other), &device).path;
    assert_eq!(path.chain, [device, other]);
    assert_eq!(path.anchor, None);
    assert_eq!(
        told(&path.findings),
        [
            "issuer-differs@1: Another CA issued it: its chain ends at the root \"CN=Other Root\"; the uploaded CA is \
          \"CN=Root CA, O=Example\""
        ]
    );
}

#[test]
fn a_self_signed_certificate() {
    let world = World::new();
    for subject in [DEVICE, ROOT] {
        let device = Template::new(subject, &world.device_key, subject).sign(&world.device_key);
        let judgement = world.judge(&device);
        let expected =
            ["self-signed@0: The certificate is signed by its own key, and it is not the uploaded CA"];
        assert_eq!(told(&judgement.path.findings), expected, "{subject}");
        assert_eq!(told(&judgement.direct.findings), expected, "{subject}");
    }
}

#[test]
fn the_ca_has_another_key_by_now() {
    let world = World::new();
    let new_key = Key::p256("root, new");
    let renewed = Template::ca(ROOT, &new_key, ROOT).with(subject_key_id(&[2; 4])).sign(&new_key);
    let device =
        Template::new(DEVICE, &world.device_key, ROOT).with(authority_key_id(&[1; 4])).sign(&world.root_key);
    let expected = "signature-invalid@0: The certificate names \"CN=Root CA, O=Example\" as its issuer, as the \
                    uploaded CA is called, but that key did not make its signature: the CA has another key by \
                    now, another CA bears the same name, or the certificate is damaged. Its authority key \
                    identifier: 01010101; subject key identifier of the uploaded CA: 02020202";
    let judgement = judge(std::slice::from_ref(&renewed), &[], &device);
    assert_eq!(told(&judgement.direct.findings), [expected]);
    assert_eq!(told(&judgement.path.findings), [expected]);
    // The CA's old certificate at hand does not change that.
    let judgement = judge(std::slice::from_ref(&renewed), std::slice::from_ref(&world.root), &device);
    assert_eq!(told(&judgement.path.findings), [expected]);
    // With both keys uploaded, the right one is found.
    let judgement = judge(&[renewed, world.root.clone()], &[], &device);
    assert_eq!(judgement.direct.issuer, Some(1));
    assert_eq!(judgement.path.anchor, Some(1));
}

#[test]
fn a_cross_certificate_leads_to_the_uploaded_root() {
    let world = World::new();
    let (old_key, old_name) = (Key::p256("old root"), "CN=Old Root");
    let old = Template::ca(old_name, &old_key, old_name).sign(&old_key);
    let cross = Template::ca(ROOT, &world.root_key, old_name).sign(&old_key);
    let device = world.device().sign(&world.issuing_key);
    // The pool holds the new root both self-signed and cross-signed; only the latter leads to the old.
    let pool = [world.issuing.clone(), world.root.clone(), cross.clone()];
    let path = judge(std::slice::from_ref(&old), &pool, &device).path;
    assert!(path.passes());
    assert_eq!(path.chain, [device.clone(), world.issuing.clone(), cross.clone(), old.clone()]);
    // With the new root uploaded, the chain ends there.
    let path = judge(std::slice::from_ref(&world.root), &[world.issuing.clone(), cross, old], &device).path;
    assert_eq!(path.chain, [device, world.issuing.clone(), world.root.clone()]);
}

#[test]
fn a_faulty_way_is_taken_only_where_no_clean_one_is() {
    let world = World::new();
    let device = world.device().sign(&world.issuing_key);
    let expired = Template::ca(ISSUING, &world.issuing_key, ROOT)
        .dates("200101000000Z", "210101000000Z")
        .sign(&world.root_key);
    let path =
        judge(std::slice::from_ref(&world.root), &[expired.clone(), world.issuing.clone()], &device).path;
    assert!(path.passes());
    assert_eq!(path.chain[1], world.issuing);
    let path = judge(std::slice::from_ref(&world.root), std::slice::from_ref(&expired), &device).path;
    assert_eq!(codes(&path.findings), ["expired@1"]);
    assert_eq!(path.anchor, Some(0));
}

#[test]
fn loops_end() {
    let world = World::new();
    let (a_key, b_key) = (Key::p256("a"), Key::p256("b"));
    let a = Template::ca("CN=A", &a_key, "CN=B").sign(&b_key);
    let b = Template::ca("CN=B", &b_key, "CN=A").sign(&a_key);
    let device = Template::new(DEVICE, &world.device_key, "CN=A").sign(&a_key);
    let path = judge(std::slice::from_ref(&world.root), &[a.clone(), b.clone()], &device).path;
    assert_eq!(path.chain, [device, a, b]);
    assert_eq!(codes(&path.findings), ["intermediate-missing@2"]);
}

#[test]
fn the_key_identifier_finds_the_right_one_of_many() {
    let world = World::new();
    // More keys of one name than the budget allows to try.
    let mut pool: Vec<_> = (0..150)
        .map(|n| {
            let key = Key::p256(&format!("decoy {n}"));
            Template::ca(ISSUING, &key, ROOT).with(subject_key_id(&key.id())).sign(&world.root_key)
        })
        .collect();
    let id = world.issuing_key.id();
    pool.push(
        Template::ca(ISSUING, &world.issuing_key, ROOT).with(subject_key_id(&id)).sign(&world.root_key),
    );
    let device = world.device().with(authority_key_id(&id)).sign(&world.issuing_key);
    assert!(judge(std::slice::from_ref(&world.root), &pool, &device).path.passes());
    // Without it the search is given up, and says so.
    pool.truncate(150);
    let lost = world.device().sign(&world.issuing_key);
    let path = judge(std::slice::from_ref(&world.root), &pool, &lost).path;
    assert!(!path.passes());
    assert!(path.is_unknown());
    let spent = "limit-reached@0: The search for a chain was given up after 100 signature checks: too many \
                 certificates here bear the same names";
    assert_eq!(told(&path.findings)[0], spent);
}

#[test]
fn the_right_key_under_another_name_is_told() {
    let world = World::new();
    let id = world.root_key.id();
    let root = Template::ca(ROOT, &world.root_key, ROOT).with(subject_key_id(&id)).sign(&world.root_key);
    let device = Template::new(DEVICE, &world.device_key, "CN=Root CA before the merger")
        .with(authority_key_id(&id))
        .sign(&world.root_key);
    let judgement = judge(std::slice::from_ref(&root), &[], &device);
    for findings in [&judgement.direct.findings, &judgement.path.findings] {
        assert_eq!(codes(findings), ["issuer-differs@0"]);
        assert!(findings[0].message.ends_with(
            "The key of the CA did make the signature, but the names differ, and a chain needs both"
        ));
    }
}

#[test]
fn without_a_ca_there_is_no_chain() {
    let world = World::new();
    let judgement = judge(&[], &[], &world.device().sign(&world.issuing_key));
    assert_eq!(
        told(&judgement.path.findings),
        ["issuer-differs@0: Issued by \"CN=Issuing CA, O=Example\"; no CA was given to compare with"]
    );
}

#[test]
fn names_match_as_rfc_5280_compares_them() {
    let world = World::new();
    let mut device = Template::new(DEVICE, &world.device_key, ROOT);
    device.issuer = forge::der::name_in("O=EXAMPLE, CN=  root   ca", 0x13);
    let judgement = world.judge(&device.sign(&world.root_key));
    assert!(judgement.path.passes() && judgement.direct.passes());
}

#[test]
fn one_verifier_serves_many_threads() {
    use rayon::prelude::*;
    let world = World::new();
    let (anchors, pool) = ([world.root.clone()], [world.issuing.clone()]);
    let verifier = certposture::verification::Verifier::new(&anchors, &pool, super::at());
    let device = world.device().sign(&world.issuing_key);
    let passed =
        (0..64).into_par_iter().filter(|_| verifier.judge(&device, Default::default()).path.passes());
    assert_eq!(passed.count(), 64);
}

/// RFC 5280 §6.1.1 (d): a trust anchor is a name and a key. An older certificate of the same root ends a chain as well
/// as the one that was uploaded, and both answers say so.
#[test]
fn an_older_copy_of_the_uploaded_root_is_that_root() {
    let world = World::new();
    let old = Template::ca(ROOT, &world.root_key, ROOT)
        .dates("150101000000Z", "280101000000Z")
        .sign(&world.root_key);
    let judgement = world.judge(&old);
    assert!(judgement.direct.passes() && judgement.path.passes());
    assert_eq!(codes(&judgement.direct.findings), ["is-the-ca@0"]);
    assert_eq!(codes(&judgement.path.findings), ["is-the-ca@0"]);
    assert_eq!(judgement.path.chain, [old.clone(), world.root.clone()]);
    // What it signed has a chain with either of the two uploaded and the other at hand.
    let device = world.device().sign(&world.issuing_key);
    for (anchor, other) in [(&old, &world.root), (&world.root, &old)] {
        let pool = [world.issuing.clone(), other.clone()];
        let path = judge(std::slice::from_ref(anchor), &pool, &device).path;
        assert!(path.passes());
        assert_eq!(path.chain.last(), Some(anchor));
    }
    // Another key under the name is another root.
    let other_key = Key::p256("another root");
    let judgement = world.judge(&Template::ca(ROOT, &other_key, ROOT).sign(&other_key));
    assert!(!judgement.direct.passes() && !judgement.path.passes());
    // An older copy that has expired fails for that.
    let expired = Template::ca(ROOT, &world.root_key, ROOT)
        .dates("150101000000Z", "200101000000Z")
        .sign(&world.root_key);
    let judgement = world.judge(&expired);
    assert!(judgement.direct.passes());
    assert_eq!(codes(&judgement.path.findings), ["expired@0", "is-the-ca@0"]);
}

/// `count` intermediates, each below the one before, and the last one's name and key.
fn ladder(world: &World, count: usize) -> (Vec<certposture::certificate::Certificate>, String, Key) {
    let (mut name, mut key) = (ROOT.to_owned(), world.root_key.clone());
    let mut pool = Vec::new();
    for level in 0..count {
        let (next_name, next_key) = (format!("CN=Level {level}"), Key::p256(&format!("level {level}")));
        pool.push(Template::ca(&next_name, &next_key, &name).sign(&key));
        (name, key) = (next_name, next_key);
    }
    (pool, name, key)
}

#[test]
fn a_chain_that_is_too_long_is_told_as_such() {
    let world = World::new();
    let judged = |count| {
        let (pool, name, key) = ladder(&world, count);
        let device = Template::new(DEVICE, &world.device_key, &name).sign(&key);
        judge(std::slice::from_ref(&world.root), &pool, &device).path
    };
    assert!(judged(14).passes(), "16 certificates");
    let path = judged(15);
    assert!(path.is_unknown());
    assert!(
        told(&path.findings)[0].ends_with(
            "The chain is longer than the 16 certificates that are followed here, so it is not known where it ends"
        ),
        "{:?}",
        told(&path.findings)
    );
    assert_eq!(codes(&path.findings), ["limit-reached@15"]);
}

#[test]
fn an_empty_issuer_name_is_told_as_such() {
    let world = World::new();
    let device = Template::new(DEVICE, &world.device_key, "").sign(&world.root_key);
    assert_eq!(
        told(&world.judge(&device).path.findings),
        ["certificate-unparseable@0: The certificate is malformed: the name of its issuer is empty"]
    );
    // Not even a CA without a name is its issuer.
    let nameless = Template::ca("", &world.root_key, "").sign(&world.root_key);
    let judgement = judge(&[nameless], &[], &device);
    assert_eq!(
        told(&judgement.path.findings),
        ["certificate-unparseable@0: The certificate is malformed: the name of its issuer is empty"]
    );
}

/// Who issued the uploaded CA plays no part (RFC 5280 §6.1.1 (d)).
#[test]
fn an_uploaded_ca_of_a_nameless_issuer_is_an_anchor() {
    let world = World::new();
    let ca = Template::ca(ROOT, &world.root_key, "").sign(&Key::p256("nameless"));
    let device = Template::new(DEVICE, &world.device_key, ROOT).sign(&world.root_key);
    let judgement = judge(&[ca], &[], &device);
    assert_eq!(codes(&judgement.path.findings), ["ca-not-self-signed@1"]);
    assert!(judgement.direct.findings.is_empty());
}

/// What cannot be checked might be right: it is told first, and the answer stays open. What is certainly wrong with
/// the certificate itself decides all the same.
#[test]
fn an_algorithm_that_cannot_be_checked_leaves_the_answer_open() {
    let world = World::new();
    let odd_key = |name: &str, issuer: &str, signer: &Key| {
        let mut ca = Template::ca(name, &world.root_key, issuer);
        ca.spki = forge::spki(forge::der::sequence(&[forge::der::object("1.3.101.113")]), &[7; 57]);
        ca.sign(signer)
    };
    let unsupported = odd_key(ROOT, "CN=Somebody", &world.issuing_key);
    let device = Template::new(DEVICE, &world.device_key, ROOT);
    let signed = device.clone().sign(&world.issuing_key);
    // Beside an anchor whose key certainly did not sign it.
    for anchors in [[unsupported.clone(), world.root.clone()], [world.root.clone(), unsupported.clone()]] {
        let judgement = judge(&anchors, &[], &signed);
        assert!(judgement.path.is_unknown() && judgement.direct.is_unknown());
        assert_eq!(judgement.path.findings[0].code.as_str(), "algorithm-unsupported");
        assert_eq!(judgement.direct.findings[0].code.as_str(), "algorithm-unsupported");
        // With an anchor whose key did, nothing is open.
        let good = judge(&anchors, &[], &device.clone().sign(&world.root_key));
        assert!(good.path.passes() && good.direct.passes());
    }
    // Below a chain that leads nowhere: another chain of the same certificate might lead to the CA.
    let issuing = Template::ca(ISSUING, &world.issuing_key, "CN=Nobody").sign(&world.root_key);
    let through = Template::ca(ISSUING, &world.issuing_key, "CN=Odd").sign(&world.root_key);
    let odd = odd_key("CN=Odd", ROOT, &world.root_key);
    let leaf = world.device();
    let pool = [issuing, through, odd];
    let path = judge(std::slice::from_ref(&world.root), &pool, &leaf.clone().sign(&world.issuing_key)).path;
    assert!(path.is_unknown(), "{:?}", told(&path.findings));
    // A certificate that has expired fails whatever stands above it.
    let expired = leaf.dates("200101000000Z", "210101000000Z").sign(&world.issuing_key);
    let path = judge(std::slice::from_ref(&world.root), &pool, &expired).path;
    assert!(!path.is_unknown() && !path.passes());
    assert_eq!(codes(&path.findings)[0], "expired@0");
}

#[test]
fn an_issuer_whose_name_only_looks_like_the_cas_is_told_as_such() {
    let world = World::new();
    let device =
        Template::new(DEVICE, &world.device_key, "O=Example, CN=R\u{43e}ot CA").sign(&world.issuing_key);
    assert_eq!(
        told(&world.judge(&device).path.findings),
        [
            "issuer-differs@0: Issued by \"CN=R\u{43e}ot CA, O=Example\"; the uploaded CA is \"CN=Root CA, O=Example\". \
          The two names only look alike: one has U+043E where the other has U+006F"
        ]
    );
}

#[test]
fn malformed_basic_constraints_are_not_also_absent() {
    let world = World::new();
    let odd = forge::extension("2.5.29.19", true, &[0x30, 3, 1, 1, 1]);
    let issuing = Template::new(ISSUING, &world.issuing_key, ROOT).with(odd);
    assert_eq!(codes(&world.path_under(issuing).findings), ["certificate-unparseable@1"]);
}
