//! Extensions that verification processes (RFC 5280 §4.2.1), decoded; and what is wrong with them.

use super::constraints::NameConstraints;
use super::der;
use super::general_name::GeneralName;
use crate::certificate::oid;
use crate::certificate::tlv::{Reader, Tlv, tag};
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

/// What the extensions of a certificate say.
#[derive(Clone, Debug, Default)]
pub struct Extensions<'a> {
    pub basic_constraints: Option<BasicConstraints>,
    pub key_usage: Option<KeyUsage>,
    pub extended_key_usage: Option<Vec<&'a [u8]>>,
    pub alternative_names: Option<Vec<GeneralName<'a>>>,
    pub name_constraints: Option<NameConstraints<'a>>,
    pub subject_key_id: Option<&'a [u8]>,
    pub authority_key_id: Option<&'a [u8]>,
    /// Identifiers of critical extensions that are not processed here.
    pub unknown_critical: Vec<&'a [u8]>,
    pub malformed: Vec<Flaw<'a>>,
}

/// Extensions that are read; a certificate with more is malformed. Those in use have about ten.
pub const MAX_EXTENSIONS: usize = 1_000;

/// Names, subtrees and usages in one extension; one with more is malformed. The longest lists in use are those of
/// shared web servers, with some thousands.
pub const MAX_MEMBERS: usize = 10_000;

/// What is malformed about the extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw<'a> {
    /// This extension is there more than once.
    Repeated(&'a [u8]),
    /// What is wrong with this extension.
    Of(&'a [u8], String),
    /// One of them is not an extension.
    Unreadable,
    TooMany,
}

impl Flaw<'_> {
    /// Whether it is about the extension `id`.
    pub fn concerns(&self, id: &[u8]) -> bool {
        matches!(self, Self::Repeated(of) | Self::Of(of, _) if *of == id)
    }
}

impl fmt::Display for Flaw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repeated(id) => write!(f, "it has the extension {} twice", oid::describe(id)),
            Self::Of(id, what) => write!(f, "its extension {} is malformed ({what})", oid::describe(id)),
            Self::Unreadable => f.write_str("one of its extensions is malformed"),
            Self::TooMany => write!(f, "it has more than {MAX_EXTENSIONS} extensions"),
        }
    }
}

/// RFC 5280 §4.2.1.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    pub ca: bool,
    /// No chain comes near `u32::MAX`, which stands for every greater number.
    pub path_length: Option<u32>,
}

/// RFC 5280 §4.2.1.3; bit 0 is the highest of the first octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(u8);

impl KeyUsage {
    const DIGITAL_SIGNATURE: u8 = 0x80;
    const NON_REPUDIATION: u8 = 0x80 >> 1;
    const KEY_ENCIPHERMENT: u8 = 0x80 >> 2;
    const KEY_AGREEMENT: u8 = 0x80 >> 4;
    const KEY_CERT_SIGN: u8 = 0x80 >> 5;
    const NAMES: [&'static str; 8] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
    ];

    pub const fn key_cert_sign(self) -> bool {
        self.0 & Self::KEY_CERT_SIGN != 0
    }

    /// The names of the bits that are set. (decipherOnly is in a second octet and is left out.)
    pub fn names(self) -> Vec<&'static str> {
        let set = |bit: &usize| self.0 & (0x80 >> bit) != 0;
        (0..8).filter(set).map(|bit| Self::NAMES[bit]).collect()
    }

    /// What RFC 5280 §4.2.1.12 calls consistent with clientAuth.
    pub const fn fits_client_auth(self) -> bool {
        self.0 & (Self::DIGITAL_SIGNATURE | Self::KEY_AGREEMENT) != 0
    }

    /// What RFC 5280 §4.2.1.12 calls consistent with emailProtection.
    pub const fn fits_email_protection(self) -> bool {
        let signing = Self::DIGITAL_SIGNATURE | Self::NON_REPUDIATION;
        self.0 & (signing | Self::KEY_ENCIPHERMENT | Self::KEY_AGREEMENT) != 0
    }
}

impl<'a> Extensions<'a> {
    /// Reads the SEQUENCE OF Extension that lies at `range` in `der`.
    pub fn read(der: &'a [u8], range: Option<Range<usize>>) -> Self {
        let mut extensions = Self::default();
        let Some(range) = range else { return extensions };
        let list = Reader::within(der, &range).next_if(tag::SEQUENCE);
        let mut members = Reader::within(der, &list.map_or(0..0, |list| list.content));
        let mut seen = HashSet::new();
        let mut repeated = HashSet::new();
        for _ in 0..MAX_EXTENSIONS {
            match members.next_tlv().map(|member| parts(der, &member)) {
                None if members.is_empty() => return extensions,
                Some(Some((id, critical, value))) if seen.insert(id) => extensions.take(id, critical, value),
                // RFC 5280 §4.2: no more than one instance of an extension.
                Some(Some((id, ..))) if repeated.insert(id) => extensions.malformed.push(Flaw::Repeated(id)),
                Some(Some(_)) => {}
                None | Some(None) => {
                    extensions.malformed.push(Flaw::Unreadable);
                    return extensions;
                }
            }
        }
        if !members.is_empty() {
            extensions.malformed.push(Flaw::TooMany);
        }
        extensions
    }

