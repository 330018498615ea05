//! The strict reading of a certificate (RFC 5280 §4.1): what verification works on.

use super::constraints::{self, Borne};
use super::extensions::Extensions;
use super::names;
use super::{algorithm, der, key};
use crate::certificate::tlv::{Reader, Tlv, tag};
use crate::certificate::{Certificate, MAX_ATTRIBUTES, MAX_NAME_OCTETS, Name, Outline, OutlineError};
use crate::encoding::FileKind;
use std::sync::OnceLock;

/// RFC 5280 §4.1.2.2 allows 20 octets. One more is let through, as by other readers: some authorities
/// count without the sign octet.
const MAX_SERIAL_OCTETS: usize = 21;

/// A certificate whose encoding is DER and whose parts are where they belong.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    pub(super) certificate: &'a Certificate,
    /// 1, 2 or 3.
    pub(super) version: u8,
    pub(super) issuer: Name<'a>,
    pub(super) subject: Name<'a>,
    /// What the signature covers.
    pub(super) signed: &'a [u8],
    /// The two places where the algorithm is named, as whole elements.
    pub(super) inner_algorithm: &'a [u8],
    pub(super) outer_algorithm: &'a [u8],
    /// The signature's octets.
    pub(super) signature: &'a [u8],
    /// Seconds since 1970.
    pub(super) not_before: i64,
    pub(super) not_after: i64,
    pub(super) spki: &'a [u8],
    pub(super) extensions: Extensions<'a>,
    /// Its names, read when the first constraint asks, and then used along every chain.
    borne_names: OnceLock<Vec<Borne>>,
    is_self_issued: OnceLock<bool>,
}

impl<'a> Reading<'a> {
    /// Reads `certificate`, or says what is wrong with its encoding.
    pub fn of(certificate: &'a Certificate) -> Result<Self, String> {
        let reading = Self::of_anchor(certificate)?;
        // RFC 5280 §4.1.2.4. No CA can be found by such a name.
        if reading.issuer.der.len() <= 2 {
            return Err("the name of its issuer is empty".to_owned());
        }
        Ok(reading)
    }

    /// Reads a trust anchor, of which the issuer plays no part (RFC 5280 §6.1.1 (d)).
    pub fn of_anchor(certificate: &'a Certificate) -> Result<Self, String> {
        let der = certificate.der();
        if der.is_empty() {
            return Err("it is empty".to_owned());
        }
        let encoding = der::check(der).map_err(|what| format!("it is not strict DER: {what}"));
        let outline = match certificate.outline() {
            Ok(outline) => outline,
            // What follows a certificate need not be DER at all.
            Err(why @ OutlineError::BytesFollow) => return Err(why.to_string()),
            Err(why) => {
                return Err(other_kind(der).or(encoding.err()).unwrap_or_else(|| why.to_string()));
            }
        };
        encoding?;
        let version = layout(der)?;
        let content = &der[outline.serial.clone()];
        if content.len() > MAX_SERIAL_OCTETS {
            return Err(format!("its serial number has {} octets; 20 are allowed", content.len()));
        }
        for name in [&outline.issuer, &outline.subject] {
            strict_name(der, name)?;
        }
        for algorithm in [&outline.inner_algorithm, &outline.outer_algorithm] {
            algorithm::identifier(&der[algorithm.clone()]).ok_or("its signature algorithm is malformed")?;
        }
        if !key::is_well_formed(certificate.spki()) {
            return Err("its public key is malformed".to_owned());
        }
        Ok(Self {
            certificate,
            version,
            issuer: certificate.issuer(),
            subject: certificate.subject(),
            signed: &der[outline.tbs.clone()],
            inner_algorithm: &der[outline.inner_algorithm.clone()],
            outer_algorithm: &der[outline.outer_algorithm.clone()],
            signature: signature_octets(der, outline)?,
            not_before: outline.not_before.ok_or("its start date does not exist in the calendar")?,
            not_after: outline.not_after.ok_or("its end date does not exist in the calendar")?,
            spki: certificate.spki(),
            extensions: Extensions::read(der, outline.extensions.clone()),
            borne_names: OnceLock::new(),
            is_self_issued: OnceLock::new(),
        })
    }

    /// The names that name constraints apply to.
    pub(super) fn borne_names(&self) -> &[Borne] {
        self.borne_names.get_or_init(|| constraints::borne_names(self))
    }

    /// Whether issuer and subject are the same name (RFC 5280 §6.1).
    pub(super) fn is_self_issued(&self) -> bool {
        *self.is_self_issued.get_or_init(|| names::equal(self.issuer, self.subject))
    }
}

/// What the bytes are, where they are some other well-known kind of file.
fn other_kind(bytes: &[u8]) -> Option<String> {
    match FileKind::of(bytes) {
        FileKind::Certificate | FileKind::Unknown | FileKind::Empty | FileKind::Base64 => None,
        other => Some(format!("it is {}", other.phrase())),
    }
}

