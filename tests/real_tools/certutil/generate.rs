//! Random databases in which names, subjects and dates collide.

use super::tool::{must, run, sql};
use crate::support::nssdb::{TestDb, fixture};
use crate::support::random::Random;
use crate::support::unsigned::{CN, DAY, EMAIL, IA5, ORGANIZATION, PRINTABLE, Spec, UTF8, cn, name, tlv};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

pub const LABELS: &[&[u8]] = &[
    b"nick",
    b"Nick",
    b" nick",
    b"nick ",
    b"ni",
    b"",
    b"device-042",
    b"foo:bar",
    b"NSS Certificate DB:tp",
    b"pkcs11:object=zz",
    b"user@example.com",
    b"USER@EXAMPLE.COM",
    b"other@example.com",
    "caf\u{e9}".as_bytes(),
    "cafe\u{301}".as_bytes(),
    b"caf\xe9",
    b"-dash",
    b"50%25 off",
    b"Test CA",
    b"a/b",
];

/// Names that nothing in particular is called.
const OTHER_NAMES: &[&[u8]] = &[
    b"NICK",
    b"nick\n",
    b"alpha",
    b"CN=alpha",
    b"User@Example.com",
    b"b@x.org",
    b"@",
    b":nick",
    b"nick:",
    b"NSS Certificate DB:",
    b"NSS Certificate DB:nick",
    b"NSS Certificate DB:foo:bar",
    b"NSS FIPS 140-2 Certificate DB:nick",
    b"NSS FIPS 140-2 Certificate DB:foo:bar",
    b"pkcs11:token=NSS%20FIPS%20140-2%20Certificate%20DB;object=nick",
    b"NSS Certificate DB:User@Example.com",
    b"nss certificate db:nick",
    b"internal:nick",
    b"NSS Generic Crypto Services:nick",
    b"pkcs11:",
    b"PKCS11:type=cert",
    b"pkcs11:object=nick",
    b"pkcs11:object=nick;",
    b"pkcs11:object=nick;;type=cert",
    b"pkcs11:object=%6Eick?pin-value=1&x=2&x=3",
    b"pkcs11:object=nick?pin-value=1&pin-value=2",
    b"pkcs11:object=nick&?/",
    b"pkcs11:?",
    b"pkcs11:?a=b",
    b"pkcs11:object=",
    b"pkcs11:id=",
    b"pkcs11:object=nick%00x",
    b"pkcs11:foo=bar;foo=bar",
    b"pkcs11:foo=bar;Foo=/",
    b"pkcs11:token=NSS%20Certificate%20DB;object=user%40example.com",
    b"pkcs11:token=NSS%20Certificate%20DB%00;model=NSS%203",
    b"pkcs11:manufacturer=Mozilla%20Foundation;serial=0000000000000000;library-version=9",
    b"pkcs11:type=private;object=nick",
    b"pkcs11:object=device-042;slot-id=99",
    b"file.der",
    b"./file.der",
    b"file:colon",
    b"file.pem",
    b"junk",
    b"empty",
    b"folder",
    b"no/such",
    b"*",
];

/// The list of modules as `modutil -fips true` of NSS 3.87 writes it.
const FIPS_LIST: &str = "library=\nname=NSS Internal FIPS PKCS #11 Module\n\
    parameters=configdir='sql:db' certPrefix='' keyPrefix='' secmod='' flags= updatedir='' \
    updateCertPrefix='' updateKeyPrefix='' updateid='' updateTokenDescription='' \n\
    NSS=slotParams={0x00000003=[slotFlags=RSA,RC4,RC2,DES,DH,SHA1,MD5,MD2,SSL,TLS,AES,SHA256,SHA512,Camellia,\
    SEED,RANDOM ] }  Flags=internal,FIPS,critical\n\n";

/// Start dates, in minutes from now; none within minutes of a limit.
const STARTS: &[i64] = &[-500_000, -144_000, -144_000, -72_000, -30, 90, 1_400, 1_480, 14_400];
const ENDS: &[i64] = &[-200_000, -43_200, -14_400, -60, 60, 43_200, 43_200, 144_000, 700_000];

pub struct Generated {
    pub database: TestDb,
    pub directory: tempfile::TempDir,
    /// Rows were edited by hand: `certutil -L` need not list what we list.
    pub edited: bool,
    ids: Vec<Vec<u8>>,
    /// NSS runs in FIPS mode.
    pub is_fips: bool,
}

