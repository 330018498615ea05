//! Where certificates lie on Windows although the client does not look there: the other location's
//! Personal store, and the Root stores, where older instructions put client certificates.

use crate::store::{StoreSpec, WindowsLocation};
use std::path::Path;

/// Every such place.
pub fn specs() -> Vec<StoreSpec> {
    let store = |location, name: &str| StoreSpec::Windows(location, name.to_owned());
    vec![
        store(WindowsLocation::LocalMachine, "My"),
        store(WindowsLocation::CurrentUser, "My"),
        store(WindowsLocation::LocalMachine, "Root"),
        store(WindowsLocation::CurrentUser, "Root"),
    ]
}

/// Files are writable unless marked otherwise; access control is not asked.
pub fn is_writable(path: &Path) -> bool {
    super::existing(path).metadata().is_ok_and(|metadata| !metadata.permissions().readonly())
}
