//! Random look-ups, answered by certutil and by us.

use super::generate::{self, Generated};
use super::tool::{Answer, certutil_lookup, run, sql};
use crate::support::nssdb::TestDb;
use crate::support::random::Random;
use crate::support::unsigned::{self, Spec};
use certposture::lookup::{Found, certutil};
use certposture::store::Contents;
use certposture::store::nss::NssStore;
use jiff::Timestamp;
use std::path::Path;
use std::process::Command;

/// Databases and look-ups in each; `CERTPOSTURE_DATABASES` asks for more of them.
const DATABASES: u64 = 150;
const LOOKUPS: usize = 20;

pub fn ours(contents: &Contents, name: &[u8], directory: &Path) -> Answer {
    let lookup = certutil::lookup(contents, name, Timestamp::now(), Some(directory));
    let output = lookup.returned.iter().flat_map(|found| match found {
        Found::Stored(position) => contents.certificates[*position].certificate.der().to_vec(),
        Found::File(_, certificate) => certificate.der().to_vec(),
    });
    Answer { status: lookup.exit_status, output: output.collect(), error: lookup.standard_error }
}

pub fn describe(answer: &Answer) -> String {
    let digest: u64 =
        answer.output.iter().fold(7, |sum, &byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    format!("status {}, {} bytes (#{digest:x}), {:?}", answer.status, answer.output.len(), answer.error)
}

/// What follows this message is the error of something that went wrong before; which, is chance.
const NICKNAMES: &str = "certutil: problem printing certificate nicknames";

pub fn trim(mut answer: Answer) -> Answer {
    answer.error = answer.error.trim_end().to_owned();
    if answer.error.starts_with(NICKNAMES) {
        answer.error.truncate(NICKNAMES.len());
    }
    answer
}

fn databases() -> u64 {
    std::env::var("CERTPOSTURE_DATABASES").ok().and_then(|n| n.parse().ok()).unwrap_or(DATABASES)
}

#[test]
fn random_lookups_agree() {
    let keys = generate::make_keys();
    let mut differences = Vec::new();
    let (mut found, mut total, mut in_fips_mode) = (0, 0, 0);
    for seed in 0..databases() {
        let mut random = Random::new(seed);
        let generated = generate::generate(&mut random, &keys, Timestamp::now().as_second());
        let contents = NssStore::new(generated.database.path()).read();
        compare_listing(&generated, &contents, seed, &mut differences);
        for _ in 0..LOOKUPS {
            let name = generate::random_name(&mut random, &generated);
            let theirs = certutil_lookup(generated.database.path(), &name, generated.directory.path());
            let theirs = trim(theirs);
            let ours = trim(ours(&contents, &name, generated.directory.path()));
            total += 1;
            in_fips_mode += usize::from(generated.is_fips && theirs.status == 0);
            found += usize::from(theirs.status == 0);
            if ours != theirs {
                if let Ok(keep) = std::env::var("CERTPOSTURE_KEEP") {
                    let to = Path::new(&keep).join(seed.to_string());
                    std::fs::create_dir_all(&to).unwrap();
                    crate::support::nssdb::copy_directory(generated.database.path(), &to);
                }
                let name = name.escape_ascii();
                differences.push(format!(
                    "seed {seed}, name {name}:\n  certutil {}\n  ours     {}",
                    describe(&theirs),
                    describe(&ours)
                ));
            }
        }
    }
    println!(
        "{total} look-ups, {found} of them found something ({in_fips_mode} in FIPS mode), {} differences",
        differences.len()
    );
    assert!(in_fips_mode * 40 > total, "too few are found in FIPS mode: {in_fips_mode} of {total}");
    assert!(found * 4 > total, "too few look-ups find anything to mean much: {found} of {total}");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Certificates with one octet changed: NSS prints those that it can decode.
#[test]
fn damaged_certificates_agree() {
    let mut random = Random::new(1);
    let mut database = TestDb::new();
    let now = Timestamp::now().as_second();
    let names: Vec<String> = (0..databases() * 2).map(|number| format!("mutant-{number}")).collect();
    for (serial, name) in (1..).zip(&names) {
        let mut spec = Spec::new(unsigned::cn(name), serial, now - unsigned::DAY, now + unsigned::DAY);
        spec.san = Some(unsigned::tlv(0x81, b"m@x.org"));
        let mutant = generate::mutated(&mut random, &spec);
        database.add_value(name.as_bytes(), None, &spec, &mutant);
    }
    let contents = NssStore::new(database.path()).read();
    let (mut differences, mut decoded) = (Vec::new(), 0);
    for (position, name) in names.iter().enumerate() {
        let theirs = trim(certutil_lookup(database.path(), name.as_bytes(), Path::new("/")));
        let ours = trim(ours(&contents, name.as_bytes(), Path::new("/")));
        decoded += usize::from(theirs.status == 0);
        if ours != theirs {
            let der = certposture::text::hex(contents.certificates[position].certificate.der());
            differences.push(format!(
                "{name}: certutil {}, ours {}; {der}",
                describe(&theirs),
                describe(&ours)
            ));
        }
    }
    println!("{} damaged certificates, {decoded} of them decoded", names.len());
    assert!(decoded > 20 && decoded + 20 < names.len(), "{decoded} of {}", names.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Dates as NSS reads them, seen by where a certificate with odd ones is printed among two others.
#[test]
fn odd_dates_agree() {
    let now = Timestamp::now().as_second();
    let mut differences = Vec::new();
    for text in ODD_DATES {
        for tag in [0x17, 0x18] {
            let mut database = TestDb::new();
            for (serial, start, end) in
                [(1, -400 * unsigned::DAY, 400 * unsigned::DAY), (2, -800 * unsigned::DAY, -unsigned::DAY)]
            {
                let spec = Spec::new(unsigned::cn("dates"), serial, now + start, now + end);
                database.add(b"dates", None, &spec);
            }
            let mut spec =
                Spec::new(unsigned::cn("dates"), 3, now - 10 * unsigned::DAY, now + 10 * unsigned::DAY);
            spec.validity = Some(
                [unsigned::tlv(tag, text.as_bytes()), unsigned::date(now + 600 * unsigned::DAY)].concat(),
            );
            database.add(b"dates", None, &spec);
            let theirs = trim(certutil_lookup(database.path(), b"dates", Path::new("/")));
            let contents = NssStore::new(database.path()).read();
            let ours = trim(ours(&contents, b"dates", Path::new("/")));
            if ours != theirs {
                differences.push(format!("{tag:x} {text}: {} {}", describe(&theirs), describe(&ours)));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Each is meant to begin after the two ordinary certificates and before now, if it counts.
const ODD_DATES: &[&str] = &[
    "250101000000Z",
    "20250101000000Z",
    "2501010000Z",
    "202501010000Z",
    "250230000000Z",
    "20250230000000Z",
    "250431000000Z",
    "250132000000Z",
    "250100000000Z",
    "251301000000Z",
    "250001000000Z",
    "250101240000Z",
    "250101235960Z",
    "250101236000Z",
    "250101000000+0100",
    "250101000000-2359",
    "250101000000+2400",
    "250101000000+0060",
    "250101000000+010",
    "2501010000+0100",
    "250101000000",
    "250101000000z",
    "250101000000.5Z",
    "20250101000000.5Z",
    "250101000000ZZ",
    "25010100000Z",
    "2501010000000Z",
    " 50101000000Z",
    "00000101000000Z",
    "00010101000000Z",
    "99991231235959Z",
    "990101000000Z",
    "500101000000Z",
    "490101000000Z",
    "x",
];

/// The certificates and trust flags that `certutil -L` lists, where no row was edited.
fn compare_listing(generated: &Generated, contents: &Contents, seed: u64, differences: &mut Vec<String>) {
    if generated.edited {
        return;
    }
    let listing = run(Command::new("certutil").args(["-L", "-d", &sql(generated.database.path())]));
    let text = String::from_utf8_lossy(&listing.output).into_owned();
    let theirs: Vec<&str> =
        text.lines().skip(4).filter_map(|line| line.split_whitespace().next_back()).collect();
    let ours: Vec<&str> =
        contents.certificates.iter().map(|stored| stored.trust.as_deref().unwrap_or("?")).collect();
    if ours != theirs {
        differences.push(format!("seed {seed}, listing:\n  certutil {theirs:?}\n  ours     {ours:?}"));
    }
}
