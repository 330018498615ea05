//! The store of this Windows system, against certificates put into its registry.

use crate::registry::{Root, TestStore, friendly_name, key_reference, property};
use certposture::certificate::Name;
use certposture::lookup::Found;
use certposture::lookup::powershell::{lookup, name_string};
use certposture::reason::Code;
use certposture::store::{Contents, Index, PrivateKey, Status, WindowsLocation, WindowsStore};

const DEVICE: &[u8] = include_bytes!("../fixtures/pkcs12/device.der");
const CA: &[u8] = include_bytes!("../fixtures/pkcs12/ca.der");
const SUBJECTS: &str = include_str!("../fixtures/windows/subjects.tsv");

fn read(location: WindowsLocation, name: &str) -> Contents {
    WindowsStore::new(location, name).read()
}

fn subjects(contents: &Contents) -> &[String] {
    match &contents.index {
        Index::Windows { subjects, .. } => subjects,
        other => panic!("{other:?}"),
    }
}

#[test]
fn reads_names_keys_and_labels_and_answers_the_look_up() {
    let name = "certposture-test-reads";
    let properties = vec![friendly_name("Jö's 日本 laptop"), key_reference()];
    let _store = TestStore::new(Root::CurrentUser, name, &[(DEVICE, properties), (CA, vec![])]);
    let contents = read(WindowsLocation::CurrentUser, name);
    assert_eq!((contents.status, contents.certificates.len()), (Status::Read, 2));

    let device = contents.certificates.iter().find(|stored| stored.certificate.der() == DEVICE).unwrap();
    assert_eq!(device.label.as_deref(), Some("Jö's 日本 laptop".as_bytes()));
    assert_eq!(device.private_key, PrivateKey::Present);
    assert_eq!(subjects(&contents)[device.position], "CN=device-7");
    let ca = contents.certificates.iter().find(|stored| stored.certificate.der() == CA).unwrap();
    assert_eq!((ca.label.as_deref(), ca.private_key), (None, PrivateKey::Absent));

    let Index::Windows { account, .. } = &contents.index else { panic!("{:?}", contents.index) };
    assert!(account.as_deref().is_some_and(|name| name.contains('\\')), "{account:?}");
    assert_eq!(contents.problem, None);

    assert_eq!(lookup(&contents, b"DEVICE-7").returned, [Found::Stored(device.position)]);
    assert_eq!(lookup(&contents, b"nobody").returned, []);
}

#[test]
fn reads_the_machines_stores() {
    let name = "certposture-test-machine";
    let _store = TestStore::new(Root::LocalMachine, name, &[(DEVICE, vec![])]);
    assert_eq!(read(WindowsLocation::LocalMachine, name).certificates.len(), 1);
    assert_eq!(read(WindowsLocation::CurrentUser, "certposture-test-no-such").status, Status::Missing);
}

#[test]
fn an_empty_store_and_a_missing_one_are_told_apart() {
    let name = "certposture-test-empty";
    let _store = TestStore::new(Root::LocalMachine, name, &[]);
    let empty = read(WindowsLocation::LocalMachine, name);
    assert_eq!((empty.status, empty.problem.unwrap().code), (Status::Read, Code::StoreEmpty));
    let missing = read(WindowsLocation::LocalMachine, "certposture-test-none");
    assert_eq!((missing.status, missing.problem.unwrap().code), (Status::Missing, Code::StoreMissing));
}

/// schannel's reader of the friendly name ends the process over each of these.
#[test]
fn odd_friendly_names_do_no_harm() {
    let name = "certposture-test-odd";
    for (value, label) in [
        (&b""[..], None),
        (b"a", None),
        (b"\0\0", None),
        (b"a\0", Some("a")),
        (b"\x00\xd8\0\0", Some("\u{fffd}")),
    ] {
        let _store = TestStore::new(Root::LocalMachine, name, &[(DEVICE, vec![property(11, value)])]);
        let contents = read(WindowsLocation::LocalMachine, name);
        assert_eq!(contents.certificates.len(), 1, "{value:?}");
        assert_eq!(contents.certificates[0].label.as_deref(), label.map(str::as_bytes), "{value:?}");
    }
}

/// Rows of `subjects.tsv` that Wine's crypt32 writes otherwise than Windows: it knows neither the
/// `OID.` prefix nor the TPM attributes, mistakes the last character of multi-byte strings for blanks,
/// leaves an empty value bare and decodes fewer types of string.
const OTHERWISE_IN_WINE: &[&str] = &[
    "trail-sp-utf8",
    "empty-utf8",
    "empty-print",
    "cr-mid",
    "tab-mid",
    "unknown",
    "unknown-quoted",
    "uid",
    "ev",
    "names",
    "orgid",
    "unstructured",
    "tpm",
    "bmp-sp",
    "t61-utf8",
    "universal",
    "octet",
    "bitstring",
];

#[test]
fn crypt32_writes_subjects_as_the_portable_code_does() {
    let rows = SUBJECTS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect::<Vec<_>>());
    let names: Vec<_> = rows.map(|row| (row[0], unhex(row[1]))).collect();
    let certificates: Vec<_> = names.iter().map(|(_, name)| with_subject(name)).collect();
    let entries: Vec<_> = certificates.iter().map(|der| (&der[..], vec![])).collect();
    let _store = TestStore::new(Root::LocalMachine, "certposture-test-subjects", &entries);
    let contents = read(WindowsLocation::LocalMachine, "certposture-test-subjects");
    assert_eq!(contents.certificates.len(), 63);

    let mut different = Vec::new();
    for ((row, name), certificate) in names.iter().zip(&certificates) {
        let stored =
            contents.certificates.iter().find(|stored| stored.certificate.der() == certificate).unwrap();
        if subjects(&contents)[stored.position] != name_string(Name { der: name }) {
            different.push(*row);
        }
    }
    assert_eq!(different, OTHERWISE_IN_WINE);
}

fn unhex(digits: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(digit).collect()
}

/// The device's certificate with another subject; its signature is then wrong, which no store minds.
fn with_subject(name: &[u8]) -> Vec<u8> {
    let outline = certposture::certificate::Outline::read(DEVICE).unwrap();
    let tbs = [&DEVICE[outline.serial.start - 2..outline.subject.start], name, &DEVICE[outline.spki.clone()]]
        .concat();
    let rest = &DEVICE[outline.tbs.end..];
    element(0x30, &[&element(0x30, &tbs)[..], rest].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82][..], &length, content].concat()
}
