//! Certificates in a file or in a folder of files, and the private keys that lie beside them.

mod keys;

use super::{
    Contents, Evidence, Index, PrivateKey, Role, RoleSource, Status, StoreSpec, StoredCertificate,
    WindowsLocation, problem,
};
use crate::certificate::Certificate;
use crate::encoding::{self, Described, FileKind, Form, Key, KeyTold, Objects, RegistryStore, Unrecognized};
use crate::input::{self, Unreadable};
use crate::reason::{Code, Finding};
use crate::system::System;
use crate::text::shown;
use crate::warp_diag::WarpDiag;
use keys::Keys;
pub use keys::{KeyFile, SealedKey};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, io};

/// The largest file read.
pub const MAX_FILE_SIZE: u64 = 128 << 20;

/// The most bytes read from a folder.
pub const MAX_TOTAL_SIZE: u64 = 256 << 20;

/// The most entries of a folder looked at.
pub const MAX_FILES: usize = 200_000;

/// How many folders deep files are looked for where nobody said what a folder is.
pub const MAX_DEPTH: usize = 3;

/// A file, or a folder whose files are all read, in the order of their names' bytes. Folders in the
/// folder are entered only where that is asked for.
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
    key_files: Vec<PathBuf>,
    /// How many folders deep files are looked for.
    depth: usize,
}

impl FileStore {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), key_files: Vec::new(), depth: 0 }
    }

    /// Counts the private keys in `files` as lying beside this store's certificates: a rule may name
    /// the certificate and its key in two files. Files that cannot be read, and the store's own, are
    /// passed over.
    pub fn with_keys_from(mut self, files: impl IntoIterator<Item = PathBuf>) -> Self {
        self.key_files.extend(files);
        self
    }
}

impl FileStore {
    /// Reads the folders below a folder too, to a depth of [`MAX_DEPTH`].
    pub const fn with_folders_below(mut self) -> Self {
        self.depth = MAX_DEPTH;
        self
    }

    /// Reads everything. Problems are part of the answer: one unreadable entry or file never hides the rest.
    pub fn read(&self) -> Contents {
        let mut reading = FileReader::new(&self.path);
        let read = match files_of(&self.path, self.depth) {
            Ok(Source::File) => reading.read_file(),
            Ok(Source::Folder(files)) => {
                reading.read_folder(&files);
                Ok(())
            }
            Err(why) => Err(problem::unreadable(&self.path, &why)),
        };
        if let Err((status, problem)) = read {
            let unread = Contents::unread(StoreSpec::File(self.path.clone()), status, problem);
            return Contents { index: Index::File(reading.index), ..unread };
        }
        for file in self.key_files.iter().filter(|file| **file != self.path) {
            reading.read_keys(file);
        }
        reading.contents()
    }
}

enum Source {
    File,
    Folder(Vec<PathBuf>),
}

/// FileReader a folder ends after so long; PKCS #12 files take seconds each by design.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);

/// The files of a folder by name, and of those in it to the given depth; no more than [`MAX_FILES`] and
/// one.
fn files_of(path: &Path, depth: usize) -> Result<Source, Unreadable> {
    if !fs::metadata(path)?.is_dir() {
        return Ok(Source::File);
    }
    let mut files = Vec::new();
    add_files(path, depth, &mut files)?;
    files.sort();
    Ok(Source::Folder(files))
}

fn add_files(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Links to folders are not followed: they may lead back here.
        if depth > 0 && entry.file_type()?.is_dir() {
            // One that is closed to this user hides no other.
            let _ = add_files(&entry.path(), depth - 1, files);
        } else {
            files.push(entry.path());
        }
        if files.len() > MAX_FILES {
            break;
        }
    }
    Ok(())
}

/// What the files are, beside the certificates in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileIndex {
    /// Where the private keys of certificates are, by the certificates' positions.
    pub key_files: BTreeMap<usize, KeyFile>,
    /// What the file is.
    pub form: Form,
    /// Whether it is PKCS #12 with algorithms that other importers refuse.
    pub is_new_pkcs12: bool,
    /// Whether a private key is in it, whosever it is.
    pub has_keys: bool,
    /// A private key in it or beside it that cannot be looked into.
    pub sealed_key: Option<SealedKey>,
}

/// A certificate and the file it came from.
struct FoundCertificate {
    certificate: Certificate,
    label: Option<String>,
    file: PathBuf,
    form: Form,
}

/// What has been read so far.
struct FileReader<'a> {
    path: &'a Path,
    certificates: Vec<FoundCertificate>,
    keys: Keys,
    problem: Option<Finding>,
    size: u64,
    is_folder: bool,
    /// What was read, the last of it where it is several files.
    kind: FileKind,
    /// The Windows stores that the files say they are of.
    stores: Vec<RegistryStore>,
    index: FileIndex,
    /// What is said of the keys of certificates that are only described.
    told: BTreeMap<usize, KeyTold>,
    /// Whether a listing says that it is complete.
    is_told_whole: bool,
}

