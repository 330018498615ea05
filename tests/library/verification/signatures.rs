//! Signature algorithms, keys and their faults.

use super::{DEVICE, ROOT, World, codes, judge, told};
use crate::support::forge::{self, Hash, Key, Scheme, Template, der};
use certposture::certificate::Certificate;
use certposture::verification::{Judgement, Purpose, Verifier};
use std::path::Path;

/// A device's certificate that `key` signed with `scheme`, and the root of that key.
fn pair(key: &Key, scheme: Scheme, change: impl FnOnce(&mut Template)) -> (Certificate, Certificate) {
    let root = Template::ca(ROOT, key, ROOT).sign(key);
    let mut device = Template::new(DEVICE, &Key::p256("device"), ROOT);
    change(&mut device);
    (root, device.sign_with(key, scheme))
}

fn judged(key: &Key, scheme: Scheme, change: impl FnOnce(&mut Template)) -> Judgement {
    let (root, device) = pair(key, scheme, change);
    judge(&[root], &[], &device)
}

/// Certificates that OpenSSL made, one file for each algorithm: the certificate, then its root.
#[test]
fn every_algorithm_as_openssl_writes_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/algorithms");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 29);
    for file in files {
        let blocks = pem::parse_many(std::fs::read(&file).unwrap()).unwrap();
        let [device, root] = [0, 1].map(|i| Certificate::from_der(blocks[i].contents().to_vec()));
        let name = file.file_stem().unwrap().to_str().unwrap();
        let anchors = [root];
        let at = "2030-01-01T00:00:00Z".parse().unwrap();
        let verifier = Verifier::new(&anchors, &[], at);
        let judgement = verifier.judge(&device, Purpose::Any);
        let findings = codes(&judgement.path.findings);
        match name.split_once('.').map_or("", |(_, verdict)| verdict) {
            "" => assert_eq!(findings, [] as [&str; 0], "{name}"),
            "weak" => assert!(
                judgement.path.passes() && findings.iter().all(|f| f.starts_with("algorithm-weak")),
                "{name}: {findings:?}"
            ),
            "unsupported" => assert_eq!(findings[0], "algorithm-unsupported@0", "{name}"),
            other => panic!("{other}?"),
        }
        // One bit of the signature.
        let mut damaged = device.der().to_vec();
        *damaged.last_mut().unwrap() ^= 1;
        let judgement = verifier.judge(&Certificate::from_der(damaged), Purpose::Any);
        assert!(!judgement.path.passes() && !judgement.direct.passes(), "{name}");
    }
}

#[test]
fn weak_hashes_and_keys_are_warned_of() {
    let key = Key::rsa("1024");
    let judgement = judged(&key, Scheme::Pkcs1(Hash::Sha1), |_| {});
    assert!(judgement.path.passes() && judgement.direct.passes());
    assert_eq!(
        told(&judgement.path.findings),
        [
            "algorithm-weak@0: The certificate is signed with SHA-1, for which forgeries have been made",
            "algorithm-weak@1: The uploaded CA has an RSA key of 1024 bits; fewer than 2048 are weak"
        ]
    );
    assert_eq!(codes(&judgement.direct.findings), ["algorithm-weak@0"]);
}

#[test]
fn a_damaged_certificate() {
    let key = Key::p256("root");
    let (root, device) = pair(&key, key.scheme(), |_| {});
    let mut der = device.der().to_vec();
    let at = der.windows(10).position(|w| w == b"device-042").unwrap();
    der[at + 9] = b'3';
    let judgement = judge(&[root], &[], &Certificate::from_der(der));
    assert_eq!(
        told(&judgement.direct.findings),
        [
            "signature-invalid@0: The certificate names \"CN=Root CA, O=Example\" as its issuer, as the uploaded CA \
          is called, but that key did not make its signature: the CA has another key by now, another CA bears \
          the same name, or the certificate is damaged. Its authority key identifier: none; subject key \
          identifier of the uploaded CA: none"
        ]
    );
}

#[test]
fn both_algorithm_fields_must_agree() {
    let key = Key::rsa("2048");
    let judgement = judged(&key, Scheme::Pkcs1(Hash::Sha256), |device| {
        device.inner_algorithm = Some(Scheme::Pkcs1(Hash::Sha384).algorithm());
    });
    assert_eq!(codes(&judgement.path.findings), ["signature-invalid@0"]);
    assert!(
        judgement.path.findings[0]
            .message
            .contains("the algorithm beside its signature is not the one inside its signed part")
    );
}

