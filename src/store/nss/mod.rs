//! NSS databases: the `cert9.db` and `key4.db` of a directory, read as SQLite files.
//!
//! Nothing here needs NSS. The layout is NSS's `lib/softoken/sdb.c`: one table per file, one untyped
//! column per PKCS #11 attribute, named `a` and the attribute's number in hexadecimal.

mod database;
mod fault;
mod image;
mod modules;
mod open;
mod password;
mod remains;
mod rows;
mod trust;

use super::{Contents, Evidence, Index as StoreIndex, PrivateKey, Status, StoreSpec, StoredCertificate};
use crate::certificate::Certificate;
use crate::os;
use crate::reason::{About, Code, Finding};
use crate::text;
use database::SqliteFile;
use fault::Fault;
pub use modules::Module;
use modules::{Asker, Modules};
pub use password::has_password;
pub use remains::{FileState, Remains, remains};
pub(crate) use rows::EMPTY;
use rows::{Keys, Public};
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What certutil prints when it cannot open a database (it then ends with status 255).
pub const BAD_DATABASE: &str =
    "certutil: function failed: SEC_ERROR_BAD_DATABASE: security library: bad database.";

/// The name of NSS's own token for a database directory, and that in FIPS mode.
pub const TOKEN: &[u8] = b"NSS Certificate DB";
pub const FIPS_TOKEN: &[u8] = b"NSS FIPS 140-2 Certificate DB";

/// This machine's own database, which the documented command searches.
const AT_HOME: &str = "/etc/pki/nssdb";

/// How long a lock is waited for, in all: as long as NSS waits (`sdb.c`, SDB_BUSY_RETRY_TIME).
const LOCK_WAIT: Duration = Duration::from_secs(1);

/// POSIX drops a process's locks on a file as soon as any descriptor of it is closed, so two threads
/// must not read the same database at once.
static READING: Mutex<()> = Mutex::new(());

/// An NSS database directory.
#[derive(Clone, Debug)]
pub struct NssStore {
    directory: PathBuf,
    asker: Asker,
    /// It is a copy: what was not copied is not missing on the device.
    is_copied: bool,
}

/// What the look-up by certutil needs besides the certificates.
#[derive(Clone, Debug)]
pub struct Index {
    /// The token that a nickname may be prefixed with.
    pub token: Vec<u8>,
    /// One row per certificate, in the same order.
    pub rows: Vec<Row>,
    /// Addresses recorded for a subject by `certutil -E`.
    pub profiles: Vec<Profile>,
    /// Modules whose tokens, which are not read, may hold certificates and keys too.
    pub modules: Vec<Module>,
    /// NSS runs in FIPS mode.
    pub is_fips: bool,
    /// A password is asked for before a private key is used.
    pub has_password: bool,
    /// A database of the old dbm format lies beside it.
    pub legacy_beside: bool,
}

/// Said of a database beside which the old one lies.
pub(crate) const LEGACY_BESIDE: &str = "The file cert8.db beside it is a database of the old dbm format, which certutil does \
     not look into when there is a cert9.db";

impl Index {
    /// The modules that were not read, as a list; empty when there are none.
    pub fn module_names(&self) -> String {
        let names = self.modules.iter().map(|module| format!("\"{}\"", text::shown(&module.name)));
        names.collect::<Vec<_>>().join(", ")
    }

    /// What else there is to say of an empty database, as further sentences.
    fn beside(&self) -> String {
        let mut said = String::new();
        if self.legacy_beside {
            said = format!(". {LEGACY_BESIDE}");
        }
        if !self.modules.is_empty() {
            said = format!(
                "{said}. What the tokens of its PKCS #11 module {} hold was not read",
                self.module_names()
            );
        }
        said
    }
}

/// The attributes of a certificate's row. NSS compares BLOB with BLOB, so a value of another type is
/// `None`: it matches nothing.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whether CKA_LABEL (`a3`), the nickname, is one that NSS can compare.
    pub label_is_blob: bool,
    /// CKA_NSS_EMAIL (`ace534352`).
    pub email: Option<Vec<u8>>,
    /// CKA_SUBJECT (`a101`).
    pub subject: Option<Part>,
    /// CKA_ID (`a102`).
    pub id: Option<Vec<u8>>,
    /// CKA_ISSUER and CKA_SERIAL_NUMBER (`a81`, `a82`), each a whole element. NSS takes the two for the
    /// certificate's identity.
    pub issuer: Part,
    pub serial: Part,
    /// Whether the row has a value, an issuer and a serial number. NSS makes no certificate of another.
    pub well_formed: bool,
    /// Whether CKA_CERTIFICATE_TYPE (`a80`) says X.509, or nothing.
    pub is_x509: bool,
}

