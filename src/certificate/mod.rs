//! One certificate: its exact bytes, and a lenient reading of them.
//!
//! The lenient reading ([`Outline`], [`Name`]) sees what the client's look-up commands see.
//! Verification reads the same bytes again, strictly (`verification::Reading`).

mod described;
mod key;
mod name;
mod named;
pub mod oid;
mod outline;
mod time;
pub mod tlv;

pub use described::Description;
pub use key::{SubjectPublicKeyInfo, describe_key};
pub use name::{Attribute, MAX_ATTRIBUTES, MAX_OCTETS as MAX_NAME_OCTETS, Name};
pub use oid::dotted;
pub use outline::{Outline, OutlineError};
pub use time::timestamp;

use crate::text;
use jiff::Timestamp;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::sync::{Arc, OnceLock};

/// Longer serial numbers are reported in part: RFC 5280 §4.1.2.2 allows 20 octets.
const MAX_SERIAL_OCTETS: usize = 64;

/// A certificate as its bytes; cheap to clone.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    outline: Result<Outline, OutlineError>,
    sha256: OnceLock<String>,
    told: Option<Told>,
}

/// What a description says of a certificate that was not given itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The thumbprint.
    pub sha1: String,
    /// The subject as Windows writes it.
    pub subject: String,
}

impl Certificate {
    /// Keeps `der` and reads its outline. Bytes that are not a certificate are kept too: a store's list
    /// must not lose an entry because it cannot be read.
    pub fn from_der(der: Vec<u8>) -> Self {
        let outline = Outline::read(&der);
        Self(Arc::new(Inner { der, outline, sha256: OnceLock::new(), told: None }))
    }

    /// One of which only a description was given; `der` is the shape of a certificate with the facts in it.
    pub fn described(der: Vec<u8>, sha1: String, subject: String) -> Self {
        let outline = Outline::read(&der);
        let told = Some(Told { sha1, subject });
        Self(Arc::new(Inner { der, outline, sha256: OnceLock::new(), told }))
    }

    /// What was told of it, where it was not given itself: then its key, extensions and signature are unknown.
    pub fn description(&self) -> Option<&Told> {
        self.0.told.as_ref()
    }

    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of the bytes, in lower-case hexadecimal. (Of a description it tells that from others, no more.)
    pub fn sha256(&self) -> &str {
        self.0.sha256.get_or_init(|| text::hex(&Sha256::digest(&self.0.der)))
    }

    /// SHA-1 of the bytes, in lower-case hexadecimal: what Windows calls the thumbprint, and by which
    /// `security -Z` and Intune name a certificate too. Computed each time, for few ask for it.
    pub fn sha1(&self) -> String {
        match &self.0.told {
            Some(told) => told.sha1.clone(),
            None => text::hex(&Sha1::digest(&self.0.der)),
        }
    }

    /// Where its parts lie, or why they cannot be found.
    pub fn outline(&self) -> Result<&Outline, OutlineError> {
        self.0.outline.as_ref().map_err(|&why| why)
    }

    fn part(&self, find: impl Fn(&Outline) -> std::ops::Range<usize>) -> &[u8] {
        self.0.outline.as_ref().map_or(&[], |outline| &self.0.der[find(outline)])
    }

    /// The subject; an empty element when the certificate cannot be read.
    pub fn subject(&self) -> Name<'_> {
        Name { der: self.part(|o| o.subject.clone()) }
    }

    /// The issuer; an empty element when the certificate cannot be read.
    pub fn issuer(&self) -> Name<'_> {
        Name { der: self.part(|o| o.issuer.clone()) }
    }

    /// `subjectPublicKeyInfo` as a whole element; empty when the certificate cannot be read.
    pub fn spki(&self) -> &[u8] {
        self.part(|o| o.spki.clone())
    }

    /// Content octets of the serial number.
    pub fn serial(&self) -> &[u8] {
        self.part(|o| o.serial.clone())
    }

    /// The serial number in lower-case hexadecimal, without a leading zero octet; of a very long one the
    /// beginning.
    pub fn serial_hex(&self) -> String {
        let serial = match self.serial() {
            [0, rest @ ..] if !rest.is_empty() => rest,
            serial => serial,
        };
        match serial.get(..MAX_SERIAL_OCTETS) {
            Some(start) if start.len() < serial.len() => format!("{}...", text::hex(start)),
            _ => text::hex(serial),
        }
    }

    pub fn not_before(&self) -> Option<Timestamp> {
        timestamp(self.0.outline.as_ref().ok()?.not_before)
    }

    pub fn not_after(&self) -> Option<Timestamp> {
        timestamp(self.0.outline.as_ref().ok()?.not_after)
    }

    /// The end of its validity in RFC 3339, as it stands in the certificate: also the last second of the year 9999,
    /// with which certificates say that they never expire and which a `Timestamp` cannot hold.
    pub fn not_after_text(&self) -> Option<String> {
        time::moment_text(self.0.outline.as_ref().ok()?.not_after?)
    }

    /// The day of the end of its validity, as it stands in the certificate.
    pub fn not_after_day(&self) -> Option<String> {
        self.not_after_text().map(|moment| moment.split('T').next().unwrap_or_default().to_owned())
    }

    /// The value of the extension with the object identifier `oid` (content octets); the first when
    /// there are several.
    pub fn extension(&self, oid: &[u8]) -> Option<&[u8]> {
        let list = self.0.outline.as_ref().ok()?.extensions.clone()?;
        let der = self.der();
        let sequence = tlv::Reader::within(der, &list).next_tlv()?;
        let mut extensions = tlv::Reader::within(der, &sequence.content);
        while let Some(extension) = extensions.next_tlv() {
            let mut parts = tlv::Reader::within(der, &extension.content);
            if parts.next_if(tlv::tag::OBJECT_IDENTIFIER).is_none_or(|id| &der[id.content] != oid) {
                continue;
            }
            parts.next_if(tlv::tag::BOOLEAN);
            return parts.next_if(tlv::tag::OCTET_STRING).map(|value| &der[value.content]);
        }
        None
    }

    /// Whether its basic constraints say that it is a CA (RFC 5280 §4.2.1.9).
    pub fn claims_to_be_ca(&self) -> bool {
        let Some(value) = self.extension(oid::BASIC_CONSTRAINTS) else { return false };
        let Some(sequence) = tlv::Reader::new(value).next_if(tlv::tag::SEQUENCE) else { return false };
        let flag = tlv::Reader::within(value, &sequence.content).next_if(tlv::tag::BOOLEAN);
        flag.is_some_and(|flag| value[flag.content].iter().any(|&byte| byte != 0))
    }

    /// Whether issuer and subject are the same bytes.
    pub fn is_self_issued(&self) -> bool {
        !self.subject().der.is_empty() && self.subject().der == self.issuer().der
    }
}

/// Certificates are equal when their bytes are.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({})", &self.sha256()[..16])
    }
}
