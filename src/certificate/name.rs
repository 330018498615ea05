//! Distinguished names: their attributes, and the one text form used in every report.

use super::oid::{self, dotted};
use super::tlv::{Reader, tag};
use crate::text;
use std::fmt;

/// An attribute of a name: its type, the tag of its value and the value's content octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Content octets of the OBJECT IDENTIFIER.
    pub oid: &'a [u8],
    pub tag: u8,
    pub value: &'a [u8],
    /// The value as a whole element.
    pub element: &'a [u8],
}

/// Attribute types with a short name (RFC 4514 §3, RFC 4519, and emailAddress as everybody writes it).
const SHORT_NAMES: &[(&[u8], &str)] = &[
    (oid::COMMON_NAME, "CN"),
    (&[0x55, 4, 4], "SN"),
    (&[0x55, 4, 5], "serialNumber"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 9], "street"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x55, 4, 12], "title"),
    (&[0x55, 4, 42], "GN"),
    (oid::EMAIL_ADDRESS, "emailAddress"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
];

/// Attributes in a name; one with more counts as malformed. Those in use have about ten; macOS' own reader takes
/// names of up to 1,023.
pub const MAX_ATTRIBUTES: usize = 1_023;

/// Octets of a name; a longer one counts as malformed. X.520 allows an attribute 32,768 characters.
pub const MAX_OCTETS: usize = 256 << 10;

/// More octets than [`text::MAX_TOLD`] characters take, whatever their encoding.
const TOLD_OCTETS: usize = 4 * text::MAX_TOLD;

/// A `Name` as its bytes, read on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// The whole `Name` element.
    pub der: &'a [u8],
}

impl<'a> Name<'a> {
    /// The relative distinguished names in encoding order; `None` when the name is malformed.
    pub fn rdns(&self) -> Option<Vec<Vec<Attribute<'a>>>> {
        let der = self.der;
        if der.len() > MAX_OCTETS {
            return None;
        }
        let sequence = Reader::new(der).next_if(tag::SEQUENCE)?;
        let mut sets = Reader::within(der, &sequence.content);
        let mut rdns = Vec::new();
        let mut left = MAX_ATTRIBUTES;
        while !sets.is_empty() {
            let set = sets.next_if(tag::SET)?;
            let mut members = Reader::within(der, &set.content);
            let mut rdn = Vec::new();
            while !members.is_empty() {
                left = left.checked_sub(1)?;
                rdn.push(attribute(der, &mut members)?);
            }
            // Empty ones are malformed, and count too.
            left = left.checked_sub(usize::from(rdn.is_empty()))?;
            rdns.push(rdn);
        }
        Some(rdns)
    }

    /// All attributes in encoding order; empty when the name is malformed.
    pub fn attributes(&self) -> Vec<Attribute<'a>> {
        self.rdns().unwrap_or_default().into_iter().flatten().collect()
    }

    /// The texts of all attributes of the type `oid`, in encoding order.
    pub fn texts(&self, oid: &[u8]) -> Vec<String> {
        self.attributes().iter().filter(|a| a.oid == oid).map(Attribute::text).collect()
    }

    /// Every common name (2.5.4.3) in encoding order.
    pub fn common_names(&self) -> Vec<String> {
        self.texts(oid::COMMON_NAME)
    }

    /// The most specific common name: the last one, which is what the client's tools report.
    pub fn common_name(&self) -> Option<String> {
        self.last_common_name().as_ref().map(Attribute::text)
    }

    /// The same for a report: of a very long one the beginning. Whoever prints it escapes it.
    pub fn bounded_common_name(&self) -> Option<String> {
        self.last_common_name().as_ref().map(Attribute::bounded_text)
    }

    fn last_common_name(&self) -> Option<Attribute<'a>> {
        let mut last = None;
        let sequence = Reader::new(self.der).next_if(tag::SEQUENCE)?;
        let mut sets = Reader::within(self.der, &sequence.content);
        while !sets.is_empty() {
            let set = sets.next_if(tag::SET)?;
            let mut members = Reader::within(self.der, &set.content);
            while !members.is_empty() {
                let attribute = attribute(self.der, &mut members)?;
                last = if attribute.oid == oid::COMMON_NAME { Some(attribute) } else { last };
            }
        }
        last
    }
}

