//! What was read stands for a store on a device, and does so more or less well. The readers say what
//! their form can show and whoever gives a file says which store it is; later stages read these values
//! and never guess again.

use super::{StoreSpec, WindowsLocation};
use crate::system::System;
use std::fmt;
use std::path::{Path, PathBuf};

/// The documented Linux store.
pub const LINUX_SYSTEM_STORE: &str = "/etc/pki/nssdb";

/// The keychain that the documented macOS command searches.
pub const SYSTEM_KEYCHAIN: &str = "/Library/Keychains/System.keychain";

/// Where each user has a keychain of that name, as a shell writes it.
const LOGIN_KEYCHAIN: &str = "~/Library/Keychains/login.keychain-db";

/// What the contents of a store, a copy of it or a file from it can prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The store on the device that this is or is a copy of; `None` for a loose file, of which nobody
    /// can tell where it comes from.
    pub role: Option<Role>,
    pub source: RoleSource,
    /// Whether everything that the store holds is here. From a part, that something is not there
    /// proves nothing.
    pub complete: bool,
    /// Whether the form can hold a whole store, and does if its giver says which.
    pub may_be_whole: bool,
    pub shows: Shows,
    pub origin: Origin,
    /// The system that the form belongs to, where it is written on one alone.
    pub system: Option<System>,
}

/// A store on a device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The NSS database at this path.
    Nss(PathBuf),
    SystemKeychain,
    /// The keychain of the user who is logged in.
    LoginKeychain,
    /// Another keychain.
    Keychain(PathBuf),
    Windows(WindowsLocation, String),
    /// A file or folder at this path, such as one that a `client_certificate_v2` rule lists.
    Path(PathBuf),
}

/// How the role is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleSource {
    /// The user said so, or it is the store itself.
    Given,
    /// The name or the form tells.
    Inferred,
    /// Nothing tells: it is judged as if it were the store that the client searches.
    Assumed,
}

/// Which facts the form can show. What it cannot show is unknown, not absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shows {
    /// Whether a certificate has its private key.
    pub private_key: bool,
    /// The store's own name for a certificate: nickname, friendly name, label.
    pub label: bool,
    /// The order in which the documented command finds the certificates.
    pub order: bool,
    /// Trust flags.
    pub trust: bool,
}

/// Where the evidence lies: whose facts fill in a rule's variables, and to whom it is a fact that
/// something is missing or damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is this machine's own store.
    ThisMachine,
    /// It came from another device, or may have.
    Elsewhere,
}

impl Shows {
    pub const ALL: Self = Self { private_key: true, label: true, order: true, trust: true };
    pub const NOTHING: Self = Self { private_key: false, label: false, order: false, trust: false };
    const OF_FILES: Self = Self { private_key: true, ..Self::NOTHING };
}

impl RoleSource {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }

    /// Reads that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Given, Self::Inferred, Self::Assumed].into_iter().find(|known| known.as_str() == name)
    }
}

impl Evidence {
    /// The store itself, on the machine that it belongs to.
    pub fn own(spec: &StoreSpec) -> Self {
        Self {
            role: Some(Role::of(spec)),
            source: RoleSource::Given,
            complete: true,
            may_be_whole: true,
            // Of its own files a rule's client sees what there is to see.
            shows: if matches!(spec, StoreSpec::File(_)) { Shows::OF_FILES } else { Shows::of(spec) },
            origin: Origin::ThisMachine,
            system: system_of(spec),
        }
    }

    /// What the specification alone tells of something that is not this machine's own store.
    pub fn given_as(spec: &StoreSpec) -> Self {
        let role = Role::inferred(spec);
        Self {
            source: if role.is_some() { RoleSource::Inferred } else { RoleSource::Assumed },
            // A file is a part of a store until its form or its giver says otherwise.
            complete: !matches!(spec, StoreSpec::File(_)),
            may_be_whole: !matches!(spec, StoreSpec::File(_)),
            shows: Shows::of(spec),
            origin: Origin::Elsewhere,
            system: role.as_ref().and_then(Role::system).or(system_of(spec)),
            role,
        }
    }

    /// Its giver says that it is a copy of the store `role`.
    pub fn stands_for(&mut self, role: Role) {
        self.system = role.system().or(self.system);
        self.complete |= self.may_be_whole;
        self.role = Some(role);
        self.source = RoleSource::Given;
    }
}

impl Shows {
    /// What each kind of store keeps.
    const fn of(spec: &StoreSpec) -> Self {
        match spec {
            StoreSpec::Nss(_) => Self::ALL,
            StoreSpec::Keychain(_) | StoreSpec::Windows(..) => Self { trust: false, ..Self::ALL },
            StoreSpec::File(_) => Self::NOTHING,
        }
    }
}

