//! `security find-certificate -c NAME -p KEYCHAIN`: the documented look-up on macOS.
//!
//! The command walks the keychain's certificates in the order in which their records lie and stops
//! at the first whose common name contains the name. Validity, trust and private keys play no part.

mod common_name;
mod find;

pub use common_name::common_name;
pub use find::contains;

use super::{Found, Lookup};
use crate::store::{Contents, SYSTEM_KEYCHAIN, StoreSpec};
use crate::text::show_sh;
use std::path::{Path, PathBuf};

/// `errSecItemNotFound` (-25300) as far as an exit status can hold it.
const NOT_FOUND: i32 = 44;

/// What the command writes when nothing has the name, and when there is no such keychain.
const NOT_FOUND_TEXT: &str =
    "security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.";

/// What the documented command answers for the name `name` in a keychain.
pub fn lookup(contents: &Contents, name: &[u8]) -> Lookup {
    let mut matches = matching(contents, name).into_iter();
    let command = command(&contents.spec, name);
    match matches.next() {
        Some(first) => Lookup {
            command,
            returned: vec![Found::Stored(first)],
            shadowed: matches.collect(),
            ..Lookup::default()
        },
        None => Lookup {
            command,
            exit_status: NOT_FOUND,
            standard_error: NOT_FOUND_TEXT.to_owned(),
            ..Lookup::default()
        },
    }
}

/// The positions of all certificates that have the name. One whose common name cannot be determined is
/// passed over; a name that is not UTF-8 becomes no string for Security.framework, and nothing
/// contains that.
fn matching(contents: &Contents, name: &[u8]) -> Vec<usize> {
    let Ok(name) = std::str::from_utf8(name) else { return Vec::new() };
    contents
        .certificates
        .iter()
        .filter(|stored| {
            common_name(&stored.certificate).is_some_and(|common_name| contains(&common_name, name))
        })
        .map(|stored| stored.position)
        .collect()
}

/// The command for the store in question; for one that is not a keychain, the documented one.
fn command(spec: &StoreSpec, name: &[u8]) -> String {
    let keychain = match spec {
        StoreSpec::Keychain(file) => absolute(file),
        _ => PathBuf::from(SYSTEM_KEYCHAIN),
    };
    let keychain = show_sh(keychain.as_os_str().as_encoded_bytes());
    format!("/usr/bin/security find-certificate -c {} -p {keychain}", show_sh(name))
}

/// `security` looks for a relative name in the user's own folder of keychains.
fn absolute(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf())
}
