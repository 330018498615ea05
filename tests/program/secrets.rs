//! No private key that the program meets comes out of it again: not in tables or documents, not in
//! errors, whether read from PEM, DER, PKCS #12 or an NSS database.

use crate::support::run;
use base64ct::{Base64, Encoding as _};
use memchr::memmem;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::path::{Path, PathBuf};

/// Octets of a secret that are searched for; fewer might occur by chance.
const PIECE: usize = 12;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Pieces of a secret, as octets, hexadecimal, base64 and a list of numbers.
struct Secret {
    name: String,
    forms: Vec<String>,
}

fn secret(name: &str, octets: &[u8]) -> Secret {
    let mut forms = Vec::new();
    for piece in octets.chunks_exact(PIECE) {
        let hex: String = piece.iter().map(|byte| format!("{byte:02x}")).collect();
        forms.extend([hex.to_uppercase(), hex.clone()]);
        let spaced: Vec<String> = piece.iter().map(|byte| format!("{byte:02x}")).collect();
        forms.extend([spaced.join(":"), spaced.join(" ")]);
        let numbers: Vec<String> = piece.iter().map(u8::to_string).collect();
        forms.push(numbers.join(", "));
        // Base64 of twelve octets in any of the three places where a group of three may begin.
        for shift in 0..3 {
            let whole = (piece.len() - shift) / 3 * 3;
            forms.push(Base64::encode_string(&piece[shift..shift + whole]));
        }
    }
    Secret { name: name.to_owned(), forms }
}

/// The private numbers of an RSA key (RFC 8017 appendix A.1.2, from the fourth INTEGER on).
fn rsa_secrets(name: &str, pkcs1: &[u8]) -> Vec<Secret> {
    let mut rest = content(pkcs1);
    let mut numbers = Vec::new();
    while !rest.is_empty() {
        let (value, length) = element(rest);
        numbers.push(value);
        rest = &rest[length..];
    }
    assert_eq!(numbers.len(), 9, "{name}");
    numbers[3..].iter().map(|number| secret(name, number)).collect()
}

fn element(der: &[u8]) -> (&[u8], usize) {
    let (header, length) = match der[1] {
        short @ 0..=0x7f => (2, usize::from(short)),
        0x81 => (3, usize::from(der[2])),
        _ => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
    };
    (&der[header..header + length], header + length)
}

fn content(der: &[u8]) -> &[u8] {
    element(der).0
}

fn pem(name: &str) -> Vec<u8> {
    pem::parse(fs::read(fixture(name)).unwrap()).unwrap().into_contents()
}

/// The body lines of a PEM file, too: nothing of it may be repeated.
fn lines(name: &str) -> Secret {
    let text = fs::read_to_string(fixture(name)).unwrap();
    let begin = text.find("PRIVATE KEY-----").unwrap();
    let body = text[begin..].lines().skip(1).filter(|line| line.len() > 30 && !line.contains('-'));
    Secret { name: name.to_owned(), forms: body.map(str::to_owned).collect() }
}

fn secrets() -> Vec<Secret> {
    let mut secrets = rsa_secrets("rsa-pkcs1.key", &pem("files/rsa-pkcs1.key"));
    for name in ["files/p256.key", "files/p384.key", "files/p521.key", "files/ed25519.key"] {
        // PKCS #8: version, algorithm, then the key in an OCTET STRING; the last octets are public.
        secrets.push(lines(name));
        let der = pem(name);
        let at = der.windows(2).position(|pair| pair == [0x04, 0x20] || pair == [0x04, 0x30]).unwrap_or(30);
        secrets.push(secret(name, &der[at + 2..at + 2 + 32]));
    }
    for name in ["files/rsa.key", "files/rsa-encrypted.key", "files/rsa-pkcs1.key", "files/k256.key"] {
        secrets.push(lines(name));
    }
    for database in ["nssdb-failing", "nssdb-passing", "nssdb-password"] {
        secrets.extend(database_secrets(database));
    }
    secrets
}