/// An attribute that repeats a part of the certificate, unless somebody edited the row.
#[derive(Clone, Debug)]
pub enum Part {
    /// The bytes of the certificate at this place.
    Repeated(Range<usize>),
    /// Others.
    Own(Vec<u8>),
}

impl Part {
    /// Keeps `value`, which should be what `certificate` has at `place`.
    fn new(value: &[u8], certificate: &Certificate, place: Option<Range<usize>>) -> Self {
        match place {
            Some(place) if certificate.der().get(place.clone()) == Some(value) => Self::Repeated(place),
            _ => Self::Own(value.to_vec()),
        }
    }

    /// The value, given the certificate of the same row.
    pub fn of<'a>(&'a self, certificate: &'a Certificate) -> &'a [u8] {
        match self {
            Self::Repeated(place) => certificate.der().get(place.clone()).unwrap_or_default(),
            Self::Own(value) => value,
        }
    }

    fn own_bytes(&self) -> usize {
        if let Self::Own(value) = self { value.len() } else { 0 }
    }
}

impl Row {
    /// What NSS takes for the certificate's identity.
    pub(crate) fn identity<'a>(&'a self, certificate: &'a Certificate) -> (&'a [u8], &'a [u8]) {
        (self.issuer.of(certificate), self.serial.of(certificate))
    }

    /// What the row says the subject is.
    pub(crate) fn subject<'a>(&'a self, certificate: &'a Certificate) -> Option<&'a [u8]> {
        self.subject.as_ref().map(|subject| subject.of(certificate))
    }

    fn own_bytes(&self) -> usize {
        let optional = [&self.email, &self.id].into_iter().flatten().map(Vec::len).sum::<usize>();
        let subject = self.subject.as_ref().map_or(0, Part::own_bytes);
        optional + subject + self.issuer.own_bytes() + self.serial.own_bytes()
    }
}

/// An S/MIME profile row: a subject and an address that belongs to it.
#[derive(Clone, Debug)]
pub struct Profile {
    pub subject: Option<Vec<u8>>,
    pub email: Option<Vec<u8>>,
}

impl NssStore {
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        let is_at_home = fs::canonicalize(&directory).is_ok_and(|path| path == Path::new(AT_HOME));
        Self { directory, asker: Asker { is_root: runs_as_root(), is_at_home }, is_copied: false }
    }

    /// Reads the certificates of a copy even where its private keys were not sent.
    pub const fn copied(mut self) -> Self {
        self.is_copied = true;
        self
    }

    fn spec(&self) -> StoreSpec {
        StoreSpec::Nss(self.directory.clone())
    }

    fn try_read(&self) -> Result<Contents, (Status, Finding)> {
        check_directory(&self.directory)?;
        let modules = modules::read(&self.directory, self.asker);
        if let Some((file, what)) = modules.elsewhere {
            return Err(refusal(Status::Unsupported, Code::StoreRedirected, file, &what));
        }
        let certificates = self.directory.join("cert9.db");
        let keys = self.directory.join("key4.db");
        let wait_until = Instant::now() + LOCK_WAIT;
        let public = SqliteFile::open(&certificates, wait_until)
            .map_err(|fault| self.explain(fault, &certificates))?;
        let keys_held = match SqliteFile::open(&keys, wait_until) {
            Err(Fault::Missing) if self.is_copied => None,
            private => {
                let private = private.map_err(|fault| self.explain(fault, &keys))?;
                Some(rows::read_private(&private).map_err(|fault| self.explain(fault, &keys))?)
            }
        };
        let public = rows::read_public(&public).map_err(|fault| self.explain(fault, &certificates))?;
        let mut contents = self.contents(public, keys_held.as_ref().unwrap_or(&Keys::default()), modules);
        if keys_held.is_none() {
            contents.evidence.shows.private_key = false;
            contents.evidence.complete = false;
            contents.evidence.may_be_whole = false;
        }
        Ok(contents)
    }

    fn contents(&self, public: Public, keys: &Keys, modules: Modules) -> Contents {
        let spec = self.spec();
        let location = spec.to_string();
        let mut rows = Vec::with_capacity(public.certificates.len());
        let mut certificates = Vec::with_capacity(public.certificates.len());
        for (position, entry) in public.certificates.into_iter().enumerate() {
            let has_key = keys.hold(entry.row.id.as_deref());
            let user = keys.user_flag(entry.row.id.as_deref(), &public.key_ids);
            let (issuer, serial) = entry.row.identity(&entry.certificate);
            let trust = public.trust.flags(issuer, serial, user);
            certificates.push(StoredCertificate {
                certificate: entry.certificate,
                label: entry.label,
                trust: Some(trust),
                location: location.clone(),
                private_key: match has_key {
                    true => PrivateKey::Present,
                    false if modules.others.is_empty() => PrivateKey::Absent,
                    // A token's key counts as the certificate's too.
                    false => PrivateKey::Unknown,
                },
                other_key_beside: false,
                position,
            });
            rows.push(entry.row);
        }
        let index = Index {
            token: modules.token,
            rows,
            profiles: public.profiles,
            modules: modules.others,
            is_fips: modules.is_fips,
            has_password: keys.has_password,
            legacy_beside: self.directory.join("cert8.db").is_file(),
        };
        let problem = index.rows.is_empty().then(|| empty(&self.directory, &index.beside()));
        let index = StoreIndex::Nss(index);
        let evidence = Evidence::given_as(&spec);
        Contents { spec, evidence, status: Status::Read, problem, certificates, index }
    }

    /// Says what a file's fault means for the whole database.
    fn explain(&self, fault: Fault, file: &Path) -> (Status, Finding) {
        let file = file.to_owned();
        match fault {
            Fault::Missing if is_legacy(&self.directory, &file) => refusal(
                Status::Unsupported,
                Code::StoreLegacyDbm,
                self.directory.join("cert8.db"),
                "is a database of the old dbm format, and there is no cert9.db beside it; some builds of \
                 certutil still read the old format, others refuse it",
            ),
            Fault::Missing => refusal(Status::Missing, Code::StoreMissing, file, "does not exist"),
            Fault::Denied => refusal(
                Status::Denied,
                Code::StoreDenied,
                file,
                "may not be read by this user, but the client runs as root and may read it: run this \
                 command with sudo",
            ),
            Fault::Locked => refusal(
                Status::Locked,
                Code::StoreLocked,
                file,
                "has been locked by another program for a second: try again when that program is done",
            ),
            Fault::Broken(what) => refusal(Status::Corrupt, Code::StoreCorrupt, file, &what),
            Fault::TooLong => {
                self.explain(Fault::Unreadable("holds values that are too long".to_owned()), &file)
            }
            Fault::Unreadable(what) => refusal(Status::Unsupported, Code::StoreCorrupt, file, &what),
        }
    }
}

