//! A Mac. Security.framework is asked for what no file holds, by its item search, which reads only: no
//! keychain's file is opened, no key is used, and nobody is asked for anything.

use super::{KeychainItem, Unsearched};
use crate::certificate::Certificate;
use crate::store::PrivateKey;
use security_framework::base::Result;
use security_framework::item::{ItemClass, ItemSearchOptions, Limit, Reference, SearchResult};
use std::collections::HashSet;
use std::path::Path;

/// `errSecItemNotFound` and `errSecMissingEntitlement`.
const NOT_FOUND: i32 = -25300;
const MISSING_ENTITLEMENT: i32 = -34018;

/// Never: this is the Mac, and a keychain that is not there is missing.
pub fn is_on_a_mac(_: &Path) -> bool {
    false
}

/// Whether there is an item search.
pub const fn has_items() -> bool {
    true
}

/// The certificates of the data protection keychain, where profiles of an MDM and ACME put theirs, and of
/// tokens; those with a private key, which need not be one that can be exported, say so.
pub fn items() -> std::result::Result<Vec<KeychainItem>, Unsearched> {
    let mut found: Vec<(Certificate, bool)> = Vec::new();
    for options in [data_protection(), tokens()] {
        let identities = certificates(options, ItemClass::identity())?;
        found.extend(identities.into_iter().map(|certificate| (certificate, true)));
    }
    for options in [data_protection(), tokens()] {
        let plain = certificates(options, ItemClass::certificate())?;
        found.extend(plain.into_iter().map(|certificate| (certificate, false)));
    }
    let mut seen = HashSet::new();
    found.retain(|(certificate, _)| seen.insert(certificate.der().to_vec()));
    let entries = found.into_iter().map(|(certificate, has_key)| KeychainItem {
        certificate,
        label: None,
        private_key: if has_key { PrivateKey::Present } else { PrivateKey::Absent },
    });
    Ok(entries.collect())
}

fn data_protection() -> ItemSearchOptions {
    let mut options = ItemSearchOptions::new();
    // Items whose use has to be confirmed are left out rather than asked for.
    options.ignore_legacy_keychains().skip_authenticated_items(true).limit(Limit::All);
    options
}

fn tokens() -> ItemSearchOptions {
    let mut options = data_protection();
    options.access_group_token();
    options
}

fn certificates(
    mut options: ItemSearchOptions,
    class: ItemClass,
) -> std::result::Result<Vec<Certificate>, Unsearched> {
    let found: Result<_> = options.class(class).load_refs(true).search();
    match found {
        Ok(items) => Ok(items.into_iter().filter_map(certificate).collect()),
        Err(error) if error.code() == NOT_FOUND => Ok(Vec::new()),
        Err(error) if error.code() == MISSING_ENTITLEMENT => Err(Unsearched::NotEntitled),
        Err(error) => Err(Unsearched::Failed(error.code())),
    }
}

fn certificate(item: SearchResult) -> Option<Certificate> {
    let der = match item {
        SearchResult::Ref(Reference::Identity(identity)) => identity.certificate().ok()?.to_der(),
        SearchResult::Ref(Reference::Certificate(certificate)) => certificate.to_der(),
        _ => return None,
    };
    Some(Certificate::from_der(der))
}
