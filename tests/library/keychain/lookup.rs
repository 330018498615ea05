//! The look-up of `security find-certificate -c NAME -p KEYCHAIN`, case by case.

use super::reader::read;
use crate::support::keychain::certificate::{self, attribute, common_name, named, with_subject};
use crate::support::keychain::writer::Keychain;
use certposture::lookup::{Found, Lookup, security};
use certposture::store::{KeychainStore, StoreSpec};

/// The look-up in a keychain that holds these certificates.
fn look_up(certificates: &[Vec<u8>], name: &[u8]) -> Lookup {
    let mut keychain = Keychain::new();
    for (der, serial) in certificates.iter().zip(1..) {
        keychain.add(der, "label", [serial; 20]);
    }
    security::lookup(&read(&keychain.bytes()), name)
}

/// What is printed, and what is not because it comes later.
fn positions(lookup: &Lookup) -> (Option<usize>, Vec<usize>) {
    assert!(lookup.returned.len() < 2);
    let first = lookup.returned.first().map(|found| match found {
        Found::Stored(position) => *position,
        Found::File(..) => panic!("this command reads no files"),
    });
    (first, lookup.shadowed.clone())
}

const FIRST: Option<usize> = Some(0);
const NOTHING: Option<usize> = None;

#[test]
fn finds_a_substring_without_regard_to_case() {
    let cases: [(&str, &str, Option<usize>); 16] = [
        ("device-042", "device-042", FIRST),
        ("device-042", "DEVICE-042", FIRST),
        ("DEVICE-042", "device-042", FIRST),
        ("device-042", "device", FIRST),
        ("device-042", "042", FIRST),
        ("device-042", "vice-0", FIRST),
        ("device-042", "device-042 ", NOTHING),
        ("device-042", " device-042", NOTHING),
        ("device-042", "device-0422", NOTHING),
        ("device-042", "device_042", NOTHING),
        ("device-042", "", NOTHING),
        ("device-042", "CN=device-042", NOTHING),
        ("device-042", "device*", NOTHING),
        ("a*b", "*", FIRST),
        ("[x] ?", "[X] ?", FIRST),
        ("K", "\u{212a}", FIRST),
    ];
    for (in_certificate, wanted, result) in cases {
        let lookup = look_up(&[named(in_certificate, 1)], wanted.as_bytes());
        assert_eq!(positions(&lookup), (result, vec![]), "{wanted:?} in {in_certificate:?}");
    }
}

#[test]
fn compares_canonical_decompositions_after_full_case_folding() {
    let cases: [(&str, &str, Option<usize>); 30] = [
        // Full case folding: one character may fold to several.
        ("straße", "STRASSE", FIRST),
        ("STRASSE", "straße", FIRST),
        ("STRAẞE", "strasse", FIRST),
        ("ﬁle", "FI", FIRST),
        ("Οδός", "οδόσ", FIRST),
        ("ΟΔΟΣ", "οδος", FIRST),
        // No Turkish rules: the dotted capital is i and a combining dot.
        ("Istanbul", "ıstanbul", NOTHING),
        ("İstanbul", "i\u{307}stanbul", FIRST),
        // Canonical equivalence.
        ("Å", "A\u{30a}", FIRST),
        ("A\u{30a}", "\u{212b}", FIRST),
        ("å", "\u{212b}", FIRST),
        ("JOSÉ", "jose\u{301}", FIRST),
        ("ế", "e\u{301}\u{302}", NOTHING),
        ("ế", "e\u{302}\u{301}", FIRST),
        ("q\u{323}\u{307}", "Q\u{307}\u{323}", FIRST),
        // Compatibility forms stay apart.
        ("ＡＢＣ", "ABC", NOTHING),
        ("x²", "x2", NOTHING),
        ("device\u{2011}042", "device-042", NOTHING),
        // A match ends neither inside what a character expands to …
        ("straße", "stras", NOTHING),
        ("ﬁle", "f", NOTHING),
        ("é", "e", NOTHING),
        // … nor in front of a mark that belongs to the last character …
        ("e\u{301}", "e", NOTHING),
        ("Jose\u{301} Muñoz", "jose", NOTHING),
        // … nor begins inside what a character expands to; but it may begin inside a cluster.
        ("é", "\u{301}", NOTHING),
        ("ßx", "sx", NOTHING),
        ("e\u{301}", "\u{301}", FIRST),
        // It does not end inside a cluster either.
        ("a\u{34f}b", "a\u{34f}", NOTHING),
        ("क्ष", "क्", NOTHING),
        ("\u{1100}\u{1161}\u{11a8}", "\u{1100}\u{1161}", NOTHING),
        ("각하", "각", FIRST),
    ];
    for (in_certificate, wanted, result) in cases {
        let lookup = look_up(&[named(in_certificate, 1)], wanted.as_bytes());
        assert_eq!(positions(&lookup), (result, vec![]), "{wanted:?} in {in_certificate:?}");
    }
}

