//! The subject as one string, as Windows writes it.
//!
//! .NET's `X509Certificate2.Subject`, which PowerShell's certificates are, is what crypt32's
//! `CertGetNameString` answers for `CERT_NAME_RDN_TYPE` with `CERT_X500_NAME_STR` and
//! `CERT_NAME_STR_REVERSE_FLAG` (dotnet/runtime, CertificatePal.Windows.cs). This is that format,
//! for every other system and for files.

use crate::certificate::tlv::{Reader, tag};
use crate::certificate::{Attribute, Certificate, Name, dotted, oid};
use std::fmt::Write as _;

/// The attribute types that crypt32 knows by name, by the content octets of their identifiers.
/// All others are written `OID.` and their number.
const KEYS: &[(&[u8], &str)] = &[
    (oid::COMMON_NAME, "CN"),
    (&[0x55, 4, 4], "SN"),
    (&[0x55, 4, 5], "SERIALNUMBER"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "S"),
    (&[0x55, 4, 9], "STREET"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x55, 4, 12], "T"),
    (&[0x55, 4, 13], "Description"),
    (&[0x55, 4, 17], "PostalCode"),
    (&[0x55, 4, 18], "POBox"),
    (&[0x55, 4, 20], "Phone"),
    (&[0x55, 4, 24], "X21Address"),
    (&[0x55, 4, 42], "G"),
    (&[0x55, 4, 43], "I"),
    (&[0x55, 4, 46], "dnQualifier"),
    (oid::EMAIL_ADDRESS, "E"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
    (&[0x67, 0x81, 0x05, 2, 1], "TPMManufacturer"),
    (&[0x67, 0x81, 0x05, 2, 2], "TPMModel"),
    (&[0x67, 0x81, 0x05, 2, 3], "TPMVersion"),
];

/// The tag of `directoryName` among the alternative names.
const DIRECTORY_NAME: u8 = 0xa4;

/// What `$_.Subject` is for a certificate. One without a subject shows the first directory name
/// among its alternative names, as `CertGetNameString` documents.
pub fn subject(certificate: &Certificate) -> String {
    if let Some(told) = certificate.description() {
        return told.subject.clone();
    }
    let name = certificate.subject();
    match name.rdns() {
        Some(rdns) if rdns.is_empty() => {
            alternative_directory_name(certificate).map(|der| name_string(Name { der })).unwrap_or_default()
        }
        _ => name_string(name),
    }
}

/// A name in Windows' form; empty when it cannot be decoded.
pub fn name_string(name: Name<'_>) -> String {
    let rdns = name.rdns().unwrap_or_default();
    let mut text = String::new();
    for rdn in rdns.iter().rev().filter(|rdn| !rdn.is_empty()) {
        let separator = if text.is_empty() { "" } else { ", " };
        text.push_str(separator);
        for (i, attribute) in rdn.iter().enumerate() {
            text.push_str(if i > 0 { " + " } else { "" });
            push_attribute(&mut text, attribute);
        }
    }
    text
}

fn push_attribute(text: &mut String, attribute: &Attribute<'_>) {
    match KEYS.iter().find(|(oid, _)| *oid == attribute.oid) {
        Some((_, key)) => text.push_str(key),
        None => {
            let _ = write!(text, "OID.{}", dotted(attribute.oid));
        }
    }
    text.push('=');
    match string_value(attribute) {
        Some(value) if needs_quotes(&value) => {
            let _ = write!(text, "\"{}\"", value.replace('"', "\"\""));
        }
        Some(value) => text.push_str(&value),
        None => push_hex(text, attribute),
    }
}

/// The value of a string type. Windows checks no alphabet: a character that its type does not
/// allow is shown like any other.
fn string_value(attribute: &Attribute<'_>) -> Option<String> {
    let latin = || attribute.value.iter().map(|&byte| char::from(byte)).collect();
    match attribute.tag {
        tag::PRINTABLE_STRING
        | tag::NUMERIC_STRING
        | tag::IA5_STRING
        | tag::VISIBLE_STRING
        | tag::GENERAL_STRING => Some(latin()),
        tag::TELETEX_STRING | tag::VIDEOTEX_STRING => {
            Some(std::str::from_utf8(attribute.value).map_or_else(|_| latin(), str::to_owned))
        }
        tag::UTF8_STRING | tag::BMP_STRING | tag::UNIVERSAL_STRING => Some(attribute.text()),
        _ => None,
    }
}

fn needs_quotes(value: &str) -> bool {
    value.is_empty()
        || value.starts_with(is_blank)
        || value.ends_with(is_blank)
        || value.contains([',', '+', '=', '"', '\n', '<', '>', '#', ';'])
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r')
}

/// `#` and upper-case hex: of the octets of an OCTET STRING, of the whole element otherwise.
fn push_hex(text: &mut String, attribute: &Attribute<'_>) {
    let bytes = if attribute.tag == tag::OCTET_STRING { attribute.value } else { attribute.element };
    text.push('#');
    for byte in bytes {
        let _ = write!(text, "{byte:02X}");
    }
}

fn alternative_directory_name(certificate: &Certificate) -> Option<&[u8]> {
    let der = certificate.der();
    let list = Reader::within(der, certificate.outline().ok()?.extensions.as_ref()?).next_tlv()?;
    let mut extensions = Reader::within(der, &list.content);
    while let Some(extension) = extensions.next_tlv() {
        let mut parts = Reader::within(der, &extension.content);
        let id = parts.next_if(tag::OBJECT_IDENTIFIER)?;
        if &der[id.content] != oid::SUBJECT_ALTERNATIVE_NAME {
            continue;
        }
        let _critical = parts.next_if(tag::BOOLEAN);
        let value = parts.next_if(tag::OCTET_STRING)?;
        let names = Reader::within(der, &value.content).next_if(tag::SEQUENCE)?;
        let mut names = Reader::within(der, &names.content);
        while let Some(name) = names.next_tlv() {
            if name.tag == DIRECTORY_NAME {
                return Some(&der[name.content]);
            }
        }
    }
    None
}
