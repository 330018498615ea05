//! Where certificates lie on Linux and macOS although the client does not look there.

use crate::store::StoreSpec;
use rustix::fs::{Access, access};
use std::fs;
use std::path::{Path, PathBuf};

/// The most home directories looked into.
const MAX_HOMES: usize = 64;
/// The most profiles of one program.
const MAX_PROFILES: usize = 32;

/// NSS databases in a home directory: of Chromium and the tools, under snap and flatpak too.
const DATABASES: [&str; 7] = [
    ".pki/nssdb",
    ".local/share/pki/nssdb",
    "snap/chromium/current/.pki/nssdb",
    "snap/chromium/common/.pki/nssdb",
    ".var/app/org.chromium.Chromium/.pki/nssdb",
    ".var/app/com.google.Chrome/.pki/nssdb",
    ".var/app/com.microsoft.Edge/.pki/nssdb",
];

/// Folders in a home directory that hold one folder, with an NSS database, per profile.
const PROFILES: [&str; 8] = [
    ".mozilla/firefox",
    ".config/mozilla/firefox",
    ".thunderbird",
    "snap/firefox/common/.mozilla/firefox",
    "snap/thunderbird/common/.thunderbird",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    ".var/app/org.mozilla.Thunderbird/.thunderbird",
    "Library/Application Support/Firefox/Profiles",
];

/// Folders where people put certificate files, in a home directory and on the system.
const HOME_FOLDERS: [&str; 4] = [".cert", ".certs", "certs", ".ssl"];
const SYSTEM_FOLDERS: [&str; 6] = [
    "/etc/pki/tls/certs",
    "/etc/pki/tls/private",
    "/etc/ssl/private",
    "/etc/ssl/client",
    "/usr/local/share/ca-certificates",
    "/etc/pki/ca-trust/source/anchors",
];

/// Every such place that exists on this machine.
pub fn specs() -> Vec<StoreSpec> {
    let mut specs = Vec::new();
    for home in homes() {
        let databases = DATABASES.iter().map(|name| home.join(name));
        let profiles = PROFILES.iter().flat_map(|name| folders_in(&home.join(name)));
        specs.extend(databases.chain(profiles).filter(|d| d.join("cert9.db").exists()).map(StoreSpec::Nss));
        let keychain = home.join("Library/Keychains/login.keychain-db");
        specs.extend(keychain.exists().then_some(StoreSpec::Keychain(keychain)));
        specs.extend(
            HOME_FOLDERS.iter().map(|name| home.join(name)).filter(|p| p.is_dir()).map(StoreSpec::File),
        );
    }
    specs.extend(crate::store::beyond_files());
    specs.extend(SYSTEM_FOLDERS.iter().map(PathBuf::from).filter(|p| p.is_dir()).map(StoreSpec::File));
    specs
}

/// This user's home directory first, then those of others.
fn homes() -> Vec<PathBuf> {
    let own = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    let sudo_user = std::env::var_os("SUDO_USER").map(|user| Path::new("/home").join(user));
    let others = ["/home", "/Users"].iter().flat_map(|folder| folders_in(Path::new(folder)));
    let mut homes: Vec<PathBuf> = Vec::new();
    for home in own.into_iter().chain(sudo_user).chain([PathBuf::from("/root")]).chain(others) {
        if homes.len() < MAX_HOMES && !homes.contains(&home) {
            homes.push(home);
        }
    }
    homes
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut folders: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).take(MAX_PROFILES).collect();
    folders.sort();
    folders
}

/// Whether this user may write `path`, or make it where it does not exist.
pub fn is_writable(path: &Path) -> bool {
    let existing = super::existing(path);
    let may_write = |path: &Path| access(path, Access::WRITE_OK).is_ok();
    may_write(&existing)
        && [existing.join("cert9.db"), existing.join("key4.db")]
            .iter()
            .all(|file| !file.exists() || may_write(file))
}
