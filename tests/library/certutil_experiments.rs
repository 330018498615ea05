//! What certutil (3.87.1, Debian 12) was seen to print, look-up by look-up, on databases made for the
//! purpose. The rows are written here as NSS writes them; `tests/real_tools/certutil` runs the real command.
//!
//! Certificates are named by their serial numbers, and dates are days from now.

use crate::support::nssdb::TestDb;
use crate::support::unsigned::{self, CN, DAY, EMAIL, IA5, Spec, UTF8, cn, name, tlv};
use certposture::certificate::Certificate;
use certposture::lookup::{Found, Lookup, certutil};
use certposture::reason::Code;
use certposture::store::Contents;
use certposture::store::nss::NssStore;
use jiff::Timestamp;
use std::fs;
use std::path::Path;

const NOW: i64 = 1_800_000_000;

fn at() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// A certificate valid from `start` to `end`, in days from now.
fn spec(subject: &[u8], serial: u64, start: f64, end: f64) -> Spec {
    let day = |days: f64| NOW + (days * DAY as f64) as i64;
    Spec::new(subject.to_vec(), serial, day(start), day(end))
}

fn serial(certificate: &Certificate) -> u64 {
    certificate.serial().iter().fold(0, |sum, &digit| sum << 8 | u64::from(digit))
}

/// A database that was read, and where certutil is run.
struct Bench {
    contents: Contents,
    directory: tempfile::TempDir,
    #[allow(dead_code, reason = "holds the files")]
    database: TestDb,
}

impl Bench {
    fn new(database: TestDb) -> Self {
        let contents = NssStore::new(database.path()).read();
        Self { contents, directory: tempfile::tempdir().unwrap(), database }
    }

    fn look_up(&self, name: impl AsRef<[u8]>) -> Lookup {
        certutil::lookup(&self.contents, name.as_ref(), at(), Some(self.directory.path()))
    }

    /// Serial numbers printed, or the exit status and the error.
    fn answer(&self, name: impl AsRef<[u8]>) -> Result<Vec<u64>, (i32, String)> {
        let lookup = self.look_up(name);
        if lookup.exit_status != 0 {
            assert!(lookup.returned.is_empty());
            return Err((lookup.exit_status, lookup.standard_error));
        }
        assert_eq!(lookup.standard_error, "");
        let certificate = |found: &Found| match found {
            Found::Stored(position) => serial(&self.contents.certificates[*position].certificate),
            Found::File(_, certificate) => serial(certificate),
        };
        Ok(lookup.returned.iter().map(certificate).collect())
    }

    #[track_caller]
    fn prints(&self, names: &[&str], serials: &[u64]) {
        for name in names {
            assert_eq!(self.answer(name), Ok(serials.to_vec()), "{name:?}");
        }
    }

    #[track_caller]
    fn does_not_find(&self, names: &[&str]) {
        for name in names {
            let error =
                format!("certutil: Could not find cert: {name}\n: PR_FILE_NOT_FOUND_ERROR: File not found");
            assert_eq!(self.answer(name), Err((255, error)), "{name:?}");
        }
    }
}

/// One certificate with the nickname `nick`, subject CN=Alpha.
fn one() -> TestDb {
    let mut database = TestDb::new();
    database.add(b"nick", None, &spec(&cn("Alpha"), 1, -100.0, 100.0));
    database
}

#[test]
fn nicknames_are_compared_byte_by_byte() {
    let bench = Bench::new(one());
    bench.prints(&["nick"], &[1]);
    bench.does_not_find(&["Nick", "NICK", " nick", "nick ", "nic", "nick\n", "nick%"]);
    bench.does_not_find(&["Alpha", "CN=Alpha", "01", "*", ""]);
}