#[test]
fn algorithms_that_are_not_checked() {
    let key = Key::rsa("2048");
    let null = || vec![5, 0];
    let named = |id: &str, parameters: Vec<u8>| der::sequence(&[der::object(id), parameters]);
    let mixed_mask = {
        let sha256 = named("2.16.840.1.101.3.4.2.1", null());
        let mask = named("1.2.840.113549.1.1.8", named("1.3.14.3.2.26", null()));
        let parameters = der::sequence(&[
            der::explicit(0, &sha256),
            der::explicit(1, &mask),
            der::explicit(2, &der::integer(&[32])),
        ]);
        named("1.2.840.113549.1.1.10", parameters)
    };
    for (algorithm, what) in [
        (
            named("1.2.840.113549.1.1.4", null()),
            "the signature algorithm md5WithRSAEncryption (1.2.840.113549.1.1.4) is broken: anybody can forge it, \
             so it is not checked",
        ),
        (
            named("1.2.840.113549.1.1.14", null()),
            "the signature algorithm sha224WithRSAEncryption (1.2.840.113549.1.1.14) is not supported",
        ),
        (named("1.2.3.4", null()), "the signature algorithm 1.2.3.4 is not supported"),
        (
            named("1.2.840.113549.1.1.11", vec![2, 1, 1]),
            "the signature algorithm sha256WithRSAEncryption (1.2.840.113549.1.1.11) has parameters that it must not have",
        ),
        (
            named("1.2.840.10045.4.3.2", null()),
            "the signature algorithm ecdsa-with-SHA256 (1.2.840.10045.4.3.2) has parameters that it must not have",
        ),
        (
            mixed_mask,
            "the RSASSA-PSS parameters are not supported: the mask is not MGF1 with the hash of the message",
        ),
        (
            der::sequence(&[der::object("1.2.840.113549.1.1.10")]),
            "the RSASSA-PSS parameters are not supported: there are none",
        ),
    ] {
        let judgement = judged(&key, key.scheme(), |device| device.algorithm = Some(algorithm));
        assert_eq!(
            told(&judgement.path.findings),
            [format!(
                "algorithm-unsupported@0: The certificate names \"CN=Root CA, O=Example\" as its issuer, but its \
                 signature cannot be checked: {what}"
            )]
        );
        assert_eq!(judgement.direct.findings, judgement.path.findings);
    }
}

#[test]
fn the_salt_must_be_as_long_as_the_parameters_say() {
    let key = Key::rsa("2048");
    assert!(judged(&key, Scheme::Pss(Hash::Sha256, 20), |_| {}).path.passes());
    let judgement = judged(&key, Scheme::Pss(Hash::Sha256, 20), |device| {
        device.algorithm = Some(Scheme::Pss(Hash::Sha256, 32).algorithm());
    });
    assert_eq!(codes(&judgement.path.findings), ["signature-invalid@0"]);
}

#[test]
fn keys_that_cannot_be_used() {
    let signer = Key::rsa("2048");
    let modulus = |octets: usize| {
        let mut digits = vec![0xff; octets];
        digits.insert(0, 0);
        der::integer(&digits)
    };
    let three = der::integer(&[3]);
    let ec = |curve: &str| der::sequence(&[der::object("1.2.840.10045.2.1"), der::object(curve)]);
    let off_curve = [[4].as_slice(), &[1; 64]].concat();
    for (spki, what) in [
        (
            forge::rsa_spki(&der::integer(&[0x7f, 0xff]), &three),
            "RSA keys of 15 bits are not supported (only 1024 to 8192)",
        ),
        (forge::rsa_spki(&modulus(2), &three), "RSA keys of 16 bits are not supported (only 1024 to 8192)"),
        (
            forge::rsa_spki(&modulus(8192), &three),
            "RSA keys of 65536 bits are not supported (only 1024 to 8192)",
        ),
        (forge::rsa_spki(&modulus(256), &der::integer(&[4])), "the RSA key is not usable: invalid exponent"),
        (
            forge::rsa_spki(&modulus(256), &der::integer(&[1])),
            "the RSA key is not usable: public exponent too small",
        ),
        (
            forge::rsa_spki(&modulus(256), &modulus(255)),
            "the RSA key is not usable: its exponent is too great",
        ),
        (forge::rsa_spki(&der::integer(&[0xff; 256]), &three), "the RSA key is malformed"),
        (
            forge::spki(ec("1.2.840.10045.3.1.7"), &off_curve),
            "the EC key is not usable: it is not a point on its curve",
        ),
        (
            forge::spki(ec("1.2.840.10045.3.1.7"), &[0]),
            "the EC key is not usable: it is not a point on its curve",
        ),
        (forge::spki(ec("1.3.132.0.10"), &off_curve), "the curve secp256k1 (1.3.132.0.10) is not supported"),
        (
            forge::spki(der::sequence(&[der::object("1.2.840.10045.2.1"), vec![0x30, 0]]), &off_curve),
            "the EC key does not name its curve, so it is not supported",
        ),
        (
            forge::spki(der::sequence(&[der::object("1.3.101.112")]), &[2; 31]),
            "the Ed25519 key is not usable: it is not a point on its curve",
        ),
        (
            forge::spki(der::sequence(&[der::object("1.3.101.113")]), &[2; 57]),
            "the key algorithm Ed448 (1.3.101.113) is not supported",
        ),
    ] {
        let mut root = Template::ca(ROOT, &signer, ROOT);
        root.spki = spki;
        let device = Template::new(DEVICE, &Key::p256("device"), ROOT).sign(&signer);
        let judgement = judge(&[root.sign(&signer)], &[], &device);
        let message = &judgement.direct.findings[0].message;
        assert_eq!(codes(&judgement.direct.findings), ["algorithm-unsupported@0"], "{what}: {message}");
        assert!(message.ends_with(&format!("its signature cannot be checked: {what}")), "{what}: {message}");
        assert!(!judgement.path.passes());
    }
}

