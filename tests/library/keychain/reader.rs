//! What the reader makes of keychain files, sound and unsound.

use crate::support::keychain::certificate::named;
use crate::support::keychain::writer::{Keychain, Table, file};
use certposture::reason::Code;
use certposture::store::{Contents, KeychainStore, PrivateKey, Status, StoreSpec};
use proptest::prelude::*;

/// What the store holds whose file has these bytes.
pub fn read(bytes: &[u8]) -> Contents {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("System.keychain");
    std::fs::write(&path, bytes).unwrap();
    KeychainStore::new(&path).read()
}

fn labels(contents: &Contents) -> Vec<String> {
    let labels = contents.certificates.iter().map(|stored| stored.label.clone().unwrap());
    labels.map(|label| String::from_utf8(label).unwrap()).collect()
}

fn code(contents: &Contents) -> Option<Code> {
    contents.problem.as_ref().map(|problem| problem.code)
}

/// Certificates `a`, `b`, …, each with a key of its own that is not in the keychain.
fn keychain(labels: &[&str]) -> Keychain {
    let mut keychain = Keychain::new();
    for (label, serial) in labels.iter().zip(1..) {
        keychain.add(&named(label, serial), label, [serial; 20]);
    }
    keychain
}

#[test]
fn reads_certificates_labels_and_whether_the_key_is_there() {
    let mut keychain = keychain(&["with key", "without", "other's key too"]);
    keychain.add_key([1; 20]);
    keychain.add_key([3; 20]);
    keychain.add_key([99; 20]);
    let contents = read(&keychain.bytes());
    assert_eq!((contents.status, &contents.problem), (Status::Read, &None));
    assert_eq!(labels(&contents), ["with key", "without", "other's key too"]);
    let keys: Vec<_> = contents.certificates.iter().map(|stored| stored.private_key).collect();
    assert_eq!(keys, [PrivateKey::Present, PrivateKey::Absent, PrivateKey::Present]);
    assert_eq!(contents.certificates[1].certificate.der(), named("without", 2));
    let positions: Vec<_> = contents.certificates.iter().map(|stored| stored.position).collect();
    assert_eq!(positions, [0, 1, 2]);
    let StoreSpec::Keychain(path) = &contents.spec else { panic!("{:?}", contents.spec) };
    assert_eq!(contents.certificates[0].location, path.display().to_string());
}

/// The extension's content. OpenSSL makes it of the same hash (RFC 5280 §4.2.1.2, method 1).
fn subject_key_identifier(der: &[u8]) -> [u8; 20] {
    let head = [0x06, 0x03, 0x55, 0x1d, 0x0e, 0x04, 0x16, 0x04, 0x14];
    let at = der.windows(head.len()).position(|part| part == head).unwrap() + head.len();
    der[at..at + 20].try_into().unwrap()
}

#[test]
fn computes_the_hash_of_a_key_where_the_record_lacks_it() {
    let mut keychain = Keychain::new();
    for name in ["rsa.pem", "p256.pem"] {
        let path = format!("{}/tests/fixtures/files/{name}", env!("CARGO_MANIFEST_DIR"));
        let der = certposture::encoding::certificates(&std::fs::read(path).unwrap()).unwrap().remove(0);
        keychain.add(&der, name, None);
        keychain.add_key(subject_key_identifier(&der));
    }
    keychain.add(&named("keyless", 9), "keyless", None);
    keychain.add(b"no certificate", "junk", None);
    let contents = read(&keychain.bytes());
    let keys: Vec<_> = contents.certificates.iter().map(|stored| stored.private_key).collect();
    assert_eq!(keys, [PrivateKey::Present, PrivateKey::Present, PrivateKey::Absent, PrivateKey::Unknown]);
}

#[test]
fn a_certificate_with_a_reused_number_comes_last() {
    let mut keychain = keychain(&["a", "b", "c"]);
    keychain.certificates.delete(0);
    let number = keychain.add(&named("d", 4), "d", [4; 20]);
    assert_eq!(number, 0);
    assert_eq!(labels(&read(&keychain.bytes())), ["b", "c", "d"]);
}

#[test]
fn a_changed_certificate_moves_to_the_end() {
    let mut keychain = keychain(&["a", "b", "c"]);
    keychain.certificates.change(0);
    assert_eq!(labels(&read(&keychain.bytes())), ["b", "c", "a"]);
    keychain.certificates.change(2);
    assert_eq!(labels(&read(&keychain.bytes())), ["b", "a", "c"]);
}

#[test]
fn deleted_certificates_are_gone() {
    let mut keychain = keychain(&["a", "b", "c", "d"]);
    keychain.certificates.delete(3);
    keychain.certificates.delete(1);
    assert_eq!(labels(&read(&keychain.bytes())), ["a", "c"]);
    keychain.certificates.delete(0);
    keychain.certificates.delete(2);
    let contents = read(&keychain.bytes());
    assert_eq!((contents.status, code(&contents)), (Status::Read, Some(Code::StoreEmpty)));
}

