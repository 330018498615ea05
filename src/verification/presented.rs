//! Extensions as people compare them: each name and each usage with its kind. They are reported as they stand,
//! also of a certificate that is malformed elsewhere.

use super::extensions;
use super::general_name::GeneralName;
use crate::certificate::{Certificate, oid};
use crate::text::bounded;

/// How many names or usages of one certificate are reported.
pub const MOST: usize = 100;

/// The first [`MOST`] subject alternative names, such as `DNS:device-042`, safe to print; none without the
/// extension, `None` where it cannot be read.
pub fn alternative_names(certificate: &Certificate) -> Option<Vec<String>> {
    if certificate.outline().is_err() || certificate.description().is_some() {
        return None;
    }
    let Some(der) = certificate.extension(oid::SUBJECT_ALTERNATIVE_NAME) else { return Some(Vec::new()) };
    let names = GeneralName::read_list(der).ok()?;
    Some(names.iter().take(MOST).map(|name| bounded(&name.to_string()).into_owned()).collect())
}

/// The first [`MOST`] extended key usages: by name, or by number where the name is not known.
pub fn usages(certificate: &Certificate) -> Option<Vec<String>> {
    if certificate.outline().is_err() || certificate.description().is_some() {
        return None;
    }
    let Some(der) = certificate.extension(oid::EXTENDED_KEY_USAGE) else { return Some(Vec::new()) };
    let usages = extensions::extended_key_usage(der).ok()?;
    let named = |usage: &&[u8]| oid::name(usage).map_or_else(|| oid::dotted(usage), str::to_owned);
    Some(usages.iter().take(MOST).map(named).collect())
}