impl<'a> FileReader<'a> {
    fn new(path: &'a Path) -> Self {
        Self {
            path,
            certificates: Vec::new(),
            keys: Keys::default(),
            problem: None,
            size: 0,
            is_folder: false,
            kind: FileKind::Unknown,
            stores: Vec::new(),
            index: FileIndex::default(),
            told: BTreeMap::new(),
            is_told_whole: false,
        }
    }

    fn read_file(&mut self) -> Result<(), (Status, Finding)> {
        if let Ok(Some(diag)) = WarpDiag::read(self.path) {
            self.kind = FileKind::WarpDiag;
            let of = [("client ", diag.client_version), ("device ", diag.host_name), ("date ", diag.date)];
            let facts =
                of.iter().filter_map(|(name, value)| Some(format!("{name}{}", shown(value.as_deref()?))));
            let facts = facts.collect::<Vec<_>>().join(", ");
            let why = format!(
                "is an archive of `warp-diag` ({facts}), which has no certificate stores; give it as --log, and the store \
                 itself with --store"
            );
            return Err((Status::Corrupt, problem::of_file(Code::StoreCorrupt, self.path, &why)));
        }
        let bytes =
            input::read(self.path, MAX_FILE_SIZE).map_err(|why| problem::unreadable(self.path, &why))?;
        let objects = encoding::read(&bytes).map_err(|why| {
            if matches!(why, Unrecognized::PassPhrase | Unrecognized::Encryption) {
                self.index.form = Form::Pkcs12;
            }
            unrecognized(self.path, why)
        })?;
        self.index.form = objects.form;
        self.take(self.path, objects);
        Ok(())
    }

    /// Reads every file; one that cannot be read is reported and hides no other.
    fn read_folder(&mut self, files: &[PathBuf]) {
        self.is_folder = true;
        self.index.form = Form::Folder;
        if files.len() > MAX_FILES {
            self.note(Code::StoreCorrupt, self.path, &format!("holds more than {MAX_FILES} files"));
        }
        let give_up_at = Instant::now() + TIME_LIMIT;
        for file in files.iter().take(MAX_FILES) {
            if Instant::now() > give_up_at {
                let limit = TIME_LIMIT.as_secs();
                let why = format!(
                    "takes longer than {limit} seconds to read; the files from this one on were not read"
                );
                return self.note(Code::StoreCorrupt, file, &why);
            }
            if self.size > MAX_TOTAL_SIZE || self.certificates.len() > encoding::MAX_CERTIFICATES {
                let limit = MAX_TOTAL_SIZE >> 20;
                let why = format!(
                    "holds more than {limit} MiB or {} certificates; the files from this one on were not read",
                    encoding::MAX_CERTIFICATES
                );
                return self.note(Code::StoreCorrupt, file, &why);
            }
            self.read_entry(file);
        }
    }

    /// Folders, devices and dangling links are no certificates, and neither are files of other
    /// kinds: a folder may hold a README.
    fn read_entry(&mut self, file: &Path) {
        let bytes = match input::read(file, MAX_FILE_SIZE) {
            Ok(bytes) => bytes,
            Err(Unreadable::Missing | Unreadable::Directory | Unreadable::NotAFile) => return,
            Err(why) => {
                let (_, problem) = problem::unreadable(file, &why);
                self.problem.get_or_insert(problem);
                return;
            }
        };
        self.size += bytes.len() as u64;
        match encoding::read(&bytes) {
            Ok(objects) => self.take(file, objects),
            Err(Unrecognized::Empty | Unrecognized::NeitherPemNorDer | Unrecognized::Other(_)) => {}
            Err(why) => self.note(Code::StoreCorrupt, file, &why.to_string()),
        }
    }

    fn read_keys(&mut self, file: &Path) {
        let read = input::read(file, MAX_FILE_SIZE).ok().and_then(|bytes| encoding::read(&bytes).ok());
        let Objects { keys, form, .. } = read.unwrap_or_default();
        self.keys.add(keys, file, form);
    }

