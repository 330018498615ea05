//! What is remembered of keys and signatures, and tables of an issuer's key, change no answer.

use super::{DEVICE, ISSUING, ROOT, World, at};
use crate::support::forge::{self, Key, Template};
use certposture::certificate::Certificate;
use certposture::verification::{Memo, Purpose, Verifier};
use std::sync::Arc;

/// Enough for the issuers' tables, and every second one damaged somewhere.
fn certificates(world: &World) -> Vec<Certificate> {
    let other = Key::p384("other");
    (0..150u16)
        .map(|number| {
            let name = format!("{DEVICE}-{number}");
            let (issuer, key) = match number % 5 {
                0 => (ROOT, &world.root_key),
                1 => (ISSUING, &other),
                _ => (ISSUING, &world.issuing_key),
            };
            let mut der = Template::new(&name, &world.device_key, issuer).der(key, key.scheme());
            if number % 2 == 1 {
                let at = usize::from(number) * 31 % der.len();
                der[at] ^= 1 << (number % 8);
            }
            Certificate::from_der(der)
        })
        .collect()
}

#[test]
fn one_verifier_for_all_says_what_one_for_each_says() {
    let world = World::new();
    let certificates = certificates(&world);
    let anchors = [world.root.clone()];
    let mut pool = certificates.clone();
    pool.push(world.issuing.clone());
    let memo = Arc::new(Memo::default());
    let mut passing = 0;
    // Twice, and from the memo of the first round.
    for _ in 0..2 {
        let shared = Verifier::with_memo(&anchors, &pool, at(), Arc::clone(&memo));
        for certificate in &certificates {
            let own = Verifier::new(&anchors, &pool, at()).judge(certificate, Purpose::ClientAuth);
            let judgement = shared.judge(certificate, Purpose::ClientAuth);
            assert_eq!(format!("{judgement:?}"), format!("{own:?}"));
            passing += usize::from(judgement.path.passes());
        }
    }
    assert_eq!(passing, 2 * 60);
}

/// Certificates of one subject, each signed by its own key, beside one that another of them issued.
#[test]
fn self_signed_certificates_of_one_subject_do_not_hide_an_issuer_among_them() {
    let world = World::new();
    let own = |number: u32| {
        let key = Key::p256(&format!("own {number}"));
        (Template::ca(ISSUING, &key, ISSUING).with(forge::subject_key_id(&key.id())).sign(&key), key)
    };
    let (mut pool, keys): (Vec<Certificate>, Vec<Key>) = (0..60).map(own).unzip();
    let issued = Template::new(ISSUING, &world.device_key, ISSUING)
        .with(forge::authority_key_id(&keys[41].id()))
        .sign(&keys[41]);
    pool.push(issued.clone());
    let anchors = [world.root.clone()];
    let verifier = Verifier::new(&anchors, &pool, at());
    for certificate in &pool[..60] {
        let path = verifier.judge(certificate, Purpose::Any).path;
        assert_eq!((path.findings[0].code.as_str(), path.chain.len()), ("self-signed", 1));
    }
    let path = verifier.judge(&issued, Purpose::Any).path;
    assert_eq!(path.chain, [issued, pool[41].clone()]);
}