#[test]
fn a_signature_of_another_kind_of_key() {
    let key = Key::p256("root");
    let judgement = judged(&key, key.scheme(), |device| {
        device.algorithm = Some(Scheme::Pkcs1(Hash::Sha256).algorithm());
    });
    assert_eq!(codes(&judgement.path.findings), ["signature-invalid@0"]);
}

/// The roots of the ML-DSA fixtures bear the example keys of RFC 9881 appendix C, given here by the SHA-256 of the
/// SubjectPublicKeyInfo that it prints; and what one parameter set signed is nothing to another.
#[test]
fn ml_dsa_keys_are_those_of_rfc_9881() {
    use sha2::{Digest, Sha256};
    let read = |set: &str| {
        let file = format!("{}/tests/fixtures/algorithms/ml-dsa-{set}.pem", env!("CARGO_MANIFEST_DIR"));
        let blocks = pem::parse_many(std::fs::read(file).unwrap()).unwrap();
        [0, 1].map(|i| Certificate::from_der(blocks[i].contents().to_vec()))
    };
    for (set, sha256) in [
        ("44", "837832708c5236d951581f1fddf2b79991b3424a0486d16da1ddad0fd69701be"),
        ("65", "b8b62131bfbe84433efb2273d7f5b87f7a22854a2cfd366fc2aead86d837c52d"),
        ("87", "07e57c4f14dbad1267f621ec3777b4e2e6c4fbc4c22fbb87510ff8e0b3c6a642"),
    ] {
        let [device, root] = read(set);
        let hashed: String = Sha256::digest(root.spki()).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hashed, sha256);
        assert_eq!(certposture::certificate::describe_key(root.spki()), format!("ML-DSA-{set}"));
        for other in ["44", "65", "87"].iter().filter(|other| **other != set) {
            let [_, other] = read(other);
            let judgement = judge(&[other], &[], &device);
            let expected = "but that key makes signatures of another algorithm";
            assert!(judgement.path.findings[0].message.contains(expected), "{set}");
            assert_eq!(codes(&judgement.path.findings)[0], "signature-invalid@0");
        }
    }
}

/// What a key cannot have signed is told by what was seen.
#[test]
fn signatures_of_another_kind_than_the_key_makes() {
    let world = World::new();
    let rsa = Key::rsa("2048");
    let told_of = |root: Template, device: Certificate| {
        let root = root.sign(&rsa);
        judge(&[root], &[], &device).path.findings[0].message.clone()
    };
    let device = Template::new(DEVICE, &world.device_key, ROOT);
    let message = told_of(Template::ca(ROOT, &rsa, ROOT), device.sign(&world.root_key));
    assert!(message.contains("but that key makes signatures of another algorithm"), "{message}");
    // RFC 4055 §1.2: a key under id-RSASSA-PSS.
    let mut pss_only = Template::ca(ROOT, &rsa, ROOT);
    let algorithm = der::sequence(&[der::object("1.2.840.113549.1.1.10")]);
    let inner = certposture::certificate::tlv::Reader::new(&pss_only.spki).next_tlv().unwrap();
    let mut parts = certposture::certificate::tlv::Reader::within(&pss_only.spki, &inner.content);
    parts.next_tlv();
    let bits = parts.next_tlv().unwrap();
    pss_only.spki = forge::spki(algorithm, &pss_only.spki[bits.content.start + 1..bits.content.end]);
    let message = told_of(pss_only, device.sign(&rsa));
    assert!(
        message.contains("but its signature is PKCS #1 v1.5, and that key is for RSASSA-PSS only"),
        "{message}"
    );
}

/// RFC 5480 §2.2 has the compressed and the uncompressed form of a point.
#[test]
fn a_point_in_the_hybrid_form() {
    let world = World::new();
    let mut root = Template::ca(ROOT, &world.root_key, ROOT);
    let at = root.spki.len() - 65;
    root.spki[at] = 6 + (root.spki[at + 64] & 1);
    let judgement = judge(
        &[root.sign(&world.root_key)],
        &[],
        &Template::new(DEVICE, &world.device_key, ROOT).sign(&world.root_key),
    );
    assert!(judgement.path.is_unknown());
    let expected = "its point is in the hybrid form, which RFC 5480 does not allow";
    assert!(judgement.path.findings[0].message.contains(expected), "{}", judgement.path.findings[0].message);
}
