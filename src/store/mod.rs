//! Where certificates live. One file per kind of store; nothing above this module knows an
//! operating system's interfaces.

mod evidence;
mod file;
mod found_out;
mod keychain;
pub mod nss;
pub mod places;
mod problem;
pub mod scope;
mod spec;
mod windows;

pub use evidence::{Evidence, LINUX_SYSTEM_STORE, Origin, Role, RoleSource, SYSTEM_KEYCHAIN, Shows};
pub use file::{FileIndex, FileStore, KeyFile, SealedKey};
pub use keychain::{KeychainStore, beyond_files};
pub use nss::NssStore;
pub use places::Place;
pub use spec::{BadSpec, Given, StoreSpec, WindowsLocation};
pub use windows::{Account, WindowsStore, profile_folders};

use crate::certificate::Certificate;
use crate::reason::Finding;
use std::fmt;

/// What a store held when it was read.
#[derive(Clone, Debug)]
pub struct Contents {
    /// Where it was read.
    pub spec: StoreSpec,
    /// Which store on which device it stands for, and what it can show of it.
    pub evidence: Evidence,
    pub status: Status,
    /// Why the status is not `Read`, or what is odd about a store that was read.
    pub problem: Option<Finding>,
    /// In the store's own order, on which look-ups depend.
    pub certificates: Vec<StoredCertificate>,
    /// What only the look-up of this kind of store needs.
    pub index: Index,
}

impl Contents {
    /// The account whose store it is, where Windows keeps one for each.
    pub fn account(&self) -> Option<&str> {
        match &self.index {
            Index::Windows { account, .. } => account.as_deref(),
            _ => None,
        }
    }

    /// What came from elsewhere proves what its form shows and no more. `is_copy`: it lies there as a copy,
    /// so that it is damaged need not be true of the store.
    fn settle(&mut self, is_copy: bool) {
        if !self.evidence.shows.private_key {
            for stored in &mut self.certificates {
                if stored.private_key == PrivateKey::Absent {
                    stored.private_key = PrivateKey::Unknown;
                }
            }
        }
        let is_file = !matches!(self.spec, StoreSpec::Nss(_) | StoreSpec::Windows(..));
        let unreadable = match self.status {
            Status::Corrupt => is_file || is_copy,
            Status::Locked | Status::Unsupported => matches!(self.spec, StoreSpec::File(_)),
            Status::Read => self.holds_nothing_readable(),
            _ => false,
        };
        if unreadable {
            self.status = Status::Unreadable;
            self.evidence.complete = false;
            if let Some(problem) = &mut self.problem {
                problem.code = crate::reason::Code::EvidenceUnreadable;
            }
        }
    }

    /// Whether it is a file that cannot hold a store, so that it is not an empty store either.
    fn holds_nothing_readable(&self) -> bool {
        let is_file = matches!(&self.spec, StoreSpec::File(path) if path.is_file());
        is_file && self.certificates.is_empty() && !self.evidence.complete
    }

    /// A store of which nothing could be read.
    pub fn unread(spec: StoreSpec, status: Status, problem: Finding) -> Self {
        Self {
            evidence: Evidence::given_as(&spec),
            spec,
            status,
            problem: Some(problem),
            certificates: Vec::new(),
            index: Index::None,
        }
    }
}

/// How reading a store went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Read,
    Missing,
    Denied,
    Locked,
    Corrupt,
    Unsupported,
    /// What was given cannot be read. That is not a fact about the device.
    Unreadable,
    /// Nothing was given or captured in its place.
    NotCaptured,
}

impl Status {
    /// The word used in JSON and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Missing => "missing",
            Self::Denied => "denied",
            Self::Locked => "locked",
            Self::Corrupt => "corrupt",
            Self::Unsupported => "unsupported",
            Self::Unreadable => "unreadable",
            Self::NotCaptured => "not-captured",
        }
    }

    /// Reads that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Read,
            Self::Missing,
            Self::Denied,
            Self::Locked,
            Self::Corrupt,
            Self::Unsupported,
            Self::Unreadable,
            Self::NotCaptured,
        ]
        .into_iter()
        .find(|known| known.as_str() == name)
    }
}

/// One certificate as a store keeps it.
#[derive(Clone, Debug)]
pub struct StoredCertificate {
    pub certificate: Certificate,
    /// The name that the store gives it: NSS nickname, friendly name, keychain label. Any bytes.
    pub label: Option<Vec<u8>>,
    /// NSS trust flags as certutil prints them, such as `CT,C,C`.
    pub trust: Option<String>,
    /// The file it came from, where the store is a folder; otherwise the store itself.
    pub location: String,
    pub private_key: PrivateKey,
    /// A private key lies beside it, but it is another certificate's.
    pub other_key_beside: bool,
    /// Its place in the store's order, from 0.
    pub position: usize,
}

/// Whether the store holds a certificate's private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateKey {
    Present,
    Absent,
    Unknown,
}

impl PrivateKey {
    /// The word used in JSON and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Unknown => "unknown",
        }
    }

    /// Reads that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Present, Self::Absent, Self::Unknown].into_iter().find(|known| known.as_str() == name)
    }
}

/// What only the look-up of one kind of store needs.
#[derive(Clone, Debug)]
pub enum Index {
    None,
    Windows {
        /// The subject strings that Windows itself made, in the order of the certificates.
        subjects: Vec<String>,
        /// `DOMAIN\user` whose store it is, for a CurrentUser store.
        account: Option<String>,
    },
    File(FileIndex),
    /// The rows that certutil searches.
    Nss(nss::Index),
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