impl NssStore {
    /// Reads everything. Problems are part of the answer: one unreadable entry or file never hides the rest.
    pub fn read(&self) -> Contents {
        let _one_at_a_time = READING.lock().unwrap_or_else(PoisonError::into_inner);
        self.try_read().unwrap_or_else(|(status, problem)| Contents::unread(self.spec(), status, problem))
    }
}

fn check_directory(directory: &Path) -> Result<(), (Status, Finding)> {
    let refuse = |status, code, what: &str| Err(refusal(status, code, directory.to_owned(), what));
    match fs::metadata(directory) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => refuse(Status::Missing, Code::StoreMissing, "is not a directory"),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => refuse(
            Status::Denied,
            Code::StoreDenied,
            "may not be entered by this user, but the client runs as root and may enter it: run this \
             command with sudo",
        ),
        Err(_) => refuse(Status::Missing, Code::StoreMissing, "does not exist"),
    }
}

/// Whether there is a file of a database, whole or not, in `directory`.
pub fn has_files(directory: &Path) -> bool {
    let files = ["cert9.db", "key4.db", "cert8.db", "key3.db"];
    files.iter().any(|file| directory.join(file).symlink_metadata().is_ok())
}

/// Whether the missing `file` is `cert9.db` and its predecessor is there instead.
fn is_legacy(directory: &Path, file: &Path) -> bool {
    file.ends_with("cert9.db") && directory.join("cert8.db").is_file()
}

/// A database without a certificate; `beside` continues the sentence.
pub fn empty(directory: &Path, beside: &str) -> Finding {
    let directory = shown(directory);
    Finding::new(Code::StoreEmpty, format!("the NSS database {directory} holds no certificate{beside}"))
}

/// A database of which this file is not there.
pub fn missing(file: PathBuf) -> Finding {
    refusal(Status::Missing, Code::StoreMissing, file, "does not exist").1
}

fn refusal(status: Status, code: Code, file: PathBuf, what: &str) -> (Status, Finding) {
    let then = match status {
        Status::Missing | Status::Corrupt => {
            format!("; certutil then prints \"{BAD_DATABASE}\" and ends with status 255")
        }
        _ => String::new(),
    };
    let message = format!("{} {what}{then}", shown(&file));
    (status, Finding::new(code, message).about(About::File(file)))
}

fn shown(path: &Path) -> String {
    text::shown_bytes(path.as_os_str().as_encoded_bytes())
}

/// Whether this process is root's. Where there is no `/proc` the database is a copy from elsewhere,
/// and is judged as the client sees the original.
fn runs_as_root() -> bool {
    os::effective_user().is_none_or(|user| user == 0)
}
