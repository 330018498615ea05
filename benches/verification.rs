//! Time for each part of verification: reading, one signature of each algorithm, a path of depth 3.

#[path = "../tests/support/forge/mod.rs"]
mod forge;

use certposture::certificate::Certificate;
use certposture::verification::{Purpose, Reading, Verifier};
use criterion::{Criterion, criterion_group, criterion_main};
use forge::{Hash, Key, Scheme, Template};
use std::hint::black_box;

fn at() -> jiff::Timestamp {
    "2025-01-01T00:00:00Z".parse().unwrap()
}

const ROOT: &str = "O=Example, CN=Root CA";

fn device(key: &Key) -> Template {
    Template::new("CN=device-042", key, ROOT)
        .with(forge::extended_key_usage(&[forge::CLIENT_AUTH]))
        .with(forge::alternative_names(&[forge::dns("device-042.example.com")]))
}

fn reading(criterion: &mut Criterion) {
    let key = Key::rsa("2048");
    let der = device(&key).der(&key, key.scheme());
    criterion.bench_function("read leniently", |bencher| {
        bencher.iter(|| Certificate::from_der(black_box(&der).clone()));
    });
    let certificate = Certificate::from_der(der);
    criterion.bench_function("read strictly", |bencher| {
        bencher.iter(|| Reading::of(black_box(&certificate)).is_ok())
    });
}

fn signatures(criterion: &mut Criterion) {
    let rsa = Key::rsa("2048");
    for (name, key, scheme) in [
        ("RSA 2048, SHA-256", rsa.clone(), Scheme::Pkcs1(Hash::Sha256)),
        ("RSA 2048, PSS, SHA-256", rsa, Scheme::Pss(Hash::Sha256, 32)),
        ("RSA 3072, SHA-512", Key::rsa("3072"), Scheme::Pkcs1(Hash::Sha512)),
        ("P-256, SHA-256", Key::p256("root"), Scheme::Ecdsa(Hash::Sha256)),
        ("P-384, SHA-384", Key::p384("root"), Scheme::Ecdsa(Hash::Sha384)),
        ("P-521, SHA-512", Key::p521("root"), Scheme::Ecdsa(Hash::Sha512)),
        ("Ed25519", Key::ed25519("root"), Scheme::Ed25519),
    ] {
        let anchors = [Template::ca(ROOT, &key, ROOT).sign_with(&key, scheme)];
        let certificate = device(&Key::p256("device")).sign_with(&key, scheme);
        let verifier = Verifier::new(&anchors, &[], at());
        assert!(verifier.judge(&certificate, Purpose::Any).path.passes());
        criterion.bench_function(&format!("judge under {name}"), |bencher| {
            bencher.iter(|| verifier.judge(black_box(&certificate), Purpose::Any));
        });
    }
}

fn path(criterion: &mut Criterion) {
    let keys = ["root", "policy", "issuing"].map(Key::p256);
    let anchors = [Template::ca(ROOT, &keys[0], ROOT).sign(&keys[0])];
    let pool = [
        Template::ca("CN=Policy CA", &keys[1], ROOT).sign(&keys[0]),
        Template::ca("CN=Issuing CA", &keys[2], "CN=Policy CA").sign(&keys[1]),
    ];
    let certificate = Template::new("CN=device-042", &Key::p256("device"), "CN=Issuing CA").sign(&keys[2]);
    let verifier = Verifier::new(&anchors, &pool, at());
    assert_eq!(verifier.judge(&certificate, Purpose::Any).path.chain.len(), 4);
    criterion.bench_function("judge along a path of depth 3, P-256", |bencher| {
        bencher.iter(|| verifier.judge(black_box(&certificate), Purpose::Any));
    });
}

criterion_group!(benches, reading, signatures, path);
criterion_main!(benches);