impl Role {
    /// The store that `spec` names, when it is named on its own machine.
    pub fn of(spec: &StoreSpec) -> Self {
        match spec {
            StoreSpec::Nss(directory) => Self::Nss(directory.clone()),
            StoreSpec::Keychain(file) => Self::keychain(file),
            StoreSpec::Windows(location, name) => Self::windows(*location, name),
            StoreSpec::File(path) => Self::Path(path.clone()),
        }
    }

    /// The store that a copy stands for, as far as its kind and its name tell. A database or keychain
    /// whose name says nothing is taken for the one that the client searches: its giver named the kind.
    fn inferred(spec: &StoreSpec) -> Option<Self> {
        match spec {
            StoreSpec::Nss(directory) => Some(Self::nss_copy(directory)),
            StoreSpec::Keychain(file) => Some(Self::keychain_copy(file)),
            StoreSpec::Windows(location, name) => Some(Self::windows(*location, name)),
            StoreSpec::File(path) => {
                is_personal_folder(path).then(|| Self::Windows(WindowsLocation::CurrentUser, "My".to_owned()))
            }
        }
    }

    /// A Windows store; case does not matter in its name.
    pub fn windows(location: WindowsLocation, name: &str) -> Self {
        let name = if name.eq_ignore_ascii_case("My") { "My" } else { name };
        Self::Windows(location, name.to_owned())
    }

    /// A user's own database and a Mozilla profile have names that tell.
    fn nss_copy(directory: &Path) -> Self {
        let is_users = directory.ends_with(".pki/nssdb") || directory.ends_with(".local/share/pki/nssdb");
        let is_profile = directory.components().any(|part| {
            let name = part.as_os_str();
            name.eq_ignore_ascii_case(".mozilla")
                || name.eq_ignore_ascii_case("Firefox")
                || name.eq_ignore_ascii_case(".thunderbird")
        });
        if is_users || is_profile {
            Self::Nss(directory.to_path_buf())
        } else {
            Self::Nss(LINUX_SYSTEM_STORE.into())
        }
    }

    fn keychain(file: &Path) -> Self {
        match file.file_name().map(|name| name.to_string_lossy().to_lowercase()).as_deref() {
            Some("login.keychain-db" | "login.keychain") => Self::LoginKeychain,
            _ if file == Path::new(SYSTEM_KEYCHAIN) => Self::SystemKeychain,
            _ => Self::Keychain(file.to_path_buf()),
        }
    }

    fn keychain_copy(file: &Path) -> Self {
        match Self::keychain(file) {
            Self::LoginKeychain => Self::LoginKeychain,
            _ => Self::SystemKeychain,
        }
    }

    /// How the store is named on its own machine.
    pub fn spec(&self) -> StoreSpec {
        match self {
            Self::Nss(directory) => StoreSpec::Nss(directory.clone()),
            Self::SystemKeychain => StoreSpec::Keychain(SYSTEM_KEYCHAIN.into()),
            Self::LoginKeychain => StoreSpec::Keychain(LOGIN_KEYCHAIN.into()),
            Self::Keychain(file) => StoreSpec::Keychain(file.clone()),
            Self::Windows(location, name) => StoreSpec::Windows(*location, name.clone()),
            Self::Path(path) => StoreSpec::File(path.clone()),
        }
    }

    /// The system on which there is such a store.
    pub const fn system(&self) -> Option<System> {
        match self {
            Self::Nss(_) => Some(System::Linux),
            Self::SystemKeychain | Self::LoginKeychain | Self::Keychain(_) => Some(System::Macos),
            Self::Windows(..) => Some(System::Windows),
            Self::Path(_) => None,
        }
    }
}

/// The folder in which Windows keeps a user's Personal store.
fn is_personal_folder(path: &Path) -> bool {
    let parts: Vec<String> = path
        .components()
        .rev()
        .take(3)
        .map(|part| part.as_os_str().to_string_lossy().to_lowercase())
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    matches!(parts[..], ["certificates", "my", "systemcertificates"] | ["my", "systemcertificates", ..])
}

/// The system whose stores are of this kind.
const fn system_of(spec: &StoreSpec) -> Option<System> {
    match spec {
        StoreSpec::Nss(_) => Some(System::Linux),
        StoreSpec::Keychain(_) => Some(System::Macos),
        StoreSpec::Windows(..) => Some(System::Windows),
        StoreSpec::File(_) => None,
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nss(directory) => write!(f, "nss:{}", directory.display()),
            Self::SystemKeychain => f.write_str("keychain:system"),
            Self::LoginKeychain => f.write_str("keychain:login"),
            Self::Keychain(file) => write!(f, "keychain:{}", file.display()),
            Self::Windows(location, name) => write!(f, "windows:{}\\{name}", location.as_str()),
            Self::Path(path) => write!(f, "file:{}", path.display()),
        }
    }
}
