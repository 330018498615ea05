//! Comparing distinguished names (RFC 5280 §7.1): by attribute type and prepared value, whatever the
//! string type, the case and the white space.

use crate::certificate::tlv::tag;
use crate::certificate::{Attribute, Name};
use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A name prepared for comparison: one entry for each relative distinguished name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Canonical(Vec<Vec<u8>>);

impl Canonical {
    /// Prepares `name`; a malformed name equals only its own bytes.
    pub fn of(name: Name<'_>) -> Self {
        match name.rdns() {
            Some(rdns) => Self(rdns.iter().map(|rdn| canonical_rdn(rdn)).collect()),
            None => Self(vec![b"malformed".to_vec(), name.der.to_vec()]),
        }
    }

    /// Whether this name lies in the subtree below `base` (RFC 5280 §4.2.1.10).
    pub fn is_within(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }
}

/// Whether an attribute's text can be read in more than one way, or in none.
pub fn is_ambiguous(name: Name<'_>) -> bool {
    name.attributes().iter().any(is_open)
}

/// T.61 beyond ASCII is meant as T.61, as Latin-1 or as UTF-8, and of other types or of bytes that the type
/// does not allow, the text is not known.
fn is_open(attribute: &Attribute<'_>) -> bool {
    match attribute.tag {
        tag::TELETEX_STRING => !attribute.value.is_ascii(),
        _ => decode(attribute.tag, attribute.value).is_none(),
    }
}

/// Whether `name` could lie below `base` if attributes whose text is open were read in another way.
pub fn may_be_within(name: Name<'_>, base: Name<'_>) -> bool {
    let (Some(name), Some(base)) = (name.rdns(), base.rdns()) else { return true };
    name.len() >= base.len() && name.iter().zip(&base).all(|(rdn, base)| may_be_rdn(rdn, base))
}

fn may_be_rdn(rdn: &[Attribute<'_>], base: &[Attribute<'_>]) -> bool {
    let (rdn, base) = (by_type(rdn), by_type(base));
    rdn.len() == base.len() && rdn.iter().zip(&base).all(|(a, b)| a.oid == b.oid && may_be_equal(a, b))
}

fn by_type<'a>(rdn: &[Attribute<'a>]) -> Vec<Attribute<'a>> {
    let mut sorted = rdn.to_vec();
    sorted.sort_by(|a, b| a.oid.cmp(b.oid));
    sorted
}

fn may_be_equal(a: &Attribute<'_>, b: &Attribute<'_>) -> bool {
    let latin = |attribute: &Attribute<'_>| attribute.tag == tag::TELETEX_STRING && is_open(attribute);
    let is_ascii = |attribute: &Attribute<'_>| {
        decode(attribute.tag, attribute.value).is_some_and(|text| text.is_ascii())
    };
    // Whatever T.61 beyond ASCII means, it is not plain ASCII.
    let is_other = latin(a) && is_ascii(b) || latin(b) && is_ascii(a);
    canonical_attribute(a) == canonical_attribute(b) || !is_other && (is_open(a) || is_open(b))
}

/// Whether two names are equal by §7.1.
pub fn equal(a: Name<'_>, b: Name<'_>) -> bool {
    a.der == b.der || Canonical::of(a) == Canonical::of(b)
}

/// The attributes of one relative distinguished name, in an order of their own: it is a set.
fn canonical_rdn(rdn: &[Attribute<'_>]) -> Vec<u8> {
    let mut pairs: Vec<Vec<u8>> = rdn.iter().map(canonical_attribute).collect();
    pairs.sort_unstable();
    pairs.concat()
}

fn canonical_attribute(attribute: &Attribute<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(attribute.oid.len() + attribute.value.len() + 10);
    append(&mut bytes, attribute.oid);
    match decode(attribute.tag, attribute.value) {
        Some(text) => {
            bytes.push(0);
            append(&mut bytes, prepare(&text).as_bytes());
        }
        // No string: §7.1 leaves comparison of the encodings.
        None => {
            bytes.push(1);
            append(&mut bytes, attribute.element);
        }
    }
    bytes
}

/// Length first, so that no two lists of values run together into the same bytes.
fn append(bytes: &mut Vec<u8>, value: &[u8]) {
    bytes.extend((value.len() as u64).to_be_bytes());
    bytes.extend(value);
}

/// The text of a string type; `None` for other types and for bytes that the type does not allow.
pub fn decode(value_tag: u8, value: &[u8]) -> Option<Cow<'_, str>> {
    match value_tag {
        tag::UTF8_STRING
        | tag::PRINTABLE_STRING
        | tag::NUMERIC_STRING
        | tag::IA5_STRING
        | tag::VISIBLE_STRING => std::str::from_utf8(value).ok().map(Cow::Borrowed),
        // T.61 is hardly ever meant; like OpenSSL and NSS, read it as Latin-1.
        tag::TELETEX_STRING => Some(value.iter().map(|&b| char::from(b)).collect::<String>().into()),
        tag::BMP_STRING => {
            let units: Vec<u16> = value.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect();
            String::from_utf16(&units).ok().map(Cow::Owned)
        }
        tag::UNIVERSAL_STRING => value
            .chunks_exact(4)
            .map(|c| char::from_u32(u32::from_be_bytes([c[0], c[1], c[2], c[3]])))
            .collect::<Option<String>>()
            .map(Cow::Owned),
        _ => None,
    }
}

