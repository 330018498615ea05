//! A certificate of which only a description was given, such as a line of a listing: its names, dates and
//! thumbprint, but neither its key nor its signature.

use super::{Certificate, oid};
use crate::text;

/// What a description tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The thumbprint, 20 octets.
    pub sha1: Vec<u8>,
    /// Octets of the serial number, the first ones first.
    pub serial: Vec<u8>,
    /// Subject and issuer as Windows writes them (X.500, most specific part first).
    pub subject: String,
    pub issuer: String,
    /// The two dates, as the contents of a GeneralizedTime; empty for what cannot be read.
    pub not_before: String,
    pub not_after: String,
}

impl Description {
    /// The shape of a certificate with these facts in it: readers of names and dates find them where they are
    /// in every certificate. Key and signature are empty.
    pub fn certificate(self) -> Certificate {
        let algorithm = element(0x30, &[]);
        let dates = [&self.not_before, &self.not_after].map(|date| element(0x18, date.as_bytes())).concat();
        let serial = if self.serial.first().is_none_or(|first| first & 0x80 != 0) {
            [&[0], &self.serial[..]].concat()
        } else {
            self.serial.clone()
        };
        let signed = [
            element(0x02, &serial),
            algorithm.clone(),
            name(&self.issuer),
            element(0x30, &dates),
            name(&self.subject),
            element(0x30, &[]),
        ]
        .concat();
        let signature = element(0x03, &[&[0], &self.sha1[..]].concat());
        let der = element(0x30, &[element(0x30, &signed), algorithm, signature].concat());
        Certificate::described(der, text::hex(&self.sha1), self.subject)
    }
}

/// The attribute types that Windows has words for (`CertNameToStr`).
const TYPES: [(&str, &[u8]); 14] = [
    ("CN", oid::COMMON_NAME),
    ("E", oid::EMAIL_ADDRESS),
    ("OU", &[0x55, 4, 11]),
    ("O", &[0x55, 4, 10]),
    ("C", &[0x55, 4, 6]),
    ("L", &[0x55, 4, 7]),
    ("S", &[0x55, 4, 8]),
    ("STREET", &[0x55, 4, 9]),
    ("T", &[0x55, 4, 12]),
    ("G", &[0x55, 4, 42]),
    ("I", &[0x55, 4, 43]),
    ("SN", &[0x55, 4, 4]),
    ("SERIALNUMBER", &[0x55, 4, 5]),
    ("DC", &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19]),
];

/// A `Name` (RFC 5280 §4.1.2.4) of what the text says; parts of types that are not known are left out.
fn name(text: &str) -> Vec<u8> {
    let mut parts: Vec<Vec<u8>> = split(text).iter().filter_map(|part| attribute(part)).collect();
    // The text begins with the most specific part, the name with the least.
    parts.reverse();
    element(0x30, &parts.concat())
}

/// `CN=name` as a set of one attribute.
fn attribute(part: &str) -> Option<Vec<u8>> {
    let (word, value) = part.split_once('=')?;
    let (_, id) = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(word.trim()))?;
    let value = value.trim();
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let value = quoted.map_or_else(|| value.to_owned(), |quoted| quoted.replace("\"\"", "\""));
    let content = [element(0x06, id), element(0x0c, value.as_bytes())].concat();
    Some(element(0x31, &element(0x30, &content)))
}

/// The parts between commas and plus signs that stand in no quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' | '+' if !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// An element of DER.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        _ => {
            let octets = length.to_be_bytes();
            let octets = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
            [&[tag, 0x80 | octets.len() as u8], octets].concat()
        }
    };
    [&head, content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_facts_are_found_where_a_certificates_are() {
        let certificate = Description {
            sha1: vec![0xab; 20],
            serial: vec![0x5a, 0x1f],
            subject: "E=jo@corp.example, CN=Jo \"\"Doe, OU=\"Corp, EMEA\", DC=corp, OID.1.2.3=x".to_owned(),
            issuer: "CN=Root, O=Example".to_owned(),
            not_before: "20250101000000Z".to_owned(),
            not_after: "20280101235959Z".to_owned(),
        }
        .certificate();
        assert_eq!(certificate.sha1(), "ab".repeat(20));
        assert_eq!(certificate.serial_hex(), "5a1f");
        assert_eq!(certificate.issuer().to_string(), "CN=Root, O=Example");
        assert_eq!(certificate.subject().texts(&[0x55, 4, 11]), ["Corp, EMEA"]);
        assert_eq!(certificate.subject().texts(oid::EMAIL_ADDRESS), ["jo@corp.example"]);
        assert_eq!(certificate.not_after().unwrap().to_string(), "2028-01-01T23:59:59Z");
        assert!(certificate.description().is_some());
    }
}
