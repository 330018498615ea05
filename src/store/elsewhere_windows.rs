//! Where certificates lie on Windows although the client does not look there.

use crate::store::{StoreSpec, WindowsLocation, profile_folders};
use std::fs;
use std::path::{Path, PathBuf};

/// The most profiles of one program.
const MAX_PROFILES: usize = 32;

/// The stores beside which people put client certificates: Personal of the other location, and those
/// that an import with "Automatically select the certificate store" or older instructions fill.
const STORES: [&str; 5] = ["My", "Root", "CA", "TrustedPeople", "AddressBook"];

/// Folders of Mozilla programs in a user's roaming data, with an NSS database per profile.
const PROGRAMS: [&str; 2] = [r"Mozilla\Firefox\Profiles", r"Thunderbird\Profiles"];

/// Every such place on this machine: the system's stores, other users' Personal stores where this
/// user may read them, and this user's Mozilla profiles.
pub fn specs() -> Vec<StoreSpec> {
    let mut specs = Vec::new();
    for location in [WindowsLocation::LocalMachine, WindowsLocation::CurrentUser] {
        specs.extend(STORES.iter().map(|name| StoreSpec::Windows(location, (*name).to_owned())));
    }
    let roaming = std::env::var_os("APPDATA").map(PathBuf::from);
    let own = |folder: &PathBuf| roaming.as_ref().is_some_and(|roaming| folder.starts_with(roaming));
    specs.extend(profile_folders().into_iter().filter(|folder| !own(folder)).map(StoreSpec::File));
    let programs = roaming.iter().flat_map(|roaming| PROGRAMS.iter().map(|program| roaming.join(program)));
    specs.extend(programs.flat_map(|program| databases_in(&program)).map(StoreSpec::Nss));
    specs
}

fn databases_in(profiles: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(profiles).into_iter().flatten().flatten().take(MAX_PROFILES);
    let mut databases: Vec<_> =
        entries.map(|entry| entry.path()).filter(|path| path.join("cert9.db").exists()).collect();
    databases.sort();
    databases
}

/// Whether this user may write `path`, as far as its read-only attribute tells.
pub fn is_writable(path: &Path) -> bool {
    fs::metadata(super::existing(path)).is_ok_and(|metadata| !metadata.permissions().readonly())
}