/// The database of one seed, and a working directory with files in it.
pub fn generate(random: &mut Random, keys: &[Key], now: i64) -> Generated {
    let directory = tempfile::tempdir().unwrap();
    let password = random.one_in(5);
    let from = if password { "nssdb-password" } else { "nssdb-empty" };
    let mut database = TestDb::copy_of(&fixture(from));
    // The fixture holds a certificate already; start from none.
    database.edit("DELETE FROM nssPublic");
    let mut specs = Vec::new();
    let count = 1 + random.below(14);
    let by_rows = random.one_in(3);
    for serial in 1..=count as u64 {
        let mut spec = random_spec(random, serial, now, keys);
        if random.one_in(12)
            && let Some(earlier) = specs.last()
        {
            spec = Spec::clone(earlier);
        }
        let label = *random.pick(LABELS);
        if by_rows {
            let email =
                random.one_in(2).then(|| *random.pick(&["user@example.com", "other@example.com", "b@x.org"]));
            database.add(label, email, &spec);
        } else if random.one_in(6) {
            import_p12(random, &database, &spec, keys, directory.path(), password);
        } else {
            import(random, &database, &spec, label, directory.path(), password);
        }
        specs.push(spec);
    }
    let edited = random.one_in(2);
    if edited {
        for _ in 0..=random.below(4) {
            edit(random, &database);
        }
    }
    let is_fips = password && random.one_in(2);
    if is_fips {
        fs::write(database.path().join("pkcs11.txt"), FIPS_LIST).unwrap();
    }
    let ids = ids(&database);
    for file in fs::read_dir(directory.path()).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    write_files(random, directory.path(), &specs, now, keys);
    Generated { database, directory, edited: edited || by_rows, ids, is_fips }
}

/// A name to look up.
pub fn random_name(random: &mut Random, generated: &Generated) -> Vec<u8> {
    match random.below(10) {
        0..=4 => random.pick(LABELS).to_vec(),
        5 if generated.is_fips => [b"NSS FIPS 140-2 Certificate DB:", *random.pick(LABELS)].concat(),
        5 => [b"NSS Certificate DB:", *random.pick(LABELS)].concat(),
        6 if !generated.ids.is_empty() => {
            let id = random.pick(&generated.ids);
            let escaped: String = id.iter().map(|byte| format!("%{byte:02x}")).collect();
            format!("pkcs11:id={escaped}").into_bytes()
        }
        _ => random.pick(OTHER_NAMES).to_vec(),
    }
}

fn subjects() -> Vec<Vec<u8>> {
    let cn_printable = |text: &str| name(&[(CN, PRINTABLE, text.as_bytes())]);
    let with_email =
        |text: &str, email: &str| name(&[(CN, UTF8, text.as_bytes()), (EMAIL, IA5, email.as_bytes())]);
    vec![
        cn("alpha"),
        cn("alpha"),
        cn_printable("alpha"),
        cn("Alpha"),
        cn("device-042"),
        cn("Test CA"),
        name(&[(CN, UTF8, b"leaf"), (ORGANIZATION, UTF8, b"x")]),
        with_email("E1", "User@Example.com"),
        with_email("E2", "other@example.com"),
        with_email("E3", "noat"),
    ]
}

fn random_spec(random: &mut Random, serial: u64, now: i64, keys: &[Key]) -> Spec {
    let subject = random.pick(&subjects()).clone();
    // Whole minutes; certificates with the same choice tie.
    let minute = now / 60 * 60;
    let mut spec =
        Spec::new(subject, serial, minute + random.pick(STARTS) * 60, minute + random.pick(ENDS) * 60);
    if random.one_in(4) {
        spec.san =
            Some(tlv(0x81, random.pick(&["user@example.com", "b@x.org", "Other@Example.com"]).as_bytes()));
    }
    if random.one_in(2) {
        spec.spki = random.pick(keys).spki.clone();
    }
    if random.one_in(8) {
        spec.issuer = name(&[(ORGANIZATION, UTF8, b"Issuer Org"), (CN, UTF8, b"Test CA")]);
    }
    if random.one_in(30) {
        spec.not_after += 9_000 * 365 * DAY / 100;
    }
    spec
}

fn import(random: &mut Random, database: &TestDb, spec: &Spec, label: &[u8], scratch: &Path, password: bool) {
    let file = scratch.join("import.der");
    fs::write(&file, spec.der()).unwrap();
    let how = if random.one_in(5) { "-E" } else { "-A" };
    let trust = *random.pick(&[",,", ",,", "CT,C,C", "P,,", "p,p,p", "c,,", "T,,", "CTP,Pu,p", "C,,c"]);
    let mut command = Command::new("certutil");
    command.args([how, "-d", &sql(database.path()), "-t", trust, "-i"]).arg(&file);
    command.arg("-n").arg(OsStr::from_bytes(label));
    if password {
        command.arg("-f").arg(fixture("nssdb-password/password.txt"));
    }
    // A nickname in use, or the same certificate again, is refused: part of the game.
    run(&mut command);
}

