//! How near a certificate's names come to the name that the rule gives.

use crate::certificate::{Name, oid, tlv};
use crate::device::Device;
use crate::rule::{self, Rule, Variable};
use crate::store::StoredCertificate;
use crate::text;
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

/// Nearness of a certificate to the rule's name, nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// The common name is the rule's, byte for byte; or the rule gives no name.
    Exact,
    /// The common name is the rule's (perhaps in another case) once leading, trailing and invisible
    /// characters of the rule's name are dropped.
    Padded,
    /// They differ in upper and lower case only.
    Case,
    /// They differ in white space only (and perhaps case).
    Whitespace,
    /// They look alike: other normalization, look-alike letters, other hyphens.
    Unicode,
    /// The rule's name is a distinguished name, and its common name is the certificate's.
    DistinguishedName,
    /// The rule's variable has a value that is a part of the certificate's name: the rest of it differs.
    Template,
    /// The name appears in a subject alternative name.
    San,
    /// The name appears in another attribute of the subject.
    OtherAttribute,
    /// One name contains the other: probably a different device.
    Substring,
    /// Nothing in common.
    Different,
}

/// Longer names are only compared as they are: nobody mistypes kilobytes.
const MAX_COMPARED: usize = 4_096;

/// The rule's name, with the forms that others are compared with made once.
pub(super) struct WantedName {
    text: String,
    unpadded: String,
    lowercase: String,
    unspaced: String,
    look: String,
    /// The common name, where the name is a distinguished one.
    common_name: Option<String>,
    /// What the rule's variables stand for here.
    values: Vec<(Variable, String)>,
}

impl WantedName {
    /// The name that a rule has on a device.
    pub fn of_rule(name: &[u8], rule: &Rule, device: &Device) -> Self {
        let values = rule::values(rule, device).into_iter();
        Self {
            values: values.map(|(variable, value)| (variable, value.to_owned())).collect(),
            ..Self::new(name)
        }
    }

    pub fn new(name: &[u8]) -> Self {
        let text = String::from_utf8_lossy(name).into_owned();
        let lowercase = text.to_lowercase();
        Self {
            unpadded: unpadded(&lowercase),
            unspaced: without_spaces(&lowercase),
            look: look(&lowercase),
            common_name: rule::dn_common_name(&text).map(|name| name.to_lowercase()),
            values: Vec::new(),
            lowercase,
            text,
        }
    }

    /// Compares it with everything that names the certificate; with the store's own name for it only
    /// where the look-up goes by that one.
    pub fn nearness(&self, stored: &StoredCertificate, by_nickname: bool) -> Nearness {
        let subject = stored.certificate.subject();
        let names = subject.common_names();
        let by_name = names.iter().map(|name| self.compare(name)).min().unwrap_or(Nearness::Different);
        if by_name == Nearness::Exact {
            return by_name;
        }
        let by_label =
            if by_nickname { self.by_label(stored, names.is_empty()) } else { Nearness::Different };
        by_name.min(by_label).min(self.elsewhere_in(stored, subject))
    }

    /// A nickname is chosen by whoever imported the certificate: only a slip of writing counts.
    fn by_label(&self, stored: &StoredCertificate, nameless: bool) -> Nearness {
        let Some(label) = stored.label.as_deref() else { return Nearness::Different };
        match self.compare(&String::from_utf8_lossy(label)) {
            slip @ (Nearness::Padded | Nearness::Case | Nearness::Whitespace | Nearness::Unicode) => slip,
            Nearness::Exact if nameless => Nearness::Exact,
            _ => Nearness::Different,
        }
    }

