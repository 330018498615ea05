//! Against files made by OpenSSL and NSS; see `tests/fixtures/make-pkcs12.sh`.

use super::*;
use crate::certificate::Certificate;
use crate::encoding::{Objects, PublicKey};
use std::fs;
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pkcs12")).join(name)).unwrap()
}

fn read_with(bytes: &[u8], pass_phrases: &[&str]) -> Result<Objects, Unrecognized> {
    let pass_phrases: Vec<_> = pass_phrases.iter().map(|text| Zeroizing::new((*text).to_owned())).collect();
    let mut found = Collector::default();
    read(bytes, &pass_phrases, &mut found).map(|()| found.objects)
}

fn key_of_device() -> Key {
    Key::Of(PublicKey::from_spki(Certificate::from_der(fixture("device.der")).spki()).unwrap())
}

#[test]
fn opens_what_openssl_and_nss_write() {
    for (name, pass_phrase) in [
        ("aes.p12", "secret"),
        ("legacy.p12", "secret"),
        ("triple-des.p12", "pässwörd"),
        ("two-key.p12", "secret"),
        ("no-pass-phrase.p12", ""),
        ("no-pass-phrase-legacy.p12", ""),
        ("plain-certificates.p12", "secret"),
        ("nss.p12", "secret"),
    ] {
        let file = fixture(name);
        assert!(is_pkcs12(&file), "{name}");
        let objects = read_with(&file, &[pass_phrase]).unwrap();
        let find = |der: &str| objects.certificates.iter().find(|found| found.der == fixture(der));
        assert_eq!(find("device.der").unwrap().label.as_deref(), Some("Jo’s laptop"), "{name}");
        assert!(find("ca.der").is_some(), "{name}");
        assert_eq!(objects.certificates.len(), 2, "{name}");
        assert_eq!(objects.keys, [key_of_device()], "{name}");
        assert_eq!(objects.damaged, 0, "{name}");
    }
}

#[test]
fn a_file_without_a_key_has_none() {
    let objects = read_with(&fixture("no-key.p12"), &["secret"]).unwrap();
    assert_eq!((objects.certificates.len(), objects.keys), (1, vec![]));
}

#[test]
fn tries_the_empty_pass_phrase_too() {
    assert!(read_with(&fixture("no-pass-phrase-legacy.p12"), &["other", ""]).is_ok());
}

#[test]
fn a_wrong_pass_phrase_is_told_from_an_unknown_encryption() {
    for name in ["aes.p12", "legacy.p12", "triple-des.p12", "two-key.p12"] {
        assert_eq!(read_with(&fixture(name), &["wrong", ""]), Err(Unrecognized::PassPhrase), "{name}");
    }
    assert_eq!(read_with(&fixture("rc4.p12"), &["secret"]), Err(Unrecognized::Encryption));
}

#[test]
fn certificates_that_are_not_encrypted_need_no_pass_phrase() {
    let objects = read_with(&fixture("plain-certificates.p12"), &[""]).unwrap();
    assert_eq!(objects.certificates.len(), 2);
    assert_eq!(objects.keys, [Key::Sealed(Seal::Encrypted)]);
}

#[test]
fn damaged_files_end_without_a_panic() {
    for name in ["plain-certificates.p12", "legacy.p12"] {
        let file = fixture(name);
        for cut in (4..file.len()).step_by(23) {
            let _ = read_with(&[&file[..cut], &[0; 8]].concat(), &["secret"]);
        }
        for at in (8..file.len()).step_by(11) {
            let mut bytes = file.clone();
            bytes[at] ^= 0xff;
            let _ = read_with(&bytes, &["secret"]);
        }
    }
}

/// An attribute friendlyName (PKCS #9) with the BMPString `dev` and two NULs after it.
#[test]
fn a_friendly_name_ends_at_a_nul() {
    let attribute = b"\x30\x1b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14\x31\x0e\x1e\x0a\0d\0e\0v\0\0\0\0";
    let mut whole = attribute.to_vec();
    whole[1] = (whole.len() - 2) as u8;
    whole[14] = (whole.len() - 15) as u8;
    assert_eq!(friendly_name(&whole).as_deref(), Some("dev"));
}