fn import_p12(
    random: &mut Random,
    database: &TestDb,
    spec: &Spec,
    keys: &[Key],
    scratch: &Path,
    password: bool,
) {
    let Some(key) = keys.iter().find(|key| key.spki == spec.spki) else { return };
    let pem_file = scratch.join("p12.pem");
    let certificate = pem::encode(&pem::Pem::new("CERTIFICATE", spec.der()));
    fs::write(&pem_file, format!("{certificate}{}", key.pem)).unwrap();
    let p12 = scratch.join("p12.p12");
    let mut export = Command::new("openssl");
    export.args(["pkcs12", "-export", "-passout", "pass:x", "-in"]).arg(&pem_file).arg("-out").arg(&p12);
    if !random.one_in(3) {
        export.arg("-name").arg(*random.pick(&["nick", "Nick", "friendly", "device-042"]));
    }
    must(&mut export);
    let mut command = Command::new("pk12util");
    command.args(["-d", &sql(database.path()), "-W", "x", "-i"]).arg(&p12);
    if password {
        command.arg("-k").arg(fixture("nssdb-password/password.txt"));
    }
    run(&mut command);
}

/// Changes rows as no NSS would.
fn edit(random: &mut Random, database: &TestDb) {
    let row = "rowid = (SELECT rowid FROM nssPublic WHERE a0 = x'00000001' ORDER BY random_order LIMIT 1)";
    let row = row.replace("random_order", &format!("(rowid * {}) % 101", 1 + random.below(100)));
    let other = "(SELECT COL FROM nssPublic WHERE a0 = x'00000001' ORDER BY rowid LIMIT 1)";
    let label = random.pick(LABELS).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let change = match random.below(15) {
        0..=4 => format!("a3 = x'{label}'"),
        5 => format!("a3 = x'{label}00'"),
        6 => "a3 = NULL".to_owned(),
        7 => "a3 = 'nick'".to_owned(),
        8 => format!("a81 = {}, a82 = {}", other.replace("COL", "a81"), other.replace("COL", "a82")),
        9 => format!("a101 = {}", other.replace("COL", "a101")),
        10 => random.pick(&["a1 = NULL", "a1 = x'00'", "a80 = x'00000001'", "a80 = NULL"]).to_string(),
        11 => "a11 = substr(a11, 1, length(a11) - 1)".to_owned(),
        12 => random
            .pick(&["a11 = NULL", "a11 = x'a5005a'", "a81 = NULL", "a82 = x'a5005a'", "a101 = NULL"])
            .to_string(),
        13 => random
            .pick(&[
                "ace534352 = CAST('user@example.com' AS BLOB)",
                "ace534352 = CAST('user@example.com' AS BLOB) || x'00'",
                "ace534352 = 'user@example.com'",
            ])
            .to_string(),
        _ => "a102 = NULL".to_owned(),
    };
    database.edit(&format!("UPDATE nssPublic SET {change} WHERE {row}"));
}

fn ids(database: &TestDb) -> Vec<Vec<u8>> {
    let connection = database.certificates();
    let mut statement = connection.prepare("SELECT a102 FROM nssPublic WHERE typeof(a102) = 'blob'").unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn write_files(random: &mut Random, directory: &Path, specs: &[Spec], now: i64, keys: &[Key]) {
    let certificate = |random: &mut Random| match random.below(3) {
        0 => random.pick(specs).der(),
        _ => {
            let serial = 900 + random.next() % 50;
            random_spec(random, serial, now, keys).der()
        }
    };
    for file in ["file.der", "file:colon", "NICK", "nick", "device-042", "user@example.com"] {
        if random.one_in(2) {
            fs::write(directory.join(file), certificate(random)).unwrap();
        }
    }
    let pem = pem::encode(&pem::Pem::new("CERTIFICATE", certificate(random)));
    fs::write(directory.join("file.pem"), pem).unwrap();
    fs::write(directory.join("junk"), [certificate(random), vec![0, 0]].concat()).unwrap();
    fs::write(directory.join("empty"), b"").unwrap();
    fs::create_dir(directory.join("folder")).unwrap();
}

/// A key that openssl made.
pub struct Key {
    pub pem: String,
    pub spki: Vec<u8>,
}

pub fn make_keys() -> Vec<Key> {
    let make = || {
        let generate = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
        let pem = String::from_utf8(must(Command::new("openssl").args(generate)).output).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &pem).unwrap();
        let mut public = Command::new("openssl");
        public.args(["pkey", "-pubout", "-outform", "DER", "-in"]).arg(file.path());
        Key { pem, spki: must(&mut public).output }
    };
    vec![make(), make(), make()]
}

/// A certificate with one octet changed, removed or added: what NSS decodes of it shows where it is strict.
pub fn mutated(random: &mut Random, spec: &Spec) -> Vec<u8> {
    let mut der = spec.der();
    let at = random.below(der.len());
    match random.below(4) {
        0 => der[at] = random.next() as u8,
        1 => drop(der.remove(at)),
        2 => der.insert(at, random.next() as u8),
        _ => der[at] = *random.pick(&[0x00, 0x30, 0x31, 0x05, 0x80, 0x81, 0x82, 0xa0, 0xa3, 0x03, 0x17]),
    }
    der
}
