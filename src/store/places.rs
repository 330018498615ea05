//! The stores to read for a question: those that the client searches, and those where people
//! install certificates by mistake.

use super::{
    Contents, Evidence, FileIndex, FileStore, Given, Index, KeyFile, KeychainStore, LINUX_SYSTEM_STORE,
    NssStore, Origin, Role, RoleSource, SYSTEM_KEYCHAIN, Status, StoreSpec, WindowsStore, found_out, nss,
    windows,
};
use crate::system::System;
use std::fs;
use std::path::{Path, PathBuf};

#[cfg(unix)]
#[path = "elsewhere_unix.rs"]
mod platform;
#[cfg(windows)]
#[path = "elsewhere_windows.rs"]
mod platform;

/// More than lie in the folder of a database.
const MOST_FILES: usize = 1_000;

/// A store that was read, and why.
#[derive(Clone, Debug)]
pub struct Place {
    pub contents: Contents,
    /// Read only to find what the client does not.
    pub elsewhere: bool,
    /// Whether this user may change it.
    pub writable: bool,
    /// Whether keys can be put in or taken out only with a password.
    pub has_password: bool,
    /// Whether it is damaged only in that a change of it was cut off and can be completed.
    pub interrupted: bool,
    /// What is left of an NSS database that cannot be used.
    pub remains: nss::Remains,
}

impl Place {
    /// Reads a store that counts. `key_files` are other files that the rule names beside it: the
    /// private key may be in one of them.
    pub fn read(given: &Given, key_files: &[PathBuf]) -> Self {
        let spec = found_out::spec(given);
        if given.role.is_none() && is_this_machines(&spec) {
            return Self::own(&spec, key_files);
        }
        // Where somebody sends one file of a database, the other is not missing on the device.
        let is_part = given.role.is_some() || spec != given.spec;
        let mut contents = match &spec {
            StoreSpec::File(path) => {
                let store = FileStore::new(path.clone()).with_keys_from(key_files.iter().cloned());
                if given.bare { store.with_folders_below().read() } else { store.read() }
            }
            StoreSpec::Nss(directory) if is_part => NssStore::new(directory.clone()).copied().read(),
            spec => open(spec),
        };
        if let Some(role) = &given.role {
            contents.evidence.stands_for(role.clone());
        }
        contents.settle(given.role.is_some() || spec != given.spec);
        Self::of(contents, false)
    }

    /// Reads one of this machine's own stores.
    pub fn own(spec: &StoreSpec, key_files: &[PathBuf]) -> Self {
        let mut contents = match spec {
            StoreSpec::File(path) => {
                FileStore::new(path.clone()).with_keys_from(key_files.iter().cloned()).read()
            }
            spec => open(spec),
        };
        contents.evidence = Evidence::own(spec);
        Self::of(contents, false)
    }

    /// The path that was given, where nothing lies there. (That one of this machine's own stores is missing is a
    /// fact about it.)
    pub fn is_not_there(&self) -> Option<&Path> {
        let evidence = &self.contents.evidence;
        if self.contents.status != Status::Missing || evidence.origin == Origin::ThisMachine {
            return None;
        }
        match &self.contents.spec {
            StoreSpec::Nss(directory) => (!nss::has_files(directory)).then_some(directory),
            spec => spec.path().filter(|path| path.symlink_metadata().is_err()),
        }
    }

    /// Where the private key of the certificate at `position` is, for a command that installs both.
    pub fn key_file(&self, position: usize) -> Option<&KeyFile> {
        self.files()?.key_files.get(&position)
    }

    /// What the files are, where it is such.
    pub const fn files(&self) -> Option<&FileIndex> {
        match &self.contents.index {
            Index::File(files) => Some(files),
            _ => None,
        }
    }

    /// The path on the device of a file that a rule may list.
    pub fn listed_path(&self) -> Option<&Path> {
        match &self.contents.evidence.role {
            Some(Role::Path(path)) => Some(path),
            _ => None,
        }
    }

    /// The store, on another device, that this is a copy of: repairs are made there. `None` where what was
    /// read can be repaired itself.
    pub fn copy_of(&self) -> Option<&Role> {
        let evidence = &self.contents.evidence;
        let role = evidence.role.as_ref().filter(|_| evidence.origin == Origin::Elsewhere)?;
        let of_another_system = role.system().is_some_and(|system| system != System::current());
        let is_loose = matches!(self.contents.spec, StoreSpec::File(_)) && !matches!(role, Role::Path(_));
        (evidence.source == RoleSource::Given || of_another_system || is_loose).then_some(role)
    }

