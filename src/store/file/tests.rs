//! Against files made by OpenSSL; see `tests/fixtures/make-files.sh`.

use super::*;
use tempfile::TempDir;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/files");

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(FIXTURES).join(name)).unwrap()
}

/// A fixture of another format, made by another script.
fn other_fixture(path: &str) -> Vec<u8> {
    fs::read(Path::new(FIXTURES).join("..").join(path)).unwrap()
}

/// The fixtures after one another.
fn joined(names: &[&str]) -> Vec<u8> {
    names.iter().flat_map(|name| fixture(name)).collect()
}

fn read(path: &Path) -> Contents {
    FileStore::new(path).read()
}

fn read_bytes(bytes: &[u8]) -> Contents {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("store");
    fs::write(&file, bytes).unwrap();
    read(&file)
}

fn folder(files: &[(&str, Vec<u8>)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn names(contents: &Contents) -> Vec<String> {
    let certificates = contents.certificates.iter();
    certificates.map(|stored| stored.certificate.subject().common_name().unwrap_or_default()).collect()
}

fn keys(contents: &Contents) -> Vec<PrivateKey> {
    contents.certificates.iter().map(|stored| stored.private_key).collect()
}

fn code(contents: &Contents) -> Option<Code> {
    contents.problem.as_ref().map(|problem| problem.code)
}

#[test]
fn reads_every_form_of_a_certificate() {
    let der = fixture("rsa.der");
    for name in ["rsa.pem", "rsa.der", "rsa-trusted.pem", "rsa-text.pem"] {
        let contents = read(&Path::new(FIXTURES).join(name));
        assert_eq!(contents.status, Status::Read, "{name}");
        assert_eq!(contents.problem, None, "{name}");
        let [stored] = &contents.certificates[..] else { panic!("{name}: {contents:?}") };
        assert_eq!(stored.certificate.der(), der, "{name}");
        assert_eq!(stored.private_key, PrivateKey::Absent);
        assert!(!stored.other_key_beside);
        assert_eq!(stored.location, Path::new(FIXTURES).join(name).display().to_string());
        assert_eq!((stored.label.as_deref(), stored.position), (None, 0));
    }
    for name in ["both.p7b", "both-der.p7b"] {
        let contents = read(&Path::new(FIXTURES).join(name));
        assert_eq!(names(&contents), ["file-rsa", "File Test CA"], "{name}");
    }
}

#[test]
fn tolerates_what_editors_and_mailers_do_to_pem() {
    let pem = String::from_utf8(fixture("rsa.pem")).unwrap();
    let forms = [
        pem.replace('\n', "\r\n"),
        format!("\u{feff}{pem}"),
        format!("Dear admin,\nhere it is -----\n{pem}\nRegards"),
        pem.replace("CERTIFICATE", "X509 CERTIFICATE"),
        pem.replace('\n', "\n   "),
        pem.trim_end().to_owned(),
        pem.replace('\n', ""),
        format!("-----BEGIN CERTIFICATE-----\n{pem}").replacen("-----BEGIN", "------BEGIN", 2),
    ];
    for form in &forms {
        assert_eq!(names(&read_bytes(form.as_bytes())), ["file-rsa"], "{form}");
    }
    let latin1 = [b"Gr\xfc\xdfe\n".to_vec(), pem.into_bytes(), b"\xff\xfe".to_vec()].concat();
    assert_eq!(names(&read_bytes(&latin1)), ["file-rsa"]);
}

#[test]
fn keeps_a_bundles_order_and_its_unparseable_certificates() {
    let junk = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec();
    let contents = read_bytes(&[fixture("p256.pem"), junk, fixture("ca.pem")].concat());
    assert_eq!(names(&contents), ["file-p256", "", "File Test CA"]);
    assert_eq!(contents.certificates[1].certificate.der(), [0, 0, 0]);
    assert_eq!(contents.certificates[2].position, 2);
    assert_eq!(contents.problem, None);
    let concatenated = [fixture("rsa.der"), fixture("rsa.der")].concat();
    assert_eq!(names(&read_bytes(&concatenated)), ["file-rsa", "file-rsa"]);
}

#[test]
fn a_damaged_block_hides_no_other() {
    let damaged = b"-----BEGIN CERTIFICATE-----\nMII*\n-----END CERTIFICATE-----\n".to_vec();
    let unfinished = b"-----BEGIN CERTIFICATE-----\nMIIB\n".to_vec();
    let mislabelled = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END TRUSTED CERTIFICATE-----\n".to_vec();
    for block in [damaged, unfinished, mislabelled] {
        let contents = read_bytes(&[block, fixture("p256.pem")].concat());
        assert_eq!(names(&contents), ["file-p256"]);
        assert_eq!(contents.status, Status::Read);
        assert_eq!(code(&contents), Some(Code::StoreCorrupt));
    }
}

#[test]
fn finds_the_key_in_the_same_file_in_every_form() {
    let pairs = [
        ("rsa.pem", "rsa.key"),
        ("rsa.pem", "rsa-pkcs1.key"),
        ("pss.pem", "pss.key"),
        ("p256.pem", "p256.key"),
        ("p256.pem", "p256-sec1-no-public.key"),
        ("p384.pem", "p384.key"),
        ("p384.pem", "p384-sec1-no-public.key"),
        ("p521.pem", "p521.key"),
        ("p521.pem", "p521-sec1-no-public.key"),
        ("k256.pem", "k256.key"),
        ("ed25519.pem", "ed25519.key"),
        ("compressed.pem", "compressed.key"),
        ("rsa.der", "rsa-pkcs1.der"),
        ("rsa.der", "rsa-pkcs8.der"),
    ];
    for (certificate, key) in pairs {
        for order in [[certificate, key], [key, certificate]] {
            let contents = read_bytes(&joined(&order));
            assert_eq!(keys(&contents), [PrivateKey::Present], "{order:?}");
            assert!(!contents.certificates[0].other_key_beside);
        }
    }
}

#[test]
fn an_encrypted_key_may_be_anybodys() {
    for key in ["rsa-encrypted.key", "rsa-traditional-encrypted.key"] {
        let contents = read_bytes(&joined(&["rsa.pem", key]));
        assert_eq!(keys(&contents), [PrivateKey::Unknown], "{key}");
    }
    let contents = read_bytes(&joined(&["rsa.der", "rsa-encrypted.der"]));
    assert_eq!(keys(&contents), [PrivateKey::Unknown]);
    let known = read_bytes(&joined(&["rsa.pem", "rsa-encrypted.key", "rsa.key"]));
    assert_eq!(keys(&known), [PrivateKey::Present]);
}

#[test]
fn tells_a_strangers_key_from_that_of_another_certificate() {
    let strangers = read_bytes(&joined(&["p256.pem", "with-parameters.key"]));
    assert_eq!(keys(&strangers), [PrivateKey::Absent]);
    assert!(strangers.certificates[0].other_key_beside);
    let bundle = read_bytes(&joined(&["p256.pem", "ca.pem", "p256.key"]));
    assert_eq!(keys(&bundle), [PrivateKey::Present, PrivateKey::Absent]);
    assert!(!bundle.certificates[1].other_key_beside);
}

#[test]
fn reads_a_folder_in_the_order_of_names() {
    let folder = folder(&[
        ("b.pem", fixture("p384.pem")),
        ("a.crt", joined(&["p521.pem", "ca.pem"])),
        ("Z.der", fixture("rsa.der")),
        ("any-name", fixture("p384.key")),
        ("README", b"not a certificate".to_vec()),
        ("empty", Vec::new()),
        ("request.csr", fixture("request.csr")),
    ]);
    fs::create_dir(folder.path().join("below")).unwrap();
    fs::write(folder.path().join("below/c.pem"), fixture("p256.pem")).unwrap();
    let contents = read(folder.path());
    assert_eq!(names(&contents), ["file-rsa", "file-p521", "File Test CA", "file-p384"]);
    assert_eq!(contents.problem, None);
    assert_eq!(
        keys(&contents),
        [PrivateKey::Absent, PrivateKey::Absent, PrivateKey::Absent, PrivateKey::Present]
    );
    let locations: Vec<_> = contents.certificates.iter().map(|stored| stored.location.clone()).collect();
    assert!(locations[0].ends_with("Z.der") && locations[2].ends_with("a.crt"), "{locations:?}");
    assert_eq!(contents.certificates.iter().map(|c| c.position).collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[test]
fn takes_keys_from_a_second_file() {
    let folder = folder(&[("cert.pem", fixture("rsa.pem")), ("key.pem", fixture("rsa-pkcs1.key"))]);
    let certificate = folder.path().join("cert.pem");
    assert_eq!(keys(&read(&certificate)), [PrivateKey::Absent]);
    let both = FileStore::new(&certificate).with_keys_from([folder.path().join("key.pem")]);
    assert_eq!(keys(&both.read()), [PrivateKey::Present]);
}

#[test]
fn reads_pkcs12_and_what_windows_exports() {
    let formats = [
        ("pkcs12/no-pass-phrase.p12", "Jo’s laptop"),
        ("pkcs12/no-pass-phrase-legacy.p12", "Jo’s laptop"),
        ("serialized/store.sst", "Jö's 日本 laptop"),
        ("serialized/with-key.blob", "Jö's 日本 laptop"),
    ];
    for (name, label) in formats {
        let contents = read_bytes(&other_fixture(name));
        let stored = &contents.certificates[0];
        assert_eq!(stored.certificate.der(), other_fixture("pkcs12/device.der"), "{name}");
        assert_eq!(stored.label.as_deref(), Some(label.as_bytes()), "{name}");
        assert_eq!(stored.private_key, PrivateKey::Present, "{name}");
        assert!(contents.certificates[1..].iter().all(|ca| ca.private_key == PrivateKey::Absent), "{name}");
    }
    let unopened = read_bytes(&other_fixture("pkcs12/plain-certificates.p12"));
    assert_eq!(keys(&unopened), [PrivateKey::Unknown, PrivateKey::Unknown]);
}

/// Copied from `%APPDATA%\Microsoft\SystemCertificates\My\Certificates`.
#[test]
fn reads_a_copied_store_folder() {
    let folder = folder(&[
        ("8A23C1F52D8A4CD5C6FA42BBE6B8F7A7BC0E4C6F", other_fixture("serialized/with-key.blob")),
        ("desktop.ini", b"[.ShellClassInfo]".to_vec()),
    ]);
    let contents = read(folder.path());
    assert_eq!((names(&contents), keys(&contents)), (vec!["device-7".to_owned()], vec![PrivateKey::Present]));
    assert_eq!(contents.problem, None);
}

#[test]
fn says_why_nothing_was_read() {
    let folder = folder(&[]);
    let missing = read(&folder.path().join("none"));
    assert_eq!((missing.status, code(&missing)), (Status::Missing, Some(Code::StoreMissing)));
    let nothing = read(folder.path());
    assert_eq!((nothing.status, code(&nothing)), (Status::Read, Some(Code::StoreEmpty)));

    let cases: &[(&[u8], Status, Code)] = &[
        (b"", Status::Read, Code::StoreEmpty),
        (b" \n", Status::Read, Code::StoreEmpty),
        (b"hello", Status::Corrupt, Code::StoreCorrupt),
        (&[0x30, 0x82, 0x01, 0x00, 0x30], Status::Corrupt, Code::StoreCorrupt),
        (&[0x30, 0x00], Status::Corrupt, Code::StoreCorrupt),
        (&fixture("request.csr"), Status::Read, Code::StoreEmpty),
        (&fixture("rsa.key"), Status::Read, Code::StoreEmpty),
        (&fixture("rsa.p12"), Status::Locked, Code::StoreLocked),
        (&other_fixture("pkcs12/rc4.p12"), Status::Unsupported, Code::StoreCorrupt),
    ];
    for (bytes, status, wanted) in cases {
        let contents = read_bytes(bytes);
        assert_eq!((contents.status, code(&contents)), (*status, Some(*wanted)), "{contents:?}");
    }
    let text = String::from_utf8(fixture("rsa.pem")).unwrap();
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(read_bytes(&utf16).certificates.len(), 1);
}

/// The processor time that this thread has used: other work on the machine does not count.
#[cfg(unix)]
fn processor_seconds() -> i64 {
    rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).tv_sec
}

/// On Unix only: the clock is Unix's, and the Windows tests run in Wine, which keeps no time limits.
#[cfg(unix)]
#[test]
fn a_hostile_file_ends_within_a_second() {
    let size = usize::try_from(MAX_FILE_SIZE).unwrap();
    let block = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let key = fixture("p521-sec1-no-public.key");
    let hostile: [Vec<u8>; 7] = [
        b"-----BEGIN ".repeat(size / 11),
        b"-----BEGIN A-----".repeat(size / 17),
        b"-----END A-----".repeat(size / 15),
        [b"-----BEGIN CERTIFICATE-----".to_vec(), vec![b'A'; size - 60]].concat(),
        block.repeat(size / block.len()),
        key.repeat(size / key.len()),
        [0x30, 0x00].repeat(size / 2),
    ];
    for bytes in hostile {
        let start = processor_seconds();
        let _ = encoding::read(&bytes);
        // Twenty times the time allowed, for code that is not optimized.
        let used = processor_seconds() - start;
        assert!(used < 20, "{:?}", String::from_utf8_lossy(&bytes[..20]));
    }
    assert_eq!(code(&read_bytes(&vec![b'A'; size + 1])), Some(Code::StoreCorrupt));
}

#[test]
fn a_certificate_with_an_unreadable_key_of_its_own_stays_unknown() {
    let junk = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec();
    let contents = read_bytes(&[junk, fixture("rsa.key")].concat());
    assert_eq!(keys(&contents), [PrivateKey::Unknown]);
}