#[test]
fn a_colon_separates_the_token() {
    let bench = Bench::new(one());
    bench.prints(&["NSS Certificate DB:nick"], &[1]);
    let others =
        ["nss certificate db:nick", "NSS Generic Crypto Services:nick", "internal:nick", "Foo:nick", ":nick"];
    bench.does_not_find(&others);
    bench.does_not_find(&["nick:", "NSS Certificate DB:"]);
    let note = |name: &str| bench.look_up(name).notes.first().map(|note| note.code);
    assert_eq!(note("Foo:nick"), Some(Code::NicknameColon));
    assert_eq!(note("nick"), None);
    assert_eq!(note("NSS Certificate DB:nick"), None);
}

/// Quoted parameters may give the token another name; the old one is then nobody's.
#[test]
fn a_token_of_another_name() {
    let database = one();
    let list = format!(
        "library=\nname=NSS Internal PKCS #11 Module\nparameters=\"configdir='sql:{}' dbTokenDescription='tok'\"\n\
         NSS=Flags=internal,critical\n",
        database.path().display()
    );
    fs::write(database.path().join("pkcs11.txt"), list).unwrap();
    let bench = Bench::new(database);
    bench.prints(&["nick", "tok:nick", "pkcs11:token=tok"], &[1]);
    bench.does_not_find(&["NSS Certificate DB:nick", "pkcs11:token=NSS%20Certificate%20DB"]);
}

#[test]
fn uris() {
    let bench = Bench::new(one());
    bench.prints(
        &[
            "pkcs11:object=nick",
            "PKCS11:object=nick",
            "pkcs11:object=%6eick",
            "pkcs11:OBJECT=nick",
            "pkcs11:foo=bar",
            "pkcs11:",
            "pkcs11:type=cert",
            "pkcs11:token=NSS%20Certificate%20DB;object=nick",
            "pkcs11:object=nick%00x",
            "pkcs11:slot-id=99;object=nick",
        ],
        &[1],
    );
    bench.does_not_find(&[
        "pkcs11:object=Nick",
        "pkcs11:object=nick;object=nick",
        "pkcs11:object=",
        "pkcs11:token=NSS Certificate DB;object=nick",
        "pkcs11:token=Other",
        "pkcs11:type=private",
        "pkcs11:object=ni ck",
        "pkcs11:=nick",
        "pkcs11:nick",
        "pkcs11:object=%zz",
        "pkcs11:object=%6",
    ]);
}

/// Serials 1 to 7 of one subject, as renewals come and go.
fn renewals() -> TestDb {
    let mut database = TestDb::new();
    let rows = [
        (1, "nick", -100.0, 100.0),
        (2, "Renewed", -50.0, 200.0),
        (3, "third", -400.0, -30.0),
        (4, "nick", 10.0, 500.0),
        (5, "nick", 0.5, 50.0),
        (6, "nick", -100.0, 300.0),
        (7, "nick", -100.0, 60.0),
    ];
    for (serial, label, start, end) in rows {
        database.add(label.as_bytes(), None, &spec(&cn("Alpha"), serial, start, end));
    }
    database.add(b"low", None, &spec(&cn("alpha"), 8, -100.0, 100.0));
    database
}

/// Any nickname of a subject prints all its certificates: valid ones first (a start less than a day
/// ahead will do), then by start date; of equal ones the winner first.
#[test]
fn all_certificates_of_the_subject_are_printed() {
    let bench = Bench::new(renewals());
    bench.prints(&["nick"], &[5, 2, 1, 6, 7, 4, 3]);
    bench.prints(&["Renewed", "third"], &[5, 2, 1, 6, 7, 4, 3]);
    bench.prints(&["low"], &[8]);
}

#[test]
fn among_expired_ones_the_winner_comes_first() {
    let mut database = TestDb::new();
    for (serial, label, end) in [(1, "x", -30.0), (2, "x", -10.0), (3, "y", -20.0)] {
        database.add(label.as_bytes(), None, &spec(&cn("Alpha"), serial, -400.0, end));
    }
    let bench = Bench::new(database);
    bench.prints(&["x"], &[2, 1, 3]);
    bench.prints(&["y"], &[3, 1, 2]);
}

