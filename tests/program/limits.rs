//! The limits of docs/limits.md, at their edges, and what is no file where a file is wanted.

use crate::support::forge::{self, Key, Template, der};
use certposture::ca;
use certposture::encoding::{self, MAX_CERTIFICATES, MAX_KEYS, Unrecognized};
use certposture::input::{self, Unreadable};
use certposture::store::{Place, StoreSpec};
use certposture::verification::{Purpose, Verifier};
use std::fs::{self, File};
use std::path::Path;

/// A file of `length` octets that begins with `content` and goes on with line ends.
fn padded(path: &Path, content: &[u8], length: u64) {
    let mut bytes = content.to_vec();
    bytes.resize(usize::try_from(length).unwrap(), b'\n');
    fs::write(path, bytes).unwrap();
}

fn root_pem() -> Vec<u8> {
    fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/files/ca.pem")).unwrap()
}

#[test]
fn a_ca_file_of_the_greatest_size_is_read_and_a_larger_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    padded(&file, &root_pem(), ca::MAX_FILE_SIZE);
    assert_eq!(ca::UploadedCas::read(std::slice::from_ref(&file)).cas.len(), 1);
    padded(&file, &root_pem(), ca::MAX_FILE_SIZE + 1);
    let refused = ca::UploadedCas::read(std::slice::from_ref(&file));
    assert!(refused.cas.is_empty());
    assert!(refused.unreadable().unwrap().message.contains("is larger than 4 MiB"));
}

#[test]
fn a_store_file_of_the_greatest_size_is_read_and_a_larger_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("device.pem");
    let spec = StoreSpec::File(file.clone());
    padded(&file, &root_pem(), 128 << 20);
    assert_eq!(Place::read(&spec.clone().into(), &[]).contents.certificates.len(), 1);
    padded(&file, &root_pem(), (128 << 20) + 1);
    let refused = Place::read(&spec.clone().into(), &[]).contents;
    assert!(refused.certificates.is_empty());
    assert!(refused.problem.unwrap().message.contains("is larger than 128 MiB"));
}

#[test]
fn a_keychain_larger_than_the_limit_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("System.keychain");
    File::create(&file).unwrap().set_len((64 << 20) + 1).unwrap();
    assert!(matches!(input::read(&file, 64 << 20), Err(Unreadable::TooLarge(_))));
    let refused = Place::read(&StoreSpec::Keychain(file).into(), &[]).contents;
    assert!(refused.problem.unwrap().message.contains("is larger than 64 MiB"));
}

#[test]
fn a_certificate_has_16_mib_and_no_more() {
    let found = |octets: usize| {
        let mut der = vec![0x30, 0x84];
        der.extend(u32::try_from(octets - 6).unwrap().to_be_bytes());
        // A SEQUENCE in the first place makes it one that is meant as a certificate.
        der.extend([0x30, 0]);
        der.resize(octets, 0x05);
        let pem = pem::encode(&pem::Pem::new("CERTIFICATE", der));
        let read = encoding::read(pem.as_bytes()).unwrap();
        (read.certificates.len(), read.damaged)
    };
    assert_eq!(found(16 << 20), (1, 0));
    assert_eq!(found((16 << 20) + 1), (0, 1));
}

/// The shortest block that is taken for a certificate.
const BLOCK: &str = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

#[test]
fn a_file_holds_two_hundred_thousand_certificates_and_no_more() {
    assert_eq!(MAX_CERTIFICATES, 200_000);
    let bundle = BLOCK.repeat(MAX_CERTIFICATES);
    assert_eq!(encoding::read(bundle.as_bytes()).unwrap().certificates.len(), MAX_CERTIFICATES);
    let one_more = BLOCK.repeat(MAX_CERTIFICATES + 1);
    assert_eq!(encoding::read(one_more.as_bytes()), Err(Unrecognized::TooMany));
    let der = [0x30, 0x00].repeat(MAX_CERTIFICATES + 1);
    assert!(encoding::read(&der).is_err());
}

#[test]
fn of_the_first_keys_the_public_key_is_computed_and_of_later_ones_nothing_is_known() {
    let key =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/files/p256.key")).unwrap();
    let found = encoding::read(key.repeat(MAX_KEYS + 1).as_bytes()).unwrap();
    assert_eq!(found.keys.len(), MAX_KEYS + 1);
    assert!(matches!(found.keys[MAX_KEYS - 1], encoding::Key::Of(_)));
    assert_eq!(found.keys[MAX_KEYS], encoding::Key::Sealed(encoding::Seal::Unknown));
}

