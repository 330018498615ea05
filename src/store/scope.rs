//! Where the client looks for a rule's certificate.

use super::{Contents, LINUX_SYSTEM_STORE, Role, SYSTEM_KEYCHAIN, StoreSpec, WindowsLocation};
use crate::posture::RuleType;
use crate::rule::{Locations, Rule, TrustStore};
use crate::system::System;
use std::path::{Path, PathBuf};

/// The stores that the rule's client searches on `system`, in the order of the documentation.
pub fn default_stores(rule: &Rule, system: System) -> Vec<StoreSpec> {
    let wants = |store| trust_stores(rule, system).contains(&store);
    let my = |location| StoreSpec::Windows(location, "My".to_owned());
    let mut stores = Vec::new();
    match system {
        System::Linux if wants(TrustStore::System) => stores.push(StoreSpec::Nss(LINUX_SYSTEM_STORE.into())),
        System::Macos if wants(TrustStore::System) => {
            stores.push(StoreSpec::Keychain(SYSTEM_KEYCHAIN.into()));
        }
        System::Windows => {
            if wants(TrustStore::System) {
                stores.push(my(WindowsLocation::LocalMachine));
            }
            if wants(TrustStore::User) {
                stores.push(my(WindowsLocation::CurrentUser));
            }
        }
        System::Linux | System::Macos => {}
    }
    if system == System::Linux {
        stores.extend(paths(rule).iter().cloned().map(StoreSpec::File));
    }
    stores
}

/// Where the client looks under the rule, and under the same rule of the other type: both verdicts are
/// told. Files that a `client_certificate_v2` rule names are its alone.
pub fn stores_of_both(rule: &Rule, system: System) -> Vec<StoreSpec> {
    let mut stores = Vec::new();
    let other = Rule { rule_type: rule.rule_type.other(), ..rule.clone() };
    let more = default_stores(&other, system).into_iter().filter(|spec| !matches!(spec, StoreSpec::File(_)));
    for spec in default_stores(rule, system).into_iter().chain(more) {
        if !stores.contains(&spec) {
            stores.push(spec);
        }
    }
    stores
}

/// Whether the rule's client looks into the store that these contents are of or stand for. A loose
/// file is judged as if it were that store.
pub fn searches(rule: &Rule, contents: &Contents) -> bool {
    contents.evidence.role.as_ref().is_none_or(|role| searches_store(rule, role))
}

/// Whether the rule's client looks into this store of a device.
pub fn searches_store(rule: &Rule, role: &Role) -> bool {
    let wants = |system, store| trust_stores(rule, system).contains(&store);
    match role {
        Role::Nss(directory) => {
            directory == Path::new(LINUX_SYSTEM_STORE) && wants(System::Linux, TrustStore::System)
        }
        Role::SystemKeychain => wants(System::Macos, TrustStore::System),
        Role::LoginKeychain | Role::Keychain(_) => false,
        // The client of the original type knows nothing of the files that a v2 rule names.
        Role::Path(path) => rule.rule_type == RuleType::ClientCertificateV2 && lists(rule, path),
        Role::Windows(location, name) => {
            let store = match location {
                WindowsLocation::CurrentUser => TrustStore::User,
                WindowsLocation::LocalMachine => TrustStore::System,
            };
            name.eq_ignore_ascii_case("My") && wants(System::Windows, store)
        }
    }
}

/// Whether the rule names this file, of whichever type the rule is taken to be.
pub fn lists(rule: &Rule, path: &Path) -> bool {
    rule.locations.as_ref().is_some_and(|locations| locations.paths.iter().any(|listed| listed == path))
}

/// The trust stores that count: what the rule lists, or what its silence means.
fn trust_stores(rule: &Rule, system: System) -> Vec<TrustStore> {
    match (rule.rule_type, &rule.locations) {
        (RuleType::ClientCertificate, _) if system == System::Windows => vec![TrustStore::User],
        (RuleType::ClientCertificate, _) => vec![TrustStore::System],
        (RuleType::ClientCertificateV2, Some(Locations { trust_stores, .. })) => trust_stores.clone(),
        (RuleType::ClientCertificateV2, None) if system == System::Windows => {
            vec![TrustStore::System, TrustStore::User]
        }
        (RuleType::ClientCertificateV2, None) => vec![TrustStore::System],
    }
}

/// The PEM files that a v2 rule names.
pub fn paths(rule: &Rule) -> &[PathBuf] {
    match (rule.rule_type, &rule.locations) {
        (RuleType::ClientCertificateV2, Some(locations)) => &locations.paths,
        _ => &[],
    }
}
