//! The same functions on other systems, which have no such stores.

use super::{Contents, WindowsLocation, unread};
use crate::reason::Code;
use crate::store::Status;
use std::path::PathBuf;

/// Says that the store can be read on Windows only.
pub fn read(location: WindowsLocation, name: &str) -> Contents {
    let why = "can be read on Windows only: here, give an exported store or a copied folder as file:PATH, with \
               --os windows";
    unread(location, name, Status::Unsupported, Code::StoreDenied, why)
}

/// No profiles here.
pub fn profiles() -> Option<PathBuf> {
    None
}

/// There are no Windows administrators on this system.
pub fn is_elevated() -> bool {
    false
}
