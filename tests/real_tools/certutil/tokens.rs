//! Databases beside a token of another module. Ours is read without the token, so it must say where that
//! makes a difference, and agree with certutil everywhere else.

use super::differential::{describe, ours, trim};
use super::tool::{Answer, must, run, sql};
use crate::support::nssdb::{TestDb, fixture};
use crate::support::random::Random;
use crate::support::unsigned::{self, Spec};
use certposture::store::PrivateKey;
use certposture::store::nss::NssStore;
use jiff::Timestamp;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const PIN: &str = "1234";

/// A SoftHSM token of its own, and how programs find it.
struct Token {
    folder: tempfile::TempDir,
}

impl Token {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("tokens")).unwrap();
        let settings = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            folder.path().join("tokens").display()
        );
        fs::write(folder.path().join("softhsm2.conf"), settings).unwrap();
        fs::write(folder.path().join("pin"), PIN).unwrap();
        let token = Self { folder };
        must(token.command("softhsm2-util").args([
            "--init-token",
            "--free",
            "--label",
            "card",
            "--pin",
            PIN,
            "--so-pin",
            PIN,
        ]));
        token
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("SOFTHSM2_CONF", self.folder.path().join("softhsm2.conf"));
        command
    }

    fn library() -> PathBuf {
        let places = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so"];
        places.iter().map(PathBuf::from).find(|path| path.exists()).expect("softhsm2 is installed")
    }

    /// Names the module in the database's list, as an administrator would.
    fn join(&self, database: &TestDb) {
        let mut add = self.command("modutil");
        add.args(["-force", "-dbdir", &sql(database.path()), "-add", "softhsm", "-libfile"]);
        must(add.arg(Self::library()));
    }

    /// Puts a certificate on the token. (certutil may put it into the database as well, from where it is
    /// taken out again.)
    fn hold(&self, database: &TestDb, nickname: &str, spec: &Spec) {
        let file = self.folder.path().join("c.der");
        fs::write(&file, spec.der()).unwrap();
        let mut add = self.command("certutil");
        add.args(["-A", "-d", &sql(database.path()), "-h", "card", "-n", nickname, "-t", ",,", "-f"]);
        must(add.arg(self.folder.path().join("pin")).arg("-i").arg(&file));
        let serial = unsigned::tlv(2, &spec.serial);
        database.certificates().execute("DELETE FROM nssPublic WHERE a82 = ?1", [serial]).unwrap();
    }

    /// The documented command.
    fn lookup(&self, database: &Path, name: &[u8]) -> Answer {
        let mut command = self.command("certutil");
        command.args(["-L", "-d", &sql(database), "-r", "-n"]).arg(OsStr::from_bytes(name));
        run(command.current_dir("/"))
    }
}

fn spec(random: &mut Random, subject: &str, serial: u64) -> Spec {
    let now = Timestamp::now().as_second();
    let start = *random.pick(&[-400, -100, -30]) * unsigned::DAY;
    let end = *random.pick(&[-10, 30, 300]) * unsigned::DAY;
    Spec::new(unsigned::cn(subject), serial, now + start, now + end)
}

const SUBJECTS: &[&str] = &["alpha", "beta", "gamma"];

/// With nothing unseen both agree to the letter; otherwise certutil may print more, in its own order.
#[test]
fn lookups_beside_a_token_agree_or_say_why_not() {
    let token = Token::new();
    let (mut certain, mut open, mut widened) = (0, 0, 0);
    for seed in 0..12 {
        let mut random = Random::new(900 + seed);
        let mut database = TestDb::copy_of(&fixture("nssdb-empty"));
        token.join(&database);
        for serial in 0..random.below(5) as u64 {
            let subject = *random.pick(SUBJECTS);
            let spec = spec(&mut random, subject, 100 * (seed + 1) + serial);
            database.add(subject.as_bytes(), None, &spec);
        }
        let subject = *random.pick(SUBJECTS);
        let nickname = format!("on card {seed}");
        token.hold(&database, &nickname, &spec(&mut random, subject, 100 * (seed + 1) + 50));
        let contents = NssStore::new(database.path()).read();
        let on_card = format!("card:{nickname}");
        let names: [&[u8]; 9] = [
            b"alpha",
            b"beta",
            b"gamma",
            b"nobody",
            nickname.as_bytes(),
            on_card.as_bytes(),
            b"NSS Certificate DB:alpha",
            b"NSS Certificate DB:nobody",
            b"pkcs11:object=alpha",
        ];
        for name in names {
            let theirs = trim(token.lookup(database.path(), name));
            let answer = trim(ours(&contents, name, Path::new("/")));
            let lookup = certposture::lookup::certutil::lookup(&contents, name, Timestamp::now(), None);
            let told =
                format!("seed {seed}, {}: {} {}", name.escape_ascii(), describe(&theirs), describe(&answer));
            if lookup.unseen.is_none() {
                assert_eq!(answer, theirs, "{told}");
                certain += 1;
                continue;
            }
            for found in contents.certificates.iter().map(|stored| stored.certificate.der()) {
                let printed = |output: &[u8]| output.windows(found.len()).any(|part| part == found);
                assert!(!printed(&answer.output) || printed(&theirs.output), "{told}");
            }
            open += 1;
            widened += usize::from(theirs.output.len() > answer.output.len());
        }
    }
    println!("{certain} look-ups agree, {open} are left open, of which {widened} find more");
    assert!(certain > 40 && open > 20 && widened > 3, "{certain} {open} {widened}");
}

/// `certutil -K -h all` shows the key; what is read without the token leaves the question open.
#[test]
fn a_key_on_a_token_is_not_a_missing_one() {
    let token = Token::new();
    let mut database = TestDb::copy_of(&fixture("nssdb-empty"));
    database.add(b"alpha", None, &spec(&mut Random::new(1), "alpha", 1));
    assert_eq!(NssStore::new(database.path()).read().certificates[0].private_key, PrivateKey::Absent);
    token.join(&database);
    let mut keys = token.command("certutil");
    keys.args(["-K", "-d", &sql(database.path()), "-h", "card", "-f"]).arg(token.folder.path().join("pin"));
    let listed = run(&mut keys);
    assert!(String::from_utf8_lossy(&listed.output).contains("card"), "{listed:?}");
    assert_eq!(NssStore::new(database.path()).read().certificates[0].private_key, PrivateKey::Unknown);
}