/// Checks that each part stands in its place and that nothing follows, and returns the version.
fn layout(der: &[u8]) -> Result<u8, String> {
    let whole = Reader::new(der).next_tlv().ok_or("it is no SEQUENCE")?;
    let mut outer = Reader::within(der, &whole.content);
    let tbs = outer.next_if(tag::SEQUENCE).ok_or("its signed part is missing")?;
    let _ = (outer.next_tlv(), outer.next_tlv());
    if !outer.is_empty() {
        return Err("something follows its signature".to_owned());
    }
    let mut parts = Reader::within(der, &tbs.content);
    let version = version(der, parts.next_if(0xa0))?;
    let _ = (parts.next_tlv(), parts.next_tlv(), parts.next_tlv());
    let validity = parts.next_tlv().ok_or("its validity is missing")?;
    strict_dates(der, &validity)?;
    let _ = (parts.next_tlv(), parts.next_tlv());
    let identifiers = [parts.next_if(0x81), parts.next_if(0x82)];
    let extensions = parts.next_if(0xa3);
    if !parts.is_empty() {
        return Err("its signed part holds something that does not belong there".to_owned());
    }
    if version == 1 && identifiers.iter().any(Option::is_some) {
        return Err("it has unique identifiers, which version 1 does not know".to_owned());
    }
    if let Some(extensions) = extensions {
        extension_list(der, &extensions, version)?;
    }
    Ok(version)
}

fn version(der: &[u8], explicit: Option<Tlv>) -> Result<u8, String> {
    let Some(explicit) = explicit else { return Ok(1) };
    let mut inside = Reader::within(der, &explicit.content);
    let number = inside.next_if(tag::INTEGER).map(|n| &der[n.content]);
    match number {
        Some([n @ 0..=2]) if inside.is_empty() => Ok(n + 1),
        _ => Err("it is of a version that does not exist".to_owned()),
    }
}

fn extension_list(der: &[u8], explicit: &Tlv, version: u8) -> Result<(), String> {
    if version < 3 {
        return Err(format!("it has extensions, which version {version} does not know"));
    }
    let mut inside = Reader::within(der, &explicit.content);
    let list = inside.next_if(tag::SEQUENCE).ok_or("its extensions are no SEQUENCE")?;
    if !inside.is_empty() {
        return Err("something follows its extensions".to_owned());
    }
    if list.content.is_empty() {
        return Err("its list of extensions is empty".to_owned());
    }
    Ok(())
}

/// Two times, written as RFC 5280 §4.1.2.5 wants them: to the second, in UTC, without fractions.
fn strict_dates(der: &[u8], validity: &Tlv) -> Result<(), String> {
    let mut dates = Reader::within(der, &validity.content);
    for which in ["start", "end"] {
        let date = dates.next_tlv().ok_or_else(|| format!("its {which} date is missing"))?;
        let digits = match date.tag {
            tag::UTC_TIME => 12,
            tag::GENERALIZED_TIME => 14,
            _ => return Err(format!("its {which} date is not a date")),
        };
        let content = &der[date.content];
        let well_formed = content.len() == digits + 1
            && content[..digits].iter().all(u8::is_ascii_digit)
            && content[digits] == b'Z';
        if !well_formed {
            return Err(format!("its {which} date is not written as RFC 5280 wants it"));
        }
        if !is_day(&content[..digits - 6]) {
            return Err(format!("its {which} date does not exist in the calendar"));
        }
    }
    if dates.is_empty() { Ok(()) } else { Err("its validity holds more than two dates".to_owned()) }
}

/// Whether the calendar has the day `YYMMDD` or `YYYYMMDD`. (The lenient reading lets the 30th of
/// February pass, as NSS does.)
fn is_day(digits: &[u8]) -> bool {
    let number = |part: &[u8]| part.iter().fold(0i16, |sum, b| sum * 10 + i16::from(b - b'0'));
    let (year, month_day) = digits.split_at(digits.len() - 4);
    let year = match (year.len(), number(year)) {
        (2, year @ 50..) => 1900 + year,
        (2, year) => 2000 + year,
        (_, year) => year,
    };
    let (month, day) = (number(&month_day[..2]), number(&month_day[2..]));
    jiff::civil::Date::new(year, month as i8, day as i8).is_ok()
}

/// SEQUENCE OF SET SIZE (1..MAX) OF SEQUENCE { type, value }, with nothing left over.
fn strict_name(der: &[u8], range: &std::ops::Range<usize>) -> Result<(), String> {
    let malformed = || "one of its names is malformed".to_owned();
    if range.len() > MAX_NAME_OCTETS {
        return Err(format!("one of its names has more than {} KiB", MAX_NAME_OCTETS >> 10));
    }
    let name = Reader::within(der, range).next_if(tag::SEQUENCE).ok_or_else(malformed)?;
    let mut sets = Reader::within(der, &name.content);
    let mut attributes = 0;
    while !sets.is_empty() {
        let set = sets.next_if(tag::SET).ok_or_else(malformed)?;
        let mut members = Reader::within(der, &set.content);
        if members.is_empty() {
            return Err(malformed());
        }
        while !members.is_empty() {
            attributes += 1;
            if attributes > MAX_ATTRIBUTES {
                return Err(format!("one of its names has more than {MAX_ATTRIBUTES} attributes"));
            }
            let pair = members.next_if(tag::SEQUENCE).ok_or_else(malformed)?;
            let mut parts = Reader::within(der, &pair.content);
            let both = parts.next_if(tag::OBJECT_IDENTIFIER).is_some() && parts.next_tlv().is_some();
            if !both || !parts.is_empty() {
                return Err(malformed());
            }
        }
    }
    Ok(())
}

fn signature_octets<'a>(der: &'a [u8], outline: &Outline) -> Result<&'a [u8], String> {
    match &der[outline.signature.clone()] {
        [0, octets @ ..] => Ok(octets),
        _ => Err("its signature is not a whole number of octets".to_owned()),
    }
}
