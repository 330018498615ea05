//! The common name that `SecCertificateCopyCommonName` reports (Apple's Security sources,
//! `SecCertificate.c`).

use crate::certificate::{Attribute, Certificate, oid, tlv::tag};

/// `parseX501NameContent` gives up at as many.
const MAX_RDNS: usize = 1024;

/// The last common name of the subject. `None` when there is none, or when Security.framework finds
/// the certificate or its subject malformed.
pub fn common_name(certificate: &Certificate) -> Option<String> {
    certificate.outline().ok()?;
    let rdns = certificate.subject().rdns()?;
    if rdns.len() >= MAX_RDNS || rdns.iter().any(Vec::is_empty) {
        return None;
    }
    let mut last_first = rdns.iter().flatten().rev();
    last_first.find(|attribute| attribute.oid == oid::COMMON_NAME).map(description)
}

/// The text of a value (`copyDERThingContentDescription`), in an English system's words where there
/// are any.
fn description(name: &Attribute<'_>) -> String {
    let value = name.value;
    let text = match name.tag {
        tag::INTEGER | tag::BOOLEAN => decimal(value),
        tag::PRINTABLE_STRING | tag::IA5_STRING => ascii(without_nul(value)),
        tag::UTF8_STRING | tag::GENERAL_STRING | tag::UNIVERSAL_STRING => utf8(without_nul(value)),
        tag::TELETEX_STRING | tag::VIDEOTEX_STRING | tag::VISIBLE_STRING => {
            Some(without_nul(value).iter().map(|&octet| char::from(octet)).collect())
        }
        tag::BMP_STRING => Some(utf16(value)),
        other => Some(format!("not displayed (tag = {}; length {})", wide_tag(other), value.len())),
    };
    text.unwrap_or_else(|| spaced_hex(value))
}

/// One NUL at the end is taken for a C programmer's slip.
fn without_nul(value: &[u8]) -> &[u8] {
    value.strip_suffix(&[0]).unwrap_or(value)
}

fn ascii(value: &[u8]) -> Option<String> {
    value.is_ascii().then(|| value.iter().map(|&octet| char::from(octet)).collect())
}

/// A byte order mark at the beginning is dropped.
fn utf8(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}

/// Big-endian unless a byte order mark says otherwise; an odd octet at the end is dropped.
fn utf16(value: &[u8]) -> String {
    let (value, unit): (_, fn([u8; 2]) -> u16) = match value {
        [0xff, 0xfe, rest @ ..] => (rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => (rest, u16::from_be_bytes),
        _ => (value, u16::from_be_bytes),
    };
    let units: Vec<u16> = value.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// `None` when the number does not fit 64 bits: it is then shown in hexadecimal.
fn decimal(value: &[u8]) -> Option<String> {
    let fits = (1..=8).contains(&value.len());
    fits.then(|| value.iter().fold(0u64, |sum, &octet| (sum << 8) | u64::from(octet)).to_string())
}

/// The form of values that cannot be decoded: `C3 28 41`.
fn spaced_hex(value: &[u8]) -> String {
    value.iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().join(" ")
}

/// libDER keeps a tag in 64 bits, its class and the bit for constructed values at the top.
fn wide_tag(tag: u8) -> u64 {
    u64::from(tag & 0x1f) | (u64::from(tag & 0xe0) << 56)
}
