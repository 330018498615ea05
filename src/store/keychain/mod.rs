//! macOS keychains, read from a copy of their file in memory, on a Mac too: programs that open a keychain
//! beside the system's own have damaged some, and reading the file disturbs nobody.

mod database;
mod file;

#[cfg(not(target_os = "macos"))]
#[path = "elsewhere.rs"]
mod here;
#[cfg(target_os = "macos")]
#[path = "mac.rs"]
mod here;

use super::{Contents, Evidence, Index, PrivateKey, Status, StoreSpec, StoredCertificate, problem};
use crate::certificate::Certificate;
use crate::input::{self, Unreadable};
use crate::reason::{Code, Finding};
use std::path::{Path, PathBuf};

/// What stands for the item search in the place of a keychain's file.
pub const ITEMS: &str = "items";

/// Why Security.framework's items could not be listed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[allow(dead_code, reason = "each system meets only some of them")]
enum Unsearched {
    #[error("can be searched on a Mac alone")]
    NoMac,
    #[error(
        "may be searched only by a program that is signed for it (errSecMissingEntitlement), so what the data \
         protection keychain and tokens hold is not seen"
    )]
    NotEntitled,
    #[error("could not be searched (OSStatus {0})")]
    Failed(i32),
}

/// The sources on this system that are not files.
pub fn beyond_files() -> Option<StoreSpec> {
    here::has_items().then(|| StoreSpec::Keychain(ITEMS.into()))
}

/// The largest keychain file read.
pub const MAX_FILE_SIZE: u64 = 64 << 20;

/// A keychain, named by its file.
#[derive(Clone, Debug)]
pub struct KeychainStore {
    path: PathBuf,
}

/// A certificate of a keychain.
#[derive(Clone, Debug)]
struct KeychainItem {
    certificate: Certificate,
    label: Option<Vec<u8>>,
    private_key: PrivateKey,
}

impl KeychainStore {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl KeychainStore {
    /// Reads everything. Problems are part of the answer: one unreadable entry or file never hides the rest.
    pub fn read(&self) -> Contents {
        let spec = StoreSpec::Keychain(self.path.clone());
        let is_search = self.path == Path::new(ITEMS);
        match if is_search { from_items() } else { from_file(&self.path) } {
            Ok(entries) => contents(spec, &self.path, entries),
            Err((status, problem)) => Contents::unread(spec, status, problem),
        }
    }
}

fn from_file(path: &Path) -> Result<Vec<KeychainItem>, (Status, Finding)> {
    let bytes = input::read(path, MAX_FILE_SIZE).map_err(|why| unreadable(path, &why))?;
    file::entries(&bytes)
        .map_err(|why| (Status::Corrupt, problem::of_file(Code::StoreCorrupt, path, &why.to_string())))
}

/// The item search is a source of its own, and so is how it went.
fn from_items() -> Result<Vec<KeychainItem>, (Status, Finding)> {
    here::items().map_err(|why| {
        let status = match why {
            Unsearched::NotEntitled => Status::Denied,
            Unsearched::NoMac | Unsearched::Failed(_) => Status::Unsupported,
        };
        (status, Finding::new(Code::StoreDenied, format!("the item search of Security.framework {why}")))
    })
}

fn unreadable(path: &Path, why: &Unreadable) -> (Status, Finding) {
    if !matches!(why, Unreadable::Missing) || !here::is_on_a_mac(path) {
        return problem::unreadable(path, why);
    }
    let why =
        "is a keychain of a Mac, and this system is not one: here, give a copy of the file as keychain:FILE";
    (Status::Unsupported, problem::of_file(Code::StoreDenied, path, why))
}

fn contents(spec: StoreSpec, path: &Path, entries: Vec<KeychainItem>) -> Contents {
    let problem = entries
        .is_empty()
        .then(|| problem::of_file(Code::StoreEmpty, path, "is a keychain that holds no certificate"));
    let location = path.display().to_string();
    let certificates = entries.into_iter().enumerate().map(|(position, entry)| StoredCertificate {
        certificate: entry.certificate,
        label: entry.label,
        trust: None,
        location: location.clone(),
        private_key: entry.private_key,
        other_key_beside: false,
        position,
    });
    Contents {
        evidence: Evidence::given_as(&spec),
        spec,
        status: Status::Read,
        problem,
        certificates: certificates.collect(),
        index: Index::None,
    }
}