#[test]
fn a_keychain_that_never_had_a_certificate_has_no_table_for_them() {
    let contents = read(&Keychain::new().bytes());
    assert_eq!((contents.status, code(&contents)), (Status::Read, Some(Code::StoreEmpty)));
}

#[test]
fn keeps_certificates_that_cannot_be_parsed() {
    let mut keychain = keychain(&["a"]);
    keychain.add(b"no certificate", "junk", [2; 20]);
    keychain.add(b"", "empty", [3; 20]);
    assert_eq!(labels(&read(&keychain.bytes())), ["a", "junk", "empty"]);
}

#[test]
fn says_what_is_no_keychain() {
    let foreign: [(&[u8], &str); 5] = [
        (b"", "is empty"),
        (b"kyc", "is not a keychain"),
        (b"-----BEGIN CERTIFICATE-----", "is not a keychain"),
        (b"SQLite format 3\0....", "SQLite"),
        (b"kych\0\x02\0\0", "unknown version"),
    ];
    for (bytes, why) in foreign {
        let contents = read(bytes);
        assert_eq!((contents.status, code(&contents)), (Status::Corrupt, Some(Code::StoreCorrupt)));
        let message = contents.problem.unwrap().message;
        assert!(message.contains(why), "{message}");
    }
    let folder = tempfile::tempdir().unwrap();
    let missing = KeychainStore::new(folder.path().join("none")).read();
    assert_eq!((missing.status, code(&missing)), (Status::Missing, Some(Code::StoreMissing)));
    let directory = KeychainStore::new(folder.path()).read();
    assert_eq!((directory.status, code(&directory)), (Status::Corrupt, Some(Code::StoreCorrupt)));
}

#[test]
fn every_truncated_file_is_corrupt() {
    let mut keychain = keychain(&["a", "b"]);
    keychain.add_key([1; 20]);
    let bytes = keychain.bytes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.keychain");
    std::fs::write(&path, &bytes).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    for length in (0..bytes.len()).rev() {
        file.set_len(length as u64).unwrap();
        let contents = KeychainStore::new(&path).read();
        assert_eq!(
            (contents.status, code(&contents)),
            (Status::Corrupt, Some(Code::StoreCorrupt)),
            "{length}"
        );
    }
}

#[test]
fn a_schema_that_lacks_a_column_is_corrupt() {
    let mut certificates = Table::new(0x8000_1000);
    certificates
        .insert(crate::support::keychain::writer::Record { columns: Vec::new(), data: named("a", 1) });
    let contents = read(&file(&[Table::new(2), certificates]));
    assert_eq!((contents.status, code(&contents)), (Status::Corrupt, Some(Code::StoreCorrupt)));
}

/// An error or a list: either way everything in it is there to be used.
fn ends_in_an_error_or_a_list(bytes: &[u8]) {
    let contents = read(bytes);
    match contents.status {
        Status::Read => {
            assert_eq!(contents.certificates.is_empty(), code(&contents) == Some(Code::StoreEmpty));
        }
        _ => assert_eq!((code(&contents), contents.certificates.len()), (Some(Code::StoreCorrupt), 0)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_in_an_error_or_a_list(bytes in prop::collection::vec(any::<u8>(), 0..2048)) {
        ends_in_an_error_or_a_list(&bytes);
    }

    #[test]
    fn any_bytes_after_a_header_end_in_an_error_or_a_list(
        atoms in prop::collection::vec(prop_oneof![0u32..256, any::<u32>(), Just(0x8000_1000)], 0..256),
    ) {
        let mut bytes = b"kych\0\x01\0\0\0\0\0\x10\0\0\0\x14\0\0\0\0".to_vec();
        bytes.extend(atoms.iter().flat_map(|atom| atom.to_be_bytes()));
        ends_in_an_error_or_a_list(&bytes);
    }

    #[test]
    fn a_damaged_keychain_ends_in_an_error_or_a_list(
        damage in prop::collection::vec(
            (any::<prop::sample::Index>(), prop_oneof![0u32..64, any::<u32>(), 0xffff_fff0u32..=u32::MAX]),
            1..8,
        ),
    ) {
        let mut keychain = keychain(&["a", "b", "c"]);
        keychain.add_key([1; 20]);
        keychain.certificates.delete(1);
        let mut bytes = keychain.bytes();
        let atoms = bytes.len() / 4;
        for (place, value) in damage {
            let at = 4 * place.index(atoms);
            bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
        }
        ends_in_an_error_or_a_list(&bytes);
    }
}