#[test]
fn the_empty_nickname() {
    let mut database = TestDb::new();
    for (serial, subject, end) in [(1, "S1", 100.0), (3, "S3", -10.0), (4, "S4", 100.0)] {
        database.add(b"", None, &spec(&cn(subject), serial, -100.0, end));
    }
    database.add(b"other", None, &spec(&cn("S2"), 2, -1.0, 900.0));
    Bench::new(database).prints(&[""], &[4]);
}

#[test]
fn nicknames_that_look_like_something_else() {
    let mut database = TestDb::new();
    let labels =
        ["foo:bar", "NSS Certificate DB:tp", "pkcs11:object=zz", "50%25 off", " lead trail ", "-dash"];
    for (serial, label) in (1..).zip(labels) {
        database.add(label.as_bytes(), None, &spec(&cn(&format!("S{serial}")), serial, -1.0, 1.0));
    }
    let bench = Bench::new(database);
    bench.does_not_find(&["foo:bar", "NSS Certificate DB:tp", "pkcs11:object=zz", "50% off", "lead trail"]);
    bench.prints(&["NSS Certificate DB:foo:bar"], &[1]);
    bench.prints(&["NSS Certificate DB:NSS Certificate DB:tp"], &[2]);
    bench.prints(&["NSS Certificate DB:pkcs11:object=zz"], &[3]);
    bench.prints(&["50%25 off"], &[4]);
    bench.prints(&[" lead trail "], &[5]);
    bench.prints(&["-dash"], &[6]);
}

#[test]
fn long_nicknames_are_whole() {
    let mut database = TestDb::new();
    database.add(&[b'L'; 5000], None, &spec(&cn("long"), 1, -1.0, 1.0));
    let bench = Bench::new(database);
    bench.prints(&[&"L".repeat(5000)], &[1]);
    // No file can have such a name either.
    let (status, error) = bench.answer("L".repeat(4999)).unwrap_err();
    assert!(status == 255 && error.ends_with("L\n: PR_NAME_TOO_LONG_ERROR: File name is too long"));
}

#[test]
fn no_unicode_form_equals_another() {
    let spellings: [&[u8]; 3] = ["caf\u{e9}".as_bytes(), "cafe\u{301}".as_bytes(), b"caf\xe9"];
    let mut database = TestDb::new();
    for (serial, label) in (1..).zip(spellings) {
        database.add(label, None, &spec(&cn(&format!("S{serial}")), serial, -1.0, 1.0));
    }
    for (serial, label) in (4..).zip(["MiXed", "mixed", "mix"]) {
        database.add(label.as_bytes(), None, &spec(&cn(label), serial, -1.0, 1.0));
    }
    let bench = Bench::new(database);
    for (serial, label) in (1..).zip(spellings) {
        assert_eq!(bench.answer(label), Ok(vec![serial]));
    }
    bench.prints(&["MiXed"], &[4]);
    bench.prints(&["mixed"], &[5]);
    bench.prints(&["mix"], &[6]);
    bench.does_not_find(&["MIXED"]);
}

