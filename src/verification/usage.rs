//! The extended key usages that a rule lists.

use super::Finding;
use super::message::finding;
use super::oid;
use super::reading::Reading;
use crate::certificate::Certificate;
use crate::reason::Code;
use std::fmt;
use std::str::FromStr;

/// Usages shown in a message before the rest is only counted.
const LISTED: usize = 10;

/// A usage that a rule can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    ClientAuth,
    EmailProtection,
}

/// A text that names no usage.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no extended key usage that a rule can ask for: clientAuth or emailProtection")]
pub struct UnknownUsage(String);

impl Usage {
    /// Every usage.
    pub const ALL: [Self; 2] = [Self::ClientAuth, Self::EmailProtection];

    /// The name that the API uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientAuth => "clientAuth",
            Self::EmailProtection => "emailProtection",
        }
    }

    /// The dotted object identifier.
    pub const fn oid(self) -> &'static str {
        match self {
            Self::ClientAuth => "1.3.6.1.5.5.7.3.2",
            Self::EmailProtection => "1.3.6.1.5.5.7.3.4",
        }
    }

    const fn content_octets(self) -> &'static [u8] {
        match self {
            Self::ClientAuth => oid::CLIENT_AUTH,
            Self::EmailProtection => oid::EMAIL_PROTECTION,
        }
    }
}

impl FromStr for Usage {
    type Err = UnknownUsage;

    fn from_str(text: &str) -> Result<Self, UnknownUsage> {
        let known = Self::ALL.into_iter().find(|usage| usage.as_str() == text);
        known.ok_or_else(|| UnknownUsage(text.to_owned()))
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the certificate's extended key usages hold each of `wanted` by its own identifier:
/// anyExtendedKeyUsage does not stand in for another.
pub fn extended_key_usage(certificate: &Certificate, wanted: &[Usage]) -> Vec<Finding> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let reading = match Reading::of(certificate) {
        Ok(reading) => reading,
        Err(what) => return vec![super::unparseable(&what)],
    };
    if let Some(what) = malformed(&reading, oid::EXTENDED_KEY_USAGE) {
        return vec![super::unparseable(what)];
    }
    let names = |usages: &[Usage]| {
        let names: Vec<String> = usages.iter().map(|usage| format!("{usage} ({})", usage.oid())).collect();
        names.join(" and ")
    };
    let Some(present) = &reading.extensions.extended_key_usage else {
        let message = format!(
            "The certificate has no extended key usage extension; the rule wants {} in it.",
            names(wanted)
        );
        return vec![finding(Code::EkuAbsent, 0, message)];
    };
    let missing: Vec<Usage> =
        wanted.iter().copied().filter(|usage| !present.contains(&usage.content_octets())).collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let any = if present.contains(&oid::ANY_EXTENDED_KEY_USAGE) {
        " anyExtendedKeyUsage does not stand in for it."
    } else {
        ""
    };
    let message = format!(
        "The certificate's extended key usage lists {}; the rule wants {} too.{any}",
        listed(present),
        names(&missing)
    );
    vec![finding(Code::EkuMissing, 0, message)]
}

/// What is malformed about the extension `id`, if anything is.
pub fn malformed<'r>(reading: &'r Reading<'_>, id: &[u8]) -> Option<&'r str> {
    let name = oid::describe(id);
    reading.extensions.malformed.iter().find(|what| what.contains(&name)).map(String::as_str)
}

/// The usages in words.
pub fn listed(usages: &[&[u8]]) -> String {
    let shown: Vec<String> = usages.iter().take(LISTED).map(|usage| oid::describe(usage)).collect();
    match usages.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        further => format!("{} and {further} more", shown.join(", ")),
    }
}