    fn take(&mut self, file: &Path, objects: Objects) {
        if !objects.certificates.is_empty() || !objects.described.is_empty() || !self.is_folder {
            self.kind = objects.kind;
        }
        self.index.has_keys |= !objects.keys.is_empty();
        self.index.is_new_pkcs12 |= objects.is_new_pkcs12;
        if let Some(why) = objects.damage_text() {
            self.note(Code::StoreCorrupt, file, &why);
        }
        self.stores.extend(objects.stores);
        self.certificates.extend(objects.certificates.into_iter().map(|found| FoundCertificate {
            certificate: Certificate::from_der(found.der),
            label: found.label,
            file: file.to_path_buf(),
            form: objects.form,
        }));
        self.is_told_whole |= objects.is_told_whole;
        for Described { certificate, key } in objects.described {
            self.told.insert(self.certificates.len(), key);
            self.certificates.push(FoundCertificate {
                certificate: certificate.certificate(),
                label: None,
                file: file.to_path_buf(),
                form: Form::Other,
            });
        }
        self.keys.add(objects.keys, file, objects.form);
    }

    /// Keeps the first problem.
    fn note(&mut self, code: Code, file: &Path, why: &str) {
        self.problem.get_or_insert_with(|| problem::of_file(code, file, why));
    }

    fn why_empty(&self) -> String {
        let named = !self.kind.is_read() && !matches!(self.kind, FileKind::Unknown | FileKind::Empty);
        match self.kind.remedy() {
            Some(remedy) if named => format!("is {}; {remedy}", self.kind.phrase()),
            _ if self.keys.is_empty() => "holds no certificate".to_owned(),
            _ => "holds a private key, but no certificate".to_owned(),
        }
    }

    /// What the form proves. One certificate is not a store, and neither is what was read only in part.
    fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::given_as(&StoreSpec::File(self.path.to_path_buf()));
        let is_read_whole = self.problem.as_ref().is_none_or(|problem| problem.code == Code::StoreEmpty);
        let is_list = self.is_folder || self.kind.is_store() || self.certificates.len() > 1;
        evidence.may_be_whole = is_read_whole && is_list && self.kind != FileKind::Pkcs12;
        if let [store] = &self.stores[..] {
            let location =
                if store.is_machines { WindowsLocation::LocalMachine } else { WindowsLocation::CurrentUser };
            evidence.role = Some(Role::windows(location, &store.name));
            evidence.source = RoleSource::Inferred;
            evidence.complete = evidence.may_be_whole && store.is_whole;
        }
        // The folder of Windows' own store tells itself that it is one.
        evidence.complete |= evidence.may_be_whole && self.is_folder && evidence.role.is_some();
        evidence.shows.order = !self.is_folder;
        evidence.shows.label = self.kind.is_windows() || self.kind == FileKind::Pkcs12;
        if self.kind.is_windows() {
            evidence.system = Some(System::Windows);
        }
        if !self.told.is_empty() {
            evidence.may_be_whole &= self.is_told_whole;
            evidence.shows.private_key = true;
            evidence.shows.label = false;
        }
        evidence
    }

    fn contents(mut self) -> Contents {
        if self.certificates.is_empty() {
            self.note(Code::StoreEmpty, self.path, &self.why_empty());
        }
        let evidence = self.evidence();
        let matches = self.keys.matched(self.certificates.iter().map(|entry| &entry.certificate));
        let mut index = FileIndex { sealed_key: self.keys.sealed().cloned(), ..self.index };
        for (position, (entry, beside)) in self.certificates.iter().zip(&matches).enumerate() {
            if let Some(file) = beside.key_file.clone() {
                let form = if file.own_form == entry.form { entry.form } else { Form::Other };
                index.key_files.insert(position, KeyFile { form, ..file });
            }
        }
        let told = self.told;
        let certificates = self.certificates.into_iter().zip(matches).enumerate();
        Contents {
            spec: StoreSpec::File(self.path.to_path_buf()),
            evidence,
            status: Status::Read,
            problem: self.problem,
            certificates: certificates
                .map(|(position, (entry, beside))| StoredCertificate {
                    certificate: entry.certificate,
                    label: entry.label.map(String::into_bytes),
                    trust: None,
                    location: entry.file.display().to_string(),
                    private_key: match told.get(&position) {
                        None => beside.private_key,
                        Some(KeyTold::Container) => PrivateKey::Present,
                        Some(KeyTold::None) => PrivateKey::Absent,
                        Some(KeyTold::Nothing) => PrivateKey::Unknown,
                    },
                    other_key_beside: beside.other_key,
                    position,
                })
                .collect(),
            index: Index::File(index),
        }
    }
}

fn unrecognized(file: &Path, why: Unrecognized) -> (Status, Finding) {
    let (status, code) = match why {
        Unrecognized::Empty => (Status::Read, Code::StoreEmpty),
        Unrecognized::PassPhrase => (Status::Locked, Code::StoreLocked),
        Unrecognized::Encryption | Unrecognized::TooMany => (Status::Unsupported, Code::StoreCorrupt),
        _ => (Status::Corrupt, Code::StoreCorrupt),
    };
    (status, problem::of_file(code, file, &why.to_string()))
}

#[cfg(test)]
mod tests;