/// Without a nickname of that name, an address finds the certificates that NSS filed under it (in lower
/// case); the winner's subject is printed.
#[test]
fn addresses() {
    let with_email = |text: &str| name(&[(CN, UTF8, text.as_bytes()), (EMAIL, IA5, b"User@Example.com")]);
    let mut database = TestDb::new();
    let user = Some("user@example.com");
    database.add(b"one", user, &spec(&with_email("E1"), 1, -100.0, 100.0));
    database.add(b"two", user, &spec(&cn("E2"), 2, -50.0, 300.0));
    database.add(b"four", user, &spec(&cn("E4"), 4, -50.0, -10.0));
    database.add(b"one-b", user, &spec(&with_email("E1"), 15, -30.0, 10.0));
    database.add(b"nick@x.org", None, &spec(&cn("A"), 5, -1.0, 1.0));
    database.add(b"b", Some("nick@x.org"), &spec(&cn("B"), 6, -1.0, 1.0));
    database.add(b"UPPER@X.ORG", None, &spec(&cn("U"), 13, -1.0, 1.0));
    database.add(b"c", Some("upper@x.org"), &spec(&cn("V"), 14, -1.0, 1.0));
    database.add(b"d", Some("noat"), &spec(&cn("N"), 7, -1.0, 1.0));
    let bench = Bench::new(database);
    bench.prints(&["USER@EXAMPLE.COM", "NSS Certificate DB:USER@EXAMPLE.com"], &[15, 1]);
    bench.prints(&["nick@x.org"], &[5]);
    bench.prints(&["Nick@x.org"], &[6]);
    bench.prints(&["UPPER@X.ORG"], &[13]);
    bench.prints(&["Upper@x.org"], &[14]);
    bench.does_not_find(&["noat", "b@x.org", "@"]);
}

/// `certutil -E` files a subject under further addresses; their profiles end in a NUL.
#[test]
fn addresses_of_profiles() {
    let mut database = TestDb::new();
    let subject = cn("S");
    database.add(b"old", None, &spec(&subject, 1, -100.0, 100.0));
    database.add(b"new", None, &spec(&subject, 2, -50.0, 200.0));
    let connection = database.certificates();
    for address in [b"s2@x.org\0", b"s3@x.org\0"] {
        let class = [0xce, 0x53, 0x43, 0x52];
        let columns: [(&str, &[u8]); 4] =
            [("a0", &class), ("a1", &[1]), ("a101", &subject), ("ace534352", address)];
        database.insert(&connection, "nssPublic", &columns);
    }
    drop(connection);
    let bench = Bench::new(database);
    bench.prints(&["s2@x.org", "S3@X.org"], &[2, 1]);
    bench.does_not_find(&["s4@x.org"]);
}

#[test]
fn an_empty_database_finds_nothing() {
    Bench::new(TestDb::new()).does_not_find(&["nick", "", "pkcs11:"]);
}

#[test]
fn a_file_of_that_name_is_read_when_no_nickname_matches() {
    let mut database = TestDb::new();
    database.add(b"a", None, &spec(&cn("A"), 1, -100.0, 100.0));
    database.add(b"a", None, &spec(&cn("A"), 2, -200.0, 100.0));
    let bench = Bench::new(database);
    let path = |file: &str| bench.directory.path().join(file);
    let write = |file: &str, der: &[u8]| fs::write(path(file), der).unwrap();
    let newest = spec(&cn("A"), 3, -1.0, 100.0).der();
    write("a2.der", &newest);
    write("b.der", &spec(&cn("B"), 4, -1.0, 1.0).der());
    write("a", &newest);
    write("x:y", &newest);
    write("two", &[newest.clone(), vec![0, 0]].concat());
    write("empty", b"");
    write("text", pem::encode(&pem::Pem::new("CERTIFICATE", newest.clone())).as_bytes());
    write("reused", &spec(&cn("C"), 1, -1.0, 1.0).der());
    fs::create_dir(path("folder")).unwrap();

    bench.prints(&["a2.der", "./a", "x:y"], &[3, 1, 2]);
    bench.prints(&["b.der", path("b.der").to_str().unwrap()], &[4]);
    bench.prints(&["a"], &[1, 2]);
    let codes: Vec<Code> = bench.look_up("a2.der").notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, [Code::FileFallback]);

    for name in ["two", "empty", "text"] {
        let error = format!(
            "certutil: Could not find cert: {name}\n: SEC_ERROR_INVALID_ARGS: security library: invalid arguments."
        );
        assert_eq!(bench.answer(name), Err((255, error)));
    }
    let io = "An I/O error occurred during security authorization.";
    let error =
        format!("error converting der ({io})\ncertutil: Could not find cert: folder\n: SEC_ERROR_IO: {io}");
    assert_eq!(bench.answer("folder"), Err((255, error)));
    let (status, error) = bench.answer("reused").unwrap_err();
    assert_eq!(status, 255);
    assert!(
        error.starts_with("certutil: Could not find cert: reused\n: SEC_ERROR_REUSED_ISSUER_AND_SERIAL: ")
    );

    let elsewhere = certutil::lookup(&bench.contents, b"a2.der", at(), None);
    assert_eq!((elsewhere.exit_status, elsewhere.returned.len()), (255, 0));
}

