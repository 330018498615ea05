//! Windows' certificate stores: `CurrentUser\My`, `LocalMachine\My` and their neighbours.

#[cfg(windows)]
mod account;
#[cfg(windows)]
#[path = "native.rs"]
mod platform;
#[cfg(not(windows))]
#[path = "unavailable.rs"]
mod platform;

use super::{Contents, Status, WindowsLocation};
use crate::reason::{Code, Finding};
use crate::text::shown;
use std::fs;
use std::path::{Path, PathBuf};

/// A store of this Windows system, opened read-only.
#[derive(Clone, Debug)]
pub struct WindowsStore {
    location: WindowsLocation,
    name: String,
}

impl WindowsStore {
    pub fn new(location: WindowsLocation, name: impl Into<String>) -> Self {
        Self { location, name: name.into() }
    }
}

impl WindowsStore {
    /// Reads everything. Problems are part of the answer: one unreadable entry or file never hides the rest.
    pub fn read(&self) -> Contents {
        platform::read(self.location, &self.name)
    }
}

/// For whom this process runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// `DOMAIN\user`, whose CurrentUser stores this process sees.
    pub name: Option<String>,
    /// SYSTEM, LOCAL SERVICE or NETWORK SERVICE.
    pub is_service: bool,
    /// `DOMAIN\user` of whoever is signed in to this session, or to the console for a process that
    /// runs outside every user's session.
    pub signed_in: Option<String>,
}

impl Account {
    /// Why this account's CurrentUser stores are not those that the client looks into.
    pub fn problem(&self) -> Option<Finding> {
        let name = self.name.as_deref()?;
        let message = match &self.signed_in {
            Some(user) if user.eq_ignore_ascii_case(name) => return None,
            Some(user) => format!(
                "This is the CurrentUser store of {}, not of the signed-in user {}: run certposture as that user, \
                 not elevated as another one",
                shown(name),
                shown(user)
            ),
            None if self.is_service => format!(
                "This is the CurrentUser store of {}, and nobody is signed in at the console: run certposture as the \
                 user whose device it is",
                shown(name)
            ),
            None => return None,
        };
        Some(Finding::new(Code::StoreOtherUser, message))
    }
}

/// Whether this process may change the stores of a location.
pub fn is_writable(location: WindowsLocation) -> bool {
    location == WindowsLocation::CurrentUser || platform::is_elevated()
}

/// The folders in which Windows keeps the `CurrentUser\My` stores of all users, as far as this
/// process may see them. They hold certificates in serialized form: a file store reads them.
pub fn profile_folders() -> Vec<PathBuf> {
    platform::profiles().map(|profiles| profile_folders_in(&profiles)).unwrap_or_default()
}

/// Where a profile keeps its Personal store.
const PERSONAL_STORE: [&str; 6] =
    ["AppData", "Roaming", "Microsoft", "SystemCertificates", "My", "Certificates"];

fn profile_folders_in(profiles: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(profiles).into_iter().flatten().flatten();
    let stores = entries.map(|profile| profile.path().join(PERSONAL_STORE.iter().collect::<PathBuf>()));
    let mut folders: Vec<_> = stores.filter(|store| fs::read_dir(store).is_ok()).collect();
    folders.sort();
    folders
}

fn unread(location: WindowsLocation, name: &str, status: Status, code: Code, why: &str) -> Contents {
    let spec = super::StoreSpec::Windows(location, name.to_owned());
    let message = format!("{} {why}", shown(&spec.to_string()));
    Contents::unread(spec, status, Finding::new(code, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, is_service: bool, signed_in: Option<&str>) -> Account {
        Account { name: Some(name.to_owned()), is_service, signed_in: signed_in.map(str::to_owned) }
    }

    #[test]
    fn tells_when_the_store_is_not_the_signed_in_users() {
        let own = [
            account(r"CORP\jo", false, Some(r"corp\Jo")),
            account(r"CORP\jo", false, None),
            Account::default(),
        ];
        for account in own {
            assert_eq!(account.problem(), None, "{account:?}");
        }
        let others = [
            account(r"NT AUTHORITY\SYSTEM", true, Some(r"CORP\jo")),
            account(r"NT AUTHORITY\SYSTEM", true, None),
            account(r"CORP\admin", false, Some(r"CORP\jo")),
        ];
        for account in others {
            let problem = account.problem().unwrap();
            assert_eq!(problem.code, Code::StoreOtherUser);
            assert!(problem.message.contains(account.name.as_deref().unwrap()), "{}", problem.message);
        }
    }

    #[test]
    fn finds_the_store_folders_of_all_profiles() {
        let profiles = tempfile::tempdir().unwrap();
        let store = |user: &str| profiles.path().join(user).join(PERSONAL_STORE.iter().collect::<PathBuf>());
        for user in ["jo", "alex"] {
            fs::create_dir_all(store(user)).unwrap();
        }
        fs::create_dir_all(profiles.path().join("Public").join("AppData")).unwrap();
        assert_eq!(profile_folders_in(profiles.path()), [store("alex"), store("jo")]);
        assert!(profile_folders_in(&profiles.path().join("none")).is_empty());
    }
}
