//! What bench/run.sh needs besides other people's programs:
//!
//! * `make DIR COUNT` makes a CA, COUNT client certificates with RSA-2048 keys that it signed, one
//!   PEM file each, and a batch file that has certutil add them to a database;
//! * `rows FILE` reads the columns that certposture reads from an NSS database, and does nothing
//!   with them: the least time that any reader with SQLite can take.

#[path = "../tests/support/forge/mod.rs"]
mod forge;

use forge::{Key, Template, der};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make", directory, count] => make(Path::new(directory), count.parse()?),
        ["rows", file] => rows(file),
        _ => Err("usage: make DIR COUNT | rows FILE".into()),
    }
}

fn make(directory: &Path, count: u32) -> Result<(), Box<dyn Error>> {
    let folder = directory.join("certificates");
    fs::create_dir_all(&folder)?;
    let key = Key::rsa("2048");
    let root = Template::ca("O=Example, CN=Benchmark Root CA", &key, "O=Example, CN=Benchmark Root CA")
        .with(forge::subject_key_id(&key.id()));
    fs::write(directory.join("ca.pem"), pem(root.der(&key, key.scheme())))?;
    (0..count).into_par_iter().try_for_each(|number| {
        fs::write(folder.join(format!("{number:05}.pem")), pem(device(&key, number)))
    })?;
    let mut batch = String::new();
    for number in 0..count {
        let file = folder.join(format!("{number:05}.pem"));
        writeln!(batch, "-A -n device-{number:05} -t ,, -a -i {}", file.display())?;
    }
    fs::write(directory.join("batch"), batch)?;
    Ok(())
}

fn device(issuer: &Key, number: u32) -> Vec<u8> {
    let subject = format!("O=Example, OU=Devices, CN=device-{number:05}");
    let template = Template::new(&subject, &Key::p256("replaced below"), "O=Example, CN=Benchmark Root CA")
        .with(forge::basic_constraints(false, None))
        .with(forge::key_usage(0x80, 7))
        .with(forge::extended_key_usage(&[forge::CLIENT_AUTH]))
        .with(forge::alternative_names(&[forge::dns(&format!("device-{number:05}.example.com"))]))
        .with(forge::authority_key_id(&issuer.id()));
    let serial = der::integer(&der::unsigned(&Sha256::digest(number.to_be_bytes())[..16]));
    let spki = forge::rsa_spki(&der::integer(&modulus(number)), &der::integer(&[1, 0, 1]));
    Template { serial, spki, ..template }.der(issuer, issuer.scheme())
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

fn rows(file: &str) -> Result<(), Box<dyn Error>> {
    const COLUMNS: &str = "a0, a1, a3, a11, a80, a81, a82, a101, a102, ace534352, ace536358, ace536359, \
                           ace53635b, ace53635a, a62c, a62d, a62f, a62e";
    let connection = rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let known: Vec<String> =
        connection.prepare("SELECT * FROM nssPublic LIMIT 0")?.column_names().map(str::to_owned).collect();
    let columns: Vec<&str> =
        COLUMNS.split(", ").filter(|column| known.iter().any(|known| known == column)).collect();
    let mut statement =
        connection.prepare(&format!("SELECT {} FROM nssPublic ORDER BY rowid", columns.join(", ")))?;
    let mut rows = statement.query([])?;
    let (mut count, mut octets) = (0, 0);
    while let Some(row) = rows.next()? {
        count += 1;
        for column in 0..columns.len() {
            octets += row.get_ref(column)?.as_blob_or_null()?.map_or(0, <[u8]>::len);
        }
    }
    println!("{count} rows, {octets} octets");
    Ok(())
}