/// Rows edited by hand from here on: one nickname on several subjects.
#[test]
fn a_nickname_of_several_subjects() {
    let mut database = TestDb::new();
    let rows = [
        ("X1", 1, -100.0, 100.0),
        ("X2", 2, -50.0, 200.0),
        ("X3", 3, -50.0, -1.0),
        ("X1", 4, -20.0, 30.0),
        ("X4", 5, 30.0, 60.0),
    ];
    for (subject, serial, start, end) in rows {
        database.add(b"same", None, &spec(&cn(subject), serial, start, end));
    }
    Bench::new(database).prints(&["same"], &[4, 1]);
}

#[test]
fn labels_of_other_kinds() {
    let mut database = TestDb::new();
    database.add(b"nul\0", None, &spec(&cn("N"), 1, -1.0, 1.0));
    database.add(b"exact\0", None, &spec(&cn("E"), 2, -1.0, 1.0));
    database.add(b"exact", None, &spec(&cn("F"), 3, -1.0, 1.0));
    database.add(b"to-null", None, &spec(&cn("G"), 4, -1.0, 1.0));
    database.add(b"txt", None, &spec(&cn("H"), 5, -1.0, 1.0));
    database.edit("UPDATE nssPublic SET a3 = NULL WHERE a3 = CAST('to-null' AS BLOB)");
    database.edit("UPDATE nssPublic SET a3 = 'txt' WHERE a3 = CAST('txt' AS BLOB)");
    let bench = Bench::new(database);
    bench.prints(&["nul"], &[1]);
    bench.prints(&["exact"], &[3]);
    bench.does_not_find(&["", "txt"]);
}

#[test]
fn rows_of_one_issuer_and_serial_number_are_one() {
    let mut database = TestDb::new();
    for serial in 1..=3 {
        database.add(b"d", None, &spec(&cn("D"), serial, -1.0, 1.0));
    }
    database.edit("UPDATE nssPublic SET a82 = x'020101'");
    Bench::new(database).prints(&["d"], &[1]);
}

#[test]
fn certificates_that_do_not_decode_are_passed_over() {
    let mut database = TestDb::new();
    for serial in 1..=3 {
        database.add(b"d", None, &spec(&cn("D"), serial, -1.0, serial as f64));
    }
    database.edit("UPDATE nssPublic SET a11 = substr(a11, 1, 99) WHERE a82 = x'020103'");
    let bench = Bench::new(database);
    bench.prints(&["d"], &[2, 1]);
    assert_eq!(bench.contents.certificates.len(), 3);
    bench.database.edit("UPDATE nssPublic SET a11 = substr(a11, 1, 99)");
    let contents = NssStore::new(bench.database.path()).read();
    let lookup = certutil::lookup(&contents, b"d", at(), None);
    assert_eq!((lookup.exit_status, lookup.returned.len()), (255, 0));
}

#[test]
fn a_row_that_names_another_subject() {
    let mut database = TestDb::new();
    database.add(b"d", None, &spec(&cn("D"), 1, -2.0, 1.0));
    database.add(b"e", None, &spec(&cn("E"), 2, -1.0, 1.0));
    let connection = database.certificates();
    connection.execute("UPDATE nssPublic SET a101 = ?1", [cn("E")]).unwrap();
    let bench = Bench::new(database);
    let error =
        "certutil: problem printing certificates: SEC_ERROR_LIBRARY_FAILURE: security library failure.";
    assert_eq!(bench.answer("d"), Err((255, error.to_owned())));
    bench.prints(&["e"], &[2, 1]);
}