    /// What it takes to make the two names equal.
    fn compare(&self, name: &str) -> Nearness {
        if self.text == name {
            return Nearness::Exact;
        }
        if name.len() > MAX_COMPARED {
            return Nearness::Different;
        }
        let lowercase = name.to_lowercase();
        if self.lowercase == lowercase {
            return Nearness::Case;
        }
        if self.unpadded == lowercase {
            return Nearness::Padded;
        }
        if self.unspaced == without_spaces(&lowercase) {
            return Nearness::Whitespace;
        }
        // Names of plain letters that differ belong to different devices, however alike O and 0 look.
        let exotic = !self.text.is_ascii() || !name.is_ascii();
        if exotic && self.look == look(&lowercase) {
            return Nearness::Unicode;
        }
        if self.common_name.as_ref() == Some(&lowercase) {
            return Nearness::DistinguishedName;
        }
        let values: Vec<_> =
            self.values.iter().map(|(variable, value)| (*variable, value.as_str())).collect();
        if rule::template_of(name, &values).is_some() {
            return Nearness::Template;
        }
        let (wanted, have) = (self.lowercase.trim(), lowercase.trim());
        if !wanted.is_empty() && !have.is_empty() && (have.contains(wanted) || wanted.contains(have)) {
            return Nearness::Substring;
        }
        Nearness::Different
    }

    fn elsewhere_in(&self, stored: &StoredCertificate, subject: Name<'_>) -> Nearness {
        // No letter takes more than three times its octets in the other case.
        let same =
            |value: &str| value.len() <= 3 * self.lowercase.len() && value.to_lowercase() == self.lowercase;
        if has_alternative_name(stored, same) {
            return Nearness::San;
        }
        let attributes = subject.attributes();
        let mut others = attributes.iter().filter(|attribute| attribute.oid != oid::COMMON_NAME);
        if others.any(|attribute| same(&attribute.text())) {
            Nearness::OtherAttribute
        } else {
            Nearness::Different
        }
    }
}

/// Whether it is the nickname that makes the certificate come so near to the rule's name.
pub fn is_by_nickname(name: &[u8], stored: &StoredCertificate, nearness: Nearness) -> bool {
    WantedName::new(name).by_label(stored, false) == nearness
}

/// A name without the invisible characters around and inside it.
pub fn unpadded(name: &str) -> String {
    name.chars().filter(|c| !text::is_deceptive(*c)).collect::<String>().trim().to_owned()
}

fn without_spaces(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}

/// What a reader sees: compatibility forms, look-alike letters (Unicode TS 39) and hyphens made one.
fn look(name: &str) -> String {
    let visible: String = unpadded(name).nfkc().map(|c| if is_hyphen(c) { '-' } else { c }).collect();
    let same: String = skeleton(&visible).collect();
    without_spaces(&same.to_lowercase())
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{30fc}')
}

/// A text of the subject alternative name that is so: e-mail, DNS and URI entries (RFC 5280 §4.2.1.6).
fn has_alternative_name(stored: &StoredCertificate, is_so: impl Fn(&str) -> bool) -> bool {
    let Some(extension) = stored.certificate.extension(oid::SUBJECT_ALTERNATIVE_NAME) else { return false };
    let Some(list) = tlv::Reader::new(extension).next_if(tlv::tag::SEQUENCE) else { return false };
    let mut entries = tlv::Reader::within(extension, &list.content);
    std::iter::from_fn(|| entries.next_tlv()).any(|entry| {
        matches!(entry.tag, 0x81 | 0x82 | 0x86) && is_so(&String::from_utf8_lossy(&extension[entry.content]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_it_takes_to_make_two_names_equal() {
        let cases = [
            ("device-042", "device-042", Nearness::Exact),
            ("device-042 ", "device-042", Nearness::Padded),
            ("\u{feff}device-042", "device-042", Nearness::Padded),
            (" DEVICE-042", "device-042", Nearness::Padded),
            ("Device-042", "device-042", Nearness::Case),
            ("device 042", "device  042", Nearness::Whitespace),
            ("device042", "device 042", Nearness::Whitespace),
            ("device\u{2011}042", "device-042", Nearness::Unicode),
            ("d\u{435}vice-042", "device-042", Nearness::Unicode),
            ("caf\u{e9}", "cafe\u{301}", Nearness::Unicode),
            ("device-O42", "device-042", Nearness::Different),
            ("device-04", "device-042", Nearness::Substring),
            ("device-043", "device-042", Nearness::Different),
        ];
        for (wanted, have, expected) in cases {
            assert_eq!(WantedName::new(wanted.as_bytes()).compare(have), expected, "{wanted:?} and {have:?}");
        }
    }
}