/// Judges a certificate with an extension in which `levels` SEQUENCEs lie in one another.
fn judge_nested(levels: usize) -> Vec<String> {
    let root_key = Key::p256("root");
    let root = [Template::ca("CN=Root", &root_key, "CN=Root").sign(&root_key)];
    let mut name = der::sequence::<Vec<u8>>(&[]);
    for _ in 1..levels {
        name = der::sequence(&[name]);
    }
    // An otherName may hold any value: OtherName, [0], the value.
    let other = [der::object("1.2.3.4"), der::explicit(0, &name)].concat();
    let device = Template::new("CN=device", &Key::p256("device"), "CN=Root")
        .with(forge::alternative_names(&[der::explicit(0, &other)]))
        .sign(&root_key);
    let judgement =
        Verifier::new(&root, &[], "2025-01-01T00:00:00Z".parse().unwrap()).judge(&device, Purpose::Any);
    assert_eq!(judgement.path.passes(), judgement.path.findings.is_empty());
    judgement.path.findings.into_iter().map(|finding| finding.message).collect()
}

#[test]
fn values_may_be_nested_thirty_two_deep() {
    // GeneralNames, otherName and [0] lie around the value.
    let none: [&str; 0] = [];
    let deepest = (1..40).take_while(|levels| judge_nested(*levels).is_empty()).count();
    assert_eq!(judge_nested(deepest), none);
    assert_eq!(deepest + 3, 32);
    let refused = judge_nested(deepest + 1);
    assert!(refused.iter().any(|message| message.contains("nested too deeply")), "{refused:?}");
    assert!(judge_nested(10_000).iter().any(|message| message.contains("nested too deeply")));
}

#[test]
fn names_are_shown_up_to_two_hundred_characters() {
    let root_key = Key::p256("root");
    let root = [Template::ca("CN=Root", &root_key, "CN=Root").sign(&root_key)];
    let message = |length: usize| {
        let issuer = format!("CN={}", "n".repeat(length - 3));
        let device = Template::new("CN=device", &Key::p256("device"), &issuer).sign(&Key::p256("other"));
        let verifier = Verifier::new(&root, &[], "2025-01-01T00:00:00Z".parse().unwrap());
        verifier.judge(&device, Purpose::Any).path.findings.remove(0).message
    };
    assert!(!message(200).contains("..."));
    assert!(message(200).contains(&"n".repeat(197)));
    assert!(message(201).contains(&format!("{}...", "n".repeat(197))));
}

#[test]
fn a_chain_has_sixteen_certificates_and_no_more() {
    let keys: Vec<Key> = (0..20).map(|n| Key::p256(&format!("step {n}"))).collect();
    let name = |n: usize| format!("CN=Step {n}");
    let root = [Template::ca(&name(0), &keys[0], &name(0)).sign(&keys[0])];
    let pool: Vec<_> =
        (1..20).map(|n| Template::ca(&name(n), &keys[n], &name(n - 1)).sign(&keys[n - 1])).collect();
    let verifier = Verifier::new(&root, &pool, "2025-01-01T00:00:00Z".parse().unwrap());
    let longest = (0..20)
        .take_while(|n| {
            let device = Template::new("CN=device", &Key::p256("device"), &name(*n)).sign(&keys[*n]);
            verifier.judge(&device, Purpose::Any).path.passes()
        })
        .count();
    // The device's certificate and so many issuers, the root among them.
    assert_eq!(longest + 1, 16);
}

#[cfg(unix)]
mod no_files {
    use super::*;
    use crate::support::run::{said, within_limits};
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;
    use std::process::Command;