/// The string preparation of RFC 4518 for case-ignoring matches: map, fold case, normalize (NFKC), and reduce
/// white space. Folding is Unicode's full one, for which RFC 3454 B.2 stands: `ß` is `ss`.
fn prepare(text: &str) -> String {
    if text.is_ascii() {
        let kept = text.bytes().map(char::from).filter(|&c| !is_mapped_to_nothing(c));
        return squeeze(kept.map(|c| c.to_ascii_lowercase()));
    }
    const FOLDING: CaseMapperBorrowed<'static> = CaseMapper::new();
    let fold = |text: &str| FOLDING.fold_string(text).into_owned();
    let kept: String = text.chars().filter(|&c| !is_mapped_to_nothing(c)).collect();
    let folded = fold(&kept);
    if is_nfkc_quick(folded.chars()) == IsNormalized::Yes {
        return squeeze(folded.chars());
    }
    // Folding again: normalization brings forth capitals, as from U+2122 TRADE MARK SIGN, and what is mapped to
    // nothing, as from U+FFA0 HALFWIDTH HANGUL FILLER.
    let folded = fold(&folded.nfkc().collect::<String>());
    squeeze(folded.nfkc().filter(|&c| !is_mapped_to_nothing(c)))
}

/// Characters that RFC 4518 §2.2 maps to nothing, and those that Unicode has declared ignorable since
/// (Default_Ignorable_Code_Point, which NFKC_Casefold drops).
fn is_mapped_to_nothing(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}'
        | '\u{34f}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{1806}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Drops white space at both ends and keeps one space of every run inside (RFC 4518 §2.6.1).
fn squeeze(chars: impl Iterator<Item = char>) -> String {
    let mut squeezed = String::new();
    let mut pending = false;
    for c in chars {
        if c.is_whitespace() {
            pending = !squeezed.is_empty();
        } else {
            if pending {
                squeezed.push(' ');
                pending = false;
            }
            squeezed.push(c);
        }
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name of single-valued relative distinguished names: (last arc of 2.5.4.x, tag, value).
    fn name(parts: &[(u8, u8, &[u8])]) -> Vec<u8> {
        let element = |tag: u8, content: Vec<u8>| [vec![tag, content.len() as u8], content].concat();
        let rdns = parts.iter().flat_map(|(arc, value_tag, value)| {
            let pair = [vec![6, 3, 0x55, 4, *arc], element(*value_tag, value.to_vec())].concat();
            element(tag::SET, element(tag::SEQUENCE, pair))
        });
        element(tag::SEQUENCE, rdns.collect())
    }

    fn same(a: &[(u8, u8, &[u8])], b: &[(u8, u8, &[u8])]) -> bool {
        equal(Name { der: &name(a) }, Name { der: &name(b) })
    }

    const UTF8: u8 = tag::UTF8_STRING;
    const PRINTABLE: u8 = tag::PRINTABLE_STRING;

    #[test]
    fn case_white_space_and_string_type_do_not_matter() {
        assert!(same(&[(3, PRINTABLE, b"Example CA")], &[(3, UTF8, b"  example   ca ")]));
        assert!(same(&[(3, UTF8, "Ünï".as_bytes())], &[(3, tag::BMP_STRING, b"\0\xfc\0N\0\xef")]));
        assert!(same(&[(3, UTF8, "Ünï".as_bytes())], &[(3, tag::TELETEX_STRING, b"\xdcn\xef")]));
        // Composed and decomposed; full width; a soft hyphen.
        assert!(same(&[(3, UTF8, "caf\u{e9}".as_bytes())], &[(3, UTF8, "CAFE\u{301}".as_bytes())]));
        assert!(same(&[(3, UTF8, "\u{ff21}b".as_bytes())], &[(3, UTF8, b"ab")]));
        assert!(same(&[(3, UTF8, "a\u{ad}b".as_bytes())], &[(3, UTF8, b"ab")]));
    }

    #[test]
    fn everything_else_does() {
        assert!(!same(&[(3, UTF8, b"ab")], &[(3, UTF8, b"a b")]));
        assert!(!same(&[(3, UTF8, b"ab")], &[(11, UTF8, b"ab")]));
        assert!(!same(&[(3, UTF8, b"a"), (3, UTF8, b"b")], &[(3, UTF8, b"b"), (3, UTF8, b"a")]));
        assert!(!same(&[(3, UTF8, b"a")], &[(3, UTF8, b"a"), (3, UTF8, b"b")]));
        assert!(!same(&[(3, tag::OCTET_STRING, b"A")], &[(3, tag::OCTET_STRING, b"a")]));
    }

    #[test]
    fn a_malformed_name_equals_only_itself() {
        assert!(equal(Name { der: &[0x31, 0] }, Name { der: &[0x31, 0] }));
        assert!(!equal(Name { der: &[0x31, 0] }, Name { der: &[0x32, 0] }));
        assert!(!equal(Name { der: &[0x31, 0] }, Name { der: &[0x30, 0] }));
    }
}