fn attribute<'a>(der: &'a [u8], members: &mut Reader<'a>) -> Option<Attribute<'a>> {
    let pair = members.next_if(tag::SEQUENCE)?;
    let mut parts = Reader::within(der, &pair.content);
    let oid = parts.next_if(tag::OBJECT_IDENTIFIER)?;
    let value = parts.next_tlv()?;
    Some(Attribute {
        oid: &der[oid.content],
        tag: value.tag,
        value: &der[value.content],
        element: &der[value.whole],
    })
}

impl Attribute<'_> {
    /// The value as text; `#` and hex of the element for a type that is not a string (RFC 4514 §2.4).
    pub fn text(&self) -> String {
        match self.tag {
            tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::NUMERIC_STRING | tag::IA5_STRING => {
                String::from_utf8_lossy(self.value).into_owned()
            }
            tag::TELETEX_STRING | tag::VIDEOTEX_STRING | tag::VISIBLE_STRING | tag::GENERAL_STRING => {
                match std::str::from_utf8(self.value) {
                    Ok(text) => text.to_owned(),
                    Err(_) => self.value.iter().map(|&b| char::from(b)).collect(),
                }
            }
            tag::BMP_STRING => {
                let units: Vec<u16> = self
                    .value
                    .chunks(2)
                    .map(|c| u16::from_be_bytes([c[0], *c.get(1).unwrap_or(&0)]))
                    .collect();
                String::from_utf16_lossy(&units)
            }
            tag::UNIVERSAL_STRING => self
                .value
                .chunks_exact(4)
                .map(|c| u32::from_be_bytes([c[0], c[1], c[2], c[3]]))
                .map(|scalar| char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
            _ => format!("#{}", text::hex(self.element)),
        }
    }

    /// The text as far as reports tell it.
    fn bounded_text(&self) -> String {
        let start = |octets: &'_ [u8]| octets.len().min(TOLD_OCTETS);
        let (value, element) = (&self.value[..start(self.value)], &self.element[..start(self.element)]);
        text::bounded(&Attribute { value, element, ..self.clone() }.text()).into_owned()
    }

    /// The type's short name, or its dotted number.
    pub fn type_name(&self) -> String {
        let known = SHORT_NAMES.iter().find(|(oid, _)| *oid == self.oid);
        known.map_or_else(|| dotted(self.oid), |(_, name)| (*name).to_owned())
    }
}

/// Most specific attribute first, `, ` between names and ` + ` inside one, special characters
/// escaped with a backslash (RFC 4514 §2). Control and other invisible characters stay as they
/// are here: whoever prints the text escapes it. Of a very long name the beginning.
impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(rdns) = self.rdns() else { return f.write_str("(malformed name)") };
        if rdns.is_empty() {
            return f.write_str("(empty name)");
        }
        let mut told = String::new();
        for (i, rdn) in rdns.iter().rev().enumerate() {
            told.push_str(if i > 0 { ", " } else { "" });
            for (j, attribute) in rdn.iter().enumerate() {
                told.push_str(if j > 0 { " + " } else { "" });
                told.push_str(&attribute.type_name());
                told.push('=');
                told.push_str(&escape_rfc4514(&attribute.bounded_text()));
            }
            if told.len() > TOLD_OCTETS {
                break;
            }
        }
        f.write_str(&text::bounded(&told))
    }
}

fn escape_rfc4514(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut escaped = String::with_capacity(value.len());
    for (i, c) in value.chars().enumerate() {
        let special = matches!(c, '"' | '+' | ',' | ';' | '<' | '>' | '\\');
        if special || (c == ' ' && (i == 0 || i == last)) || (c == '#' && i == 0 && !is_hex_form(value)) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn is_hex_form(value: &str) -> bool {
    value.len() > 1 && value[1..].bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_most_specific_attribute_first_and_escapes() {
        // C=US, CN="a, b" in encoding order.
        let der = [
            0x30, 0x1c, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x06, 0x13, 0x02, b'U', b'S', 0x31,
            0x0d, 0x30, 0x0b, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x04, b'a', b',', b' ', b'b',
        ];
        let name = Name { der: &der };
        assert_eq!(name.to_string(), r"CN=a\, b, C=US");
        assert_eq!(name.common_name().as_deref(), Some("a, b"));
    }
}
