//! A Mac's own keychains through Security.framework. Nothing here decides anything: it asks, and
//! puts the answers into this crate's types. It never asks the user for anything.

use super::Entry;
use super::file::key_hash;
use crate::certificate::Certificate;
use crate::store::PrivateKey;
use security_framework::base::Result;
use security_framework::item::{ItemClass, ItemSearchOptions, KeyClass, Limit, Reference, SearchResult};
use security_framework::os::macos::keychain::SecKeychain;
use std::path::Path;

/// `errSecItemNotFound`
const NOT_FOUND: i32 = -25300;

/// The folder of the system's keychains, and that of a user's own below the home folder.
const FOLDER: &str = "/Library/Keychains";

/// Every certificate of a keychain, in the order in which `security find-certificate` comes upon
/// them: both walk it with `SecKeychainSearchCopyNext`. `None` when Security.framework cannot list
/// them. A keychain that lies elsewhere than this Mac's own is not opened here, because opening an
/// old one may convert it: a copy that somebody sent stays as it is.
pub fn entries(path: &Path) -> Option<Vec<Entry>> {
    if !path.parent()?.ends_with(FOLDER.trim_start_matches('/')) || !path.is_file() {
        return None;
    }
    let _no_prompts = SecKeychain::disable_user_interaction().ok()?;
    let keychain = SecKeychain::open(path).ok()?;
    let certificates = certificates(&keychain)?;
    let labels = labels(&keychain)?;
    if labels.len() != certificates.len() {
        return None;
    }
    let entries = certificates.into_iter().zip(labels).map(|(certificate, label)| Entry {
        private_key: private_key(&keychain, &certificate),
        certificate,
        label,
    });
    Some(entries.collect())
}

/// Never: this is the Mac, and a keychain that is not there is missing.
pub fn is_on_a_mac(_: &Path) -> bool {
    false
}

fn certificates(keychain: &SecKeychain) -> Option<Vec<Certificate>> {
    let found = all(search(keychain).class(ItemClass::certificate()).load_refs(true))?;
    let certificates = found.into_iter().map(|item| match item {
        SearchResult::Ref(Reference::Certificate(certificate)) => {
            Some(Certificate::from_der(certificate.to_der()))
        }
        _ => None,
    });
    certificates.collect()
}

/// The labels of the certificates, in the same order.
fn labels(keychain: &SecKeychain) -> Option<Vec<Option<Vec<u8>>>> {
    let found = all(search(keychain).class(ItemClass::certificate()).load_attributes(true))?;
    let labels =
        found.into_iter().map(|item| Some(item.simplify_dict()?.remove("labl").map(String::into_bytes)));
    labels.collect()
}

/// Whether the keychain holds the certificate's private key. Only the key's attributes are asked
/// for: its use would need the user's consent, its presence does not.
fn private_key(keychain: &SecKeychain, certificate: &Certificate) -> PrivateKey {
    let Some(hash) = key_hash(certificate) else { return PrivateKey::Unknown };
    let found = all(search(keychain)
        .class(ItemClass::key())
        .key_class(KeyClass::private())
        .application_label(&hash)
        .load_attributes(true));
    match found {
        Some(keys) if keys.is_empty() => PrivateKey::Absent,
        Some(_) => PrivateKey::Present,
        None => PrivateKey::Unknown,
    }
}

fn search(keychain: &SecKeychain) -> ItemSearchOptions {
    let mut options = ItemSearchOptions::new();
    options.keychains(std::slice::from_ref(keychain)).limit(Limit::All);
    options
}

fn all(options: &ItemSearchOptions) -> Option<Vec<SearchResult>> {
    let found: Result<_> = options.search();
    match found {
        Ok(items) => Some(items),
        Err(error) if error.code() == NOT_FOUND => Some(Vec::new()),
        Err(_) => None,
    }
}
