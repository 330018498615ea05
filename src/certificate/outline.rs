//! Where the parts of a certificate lie (RFC 5280 §4.1), found as leniently as the look-ups read.

use super::time::decode_time;
use super::tlv::{Reader, Tlv, tag};
use std::ops::Range;

/// Positions of a certificate's parts in its own bytes, and its two dates.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Version number as people count it: 1, 2 or 3.
    pub version: u8,
    /// Content octets of the serial number.
    pub serial: Range<usize>,
    /// The whole element `tbsCertificate`: what the signature covers.
    pub tbs: Range<usize>,
    /// The algorithm named inside the signed part, as a whole element.
    pub inner_algorithm: Range<usize>,
    /// The algorithm named beside the signature, as a whole element.
    pub outer_algorithm: Range<usize>,
    /// Issuer and subject, each a whole `Name` element.
    pub issuer: Range<usize>,
    pub subject: Range<usize>,
    /// Seconds since 1970-01-01T00:00:00Z; `None` for what is not a date.
    pub not_before: Option<i64>,
    pub not_after: Option<i64>,
    /// `subjectPublicKeyInfo` as a whole element.
    pub spki: Range<usize>,
    /// The SEQUENCE OF Extension, as a whole element.
    pub extensions: Option<Range<usize>>,
    /// Content octets of the signature BIT STRING, its count of unused bits included.
    pub signature: Range<usize>,
}

/// Why the parts of a certificate cannot be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutlineError {
    #[error("bytes follow the certificate")]
    BytesFollow,
    /// A part is missing or is of another type.
    #[error("{0}")]
    Misplaced(&'static str),
}

impl From<&'static str> for OutlineError {
    fn from(what: &'static str) -> Self {
        Self::Misplaced(what)
    }
}

impl Outline {
    /// The serial number as a whole element, if its length is written in one octet (up to 127 octets of
    /// number; RFC 5280 §4.1.2.2 allows 20).
    pub fn serial_element(&self) -> Range<usize> {
        self.serial.start.saturating_sub(2)..self.serial.end
    }

    /// Finds the parts of the certificate in `der`, which must hold nothing after it.
    pub fn read(der: &[u8]) -> Result<Self, OutlineError> {
        let mut file = Reader::new(der);
        let certificate = file.next_if(tag::SEQUENCE).ok_or("it does not begin with a SEQUENCE")?;
        if !file.is_empty() {
            return Err(OutlineError::BytesFollow);
        }
        let mut outer = Reader::within(der, &certificate.content);
        let tbs = outer.next_if(tag::SEQUENCE).ok_or("its signed part is not a SEQUENCE")?;
        let outer_algorithm = outer.next_if(tag::SEQUENCE).ok_or("its signature algorithm is missing")?;
        let signature = outer.next_if(tag::BIT_STRING).ok_or("its signature is missing")?;
        Self::read_tbs(der, &tbs, outer_algorithm.whole, signature.content)
    }

    fn read_tbs(
        der: &[u8],
        tbs: &Tlv,
        outer_algorithm: Range<usize>,
        signature: Range<usize>,
    ) -> Result<Self, OutlineError> {
        let mut parts = Reader::within(der, &tbs.content);
        let version = parts.next_if(0xa0).map_or(1, |v| version_number(der, &v));
        let serial = parts.next_if(tag::INTEGER).ok_or("its serial number is missing")?;
        let inner_algorithm =
            parts.next_if(tag::SEQUENCE).ok_or("its inner signature algorithm is missing")?;
        let issuer = parts.next_if(tag::SEQUENCE).ok_or("its issuer is missing")?;
        let validity = parts.next_if(tag::SEQUENCE).ok_or("its validity is missing")?;
        let subject = parts.next_if(tag::SEQUENCE).ok_or("its subject is missing")?;
        let spki = parts.next_if(tag::SEQUENCE).ok_or("its public key is missing")?;
        let extensions = extensions(der, parts);
        let mut dates = Reader::within(der, &validity.content);
        let not_before = dates.next_tlv().ok_or("its start date is missing")?;
        let not_after = dates.next_tlv().ok_or("its end date is missing")?;
        Ok(Self {
            version,
            serial: serial.content,
            tbs: tbs.whole.clone(),
            inner_algorithm: inner_algorithm.whole,
            outer_algorithm,
            issuer: issuer.whole,
            subject: subject.whole,
            not_before: decode_time(not_before.tag, &der[not_before.content]),
            not_after: decode_time(not_after.tag, &der[not_after.content]),
            spki: spki.whole,
            extensions,
            signature,
        })
    }
}

fn version_number(der: &[u8], explicit: &Tlv) -> u8 {
    let number = Reader::within(der, &explicit.content).next_if(tag::INTEGER);
    number.and_then(|n| der[n.content].last().copied()).unwrap_or(0).saturating_add(1)
}

/// Skips the unique identifiers and opens `[3] EXPLICIT Extensions`.
fn extensions(der: &[u8], mut rest: Reader<'_>) -> Option<Range<usize>> {
    while let Some(part) = rest.next_tlv() {
        if part.tag == 0xa3 {
            return Reader::within(der, &part.content).next_if(tag::SEQUENCE).map(|list| list.whole);
        }
    }
    None
}