#[test]
fn rows_that_are_no_certificates() {
    for (edit, found) in [
        ("a1 = NULL", false),
        ("a1 = x'00'", false),
        ("a80 = x'00000001'", false),
        ("a80 = NULL", true),
        ("a102 = NULL", true),
        ("a0 = x'00000002'", false),
    ] {
        let database = one();
        database.edit(&format!("UPDATE nssPublic SET {edit}"));
        let lookup = Bench::new(database).answer("nick");
        assert_eq!(lookup.is_ok(), found, "{edit}: {lookup:?}");
    }
}

/// NSS forgets to release what it could not make a certificate of, and then fails to shut down.
#[test]
fn a_row_without_a_value_makes_certutil_fail_in_the_end() {
    let mut database = one();
    database.add(b"nick", None, &spec(&cn("Alpha"), 2, -100.0, 100.0));
    database.edit("UPDATE nssPublic SET a81 = NULL WHERE a82 = x'020102'");
    let lookup = Bench::new(database).look_up("nick");
    assert_eq!((lookup.exit_status, lookup.returned), (1, vec![Found::Stored(0)]));
}

#[test]
fn a_broken_database_answers_with_certutils_error() {
    for name in ["nssdb-no-keys", "nssdb-truncated", "nssdb-not-sqlite", "no-such-directory"] {
        let contents = NssStore::new(crate::support::nssdb::fixture(name)).read();
        let lookup = certutil::lookup(&contents, b"device-042", at(), Some(Path::new("/")));
        assert_eq!(lookup.exit_status, 255);
        assert_eq!(
            lookup.standard_error,
            "certutil: function failed: SEC_ERROR_BAD_DATABASE: security library: bad database."
        );
    }
}

#[test]
fn the_command_can_be_pasted() {
    let contents = NssStore::new("/etc/pki/nssdb of Jo").read();
    let command = |name: &[u8]| certutil::lookup(&contents, name, at(), None).command;
    assert_eq!(command(b"Jo's"), "certutil -L -d 'sql:/etc/pki/nssdb of Jo' -r -n \"Jo's\"");
    assert_eq!(command(b""), "certutil -L -d 'sql:/etc/pki/nssdb of Jo' -r -n ''");
}

/// NSS counts in the 24 hours before the start date, and both ends, to the second.
#[test]
fn validity_has_a_day_of_grace_at_the_start() {
    for (start, end, valid) in
        [(DAY, 9 * DAY, true), (DAY + 1, 9 * DAY, false), (-9 * DAY, 0, true), (-9 * DAY, -1, false)]
    {
        let mut database = TestDb::new();
        let subject = cn("grace");
        database.add(b"g", None, &Spec::new(subject.clone(), 1, NOW + start, NOW + end));
        // Newer than any, but not valid yet: it comes first only if the other is not valid either.
        database.add(b"g", None, &Spec::new(subject, 2, NOW + 20 * DAY, NOW + 30 * DAY));
        let expected = if valid { [1, 2] } else { [2, 1] };
        Bench::new(database).prints(&["g"], &expected);
    }
}

/// Without a date that NSS can read a certificate counts as not valid and comes last.
#[test]
fn undecodable_dates_come_last() {
    let mut database = TestDb::new();
    let mut odd = spec(&cn("A"), 1, 0.0, 0.0);
    odd.validity = Some([tlv(0x17, b"nonsense"), unsigned::date(NOW)].concat());
    database.add(b"a", None, &odd);
    database.add(b"a", None, &spec(&cn("A"), 2, -200.0, -100.0));
    Bench::new(database).prints(&["a"], &[2, 1]);
}
