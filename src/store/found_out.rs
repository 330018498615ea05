//! What lies at a path, whatever it was called: people name a database's file instead of its folder, a
//! folder one level up, or a keychain as `file:`.

use super::{Given, StoreSpec, nss};
use crate::encoding::FileKind;
use crate::input;
use std::path::{Path, PathBuf};

/// How much of a file tells what it is.
const BEGINNING: u64 = 64 << 10;

/// Where an NSS database lies in a folder that was sent instead of its own.
const DATABASES_BELOW: [&str; 4] = ["nssdb", "pki/nssdb", "etc/pki/nssdb", ".pki/nssdb"];

/// The store that really lies where `given` says.
pub fn spec(given: &Given) -> StoreSpec {
    let spec = &given.spec;
    let Some(path) = spec.path() else { return spec.clone() };
    if path.is_dir() {
        folder(spec, path, given.role.is_some())
    } else {
        file(spec, path, given.role.is_some())
    }
}

fn folder(spec: &StoreSpec, path: &Path, is_copy: bool) -> StoreSpec {
    let is_database = |folder: &Path| folder.join("cert9.db").is_file();
    match spec {
        StoreSpec::Nss(_) if !is_copy || nss::has_files(path) => spec.clone(),
        _ if is_database(path) => StoreSpec::Nss(path.to_path_buf()),
        // A copy may be a folder of exported certificates.
        StoreSpec::Nss(_) | StoreSpec::Keychain(_) if is_copy => StoreSpec::File(path.to_path_buf()),
        StoreSpec::File(_) => {
            let below: Vec<PathBuf> = DATABASES_BELOW
                .iter()
                .map(|name| path.join(name))
                .filter(|folder| is_database(folder))
                .collect();
            match &below[..] {
                [database] => StoreSpec::Nss(database.clone()),
                _ => StoreSpec::File(certificates_below(path)),
            }
        }
        _ => spec.clone(),
    }
}

/// `SystemCertificates\My` keeps its certificates in a folder `Certificates`.
fn certificates_below(path: &Path) -> PathBuf {
    let below = path.join("Certificates");
    let is_my = path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("My"));
    if is_my && below.is_dir() { below } else { path.to_path_buf() }
}

fn file(spec: &StoreSpec, path: &Path, is_copy: bool) -> StoreSpec {
    let kind = kind(path);
    match (spec, kind) {
        (_, Some(FileKind::NssCertificates | FileKind::NssKeys)) if is_database_file(path) => {
            StoreSpec::Nss(path.parent().unwrap_or(Path::new("")).to_path_buf())
        }
        (_, Some(FileKind::Keychain)) => StoreSpec::Keychain(path.to_path_buf()),
        // A copy of a store may be an export of it.
        (StoreSpec::Nss(_) | StoreSpec::Keychain(_), Some(kind)) if is_copy && kind.is_read() => {
            StoreSpec::File(path.to_path_buf())
        }
        _ => spec.clone(),
    }
}

fn is_database_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "cert9.db" || name == "key4.db")
}

/// What the file at `path` is; nothing where it cannot be read.
pub fn kind(path: &Path) -> Option<FileKind> {
    input::beginning(path, BEGINNING).ok().map(|bytes| FileKind::of(&bytes))
}
