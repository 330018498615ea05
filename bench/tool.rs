//! What bench/run.sh needs besides other people's programs:
//!
//! * `make DIR COUNT KIND` makes a CA and COUNT client certificates that it issued, one PEM file each
//!   and all of them in one bundle. KIND: `rsa` or `p256`; `chain`, P-256 with an intermediate between;
//!   `selfsigned`, P-256, all of one subject;
//! * `corpus DIR COUNT` makes certificates of every algorithm, half of them damaged somewhere;
//! * `rows FILE...` reads the columns that certposture reads from NSS databases, and does nothing
//!   with them: the least time that any reader with SQLite can take.

#[path = "../tests/support/forge/mod.rs"]
mod forge;

use forge::{Key, Template, der};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::{env, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make", directory, count, kind] => make(Path::new(directory), count.parse()?, kind),
        ["corpus", directory, count] => corpus(Path::new(directory), count.parse()?),
        ["rows", ref files @ ..] => rows(files),
        _ => Err("usage: make DIR COUNT rsa|p256|chain|selfsigned | corpus DIR COUNT | rows FILE...".into()),
    }
}

const ROOT: &str = "O=Example, CN=Benchmark Root CA";
const INTERMEDIATE: &str = "O=Example, CN=Benchmark Issuing CA";

fn make(directory: &Path, count: u32, kind: &str) -> Result<(), Box<dyn Error>> {
    let root = if kind == "rsa" { Key::rsa("2048") } else { Key::p256("root") };
    let authority = |subject, key: &Key, issuer| {
        Template::ca(subject, key, issuer).with(forge::subject_key_id(&key.id()))
    };
    fs::create_dir_all(directory)?;
    fs::write(directory.join("ca.pem"), pem(authority(ROOT, &root, ROOT).der(&root, root.scheme())))?;
    let (issuer, issuer_name) =
        if kind == "chain" { (Key::p256("issuing"), INTERMEDIATE) } else { (root.clone(), ROOT) };
    if kind == "chain" {
        let between = authority(INTERMEDIATE, &issuer, ROOT).with(forge::authority_key_id(&root.id()));
        fs::write(directory.join("intermediate.pem"), pem(between.der(&root, root.scheme())))?;
    }
    let certificate = |number: u32| match kind {
        "rsa" => Template { spki: rsa_key(number), ..device(issuer_name, &issuer, &issuer, number) }
            .der(&issuer, issuer.scheme()),
        "selfsigned" => {
            let key = Key::p256(&format!("device {number}"));
            let name = "O=Example, CN=Device";
            Template::new(name, &key, name).with(forge::subject_key_id(&key.id())).der(&key, key.scheme())
        }
        _ => device(issuer_name, &issuer, &Key::p256(&format!("device {number}")), number)
            .der(&issuer, issuer.scheme()),
    };
    write_all(directory, count, |number| pem(certificate(number)))
}

/// One file for each number, and all in one.
fn write_all(
    directory: &Path,
    count: u32,
    text: impl Fn(u32) -> String + Sync,
) -> Result<(), Box<dyn Error>> {
    let folder = directory.join("certificates");
    fs::create_dir_all(&folder)?;
    let texts: Vec<String> = (0..count).into_par_iter().map(&text).collect();
    for (number, text) in texts.iter().enumerate() {
        fs::write(folder.join(format!("{number:06}.pem")), text)?;
    }
    Ok(fs::write(directory.join("bundle.pem"), texts.concat())?)
}

