//! The extended key usages that a rule lists.

use super::extensions::Flaw;
use super::message::finding;
use super::reading::Reading;
use crate::certificate::oid;
use crate::posture::Usage;
use crate::reason::{Code, Finding};

/// Usages shown in a message before the rest is only counted.
const LISTED: usize = 10;

/// The content octets of a usage's object identifier.
const fn content_octets(usage: Usage) -> &'static [u8] {
    match usage {
        Usage::ClientAuth => oid::CLIENT_AUTH,
        Usage::EmailProtection => oid::EMAIL_PROTECTION,
    }
}

impl Reading<'_> {
    /// Whether the certificate's extended key usages hold each of `wanted` by its own identifier:
    /// anyExtendedKeyUsage does not stand in for another.
    pub fn extended_key_usage(&self, wanted: &[Usage]) -> Vec<Finding> {
        if wanted.is_empty() {
            return Vec::new();
        }
        if let Some(what) = malformed(self, oid::EXTENDED_KEY_USAGE) {
            return vec![super::message::unparseable(&what)];
        }
        let names = |usages: &[Usage]| {
            let names: Vec<String> =
                usages.iter().map(|usage| format!("{usage} ({})", usage.oid())).collect();
            names.join(" and ")
        };
        let Some(present) = &self.extensions.extended_key_usage else {
            let message = format!(
                "The certificate has no extended key usage extension; the rule wants {} in it",
                names(wanted)
            );
            return vec![finding(Code::EkuAbsent, 0, message)];
        };
        let missing: Vec<Usage> =
            wanted.iter().copied().filter(|usage| !present.contains(&content_octets(*usage))).collect();
        if missing.is_empty() {
            return Vec::new();
        }
        let any = if present.contains(&oid::ANY_EXTENDED_KEY_USAGE) {
            ". anyExtendedKeyUsage does not stand in for it"
        } else {
            ""
        };
        let message = format!(
            "The certificate's extended key usage lists {}; the rule wants {} too{any}",
            listed(present),
            names(&missing)
        );
        vec![finding(Code::EkuMissing, 0, message)]
    }
}

/// What is malformed about the extension `id`, if anything is.
pub fn malformed(reading: &Reading<'_>, id: &[u8]) -> Option<String> {
    reading.extensions.malformed.iter().find(|flaw| flaw.concerns(id)).map(Flaw::to_string)
}

/// The usages in words.
pub fn listed(usages: &[&[u8]]) -> String {
    let shown: Vec<String> = usages.iter().take(LISTED).map(|usage| oid::describe(usage)).collect();
    match usages.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        further => format!("{} and {further} more", shown.join(", ")),
    }
}