    fn take(&mut self, id: &'a [u8], critical: bool, value: &'a [u8]) {
        if let Err(what) = self.decode(id, critical, value) {
            self.malformed.push(Flaw::Of(id, what));
        }
    }

    fn decode(&mut self, id: &'a [u8], critical: bool, value: &'a [u8]) -> Result<(), String> {
        match id {
            oid::BASIC_CONSTRAINTS => self.basic_constraints = Some(basic_constraints(checked(value)?)?),
            oid::KEY_USAGE => self.key_usage = Some(key_usage(checked(value)?)?),
            oid::EXTENDED_KEY_USAGE => {
                self.extended_key_usage = Some(extended_key_usage(checked(value)?)?);
            }
            oid::SUBJECT_ALTERNATIVE_NAME => {
                self.alternative_names = Some(GeneralName::read_list(checked(value)?)?);
            }
            oid::NAME_CONSTRAINTS => {
                self.name_constraints = Some(NameConstraints::read(checked(value)?)?);
            }
            oid::SUBJECT_KEY_ID => self.subject_key_id = Some(subject_key_id(checked(value)?)?),
            oid::AUTHORITY_KEY_ID => self.authority_key_id = authority_key_id(checked(value)?)?,
            // Every policy is acceptable to the check, so nothing in this extension can fail a path
            // (RFC 5280 §6.1.3 (d) with explicit_policy never reaching zero).
            oid::CERTIFICATE_POLICIES => {
                only(checked(value)?, tag::SEQUENCE)?;
            }
            _ if critical => self.unknown_critical.push(id),
            _ => {}
        }
        Ok(())
    }
}

fn checked(value: &[u8]) -> Result<&[u8], String> {
    der::check(value).map(|()| value)
}

/// `Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING }`
fn parts<'a>(der: &'a [u8], member: &Tlv) -> Option<(&'a [u8], bool, &'a [u8])> {
    if member.tag != tag::SEQUENCE {
        return None;
    }
    let mut parts = Reader::within(der, &member.content);
    let id = parts.next_if(tag::OBJECT_IDENTIFIER)?;
    let critical = parts.next_if(tag::BOOLEAN).is_some_and(|b| der[b.content] == [0xff]);
    let value = parts.next_if(tag::OCTET_STRING)?;
    parts.is_empty().then(|| (&der[id.content], critical, &der[value.content]))
}

/// The content of the one element of type `wanted` that fills `der`.
fn only(der: &[u8], wanted: u8) -> Result<Range<usize>, &'static str> {
    let mut file = Reader::new(der);
    let element = file.next_if(wanted).ok_or("it is of another type")?;
    if file.is_empty() { Ok(element.content) } else { Err("bytes follow it") }
}

fn basic_constraints(der: &[u8]) -> Result<BasicConstraints, &'static str> {
    let mut parts = Reader::within(der, &only(der, tag::SEQUENCE)?);
    let ca = parts.next_if(tag::BOOLEAN).is_some_and(|b| der[b.content] == [0xff]);
    let path_length = match parts.next_if(tag::INTEGER).map(|n| &der[n.content]) {
        None => None,
        Some([first, ..]) if first & 0x80 != 0 => return Err("its path length is negative"),
        Some(digits) => Some(saturating_number(digits)),
    };
    if !parts.is_empty() {
        return Err("it holds something that does not belong there");
    }
    Ok(BasicConstraints { ca, path_length })
}

/// A number that is not negative, or `u32::MAX` for a greater one.
pub fn saturating_number(digits: &[u8]) -> u32 {
    digits.iter().fold(0u32, |sum, &b| match sum.checked_mul(256) {
        Some(shifted) => shifted.saturating_add(u32::from(b)),
        None => u32::MAX,
    })
}

fn key_usage(der: &[u8]) -> Result<KeyUsage, &'static str> {
    match &der[only(der, tag::BIT_STRING)?] {
        [_unused, octets @ ..] if octets.iter().any(|octet| *octet != 0) => Ok(KeyUsage(octets[0])),
        // RFC 5280 §4.2.1.3: at least one bit must be set.
        _ => Err("it allows nothing"),
    }
}

pub fn extended_key_usage(der: &[u8]) -> Result<Vec<&[u8]>, &'static str> {
    let mut members = Reader::within(der, &only(der, tag::SEQUENCE)?);
    let mut usages = Vec::new();
    while !members.is_empty() {
        if usages.len() == MAX_MEMBERS {
            return Err("it lists more than 10000 usages");
        }
        let usage = members.next_if(tag::OBJECT_IDENTIFIER).ok_or("a usage is not an object identifier")?;
        usages.push(&der[usage.content]);
    }
    if usages.is_empty() { Err("it lists no usage") } else { Ok(usages) }
}

fn subject_key_id(der: &[u8]) -> Result<&[u8], &'static str> {
    Ok(&der[only(der, tag::OCTET_STRING)?])
}

fn authority_key_id(der: &[u8]) -> Result<Option<&[u8]>, &'static str> {
    let mut parts = Reader::within(der, &only(der, tag::SEQUENCE)?);
    let id = parts.next_if(0x80).map(|id| &der[id.content]);
    let _ = (parts.next_if(0xa1), parts.next_if(0x82));
    if parts.is_empty() { Ok(id) } else { Err("it holds something that does not belong there") }
}
