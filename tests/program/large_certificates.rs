//! Certificates of megabytes: answered within the limits of docs/limits.md, and not at length, in every
//! command and format.

use crate::support::forge::{self, Key, Template, der};
use crate::support::run::{certposture, said, within_limits};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const AT: &str = "2026-01-01T00:00:00Z";

/// No answer about one certificate is longer: a few tables of names that were cut.
const LONGEST_ANSWER: usize = 256 << 10;

/// A folder with `ca.pem`, and `device.der`, which the CA issued.
struct Case {
    folder: TempDir,
}

impl Case {
    fn new(device: impl FnOnce(Template) -> Template) -> Self {
        let key = Key::p256("root");
        let folder = tempfile::tempdir().unwrap();
        let root = Template::ca("CN=Root", &key, "CN=Root").der(&key, key.scheme());
        fs::write(folder.path().join("ca.der"), root).unwrap();
        let device = device(Template::new("CN=device", &Key::p256("device"), "CN=Root"));
        fs::write(folder.path().join("device.der"), device.der(&key, key.scheme())).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        path.to_str().unwrap().to_owned()
    }

    /// Every command and format tells of the certificate, within the limits; `word` is in the JSON of `verify`.
    fn is_told(&self, word: &str) {
        let (ca, device) = (self.path("ca.der"), self.path("device.der"));
        let store = format!("file:{device}");
        let verify = ["verify", "--ca", &ca, "--at", AT, &device, "--format"];
        let check = [
            "check", "--cn", "device", "--os", "linux", "--ca", &ca, "--at", AT, "--store", &store,
            "--format",
        ];
        let list = ["list", "--at", AT, "--store", &store, "--format"];
        let formats: [(&[&str], &[&str]); 3] = [
            (&verify, &["table", "json", "html"]),
            (&check, &["table", "json", "html", "markdown", "junit", "nagios", "prometheus"]),
            (&list, &["table", "json"]),
        ];
        for (command, formats) in formats {
            for format in formats {
                let output = within_limits(&[command, &[*format]].concat());
                let told = output.stdout.len() + output.stderr.len();
                let what = &command[0];
                assert!(
                    output.status.code().is_some_and(|code| code <= 3),
                    "{what} {format}: {}",
                    said(&output)
                );
                assert!((1..LONGEST_ANSWER).contains(&told), "{what} {format}: {told} octets");
            }
        }
        let json = said(&within_limits(&[&verify[..], &["json"]].concat()));
        assert!(json.contains(word), "{json}");
    }
}

#[test]
fn half_a_million_repeated_extensions() {
    let one = der::sequence(&[der::object("1.2"), der::octets(&[])]);
    Case::new(|device| device.with(one.repeat((4 << 20) / one.len()))).is_told("extensions");
}

#[test]
fn critical_extensions_with_long_identifiers() {
    let extensions = (0..7u8).map(|number| {
        let id = [&[0x2a][..], &[0x81; 2 << 20], &[number]].concat();
        der::sequence(&[der::tlv(6, &id), der::tlv(1, &[0xff]), der::octets(&[])])
    });
    let extensions: Vec<u8> = extensions.flatten().collect();
    Case::new(|device| device.with(extensions)).is_told("(2097154 octets)");
}

#[test]
fn three_hundred_thousand_alternative_names() {
    let names: Vec<Vec<u8>> = (0..300_000).map(|number| forge::dns(&format!("{number:07}"))).collect();
    Case::new(|device| device.with(forge::alternative_names(&names))).is_told("certificate-unparseable");
}

fn named(name: Vec<u8>) -> Case {
    Case::new(|device| Template { subject: name, ..device })
}

/// A relative distinguished name that is one common name.
fn common_name(value: &[u8]) -> Vec<u8> {
    der::tlv(0x31, &der::sequence(&[der::object("2.5.4.3"), der::tlv(0x0c, value)]))
}

#[test]
fn three_hundred_thousand_parts_of_a_name() {
    named(der::tlv(0x30, &common_name(b"x").repeat(300_000))).is_told("256 KiB");
}

#[test]
fn a_name_whose_letters_stand_for_eighteen_others_each() {
    named(der::tlv(0x30, &common_name("\u{fdfa}".repeat(1 << 20).as_bytes()))).is_told("256 KiB");
}

/// The greatest names that are read, one of them where its letters have to be spelled out.
#[test]
fn names_of_just_under_the_limit() {
    for letter in ["\\", "\u{202e}", "\u{fdfa}"] {
        let part = common_name(letter.repeat((260 << 10) / 900 / letter.len()).as_bytes());
        named(der::tlv(0x30, &part.repeat(900))).is_told("certposture.verify/1");
    }
}

#[test]
fn a_name_has_256_kib_and_no_more() {
    let verdict = |octets: usize| {
        let head = common_name(&vec![b'a'; 200_000]).len() + 5 - 200_000;
        let case = named(der::tlv(0x30, &common_name(&vec![b'a'; octets - head])));
        let output =
            certposture(&["verify", "--ca", &case.path("ca.der"), "--at", AT, &case.path("device.der")]);
        output.status.code()
    };
    assert_eq!((verdict(256 << 10), verdict((256 << 10) + 1)), (Some(0), Some(1)));
}

#[test]
fn a_serial_number_and_a_key_identifier_of_megabytes() {
    let long = vec![1; 7 << 20];
    Case::new(|device| {
        let device = device.with(forge::authority_key_id(&long));
        Template { serial: der::integer(&long), ..device }
    })
    .is_told("serial number has 7340032 octets");
}

/// Ten certificates under one large intermediate share its text.
#[test]
fn ten_certificates_over_a_large_file_of_intermediates() {
    let (root_key, key) = (Key::p256("root"), Key::p256("issuing"));
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, der: Vec<u8>| {
        let path = folder.path().join(name);
        fs::write(&path, der).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let ca = write("ca.der", Template::ca("CN=Root", &root_key, "CN=Root").der(&root_key, root_key.scheme()));
    let names: Vec<Vec<u8>> = (0..9_000).map(|number| forge::dns(&format!("{number:0300}"))).collect();
    let between = Template::ca("CN=Issuing", &key, "CN=Root").with(forge::alternative_names(&names));
    let between = write("intermediate.der", between.der(&root_key, root_key.scheme()));
    let devices: Vec<String> = (0..10)
        .map(|number| {
            let own = Key::p256(&format!("device {number}"));
            let device = Template::new("CN=device", &own, "CN=Issuing").der(&key, key.scheme());
            write(&format!("{number}.der"), device)
        })
        .collect();
    for format in ["table", "json", "html"] {
        let mut arguments =
            vec!["verify", "--ca", &ca, "--intermediate", &between, "--at", AT, "--format", format];
        arguments.extend(devices.iter().map(String::as_str));
        let output = within_limits(&arguments);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(output.stdout.len() < LONGEST_ANSWER, "{format}: {} octets", output.stdout.len());
    }
}