    /// A store of which only the contents matter.
    pub fn new(contents: Contents, elsewhere: bool, writable: bool) -> Self {
        Self {
            contents,
            elsewhere,
            writable,
            has_password: false,
            interrupted: false,
            remains: nss::Remains::default(),
        }
    }

    fn of(contents: Contents, elsewhere: bool) -> Self {
        let spec = &contents.spec;
        let has_password = match (spec, &contents.index) {
            (_, Index::Nss(index)) => index.has_password,
            (StoreSpec::Nss(directory), _) => nss::has_password(directory),
            (StoreSpec::Keychain(_) | StoreSpec::Windows(..) | StoreSpec::File(_), _) => false,
        };
        let interrupted = contents.status == Status::Corrupt && has_journal(&contents);
        let remains = match (spec, contents.status) {
            (StoreSpec::Nss(directory), Status::Missing | Status::Corrupt | Status::Unsupported) => {
                nss::remains(directory)
            }
            _ => nss::Remains::default(),
        };
        let writable = is_writable(spec);
        Self { has_password, interrupted, remains, ..Self::new(contents, elsewhere, writable) }
    }
}

/// The stores beside `searched` that exist on this machine and can be read.
pub fn elsewhere(searched: &[StoreSpec]) -> Vec<Place> {
    let specs = platform::specs().into_iter().filter(|spec| !searched.contains(spec));
    let own = |contents: Contents| Contents { evidence: Evidence::own(&contents.spec), ..contents };
    let read = specs.map(|spec| Place::of(own(open(&spec)), true));
    read.filter(|place| !place.contents.certificates.is_empty()).chain(beside(searched)).collect()
}

/// Certificate files in the folders of NSS databases, into which people copy them and where nothing looks.
pub fn beside(searched: &[StoreSpec]) -> Vec<Place> {
    let folders = searched.iter().filter_map(|spec| match spec {
        StoreSpec::Nss(directory) if holds_certificate_files(directory) => Some(directory),
        _ => None,
    });
    let read = folders.map(|folder| {
        let spec = StoreSpec::File(folder.clone());
        Place::of(Contents { evidence: Evidence::own(&spec), problem: None, ..open(&spec) }, true)
    });
    read.filter(|place| !place.contents.certificates.is_empty()).collect()
}

/// Whether a file is called as certificates are. (Everything else in a folder of databases is not read.)
fn holds_certificate_files(directory: &Path) -> bool {
    const ENDINGS: [&str; 7] = ["pem", "crt", "cer", "der", "p12", "pfx", "p7b"];
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.take(MOST_FILES).any(|entry| {
        let path = entry.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// Whether this is a store of the machine itself, and no copy.
fn is_this_machines(spec: &StoreSpec) -> bool {
    match (spec, System::current()) {
        (StoreSpec::Windows(..), System::Windows) => true,
        (StoreSpec::Nss(directory), System::Linux) if directory == Path::new(LINUX_SYSTEM_STORE) => true,
        (StoreSpec::Keychain(file), System::Macos) if file == Path::new(SYSTEM_KEYCHAIN) => true,
        (StoreSpec::Nss(_) | StoreSpec::Keychain(_), _) => platform::specs().contains(spec),
        (StoreSpec::Windows(..) | StoreSpec::File(_), _) => false,
    }
}

/// Whether SQLite left a journal beside the damaged file.
fn has_journal(contents: &Contents) -> bool {
    let file = contents.problem.as_ref().and_then(|problem| problem.file());
    let journal = file.map(|file| {
        let mut name = file.as_os_str().to_owned();
        name.push("-journal");
        PathBuf::from(name)
    });
    journal.and_then(|journal| journal.metadata().ok()).is_some_and(|found| found.len() > 0)
}

/// What the store that `spec` names holds.
fn open(spec: &StoreSpec) -> Contents {
    match spec {
        StoreSpec::Nss(directory) => NssStore::new(directory.clone()).read(),
        StoreSpec::File(path) => FileStore::new(path.clone()).read(),
        StoreSpec::Keychain(file) => KeychainStore::new(file.clone()).read(),
        StoreSpec::Windows(location, name) => WindowsStore::new(*location, name.clone()).read(),
    }
}

fn is_writable(spec: &StoreSpec) -> bool {
    match spec {
        StoreSpec::Nss(path) | StoreSpec::Keychain(path) | StoreSpec::File(path) => {
            platform::is_writable(path)
        }
        StoreSpec::Windows(location, _) => windows::is_writable(*location),
    }
}

/// The nearest part of `path` that exists.
fn existing(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.ancestors().find(|part| part.exists()).unwrap_or(path).to_owned()
}