/// Issuers of every algorithm, with intermediates in the bundle, and what they issued; every second
/// certificate has an octet changed, a piece cut out or a piece of another put in.
fn corpus(directory: &Path, count: u32) -> Result<(), Box<dyn Error>> {
    let keys = [
        Key::rsa("2048"),
        Key::p256("one"),
        Key::p256("two"),
        Key::p384("one"),
        Key::p521("one"),
        Key::ed25519("one"),
    ];
    let root = Template::ca(ROOT, &keys[1], ROOT).with(forge::subject_key_id(&keys[1].id()));
    let other = Template::ca("O=Example, CN=Another Root CA", &keys[2], "O=Example, CN=Another Root CA");
    let mut authorities = pem(root.der(&keys[1], keys[1].scheme()));
    fs::create_dir_all(directory)?;
    fs::write(directory.join("ca.pem"), &authorities)?;
    authorities.push_str(&pem(other.der(&keys[2], keys[2].scheme())));
    for (number, key) in keys.iter().enumerate() {
        let (by, by_name) =
            if number == 2 { (&keys[2], "O=Example, CN=Another Root CA") } else { (&keys[1], ROOT) };
        let between = Template::ca(&format!("O=Example, CN=Issuing CA {number}"), key, by_name)
            .with(forge::subject_key_id(&key.id()))
            .with(forge::authority_key_id(&by.id()));
        authorities.push_str(&pem(between.der(by, by.scheme())));
    }
    fs::write(directory.join("intermediates.pem"), authorities)?;
    write_all(directory, count, |number| {
        let random = Sha256::digest([&number.to_be_bytes()[..], b"corpus"].concat());
        let which = usize::from(random[0]) % (keys.len() + 2);
        let own = Key::p256(&format!("device {}", number % 64));
        let mut der = match keys.get(which) {
            Some(key) => {
                device(&format!("O=Example, CN=Issuing CA {which}"), key, &own, number).der(key, key.scheme())
            }
            None if random[1] < 128 => device(ROOT, &keys[1], &own, number).der(&keys[1], keys[1].scheme()),
            None => {
                let name = format!("O=Example, CN=Self {}", random[2] % 8);
                Template::new(&name, &own, &name).der(&own, own.scheme())
            }
        };
        if number % 2 == 1 {
            let at = usize::from(u16::from_be_bytes([random[3], random[4]])) % der.len();
            match random[5] % 8 {
                0 => drop(der.splice(at..(at + 3).min(der.len()), [])),
                1 => drop(der.splice(at..at, [random[6], random[7]])),
                _ => der[at] ^= 1 << (random[6] % 8),
            }
        }
        pem(der)
    })
}

fn device(issuer_name: &str, issuer: &Key, key: &Key, number: u32) -> Template {
    let subject = format!("O=Example, OU=Devices, CN=device-{number:06}");
    let template = Template::new(&subject, key, issuer_name)
        .with(forge::basic_constraints(false, None))
        .with(forge::key_usage(0x80, 7))
        .with(forge::extended_key_usage(&[forge::CLIENT_AUTH]))
        .with(forge::alternative_names(&[forge::dns(&format!("device-{number:06}.example.com"))]))
        .with(forge::authority_key_id(&issuer.id()));
    Template { serial: der::integer(&der::unsigned(&Sha256::digest(number.to_be_bytes())[..16])), ..template }
}

fn rsa_key(number: u32) -> Vec<u8> {
    forge::rsa_spki(&der::integer(&modulus(number)), &der::integer(&[1, 0, 1]))
}

/// 2048 bits that look like a modulus. Nobody holds its factors, and nothing here needs them.
fn modulus(number: u32) -> Vec<u8> {
    let part = |n: u8| Sha256::digest([&number.to_be_bytes()[..], &[n]].concat()).to_vec();
    let mut bytes: Vec<u8> = (0..8).flat_map(part).collect();
    bytes[0] |= 0x80;
    bytes[255] |= 1;
    der::unsigned(&bytes)
}

fn pem(der: Vec<u8>) -> String {
    pem::encode_config(
        &pem::Pem::new("CERTIFICATE", der),
        pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
    )
}

fn rows(files: &[&str]) -> Result<(), Box<dyn Error>> {
    let (mut count, mut octets) = (0, 0);
    for file in files {
        let connection =
            rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let table = if file.ends_with("key4.db") { "nssPrivate" } else { "nssPublic" };
        let known: Vec<String> = connection
            .prepare(&format!("SELECT * FROM {table} LIMIT 0"))?
            .column_names()
            .map(str::to_owned)
            .collect();
        let columns: Vec<&str> =
            COLUMNS.split(", ").filter(|column| known.iter().any(|known| known == column)).collect();
        let query = format!("SELECT {} FROM {table} ORDER BY rowid", columns.join(", "));
        let mut statement = connection.prepare(&query)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            count += 1;
            for column in 0..columns.len() {
                octets += row.get_ref(column)?.as_blob_or_null()?.map_or(0, <[u8]>::len);
            }
        }
    }
    println!("{count} rows, {octets} octets");
    Ok(())
}

/// What certposture reads of a database.
const COLUMNS: &str = "a0, a1, a3, a11, a80, a81, a82, a101, a102, ace534352, ace536358, ace536359, \
                       ace53635b, ace53635a, a62c, a62d, a62f, a62e";