    /// Everything that is not a file of a bearable size, and a word of what is said about it.
    fn odd_things(folder: &Path) -> Vec<(PathBuf, &'static [&'static str])> {
        let path = |name: &str| folder.join(name);
        assert!(Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        File::create(path("sparse")).unwrap().set_len(10 << 30).unwrap();
        symlink(path("loop"), path("loop")).unwrap();
        symlink(path("nowhere"), path("dangling")).unwrap();
        fs::create_dir(path("folder")).unwrap();
        const NO_FILE: &[&str] = &["a device or a pipe", "is not a file"];
        vec![
            (path("pipe"), NO_FILE),
            (PathBuf::from("/dev/zero"), NO_FILE),
            (PathBuf::from("/dev/tty"), &["a device or a pipe", "is not a file", "be read"]),
            (path("sparse"), &["is larger than"]),
            (path("loop"), &["symbolic link", "could not be read"]),
            (path("dangling"), &["does not exist"]),
            (path("folder"), &["is a directory", "is not a file"]),
        ]
    }

    #[track_caller]
    fn assert_refused(arguments: &[&str], words: &[&str]) {
        let output = within_limits(arguments);
        let said = said(&output);
        assert!(matches!(output.status.code(), Some(1..=3)), "{arguments:?}: {:?}: {said}", output.status);
        assert!(words.iter().any(|word| said.contains(word)), "{arguments:?}: {said}");
    }

    fn fixture(name: &str) -> String {
        format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
    }

    #[test]
    fn every_option_that_takes_a_file_refuses_what_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let (ca, device) = (fixture("files/ca.pem"), format!("file:{}", fixture("files/p256.pem")));
        for (path, words) in odd_things(folder.path()) {
            let path = path.to_str().unwrap();
            assert_refused(&["check", "--cn", "x", "--ca", path, "--store", &device], words);
            assert_refused(&["check", "--rule", path, "--ca", &ca, "--store", &device], words);
            let intermediate = ["--intermediate", path];
            assert_refused(
                &[&["check", "--cn", "x", "--ca", &ca, "--store", &device], &intermediate[..]].concat(),
                words,
            );
            assert_refused(&["ca", "inspect", path], words);
            assert_refused(&["verify", "--ca", path, &fixture("files/p256.pem")], words);
            assert_refused(&["list", "--store", &format!("keychain:{path}")], words);
        }
    }

    #[test]
    fn a_file_store_and_verify_refuse_what_is_none() {
        let folder = tempfile::tempdir().unwrap();
        for (path, words) in odd_things(folder.path()) {
            // A folder is what both may be given.
            if path.is_dir() {
                continue;
            }
            let path = path.to_str().unwrap();
            assert_refused(&["list", "--store", &format!("file:{path}")], words);
            assert_refused(&["verify", "--ca", &fixture("files/ca.pem"), path], words);
        }
    }

    #[test]
    fn a_folder_of_odd_things_holds_no_certificate() {
        let folder = tempfile::tempdir().unwrap();
        odd_things(folder.path());
        symlink("/dev/zero", folder.path().join("zero")).unwrap();
        let output = within_limits(&["list", "--store", &format!("file:{}", folder.path().display())]);
        let said = said(&output);
        assert!(said.contains("0 certificates") && said.contains("loop cannot be read"), "{said}");
    }

    #[test]
    fn a_database_of_odd_things_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let things = tempfile::tempdir().unwrap();
        for (number, (path, words)) in odd_things(things.path()).into_iter().enumerate() {
            for file in ["cert9.db", "key4.db"] {
                let database = folder.path().join(format!("{file}-{number}"));
                fs::create_dir(&database).unwrap();
                for own in ["cert9.db", "key4.db"] {
                    fs::copy(fixture(&format!("nssdb-passing/{own}")), database.join(own)).unwrap();
                }
                fs::remove_file(database.join(file)).unwrap();
                symlink(&path, database.join(file)).unwrap();
                assert_refused(&["list", "--store", &format!("nss:{}", database.display())], words);
            }
        }
    }

    #[test]
    fn odd_things_beside_a_database_change_nothing() {
        let things = tempfile::tempdir().unwrap();
        for (path, _) in odd_things(things.path()) {
            let database = tempfile::tempdir().unwrap();
            for own in ["cert9.db", "key4.db"] {
                fs::copy(fixture(&format!("nssdb-passing/{own}")), database.path().join(own)).unwrap();
            }
            symlink(&path, database.path().join("pkcs11.txt")).unwrap();
            let output = within_limits(&["list", "--store", &format!("nss:{}", database.path().display())]);
            assert_eq!(output.status.code(), Some(0), "{}: {}", path.display(), said(&output));
        }
    }

    /// In WAL mode the log beside the database is read, too.
    #[test]
    fn a_log_that_is_no_file_is_refused() {
        let things = tempfile::tempdir().unwrap();
        for (path, words) in odd_things(things.path()) {
            let database = tempfile::tempdir().unwrap();
            for own in ["cert9.db", "key4.db"] {
                let mut bytes = fs::read(fixture(&format!("nssdb-passing/{own}"))).unwrap();
                if own == "cert9.db" {
                    bytes[18..20].fill(2);
                }
                fs::write(database.path().join(own), bytes).unwrap();
            }
            symlink(&path, database.path().join("cert9.db-wal")).unwrap();
            let arguments = ["list", "--store", &format!("nss:{}", database.path().display())];
            if path.ends_with("dangling") {
                assert_eq!(within_limits(&arguments).status.code(), Some(0));
            } else {
                let words = [words, &["larger than 64 MiB"]].concat();
                assert_refused(&arguments, &words);
            }
        }
    }
}