/// Everything in the rows of private keys but what is public: encrypted numbers and the password's
/// check. With an empty password whoever has them has the key.
fn database_secrets(name: &str) -> Vec<Secret> {
    let path = fixture(name).join("key4.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut secrets = Vec::new();
    for (table, columns) in [("nssPrivate", "*"), ("metaData", "item1, item2")] {
        let mut statement = database.prepare(&format!("SELECT {columns} FROM {table}")).unwrap();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for (column, attribute) in names.iter().enumerate() {
                // Label, subject, ID, modulus, public exponent and curve are no secrets.
                let is_public =
                    ["a3", "a101", "a102", "a120", "a122", "a180", "id"].contains(&attribute.as_str());
                if let (false, ValueRef::Blob(octets)) = (is_public, row.get_ref(column).unwrap()) {
                    secrets.push(secret(&format!("{name} {attribute}"), octets));
                }
            }
        }
    }
    assert!(secrets.iter().any(|secret| !secret.forms.is_empty()), "{name}");
    secrets
}

/// Everything that the program says about a store, or when given its file in place of another.
fn everything_said(store: &str, format: &str) -> String {
    let path = store.split_once(':').unwrap().1;
    let ca = fixture("files/ca.pem");
    let ca = ca.to_str().unwrap();
    let common = ["--store", store, "--format", format, "-v"];
    let commands = [
        &["list"][..],
        &["list", "--cn", "device-042"],
        &["check", "--cn", "device-042", "--ca", ca],
        &["check", "--cn", "device-042", "--ca", ca, "--type", "client_certificate_v2"],
        &["verify", "--ca", ca],
        &["check", "--cn", "device-042", "--ca", path],
        &["check", "--rule", path, "--ca", ca],
        &["check", "--cn", "device-042", "--ca", ca, "--intermediate", path],
        &["ca", "inspect", path],
    ];
    commands.map(|first| run::said(&run::certposture(&[first, &common].concat()))).concat()
}

#[test]
fn no_output_holds_a_piece_of_a_key() {
    let mut said = String::new();
    for name in ["files", "pkcs12"] {
        said.push_str(&everything_said(&format!("file:{}", fixture(name).display()), "json"));
        for entry in fs::read_dir(fixture(name)).unwrap() {
            said.push_str(&everything_said(&format!("file:{}", entry.unwrap().path().display()), "table"));
        }
    }
    for database in ["nssdb-failing", "nssdb-passing", "nssdb-password"] {
        for format in ["table", "json"] {
            said.push_str(&everything_said(&format!("nss:{}", fixture(database).display()), format));
        }
    }
    assert!(said.len() > 100_000, "only {} octets were said", said.len());
    for secret in secrets() {
        let found = secret.forms.iter().find(|form| memmem::find(said.as_bytes(), form.as_bytes()).is_some());
        assert_eq!(found, None, "a piece of {} came out", secret.name);
    }
}

#[test]
fn the_search_finds_a_key_that_is_there() {
    let key = fs::read_to_string(fixture("files/rsa-pkcs1.key")).unwrap();
    let secrets = secrets();
    let hit = |text: &str| {
        secrets.iter().any(|secret| secret.forms.iter().any(|form| text.contains(form.as_str())))
    };
    assert!(hit(&key));
    assert!(hit(&format!("{:?}", pem("files/p256.key"))));
    assert!(!hit("nothing of the kind"));
}

/// A dump of memory would hold the keys that were just read.
#[cfg(target_os = "linux")]
#[test]
fn a_crash_leaves_no_dump() {
    use std::process::Stdio;
    // `completions` writes more than a pipe takes in one piece, so it is still there to be looked at.
    let mut child = run::command(&["completions", "bash"]).stdout(Stdio::piped()).spawn().unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let forbidden = (0..500).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        let limits = fs::read_to_string(&limits).unwrap_or_default();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default();
        core.split_whitespace().skip(4).take(2).all(|word| word == "0") && !core.is_empty()
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(forbidden, "core dumps are allowed");
}