#[test]
fn looks_at_the_common_name_that_is_reported_and_at_nothing_else() {
    let utf8 = |text: &str| common_name(0x0c, text.as_bytes());
    let organization = |text: &str| attribute(&[0x55, 4, 10], 0x0c, text.as_bytes());
    let certificate = |rdns: &[Vec<Vec<u8>>]| with_subject(certificate::name(rdns), 1);
    let several = certificate(&[vec![utf8("first")], vec![organization("org")], vec![utf8("last")]]);
    assert_eq!(positions(&look_up(std::slice::from_ref(&several), b"last")).0, FIRST);
    assert_eq!(positions(&look_up(std::slice::from_ref(&several), b"first")).0, NOTHING);
    assert_eq!(positions(&look_up(std::slice::from_ref(&several), b"org")).0, NOTHING);
    let in_one_rdn = certificate(&[vec![utf8("one"), utf8("two")]]);
    assert_eq!(positions(&look_up(std::slice::from_ref(&in_one_rdn), b"two")).0, FIRST);
    assert_eq!(positions(&look_up(std::slice::from_ref(&in_one_rdn), b"one")).0, NOTHING);

    // The keychain's label, the organization and the e-mail address do not stand in for it.
    let email = attribute(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], 0x16, b"device@example.org");
    let without = certificate(&[vec![organization("device")], vec![email]]);
    assert_eq!(positions(&look_up(std::slice::from_ref(&without), b"device")).0, NOTHING);
    assert_eq!(positions(&look_up(std::slice::from_ref(&without), b"label")).0, NOTHING);
    assert_eq!(positions(&look_up(&[certificate(&[])], b"device")).0, NOTHING);
}

#[test]
fn passes_over_certificates_whose_subject_is_malformed() {
    let device = vec![common_name(0x0c, b"device")];
    let empty_rdn = with_subject(certificate::name(&[device.clone(), vec![]]), 1);
    let broken_value = {
        let mut subject = certificate::name(std::slice::from_ref(&device));
        // The value claims to be longer than the subject.
        let at = subject.len() - b"device".len() - 1;
        subject[at] = 0x7f;
        with_subject(subject, 2)
    };
    let too_many = with_subject(certificate::name(&vec![device.clone(); 1024]), 3);
    let most = with_subject(certificate::name(&vec![device; 1023]), 4);
    let junk = b"no certificate".to_vec();
    let lookup = look_up(&[empty_rdn, broken_value, junk, Vec::new(), too_many, most], b"device");
    assert_eq!(positions(&lookup), (Some(5), vec![]));
}

#[test]
fn prints_the_first_match_only_and_tells_the_others() {
    let certificates =
        [named("other", 1), named("device-1", 2), named("my DEVICE", 3), named("x", 4), named("device", 5)];
    assert_eq!(positions(&look_up(&certificates, b"device")), (Some(1), vec![2, 4]));
    assert_eq!(positions(&look_up(&certificates, b"device-1")), (Some(1), vec![]));
    assert_eq!(positions(&look_up(&certificates, b"e")), (Some(0), vec![1, 2, 4]));
}

#[test]
fn the_first_is_the_one_inserted_or_changed_longest_ago() {
    let mut keychain = Keychain::new();
    let gone = keychain.add(&named("gone", 1), "gone", [1; 20]);
    let old = keychain.add(&named("device", 2), "old", [2; 20]);
    keychain.certificates.delete(gone);
    let renewed = keychain.add(&named("device", 3), "renewed", [3; 20]);
    assert!(renewed < old, "the renewed certificate has the lower number");
    let labels = |keychain: &Keychain| {
        let contents = read(&keychain.bytes());
        let (first, others) = positions(&security::lookup(&contents, b"device"));
        let label = |position: usize| contents.certificates[position].label.clone().unwrap();
        (label(first.unwrap()), others.into_iter().map(label).collect::<Vec<_>>())
    };
    assert_eq!(labels(&keychain), (b"old".to_vec(), vec![b"renewed".to_vec()]));
    keychain.certificates.change(old);
    assert_eq!(labels(&keychain), (b"renewed".to_vec(), vec![b"old".to_vec()]));
}

#[test]
fn says_what_the_command_says_when_it_finds_nothing() {
    const NOT_FOUND: &str =
        "security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.";
    let missing = security::lookup(&KeychainStore::new("/nowhere/none.keychain").read(), b"device");
    let corrupt = security::lookup(&read(b"junk"), b"device");
    let no_text = look_up(&[named("caf\u{e9}", 1)], b"caf\xe9");
    let no_match = look_up(&[named("device", 1)], b"other");
    for lookup in [missing, corrupt, no_text, no_match] {
        assert_eq!(positions(&lookup), (NOTHING, vec![]));
        assert_eq!((lookup.exit_status, lookup.standard_error.as_str()), (44, NOT_FOUND));
    }
    let found = look_up(&[named("device", 1)], b"device");
    assert_eq!((found.exit_status, found.standard_error.as_str()), (0, ""));
}

#[cfg(unix)]
#[test]
fn names_the_command_as_one_would_type_it() {
    let command = |spec: &str, name: &[u8]| {
        let mut contents = read(b"");
        contents.spec = spec.parse::<StoreSpec>().unwrap();
        security::lookup(&contents, name).command
    };
    let system = "keychain:/Library/Keychains/System.keychain";
    let cases: [(&str, &[u8], &str); 4] = [
        (system, b"device-042", "-c device-042 -p /Library/Keychains/System.keychain"),
        (system, b"Jo's laptop", "-c \"Jo's laptop\" -p /Library/Keychains/System.keychain"),
        ("keychain:/tmp/a copy", b"$x", "-c '$x' -p '/tmp/a copy'"),
        ("file:/tmp/certs", b"", "-c '' -p /Library/Keychains/System.keychain"),
    ];
    for (spec, name, wanted) in cases {
        assert_eq!(command(spec, name), format!("/usr/bin/security find-certificate {wanted}"));
    }
    let here = std::env::current_dir().unwrap().join("copy");
    assert!(command("keychain:copy", b"x").ends_with(here.to_str().unwrap()));
    assert!(command(system, b"nul\0").contains(r"-c 'nul\u{0}'"));
}
