//! The stores to read for a question: those that the client searches, and those where people
//! install certificates by mistake.

use super::{Contents, FileStore, KeychainStore, NssStore, Store as _, StoreSpec, WindowsStore, windows};
use std::path::{Path, PathBuf};

#[cfg(unix)]
#[path = "elsewhere_unix.rs"]
mod platform;
#[cfg(windows)]
#[path = "elsewhere_windows.rs"]
mod platform;

/// A store that was read, and why.
#[derive(Clone, Debug)]
pub struct Place {
    pub contents: Contents,
    /// Read only to find what the client does not.
    pub elsewhere: bool,
    /// Whether this user may change it.
    pub writable: bool,
}

impl Place {
    /// Reads a store that counts. `key_files` are other files that the rule names beside it: the
    /// private key may be in one of them.
    pub fn read(spec: &StoreSpec, key_files: &[PathBuf]) -> Self {
        let contents = match spec {
            StoreSpec::File(path) if !key_files.is_empty() => {
                FileStore::new(path.clone()).with_keys_from(key_files.iter().cloned()).read()
            }
            spec => open(spec),
        };
        Self { elsewhere: false, writable: is_writable(spec), contents }
    }
}

/// The stores beside `searched` that exist on this machine and can be read.
pub fn elsewhere(searched: &[StoreSpec]) -> Vec<Place> {
    let specs = platform::specs().into_iter().filter(|spec| !searched.contains(spec));
    let read =
        specs.map(|spec| Place { contents: open(&spec), elsewhere: true, writable: is_writable(&spec) });
    read.filter(|place| !place.contents.certificates.is_empty()).collect()
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
